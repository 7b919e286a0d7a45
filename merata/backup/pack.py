"""Packs a region and its site's database into one file, while the site goes on."""

from __future__ import annotations

import hashlib
import os
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from merata import __version__
from merata.backup import contents, database, manifest, secrets, unpack
from merata.backup.aside import aside
from merata.backup.database import Postgres
from merata.backup.manifest import Held, Manifest
from merata.errors import FileError, MissingError
from merata.region.change import sync
from merata.region.folder import Region

Tell = Callable[[str, str, int, int], None]
"""Told of a step: its name, what it is at, how much is done, of how much (0: not known)."""
_PACKED = (
    ".parquet",
    ".zip",
    ".gz",
    ".png",
    ".jpg",
    ".jpeg",
    ".webp",
    ".xlsx",
    ".ods",
    ".tif",
    ".pgdump",
    ".pdf",
)
_PIECE = 1 << 20
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ()+,._@-]*(/[A-Za-z0-9_][A-Za-z0-9 ()+,._@-]*)*")


@dataclass(frozen=True)
class Packed:
    """What `pack` wrote."""

    file: Path
    bytes: int
    """Of the file."""
    manifest: Manifest


@dataclass(frozen=True)
class Keys:
    """Where the secrets go."""

    file: Path
    passphrase: str
    log_key: Path | None = None
    """The key that signs the log, which lies outside of the region's folder."""


def pack(
    folder: Path, file: Path, *, postgres: Postgres | None = None, keys: Keys | None = None, tell: Tell
) -> Packed:
    """Pack a region into a new file, and read it again to see that it is whole.

    Parameters
    ----------
    folder
        The region's folder; its site and receivers may be at work.
    file
        Appears whole or not at all, its owner's only.
    postgres
        Where the site's database is; None: web.sqlite3 in the folder.
    keys
        Where the secrets go; None: they are left out.
    tell
        Told what is being done.

    Raises
    ------
    MissingError
        The folder is no region, or there is no folder for the file.
    FileError
        The file is there already, or a file of the region can't be read.
    BusyError
        Another command holds the region too long, or packs to the same file.
    """
    region = Region(folder)
    for new in [file, keys.file] if keys else [file]:
        _check(region.path, new)
    with aside(file, "packing") as place:
        part = place / "packed.zip"
        with zipfile.ZipFile(_private(part), "w", zipfile.ZIP_DEFLATED) as archive:
            made = _Packing(region.path, archive, tell).all(_name(region), place, postgres)
        sync(part)
        tell("verify", "reading it again", 0, 0)
        unpack.check(part, str(file), tell)
        if keys:
            secrets.write(keys.file, _secrets(region.path, keys.log_key), keys.passphrase)
        size = part.stat().st_size
        part.rename(file)
        sync(file.parent)
    return Packed(file, size, made)


def _name(region: Region) -> str:
    return region.settings.region.name or region.path.resolve().name


def _check(folder: Path, file: Path) -> None:
    if file.exists():
        raise FileError(f"{file}: is there already, and is not written over: choose another name.")
    if not file.parent.is_dir():
        raise MissingError(f"{file.parent}: no such folder. Make it first.")
    if file.resolve().is_relative_to(folder.resolve()):
        raise FileError(f"{file}: lies in the region itself. Write it outside, best to another disk.")


def _private(path: Path) -> Path:
    path.touch(0o600)
    return path


class _Packing:
    """A backup that is being written."""

    def __init__(self, region: Path, archive: zipfile.ZipFile, tell: Tell) -> None:
        self.region, self.archive, self.tell = region, archive, tell
        self.files: dict[str, Held] = {}
        self._members: set[str] = set()

    def all(self, name: str, place: Path, postgres: Postgres | None) -> Manifest:
        """Everything, the manifest last."""
        began, kind, rows = manifest.now(), *self._database(place, postgres)
        left_out = tuple(contents.links(self.region))
        for group in contents.groups(self.region):
            self._group(group)
        made = Manifest(
            made=began,
            version=__version__,
            region=name,
            database=kind,
            rows=rows,
            files=self.files,
            folders=tuple(contents.private_folders(self.region)),
            newest_run=contents.newest_run(self.region),
            secrets={
                path: _sha256(self.region / path)
                for path in contents.SECRETS
                if (self.region / path).exists()
            },
            left_out=left_out,
        )
        self.archive.writestr(manifest.NAME, made.text())
        return made

    def _database(self, place: Path, postgres: Postgres | None) -> tuple[str, dict[str, int]]:
        self.tell("database", "a copy as it is now", 0, 0)
        own, copy = self.region / contents.DATABASE, place / "database"
        if postgres is not None:
            rows = database.copy_postgres(postgres, copy)
            kind, name = manifest.POSTGRESQL, contents.DUMP
        elif own.exists():
            rows = database.copy_sqlite(own, copy)
            kind, name = manifest.SQLITE, contents.DATABASE
        else:
            return manifest.NONE, {}
        self._file(name, copy, 0o600)
        copy.unlink()
        return kind, rows

    def _group(self, group: contents.Group) -> None:
        with group.held():
            names = list(group.files())
            for done, name in enumerate(names):
                self.tell(group.name, name, done, len(names))
                self._file(name, self.region / name)

    def _file(self, name: str, path: Path, mode: int | None = None) -> None:
        try:
            content = path.open("rb")
        except FileNotFoundError:  # a run or photograph that was taken away just now
            return
        with content:
            state = os.fstat(content.fileno())
            member = self._member(name)
            info = zipfile.ZipInfo(member, (1980, 1, 1, 0, 0, 0))
            info.compress_type = (
                zipfile.ZIP_STORED if name.lower().endswith(_PACKED) else zipfile.ZIP_DEFLATED
            )
            info.external_attr = 0o100600 << 16
            digest, size = hashlib.sha256(), 0
            with self.archive.open(info, "w", force_zip64=True) as out:
                # As long as it was when it was opened: what is added meanwhile is of the next backup.
                while piece := content.read(min(_PIECE, state.st_size - size)):
                    digest.update(piece)
                    size += len(piece)
                    out.write(piece)
            kept = state.st_mode & 0o777 if mode is None else mode
            self.files[name] = Held(digest.hexdigest(), size, kept, member)

    def _member(self, name: str) -> str:
        """Its own name, so that any program can take it out; a number where archives can't hold that name."""
        plain = _PLAIN.fullmatch(name) and name.casefold() not in self._members
        member = name if plain else f"named in {manifest.NAME}/{len(self.files)}"
        self._members.add(member.casefold())
        return member


def _secrets(region: Path, log_key: Path | None) -> dict[str, bytes]:
    found = {name: (region / name).read_bytes() for name in contents.SECRETS if (region / name).exists()}
    if log_key is not None:
        found[secrets.LOG_KEY] = log_key.read_bytes()
    return found


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
