"""One pass over a month of measurements, probe by probe, in bounded memory: what scores are reckoned by."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from merata.assure import index as there
from merata.assure import parts

ROWS_AT_ONCE = 4_000_000


def by_probe(
    measurements: Path,
    table: str,
    columns: Sequence[str],
    months: Sequence[str] = (),
    rows_at_once: int = ROWS_AT_ONCE,
) -> Iterator[dict[str, Any]]:
    """The rows of a table in the order of probe and time, all rows of some probes at a time.

    Files lie sorted, so a slice of probes is read from the row groups that hold it, and is put in order only where
    several files hold the same probes. Made for passes that go through each probe's rows from first to last.

    Parameters
    ----------
    measurements
        The folder `measurements` of a region.
    table
        Name of a table of `assure.tables`.
    columns
        Its columns that are wanted; `probe` and `time` always come too.
    months
        Only these, such as 2026-11; all where left out. Months are those of UTC.
    rows_at_once
        About so many rows are held at a time.

    Yields
    ------
    dict
        Column -> array. `time` in ms since 1970; numbers that can be empty are float32 or float64 with NaN for empty;
        `first` (int64): where each probe's rows begin, and at last how many rows there are.
    """
    live = [part for part in there.load(measurements).of(table) if not months or part.month in months]
    wanted = [*dict.fromkeys(["probe", "time", *columns])]
    for rows in parts.slices(measurements, live, rows_at_once, wanted):
        found = {name: rows.column(name).to_numpy() for name in wanted}  # blanks of numbers become NaN
        found["time"] = found["time"].astype("datetime64[ms]").view(np.int64)
        if not _in_order(found["probe"], found["time"]):
            order = _order(found["probe"], found["time"])
            found = {name: values[order] for name, values in found.items()}
        new = np.flatnonzero(found["probe"][1:] != found["probe"][:-1]) + 1
        found["first"] = np.r_[0, new, len(rows)].astype(np.int64)
        yield found


def _order(probe: Any, time: Any) -> Any:
    """How to sort rows by probe and time. Mostly each file's rows of a probe are sorted: then those are moved whole."""
    first = np.flatnonzero(np.r_[True, (probe[1:] != probe[:-1]) | (time[1:] < time[:-1])])
    count = np.diff(np.r_[first, len(probe)])
    runs = np.lexsort([time[first], probe[first]])
    begins = np.cumsum(count[runs]) - count[runs]
    order = np.repeat(first[runs] - begins, count[runs]) + np.arange(len(probe))
    return order if _in_order(probe[order], time[order]) else np.lexsort([time, probe])


def _in_order(probe: Any, time: Any) -> bool:
    same = probe[1:] == probe[:-1]
    return bool(((probe[1:] > probe[:-1]) | (same & (time[1:] >= time[:-1]))).all())
