"""A provider's weekly spreadsheet: sent in, looked at row by row, applied in one go; and the sheet to fill in."""

from __future__ import annotations

import io
from typing import Any

import xlsxwriter
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from merata.errors import FileError
from merata.region.formula import safe_text
from merata.web.models import ServicePoint, User
from merata.web.programme.columns import POINTS, Row, read
from merata.web.programme.frame import go, shown, user_of, words
from merata.web.programme.places import Place, places
from merata.web.programme.proposals import Proposal, apply, mark_of, of_rows
from merata.web.programme.said import Key, Problem, RefusedError
from merata.web.rights import needs, reach
from merata.web.words import Tongue

_KEPT = "programme_sheet"
_OUTCOMES = ("asks", "wrong", "changes", "same")


@needs("record points")
def sheet(request: HttpRequest) -> HttpResponse:
    """Send a spreadsheet in; what it would change is shown before anything is changed."""
    t = words(request)
    if request.method != "POST":
        request.session.pop(_KEPT, None)
        return shown(request, "sheet", wrong=None, columns=POINTS)
    upload = request.FILES.get("file")
    if not isinstance(upload, UploadedFile):
        return shown(request, "sheet", 400, wrong=(t("programme_file_lacks"), t.language), columns=POINTS)
    try:
        found = read(upload, POINTS)
    except FileError as error:
        return shown(request, "sheet", 400, wrong=t.phrase(error), columns=POINTS)
    rows = [
        {"number": row.number, "cells": row.cells, "problems": _packed(row.problems)} for row in found.rows
    ]
    request.session[_KEPT] = {
        "file": (upload.name or "")[:120],
        "rows": rows,
        "unknown": found.unknown,
        "answers": {},
    }
    return go(request, "programme_sheet_preview")


@needs("record points")
def preview(request: HttpRequest) -> HttpResponse:
    """What the spreadsheet would change, what is wrong, what is to be answered; answers are taken here."""
    kept = request.session.get(_KEPT)
    if not kept:
        return go(request, "programme_sheet")
    if request.method == "POST":
        answers = {
            key.removeprefix("baris-"): value[:40]
            for key, value in request.POST.items()
            if key.startswith("baris-") and value
        }
        kept["answers"] |= answers
        request.session[_KEPT] = kept
        return go(request, "programme_sheet_preview")
    proposals = _proposals(kept, user_of(request))
    counts = {outcome: sum(one.outcome == outcome for one in proposals) for outcome in _OUTCOMES}
    order = sorted(proposals, key=lambda one: (_OUTCOMES.index(one.outcome), one.number))
    return shown(
        request, "sheet_preview", file_name=kept["file"], unknown=kept["unknown"], proposals=order, counts=counts,
        mark=mark_of(proposals), names=_names(proposals), outcomes=_OUTCOMES,
    )  # fmt: skip


@needs("record points")
@require_POST
def sheet_apply(request: HttpRequest) -> HttpResponse:
    """Apply what the preview showed, in one go."""
    t, user, kept = words(request), user_of(request), request.session.get(_KEPT)
    if not kept:
        return go(request, "programme_sheet")
    proposals = _proposals(kept, user)
    if request.POST.get("mark") != mark_of(proposals):
        return go(request, "programme_sheet_preview", say=t("programme_changed_meanwhile"), wrong=True)
    try:
        batch, count = apply(proposals, user, why=t("sheet_why", file=kept["file"]), way="file")
    except RefusedError as refused:
        return go(request, "programme_sheet_preview", say=refused.said(t), wrong=True)
    request.session.pop(_KEPT, None)
    if not count:
        return go(request, "programme_sheet", say=t("programme_nothing_changed"))
    return go(request, "programme_batch", batch, say=t("programme_applied", count=count))


@needs("record points")
def sheet_to_fill(request: HttpRequest) -> HttpResponse:
    """A workbook with the account's own points, to fill in and send back."""
    user, t = user_of(request), words(request)
    rows = reach(user, ServicePoint.objects.exclude(state__in=("replaced", "ended"))).order_by("code")
    answer = HttpResponse(
        workbook(list(rows), t),
        content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    )
    answer.headers["Content-Disposition"] = f'attachment; filename="{t("sheet_file")}.xlsx"'
    return answer


def workbook(points: list[ServicePoint], t: Tongue) -> bytes:
    """Points as an XLSX workbook in a language; no cell is taken for a formula."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    page, bold = book.add_worksheet(t("sheet_name")), book.add_format({"bold": True, "text_wrap": True})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    known = places(point.village_code for point in points)
    for at, column in enumerate(POINTS):
        page.write_string(0, at, t(f"column_{column.name}"), bold)
    for line, point in enumerate(points, start=1):
        for at, value in enumerate(_cells(point, known.get(point.village_code), t)):
            if hasattr(value, "isoformat"):
                page.write_datetime(line, at, value, day)
            elif isinstance(value, (int, float)):
                page.write_number(line, at, value)
            elif value:
                page.write_string(line, at, safe_text(str(value)))
    page.freeze_panes(1, 1)
    page.set_column(0, len(POINTS) - 1, 18)
    book.close()
    return out.getvalue()


def _cells(point: ServicePoint, place: Place | None, t: Tongue) -> list[Any]:
    own = {
        "village": place.name if place else "",
        "district": place.district if place else "",
        "state": t.word("point_state", point.state),
        "on": point.since,
    }
    return [own[column.name] if column.name in own else getattr(point, column.name) for column in POINTS]


def _proposals(kept: dict[str, Any], user: User) -> list[Proposal]:
    rows = [Row(row["number"], row["cells"], _unpacked(row["problems"])) for row in kept["rows"]]
    return of_rows(rows, user, kept["answers"])


def _packed(problems: list[Problem]) -> list[dict[str, Any]]:
    return [{"key": one.key, "values": {k: str(v) for k, v in one.values.items()}} for one in problems]


def _unpacked(kept: list[dict[str, Any]]) -> list[Problem]:
    keys = ("column",)
    return [
        Problem(one["key"], {k: Key(v) if k in keys else v for k, v in one["values"].items()}) for one in kept
    ]


def _names(proposals: list[Proposal]) -> dict[str, Place]:
    points = [one.point for one in proposals if one.point] + [p for one in proposals for p in one.points]
    return places(point.village_code for point in points)
