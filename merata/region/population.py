"""Reads rasters of people (WorldPop, HRSL, GHS-POP), and makes settlements of pixels that lie together."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyproj
import shapely
from exactextract import exact_extract
from exactextract.raster import NumPyRasterSource
from rasterio.windows import Window
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from merata.errors import FileError
from merata.region import _rasters
from merata.region._published import CRS, METRES_PER_DEGREE, count, points, table
from merata.region.findings import FindingList
from merata.region.records import Source, Understood

BLOCK_M = 100.0
"""Finer pixels are first put together to blocks of about this side: houses of one hamlet seldom touch."""
SETTLED_PER_KM2 = 100.0
"""Blocks with fewer people are no settlement of their own: one person on a hectare. Their people are counted
with the nearest settlement of the village."""

_WORDS = (
    " ppp ",
    "worldpop",
    "hrsl",
    "ghs pop",
    "population",
    "penduduk",
    "people per",
    "pop count",
    " pop ",
)
_OTHER_WORDS = (" dem ", "dtm", "srtm", "elevation", "density", "worldcover")
_MOST_WINDOW_PIXELS = 4_000_000
_MOST_PEOPLE_PER_PIXEL = 1e7
_MOST_CELLS = 20_000_000


def recognises(path: Path, file: str) -> bool:
    """Whether a file is a GeoTIFF that by its name or tags, and its values, can only be counts of people."""
    seen = _rasters.look(path, file)
    if seen is None or seen.bands != 1 or seen.dtype == np.uint8:
        return False
    if any(word in seen.words for word in _OTHER_WORDS):
        return False
    values = seen.values[~np.isin(seen.values, (-99999, -9999, -200))]
    if len(values) and values.min() < 0:
        return False
    return any(word in seen.words for word in _WORDS)


def read(source: Source, villages: gpd.GeoDataFrame) -> Understood:
    """The settlements of one raster of people, each in one village.

    A pixel that several villages share is shared out by area, so that all people of the villages are counted,
    once. Blocks that touch (also at a corner) and lie in one village are one settlement. It stands at its most
    populous part: the middle, weighted by people, moved to the nearest populated block.

    Parameters
    ----------
    source
        The raster, of any projection and resolution. Only the part around the villages is read, in pieces.
    villages
        Columns `code` and `geometry`, EPSG:4326.

    Raises
    ------
    FileError
        The file is damaged, lies in no projection, or holds numbers that can't be people.

    """
    findings = FindingList(source.file)
    with _rasters.opened(source.path, source.file) as dataset:
        if dataset.count != 1:
            raise FileError(f"{source.file}: expected one band of people; it has {dataset.count} bands")
        raster = _Raster(dataset, source.file)
        local = villages[["code", "geometry"]].to_crs(dataset.crs.to_wkt()).reset_index(drop=True)
        window = raster.window(tuple(local.total_bounds)) if len(local) else None
        if window is None:
            _tell_elsewhere(findings)
            return Understood(findings)
        shares = _shares(raster, local)
        gaps = raster.people_within(_gaps(local))
        around = raster.people_in(window)
    people = float(shares["people"].sum())
    _tell(people, gaps, around, findings)
    if people <= 0:
        return Understood(findings)
    settlements = _into_villages(_settlements(_blocks(shares, raster), raster), local, raster)
    lon, lat = pyproj.Transformer.from_crs(raster.crs, CRS, always_xy=True).transform(
        settlements["x"].to_numpy(), settlements["y"].to_numpy()
    )
    codes = local["code"].to_numpy()[settlements["village"].to_numpy()]
    columns = {
        "id": _ids(codes, settlements, lon, lat),
        "village_code": codes,
        "people": settlements["people"].to_numpy(),
    }
    rows = table("settlements", columns, points(lon, lat), source, "modelled")
    findings.add(
        "note",
        f"{count(len(rows), 'settlement')} found in {count(rows['village_code'].nunique(), 'village')}.",
        "Used.",
    )
    return Understood(findings, {"settlements": rows})


class _Raster:
    """An open raster, read window by window."""

    def __init__(self, dataset: Any, file: str) -> None:
        self.dataset, self.file, self.transform = dataset, file, dataset.transform
        self.width, self.height = int(dataset.width), int(dataset.height)
        self.crs = dataset.crs.to_wkt()
        self.block = max(1, round(BLOCK_M / _rasters.pixel_m(dataset.crs, dataset.transform)))
        """Pixels along the side of a block."""

    def window(self, bounds: tuple[float, ...]) -> Window | None:
        """The window that holds bounds in the raster's projection; None: no overlap."""
        return _rasters.window_of(bounds, self.transform, self.width, self.height)

    def read(self, window: Window) -> npt.NDArray[np.float64]:
        """People in each pixel of a window; 0 where nobody or nothing known."""
        values = self.dataset.read(1, window=window).astype("float64")
        nodata = self.dataset.nodata
        values[~np.isfinite(values) | (values < 0)] = 0
        if nodata is not None and nodata > 0:
            values[values == nodata] = 0
        if (values > _MOST_PEOPLE_PER_PIXEL).any():
            raise FileError(
                f"{self.file}: {values.max():,.0f} people in one pixel, so it can't be counts of people"
            )
        people: npt.NDArray[np.float64] = values
        return people

    def strips(self, window: Window) -> Iterator[Window]:
        """A window in strips small enough to hold in memory."""
        rows = max(1, _MOST_WINDOW_PIXELS // window.width)
        for row in range(0, window.height, rows):
            height = min(rows, window.height - row)
            yield Window(window.col_off, window.row_off + row, window.width, height)

    def people_in(self, window: Window) -> float:
        """All people in a window."""
        return sum(float(self.read(strip).sum()) for strip in self.strips(window))

    def cells_of(
        self, shape: shapely.Geometry
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """Populated pixels that a shape covers: number in the raster, people, part of the pixel covered."""
        window = self.window(tuple(shapely.bounds(shape)))
        found: list[tuple[npt.NDArray[Any], ...]] = []
        for strip in self.strips(window) if window else ():
            values = self.read(strip)
            if values.any():
                found.append(self._covered(shape, strip, values))
        if not found:
            return np.zeros(0, dtype=np.int64), np.zeros(0), np.zeros(0)
        number, people, part = (np.concatenate(arrays) for arrays in zip(*found, strict=True))
        return number, people, part

    def _covered(
        self, shape: shapely.Geometry, window: Window, values: npt.NDArray[np.float64]
    ) -> tuple[npt.NDArray[Any], ...]:
        t = self.transform
        west, north = t.c + window.col_off * t.a, t.f + window.row_off * t.e
        raster = NumPyRasterSource(
            values, west, north + window.height * t.e, west + window.width * t.a, north, srs_wkt=self.crs
        )
        piece = gpd.GeoDataFrame(geometry=[shape], crs=self.crs)
        result = exact_extract(raster, piece, ["cell_id", "coverage"], output="pandas")
        cell, part = np.asarray(result["cell_id"][0], dtype=np.int64), np.asarray(result["coverage"][0])
        people = values.ravel()[cell]
        kept = (people > 0) & (part > 0)
        row, column = np.divmod(cell[kept], window.width)
        number = (row + window.row_off) * self.width + column + window.col_off
        return number, people[kept], part[kept]

    def people_within(self, shape: shapely.Geometry | None) -> float:
        """People that live in a shape, pixels at its edge by area."""
        if shape is None:
            return 0.0
        _, people, part = self.cells_of(shape)
        return float((people * part).sum())


def _shares(raster: _Raster, villages: gpd.GeoDataFrame) -> pd.DataFrame:
    """People of each village in each pixel: columns village (its row), number (of the pixel), people."""
    parts, cells = [], 0
    for village, shape in enumerate(villages.geometry):
        if shape is None or shape.is_empty:
            continue
        number, people, part = raster.cells_of(shape if shape.is_valid else shapely.make_valid(shape))
        parts.append(pd.DataFrame({"village": village, "number": number, "all": people, "part": part}))
        cells += len(number)
        if cells > _MOST_CELLS:
            raise FileError(
                f"{raster.file}: more than {_MOST_CELLS:,} populated pixels. Average it to pixels of 100 m"
            )
    shares = (
        pd.concat(parts, ignore_index=True)
        if parts
        else pd.DataFrame(columns=["village", "number", "all", "part"])
    )
    # Where polygons overlap, people are still counted once.
    over = shares.groupby("number")["part"].transform("sum").clip(lower=1)
    return shares.assign(people=shares["all"] * shares["part"] / over)[["village", "number", "people"]]


def _gaps(villages: gpd.GeoDataFrame) -> shapely.Geometry | None:
    """What lies within the region's outer border but in no village; None where the villages leave no gap."""
    union = shapely.union_all(shapely.make_valid(villages.geometry.to_numpy()))
    polygons = [part for part in shapely.get_parts(union) if isinstance(part, shapely.Polygon)]
    gaps = shapely.difference(shapely.union_all([shapely.Polygon(part.exterior) for part in polygons]), union)
    return None if shapely.is_empty(gaps) else gaps


def _blocks(shares: pd.DataFrame, raster: _Raster) -> pd.DataFrame:
    """Pixels put together to blocks of about BLOCK_M, each of one village; coarser pixels stay as they are.

    Columns village, row, column (of the block), people, middle_x, middle_y (weighted by people), x, y (of its most
    populous pixel), in the raster's projection; sorted by the first three.
    """
    row, column = np.divmod(shares["number"].to_numpy(), raster.width)
    t, size, people = raster.transform, raster.block, shares["people"]
    x, y = t.c + (column + 0.5) * t.a, t.f + (row + 0.5) * t.e
    pixels = shares.assign(
        row=row // size, column=column // size, x=x, y=y, middle_x=x * people, middle_y=y * people
    )
    key = ["village", "row", "column"]
    blocks = pixels.groupby(key, as_index=False)[["people", "middle_x", "middle_y"]].sum()
    blocks[["middle_x", "middle_y"]] = blocks[["middle_x", "middle_y"]].div(blocks["people"], axis=0)
    fullest = pixels.sort_values(["people", "number"], ascending=[False, True]).drop_duplicates(key)
    return blocks.merge(fullest[[*key, "x", "y"]], on=key, how="left", validate="one_to_one")


def _areas_km2(blocks: pd.DataFrame, raster: _Raster) -> npt.NDArray[np.float64]:
    t, size, crs = raster.transform, raster.block, pyproj.CRS(raster.crs)
    if not crs.is_geographic:
        unit = crs.axis_info[0].unit_conversion_factor
        return np.full(len(blocks), abs(t.a * t.e) * (size * unit) ** 2 / 1e6)
    degree_km = METRES_PER_DEGREE / 1000
    areas: npt.NDArray[np.float64] = (
        abs(t.a * t.e) * (size * degree_km) ** 2 * np.cos(np.radians(blocks["y"].to_numpy()))
    )
    return areas


def _settlements(blocks: pd.DataFrame, raster: _Raster) -> pd.DataFrame:
    """One row per settlement: village, people, x, y and the row and column of its block."""
    settled = blocks["people"].to_numpy() >= SETTLED_PER_KM2 * _areas_km2(blocks, raster)
    blocks = blocks.assign(cluster=_clusters(blocks, settled), rank=np.arange(len(blocks)))
    for axis in ("middle_x", "middle_y"):
        weighted = (blocks[axis] * blocks["people"]).groupby(blocks["cluster"]).sum()
        blocks[f"of_all_{axis}"] = blocks["cluster"].map(weighted / blocks.groupby("cluster")["people"].sum())
    blocks["away"] = np.hypot(
        blocks["middle_x"] - blocks["of_all_middle_x"], blocks["middle_y"] - blocks["of_all_middle_y"]
    )
    nearest = blocks.sort_values(["cluster", "away", "rank"]).drop_duplicates("cluster").set_index("cluster")
    nearest["people"] = blocks.groupby("cluster")["people"].sum()
    return nearest.reset_index()


def _into_villages(settlements: pd.DataFrame, villages: gpd.GeoDataFrame, raster: _Raster) -> pd.DataFrame:
    """Settlements whose pixel has its middle outside of their village are moved into the pixel's part inside."""
    t, size = raster.transform, raster.block
    shapes = villages.geometry.to_numpy()[settlements["village"].to_numpy()]
    outside = np.flatnonzero(
        ~shapely.intersects_xy(shapes, settlements["x"].to_numpy(), settlements["y"].to_numpy())
    )
    x, y = settlements["x"].to_numpy(copy=True), settlements["y"].to_numpy(copy=True)
    for index in outside:
        west = t.c + settlements["column"].iloc[index] * size * t.a
        north = t.f + settlements["row"].iloc[index] * size * t.e
        box = shapely.box(west, north + size * t.e, west + size * t.a, north)
        inside = shapely.intersection(shapely.make_valid(shapes[index]), box)
        if not shapely.is_empty(inside):
            place = shapely.point_on_surface(inside)
            x[index], y[index] = shapely.get_x(place), shapely.get_y(place)
    return settlements.assign(x=x, y=y)


def _clusters(frame: pd.DataFrame, settled: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """Number of the settlement of each block: settled blocks that touch; the others go with the nearest one."""
    cluster = np.full(len(frame), -1, dtype=np.int64)
    cluster[settled] = _touching(frame[settled])
    lowest = int(cluster.max(initial=-1)) + 1
    for indices in frame.groupby("village", sort=True).indices.values():
        rows = np.asarray(indices)
        lost = rows[cluster[rows] < 0]
        homes = rows[cluster[rows] >= 0]
        if len(lost) and len(homes):
            at = frame[["middle_x", "middle_y"]].to_numpy()
            cluster[lost] = cluster[homes][cKDTree(at[homes]).query(at[lost])[1]]
        elif len(lost):  # nobody lives close together here: one settlement for the village
            cluster[lost], lowest = lowest, lowest + 1
    return cluster


def _touching(frame: pd.DataFrame) -> npt.NDArray[np.int64]:
    """Component of each block, where blocks of one village that touch at a side or a corner are together."""
    village, row, column = (frame[name].to_numpy(dtype=np.int64) for name in ("village", "row", "column"))
    if not len(frame):
        return np.zeros(0, dtype=np.int64)
    row, column = row - row.min(), column - column.min() + 1
    width = int(column.max()) + 2
    height = int(row.max()) + 2
    key = (village * height + row) * width + column  # sorted, as groupby made it
    starts, ends = [], []
    for step in (1, width - 1, width, width + 1):  # east, and the three below
        at = np.searchsorted(key, key + step)
        there = np.flatnonzero((at < len(key)) & (key[np.minimum(at, len(key) - 1)] == key + step))
        starts.append(there)
        ends.append(at[there])
    start, end = np.concatenate(starts), np.concatenate(ends)
    graph = coo_array((np.ones(len(start), dtype=bool), (start, end)), shape=(len(key), len(key)))
    labels: npt.NDArray[np.int64] = connected_components(graph, directed=False)[1].astype(np.int64)
    return labels


def _ids(
    codes: npt.NDArray[Any], settlements: pd.DataFrame, lon: npt.NDArray[Any], lat: npt.NDArray[Any]
) -> list[str]:
    """Names that stay while the place does: village and position to some 10 m."""
    return [f"people/{code}/{y:.4f},{x:.4f}" for code, x, y in zip(codes, lon, lat, strict=True)]


def _tell_elsewhere(findings: FindingList) -> None:
    findings.add(
        "error",
        "This raster of people does not touch the region's villages.",
        "Not used.",
        "Fetch the raster of the country that the region lies in.",
    )


def _tell(people: float, gaps: float, around: float, findings: FindingList) -> None:
    if people <= 0:
        findings.add(
            "error",
            "No people in the region's villages.",
            "Not used.",
            "Look whether it is a count of people.",
        )
        return
    outside = max(around - people - gaps, 0.0)
    findings.add(
        "note",
        f"{people:,.0f} people live in the villages; {outside:,.0f} people more in the rectangle around them, "
        "outside of all villages.",
        "Only the people of the villages are used.",
    )
    if gaps >= 0.5:
        findings.add(
            "question",
            f"{count(gaps, 'person', 'people')} between villages: within the region's border, but in no village.",
            "Not used.",
            "Look at the map of villages: it leaves gaps. Add a better one.",
            subject="people between villages",
        )
