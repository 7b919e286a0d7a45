"""What the settings are made of: the secret key, the database's address, the security policy, the post."""

from __future__ import annotations

import base64
import hashlib
import os
import re
import secrets
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from merata.errors import SettingsError

KEY_FILE = Path(".merata") / "web" / "secret-key"
#: Where a region's site was served last, for commands beside it that write links.
ADDRESS_FILE = Path(".merata") / "web" / "address"


def secret_key(region: Path) -> str:
    """The site's secret: made at the first start, readable by its owner only; elsewhere than a region, one for once."""
    path = region / KEY_FILE
    if path.exists():
        return path.read_text(encoding="ascii")
    key = secrets.token_urlsafe(64)
    if (region / "region.toml").exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(key)
        except FileExistsError:  # another process of the site made it just now
            return path.read_text(encoding="ascii")
    return key


def address(region: Path) -> str:
    """The address that people type, where the environment does not say it: where the site was served last."""
    path = region / ADDRESS_FILE
    return path.read_text(encoding="utf-8").strip() if path.exists() else "http://127.0.0.1:8000"


def second_factor(region: Path) -> bool:
    """Whether those who can change things need a second factor: everywhere but in a made-up region, to try it out."""
    return _of_region(region).get("made_up") is not True


def region_name(region: Path) -> str:
    """The name of the region, as its settings have it; empty where there are none."""
    return str(_of_region(region).get("name", ""))


def _of_region(region: Path) -> dict[str, Any]:
    try:
        settings = tomllib.loads((region / "region.toml").read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError):
        return {}
    found = settings.get("region", {})
    return found if isinstance(found, dict) else {}


def database(address: str, region: Path) -> dict[str, Any]:
    """Django's database setting for an address; web.sqlite3 in the region's folder where none is given.

    Raises
    ------
    SettingsError
        The address is not one of PostgreSQL.
    """
    if not address:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": region / "web.sqlite3",
            # Writers wait for each other from their first word on, so that none finds its reading out of date.
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA mmap_size=134217728;",
            },
            "CONN_MAX_AGE": 600,
        }
    said = postgres(address)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": said.pop("dbname"),
        "USER": said.pop("user"),
        "PASSWORD": said.pop("password"),
        "HOST": said.pop("host"),
        "PORT": said.pop("port"),
        "OPTIONS": said,
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
    }


def postgres(address: str) -> dict[str, str]:
    """Where an address says that a PostgreSQL database is, in libpq's words: dbname, user, password, host, port, more.

    Raises
    ------
    SettingsError
        The address is not one of PostgreSQL.
    """
    parts = urlsplit(address)
    if parts.scheme not in ("postgresql", "postgres") or not parts.path.strip("/"):
        raise SettingsError(
            "MERATA_DATABASE is not the address of a PostgreSQL database: expected postgresql://user:password@host/name."
        )
    host = unquote(parts.hostname or "")
    return {
        "dbname": unquote(parts.path.strip("/")),
        "user": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "host": host,
        "port": str(_port(parts, "MERATA_DATABASE") or ""),
        **_encrypted(host),
        **dict(parse_qsl(parts.query)),
    }


def _port(parts: SplitResult, variable: str) -> int | None:
    """The port of an address. Python's own error would print a piece of the password where it has a / or # in it."""
    try:
        return parts.port
    except ValueError:
        raise SettingsError(
            f"{variable} has no port where one is expected. A password with / # ? @ : or % in it is written with %2F "
            "%23 %3F %40 %3A %25 in their place."
        ) from None


def leaflet() -> Path:
    """The folder of Leaflet's files, which the package django-leaflet carries; nothing else of it is used."""
    found = find_spec("leaflet")
    if found is None or found.origin is None:
        raise SettingsError("django-leaflet is not installed: pip install 'merata[web]'.")
    return Path(found.origin).parent / "static" / "leaflet"


@cache
def _encrypted(host: str) -> dict[str, str]:
    """To another machine never in the plain; the address may ask for more (`?sslmode=verify-full`), or for less."""
    here = not host or host.startswith("/") or host in ("localhost", "127.0.0.1", "::1")
    return {} if here else {"sslmode": "require"}


def style() -> str:
    """The style of all pages: it stands in each, which saves a phone one way to the server and back.

    Read once a process, so that the page and the policy that knows it are of one mind.
    """
    text = (files("merata.web") / "templates" / "page.css").read_text(encoding="utf-8").strip()
    named = dict(re.findall(r"(--\w+):([^;}]+)", text.partition("}")[0]))
    # Colours themselves and not their names, which old browsers do not know.
    return re.sub(r"var\((--\w+)\)", lambda found: named[found[1]], text)


def security_policy() -> dict[str, Any]:
    """Where pages may take things from: this site only, no script and no style but files and the one style it knows."""
    known = base64.b64encode(hashlib.sha256(style().encode()).digest()).decode()
    return {
        "default-src": ["'none'"],
        "object-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'", f"'sha256-{known}'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "worker-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }


@dataclass(frozen=True)
class Mail:
    """How letters leave."""

    backend: str = "django.core.mail.backends.console.EmailBackend"
    host: str = ""
    port: int = 25
    user: str = ""
    password: str = ""
    starttls: bool = False
    tls: bool = False


def mail(address: str) -> Mail:
    """How letters leave by an address: smtp:// (STARTTLS at port 587) or smtps://; printed where there is none.

    Raises
    ------
    SettingsError
        The address is neither.
    """
    if not address:
        return Mail()
    parts = urlsplit(address)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise SettingsError(
            "MERATA_MAIL is not the address of a mail server: expected smtp://user:password@host:587."
        )
    port = _port(parts, "MERATA_MAIL") or (465 if parts.scheme == "smtps" else 587)
    return Mail(
        backend="django.core.mail.backends.smtp.EmailBackend",
        host=parts.hostname,
        port=port,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        starttls=parts.scheme == "smtp" and port == 587,
        tls=parts.scheme == "smtps",
    )
