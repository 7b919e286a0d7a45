"""Small made-up regions for the tests of the plan room."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from merata.access.result import FACILITIES, SETTLEMENTS, VILLAGES, Access
from merata.region.settings import Settings, parse_settings
from merata.region.store import framed, placed
from merata.region.tables import TABLES

#: Prices without ranges, so that sums can be done by hand: LEO Rp 10 million and Rp 12 million a year.
ROUND_PRICES = """
[prices]
leo_terminal = { low_idr = 8_000_000, high_idr = 12_000_000 }
leo_monthly = { low_idr = 1_000_000, high_idr = 1_000_000 }
terminal_transport = { low_idr = 0, high_idr = 0 }
fixed_wireless_terminal = { low_idr = 5_000_000, high_idr = 5_000_000 }
fixed_wireless_monthly = { low_idr = 500_000, high_idr = 500_000 }
fibre_connection = { low_idr = 3_000_000, high_idr = 3_000_000 }
fibre_km = { low_idr = 50_000_000, high_idr = 50_000_000 }
fibre_monthly = { low_idr = 1_500_000, high_idr = 1_500_000 }
solar_kit = { low_idr = 20_000_000, high_idr = 20_000_000 }
wifi_hotspot = { low_idr = 3_000_000, high_idr = 3_000_000 }
"""


@dataclass
class Place:
    """A facility, below its promise unless said otherwise."""

    kind: str = "village office"
    access_now: str = "none"
    below: bool = True
    chance: float = 1.0
    dbm: float | None = None
    power: bool = True
    x_km: float = 0.0
    more: dict[str, Any] = field(default_factory=dict)


@dataclass
class Village:
    """A village with its facilities, and one settlement of all its people."""

    places: list[Place] = field(default_factory=lambda: [Place()])
    people: int = 1000
    people_below: bool = False
    people_now: str = "none"


KM = 1 / 111.195


def access(villages: list[Village]) -> Access:
    """The access tables of so many villages, 20 km apart along the equator at 117° east."""
    facilities, homes, rows = [], [], []
    for n, village in enumerate(villages):
        code, x = f"99.01.01.{2001 + n}", 117 + 20 * n * KM
        state = {"known_by": "reported", "promised": "working", "evidence": "made up for a test"}
        for k, place in enumerate(village.places):
            facilities.append(
                {
                    **state, "id": f"f{n}-{k}", "village_code": code, "kind": place.kind, "name": place.kind,
                    "sector": "education", "users": 50.0, "place_known_by": "reported", "rsrp_dbm": place.dbm,
                    "access_now": place.access_now, "chance_below": place.chance, "below": place.below,
                    "wants_link": False, "wants_strength": place.below, "wants_power": not place.power,
                    "wants_device": False, "geometry": shapely.Point(x + place.x_km * KM, 0.01), **place.more,
                }
            )  # fmt: skip
        homes.append(
            {
                **state, "id": f"s{n}", "village_code": code, "name": "hamlet", "people": float(village.people),
                "households": village.people / 4, "people_known_by": "reported", "promised": "basic",
                "access_now": village.people_now if village.people_below else "working",
                "chance_below": 1.0 if village.people_below else 0.0, "below": village.people_below,
                "wants_link": False, "wants_strength": False, "wants_power": False, "wants_device": False,
                "geometry": shapely.Point(x, 0.0),
            }
        )  # fmt: skip
        rows.append(
            {
                **state, "code": code, "name": f"Village {n + 1}", "district": "District", "people": village.people,
                "households": village.people // 4, "people_known_by": "reported", "people_below": 0.0,
                "electricity": "grid", "electricity_known_by": "reported", "access_now": "none",
                "chance_below": 0.5, "below": True, "geometry": shapely.Point(x, 0).buffer(0.05),
            }
        )  # fmt: skip
    return Access(_table(homes, SETTLEMENTS), _table(facilities, FACILITIES), _table(rows, VILLAGES), [])


def _table(rows: list[dict[str, Any]], table: Any) -> gpd.GeoDataFrame:
    geometry = [row.pop("geometry") for row in rows]
    frame = pd.DataFrame(rows)
    return placed(framed(frame, table.columns), gpd.GeoSeries(geometry, crs="EPSG:4326"))


def settings(budgets: dict[str, dict[int, int]] | None = None, plan: str = "", more: str = "") -> Settings:
    """Settings with round prices, funds by name and year, and lines for [plan]."""
    funds = ""
    for name, years in (budgets or {}).items():
        amounts = ", ".join(f"{year} = {amount}" for year, amount in years.items())
        funds += f'[[funds]]\nname = "{name}"\nyears = {{ {amounts} }}\n'
    return parse_settings(
        f'[region]\nprojection = "EPSG:32650"\n[plan]\n{plan}\n{ROUND_PRICES}\n{more}\n{funds}'
    )


def lines(table: str, shapes: list[Any], **columns: Any) -> gpd.GeoDataFrame:
    """A table of the region with geometry and the columns given."""
    names = [c.name for c in TABLES[table].columns]
    frame = gpd.GeoDataFrame(columns, geometry=shapes, crs="EPSG:4326")
    return frame.reindex(columns=[*names, "geometry"]).set_geometry("geometry", crs="EPSG:4326")
