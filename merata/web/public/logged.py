"""The log that nobody can rewrite, for everybody: its newest checkpoint, its entries, a proof of each, its files."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
)
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from merata.errors import MerataError
from merata.web.logged_things import revealed
from merata.web.models import Change, LogEntry, Meeting, Publication
from merata.web.page import address, full_address, language_of, qr, render
from merata.web.public.current import shown

_SHOWN = 40
#: The files of a log that others may fetch (C2SP tlog-tiles); what else lies in the region's folder is not among them.
_FILE = re.compile(
    r"checkpoint|checkpoints/\d{1,19}|public-key|tile/(\d{1,2}|entries)(/x\d{3}){0,6}/\d{3}(\.p/\d{1,3})?"
)


@shown
def log(request: HttpRequest, publication: Publication) -> HttpResponse:
    """What the log is, its newest checkpoint and its newest entries."""
    return render(
        request, "log/log.html.j2", publication=publication, checkpoint=_text("checkpoint"), key=_text("public-key"),
        count=LogEntry.objects.count(), entries=LogEntry.objects.order_by("-index")[:_SHOWN], address=settings.SITE,
    )  # fmt: skip


@shown
def log_entry(request: HttpRequest, publication: Publication, index: int) -> HttpResponse:
    """One entry, and how anybody can check that it has stood there since."""
    entry = get_object_or_404(LogEntry, index=index)
    entry.content = _said(index)
    own = full_address(language_of(request), "log_entry", index)
    return render(
        request, "log/entry.html.j2", publication=publication, entry=entry, address=own, code=qr(own),
        village=_village(publication, entry), words=_words(entry), about=_about(entry),
    )  # fmt: skip


@require_safe
def log_of(request: HttpRequest, sha256: str) -> HttpResponse:
    """The entry of a document, by its hash: where the QR code leads of a report that is printed before the entry is."""
    entry = LogEntry.objects.filter(content__sha256=sha256).order_by("index").first()
    if entry is None:
        raise Http404(sha256)
    return HttpResponseRedirect(address(language_of(request), "log_entry", entry.index))


def _words(entry: LogEntry) -> list[tuple[str, str, str]]:
    """Of a change: what its salted hashes are of, with the salts."""
    if entry.kind != "change" or not entry.of.isdecimal():
        return []
    change = Change.objects.filter(pk=int(entry.of)).first()
    return revealed(change, Path(settings.REGION), entry.content) if change else []


def _about(entry: LogEntry) -> tuple[str, Any] | None:
    """The page of what an entry is about, and its number."""
    number = str(entry.content.get("of") or entry.of)
    if entry.kind in ("commitment", "change") and number.isdecimal() and entry.content.get("state") != "gone":
        return "promise", int(number)
    if entry.kind == "plan" and number.isdecimal():
        return "plan", int(number)
    meeting = number.removeprefix("meeting-")
    if entry.kind == "document" and meeting.isdecimal() and Meeting.objects.filter(pk=int(meeting)).exists():
        return "meeting", int(meeting)
    return ("scores", None) if entry.kind == "score" else None


def _said(index: int) -> dict[str, Any]:
    """What the log itself says, whatever stands in the database."""
    from merata.exchange.log import FOLDER, Log

    try:
        found: dict[str, Any] = json.loads(Log(Path(settings.REGION) / FOLDER).reader().entry(index))[
            "content"
        ]
    except MerataError as error:
        raise Http404(str(error)) from None
    return found


def _village(publication: Publication, entry: LogEntry) -> Any:
    return publication.villages.filter(code=entry.content.get("village", "")).first()


@require_safe
def log_proof(request: HttpRequest, index: int) -> HttpResponse:
    """The proof of an entry (C2SP tlog-proof), with the entry and the newest checkpoint."""
    from merata.exchange import proofs
    from merata.exchange.log import FOLDER, Log
    from merata.exchange.reader import Reader

    held = Log(Path(settings.REGION) / FOLDER)
    try:
        signed = held.checkpoint()
        if signed is None or index >= signed.size:
            raise Http404(index)
        made = proofs.prove(Reader(held.source, signed.size), index, signed)
    except MerataError as error:
        raise Http404(str(error)) from None
    return HttpResponse(str(made), content_type="text/plain; charset=utf-8")


@require_safe
def log_file(request: HttpRequest, name: str) -> HttpResponseBase:
    """A file of the log, for witnesses and whoever keeps a copy."""
    path = Path(settings.REGION) / "log" / name
    if not _FILE.fullmatch(name) or not path.is_file():
        raise Http404(name)
    kind = "application/octet-stream" if name.startswith("tile/") else "text/plain; charset=utf-8"
    answer = FileResponse(path.open("rb"), content_type=kind)
    lasts = name.startswith("tile/") and ".p/" not in name
    answer["Cache-Control"] = "public, max-age=31536000, immutable" if lasts else "public, max-age=10"
    return answer


def _text(name: str) -> str:
    try:
        return (Path(settings.REGION) / "log" / name).read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return ""
