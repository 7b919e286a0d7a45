"""What was predicted, what was measured, and by how much it was wrong: levels, signal, prices, time."""

from __future__ import annotations

import datetime as dt
import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator
from math import sqrt
from pathlib import Path
from statistics import fmean, median
from typing import TYPE_CHECKING, Any, NamedTuple

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from merata.errors import FileError
from merata.web.models import Commitment, FacilityFacts, PhoneTest, Publication, Scorecard, ServicePoint
from merata.web.page import render
from merata.web.programme.pace import life
from merata.web.public.current import shown
from merata.web.public.scores import times

if TYPE_CHECKING:
    from merata.exchange.own import Own

#: What is compared.
LEVEL, SIGNAL, PRICE, TIME = "level", "signal", "price", "time"
KINDS = (LEVEL, SIGNAL, PRICE, TIME)
#: Chances that are told together: up to so much.
CHANCES = (0.25, 0.5, 0.75, 1.0)
#: So many cases at least: of fewer, an average says nothing, and a test may be somebody's.
FEWEST = 5
_Z = 1.959963984540054

_log = logging.getLogger(__name__)


class Outcome(NamedTuple):
    """One thing that was predicted of some cases, and what came of it."""

    what: str
    """A word of `KINDS`."""
    which: str
    """A technology; of signal, the chances that are told together, such as 0.25-0.5."""
    predicted: float
    measured: float
    low: float
    """Of shares, the interval at 95 % that the cases allow; of prices, what nine of ten are above …"""
    high: float
    """… and below."""
    cases: int


def outcomes(publication: Publication) -> list[Outcome]:
    """All of them, of as many cases as tell something, in the order of `KINDS`."""
    points = list(ServicePoint.objects.select_related("contract", "commitment").order_by("code"))
    found = [
        *_levels(publication, points),
        *_signal(publication),
        *_prices(publication, points),
        *_time(points),
    ]
    return [row for row in found if row.cases >= FEWEST]


@shown
def outcome(request: HttpRequest, publication: Publication) -> HttpResponse:
    """The page of it."""
    rows = outcomes(publication)
    groups = {kind: [row for row in rows if row.what == kind] for kind in KINDS}
    return render(
        request, "public/outcome.html.j2", publication=publication, groups=groups, fewest=FEWEST, learned=_learned()
    )  # fmt: skip


def _learned() -> Own | None:
    """What the region's own links taught, as far as it can be read."""
    # The engine's tables come with it, which serving other pages needs none of.
    from merata.exchange.own import read

    try:
        return read(Path(settings.REGION))
    except FileError as error:
        _log.warning("What was learned is not shown: %s", error)
        return None


def wilson(hits: int, cases: int) -> tuple[float, float]:
    """Interval of a share at 95 % (Wilson 1927)."""
    share, z2 = hits / cases, _Z**2
    middle = (share + z2 / (2 * cases)) / (1 + z2 / cases)
    wide = _Z / (1 + z2 / cases) * sqrt(share * (1 - share) / cases + z2 / (4 * cases**2))
    return max(0.0, middle - wide), min(1.0, middle + wide)


def _shares(what: str, cases: Iterable[tuple[str, float, bool]]) -> Iterator[Outcome]:
    """Of cases (which, predicted share, whether it came so): a row for each `which`."""
    groups: dict[str, list[tuple[float, bool]]] = defaultdict(list)
    for which, predicted, so in cases:
        groups[which].append((predicted, so))
    for which, group in sorted(groups.items()):
        hits = sum(so for _, so in group)
        low, high = wilson(hits, len(group))
        yield Outcome(what, which, fmean(p for p, _ in group), hits / len(group), low, high, len(group))


def _meets(level: dict[str, Any], values: dict[str, Any]) -> bool:
    """Whether what was measured has a level's numbers; what was not measured is not held against it."""
    at_least = ("down_mbps", "up_mbps", "availability")
    enough = all(values[name] >= level[name] for name in at_least if values.get(name) is not None)
    latency = values.get("latency_ms")
    return enough and (latency is None or latency <= level["latency_ms"])


def _levels(publication: Publication, points: list[ServicePoint]) -> Iterator[Outcome]:
    """Links that were built, by technology: were promised to have a level, and had it in the last whole month."""
    known = times()
    if known is None:
        return
    cards = Scorecard.objects.filter(of="point", period=known.latest, enough=True).values_list(
        "point_id", "values"
    )
    measured = {pk: values for pk, values in cards if values.get("down_mbps") is not None}
    levels, promised = publication.totals["levels"], _promised(publication)
    cases = []
    for point in points:
        name = point.commitment.level if point.commitment else promised.get(point.facility_key, "")
        if point.pk in measured and name in levels:
            cases.append((point.option, 1.0, _meets(levels[name], measured[point.pk])))
    yield from _shares(LEVEL, cases)


def _promised(publication: Publication) -> dict[str, str]:
    return dict(publication.facilities.values_list("key", "promised"))


def _signal(publication: Publication) -> Iterator[Outcome]:
    """Villages by their chance of being below the promise, and how many of the phones there were below it."""
    levels = publication.totals["levels"]
    villages = {
        code: (chance, levels[promised])
        for code, chance, promised in publication.villages.values_list("code", "chance_below", "promised")
        if chance is not None and promised in levels
    }
    tests = PhoneTest.objects.filter(network="mobile").exclude(began=None).exclude(down_mbps=None)
    cases = []
    for code, *rates in tests.values_list("village_code", "down_mbps", "up_mbps", "latency_ms"):
        if code in villages:
            chance, level = villages[code]
            values = dict(zip(("down_mbps", "up_mbps", "latency_ms"), rates, strict=True))
            cases.append((_group(chance), chance, not _meets(level, values)))
    yield from _shares(SIGNAL, cases)


def _group(chance: float) -> str:
    high = next(high for high in CHANCES if chance <= high)
    return f"{high - 0.25:g}-{high:g}"


def _prices(publication: Publication, points: list[ServicePoint]) -> Iterator[Outcome]:
    """What a link was reckoned to cost a year in the plan that promised it, and what its contract has it cost."""
    groups: dict[str, list[tuple[float, float]]] = defaultdict(list)
    reckoned = _reckoned(publication, points)
    for point in points:
        cost = reckoned.get(point.pk)
        if point.contract and point.contract.fee_idr_per_month and cost:
            groups[point.option].append((cost / 12, float(point.contract.fee_idr_per_month)))
    for option, rows in sorted(groups.items()):
        fees = sorted(fee for _, fee in rows)
        low, high = fees[len(fees) // 10], fees[-1 - len(fees) // 10]
        yield Outcome(PRICE, option, median(cost for cost, _ in rows), median(fees), low, high, len(rows))


def _reckoned(publication: Publication, points: list[ServicePoint]) -> dict[int, int]:
    """Point -> rupiah a year, where the plan has the point's place served by the point's technology."""
    plans = {p.commitment.publication_id for p in points if p.commitment} - {None} | {publication.pk}
    facts = FacilityFacts.objects.filter(publication__in=plans).exclude(opex_idr_per_year=0)
    fields = ("publication_id", "key", "option", "opex_idr_per_year")
    by_place = {(plan, key, option): cost for plan, key, option, cost in facts.values_list(*fields)}
    found = {}
    for point in points:
        plan = (point.commitment.publication_id if point.commitment else None) or publication.pk
        if cost := by_place.get((plan, point.facility_key, point.option)):
            found[point.pk] = cost
    return found


def _time(points: list[ServicePoint]) -> Iterator[Outcome]:
    """Promises whose year is over: whether there was a point in service by its end."""
    came = life(points).came
    by_promise: dict[int, list[dt.date]] = defaultdict(list)
    for point in points:
        if point.commitment_id and point.pk in came:
            by_promise[point.commitment_id].append(came[point.pk])
    over = Commitment.objects.filter(replaced_by=None, year__lt=timezone.localdate().year)
    due = over.exclude(option="")  # an action of a meeting is no link
    cases = [
        (promise.option, 1.0, any(day.year <= promise.year for day in by_promise[promise.pk]))
        for promise in due.only("pk", "option", "year")
    ]
    yield from _shares(TIME, cases)
