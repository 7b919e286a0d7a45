"""Reads Ookla's open tiles of measured speed (Parquet, one row per tile of 600 m and quarter)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from merata.errors import FileError
from merata.region._published import Box, box_around, count, in_border, points, table
from merata.region.findings import FindingList
from merata.region.records import Source, Understood

ZOOM = 16
_NEEDED = ["quadkey", "avg_d_kbps", "avg_u_kbps", "avg_lat_ms", "tests"]
_MOST_TILES = 1_000_000
_MOST_GROUP_BYTES = 1 << 30
_BATCH = 1 << 16
_QUARTER = {1: "01-01", 2: "04-01", 3: "07-01", 4: "10-01"}


def recognises(path: Path, file: str) -> bool:
    """Whether a file is Parquet with the columns of Ookla's tiles."""
    with path.open("rb") as stream:
        if stream.read(4) != b"PAR1":
            return False
    try:
        names = pq.read_schema(path).names
    except (pa.ArrowException, OSError):
        return False
    return set(_NEEDED) <= set(names)


def read(source: Source, border: shapely.Geometry | None) -> Understood:
    """The measurements of one file of tiles whose centre lies in the region.

    Network (mobile or fixed) and quarter come from the file's name or folder, as Ookla publishes them, or from
    `source.kind`. Parts of the file whose tiles all lie elsewhere are not read.

    Raises
    ------
    FileError
        The file is no such Parquet file, is damaged, or holds more tiles than can be meant.

    """
    findings = FindingList(source.file)
    network, quarter = network_of(source), quarter_of(source)
    try:
        with pq.ParquetFile(source.path) as parquet:
            _check(parquet, source.file)
            scan = _scan(parquet, border, source.file)
    except (pa.ArrowException, OSError) as error:
        raise FileError(
            f"{source.file}: not a whole Parquet file of Ookla's tiles ({' '.join(str(error).split())[:160]}). "
            "Fetch it again"
        ) from None
    tiles, total, bad = scan
    _tell(tiles, total, bad, network, quarter, findings)
    if tiles.empty:
        return Understood(findings)
    label = f"ookla/{network or 'unknown'}/{quarter or source.date}/"
    columns = {
        "id": label + tiles["quadkey"],
        "when": quarter,
        "technology": network,
        "down_mbps": tiles["avg_d_kbps"] / 1000,
        "up_mbps": tiles["avg_u_kbps"] / 1000,
        "latency_ms": tiles["avg_lat_ms"],
        "tests": tiles["tests"],
        "source_row": tiles["row"],
        "source_date": quarter,
    }
    lon, lat = centre_of(*tile_of(tiles["quadkey"].to_numpy()), ZOOM)
    rows = table("measurements", columns, points(lon, lat), source, "measured")
    return Understood(findings, {"measurements": rows})


def tile_of(quadkeys: npt.NDArray[Any]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Column and row of tiles from their quadkeys, which must be of one length and of digits 0 to 3.

    Each digit halves a square: its first bit says south, its second east (Bing Maps tile system).
    """
    text = np.asarray(quadkeys, dtype="S")
    digits = np.frombuffer(text.tobytes(), dtype=np.uint8).reshape(len(text), -1).astype(np.int64) - ord("0")
    weights = 1 << np.arange(digits.shape[1] - 1, -1, -1, dtype=np.int64)
    return (digits & 1) @ weights, (digits >> 1) @ weights


def centre_of(
    x: npt.NDArray[Any], y: npt.NDArray[Any], zoom: int
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Longitude and latitude, degrees, of the middle of tiles (in web Mercator) by their column and row."""
    n = float(1 << zoom)
    lon = (np.asarray(x) + 0.5) / n * 360 - 180
    lat = np.degrees(np.arctan(np.sinh(np.pi * (1 - 2 * (np.asarray(y) + 0.5) / n))))
    return lon, lat


def quadkey_of(lon: float, lat: float, zoom: int = ZOOM) -> str:
    """The quadkey of the tile that a place, in degrees, lies in."""
    x, y = _column(lon, zoom), _row(lat, zoom)
    return "".join(str((x >> bit & 1) | (y >> bit & 1) << 1) for bit in range(zoom - 1, -1, -1))


def network_of(source: Source) -> str | None:
    """'mobile' or 'fixed', as a file's name, its folder or what a person said of it tells; None for neither."""
    for text in (source.kind, source.file, source.path.as_posix()):
        found = {
            word for word in ("mobile", "fixed") if re.search(rf"(?<![a-z]){word}(?![a-z])", text.lower())
        }
        if len(found) == 1:
            return found.pop()
    return None


def quarter_of(source: Source) -> str | None:
    """The first day of the quarter in a file's name (2025-07-01) or folder (year=2025/quarter=3), ISO."""
    for text in (source.file, source.path.as_posix()):
        if day := re.search(r"(?<!\d)(20\d\d)-(01|04|07|10)-01(?!\d)", text):
            return day.group(0)
        if parts := re.search(r"year=(20\d\d)\W+quarter=([1-4])(?!\d)", text):
            return f"{parts.group(1)}-{_QUARTER[int(parts.group(2))]}"
    return None


def _column(lon: float, zoom: int) -> int:
    n = 1 << zoom
    return min(max(int((lon + 180) / 360 * n), 0), n - 1)


def _row(lat: float, zoom: int) -> int:
    n = 1 << zoom
    sine = np.sin(np.radians(min(max(lat, -85.05112878), 85.05112878)))
    return min(max(int((0.5 - np.arctanh(sine) / (2 * np.pi)) * n), 0), n - 1)


def _check(parquet: pq.ParquetFile, file: str) -> None:
    missing = [name for name in _NEEDED if name not in parquet.schema_arrow.names]
    if missing:
        raise FileError(f"{file}: expected Ookla's columns; {', '.join(missing)} missing")
    for group in range(parquet.num_row_groups):
        if parquet.metadata.row_group(group).total_byte_size > _MOST_GROUP_BYTES:
            raise FileError(
                f"{file}: a part of it unpacks to more than {_MOST_GROUP_BYTES >> 20:,} MB. Fetch it again from "
                "Ookla, or write it anew in smaller row groups"
            )


def _scan(
    parquet: pq.ParquetFile, border: shapely.Geometry | None, file: str
) -> tuple[pd.DataFrame, int, int]:
    """Tiles in the border, how many the file holds, and how many of those looked at are unusable."""
    box = box_around(border, 0.0)
    kept: list[pd.DataFrame] = []
    bad = found = 0
    for first, batch in _batches(parquet, box):
        tiles = batch.to_pandas()
        tiles["row"] = np.arange(first + 1, first + 1 + len(tiles))
        tiles["quadkey"] = tiles["quadkey"].astype("string").str.strip()
        usable = _usable(tiles)
        bad += int((~usable).sum())
        inside = _inside(tiles[usable], box, border)
        kept.append(inside)
        found += len(inside)
        if found > _MOST_TILES:
            raise FileError(
                f"{file}: more than {_MOST_TILES:,} tiles. Add the map of the region's villages first, so that "
                "only its own tiles are read"
            )
    tiles = pd.concat(kept, ignore_index=True) if kept else pd.DataFrame(columns=[*_NEEDED, "row"])
    return tiles.drop_duplicates("quadkey", keep="last"), parquet.metadata.num_rows, bad


def _batches(parquet: pq.ParquetFile, box: Box | None) -> Iterator[tuple[int, pa.RecordBatch]]:
    """Pieces of the row groups that may hold tiles of the box, each with the number of its first row."""
    ranges = _ranges(box) if box else None
    first = 0
    for group in range(parquet.num_row_groups):
        rows = parquet.metadata.row_group(group).num_rows
        if ranges is None or _may_hold(parquet.metadata.row_group(group), ranges):
            at = first
            for batch in parquet.iter_batches(_BATCH, row_groups=[group], columns=_NEEDED, use_threads=False):
                yield at, batch
                at += batch.num_rows
        first += rows


def _ranges(box: Box) -> list[tuple[str, str]]:
    """Quadkeys, from and to, of the tiles that cover a box: few ranges, since nearby tiles share a beginning."""
    west, south, east, north = box
    zoom = ZOOM
    while (
        zoom > 1
        and (_column(east, zoom) - _column(west, zoom) + 1) * (_row(south, zoom) - _row(north, zoom) + 1) > 64
    ):
        zoom -= 1
    prefixes = sorted(
        "".join(str((x >> bit & 1) | (y >> bit & 1) << 1) for bit in range(zoom - 1, -1, -1))
        for x in range(_column(west, zoom), _column(east, zoom) + 1)
        for y in range(_row(north, zoom), _row(south, zoom) + 1)
    )
    return [(prefix.ljust(ZOOM, "0"), prefix.ljust(ZOOM, "3")) for prefix in prefixes]


def _may_hold(group: pq.RowGroupMetaData, ranges: list[tuple[str, str]]) -> bool:
    """Whether the least and greatest quadkey of a row group leave room for one of the ranges."""
    columns = (group.column(index) for index in range(group.num_columns))
    statistics = next((c.statistics for c in columns if c.path_in_schema == "quadkey"), None)
    if statistics is None or not statistics.has_min_max or not isinstance(statistics.min, str):
        return True
    return any(low <= statistics.max and high >= statistics.min for low, high in ranges)


def _usable(tiles: pd.DataFrame) -> pd.Series:
    numbers = tiles[_NEEDED[1:]].apply(pd.to_numeric, errors="coerce")
    rates = numbers[["avg_d_kbps", "avg_u_kbps"]]
    latency = numbers["avg_lat_ms"]
    usable: pd.Series = (
        tiles["quadkey"].str.fullmatch(r"[0-3]{16}").fillna(False).astype(bool)
        & rates.ge(0).all(axis=1)
        & rates.lt(1e8).all(axis=1)
        & (latency.ge(0) | latency.isna())
        & numbers["tests"].ge(1)
    )
    return usable


def _inside(tiles: pd.DataFrame, box: Box | None, border: shapely.Geometry | None) -> pd.DataFrame:
    if box is None or tiles.empty:
        return tiles
    west, south, east, north = box
    x, y = tile_of(tiles["quadkey"].to_numpy())
    near = (x >= _column(west, ZOOM)) & (x <= _column(east, ZOOM))
    near &= (y >= _row(north, ZOOM)) & (y <= _row(south, ZOOM))
    tiles = tiles[near]
    return tiles[in_border(points(*centre_of(x[near], y[near], ZOOM)), border)]


def _tell(
    tiles: pd.DataFrame, total: int, bad: int, network: str | None, quarter: str | None, findings: FindingList
) -> None:
    if bad:
        findings.add(
            "error",
            f"{count(bad, 'tile')} with an impossible quadkey, rate, latency or number of tests.",
            "Not used.",
            "Fetch the file again if there are many.",
        )
    if tiles.empty:
        findings.add(
            "error",
            f"None of its {count(total, 'tile')} has its centre in the region.",
            "The file is not used.",
            "Nothing, if nobody measured there; else fetch the file that covers the region.",
        )
        return
    findings.add(
        "note",
        f"{count(len(tiles), 'tile')} of {total:,} have their centre in the region, "
        f"with {count(int(tiles['tests'].sum()), 'test')}.",
        "Taken as measurements at the centre of each tile (about 600 m wide).",
    )
    if network is None:
        findings.add(
            "note",
            "Neither its name nor its folder says whether the tiles are of mobile or fixed networks.",
            "The technology is left blank.",
            "Add it under its published name, like 2025-07-01_performance_mobile_tiles.parquet.",
        )
    if quarter is None:
        findings.add(
            "note",
            "Neither its name nor its folder says which quarter was measured.",
            "The day of receipt is taken.",
            "Add it under its published name, like 2025-07-01_performance_mobile_tiles.parquet.",
        )
