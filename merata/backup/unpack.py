"""Makes a region again from a backup: all of it in an empty place, or nothing."""

from __future__ import annotations

import hashlib
import os
import shutil
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from merata.assure import index
from merata.backup import contents, database, manifest
from merata.backup.aside import aside
from merata.backup.database import Postgres
from merata.backup.manifest import Held, Manifest
from merata.errors import FileError, MerataError, MissingError
from merata.exchange import written
from merata.exchange.log import Log
from merata.region.archives import DAMAGE, extract
from merata.region.half import MARK, TEXT

Tell = Callable[[str, str, int, int], None]
#: No honest packing expands further: what a backup may hold is bounded by the room on the disk.
_RATIO = 1100
_MEMBERS = 2_000_000
_LARGEST_MANIFEST_BYTES = 1 << 30
_PIECE = 1 << 20


@dataclass(frozen=True)
class Restored:
    """What `unpack` made."""

    folder: Path
    manifest: Manifest
    log_entries: int
    keys: tuple[str, ...]
    """Paths of the secrets that were put back."""


def check(file: Path, name: str, tell: Tell) -> Manifest:
    """Read a whole backup and compare it with what it says of itself; nothing is written.

    Raises
    ------
    FileError
        It is damaged, is no backup, or was made by a newer Merata. `name` is what the error calls it.
    """
    made = _manifest(file, name)
    with zipfile.ZipFile(file) as archive:
        for done, (path, held) in enumerate(made.files.items()):
            tell("verify", path, done, len(made.files))
            try:
                with archive.open(held.member) as content:
                    _compare(_hashed(iter(lambda: content.read(_PIECE), b"")), held, path, name)
            except DAMAGE as error:
                raise _changed(path, name) from error
    return made


def secrets_of(file: Path) -> list[str]:
    """Paths of the secrets that belong with a backup; raises as `check`."""
    return sorted(_manifest(file, str(file)).secrets)


def unpack(
    file: Path,
    folder: Path,
    *,
    keys: Mapping[str, bytes] | None,
    postgres: Postgres | None = None,
    tell: Tell,
) -> Restored:
    """Make a region in an empty place, and compare it with what the backup says of it.

    It is made aside, with a mark that keeps every command out, and gets its name when all is there.

    Parameters
    ----------
    file
        The backup.
    folder
        Where the region is to be: not there yet, or empty.
    keys
        The secrets, by path (`secrets.read`); None: without them.
    postgres
        The empty database that the site's is put into, where the backup holds one of PostgreSQL.
    tell
        Told what is being done.

    Raises
    ------
    FileError
        The backup is damaged or unsafe; or the keys are of another one.
    MerataError
        The place or the database is not empty, or not the kind that is needed.
    BusyError
        Another restores to there.
    """
    made = _manifest(file, str(file))
    _fits(made, file, keys, postgres)
    _empty(folder)
    with aside(folder, "restoring") as place:
        region = place / "region"
        region.mkdir(mode=0o700)
        (region / MARK).write_text(TEXT, encoding="utf-8")
        _files(file, made, place, tell)
        for name, data in (keys or {}).items():
            if name in made.secrets:
                written.settle(region / name, data, 0o600)
        tell("compare", "with what the backup says of itself", 0, 0)
        entries = _prove(region, made)
        if made.database == manifest.POSTGRESQL and postgres is not None:
            tell("database", "into PostgreSQL", 0, 0)
            _same_rows(database.restore_postgres(postgres, place / "dump"), made, file)
        os.sync()
        (region / MARK).unlink()
        region.rename(folder)
    return Restored(folder, made, entries, tuple(sorted(set(keys or {}) & set(made.secrets))))


def _manifest(file: Path, name: str) -> Manifest:
    if not file.is_file():
        raise MissingError(f"{name}: no such file.")
    try:
        with zipfile.ZipFile(file) as archive:
            info = archive.getinfo(manifest.NAME)
            if info.file_size > _LARGEST_MANIFEST_BYTES:
                raise ValueError("too large")
            made = manifest.parsed(archive.read(info), name)
            members = set(archive.namelist())
    except KeyError:
        raise FileError(
            f"{name}: is no backup: {manifest.NAME} is not in it. `merata backup` writes one."
        ) from None
    except DAMAGE as error:
        raise FileError(f"{name}: is no whole backup ({error!s:.100}). Take another copy of it.") from None
    named = {held.member for held in made.files.values()} | {manifest.NAME}
    if wrong := sorted(named ^ members):
        what = "lacks" if wrong[0] in named else "holds, and does not speak of,"
        raise FileError(f"{name}: {what} {wrong[0]!r:.100}. Take another copy of it.")
    return made


def _fits(made: Manifest, file: Path, keys: Mapping[str, bytes] | None, postgres: Postgres | None) -> None:
    if made.database == manifest.POSTGRESQL and postgres is None:
        raise MissingError(
            f"{file}: the site's database was PostgreSQL. Make an empty one and set MERATA_DATABASE to its address."
        )
    if made.database == manifest.SQLITE and postgres is not None:
        raise MerataError(f"{file}: the site's database was web.sqlite3. Restore without MERATA_DATABASE.")
    for name, sha256 in made.secrets.items():
        if keys is not None and hashlib.sha256(keys.get(name, b"")).hexdigest() != sha256:
            raise FileError(
                f"{file}: the keys are not those of this backup ({name}). Give the file that was made with it."
            )
    if postgres is not None:
        database.refuse_full(postgres)


def _empty(folder: Path) -> None:
    if folder.is_dir() and not any(folder.iterdir()):
        if folder.is_mount():
            raise MerataError(
                f"{folder}: is a disk of its own. Restore into a new folder on it: {folder / 'region'}"
            )
        return
    if folder.exists() or folder.is_symlink():
        raise MerataError(f"{folder}: is not empty. Restore into a new folder; nothing is written over.")
    if not folder.parent.is_dir():
        raise MissingError(f"{folder.parent}: no such folder. Make it first.")


def _files(file: Path, made: Manifest, place: Path, tell: Tell) -> None:
    """All files in `place`/region, as the manifest has them; a dump as `place`/dump."""
    packed, free = place / "packed", shutil.disk_usage(place).free
    extract(
        file, str(file), packed, max_total_bytes=free, max_ratio=_RATIO, max_members=_MEMBERS,
        told=lambda name, done, of: tell("restore", name, done, of),
    )  # fmt: skip
    for done, (path, held) in enumerate(made.files.items()):
        tell("verify", path, done, len(made.files))
        there = packed / held.member
        with there.open("rb") as content:
            _compare(_hashed(iter(lambda: content.read(_PIECE), b"")), held, path, str(file))
        target = place / "dump" if path == contents.DUMP else place / "region" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        there.chmod(held.mode | 0o600)
        there.rename(target)
    for name in made.folders:
        if (place / "region" / name).is_dir():
            (place / "region" / name).chmod(0o700)
    if made.newest_run and (place / "region" / "runs" / made.newest_run).is_dir():
        (place / "region" / contents.LATEST).symlink_to(made.newest_run)


def _hashed(pieces: Iterator[bytes]) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    for piece in pieces:
        digest.update(piece)
        size += len(piece)
    return digest.hexdigest(), size


def _compare(found: tuple[str, int], held: Held, path: str, name: str) -> None:
    if found != (held.sha256, held.bytes):
        raise _changed(path, name)


def _changed(path: str, name: str) -> FileError:
    return FileError(
        f"{name}: {path} in it is not what was packed: it was damaged. Take another copy, or an older one."
    )


def _prove(region: Path, made: Manifest) -> int:
    """Look at what hashes don't say: database, measurements and log fit together; how many entries the log has."""
    if made.database == manifest.SQLITE:
        found = database.rows_of_sqlite(region / contents.DATABASE, contents.DATABASE)
        _same_rows(found, made, region)
    measurements = region / "measurements"
    if lacking := [
        part.path for part in index.load(measurements).parts if not (measurements / part.path).exists()
    ]:
        raise FileError(f"measurements/{lacking[0]}: its index names it, and the backup lacks it.")
    if not (region / "log").is_dir():
        return 0
    entries = Log(region / "log")
    with (
        entries.writing() as writer
    ):  # which looks whether the end is what was written, and continues what was signed
        entries.reader().audit(0)
        return writer.size


def _same_rows(found: Mapping[str, int], made: Manifest, where: Path) -> None:
    for table in sorted(found.keys() | made.rows.keys()):
        if found.get(table) != made.rows.get(table):
            raise FileError(
                f"{where}: table {table} of the database has {found.get(table)} rows, and had {made.rows.get(table)}."
            )
