"""Every place below its promise, and every way to serve it with its price in rupiah.

A place is a facility below its promise or, for each village, the people of its settlements below theirs. This first
version prices every point by itself: no cable, tower or hop is shared between places.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from merata.access.result import Access
from merata.plan import facilities, homes, where
from merata.plan.technology import COSTS, PREFERENCE, Bill
from merata.region.settings import Settings

PLACE_COLUMNS = (
    "village_code", "place", "kind", "promised", "access_now", "known_by", "chance_below", "village_people",
    "number_of_kind", "people_below", "is_office",
)  # fmt: skip
OFFER_COLUMNS = (
    "village_code", "place", "option", "level", "reaches", *COSTS, "people", "people_none", "price_known_by",
    "detail_en", "detail_id",
)  # fmt: skip

_KIND_ORDER = {"village office": 0, "school": 1, "health post": 2, "people": 9}


@dataclass(frozen=True)
class Choices:
    """Every place below its promise and every offer for it.

    places: by village, the village office first: PLACE_COLUMNS. `village_people` are all people of the village,
    `number_of_kind` its facilities of the kind, `people_below` its people below their promise (expected number).
    offers: by place and preference: `place_no` (position in places) and OFFER_COLUMNS; `opex…_idr` a year;
    `reaches`: its level is at least the promised one; `people` brought to the promise, `people_none` those of them
    who have nothing at all now.
    """

    places: pd.DataFrame
    offers: pd.DataFrame
    assumptions: list[str] = field(default_factory=list)


def choices(
    access: Access, tables: Mapping[str, pd.DataFrame], settings: Settings, prices: pd.DataFrame
) -> Choices:
    """Every place below its promise, with every option that is possible there and what it costs.

    Parameters
    ----------
    access : who has which level now.
    tables : the region's tables; `links`, `sites`, `ways` and `measurements` are used where they have rows.
    settings : levels, defaults.
    prices : `catalogue.prices`.

    """
    crs = where.projection([access.facilities, access.settlements, access.villages], settings)
    bill = Bill(prices)
    assumptions: list[str] = []
    places: list[dict[str, Any]] = []
    offers: list[dict[str, Any]] = []
    for build in (facilities.build, homes.build):
        built = build(access, tables, settings, bill, crs)
        places += built.places
        offers += built.offers
        assumptions += built.assumptions
    return Choices(*_in_order(places, offers), list(dict.fromkeys(assumptions)))


def _in_order(
    places: list[dict[str, Any]], offers: list[dict[str, Any]]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Places by village, office first; offers by place, in order of preference."""
    places = sorted(places, key=_place_order)
    position = {(place["village_code"], place["place"]): n for n, place in enumerate(places)}
    rows = [{"place_no": position[offer["village_code"], offer["place"]], **offer} for offer in offers]
    rows.sort(key=lambda row: (row["place_no"], PREFERENCE.index(row["option"])))
    return (
        pd.DataFrame(places, columns=list(PLACE_COLUMNS)),
        pd.DataFrame(rows, columns=["place_no", *OFFER_COLUMNS]),
    )


def _place_order(place: Mapping[str, Any]) -> tuple[str, int, str, str]:
    rank = -1 if place["is_office"] else _KIND_ORDER.get(place["kind"], 5)
    return (place["village_code"], rank, place["kind"], place["place"])
