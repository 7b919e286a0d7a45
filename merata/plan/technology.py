"""What each option delivers, what it is made of, and what is assumed of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from merata.plan.frames import weakest
from merata.region.settings import Settings
from merata.region.tables import LEVELS


@dataclass(frozen=True)
class Performance:
    """What an option delivers at the place, as this project assumes it."""

    down_mbps: float
    up_mbps: float
    latency_ms: float
    availability: float


#: Cautious busy-hour figures: assumptions of the Merata project, to be replaced by measurements.
PERFORMANCE = {
    "fibre": Performance(100, 50, 20, 0.995),
    "fixed_wireless": Performance(20, 5, 70, 0.97),
    "leo": Performance(60, 10, 70, 0.98),
    "leo_solar": Performance(60, 10, 70, 0.98),
    "geo": Performance(8, 2, 650, 0.97),
    "cell": Performance(15, 4, 80, 0.97),
    "base_station": Performance(15, 4, 80, 0.97),
    "repeater": Performance(3, 1, 120, 0.95),
    "hotspot": Performance(3, 1, 120, 0.95),
    "hotspot_leo": Performance(3, 1, 120, 0.95),
}

#: A cable along roads is so much longer than the straight line.
ROAD_FACTOR = 1.3
#: New fibre for one point is not thought of beyond this length of cable.
LONGEST_FIBRE_KM = 30.0
#: Up to here a connection needs no new cable along the road.
FIBRE_AT_THE_DOOR_KM = 0.1
#: Gain of an outdoor terminal on a mast over the phone that coverage is reckoned for.
TERMINAL_GAIN_DB = 10.0
#: Gain of a repeater's antenna, high and pointed at its donor, over a phone.
REPEATER_GAIN_DB = 20.0
#: Beyond this straight-line distance from the nearest road, transport of equipment is paid.
REMOTE_KM = 2.0
#: Part of the transport that is reckoned where no road is known: the middle between near and remote.
UNKNOWN_REMOTE_SHARE = 0.5
#: A new base station or repeater at the largest settlement reaches the village's settlements so far away.
CELL_RADIUS_KM = 5.0

MONTHS = 12

COSTS = ("capex_idr", "opex_idr", "capex_low_idr", "opex_low_idr", "capex_high_idr", "opex_high_idr")


def level_of(option: str, settings: Settings, performance: Mapping[str, Performance] = PERFORMANCE) -> str:
    """The best service level of region.toml whose every number the option's performance meets."""
    has = performance[option]
    met = "none"
    for name, needs in ((name, settings.levels[name]) for name in LEVELS[1:]):  # type: ignore[index]
        enough = (
            has.down_mbps >= needs.down_mbps
            and has.up_mbps >= needs.up_mbps
            and has.latency_ms <= needs.latency_ms
            and has.availability >= needs.availability
        )
        met = name if enough else met
    return met


def reaches(level: str, promised: str) -> bool:
    """Whether `level` is at least `promised`."""
    return LEVELS.index(level) >= LEVELS.index(promised)


class Bill:
    """Prices what an offer is made of."""

    def __init__(self, prices: pd.DataFrame) -> None:
        self._prices = {str(row["component"]): row for row in prices.reset_index().to_dict("records")}

    def priced(self, items: Mapping[str, float], ways: Iterable[str] = ()) -> dict[str, Any]:
        """Capital and yearly cost of so many of each component, whole rupiah, at the used, low and high price.

        `ways`: how the other facts are known that the cost rests on. The weakest goes into `price_known_by`.
        """
        cost = dict.fromkeys(COSTS, 0)
        known = list(ways)
        for component, number in items.items():
            if number:
                self._add(cost, component, number)
                known.append(str(self._prices[component]["known_by"]))
        return {**cost, "price_known_by": weakest(known)}

    def _add(self, cost: dict[str, int], component: str, number: float) -> None:
        price = self._prices[component]
        monthly = price["unit"] == "per month"
        part, times = ("opex", number * MONTHS) if monthly else ("capex", number)
        for end, column in (("_idr", "used_idr"), ("_low_idr", "low_idr"), ("_high_idr", "high_idr")):
            cost[part + end] += round(int(price[column]) * times)
