"""Prometheus' answer to `/api/v1/query_range`: series of samples, by labels.

Names as the blackbox and SNMP exporters give them. A query that goes through a function, as `rate(…)` or
`avg_over_time(…)`, loses the name of what it is of: whoever takes the answer in says it, and its samples then stand for
the step before them. Source: Prometheus, HTTP API.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from merata.assure.others_files import STEADY, Names, Said, Wrongs, joined, rows_of, step_s
from merata.assure.others_tables import VALUES
from merata.errors import FileError

#: Metric -> value, and what it is multiplied with.
METRICS = {
    "probe_success": ("availability", 1.0),
    "up": ("availability", 1.0),
    "probe_duration_seconds": ("latency_ms", 1000.0),
    "probe_icmp_duration_seconds": ("latency_ms", 1000.0),
    "probe_http_duration_seconds": ("latency_ms", 1000.0),
    "ifHCInOctets": ("in_mbps", 8e-6),
    "ifHCOutOctets": ("out_mbps", 8e-6),
    "ifInOctets": ("in_mbps", 8e-6),
    "ifOutOctets": ("out_mbps", 8e-6),
}
_COUNTERS = tuple(name for name in METRICS if name.endswith("Octets"))
#: Of a metric with phases, the one that is the round trip.
_PHASE = {"probe_icmp_duration_seconds": "rtt", "probe_http_duration_seconds": "connect"}


class _Series(NamedTuple):
    number: int
    point: str
    metric: str
    rated: bool
    """Whether it went through a function."""
    times: np.ndarray
    values: np.ndarray


def is_json(content: Any) -> bool:
    """Whether a JSON document is such an answer, or an error in its place."""
    return (
        isinstance(content, dict)
        and content.get("status") in ("success", "error")
        and bool({"data", "error"} & content.keys())
    )


def of_json(path: Path, content: Any, names: Names, metric: str = "") -> Said:
    """What an answer says; `metric`: of what it is, where the query lost its name.

    Raises
    ------
    FileError
        It is an error, or no matrix.
    """
    if content["status"] == "error":
        raise FileError(
            f"{path.name}: Prometheus answered with an error: {str(content.get('error'))[:200]}. Ask it again."
        )
    data = content.get("data")
    if not isinstance(data, dict) or data.get("resultType") != "matrix":
        kind = data.get("resultType") if isinstance(data, dict) else None
        raise FileError(
            f"{path.name}: resultType is {kind!r}, not 'matrix'. Ask /api/v1/query_range, with start, end and step."
        )
    wrongs = Wrongs(path.name)
    found = [
        s for n, one in enumerate(data.get("result", []), 1) if (s := _series(n, one, names, metric, wrongs))
    ]
    samples = sum(len(one.get("values", [])) for one in data.get("result", []) if isinstance(one, dict))
    rows = joined([_rows(one) for one in _single(found, wrongs)])
    return Said(_merged(rows), wrongs.findings(), samples)


def _series(number: int, one: Any, names: Names, metric: str, wrongs: Wrongs) -> _Series | None:
    labels = one.get("metric", {}) if isinstance(one, dict) else {}
    shown = ", ".join(f"{k}={v}" for k, v in sorted(labels.items()))
    name = labels.get("__name__") or metric
    if name not in METRICS:
        why = "has no name: say of what it is by --metric" if not name else "is of a metric that is not known"
        wrongs.row(number, "series", why, shown)
        return None
    if name in _PHASE and labels.get("phase", _PHASE[name]) != _PHASE[name]:
        return None  # the other phases of the same probe are no round trip
    point = names.one_of(str(v) for k, v in labels.items() if k != "__name__")
    if not point:
        wrongs.row(number, "series", "has no label, or several, that names.csv or points.csv know", shown)
        return None
    times, values = _samples(number, one.get("values", []), wrongs)
    return _Series(number, point, name, "__name__" not in labels, times, values)


def _samples(number: int, pairs: list[Any], wrongs: Wrongs) -> tuple[np.ndarray, np.ndarray]:
    made = {}
    for pair in pairs:
        try:
            when, value = float(pair[0]), float(pair[1])
        except (TypeError, ValueError, IndexError, KeyError):
            wrongs.row(number, "values", 'is no sample [seconds, "number"]', pair)
            continue
        if np.isfinite(value) and np.isfinite(when):
            made[when] = value
    times = np.array(sorted(made), float)
    return times, np.array([made[t] for t in times], float)


def _single(found: list[_Series], wrongs: Wrongs) -> list[_Series]:
    """Those whose point has no other series of the same: of several nobody knows which is the link."""
    same: dict[tuple[str, str], list[_Series]] = defaultdict(list)
    for one in found:
        same[one.point, METRICS[one.metric][0]].append(one)
    for (point, value), mine in same.items():
        for one in mine if len(mine) > 1 else ():
            wrongs.row(
                one.number, "series", f"is one of several of {value}: which is the link's is not known", point
            )
    return [mine[0] for mine in same.values() if len(mine) == 1]


def _rows(one: _Series) -> pd.DataFrame:
    name, times = METRICS[one.metric]
    step = step_s(one.times)
    if np.isnan(step):
        return rows_of([], [], [])
    start, end, values = one.times, one.times + step, one.values
    if one.rated:
        start, end = one.times - step, one.times
    elif one.metric in _COUNTERS:
        start, end, values = _rates(one, step)
    values = values * times
    fits = (values >= 0) & ((values <= 1) | (name != "availability"))
    return rows_of([one.point] * int(fits.sum()), start[fits], end[fits], **{name: values[fits]})


def _rates(one: _Series, step: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Between samples that follow each other; nothing where the counter began anew."""
    gaps, more = np.diff(one.times), np.diff(one.values)
    good = (gaps <= STEADY * step) & (more >= 0)
    return one.times[:-1][good], one.times[1:][good], more[good] / gaps[good]


def _merged(rows: pd.DataFrame) -> pd.DataFrame:
    """One row for each point and time; a failed probe's duration is how long it waited, no round trip."""
    made = rows.groupby(["point", "start", "end"], as_index=False)[list(VALUES)].first()
    made.loc[made["availability"] == 0, "latency_ms"] = np.nan
    return made
