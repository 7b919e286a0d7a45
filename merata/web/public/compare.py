"""Two published plans side by side: who moved to which year, by what, and where the money went."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from merata.web.models import Publication, VillageFacts
from merata.web.page import render
from merata.web.public.current import shown
from merata.web.public.published import published

#: Villages that the page names; all of them stand in the table to download.
MOST_NAMED = 150
#: What is set side by side of the totals: their table, its keys, the figure.
FUNDS = ("funds", ("year", "fund"), "spent_idr")
PEOPLE = ("years", ("year",), "people_served")
HOW = ("new", "dropped", "earlier", "later", "other way", "gone")


@dataclass(frozen=True)
class Move:
    """A village whose year or option differs between two plans."""

    code: str
    name: str
    district: str
    how: str
    """One of HOW."""
    before: VillageFacts | None
    after: VillageFacts | None


@shown
def compare(request: HttpRequest, publication: Publication, a: int, b: int) -> HttpResponse:
    """Plan `a` against plan `b`."""
    one, two = get_object_or_404(published(), number=a), get_object_or_404(published(), number=b)
    moved = moves(one, two)
    return render(
        request,
        "public/compare.html.j2",
        publication=publication,
        a=one,
        b=two,
        moved=moved[:MOST_NAMED],
        count=len(moved),
        how=[(how, count) for how in HOW if (count := Counter(move.how for move in moved)[how])],
        funds=side_by_side(one, two, *FUNDS),
        people=side_by_side(one, two, *PEOPLE),
    )


def moves(one: Publication, two: Publication) -> list[Move]:
    """Every village that the two plans treat differently, by district and name; two queries."""
    before, after = _planned(one), _planned(two)
    moved = []
    for code in before.keys() | after.keys():
        was, now = before.get(code), after.get(code)
        how, row = _how(was, now), now or was
        if how and row:
            moved.append(Move(code, row.name, row.district, how, was, now))
    return sorted(moved, key=lambda move: (move.district, move.name, move.code))


def _planned(publication: Publication) -> dict[str, VillageFacts]:
    light = publication.villages.only("publication_id", "code", "name", "district", "year", "option")
    return {row.code: row for row in light}


def _how(was: VillageFacts | None, now: VillageFacts | None) -> str:
    """What became of a village, a word of HOW; empty: nothing."""
    if was and not now:
        return "gone"
    before, after = was.year if was else None, now.year if now else None
    if before is None or after is None:
        return "" if before == after else "dropped" if before else "new"
    if before != after:
        return "earlier" if after < before else "later"
    return "other way" if was and now and was.option != now.option else ""


def side_by_side(
    one: Publication, two: Publication, table: str, keys: tuple[str, ...], value: str
) -> list[tuple[Any, ...]]:
    """(keys…, value in one, value in two) of a table of totals; None where a plan has no such row."""
    left, right = (_by_key(plan.totals[table], keys, value) for plan in (one, two))
    return [(*key, left.get(key), right.get(key)) for key in sorted(left.keys() | right.keys())]


def _by_key(rows: Iterable[dict[str, Any]], keys: tuple[str, ...], value: str) -> dict[tuple[Any, ...], Any]:
    return {tuple(row[key] for key in keys): row[value] for row in rows}
