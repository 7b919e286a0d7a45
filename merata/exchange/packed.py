"""The bundles that a region packed, in its folder and at its address, and bundles fetched from others."""

from __future__ import annotations

import datetime as dt
import ipaddress
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import urlsplit

from merata.errors import FileError, MissingError
from merata.exchange import bundle, source
from merata.exchange.bundle import About
from merata.exchange.gathered import gathered
from merata.exchange.notes import SecretKey
from merata.exchange.taken import region_code
from merata.region.change import change
from merata.region.folder import Region

FOLDER = "bundles"
INDEX = f"{FOLDER}/newest.json"
#: The newest bundle, which the site serves: one file, replaced whole.
NEWEST = f"{FOLDER}/newest.zip"


@dataclass(frozen=True)
class Packed:
    """A bundle as it was packed."""

    about: About
    data: bytes
    path: Path
    key: str
    """The public key that checks it, as a line."""
    rows: dict[str, int]
    left_out: dict[str, int]
    notes: list[str]


def pack(region: Region, key: SecretKey, today: dt.date) -> Packed:
    """Pack what a region can hand on, with the next number, and keep it in the region's folder.

    Raises
    ------
    MissingError, FileError, InputError
        As `gathered.gathered` and `bundle.pack`; nothing is changed.
    """
    found = gathered(region)
    settings = region.settings
    with change(region.path) as staged:
        about = About(
            region_code(region), settings.region.name or region.path.resolve().name, _last(region.path) + 1,
            today.isoformat(), settings.region.made_up, settings.standards.licence,
        )  # fmt: skip
        data = bundle.pack(about, found.tables, key)
        staged.file(NEWEST).write_bytes(data)
        staged.file(INDEX).write_text(
            json.dumps(asdict(about), indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
        )
    rows = {name: len(rows) for name, rows in found.tables.items()}
    return Packed(about, data, region.path / NEWEST, str(key.public), rows, found.left_out, found.notes)


def _last(folder: Path) -> int:
    path = folder / INDEX
    if not path.exists():
        return 0
    try:
        return int(json.loads(path.read_text(encoding="utf-8"))["serial"])
    except (ValueError, KeyError, TypeError):
        raise FileError(
            f'{path}: can\'t be read. Write the number of the last bundle into it: {{"serial": 3}}.'
        ) from None


def fetched(what: str) -> bytes:
    """A bundle from a file or an https address; http only from this machine itself. No redirect is followed.

    Raises
    ------
    MissingError
        There is no such file, or nothing at the address.
    FileError
        The address is not safe, does not answer, or what is there is too large.
    """
    if "://" not in what:
        return _file(Path(what))
    parts = urlsplit(what)
    if parts.scheme != "https" and not (parts.scheme == "http" and _here(parts.hostname or "")):
        raise FileError(f"{what}: expected an address that begins with https://.")
    status, body = source.ask(what, most_bytes=bundle.LARGEST_BYTES)
    if status in (404, 410):
        raise MissingError(f"{what}: there is no bundle. Ask the region for the address of its newest one.")
    if status != 200:
        raise FileError(
            f"{what}: answered {status}; other addresses are not followed. Ask the region for the right one."
        )
    return body


def _here(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _file(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            data = stream.read(bundle.LARGEST_BYTES + 1)
    except FileNotFoundError:
        raise MissingError(f"{path}: no such file.") from None
    except IsADirectoryError:
        raise FileError(f"{path}: is a folder, and a bundle is a file.") from None
    if len(data) > bundle.LARGEST_BYTES:
        raise FileError(f"{path}: has more than {bundle.LARGEST_BYTES / 1e6:.0f} MB. That is no bundle.")
    return data
