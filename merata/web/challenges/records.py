"""Facts that the site reckons or keeps itself: promises, scores, payments, statistics. Found, and as they stand now."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import Q, Sum

from merata.publish.indicators import INDICATORS, TOTAL
from merata.region.values import fold, tidy
from merata.web import statistics
from merata.web.models import Commitment, Contract, Owed, Payment, Scorecard, ScoreSet, VillageFacts
from merata.web.words import Tongue

_MONTH = re.compile(r"20\d\d-(0[1-9]|1[0-2])")
#: Promises that a form offers; by its number every one can be named.
_OFFERED = 300
#: What a scorecard that can be challenged is of, where it is of no village.
_WIDE = ("provider", "district")

Found = dict[str, Any] | None
_Lists = list[tuple[str, str]]


def promise(text: str, village: VillageFacts | None) -> Found:
    """The promise of a number, if it stands there: of the village, or of any place of the region."""
    rows = Commitment.objects.filter(replaced_by=None)
    if village is not None:
        rows = rows.filter(village_code=village.code)
    found = rows.filter(pk=int(text)).first() if text.isdecimal() and len(text) < 16 else None
    return None if found is None else {"promise": found.pk, "promised": _promised(found)}


def _promised(row: Commitment) -> str:
    return f"{row.action or row.place or row.village_code} ({row.year})"[:200]


def card(text: str, village: VillageFacts | None) -> Found:
    """What a score is of: a point of the village by its code or place; of the region, a provider or a district."""
    rows = Scorecard.objects.filter(of="point", point__village_code=village.code) if village else None
    rows = rows if rows is not None else Scorecard.objects.filter(of__in=_WIDE)
    for row in rows.select_related("point").order_by("of", "name").distinct():
        names = {fold(row.name), fold(row.point.place)} if row.point else {fold(row.name)}
        if fold(text) in names or text == f"{row.of} {row.name}":
            return {
                "card": row.name,
                "card_of": row.of,
                "card_name": row.point.place if row.point else row.name,
            }
    return None


def contract(text: str, village: VillageFacts | None) -> Found:
    """The contract of a number."""
    found = Contract.objects.filter(number=tidy(text)[:60]).select_related("provider").first()
    return None if found is None else {"contract": found.number, "provider": found.provider.name}


def month(text: str, village: VillageFacts | None) -> Found:
    """A month, as 2026-11."""
    return {"month": text} if _MONTH.fullmatch(text) else None


def indicator(text: str, village: VillageFacts | None) -> Found:
    """An indicator that is open to the public, by its code or either of its names."""
    for code, one in INDICATORS.items():
        if one.public and fold(text) in (fold(code), *map(fold, one.name)):
            return {"indicator": code}
    return None


def area(text: str, village: VillageFacts | None) -> Found:
    """A place that statistics are told of, by its code or name."""
    read = statistics.read()
    for one in read.areas.values() if read else ():
        if fold(text) in (fold(one.code), fold(one.name)):
            return {"area": one.code, "area_name": one.name}
    return None


def period(text: str, village: VillageFacts | None) -> Found:
    """A year or a month."""
    return {"period": text} if re.fullmatch(r"20\d\d", text) or _MONTH.fullmatch(text) else None


#: Kind of field -> what finds what a text names.
FIND: dict[str, Callable[[str, VillageFacts | None], Found]] = {
    "promise": promise, "card": card, "contract": contract, "month": month, "indicator": indicator, "area": area,
    "period": period,
}  # fmt: skip


def _promise_now(says: Mapping[str, Any], code: str) -> str:
    return Commitment.objects.filter(pk=says["promise"]).values_list("state", flat=True).first() or ""


def _score_now(says: Mapping[str, Any], code: str) -> str:
    rows = Scorecard.objects.filter(of=says["card_of"], name=says["card"], period=says["month"])
    share = rows.values_list("availability", flat=True).first()
    return "" if share is None else f"{100 * share:.2f}"


def _payment_now(says: Mapping[str, Any], code: str) -> str:
    if says["sum"] == "owed":
        due = Owed.objects.filter(contract=says["contract"], period=says["month"]).aggregate(
            sum=Sum("owed_idr")
        )
        return "" if due["sum"] is None else str(due["sum"])
    rows = Payment.objects.filter(contract__number=says["contract"], month=f"{says['month']}-01")
    return str(rows.aggregate(sum=Sum("amount_idr"))["sum"] or 0)


def _statistic_now(says: Mapping[str, Any], code: str) -> str:
    one, read = INDICATORS.get(says["indicator"]), statistics.read()
    if one is None or read is None:
        return ""
    wanted = {
        "level": says.get("level") or TOTAL,
        "technology": "4G" if "technology" in one.classes else TOTAL,
    }
    found = read.of(one.code, says.get("area") or code or read.region.code, **wanted)
    value = next((point.row.value for point in found if point.row.period == says["period"]), None)
    return "" if value is None else f"{100 * value if one.unit == 'share' else value:.12g}"


#: Kind of fact -> what stands there now, as text; '' where nothing does.
NOW: dict[str, Callable[[Mapping[str, Any], str], str]] = {
    "promise": _promise_now, "score": _score_now, "payment": _payment_now, "statistic": _statistic_now,
}  # fmt: skip
#: Kind of fact -> the field that says what is right, in the same form.
_SAID = {"score": ("percent", 0.05), "payment": ("idr", 0.5), "statistic": ("value", 0.0)}


def agrees(fact: str, says: Mapping[str, Any], now: str) -> bool:
    """Whether what stands there is what a challenge says is right: to the last digit that pages show."""
    if not now:
        return False
    if fact == "promise":
        return bool((now == "kept") == (says["really"] == "kept"))
    name, within = _SAID[fact]
    value = float(says[name])
    return math.isclose(value, float(now), abs_tol=within, rel_tol=1e-9)


def lists(fact_kinds: set[str], village: VillageFacts | None, t: Tongue) -> dict[str, _Lists]:
    """What a form offers for the fields of these kinds: (value, what it is called)."""
    return {kind: _LIST[kind](village, t) for kind in _LIST if kind in fact_kinds}


def _promises(village: VillageFacts | None, t: Tongue) -> _Lists:
    rows = Commitment.objects.filter(replaced_by=None).order_by("year", "pk")
    # Of a village its own; of the region what is promised to no village.
    rows = rows.filter(village_code=village.code if village else "")
    return [
        (str(row.pk), f"{_promised(row)}: {t.word('commitment_state', row.state)}") for row in rows[:_OFFERED]
    ]


def _cards(village: VillageFacts | None, t: Tongue) -> _Lists:
    own = Q(of="point", point__village_code=village.code) if village else Q(of__in=_WIDE)
    rows = Scorecard.objects.filter(own).order_by("of", "name").values_list("of", "name", "point__place")
    return [(f"{of} {name}", f"{place} ({name})" if place else name) for of, name, place in rows.distinct()]


def _contracts(village: VillageFacts | None, t: Tongue) -> _Lists:
    return [
        (row.number, f"{row.number}: {row.provider}") for row in Contract.objects.select_related("provider")
    ]


def _indicators(village: VillageFacts | None, t: Tongue) -> _Lists:
    at = 0 if t.language == "id" else 1
    return [
        (code, one.name[at])
        for code, one in INDICATORS.items()
        if one.public and (village is None or "village" in one.areas)
    ]


def _areas(village: VillageFacts | None, t: Tongue) -> _Lists:
    read = statistics.read()
    if read is None or village is not None:
        return []
    return [(one.code, one.name) for one in read.areas.values() if one.kind == "district"]


def _months(village: VillageFacts | None, t: Tongue) -> _Lists:
    kept = ScoreSet.objects.filter(pk=1).values_list("months", flat=True).first() or []
    paid = {f"{day:%Y-%m}" for day in Payment.objects.values_list("month", flat=True).distinct()}
    return [(one, t.month(one)) for one in sorted({*kept, *paid}, reverse=True)]


_LIST: dict[str, Callable[[VillageFacts | None, Tongue], _Lists]] = {
    "promise": _promises, "card": _cards, "contract": _contracts, "indicator": _indicators, "area": _areas,
    "month": _months,
}  # fmt: skip
