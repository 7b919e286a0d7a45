"""What of a region's folder goes into a backup, and which locks hold it still meanwhile."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from merata.assure import index
from merata.exchange import log, salts, written
from merata.region import sources
from merata.region.change import PRIVATE, lock
from merata.region.half import MARK

#: How long a backup waits for another command to let go of what it holds, s.
WAIT_S = 60.0
DATABASE = "web.sqlite3"
#: Where the dump of PostgreSQL stands in a backup.
DUMP = f"{PRIVATE}/site.pgdump"
#: Secrets, kept apart: the site's own, and the salts by which words that were forgotten could be guessed.
SITE_KEY = f"{PRIVATE}/web/secret-key"
SECRETS = (SITE_KEY, salts.FILE)
LATEST = "runs/latest"
#: What the site keeps for itself that nobody can make again: files that were sent and wait to be looked at.
_KEPT_PRIVATE = f"{PRIVATE}/web/uploads"
_LOCKS = ("lock", "new")
_ENDINGS = (".lock", ".new", ".part")
_MEASUREMENTS, _LOG, _FREE = "measurements", log.FOLDER, ("runs", "photographs", PRIVATE)


@dataclass(frozen=True)
class Group:
    """Files that are copied under one lock."""

    name: str
    files: Callable[[], Iterator[str]]
    held: Callable[[], AbstractContextManager[None]]


def groups(region: Path) -> list[Group]:
    """All that is copied, in this order, after the database: what that speaks of is older than what is copied later."""

    def of(name: str, held: Callable[[], AbstractContextManager[None]]) -> Group:
        return Group(name, lambda: _below(region, name), held)

    measurements, entries = region / _MEASUREMENTS, region / _LOG

    def compaction() -> AbstractContextManager[None]:
        return index.alone(measurements, WAIT_S) if measurements.is_dir() else nullcontext()

    def appending() -> AbstractContextManager[None]:
        said = str(entries)
        return written.alone(entries / log.LOCK, said, WAIT_S) if entries.is_dir() else nullcontext()

    return [
        Group("region", lambda: _own(region), lambda: lock(region, exclusive=False, wait_s=WAIT_S)),
        *(of(name, nullcontext) for name in ("runs", "photographs", _KEPT_PRIVATE)),
        of(_MEASUREMENTS, compaction),
        of(_LOG, appending),
    ]


def links(region: Path) -> list[str]:
    """Links below the region's own folders: what they point to is not copied. The folders themselves may be links."""
    found = (path for place in _folders(region) for path in place.rglob("*") if path.is_symlink())
    return sorted(name for path in found if (name := path.relative_to(region).as_posix()) != LATEST)


def newest_run(region: Path) -> str:
    """Name of the run that runs/latest points to; empty where it is no link."""
    path = region / LATEST
    return Path(os.readlink(path)).name if path.is_symlink() else ""


def private_folders(region: Path) -> list[str]:
    """Folders that only their owner may look into."""
    below = (path for place in _folders(region) for path in (place, *place.rglob("*")))
    return sorted(
        path.relative_to(region).as_posix()
        for path in below
        if path.is_dir() and not path.is_symlink() and not path.stat().st_mode & 0o077
    )


def _folders(region: Path) -> list[Path]:
    own = [path for path in region.iterdir() if path.is_dir() and path.name != PRIVATE]
    return [*own, region / _KEPT_PRIVATE] if (region / _KEPT_PRIVATE).is_dir() else own


def _own(region: Path) -> Iterator[str]:
    """What lies in no folder that has a group of its own."""
    for path in sorted(region.iterdir()):
        if path.is_dir() and path.name not in (_MEASUREMENTS, _LOG, *_FREE):
            yield from _below(region, path.name)
        elif path.is_file() and _goes(path.name):
            yield path.name


def _below(region: Path, folder: str) -> Iterator[str]:
    """Files below a folder, which may itself be a link to another disk."""
    for place, inner, files in os.walk(region / folder):
        inner.sort()
        for name in sorted(files):
            path = Path(place, name)
            said = path.relative_to(region).as_posix()
            if path.is_file() and not path.is_symlink() and _goes(said):
                yield said


def _goes(region_path: str) -> bool:
    """Whether a file is worth keeping; of what was received, every one is."""
    first, _, rest = region_path.partition("/")
    name = region_path.rsplit("/", 1)[-1]
    if first == sources.FOLDER and rest:
        return True
    passing = name in _LOCKS or name.endswith(_ENDINGS)
    return not passing and not region_path.startswith(DATABASE) and region_path not in (*SECRETS, MARK)
