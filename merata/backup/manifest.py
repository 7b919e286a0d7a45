"""What a backup says of itself: every file with its hash, the rows of each table, which version made it."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from merata.errors import FileError

NAME = "merata-backup.json"
FORM = 1
_HASH = re.compile(r"[0-9a-f]{64}")
_RUN = re.compile(r"[0-9A-Za-z._-]{1,100}")
SQLITE, POSTGRESQL, NONE = "sqlite", "postgresql", "none"


@dataclass(frozen=True)
class Held:
    """One file."""

    sha256: str
    bytes: int
    mode: int
    """Permissions: of 0o777."""
    member: str
    """Its name in the archive."""


@dataclass(frozen=True)
class Manifest:
    """All that is in a backup."""

    made: str
    """When it was begun, UTC, ISO."""
    version: str
    """Of the Merata that made it."""
    region: str
    """Name of the region."""
    database: str
    """`sqlite`, `postgresql`, or `none`: the region has no site."""
    rows: Mapping[str, int] = field(default_factory=dict)
    """Rows by table of the database."""
    files: Mapping[str, Held] = field(default_factory=dict)
    """By path in the region's folder."""
    folders: tuple[str, ...] = ()
    """Those that only their owner may look into."""
    newest_run: str = ""
    """What runs/latest points to."""
    secrets: Mapping[str, str] = field(default_factory=dict)
    """SHA-256 by path of what is kept apart."""
    left_out: tuple[str, ...] = ()
    """Links, whose targets are not in the backup."""
    form: int = FORM

    @property
    def bytes(self) -> int:
        """Of all files together, unpacked."""
        return sum(held.bytes for held in self.files.values())

    def text(self) -> str:
        """As it lies in the archive."""
        return json.dumps(asdict(self), indent=1) + "\n"


def now() -> str:
    """The present, as a manifest has it."""
    return dt.datetime.now(dt.UTC).isoformat(timespec="seconds")


def parsed(data: bytes, file: str) -> Manifest:
    """The manifest in the bytes of a file; nothing in it is trusted.

    Raises
    ------
    FileError
        It is of a newer Merata, or not as manifests are; it says how.
    """
    try:
        said = json.loads(data)
        if said["form"] != FORM:
            raise FileError(
                f"{file}: was made by Merata {said.get('version')!s:.20}, as form {said['form']!s:.20}, and this "
                f"one knows form {FORM}. Restore it with that version."
            )
        said["files"] = {path: _held(path, **each) for path, each in said["files"].items()}
        said["folders"], said["left_out"] = tuple(map(_safe, said["folders"])), tuple(said["left_out"])
        made = Manifest(**said)
        _check(made)
    except FileError:
        raise
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise FileError(f"{file}: {NAME} in it is not as Merata writes it ({error!s:.200}).") from None
    return made


def _held(path: str, **said: Any) -> Held:
    held = Held(**said)
    _safe(path)
    if not (_HASH.fullmatch(held.sha256) and type(held.bytes) is int and held.bytes >= 0):
        raise ValueError(f"the hash or size of {path!r:.100}")
    if type(held.mode) is not int or not 0 <= held.mode <= 0o777 or type(held.member) is not str:
        raise ValueError(f"the mode or place of {path!r:.100}")
    return held


def _safe(path: str) -> str:
    """A path inside a region's folder; ValueError for any other."""
    parts = path.split("/")
    if "\x00" in path or any(part in ("", ".", "..") for part in parts):
        raise ValueError(f"the path {path!r:.100}")
    return path


def _check(made: Manifest) -> None:
    if made.database not in (SQLITE, POSTGRESQL, NONE):
        raise ValueError(f"the database {made.database!r:.40}")
    if made.newest_run and (not _RUN.fullmatch(made.newest_run) or made.newest_run.startswith(".")):
        raise ValueError(f"the newest run {made.newest_run!r:.100}")
    for table, count in made.rows.items():
        if type(table) is not str or type(count) is not int:
            raise ValueError(f"the rows of {table!r:.100}")
    for path, sha256 in made.secrets.items():
        _safe(path)
        if not _HASH.fullmatch(sha256):
            raise ValueError(f"the hash of {path!r:.100}")
    texts: tuple[Any, ...] = (made.made, made.version, made.region, *made.left_out)
    if any(type(text) is not str for text in texts):
        raise ValueError("its texts")
