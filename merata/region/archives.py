"""Opens ZIP and gzip files that anyone may have made: nothing climbs out, nothing expands without end."""

from __future__ import annotations

import copy
import errno
import gzip
import re
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO

from merata.errors import FileError

#: Below this much expansion a high ratio is no danger (an empty sheet of an office file reaches 1000:1).
RATIO_COUNTS_ABOVE_BYTES = 50_000_000

_CHUNK = 1 << 20
_BYTES_PER_DIRECTORY_ENTRY = 2_000
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2)
_AGAIN = "Ask for the file again, or open it and save it anew"
#: What `zipfile` raises where a ZIP file's bytes are not what they should be, in its contents or in its table of them.
DAMAGE = (
    zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError, OverflowError, struct.error, OSError,
)  # fmt: skip
_MAGIC = (
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"%PDF", "a PDF"),
    (b"\x1f\x8b", "a gzip file"),
    (b"PK", "the beginning of a ZIP file whose end is missing"),
    (b"SQLite format 3", "a GeoPackage or SQLite file"),
    (b"\xd0\xcf\x11\xe0", "an old office file"),
    (b"<", "a web page or XML text"),
)


def check_zip(
    path: Path,
    file: str,
    *,
    max_total_bytes: int = 2_000_000_000,
    max_ratio: float = 200.0,
    max_members: int = 10_000,
    inflate: bool = True,
) -> list[str]:
    """The names of the members of a ZIP file that is safe to open (XLSX, ODS and KMZ are ZIP files too).

    Folders and the copies that macOS adds (`__MACOSX/`) are left out of the names. `inflate` also expands
    every member, to nowhere, so that neither the declared sizes nor the check sums are taken on trust;
    without it only what the file declares is looked at.

    Raises
    ------
    FileError
        `file` is no ZIP file, is cut short or damaged, is encrypted, names a path outside itself or the same
        path twice, or expands beyond `max_total_bytes` or (above 50 MB) `max_ratio` times its size.

    """
    with _open_zip(path, file, max_members) as archive:
        members = _safe_members(archive, path, file, max_total_bytes, max_ratio, max_members)
        if inflate:
            budget = _Budget(file, path.stat().st_size, max_total_bytes, max_ratio)
            for member in members:
                for _ in _expand(archive, member, file, budget):
                    pass
    return [member.filename for member in members]


def extract(
    path: Path,
    file: str,
    into: Path,
    wanted: Sequence[str] | None = None,
    *,
    max_total_bytes: int = 2_000_000_000,
    max_ratio: float = 200.0,
    max_members: int = 10_000,
    told: Callable[[str, int, int], None] = lambda name, done, of: None,
) -> list[Path]:
    """Write the members of a ZIP file below the folder `into`; the paths written, in order of their names.

    `wanted`: endings in lower case, like ('.shp', '.dbf'), that are written; None for all. Bytes are counted
    while they expand and check sums are checked; after an error nothing of it is left. `told` hears each member's
    name before it is written, and how many of how many are.

    Raises
    ------
    FileError
        As `check_zip`.

    """
    written: list[Path] = []
    with _open_zip(path, file, max_members) as archive:
        members = _safe_members(archive, path, file, max_total_bytes, max_ratio, max_members)
        budget = _Budget(file, path.stat().st_size, max_total_bytes, max_ratio)
        try:
            for done, member in enumerate(sorted(members, key=lambda m: m.filename)):
                told(member.filename, done, len(members))
                if wanted is None or member.filename.lower().endswith(tuple(wanted)):
                    target = _target(into, member.filename, file)
                    written.append(target)
                    _write(target, _expand(archive, member, file, budget))
        except BaseException:
            _remove(written)
            raise
    return written


def gunzip(
    path: Path, file: str, into: Path, max_total_bytes: int = 2_000_000_000, *, max_ratio: float = 200.0
) -> Path:
    """Write what a gzip file holds into the folder `into`, under its name without `.gz`; the path written.

    Raises
    ------
    FileError
        `file` is no gzip file, is cut short or damaged, or expands too far. Nothing of it is left then.

    """
    name = path.name[:-3] if path.name.lower().endswith(".gz") else path.name + ".out"
    target = into / name
    into.mkdir(parents=True, exist_ok=True)
    try:
        _write(target, _gunzipped(path, file, _Budget(file, path.stat().st_size, max_total_bytes, max_ratio)))
    except BaseException:
        _remove([target])
        raise
    return target


class _Budget:
    """Counts expanded bytes, and says stop."""

    def __init__(self, file: str, packed_bytes: int, max_total_bytes: int, max_ratio: float) -> None:
        self.file, self.packed, self.limit, self.ratio = (
            file,
            max(packed_bytes, 1),
            max_total_bytes,
            max_ratio,
        )
        self.total = 0

    def take(self, size: int) -> None:
        self.total += size
        if self.total > self.limit:
            raise _bomb(self.file, f"to more than {self.limit / 1e6:,.0f} MB")
        if self.total > RATIO_COUNTS_ABOVE_BYTES and self.total > self.ratio * self.packed:
            raise _bomb(self.file, f"to more than {self.ratio:.0f} times its size")


def _bomb(file: str, how_far: str) -> FileError:
    return FileError(
        f"{file}: expands {how_far}, so it was not opened. Unpack it yourself, look at what is in it, "
        "and add the files you need"
    )


def _open_zip(path: Path, file: str, max_members: int) -> zipfile.ZipFile:
    try:
        size = _directory_size(path)
        if size is not None and size > max_members * _BYTES_PER_DIRECTORY_ENTRY:
            raise _crowded(file, max_members)
        return zipfile.ZipFile(path)
    except DAMAGE as error:
        if _disk_failed(error):
            raise
        raise _not_zip(path, file) from None


def _disk_failed(error: Exception) -> bool:
    """Whether the disk, not the file, is at fault: looking before a file's start is what a damaged place does."""
    return isinstance(error, OSError) and error.errno not in (None, errno.EINVAL)


def _not_zip(path: Path, file: str) -> FileError:
    with path.open("rb") as stream:
        head = stream.read(64).lstrip()
    looks = next((words for magic, words in _MAGIC if head.startswith(magic)), "something else")
    if not head:
        looks = "empty"
    return FileError(f"{file}: expected a whole ZIP file, but it is {looks}. {_AGAIN}")


def _crowded(file: str, max_members: int) -> FileError:
    return FileError(
        f"{file}: holds more than {max_members:,} files, so it was not opened. Add only the files you need"
    )


def _directory_size(path: Path) -> int | None:
    """Bytes of a ZIP file's table of contents, which `zipfile` reads into memory whole; None: not found."""
    with path.open("rb") as stream:
        length = stream.seek(0, 2)
        stream.seek(max(0, length - 65_557))
        tail = stream.read()
        at = tail.rfind(b"PK\x05\x06")
        if at < 0 or len(tail) < at + 22:
            return None
        size = int(struct.unpack_from("<I", tail, at + 12)[0])
        if size != 0xFFFFFFFF or at < 20 or tail[at - 20 : at - 16] != b"PK\x06\x07":
            return size
        stream.seek(struct.unpack_from("<Q", tail, at - 12)[0])
        return int(struct.unpack_from("<Q", stream.read(56), 40)[0])


def _safe_members(
    archive: zipfile.ZipFile,
    path: Path,
    file: str,
    max_total_bytes: int,
    max_ratio: float,
    max_members: int,
) -> list[zipfile.ZipInfo]:
    """The files in an archive, once everything that it declares has been found harmless."""
    members = archive.infolist()
    if len(members) > max_members:
        raise _crowded(file, max_members)
    for member in members:
        _check_member(member, file)
    _check_twice(members, file)
    if sum(member.compress_size for member in members) > path.stat().st_size:
        raise FileError(f"{file}: its members lie over each other, so it was not opened. {_AGAIN}")
    budget = _Budget(file, path.stat().st_size, max_total_bytes, max_ratio)
    for member in members:
        budget.take(member.file_size)
    return [m for m in members if not m.is_dir() and not _made_by_macos(m.filename)]


def _made_by_macos(name: str) -> bool:
    return name.startswith("__MACOSX/") or name.rsplit("/", 1)[-1].startswith("._")


def _check_member(member: zipfile.ZipInfo, file: str) -> None:
    name = member.orig_filename
    mode = stat.S_IFMT(member.external_attr >> 16)
    if _climbs_out(name):
        raise FileError(f"{file}: holds a file with the path {name[:200]!r}, outside itself. {_AGAIN}")
    if mode not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise FileError(f"{file}: {name!r} in it is a link or a device, not a file. {_AGAIN}")
    if member.flag_bits & 0x1:
        raise FileError(
            f"{file}: {name!r} in it is locked with a password. Save it without one, and add it again"
        )
    if member.compress_type not in _METHODS:
        raise FileError(
            f"{file}: {name!r} in it is packed in an uncommon way (method {member.compress_type}). "
            "Unpack it and add the files, or pack them again as an ordinary ZIP file"
        )


def _climbs_out(name: str) -> bool:
    parts = re.split(r"[/\\]", name)
    return name.startswith(("/", "\\")) or ".." in parts or ":" in name or "\x00" in name or not name.strip()


def _check_twice(members: list[zipfile.ZipInfo], file: str) -> None:
    seen: set[str] = set()
    for member in members:
        name = unicodedata.normalize("NFC", re.sub(r"/(\./)*/*", "/", member.filename)).casefold().rstrip("/")
        if name in seen:
            raise FileError(
                f"{file}: holds {member.filename!r} twice, so it is not clear which counts. {_AGAIN}"
            )
        seen.add(name)


def _expand(archive: zipfile.ZipFile, member: zipfile.ZipInfo, file: str, budget: _Budget) -> Iterator[bytes]:
    """A member's bytes in pieces; FileError when they differ from what the archive declares."""
    # One byte more than declared is asked for: `zipfile` would otherwise stop there and not notice the rest.
    probe = copy.copy(member)
    probe.file_size = member.file_size + 1
    size = 0
    try:
        with archive.open(probe) as stream:
            for piece in _pieces(stream):
                size += len(piece)
                budget.take(len(piece))
                yield piece
    except DAMAGE as error:
        if _disk_failed(error):
            raise
        raise FileError(f"{file}: {member.filename!r} in it is damaged ({error}). {_AGAIN}") from None
    if size != member.file_size:
        raise FileError(
            f"{file}: {member.filename!r} in it is not the {member.file_size:,} bytes that the archive "
            f"declares. {_AGAIN}"
        )


def _pieces(stream: IO[bytes] | gzip.GzipFile) -> Iterator[bytes]:
    while piece := stream.read(_CHUNK):
        yield piece


def _gunzipped(path: Path, file: str, budget: _Budget) -> Iterator[bytes]:
    try:
        with gzip.open(path) as stream:
            if not stream.peek(1) and path.stat().st_size == 0:
                raise EOFError("the file is empty")
            for piece in _pieces(stream):
                budget.take(len(piece))
                yield piece
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise FileError(f"{file}: not a whole gzip file ({error}). {_AGAIN}") from None


def _target(into: Path, name: str, file: str) -> Path:
    target = into.joinpath(*[part for part in re.split(r"[/\\]", name) if part not in ("", ".")])
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError):
        raise FileError(f"{file}: {name!r} in it is both a file and a folder. {_AGAIN}") from None
    if target.exists():
        raise FileError(f"{file}: {name!r} would be written over another file. {_AGAIN}")
    return target


def _write(target: Path, pieces: Iterator[bytes]) -> None:
    with target.open("wb") as out:
        for piece in pieces:
            out.write(piece)


def _remove(paths: list[Path]) -> None:
    for path in paths:
        path.unlink(missing_ok=True)
