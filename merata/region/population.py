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
import rasterio
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
        shapes = _apart(local)
        cells, around = _cells(raster, window, [*shapes, _gaps(shapes)])
    between = float(cells.pop()[1].sum())
    settlements = _settlements(raster, shapes, cells)
    people = float(settlements["people"].sum())
    _tell(people, between, around, findings)
    if people <= 0:
        return Understood(findings)
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

    def window(self, bounds: tuple[float, ...], within: Window | None = None) -> Window | None:
        """The window (or part of one) that holds bounds in the raster's projection; None: no overlap."""
        found = _rasters.window_of(bounds, self.transform, self.width, self.height)
        if found is None or within is None:
            return found
        return found.intersection(within) if rasterio.windows.intersect(found, within) else None

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


_Cells = tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]
"""Numbers of populated pixels (row by row through the raster), and the people in each."""


def _cells(raster: _Raster, window: Window, shapes: list[shapely.Geometry]) -> tuple[list[_Cells], float]:
    """Cells of each shape, pixels at an edge by area, and all people in the window. Each pixel is read once."""
    found: list[list[_Cells]] = [[] for _ in shapes]
    around = 0.0
    bounds = shapely.bounds(np.asarray(shapes, dtype=object))
    for strip in raster.strips(window):
        values = raster.read(strip)
        around += float(values.sum())
        for shape, box, cells in zip(shapes, bounds, found, strict=True):
            part = raster.window(tuple(box), strip)
            if part is not None:
                cells.append(_covered(raster, shape, part, values[_inside(part, strip)]))
    nothing = (np.zeros(0, dtype=np.int64), np.zeros(0))
    return [
        (np.concatenate(n), np.concatenate(p))
        for n, p in (zip(nothing, *cells, strict=True) for cells in found)
    ], around


def _inside(part: Window, whole: Window) -> tuple[slice, slice]:
    top, left = part.row_off - whole.row_off, part.col_off - whole.col_off
    return slice(top, top + part.height), slice(left, left + part.width)


def _covered(
    raster: _Raster, shape: shapely.Geometry, window: Window, values: npt.NDArray[np.float64]
) -> _Cells:
    """Cells of a shape in one window."""
    t = raster.transform
    west, north = t.c + window.col_off * t.a, t.f + window.row_off * t.e
    east, south = west + window.width * t.a, north + window.height * t.e
    pixels = NumPyRasterSource(values, west, south, east, north, srs_wkt=raster.crs)
    result = exact_extract(
        pixels, gpd.GeoDataFrame(geometry=[shape], crs=raster.crs), ["cell_id", "coverage"], output="pandas"
    )
    cell = np.asarray(result["cell_id"][0], dtype=np.int64)
    people = values.ravel()[cell] * np.asarray(result["coverage"][0])
    row, column = np.divmod(cell[people > 0], window.width)
    return (row + window.row_off) * raster.width + column + window.col_off, people[people > 0]


def _apart(villages: gpd.GeoDataFrame) -> npt.NDArray[Any]:
    """The villages' polygons, valid; where two overlap, only the earlier one has the place: people count once."""
    shapes = np.array([_polygons(shape) for shape in villages.geometry], dtype=object)
    later, earlier = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    for village in np.unique(later[earlier < later]):
        others = earlier[(later == village) & (earlier < village)]
        shapes[village] = _polygons(shapely.difference(shapes[village], shapely.union_all(shapes[others])))
    return shapes


def _polygons(shape: shapely.Geometry | None) -> shapely.Geometry:
    """The polygons in a shape, valid, without the lines and points that mending may leave; empty where none is."""
    if shape is None:
        return shapely.MultiPolygon()
    parts = shapely.get_parts(
        shapely.get_parts(shapely.make_valid(shape))
    )  # a collection may hold multi-polygons
    return shapely.MultiPolygon(
        [part for part in parts if isinstance(part, shapely.Polygon) and not part.is_empty]
    )


def _gaps(villages: npt.NDArray[Any]) -> shapely.Geometry:
    """What lies within the region's outer border but in no village; empty where there is no gap."""
    union = shapely.union_all(villages)
    whole = shapely.union_all([shapely.Polygon(part.exterior) for part in shapely.get_parts(union)])
    return _polygons(shapely.difference(whole, union))


def _settlements(raster: _Raster, villages: npt.NDArray[Any], cells: list[_Cells]) -> pd.DataFrame:
    """One row per settlement: village (its place in the array), people, x, y (in the raster's projection)."""
    found = [pd.DataFrame({"village": [], "people": [], "x": [], "y": []}).astype({"village": "int64"})]
    for village, (shape, (number, people)) in enumerate(zip(villages, cells, strict=True)):
        if len(number):
            blocks = _blocks(number, people, raster)
            settlements = _of_village(blocks.assign(cluster=_clusters(blocks, raster)))
            found.append(_into(shape, settlements, raster).assign(village=village))
    return pd.concat(found, ignore_index=True)


def _blocks(number: npt.NDArray[np.int64], people: npt.NDArray[np.float64], raster: _Raster) -> pd.DataFrame:
    """Pixels put together to blocks of about BLOCK_M; coarser pixels stay as they are.

    Columns row, column (of the block), people, middle_x, middle_y (weighted by people), x, y (of its most populous
    pixel), in the raster's projection; sorted by row and column.
    """
    row, column = np.divmod(number, raster.width)
    t, size = raster.transform, raster.block
    x, y = t.c + (column + 0.5) * t.a, t.f + (row + 0.5) * t.e
    pixels = pd.DataFrame(
        {"row": row // size, "column": column // size, "people": people, "x": x, "y": y,
         "middle_x": x * people, "middle_y": y * people}
    )  # fmt: skip
    key = ["row", "column"]
    blocks = pixels.groupby(key, as_index=False)[["people", "middle_x", "middle_y"]].sum()
    blocks[["middle_x", "middle_y"]] = blocks[["middle_x", "middle_y"]].div(blocks["people"], axis=0)
    fullest = pixels.assign(number=number).sort_values(["people", "number"], ascending=[False, True])
    return blocks.merge(
        fullest.drop_duplicates(key)[[*key, "x", "y"]], on=key, how="left", validate="one_to_one"
    )


def _areas_km2(blocks: pd.DataFrame, raster: _Raster) -> npt.NDArray[np.float64]:
    t, size, crs = raster.transform, raster.block, pyproj.CRS(raster.crs)
    if not crs.is_geographic:
        unit = crs.axis_info[0].unit_conversion_factor
        return np.full(len(blocks), abs(t.a * t.e) * (size * unit) ** 2 / 1e6)
    shrunk = np.cos(np.radians(blocks["y"].to_numpy()))
    areas: npt.NDArray[np.float64] = abs(t.a * t.e) * (size * METRES_PER_DEGREE / 1000) ** 2 * shrunk
    return areas


def _of_village(blocks: pd.DataFrame) -> pd.DataFrame:
    """One row per cluster: its people, and the block nearest to the middle of its people."""
    people = blocks.groupby("cluster")["people"].sum()
    away = np.zeros(len(blocks))
    for axis in ("middle_x", "middle_y"):
        middle = (blocks[axis] * blocks["people"]).groupby(blocks["cluster"]).sum() / people
        away = np.hypot(away, blocks[axis] - blocks["cluster"].map(middle))
    nearest = (
        blocks.assign(away=away).sort_values(["cluster", "away", "row", "column"]).drop_duplicates("cluster")
    )
    return nearest.assign(people=nearest["cluster"].map(people))[["people", "x", "y", "row", "column"]]


def _into(village: shapely.Geometry, settlements: pd.DataFrame, raster: _Raster) -> pd.DataFrame:
    """Settlements whose pixel has its middle outside of the village are moved into the pixel's part inside."""
    t, size = raster.transform, raster.block
    x, y = settlements["x"].to_numpy(copy=True), settlements["y"].to_numpy(copy=True)
    shapely.prepare(village)
    for index in np.flatnonzero(~shapely.intersects_xy(village, x, y)):
        west = t.c + settlements["column"].iloc[index] * size * t.a
        north = t.f + settlements["row"].iloc[index] * size * t.e
        box = shapely.box(west, north + size * t.e, west + size * t.a, north)
        inside = shapely.intersection(village, box)
        if not shapely.is_empty(inside):
            place = shapely.point_on_surface(inside)
            x[index], y[index] = shapely.get_x(place), shapely.get_y(place)
    return pd.DataFrame({"people": settlements["people"].to_numpy(), "x": x, "y": y})


def _clusters(blocks: pd.DataFrame, raster: _Raster) -> npt.NDArray[np.int64]:
    """Number of the settlement of each block: settled blocks that touch; the others go with the nearest one."""
    settled = blocks["people"].to_numpy() >= SETTLED_PER_KM2 * _areas_km2(blocks, raster)
    if not settled.any():  # nobody lives close together here: one settlement for the village
        return np.zeros(len(blocks), dtype=np.int64)
    cluster = np.full(len(blocks), -1, dtype=np.int64)
    cluster[settled] = _touching(blocks[settled])
    at = blocks[["middle_x", "middle_y"]].to_numpy()
    cluster[~settled] = cluster[settled][cKDTree(at[settled]).query(at[~settled])[1]]
    return cluster


def _touching(blocks: pd.DataFrame) -> npt.NDArray[np.int64]:
    """Component of each block, where blocks that touch at a side or a corner are together."""
    row, column = blocks["row"].to_numpy(dtype=np.int64), blocks["column"].to_numpy(dtype=np.int64)
    width = int(column.max() - column.min()) + 3  # an empty column keeps the end of a row from the next one
    key = (row - row.min()) * width + column - column.min()  # rising, as groupby made it
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
