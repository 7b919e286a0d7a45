"""The static copy: every open page as a file, in both languages, that works from a USB stick without a server."""

from __future__ import annotations

import json
import os
import posixpath
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import Http404
from django.test import RequestFactory
from django.urls import resolve
from django.utils import translation
from markupsafe import Markup

from merata.errors import InputError
from merata.web.load import load
from merata.web.memory import of_state
from merata.web.models import Publication
from merata.web.page import Links, language_of, site_version
from merata.web.public.current import newest

#: What was written last time stands there: only that is ever replaced or taken away.
MANIFEST = "merata-export.json"
STARTS = ("/", "/en/")

Tell = Callable[[int, int], None]


@dataclass
class Exported:
    """What a copy came to."""

    folder: Path
    draft: bool
    written: int = 0
    same: int = 0
    removed: int = 0
    bytes: int = 0
    files: set[str] = field(default_factory=set)


class FileLinks(Links):
    """Addresses as they lead from one file to another; each page that one leads to is noted."""

    live = False
    #: Browsers load no modules from a stick; these scripts are written so that old ones can read them.
    scripts = Markup("defer")

    def __init__(self, request: Any, found: Callable[[str], None]) -> None:
        super().__init__(request)
        self._found = found

    def to(self, name: str, *args: Any, **values: Any) -> str:
        """The way to another page's file."""
        return self._way(super().to(name, *args, **values))

    def file(self, name: str) -> str:
        """The way to a file of the site."""
        return self._way(f"/static/{name}")

    def other_language(self) -> str:
        """The way to the same page in the other language."""
        return self._way(super().other_language())

    def _way(self, url: str) -> str:
        path = urlsplit(url).path
        self._found(path)
        here = posixpath.dirname(file_of(self._path))
        return posixpath.relpath(file_of(path), here or ".")


def file_of(path: str) -> str:
    """The file of an address: desa/64.02.01.2001/index.html for /desa/64.02.01.2001/."""
    return path.lstrip("/") + ("index.html" if path.endswith("/") else "")


def export(region: Path, folder: Path, tell: Tell | None = None) -> Exported:
    """Write the open pages of a region's site into a folder; again later, only what changed.

    What was published last is written; where nothing was, the newest run as a draft that says so.

    Raises
    ------
    InputError
        The folder holds files that no earlier copy wrote.
    MissingError
        There is neither a publication nor a finished run.
    """
    publication = newest() or load(region)
    before = _manifest(folder)
    done = Exported(folder, draft=publication.state != "published")
    with of_state(f"copy {site_version()}"):
        for name, content in _pages(publication, tell or (lambda done, of: None)):
            _write(folder, name, content, done)
    for name in sorted(before - done.files):
        (folder / name).unlink(missing_ok=True)
        done.removed += 1
    _write(folder, MANIFEST, json.dumps(sorted(done.files), indent=0).encode(), done)
    return done


def _manifest(folder: Path) -> set[str]:
    note = folder / MANIFEST
    if note.exists():
        names = {str(name) for name in json.loads(note.read_text(encoding="utf-8"))}
        if any(".." in Path(name).parts or Path(name).is_absolute() for name in names):
            raise InputError(f"{note}: names files outside of the folder. Choose a new folder.")
        return names
    if folder.exists() and any(folder.iterdir()):
        raise InputError(
            f"{folder}: holds other files. Choose a new folder, or one that an earlier copy is in."
        )
    return set()


def _pages(publication: Publication, tell: Tell) -> Iterator[tuple[str, bytes]]:
    """Every page that the front pages lead to, however far, each once: (file, content)."""
    waiting, known = deque(STARTS), set(STARTS)

    def found(path: str) -> None:
        if path not in known:
            known.add(path)
            waiting.append(path)

    done = 0
    while waiting:
        path = waiting.popleft()
        yield file_of(path), _static(path) if path.startswith("/static/") else _made(path, publication, found)
        done += 1
        tell(done, len(known))


def _made(path: str, publication: Publication, found: Callable[[str], None]) -> bytes:
    request: Any = RequestFactory().get(path)
    request.links = FileLinks(request, found)
    request.publication = publication
    match = resolve(path)
    with translation.override(language_of(request)):
        answer = match.func(request, *match.args, **match.kwargs)
    if answer.status_code != 200:
        raise Http404(path)
    content: bytes = b"".join(answer) if answer.streaming else answer.content
    return content


def _static(path: str) -> bytes:
    from django.contrib.staticfiles import finders

    name = path.removeprefix("/static/")
    place = finders.find(name) or staticfiles_storage.path(name)
    return Path(str(place)).read_bytes()


def _write(folder: Path, name: str, content: bytes, done: Exported) -> None:
    path = folder / name
    done.bytes += len(content)
    if name != MANIFEST:
        done.files.add(name)
    if path.is_file() and path.stat().st_size == len(content) and path.read_bytes() == content:
        done.same += 1
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.part")
    beside.write_bytes(content)
    os.replace(beside, path)
    done.written += 1
