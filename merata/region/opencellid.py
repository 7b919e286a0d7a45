"""Reads OpenCelliD's list of mobile cells (CSV, packed or not), and makes sites of the cells of one mast."""

from __future__ import annotations

import contextlib
import gzip
import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import shapely
from scipy.spatial import cKDTree

from merata.errors import FileError
from merata.region._published import Box, box_around, count, in_box, metres, points, table
from merata.region.findings import FindingList
from merata.region.records import Source, Understood

HEADER = (
    "radio", "mcc", "net", "area", "cell", "unit", "lon", "lat", "range", "samples", "changeable", "created",
    "updated", "averageSignal",
)  # fmt: skip
GENERATION = {"GSM": "2G", "CDMA": "3G", "UMTS": "3G", "LTE": "4G", "NR": "5G"}

#: Operator by mobile network code in Indonesia (mobile country code 510), as allotted under Rec. ITU-T E.212;
#: networks that were taken over bear their present owner's name.
INDONESIA = {
    1: "Indosat", 3: "Indosat", 8: "XL", 9: "Smartfren", 10: "Telkomsel", 11: "XL", 20: "Telkomsel", 21: "Indosat",
    28: "Smartfren", 89: "Tri",
}  # fmt: skip
MAST_M = 150.0
"""Cells of one operator this near to each other count as one mast: positions are estimates."""

_MOST_CELLS = 2_000_000
_MOST_BAD_LINES = 100_000
_LONGEST_LINE_BYTES = 8 << 20
_MOST_EXPANSION = 100
_EXPANSION_COUNTS_ABOVE_BYTES = 200_000_000
_OLD_YEARS = 5
_USED = ["radio", "mcc", "net", "area", "cell", "lon", "lat", "samples", "updated"]


def recognises(path: Path, file: str) -> bool:
    """Whether a file begins like OpenCelliD's, with or without its line of headers."""
    try:
        with _opened(path, file) as stream:
            start = stream.read(4096)
    except (FileError, OSError, EOFError, zlib.error):
        return False
    line = start.split(b"\n", 1)[0].decode("utf-8-sig", "replace").strip()
    return _is_header(line) or _is_row(line)


def read(source: Source, border: shapely.Geometry | None) -> Understood:
    """The sites of one OpenCelliD file that lie in or just outside the region.

    Parameters
    ----------
    source
        The file. It is read piece by piece, so that it may be far larger than memory.
    border
        The region's outline, EPSG:4326; cells farther than 0.05 degrees from its box are left out. None: all.

    Raises
    ------
    FileError
        The file is no OpenCelliD file, is cut short, or holds more cells than can be meant.

    """
    findings = FindingList(source.file)
    scan = _Scan(source.file, box_around(border))
    with _opened(source.path, source.file) as stream:
        scan.run(stream)
    cells = scan.cells()
    _tell_bad(scan, findings)
    if cells.empty:
        findings.add(
            "error",
            f"None of its {count(scan.rows, 'cell')} lies in the region.",
            "The file is not used.",
            "Take the file of the country that the region lies in (Indonesia: mobile country code 510).",
        )
        return Understood(findings)
    sites = _sites(_latest(cells))
    _tell(cells, sites, scan, source, findings)
    shapes = points(sites.pop("lon").to_numpy(), sites.pop("lat").to_numpy())
    columns = {str(name): values for name, values in sites.items()}
    return Understood(findings, {"sites": table("sites", columns, shapes, source, "reported")})


def operator_of(mcc: int, net: int) -> str:
    """Name of the operator behind a mobile country code and network code, else the two with a dash."""
    return INDONESIA.get(net, f"510-{net:02d}") if mcc == 510 else f"{mcc}-{net:02d}"


def _is_header(line: str) -> bool:
    words = [word.strip().strip('"').lower() for word in line.split(",")]
    return words[:9] == [name.lower() for name in HEADER[:9]]


def _is_row(line: str) -> bool:
    values = line.split(",")  # no reader: the line may be anything, a picture's first bytes too
    return (
        len(values) in (13, 14)
        and values[0].strip().upper() in GENERATION
        and all(value.strip().isdigit() for value in values[1:5])
    )


@contextlib.contextmanager
def _opened(path: Path, file: str) -> Iterator[io.BufferedReader[Any]]:
    """The file's bytes, unpacked where it is gzip."""
    with path.open("rb") as raw:
        packed = raw.read(2) == b"\x1f\x8b"
        raw.seek(0)
        if not packed:
            yield raw
            return
        with io.BufferedReader(_Unpacked(raw, file), 1 << 20) as stream:
            yield stream


class _Unpacked(io.RawIOBase):
    """What a gzip stream holds; FileError when it is damaged or expands without end."""

    def __init__(self, raw: io.BufferedReader[Any], file: str) -> None:
        self._raw, self._file, self._stream, self._total = raw, file, gzip.GzipFile(fileobj=raw), 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            piece = self._stream.read(len(buffer))
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            raise FileError(
                f"{self._file}: not a whole gzip file ({error}). Fetch it again, and see that it arrives whole"
            ) from None
        self._total += len(piece)
        read = max(self._raw.tell(), 1)
        if self._total > max(_EXPANSION_COUNTS_ABOVE_BYTES, _MOST_EXPANSION * read):
            raise FileError(
                f"{self._file}: expands to more than {_MOST_EXPANSION} times its size, so it was not read on. "
                "Unpack it yourself and look at what is in it"
            )
        buffer[: len(piece)] = piece
        return len(piece)


@dataclass
class _Scan:
    """One pass over a file, keeping the cells in a box."""

    file: str
    box: Box | None
    rows: int = 0
    unplaced: int = 0
    other_radio: int = 0
    header: bool = False
    bad_lines: list[int] = field(default_factory=list)
    kept: list[pd.DataFrame] = field(default_factory=list)

    def run(self, stream: io.BufferedReader[Any]) -> None:
        first = stream.peek(4096).split(b"\n", 1)[0].decode("utf-8-sig", "replace").strip()
        self.header = _is_header(first)
        if not self.header and not _is_row(first):
            raise FileError(
                f"{self.file}: expected the columns {','.join(HEADER)}, but the first line is {first[:80]!r}"
            )
        names = list(HEADER)[: first.count(",") + 1]
        try:
            for batch in self._batches(stream, names):
                self._take(batch)
        except pa.ArrowInvalid as error:
            raise FileError(
                f"{self.file}: not lines of OpenCelliD's columns ({_short(error)}). Fetch it again"
            ) from None

    def _batches(self, stream: io.BufferedReader[Any], names: list[str]) -> Iterator[pa.RecordBatch]:
        return pa.csv.open_csv(  # type: ignore[no-any-return]
            stream,
            pa.csv.ReadOptions(
                use_threads=False,
                block_size=_LONGEST_LINE_BYTES,
                column_names=names,
                skip_rows=1 if self.header else 0,
            ),
            pa.csv.ParseOptions(invalid_row_handler=self._bad_line, ignore_empty_lines=True),
            pa.csv.ConvertOptions(
                include_columns=[name for name in _USED if name in names],
                column_types={name: pa.string() for name in names},
            ),
        )

    def _bad_line(self, row: Any) -> str:
        if len(self.bad_lines) >= _MOST_BAD_LINES:
            return "error"
        self.bad_lines.append(int(row.number or 0))
        return "skip"

    def _take(self, batch: pa.RecordBatch) -> None:
        lon, lat = _numbers(batch["lon"]), _numbers(batch["lat"])
        possible = in_box(lon, lat, None)
        self.unplaced += int((~possible).sum())
        inside = np.flatnonzero(possible & in_box(lon, lat, self.box))
        first = self.rows
        self.rows += batch.num_rows
        if not len(inside):
            return
        cells = pd.DataFrame({name: np.asarray(batch[name].take(inside)) for name in ("radio",)}, dtype=str)
        for name in _USED[1:]:
            cells[name] = _numbers(batch[name].take(inside))
        cells["line"] = first + inside
        self._keep(cells)

    def _keep(self, cells: pd.DataFrame) -> None:
        cells["radio"] = cells["radio"].str.strip().str.upper()
        usable = cells["radio"].isin(list(GENERATION)) & cells[["mcc", "net", "area", "cell"]].notna().all(
            axis=1
        )
        self.other_radio += int((~usable).sum())
        self.kept.append(cells[usable])
        if sum(map(len, self.kept)) > _MOST_CELLS:
            raise FileError(
                f"{self.file}: more than {_MOST_CELLS:,} cells. Add the map of the region's villages first, so "
                "that only its own cells are read"
            )

    def cells(self) -> pd.DataFrame:
        """The cells kept, with the line that each stands on."""
        if not self.kept:
            return pd.DataFrame(columns=[*_USED, "line"])
        cells = pd.concat(self.kept, ignore_index=True)
        return cells.assign(line=_line_numbers(cells["line"].to_numpy(), self.bad_lines, self.header))


def _line_numbers(index: npt.NDArray[np.int64], bad_lines: list[int], header: bool) -> npt.NDArray[np.int64]:
    """Lines of the file, from 1, of good rows counted from 0, when bad ones stand between them."""
    bad = np.sort(np.asarray(bad_lines, dtype=np.int64))
    before = np.searchsorted(bad - np.arange(len(bad)), index + 1 + header, side="right")
    lines: npt.NDArray[np.int64] = index + 1 + header + before
    return lines


def _numbers(texts: pa.Array) -> npt.NDArray[np.float64]:
    """Texts as numbers; NaN where a text is none."""
    try:
        return np.asarray(pc.cast(texts, pa.float64()), dtype=float)
    except pa.ArrowInvalid:
        return np.asarray(
            pd.to_numeric(pd.Series(texts.to_pylist(), dtype=object), errors="coerce"), dtype=float
        )


def _latest(cells: pd.DataFrame) -> pd.DataFrame:
    """Each cell once, as last updated, the best seen first."""
    key = ["radio", "mcc", "net", "area", "cell"]
    cells = cells.assign(samples=cells["samples"].fillna(0).clip(0, 1e9))
    cells = cells.sort_values(["updated", "line"], kind="stable", na_position="first").drop_duplicates(
        key, keep="last"
    )
    for name in key[1:]:
        cells[name] = cells[name].astype("int64")
    return cells.sort_values(["samples", *key], ascending=[False] + [True] * 5, ignore_index=True)


def _sites(cells: pd.DataFrame) -> pd.DataFrame:
    """One row per mast: columns of `sites`, with lon and lat (to a centimetre)."""
    cells["operator"] = [operator_of(m, n) for m, n in zip(cells["mcc"], cells["net"], strict=True)]
    cells["mast"] = -1
    at = metres(cells["lon"].to_numpy(), cells["lat"].to_numpy())
    for _, rows in cells.groupby("operator", sort=True):
        cells.loc[rows.index, "mast"] = rows.index.to_numpy()[_masts(at[rows.index])]
    weight = cells["samples"].clip(lower=1)
    of_mast = cells.assign(weight=weight, x=cells["lon"] * weight, y=cells["lat"] * weight).groupby(
        "mast", sort=True
    )
    sums, best = of_mast[["samples", "weight", "x", "y"]].sum(), of_mast.first()
    return pd.DataFrame(
        {
            "id": _names(best),
            "kind": "tower",
            "operator": best["operator"],
            "technologies": _technologies(cells),
            "samples": sums["samples"].astype("int64"),
            "source_row": best["line"],
            "source_date": of_mast["updated"].max().map(_day),
            "lon": (sums["x"] / sums["weight"]).round(7),
            "lat": (sums["y"] / sums["weight"]).round(7),
        }
    )


def _names(best: pd.DataFrame) -> list[str]:
    """Names of masts, from their best seen cell."""
    columns = (best[name] for name in ("mcc", "net", "radio", "area", "cell"))
    return [
        f"opencellid/{mcc}-{net:02d}/{radio}-{area}-{cell}"
        for mcc, net, radio, area, cell in zip(*columns, strict=True)
    ]


def _technologies(cells: pd.DataFrame) -> pd.Series:
    """All technologies of each mast, oldest first."""
    seen = pd.DataFrame(
        {"mast": cells["mast"], "generation": cells["radio"].map(GENERATION)}
    ).drop_duplicates()
    seen = seen.sort_values(["mast", "generation"])
    together: pd.Series = seen.groupby("mast")["generation"].agg(" ".join)
    return together


def _masts(at: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """For each position, the first one within MAST_M that is not itself near an earlier one.

    Masts grow around the best seen cell, so that no chain of cells makes one mast of a whole town.
    """
    tree, leads = cKDTree(at), np.full(len(at), -1, dtype=np.int64)
    for lead in range(len(at)):
        if leads[lead] < 0:
            near = np.asarray(tree.query_ball_point(at[lead], MAST_M), dtype=np.int64)
            leads[near[leads[near] < 0]] = lead
    return leads


def _day(seconds: float) -> str | None:
    """The UTC day of a count of seconds since 1970, as ISO text; None where it can't be one."""
    if not 0 < seconds < 4e9:
        return None
    return pd.Timestamp(int(seconds), unit="s").date().isoformat()


def _tell(
    cells: pd.DataFrame, sites: pd.DataFrame, scan: _Scan, source: Source, findings: FindingList
) -> None:
    since = pd.Timestamp(source.date) - pd.DateOffset(years=_OLD_YEARS)
    old = int((cells["updated"] < since.timestamp()).sum())
    findings.add(
        "note",
        f"{count(len(cells), 'cell')} of {scan.rows:,} lie in or near the region; "
        f"{old:,} of them were last seen before {since.date()}.",
        f"Taken as {count(len(sites), 'site')}: cells of one operator within {MAST_M:.0f} m are one mast. "
        "Positions are estimates from phones.",
        "Add the operators' own tower lists where there are any.",
    )


def _tell_bad(scan: _Scan, findings: FindingList) -> None:
    if scan.bad_lines:
        findings.add(
            "error",
            f"{count(len(scan.bad_lines), 'line')} with another number of columns than the first line.",
            "Not used.",
            "Fetch the file again if there are many.",
            row=min(scan.bad_lines),
        )
    if scan.unplaced:
        findings.add(
            "error",
            f"{count(scan.unplaced, 'cell')} without possible coordinates.",
            "Not used.",
            column="lon, lat",
        )
    if scan.other_radio:
        findings.add(
            "error",
            f"{count(scan.other_radio, 'cell')} in the region of an unknown technology or without an identity.",
            "Not used.",
            f"Known technologies: {', '.join(GENERATION)}.",
            column="radio",
        )


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:160]
