"""What the region has, file by file and table by table; new files, seen before they change anything; open questions."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_POST

from merata.errors import FileError
from merata.region import confidence, sources
from merata.region.findings import SEVERITIES, Finding, from_csv
from merata.region.kinds import KINDS
from merata.web.models import Job
from merata.web.page import address, language_of
from merata.web.rights import may, needs
from merata.web.staff.frame import page
from merata.web.staff.jobs import ask_once, recent, who
from merata.web.staff.uploads import MOST_FILES, Waiting, too_large
from merata.web.tasks import OPEN, ask
from merata.web.words import tongue

_DATA_JOBS = ("preview", "add", "settle", "check")
#: Findings on one page.
PAGE = 50


@needs("see data")
def data(request: HttpRequest) -> HttpResponse:
    """What there is, what is missing, and where to send files."""
    return _page(request)


def _page(request: HttpRequest, status: int = 200, **values: Any) -> HttpResponse:
    found = _seen_by(request)
    defaults = {"errors": {}, "refused": {}, "given_by": "", "date": "", "kind": ""}
    return page(
        request,
        "staff/data.html.j2",
        status,
        sources=_sources(request),
        state=_state(),
        counts=[(word, sum(row.severity == word for row in found)) for word in SEVERITIES],
        questions=sum(row.severity == "question" and bool(row.subject) for row in found),
        jobs=[
            one
            for one in recent(_DATA_JOBS)
            if may(request.user, "add data") or not one.job.asked.get("confidential")
        ],
        can_add=may(request.user, "add data"),
        kinds=KINDS,
        today=timezone.localdate().isoformat(),
        **{**defaults, **values},
    )


def _sources(request: HttpRequest) -> list[dict[str, Any]]:
    """The files; of those given in confidence nobody but the offices that work with them reads the name."""
    rows = [vars(row) for row in sources.load(region())]
    return rows if may(request.user, "add data") else confidence.open_sources(rows)


def _seen_by(request: HttpRequest) -> list[Finding]:
    """What was found, for whoever asks: those in files given in confidence are for the offices that work with them."""
    if may(request.user, "add data"):
        return findings()
    return confidence.open_findings(findings(), [vars(row) for row in sources.load(region())])


def region() -> Path:
    """The region's folder."""
    return Path(settings.REGION)


def findings() -> list[Finding]:
    """All that was found in the sources, severest first."""
    path = region() / "findings.csv"
    return from_csv(path.read_text(encoding="utf-8")) if path.exists() else []


def _state() -> dict[str, Any]:
    """The region's state as the worker last saw it; `old` where the region has changed since."""
    seen = Job.objects.filter(kind__in=_DATA_JOBS, outcome__has_key="state").order_by("-ended_at").first()
    if seen is None or seen.ended_at is None:
        return {}
    changed = [
        path.stat().st_mtime for name in ("region.gpkg", "region.toml") if (path := region() / name).exists()
    ]
    old = max(changed, default=0) > seen.ended_at.timestamp()
    return {**seen.outcome["state"], "at": seen.ended_at, "old": old}


@needs("add data")
@require_POST
def send(request: HttpRequest) -> HttpResponse:
    """Take files to look at: they wait while the worker finds out what they would change."""
    t = tongue(language_of(request))
    given_by, date = request.POST.get("given_by", "").strip()[:120], request.POST.get("date", "")
    kind, files = request.POST.get("kind", ""), request.FILES.getlist("files")
    errors = _wrong(given_by, date, kind)
    refused = {name: t("data_too_large") for name in too_large(request)}
    if not files and not refused:
        errors["files"] = "data_no_files"
    if len(files) > MOST_FILES:
        errors["files"] = "data_many_files"
    if not errors:
        waiting, more = Waiting.keep(files)
        refused |= more
        if waiting.files():
            job = ask(
                "preview", who(request), token=waiting.token, given_by=given_by, date=date, kind=kind, refused=refused,
                confidential="confidential" in request.POST,
            )  # fmt: skip
            return HttpResponseRedirect(address(language_of(request), "job", job.pk))
    return _page(request, 400, errors=errors, refused=refused, given_by=given_by, date=date, kind=kind)


def _wrong(given_by: str, date: str, kind: str) -> dict[str, str]:
    errors = {}
    if not given_by:
        errors["given_by"] = "data_no_office"
    try:
        dt.date.fromisoformat(date)
    except ValueError:
        errors["date"] = "data_no_date"
    if kind and kind not in KINDS:
        errors["kind"] = "data_no_kind"
    return errors


@needs("add data")
@require_POST
def take(request: HttpRequest, number: int) -> HttpResponse:
    """Take in what a preview has shown."""
    seen = get_object_or_404(Job, pk=number, kind="preview")
    language = language_of(request)
    known = Job.objects.filter(kind="add", asked__token=seen.asked["token"]).exclude(state="failed").first()
    if known is None:
        if not _waiting(seen).files():
            messages.error(request, tongue(language)("data_gone"))
            return HttpResponseRedirect(address(language, "sources"))
        asked = {
            name: seen.asked.get(name, "") for name in ("token", "given_by", "date", "kind", "confidential")
        }
        known = ask("add", who(request), **asked)
    return HttpResponseRedirect(address(language, "job", known.pk))


@needs("add data")
@require_POST
def drop(request: HttpRequest, number: int) -> HttpResponse:
    """Throw away what a preview has shown."""
    seen = get_object_or_404(Job, pk=number, kind="preview")
    language = language_of(request)
    if not Job.objects.filter(kind="add", asked__token=seen.asked["token"], state__in=OPEN).exists():
        _waiting(seen).forget()
    messages.info(request, tongue(language)("data_dropped"))
    return HttpResponseRedirect(address(language, "sources"))


def _waiting(job: Job) -> Waiting:
    try:
        return Waiting(job.asked["token"])
    except FileError as error:
        raise Http404(str(error)) from None


@needs("add data")
@require_POST
def look(request: HttpRequest) -> HttpResponse:
    """Have the folder looked over."""
    job = ask_once("check", who(request))
    return HttpResponseRedirect(address(language_of(request), "job", job.pk))


@needs("see data")
def found(request: HttpRequest) -> HttpResponse:
    """What was found in the sources: row by row, by severity and file, in pages; questions with their candidates."""
    severity, file = request.GET.get("tingkat", ""), request.GET.get("berkas", "")
    every = _seen_by(request)
    rows = [row for row in every if severity in ("", row.severity) and file in ("", row.file)]
    pages = max(1, -(-len(rows) // PAGE))
    asked = request.GET.get("hal", "1")
    number = min(max(int(asked) if asked.isdigit() else 1, 1), pages)
    return page(
        request,
        "staff/data_findings.html.j2",
        rows=rows[(number - 1) * PAGE : number * PAGE],
        count=len(rows),
        severities=SEVERITIES,
        severity=severity,
        chosen=file,
        files=sorted({row.file for row in every}),
        number=number,
        pages=pages,
        more=lambda page: "?" + urlencode({"tingkat": severity, "berkas": file, "hal": page}),
        candidates=candidates,
        queued=_queued(),
        can_add=may(request.user, "add data"),
    )


def candidates(finding: Finding) -> list[tuple[str, str]]:
    """(code, name with district) of the villages that a question may mean, likeliest first."""
    parts = [part.strip().partition(" ") for part in finding.candidates.split(";") if part.strip()]
    return [(code, name) for code, _, name in parts]


def _queued() -> dict[str, str]:
    """Questions whose answers are being applied: number of the question -> answer."""
    waiting = Job.objects.filter(kind="settle", state__in=OPEN).values_list("asked", flat=True)
    return {asked["finding"]: asked["answer"] for asked in waiting}


@needs("add data")
@require_POST
def settle(request: HttpRequest) -> HttpResponse:
    """Keep the answer to a question: one of its candidates, another village's code, or none of them."""
    number, answer = request.POST.get("finding", ""), request.POST.get("answer", "").strip()[:13]
    language = language_of(request)
    question = next((row for row in findings() if row.id == number and row.subject), None)
    if question is None:
        messages.error(request, tongue(language)("data_no_question"))
    elif not answer:
        messages.error(request, tongue(language)("data_no_answer"))
    else:
        if number not in _queued():
            ask("settle", who(request), finding=number, answer=answer, what=question.what)
        messages.info(request, tongue(language)("data_answer_kept"))
    back = urlencode({"tingkat": "question", "hal": request.POST.get("hal", "1")})
    return HttpResponseRedirect(f"{address(language, 'data_findings')}?{back}")
