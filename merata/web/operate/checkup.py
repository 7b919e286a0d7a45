"""Looks at a region's site: its settings, its database and tables, its worker, and the way of its letters."""

from __future__ import annotations

import smtplib
import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from merata.errors import MerataError
from merata.machine.found import Found, ok, optional, trouble

#: A database whose clock differs by more than this makes clocks of cases strike at other times than pages say.
MOST_APART_S = 5.0
_PATIENCE_S = 5.0


def site(region: Path, environment: Mapping[str, str]) -> Iterator[Found]:
    """What the site of a region has and lacks. Nothing is made or changed: a site that never ran is only said so."""
    started = (region / ".merata" / "web" / "secret-key").exists()
    if not started or not (environment.get("MERATA_DATABASE") or (region / "web.sqlite3").exists()):
        yield optional("site", "has never been served", f"merata serve {region}")
        return
    from merata.web.start import start

    try:
        start(region)
    except MerataError as error:
        yield trouble("settings", str(error), "Correct it, and ask again.")
        return
    yield from _address()
    yield from _database(region)
    yield _letters()


def _address() -> Iterator[Found]:
    from django.conf import settings

    if settings.SECURE:
        yield ok("address", settings.SITE)
    else:
        yield optional(
            "address", f"{settings.SITE}: for this machine only", "Set MERATA_SITE to an https:// address."
        )


def _database(region: Path) -> Iterator[Found]:
    from django.db import Error, connection

    from merata.web.operate import health

    try:
        apart_s = _clocks_apart_s()
    except Error as error:
        said = str(error).strip().splitlines()[0]
        yield trouble("database", f"does not answer: {said}", "Start it, or correct MERATA_DATABASE.")
        return
    if apart_s > MOST_APART_S:
        yield trouble(
            "database", f"its clock differs by {apart_s:.0f} s", "timedatectl set-ntp true, on both machines"
        )
    else:
        yield ok("database", f"{connection.vendor} answers")
    lacking = health.pending()
    if lacking:
        yield trouble("tables", f"{len(lacking)} steps behind this version", f"merata serve {region}")
        return
    yield ok("tables", "as this version has them")
    yield _worker()


def _clocks_apart_s() -> float:
    from django.db import connection

    with connection.cursor() as cursor:
        postgres = connection.vendor == "postgresql"
        cursor.execute("SELECT extract(epoch FROM now())" if postgres else "SELECT strftime('%s', 'now')")
        return abs(float(cursor.fetchone()[0]) - time.time())


def _worker() -> Found:
    from merata.web.operate import beats

    ages_s = beats.ages_s()
    if not ages_s or min(ages_s.values()) > beats.SILENT_S:
        return trouble("worker", "gives no sign of life", "systemctl restart merata.service")
    late = sorted(part for part, age_s in ages_s.items() if age_s > beats.LATE_S)
    if late:
        return trouble(
            "worker", f"these parts fail: {', '.join(late)}", "journalctl -u merata.service | tail -50"
        )
    return ok("worker", f"heard {min(ages_s.values()):.0f} s ago")


def _letters() -> Found:
    from django.conf import settings

    mail = settings.EMAIL
    if not mail.host:
        return optional("letters", "are printed where the server runs", "Set MERATA_MAIL.")
    try:
        with _smtp(mail) as server:
            if mail.user:
                server.login(mail.user, mail.password)
    except smtplib.SMTPAuthenticationError:
        return trouble("letters", f"{mail.host} refuses the password", "Correct MERATA_MAIL.")
    except (OSError, smtplib.SMTPException, socket.gaierror) as error:
        return trouble(
            "letters",
            f"{mail.host}:{mail.port}: {type(error).__name__}",
            "Correct MERATA_MAIL, or call its operator.",
        )
    return ok("letters", f"{mail.host} takes them")


def _smtp(mail: object) -> smtplib.SMTP:
    host, port, tls, starttls = (getattr(mail, name) for name in ("host", "port", "tls", "starttls"))
    context = ssl.create_default_context()
    if tls:
        return smtplib.SMTP_SSL(host, port, timeout=_PATIENCE_S, context=context)
    server = smtplib.SMTP(host, port, timeout=_PATIENCE_S)
    if starttls:
        server.starttls(context=context)
    return server
