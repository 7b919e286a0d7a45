"""Where new 4G could stand: at settlements below their promise, and on towers that carry no 4G yet.

A new tower stands at the settlement of a village with most people below; and, until every settlement below has one
within `technology.CELL_RADIUS_KM`, at that settlement around which most people live who have none so near (greedy
maximal coverage: Church and ReVelle 1974, Papers of the Regional Science Association 32, 101-118). Between equals the
higher ground decides, then the id. A repeater can stand at the same places where a donor's signal is strong enough.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.spatial import KDTree

from merata.plan import technology as tech
from merata.plan import where
from merata.plan.frames import numbers, words
from merata.plan.network import node_id
from merata.plan.weights import PEOPLE
from merata.radio.land import Ground
from merata.radio.transmitters import FOURTH
from merata.region.settings import Settings

Floats = npt.NDArray[np.float64]

#: Columns of the spots. `tower`: id of the node that the equipment hangs on; `place`: the settlement, empty for a tower
#: that stands; `power` of a tower that stands: 'grid', 'solar', 'generator', 'none' or empty where nobody says.
COLUMNS = (
    "spot", "kind", "tower", "name", "village_code", "place", "x_m", "y_m", "lon", "lat", "height_m", "eirp_dbm",
    "power", "known_by",
)  # fmt: skip

#: Words of `technologies` that carry 4G or 5G.
_MODERN = re.compile(FOURTH.pattern + r"|(?<!\d)5\s?G|\bNR\b")

#: Kinds of spot.
NEW, SHARED, REPEATER = "new tower", "shared tower", "repeater"
#: A repeater sends so much less than a site of its own.
REPEATER_LOSS_DB = 10.0
#: No tower is of use to a settlement farther away, km.
REACH_KM = 15.0


@dataclass(frozen=True, eq=False)
class Spots:
    """Candidate spots by COLUMNS: new towers, shared towers, repeaters; ids are readable and stable."""

    table: pd.DataFrame
    assumptions: list[str]


def spots(
    places: pd.DataFrame,
    tables: Mapping[str, pd.DataFrame],
    settings: Settings,
    crs: str,
    ground: Ground | None = None,
) -> Spots:
    """Where new 4G could stand for the settlements among `places` (`demand.COLUMNS`)."""
    homes = places[(places["kind"] == PEOPLE) & places["x_m"].notna()].reset_index(drop=True)
    if homes.empty:
        return Spots(pd.DataFrame(columns=list(COLUMNS)), [])
    at = homes.iloc[_chosen(homes, _heights_m(homes, ground))]
    rows = [
        *_new(at, settings),
        *_shared(tables.get("sites"), places, settings, crs),
        *_repeaters(at, settings),
    ]
    said = [
        f"New towers are thought of at the largest settlement below its promise of a village, and so that one stands "
        f"within {tech.CELL_RADIUS_KM:g} km of each such settlement.",
        f"The antennas of a new tower hang {settings.plan.tower_height_m:g} m above ground, those of a repeater "
        f"{settings.radio.height_m:g} m, on {settings.radio.frequency_mhz:g} MHz: assumed.",
    ]
    if any(row["kind"] == SHARED for row in rows):
        said.append("A tower that carries no 4G is taken to bear more equipment, and its owner to agree.")
    return Spots(pd.DataFrame(rows, columns=list(COLUMNS)), said)


def _heights_m(homes: pd.DataFrame, ground: Ground | None) -> Floats:
    """Height of the land at each settlement, m; 0 where it is not known."""
    height = np.zeros(len(homes))
    if ground is None:
        return height
    row, column = ground.grid.pixels(homes["x_m"].to_numpy(float), homes["y_m"].to_numpy(float))
    r, c = np.floor(row).astype(int), np.floor(column).astype(int)
    inside = (r >= 0) & (r < ground.grid.height) & (c >= 0) & (c < ground.grid.width)
    height[inside] = np.nan_to_num(ground.heights_m[r[inside], c[inside]].astype(float))
    return height


def _chosen(homes: pd.DataFrame, height_m: Floats) -> list[int]:
    """Positions of the settlements at which a tower is thought of, in order."""
    ranked = pd.DataFrame(
        {
            "village": homes["village_code"],
            "people": -homes["people_below"],
            "height": -height_m,
            "id": homes["place"],
        }
    ).sort_values(["village", "people", "height", "id"], kind="stable")
    first = [int(n) for n in ranked.drop_duplicates("village").index]
    return sorted([*first, *_covering(homes, height_m, first)])


def _covering(homes: pd.DataFrame, height_m: Floats, first: list[int]) -> Iterator[int]:
    """More settlements, until each has a chosen one in reach: the next is that with most people uncovered around."""
    around = _Around(within(homes, homes, tech.CELL_RADIUS_KM), homes["people_below"].to_numpy(float))
    for n in first:
        around.cover(n)
    # From the highest down, then by id: the first of equals is the one to take.
    order = np.lexsort((homes["place"].astype(str).to_numpy(object), -height_m))
    rank = np.argsort(order)
    while around.count.any():
        some = np.flatnonzero(around.count > 0)
        best = some[around.gain[some] == around.gain[some].max()]
        chosen = int(best[np.argmin(rank[best])])
        yield chosen
        around.cover(chosen)


class _Around:
    """How many settlements, and people, around each settlement have no tower in reach yet."""

    def __init__(self, near: list[list[int]], people: Floats) -> None:
        self._near, self._people = near, people
        self._bare = np.ones(len(near), dtype=bool)
        self.count = np.array([len(rows) for rows in near])
        self.gain = np.array([self._sum(rows) for rows in near])

    def _sum(self, rows: list[int]) -> float:
        # Rounded, so that the order in which people are added up does not decide.
        return round(float(self._people[rows].sum()), 3)

    def cover(self, n: int) -> None:
        """A tower stands at settlement `n`."""
        newly = [m for m in self._near[n] if self._bare[m]]
        self._bare[newly] = False
        for m in newly:
            self.count[self._near[m]] -= 1
        for k in sorted({k for m in newly for k in self._near[m]}):
            self.gain[k] = self._sum([m for m in self._near[k] if self._bare[m]])


def within(a: pd.DataFrame, b: pd.DataFrame, km: float) -> list[list[int]]:
    """Rows of `b` within so many km of each row of `a`, in order; both have x_m and y_m."""
    if b.empty:
        return [[] for _ in range(len(a))]
    from_, to = (table[["x_m", "y_m"]].to_numpy(float) for table in (a, b))
    found: Any = KDTree(to).query_ball_point(from_, km * 1000, return_sorted=True)
    return [[int(n) for n in near] for near in found]


def _new(at: pd.DataFrame, settings: Settings) -> Iterator[dict[str, Any]]:
    for row in at.to_dict("records"):
        spot = node_id(NEW, row["place"])
        yield {
            **_at_settlement(row),
            "spot": spot,
            "kind": NEW,
            "tower": spot,
            "height_m": settings.plan.tower_height_m,
            "eirp_dbm": settings.radio.eirp_dbm,
        }


def _repeaters(at: pd.DataFrame, settings: Settings) -> Iterator[dict[str, Any]]:
    """Where a high antenna pointed at its donor receives what a phone needs for `basic`."""
    donor_dbm = settings.levels["basic"].signal_dbm - tech.REPEATER_GAIN_DB
    for row in at.to_dict("records"):
        if row["rsrp_dbm"] >= donor_dbm:
            spot = f"repeater:{row['place']}"
            yield {
                **_at_settlement(row),
                "spot": spot,
                "kind": REPEATER,
                "tower": spot,
                "height_m": settings.radio.height_m,
                "eirp_dbm": settings.radio.eirp_dbm - REPEATER_LOSS_DB,
            }


def _at_settlement(row: Mapping[Any, Any]) -> dict[str, Any]:
    return {
        "name": row["name"] or row["place"],
        "village_code": row["village_code"],
        "place": row["place"],
        "power": "",
        "known_by": "assumed",
        **{name: float(row[name]) for name in ("x_m", "y_m", "lon", "lat")},
    }


def _shared(
    sites: pd.DataFrame | None, places: pd.DataFrame, settings: Settings, crs: str
) -> Iterator[dict[str, Any]]:
    """Towers of the table of sites without 4G or 5G that some place is near."""
    if not isinstance(sites, gpd.GeoDataFrame) or sites.empty:
        return
    there = places[places["x_m"].notna()]
    kind, carries = words(sites["kind"]), words(sites["technologies"])
    bare = [bool(text) and not _MODERN.search(text) for text in carries]
    usable = np.isin(kind, ["", "tower"]) & np.array(bare, dtype=bool) & ~where.empty(sites)
    rows = sites[usable].drop_duplicates("id").sort_values("id", kind="stable")
    points = rows.geometry.representative_point()
    metres, degrees = points.to_crs(crs), points.to_crs(4326)
    village = _village_of(there, metres)
    names = ("id", "name", "power", "known_by")
    texts = (words(rows[name]) if name in rows else np.full(len(rows), "", object) for name in names)
    columns = zip(*texts, numbers(rows["height_m"]), metres, degrees, village, strict=True)
    for id_, name, power, known_by, height_m, metre, degree, (code, km) in columns:
        if km <= REACH_KM:
            yield {
                "spot": f"shared tower:{id_}",
                "kind": SHARED,
                "tower": node_id("tower", id_),
                "name": name or id_,
                "village_code": code,
                "place": "",
                "x_m": metre.x,
                "y_m": metre.y,
                "lon": degree.x,
                "lat": degree.y,
                "height_m": height_m if height_m >= 1 else settings.radio.height_m,
                "eirp_dbm": settings.radio.eirp_dbm,
                "power": power,
                "known_by": known_by or "assumed",
            }


def _village_of(places: pd.DataFrame, points: gpd.GeoSeries) -> list[tuple[str, float]]:
    """Village of the place nearest to each point, and how far that is, km."""
    if not len(points):
        return []
    found: Any = KDTree(places[["x_m", "y_m"]].to_numpy(float)).query(np.column_stack([points.x, points.y]))
    codes = places["village_code"].to_numpy(dtype=object)
    return [(str(codes[n]), float(m) / 1000) for m, n in zip(*found, strict=True)]
