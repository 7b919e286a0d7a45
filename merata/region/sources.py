"""The files of a region as they were received: kept unchanged in sources/, with who gave them and when."""

from __future__ import annotations

import csv
import glob
import hashlib
import io
import shutil
import zipfile
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from merata.errors import FileError
from merata.region.change import Change
from merata.region.records import Source

FOLDER = "sources"
INDEX = f"{FOLDER}/sources.csv"
_YES = "yes"
_SHAPEFILE_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")


@dataclass(frozen=True)
class Received:
    """One row of sources/sources.csv."""

    file: str
    sha256: str
    bytes: int
    date: str
    """Date of the information, ISO; the day of receipt when nobody said otherwise."""
    given_by: str
    """Office that gave the file."""
    kind: str
    """What a person said it is (`--as`); empty: recognised from its content."""
    known_by: str
    confidential: bool = False
    """Given in confidence: used in planning, never published (`region.confidence`); `yes` in the file, else empty."""

    def source(self, folder: Path) -> Source:
        """The file as readers get it."""
        return Source(self.file, folder / FOLDER / self.file, self.date, self.known_by, self.kind)


def load(folder: Path) -> list[Received]:
    """The sources of a region folder, in the order in which they came."""
    path = folder / INDEX
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as handle:
        return [_from_text(row) for row in csv.DictReader(handle)]


def save(staged: Change, received: list[Received]) -> None:
    """Stage sources/sources.csv."""
    out = io.StringIO()
    writer = csv.DictWriter(out, [field.name for field in fields(Received)], lineterminator="\n")
    writer.writeheader()
    writer.writerows({**asdict(row), "confidential": _YES if row.confidential else ""} for row in received)
    staged.file(INDEX).write_text(out.getvalue(), encoding="utf-8")


def _from_text(row: dict[str, str]) -> Received:
    typed = {"bytes": int(row["bytes"]), "confidential": row.get("confidential") == _YES}
    return Received(**{**row, **typed})  # type: ignore[arg-type]


def look_at(
    staged: Change,
    path: Path,
    known: list[Received],
    *,
    date: str,
    given_by: str,
    kind: str,
    known_by: str,
    confidential: bool = False,
) -> tuple[Received, Path]:
    """The row for the file at `path`, and where its content lies; the row `known` already has for that content.

    A shapefile comes with its companions, as one zip. A file of a name that is taken gets a number. Nothing is
    copied yet (`keep` does that), so that a file that can't be read costs no copy.

    Raises
    ------
    FileError
        The file is not there, is empty, or is no regular file; or it was taken in openly before, and is now given in
        confidence.
    """
    if not path.is_file():
        raise FileError(f"{path}: no such file.")
    if path.stat().st_size == 0:
        raise FileError(f"{path}: the file is empty. Ask for it again from whoever gave it.")
    name = path.name
    if path.suffix.lower() == ".shp":
        name += ".zip"
        path = _zip_shapefile(path, staged.staging / f"incoming-{len(known)}.zip")
    sha256 = hash_file(path)
    for row in known:
        if row.sha256 == sha256:
            if confidential and not row.confidential:
                raise FileError(
                    f"{path.name}: was taken in openly on an earlier day, as {row.file}. What was published of it "
                    "can't be called back; ask whoever gave it, and leave it as it is."
                )
            return row, path
    name = _free_name(name, {row.file for row in known})
    return Received(name, sha256, path.stat().st_size, date, given_by, kind, known_by, confidential), path


def keep(staged: Change, row: Received, path: Path) -> None:
    """Stage the copy in sources/ of a file that was looked at.

    Raises
    ------
    FileError
        The file has changed since it was looked at.
    """
    copy = staged.file(f"{FOLDER}/{row.file}")
    shutil.copyfile(path, copy)
    if hash_file(copy) != row.sha256:
        raise FileError(
            f"{path}: the file changed while it was read. Close the program that writes it; add it again."
        )


def _zip_shapefile(path: Path, target: Path) -> Path:
    parts = {p.suffix.lower(): p for p in sorted(path.parent.glob(f"{glob.escape(path.stem)}.*"))}
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for suffix in _SHAPEFILE_PARTS:
            if suffix in parts:
                # A fixed time keeps the same shapefile the same zip, so that adding it twice changes nothing.
                entry = zipfile.ZipInfo(path.stem + suffix)
                archive.writestr(entry, parts[suffix].read_bytes(), zipfile.ZIP_DEFLATED)
    return target


def _free_name(name: str, taken: set[str]) -> str:
    stem, suffix = (name, "") if "." not in name else name.split(".", 1)
    suffix = f".{suffix}" if suffix else ""
    number, free = 2, name
    while free in taken or free == "sources.csv":
        free = f"{stem} ({number}){suffix}"
        number += 1
    return free


def hash_file(path: Path) -> str:
    """SHA-256 of a file's content, hexadecimal."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
