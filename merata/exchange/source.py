"""Where the files of a log are read from: a folder (or a stick), or an address."""

from __future__ import annotations

import http.client
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from merata.errors import FileError, MissingError
from merata.exchange import tiles

#: A full bundle of the longest entries has 16.8 MB.
LARGEST_BYTES = tiles.WIDTH * (tiles.LONGEST_ENTRY + 2)
TIMEOUT_S = 30
#: Nobody waits longer than this for one file, however slowly it drips.
LONGEST_S = 1800
_PIECE = 1 << 16


class Source(Protocol):
    """The files of one log, by their path below it."""

    def get(self, path: str) -> bytes | None:
        """Content of a file; None: there is none."""

    def tile(self, level: int | str, index: int, width: int) -> bytes | None:
        """Content of a tile or bundle of at least this width."""


class Folder:
    """A log in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __str__(self) -> str:
        return str(self.folder)

    def get(self, path: str) -> bytes | None:
        """Content of a file; None: there is none."""
        try:
            return (self.folder / path).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None

    def tile(self, level: int | str, index: int, width: int) -> bytes | None:
        """Content of a tile or bundle; where it grew since, of the wider one, which begins alike."""
        wanted = tiles.path(level, index, width)
        for _ in range(3):  # a writer may take a partial tile away between two looks
            for path in (wanted, tiles.path(level, index), self._wider(level, index, width)):
                if path and (found := self.get(path)) is not None:
                    return found
        return None

    def _wider(self, level: int | str, index: int, width: int) -> str:
        folder = self.folder / f"{tiles.path(level, index)}.p"
        there = (int(path.name) for path in folder.glob("*") if path.name.isdigit())
        found = min((each for each in there if each >= width), default=0)
        return tiles.path(level, index, found) if found else ""


class Address:
    """A log that is served by HTTP. Nothing in it is trusted before it is checked, so plain HTTP will do."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")

    def __str__(self) -> str:
        return self.url

    def get(self, path: str) -> bytes | None:
        """Content of a file; None: there is none.

        Raises
        ------
        FileError
            The address does not answer, or with something far too large.
        """
        status, body = ask(f"{self.url}/{path}")
        if status in (404, 410):
            return None
        if status != 200:
            raise FileError(f"{self.url}/{path}: answered {status}. Try again later, or ask who serves it.")
        return body

    def tile(self, level: int | str, index: int, width: int) -> bytes | None:
        """Content of a tile or bundle; the full one where the partial one is gone."""
        found = self.get(tiles.path(level, index, width))
        return found if found is not None or width == tiles.WIDTH else self.get(tiles.path(level, index))


def ask(url: str, body: bytes | None = None, most_bytes: int = LARGEST_BYTES) -> tuple[int, bytes]:
    """Status and body of an answer over HTTP, redirects not followed; with `body`, of a POST.

    Raises
    ------
    FileError
        Nobody answers, or with something far too large.
    """
    if urlsplit(url).scheme not in ("http", "https"):
        raise FileError(f"{url}: expected an address that begins with http:// or https://.")
    asked = urllib.request.Request(url, body, {"User-Agent": "merata"})  # noqa: S310 - http or https
    try:
        with urllib.request.build_opener(_NoRedirect).open(asked, timeout=TIMEOUT_S) as answer:
            return answer.status, _within(answer, url, most_bytes)
    except urllib.error.HTTPError as refused:
        return refused.code, _within(refused, url, most_bytes)
    except (OSError, http.client.HTTPException) as error:
        raise FileError(
            f"{url}: no answer ({error}). Check the address and the link, and try again."
        ) from error


def _within(answer: http.client.HTTPResponse | urllib.error.HTTPError, url: str, most_bytes: int) -> bytes:
    end, pieces, size = time.monotonic() + LONGEST_S, [], 0
    while size <= most_bytes and (piece := answer.read1(_PIECE)):
        pieces.append(piece)
        size += len(piece)
        if time.monotonic() > end:
            raise FileError(
                f"{url}: was not through after {LONGEST_S} seconds. Try another link, or a stick."
            )
    if size > most_bytes:
        raise FileError(f"{url}: answered with more than {most_bytes} bytes. That is not what was asked for.")
    return b"".join(pieces)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


def source(where: str | Path) -> Source:
    """The source at an address or in a folder: a log's own, or a region's, which has its log in `log/`.

    Raises
    ------
    MissingError
        There is no such folder.
    """
    if isinstance(where, str) and where.startswith(("http://", "https://")):
        return Address(where)
    folder = Path(where)
    if not folder.is_dir():
        raise MissingError(f"{folder}: no such folder. Expected the folder of a log, or an address.")
    within = folder / "log"
    return Folder(within if within.is_dir() and not (folder / "tile").is_dir() else folder)
