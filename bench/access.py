"""Time of the access step on many made-up villages: python bench/access.py [VILLAGES]."""

import datetime as dt
import sys
import time

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely.geometry import box

from merata.access.assess import assess
from merata.region import store
from merata.region.settings import Settings
from merata.region.tables import TABLES


def main() -> None:
    villages = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    tables = region(villages)
    start = time.perf_counter()
    access = assess(tables, None, Settings(), dt.date(2025, 12, 31))
    seconds = time.perf_counter() - start
    print(f"{villages:,} villages, {len(access.settlements):,} settlements: {seconds:.2f} s")


def region(villages: int) -> dict[str, pd.DataFrame]:
    rng = np.random.default_rng(1)
    codes = np.array([f"64.02.{i // 100:02d}.{2000 + i % 100}" for i in range(villages)])
    across = int(np.ceil(np.sqrt(villages)))
    corners = np.array([(116 + 0.1 * (i % across), 0.1 * (i // across) - 2) for i in range(villages)])
    tables = {name: store.empty(table) for name, table in TABLES.items()}
    squares = [box(x, y, x + 0.1, y + 0.1) for x, y in corners]
    tables["villages"] = _table("villages", {"code": codes, "name": codes, "district": "D"}, squares)
    for name, each, facts in (
        ("settlements", 5, {"people": 1.0}),
        ("measurements", 2, {"down_mbps": 5.0}),
        ("facilities", 3, {"kind": "school"}),
    ):
        of = rng.integers(0, villages, each * villages)
        points = gpd.points_from_xy(*(corners[of] + rng.uniform(0, 0.1, (len(of), 2))).T)
        tables[name] = _table(name, {"village_code": codes[of], **facts}, points)
    tables["reports"] = _table("reports", {"village_code": codes[::2], "signal": "weak"}, None)
    return tables


def _table(name: str, columns: dict, shapes) -> pd.DataFrame:
    frame = pd.DataFrame({"source": "bench", "source_date": "2025-06-01", "known_by": "made up", **columns})
    frame["id"] = [f"{name}-{i}" for i in range(len(frame))]
    placed = frame if shapes is None else gpd.GeoDataFrame(frame, geometry=shapes, crs=store.CRS)
    return store.shaped(placed, TABLES[name])


if __name__ == "__main__":
    main()
