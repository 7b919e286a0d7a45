"""A little region of square villages for the tests of access."""

import datetime as dt

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import Point, box

from merata.access.assess import assess
from merata.radio.coverage import Coverage
from merata.region import store
from merata.region.grid import Grid
from merata.region.settings import Settings
from merata.region.tables import TABLES

TODAY = dt.date(2025, 12, 31)
#: Made once: a land replaces a table, and never changes one in place.
NOTHING = {name: store.empty(table) for name, table in TABLES.items()}


class Land:
    """Villages of 0.1° in a row east of 116° E on the equator, and rows of other tables as the test adds them."""

    def __init__(self, villages=2):
        self.tables = dict(NOTHING)
        self.codes = [f"64.02.01.{2001 + i}" for i in range(villages)]
        shapes = [box(116 + 0.1 * i, 0, 116.1 + 0.1 * i, 0.1) for i in range(villages)]
        self.add(
            "villages",
            [{"code": c, "name": f"Desa {i}", "district": f"Kec {i // 2}"} for i, c in enumerate(self.codes)],
            shapes,
        )

    def add(self, name, rows, shapes=None):
        basics = {"source": f"{name}.csv", "source_date": TODAY.isoformat(), "known_by": "reported"}
        frame = pd.DataFrame([{"id": f"{name}-{i}", **basics, **row} for i, row in enumerate(rows)])
        if TABLES[name].geometry:
            frame = gpd.GeoDataFrame(frame, geometry=shapes or [None] * len(rows), crs=store.CRS)
        self.tables[name] = store.shaped(frame, TABLES[name])
        return self

    def place(self, village=0, east=0.05, north=0.05):
        return Point(116 + 0.1 * village + east, north)

    def assess(self, coverage=None, settings=None, today=TODAY, **more):
        return assess(self.tables, coverage, settings or Settings(), today, **more)


def flat_coverage(rsrp_dbm, villages=2):
    """A map with one value everywhere; NaN: no site in reach anywhere but in one far pixel."""
    places = gpd.GeoDataFrame(geometry=[box(116, 0, 116 + 0.1 * villages, 0.1)], crs=4326)
    grid = Grid.around(places, "EPSG:32650", 500)
    values = np.full(grid.shape, rsrp_dbm, np.float32)
    best = np.where(np.isnan(values), -1, 0).astype(np.int32)
    best[0, 0] = 0
    return Coverage(values, best, grid)


@pytest.fixture(scope="session")
def land():
    return Land


@pytest.fixture(scope="session")
def flat():
    return flat_coverage
