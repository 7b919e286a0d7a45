"""Files of the tables: written sorted and compressed, by month; read back in slices of probes."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from merata.assure import tables, times
from merata.assure.decode import column
from merata.assure.index import Part
from merata.region.change import sync
from merata.region.damage import BACKUP, sound

ROWS_OF_GROUP = 1 << 17
"""Rows of a row group: what a reader that wants a few probes passes over or reads."""
CLOCKS = "clocks"

#: Whole numbers that rise along a probe's rows are kept as differences, which hardly take room.
_DIFFERENCES = ("number", "time", "received", "up_ms", "wall_s")


def timed(rows: Any, table: str, clocks: times.Clocks) -> Any:
    """Messages (of `decode`, or of a part) as their table has them: true times, sorted by probe, time and number."""
    time, sure = times.true_times(clocks, *(column(rows, c) for c in ("probe", "boot", "up_ms")))
    order = np.lexsort([column(rows, "number"), time, column(rows, "probe")])
    wanted = tables.schema(table)
    reckoned = {"time": pa.array(time[order], pa.int64()), "time_sure_s": pa.array(sure[order])}
    rows = rows.take(order)
    found = [reckoned[f.name] if f.name in reckoned else rows.column(f.name) for f in wanted]
    return pa.table([c.cast(f.type) for c, f in zip(found, wanted, strict=True)], schema=wanted)


class Writer:
    """Writes rows of one table, given in the order of their probes, into one new file for each month.

    Parameters
    ----------
    measurements
        The folder `measurements` of a region.
    name
        Names the files: no file of this name may be there.
    """

    def __init__(self, measurements: Path, table: str, name: str) -> None:
        self.measurements, self.table, self.name = measurements, table, name
        self._open: dict[str, tuple[Path, Any]] = {}
        self._parts: dict[str, Part] = {}

    def add(self, rows: Any) -> None:
        """Write an Arrow table of the declared columns, sorted."""
        months = column(rows, "time").astype("datetime64[M]")
        for month in np.unique(months):
            mine = months == month
            self._write(str(month), rows if mine.all() else rows.filter(pa.array(mine)))

    def _write(self, month: str, rows: Any) -> None:
        path = self.measurements / self.table / f"month={month}" / f"part-{self.name}.parquet"
        if month not in self._open:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._open[month] = path, pq.ParquetWriter(path, rows.schema, **_how(rows.schema))
        self._open[month][1].write_table(rows, row_group_size=ROWS_OF_GROUP)
        probes = column(rows, "probe")
        part = self._parts.get(month)
        name = path.relative_to(self.measurements).as_posix()
        low, count = (part.probes[0], part.rows) if part else (int(probes[0]), 0)
        self._parts[month] = Part(name, self.table, count + len(rows), (low, int(probes[-1])), month)

    def close(self) -> list[Part]:
        """Finish the files, wait until they outlast a power cut, and say what they are."""
        for path, writer in self._open.values():
            writer.close()
            _settle(path)
        return list(self._parts.values())


def _how(schema: Any) -> dict[str, Any]:
    plain = [f.name for f in schema if f.name not in _DIFFERENCES]
    return {
        "compression": "zstd",
        "compression_level": 3,
        "use_dictionary": plain,
        "column_encoding": {name: "DELTA_BINARY_PACKED" for name in _DIFFERENCES if name in schema.names},
    }


def _settle(path: Path) -> None:
    for made in (path, path.parent, path.parent.parent, path.parent.parent.parent):
        sync(made)


def write_clocks(measurements: Path, stretches: times.Stretches, name: str) -> Part:
    """Write stretches of the probes' clocks as a new file."""
    path = measurements / CLOCKS / f"part-{name}.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    table = pa.table({f: np.ascontiguousarray(stretches[f]) for f in stretches.dtype.names or ()})
    pq.write_table(table, path, compression="zstd")
    _settle(path)
    probes = stretches["probe"]
    span = (int(probes.min()), int(probes.max())) if len(probes) else (0, 0)
    return Part(f"{CLOCKS}/{path.name}", CLOCKS, len(stretches), span)


def read_clocks(measurements: Path, parts: Iterable[Part], probes: Any = None) -> times.Stretches:
    """All stretches of the probes' clocks, joined; of some probes only where they are given."""
    read = [times.joined()]
    for part in parts:
        with sound(measurements / part.path, BACKUP):
            table = pq.read_table(measurements / part.path, memory_map=False)
        rows = np.zeros(len(table), times.STRETCH)
        for name in times.STRETCH.names or ():
            rows[name] = column(table, name)
        read.append(rows if probes is None else rows[np.isin(rows["probe"], probes)])
    return times.joined(*read)


def slices(
    measurements: Path, parts: Sequence[Part], rows_at_once: int, columns: Sequence[str] | None = None
) -> Iterator[Any]:
    """The rows of several parts of one table, all of some probes at a time, in the order of the probes.

    All columns, or those that are named (`probe` among them). About `rows_at_once` are held at a time, more only where
    a single probe has more. Each part is read from its beginning to its end, a row group at a time.
    """
    files = [_Sorted(measurements / part.path, columns) for part in parts]
    low = -1
    for high in _cuts([group for file in files for group in file.groups], rows_at_once):
        yield pa.concat_tables([file.between(low, high) for file in files])
        low = high


class _Sorted:
    """A file whose rows are in the order of their probes."""

    def __init__(self, path: Path, columns: Sequence[str] | None) -> None:
        with sound(path, BACKUP):
            file = pq.ParquetFile(path)
        self.path, self.file, self.columns = path, file, columns
        at = file.schema_arrow.get_field_index("probe")
        about = [file.metadata.row_group(i) for i in range(file.num_row_groups)]
        said = [(group.column(at).statistics, group.num_rows) for group in about]
        #: Lowest and highest probe of each row group, and its rows.
        self.groups = [(s.min, s.max, rows) for s, rows in said]

    def between(self, low: int, high: int) -> Any:
        """The rows of probes above `low`, up to `high`."""
        wanted = [i for i, (least, most, _) in enumerate(self.groups) if most > low and least <= high]
        with sound(self.path, BACKUP):
            rows = self.file.read_row_groups(wanted, columns=self.columns)
        probe = column(rows, "probe")
        first, end = np.searchsorted(probe, np.array([max(low, 0), high], probe.dtype), side="right")
        first = first if low >= 0 else 0
        return rows.slice(first, end - first)


def _cuts(groups: Sequence[tuple[int, int, int]], rows_at_once: int) -> list[int]:
    """Up to which probe each slice goes: so that the row groups that end in it have about `rows_at_once` rows."""
    cuts, held = [], 0
    ends = sorted((most, rows) for _, most, rows in groups)
    for i, (most, rows) in enumerate(ends):
        held += rows
        if held >= rows_at_once or i == len(ends) - 1:
            cuts.append(most)
            held = 0
    return list(dict.fromkeys(cuts))


def size_bytes(measurements: Path, parts: Iterable[Part]) -> int:
    """Bytes that parts take on the disk."""
    return sum(os.path.getsize(measurements / part.path) for part in parts)


def times_of(measurements: Path, part: Part) -> tuple[np.datetime64, np.datetime64]:
    """The earliest and the latest time of a part, by what its file says of itself."""
    with sound(measurements / part.path, BACKUP):
        about = pq.read_metadata(measurements / part.path)
    at = about.schema.to_arrow_schema().get_field_index("time")
    said = [about.row_group(i).column(at).statistics for i in range(about.num_row_groups)]
    ends = min(s.min for s in said), max(s.max for s in said)
    first, last = (np.datetime64(end.replace(tzinfo=None), "ms") for end in ends)
    return first, last
