"""Files that people send: how large they may be, what they are by their content, and where they wait for a decision.

A file is never opened by a name that somebody chose: it lies in a private folder named at random, under its own name
made harmless, with the ending that its content asks for.
"""

from __future__ import annotations

import re
import secrets
import shutil
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile, StopUpload

from merata.errors import FileError
from merata.region.archives import check_zip
from merata.web.tasks import private

#: The largest file that is taken in on the page of data, and on any other page, bytes.
LARGE, SMALL = 300_000_000, 20_000_000
#: Files in one go.
MOST_FILES = 40

_HGT = re.compile(r"[ns]\d{2}[ew]\d{3}.*\.hgt$", re.I)
_HGT_BYTES = (1201 * 1201 * 2, 3601 * 3601 * 2)
#: How files begin -> endings of what begins so; the first one where the name has none of them.
_STARTS: tuple[tuple[bytes, tuple[str, ...]], ...] = (
    (b"SQLite format 3\0", (".gpkg",)),
    (b"\xd0\xcf\x11\xe0", (".xls",)),
    (b"II*\0", (".tif", ".tiff")),
    (b"MM\0*", (".tif", ".tiff")),
    (b"II+\0", (".tif", ".tiff")),
    (b"PAR1", (".parquet",)),
    (b"fgb\x03", (".fgb",)),
    (b"\x1f\x8b", (".csv.gz", ".hgt.gz", ".gz")),
)
_ZIPPED: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("xl/", (".xlsx", ".xlsm")),
    ("content.xml", (".ods",)),
    ("doc.kml", (".kmz",)),
)
_TEXTS = (".csv", ".tsv", ".txt")


class Capped(FileUploadHandler):
    """Leaves out a file as soon as it is too large; the page is told which ones were.

    Whoever has no account sends no more in all than one file of the usual size may have.
    """

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self._received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Count, and pass on."""
        if start + len(raw_data) > self._cap():
            too_large(self.request).append(self.file_name or "")
            raise SkipFile
        self._received += len(raw_data)
        if self._received > SMALL and not self._is_known():
            too_large(self.request).append(self.file_name or "")
            raise StopUpload(connection_reset=True)
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Keep nothing: the handlers after this one do."""

    def _cap(self) -> int:
        on_data = self.request is not None and "/staf/data/" in self.request.path
        return LARGE if on_data and self._is_known() else SMALL

    def _is_known(self) -> bool:
        """Whether an account sends: the form is read before the page asks who one is, as its token is in it."""
        user = getattr(self.request, "user", None)
        return user is not None and user.is_authenticated


def too_large(request: Any) -> list[str]:
    """The names of the files of a request that were left out for their size."""
    names: list[str] = request.__dict__.setdefault("too_large", [])
    return names


class Waiting:
    """Files that were sent and wait until somebody has seen what they would change."""

    def __init__(self, token: str) -> None:
        if not re.fullmatch(r"[0-9a-f]{32}", token):
            raise FileError("There are no such files.")
        self.token = token
        self.folder = private() / "uploads" / token

    @classmethod
    def keep(cls, files: Iterable[UploadedFile[bytes]]) -> tuple[Waiting, dict[str, str]]:
        """Keep those files that can be of use; and why not the others, by name."""
        self, refused = cls(secrets.token_hex(16)), {}
        self.folder.mkdir(parents=True, mode=0o700)
        for file in files:
            try:
                self._take(file)
            except FileError as error:
                refused[_harmless(file.name or "")] = str(error)
        if not self.files():
            self.forget()
        return self, refused

    def files(self) -> list[Path]:
        """The files, in the order of their names."""
        return sorted(self.folder.iterdir()) if self.folder.is_dir() else []

    def forget(self) -> None:
        """Take the files away."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _take(self, file: UploadedFile[bytes]) -> None:
        name = _harmless(file.name or "")
        if not file.size:
            raise FileError(f"{name}: the file is empty. Look whether the right one was chosen.")
        place = self.folder / f"part-{secrets.token_hex(4)}"
        with place.open("xb") as out:
            for chunk in file.chunks():
                out.write(chunk)
        try:
            place.rename(self._free(rightly_named(place, name)))
        except FileError:
            place.unlink()
            raise

    def _free(self, name: str) -> Path:
        stem, dot, ending = name.partition(".")
        number, place = 2, self.folder / name
        while place.exists():
            place, number = self.folder / f"{stem} ({number}){dot}{ending}", number + 1
        return place


def _harmless(name: str) -> str:
    """A file's own name with nothing in it that a path, a shell or a page could take for more than a name."""
    name = unicodedata.normalize("NFC", name.replace("\\", "/").rsplit("/", 1)[-1])
    name = re.sub(r"[^\w .,()+-]", "_", name).strip(" .-")[-100:].strip(" .-")
    return name or "file"


def rightly_named(path: Path, name: str) -> str:
    """The name that a file may have by what it holds.

    Raises
    ------
    FileError
        It holds nothing that Merata reads.
    """
    endings = endings_of(path, name)
    lower = name.lower()
    return name if lower.endswith(endings) else f"{name.rsplit('.', 1)[0]}{endings[0]}"


def endings_of(path: Path, name: str) -> tuple[str, ...]:
    """The endings that belong to what a file holds; raises FileError where that is nothing Merata reads."""
    with path.open("rb") as stream:
        start = stream.read(4096)
    for sign, endings in _STARTS:
        if start.startswith(sign):
            return endings
    if start.startswith(b"PK"):
        return _zipped(path, name)
    if b"OSMHeader" in start[:64]:
        return (".osm.pbf", ".pbf")
    if _HGT.search(name) and path.stat().st_size in _HGT_BYTES:
        return (".hgt",)
    return _text(start, name)


def _zipped(path: Path, name: str) -> tuple[str, ...]:
    # What is declared is looked at here; the worker expands all of it before any of it is used.
    members = check_zip(path, name, inflate=False)
    for sign, endings in _ZIPPED:
        if any(member == sign or (sign.endswith("/") and member.startswith(sign)) for member in members):
            return endings
    if any(member.lower().endswith(".kml") for member in members):
        return (".kmz", ".zip")
    return (".zip",)


def _text(start: bytes, name: str) -> tuple[str, ...]:
    wide = start.startswith((b"\xff\xfe", b"\xfe\xff"))
    if b"\0" in start and not wide:
        raise FileError(f"{name}: {_UNKNOWN}")
    head = start.decode("utf-16" if wide else "utf-8-sig", "replace").lstrip().lower()
    if head.startswith(("{", "[")):
        return (".geojson", ".json")
    if head.startswith("<") and "<kml" in head:
        return (".kml",)
    if head.startswith(("<", "%pdf", "#!", "{\\rtf")):
        raise FileError(f"{name}: {_UNKNOWN}")
    return _TEXTS


_UNKNOWN = (
    "by its content it is none of the kinds of file that Merata reads: spreadsheets (XLSX, XLS, ODS, CSV), maps (GPKG, "
    "zipped SHP, GeoJSON, KML), rasters (GeoTIFF, HGT), OpenStreetMap (PBF), Parquet. Save it as one of them."
)
