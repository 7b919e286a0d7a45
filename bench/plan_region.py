"""How long the plan takes, and how near the best it is proven to be, from 20 to 2,000 made-up villages.

    python bench/plan_region.py [SIZE …] [--funds N] [--limit N] [--alike]

Each size is made from a fixed seed: villages on a grid of 10 km, a village office, two schools, a health post and a
market in each, three settlements, about half of all below their promise. Budgets grow with the size, so that about
half of what is below can be served. `--alike` gives every village the same people and signal, as where little is known.
"""

from __future__ import annotations

import argparse
import time

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from merata.access.result import Access
from merata.plan.solve import solve
from merata.region.settings import FundSettings, PlanSettings, Settings

KINDS = ("village office", "school", "school", "health post", "market")
STEP_DEGREES = 0.09


def made_up(villages: int, alike: bool) -> tuple[Access, dict[str, pd.DataFrame]]:
    """A made-up region of so many villages with fibre along its first row and roads in half of it."""
    random = np.random.default_rng(villages)
    side = int(np.ceil(np.sqrt(villages)))
    place = np.array([divmod(n, side) for n in range(villages)]) * STEP_DEGREES + (116, -0.5)
    code = np.array([f"99.01.{n // 1000 + 1:02d}.{2001 + n % 1000}" for n in range(villages)])
    people = np.full(villages, 1500) if alike else random.lognormal(7.2, 0.6, villages).astype(int)
    level = np.full(villages, "none") if alike else random.choice(["none", "basic", "working"], villages)
    dbm = np.full(villages, np.nan) if alike else random.normal(-112, 12, villages)
    no_power = np.zeros(villages, bool) if alike else random.random(villages) < 0.3
    state = {"access_now": level, "known_by": "modelled", "no_power": no_power, "dbm": dbm}
    facilities = _rows(code, place, state, KINDS, random, alike)
    settlements = _homes(code, place, state, people, random, alike)
    table = gpd.GeoDataFrame(
        {
            "code": code,
            "name": code,
            "district": "made up",
            "people": people,
            "households": people // 4,
            **_village(level),
        },
        geometry=[shapely.Point(x, y).buffer(0.04) for x, y in place],
        crs="EPSG:4326",
    )
    middle = shapely.LineString([(116, -0.5), (116 + side * STEP_DEGREES, -0.5)])
    links = gpd.GeoDataFrame(
        {"kind": ["fibre"], "status": ["operational"]}, geometry=[middle], crs="EPSG:4326"
    )
    ways = gpd.GeoDataFrame({"kind": ["road"]}, geometry=[middle], crs="EPSG:4326")
    return Access(settlements, facilities, table, []), ({} if alike else {"links": links, "ways": ways})


def _village(level: np.ndarray) -> dict[str, object]:
    return {
        "access_now": level,
        "promised": "working",
        "known_by": "modelled",
        "chance_below": 0.5,
        "below": True,
    }


def _rows(code, place, state, kinds, random, alike):  # type: ignore[no-untyped-def]
    parts = []
    for n, kind in enumerate(kinds):
        shift = np.zeros(place.shape) if alike else random.normal(0, 0.01, place.shape)
        below = state["access_now"] != "working"
        parts.append(
            pd.DataFrame(
                {
                    "id": [f"{c}-{n}" for c in code], "village_code": code, "kind": kind, "name": kind,
                    "sector": "education", "users": 50.0, "place_known_by": "reported", "rsrp_dbm": state["dbm"],
                    "access_now": state["access_now"], "promised": "working", "known_by": "modelled",
                    "chance_below": np.where(below, 1.0 if alike else random.uniform(0.6, 1, len(code)), 0.1),
                    "below": below, "wants_link": False, "wants_strength": True, "wants_power": state["no_power"],
                    "wants_device": False, "evidence": "made up",
                    "x": place[:, 0] + shift[:, 0], "y": place[:, 1] + shift[:, 1],
                }
            )
        )  # fmt: skip
    return _placed(pd.concat(parts, ignore_index=True))


def _homes(code, place, state, people, random, alike):  # type: ignore[no-untyped-def]
    homes = _rows(code, place, state, ("people",) * 3, random, alike)
    homes["people"] = np.tile(people / 3, 3)
    homes["households"] = homes["people"] / 4
    homes["promised"] = "basic"
    homes["below"] = homes["access_now"] == "none"
    return homes


def _placed(rows: pd.DataFrame) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        rows.drop(columns=["x", "y"]), geometry=gpd.points_from_xy(rows["x"], rows["y"]), crs="EPSG:4326"
    )


def main() -> None:
    """Run the sizes and print one row each."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sizes", nargs="*", type=int, default=[20, 60, 230, 700, 2000])
    parser.add_argument("--funds", type=int, default=2)
    parser.add_argument("--limit", type=int, default=0, help="villages a year; 0: no limit")
    parser.add_argument("--alike", action="store_true")
    parser.add_argument("--seconds", type=float, default=60)
    asked = parser.parse_args()
    print("villages  points  seconds  objective      bound     gap  stopped early")
    for size in asked.sizes or [20, 60, 230, 700, 2000]:
        access, tables = made_up(size, asked.alike)
        amounts = {"2025": 60_000_000 * size // asked.funds, "2026": 40_000_000 * size // asked.funds}
        funds = [FundSettings(name=f"fund {n + 1}", years=amounts) for n in range(asked.funds)]
        plan = PlanSettings(villages_per_year=asked.limit, seconds=asked.seconds)
        started = time.perf_counter()
        result = solve(access, tables, Settings(funds=funds, plan=plan))
        took = time.perf_counter() - started
        print(
            f"{size:8,} {len(result.points):7,} {took:8.1f} {result.objective:10.2f} {result.bound:10.2f} "
            f"{result.gap:7.3%}  {'yes' if result.stopped_early else 'no'}",
            flush=True,
        )


if __name__ == "__main__":
    main()
