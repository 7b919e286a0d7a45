"""Names of villages and their districts, for pages of many rows: one query, however many."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from merata.web.models import VillageFacts
from merata.web.public.current import newest


class Place(NamedTuple):
    """A village as the newest publication calls it."""

    name: str
    district: str


def places(codes: Iterable[str] | None = None) -> dict[str, Place]:
    """Village code -> its name and district; of all villages where no codes are given."""
    publication = newest()
    if publication is None:
        return {}
    rows = publication.villages.order_by("code")
    if codes is not None:
        rows = rows.filter(code__in=set(codes))
    return {
        code: Place(name, district) for code, name, district in rows.values_list("code", "name", "district")
    }


def codes_like(words: str) -> list[str]:
    """The codes of villages whose name or code holds some words."""
    publication = newest()
    if publication is None:
        return []
    rows: Iterable[VillageFacts] = publication.villages.only("code", "name")
    sought = words.casefold()
    return [row.code for row in rows if sought in row.name.casefold() or sought in row.code]


def codes_of(district: str) -> list[str]:
    """The codes of a district's villages."""
    publication = newest()
    if publication is None:
        return []
    return list(publication.villages.filter(district=district).values_list("code", flat=True))


def districts() -> list[str]:
    """The names of all districts."""
    return sorted({place.district for place in places().values() if place.district})
