"""The bundles that a region packed: numbered, signed, the newest kept in its folder for its site to serve."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from merata.errors import FileError
from merata.exchange import bundle
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
