"""What providers are owed: the sums of a period, each provider's statement with its deductions, and both as files."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from merata.errors import FileError, MerataError
from merata.web.models import Deducted, Excuse, Organisation, Outage, Owed, ScoreSet, ServicePoint, User
from merata.web.owed import summed
from merata.web.page import language_of
from merata.web.programme import filters
from merata.web.programme.frame import go, shown, user_of, words
from merata.web.programme.places import places
from merata.web.public.scores import begin_of, contest_of, end_of, times
from merata.web.rights import may, needs, reach
from merata.web.scores import digest_of
from merata.web.stretches import Rest, rests

#: What is deducted for, as columns of statements.csv have it.
PARTS = ("availability", "down_mbps", "up_mbps", "latency", "repair", "silence")
_KINDS = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


_Contested = list[tuple[Outage, Excuse | None]]


@dataclass(frozen=True)
class Traced:
    """The deductions of a point under a contract in a month, and what they come from, with contests where there are."""

    point: ServicePoint
    contract: str
    rows: list[Deducted]
    down: _Contested
    silent: _Contested


@needs("see programme")
def statements(request: HttpRequest) -> HttpResponse:
    """A row for each provider within reach: what is due, deducted and owed in a period."""
    there, period = times(), request.GET.get("masa", "")
    periods = [*sorted({month[:4] for month in there.months}), *there.months][::-1] if there else []
    if period not in periods:
        period = there.latest if there else ""
    rows = reach(user_of(request), Owed.objects.filter(period=period))
    return shown(
        request, "statements", period=period, periods=periods, times=there,
        rows=summed(rows, "provider__name", "provider"),
    )  # fmt: skip


@needs("see programme")
def statement(request: HttpRequest, period: str, number: int) -> HttpResponse:
    """What a provider is owed for a month or a year: its points, and in a month every deduction with its outages."""
    provider, rows = _of(request, period, number)
    user = user_of(request)
    page = filters.paged(
        rows.select_related("point").order_by("point__code", "contract"), request.GET.get("hal", "")
    )
    points = {row.point_id for row in page}
    yearly = len(period) == 4
    return shown(
        request, "statement", provider=provider, period=period, yearly=yearly, page=page, parts=_parts(rows),
        sums=summed(rows, "provider")[0], months=_months(user, provider, period) if yearly else [],
        traced=[] if yearly else _traced(provider, period, points), rests=_rests(page, period),
        **_spoken(request),
        names=places(row.point.village_code for row in page), times=times(),
        mine=may(user, "contest outages") and provider.pk == user.organisation_id,
    )  # fmt: skip


def _spoken(request: HttpRequest) -> dict[str, Any]:
    """How statements say values and reckonings."""
    from merata.publish import statement_pieces as pieces
    from merata.publish.statement_sentences import STATEMENT_CHOICES, STATEMENT_SENTENCES
    from merata.publish.words import Tongue

    t = Tongue(language_of(request), STATEMENT_SENTENCES, STATEMENT_CHOICES)
    return {
        "value": lambda what, number: pieces.value(what, number, t), "formula": lambda text: pieces.formula(text, t)
    }  # fmt: skip


def _of(request: HttpRequest, period: str, number: int) -> tuple[Organisation, QuerySet[Owed]]:
    """The provider and its rows of a period, if the account reaches them."""
    provider = get_object_or_404(Organisation, pk=number, kind="provider")
    rows = reach(user_of(request), Owed.objects.filter(period=period, provider=provider))
    if not rows.exists():
        raise Http404(period)
    return provider, rows


def _parts(rows: QuerySet[Owed]) -> list[tuple[str, int]]:
    """What is deducted for, and how much; at last what the caps give back."""
    sums: dict[str, int] = defaultdict(int)
    for values in rows.values_list("values", flat=True):
        for name in (*PARTS, "over_cap"):
            sums[name] += values.get(f"{name}_idr", 0)
    return [(name, amount) for name, amount in sums.items() if amount]


def _months(user: User, provider: Organisation, year: str) -> list[dict[str, Any]]:
    rows = Owed.objects.filter(provider=provider, period__startswith=f"{year}-")
    return summed(reach(user, rows), "period")


def _traced(provider: Organisation, month: str, points: Iterable[int]) -> list[Traced]:
    """The deductions of some points in a month; three queries."""
    rows = Deducted.objects.filter(provider=provider, period=month, point__in=points).select_related("point")
    grouped: dict[tuple[str, str], list[Deducted]] = defaultdict(list)
    for row in rows.order_by("point__code", "contract", "pk"):
        grouped[row.point.code, row.contract].append(row)
    began = {dt.datetime.fromtimestamp(s, dt.UTC) for row in rows for s in row.values["began"]}
    outages: dict[int, list[Outage]] = defaultdict(list)
    for one in Outage.objects.filter(point__in=points, start__in=began).order_by("start"):
        outages[one.point_id].append(one)
    contests: dict[int, list[Excuse]] = defaultdict(list)
    for excuse in Excuse.objects.filter(point__in=points, kind="contest").only(
        "begins", "ends", "state", "point_id"
    ):
        contests[excuse.point_id or 0].append(excuse)
    return [_of_point(mine, month, outages, contests) for mine in grouped.values()]


def _of_point(
    rows: list[Deducted], month: str, outages: dict[int, list[Outage]], contests: dict[int, list[Excuse]]
) -> Traced:
    point = rows[0].point
    behind: dict[str, _Contested] = {}
    for counts in ("down", "unknown"):
        told = {
            s for row in rows if (row.what == "silence") == (counts == "unknown") for s in row.values["began"]
        }
        behind[counts] = [
            (one, contest_of(one, contests[point.pk]))
            for one in outages[point.pk]
            if one.counts == counts and one.start.timestamp() in told and _touches(one, month)
        ]
    return Traced(point, rows[0].contract, rows, behind["down"], behind["unknown"])


def _touches(outage: Outage, month: str) -> bool:
    return outage.start < end_of(month) and outage.end > begin_of(month)


def _rests(rows: Iterable[Owed], period: str) -> list[Rest]:
    """When the service of these points was suspended in the period."""
    if not any(row.values.get("suspended_days") for row in rows):
        return []
    codes = {row.point.code for row in rows}
    first, last = f"{period}-01-01"[:10], f"{period}-12-31" if len(period) == 4 else f"{period}-31"
    return [
        rest
        for rest in rests()
        if rest.point in codes and rest.begins.isoformat() <= last
        and (rest.until is None or rest.until.isoformat() > first)
    ]  # fmt: skip


@needs("see programme")
def statement_file(request: HttpRequest, period: str, number: int, ending: str) -> HttpResponse:
    """The same as a document or a workbook; where something changed since, what there is to wait for."""
    if ending not in _KINDS:
        raise Http404(ending)
    provider, _ = _of(request, period, number)
    try:
        name, content = _made(provider.name, period, ending, language_of(request))
    except MerataError:
        say = words(request)("statement_waits")
        return go(request, "programme_statement", period, number, say=say, wrong=True)
    told = {"Content-Disposition": f'attachment; filename="{name}.{ending}"'}
    return HttpResponse(content, content_type=_KINDS[ending], headers=told)


def _made(provider: str, period: str, ending: str, language: Any) -> tuple[str, bytes]:
    """Name and content of a file, made of what the pages show."""
    from merata.publish import statement as made_of  # here: pages need no tables
    from merata.publish.statement_book import statement_book
    from merata.publish.statement_pdf import statement_pdf

    measurements = Path(settings.REGION) / "measurements"
    scored = made_of.read(measurements, period, ["all"])
    taken = ScoreSet.objects.filter(pk=1).values_list("digest", flat=True).first()
    if digest_of(scored.about) != taken:
        raise FileError(f"{scored.place}: was scored anew, and is not taken into the site yet.")
    one = made_of.of_provider(scored, provider, period, *made_of.region_of(measurements))
    return one.file_name, statement_pdf(one, language) if ending == "pdf" else statement_book(one)
