"""The charts of a device in OpenWISP Monitoring, as its CSV export and its API write them.

The export has a column `time` and one for each trace of each chart, such as `uptime - Ping Success Rate`, then perhaps
histograms below an empty row; the API has `x` and `charts` with `traces`, and what the device is. Times are those of
the zone that was asked for. Source: openwisp-monitoring, `MonitoringApiViewMixin` and the queries of its charts.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import numpy as np

from merata.assure.others_files import Names, Said, Wrongs, rows_of, step_s
from merata.assure.others_times import moment
from merata.errors import FileError

#: Trace -> value, and what it is multiplied with. Percent; milliseconds; thousand million bytes in a step.
TRACES = {
    "uptime": ("availability", 0.01),
    "packet_loss": ("loss", 0.01),
    "RTT_average": ("latency_ms", 1.0),
    "download": ("in_mbps", 8000.0),
    "upload": ("out_mbps", 8000.0),
}
_BY_STEP = ("in_mbps", "out_mbps")


def is_csv(head: str) -> bool:
    """Whether a text begins as the CSV export does."""
    header = next(csv.reader([head.partition("\n")[0]]), [])
    traces = {name.partition(" - ")[0] for name in header[1:] if " - " in name}
    return header[:1] == ["time"] and bool(traces & TRACES.keys())


def is_json(content: Any) -> bool:
    """Whether a JSON document is the API's answer."""
    return isinstance(content, dict) and "charts" in content and isinstance(content.get("x"), list)


def of_csv(path: Path, names: Names, ahead_h: float) -> Said:
    """What an export says; its file's name says of which device it is. Errors as of `of_json`."""
    rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
    header = rows[0]
    body = rows[1 : next((n for n, row in enumerate(rows) if not any(row)), len(rows))]
    traces = [
        (*name.partition(" - ")[::2], [row[n] if n < len(row) else "" for row in body])
        for n, name in enumerate(header)
        if n
    ]
    return _said(path.name, _device(path, {}, names), [row[0] for row in body], traces, ahead_h, first_row=2)


def of_json(path: Path, content: Any, names: Names, ahead_h: float) -> Said:
    """What an answer of the API says.

    Raises
    ------
    FileError
        It says of no device which point that is.
    """
    traces = [
        (str(trace[0]), str(chart.get("title", "")), list(trace[1]))
        for chart in content["charts"]
        if chart.get("type") != "histogram"
        for trace in chart.get("traces", [])
    ]
    return _said(path.name, _device(path, content, names), content["x"], traces, ahead_h, first_row=1)


def _device(path: Path, content: dict[str, Any], names: Names) -> str:
    general = (content.get("data") or {}).get("general") or {}
    told = [content.get(key) for key in ("name", "mac_address", "management_ip", "last_ip", "id")]
    called = [str(name) for name in (*told, general.get("hostname")) if name]
    found = names.one_of(called) or names.of(path.stem)
    if not found:
        also = f" nor {', '.join(called)}" if called else ""
        raise FileError(
            f"{path.name}: of which point is it? Neither {path.stem}{also} is in names.csv or points.csv. Name the "
            "file as the device, and write that name and the point into measurements/names.csv."
        )
    return found


def _said(
    file: str,
    point: str,
    x: list[Any],
    traces: list[tuple[str, str, list[Any]]],
    ahead_h: float,
    first_row: int,
) -> Said:
    wrongs = Wrongs(file)
    when = [moment(cell, ahead_h) for cell in x]
    for n, found in enumerate(when):
        if found is None:
            wrongs.row(n + first_row, "time", "is no time such as 2026-11-30 16:00", x[n])
    start = np.array([m.at_s if m else np.nan for m in when], float)
    step = step_s(start[~np.isnan(start)])
    if np.isnan(step):
        raise FileError(
            f"{file}: its times do not come regularly, so what they stand for is not known. Export it again."
        )
    values = _values(traces, step, wrongs, first_row)
    made = rows_of([point] * len(start), start, start + step, **values)
    made = made[~np.isnan(start) & made[list(values)].notna().any(axis=1).to_numpy()]
    return Said(made.reset_index(drop=True), wrongs.findings(), len(x))


def _values(
    traces: list[tuple[str, str, list[Any]]], step: float, wrongs: Wrongs, first_row: int
) -> dict[str, np.ndarray]:
    known = [t for t in traces if t[0] in TRACES]
    found: dict[str, np.ndarray] = {}
    for trace, title, cells in known:
        name, times = TRACES[trace]
        several = sum(t[0] == trace for t in known) > 1
        if several and name in _BY_STEP:
            wrongs.row(
                0,
                f"{trace} - {title}",
                "is one of several interfaces: which leads out is not known",
                done="not read",
            )
            continue
        scale = times / step if name in _BY_STEP else times
        found[name] = _numbers(cells, f"{trace} - {title}", wrongs, first_row) * scale
    return found


def _numbers(cells: list[Any], column: str, wrongs: Wrongs, first_row: int) -> np.ndarray:
    """Numbers; NaN for what is empty, and for what is none or below 0 or more than all, with a finding."""
    most = 100 if column.startswith(("uptime", "packet_loss")) else np.inf
    made = np.full(len(cells), np.nan)
    for n, cell in enumerate(cells):
        if cell in (None, ""):
            continue
        try:
            number = float(cell)
        except (TypeError, ValueError):
            number = np.nan
        if 0 <= number <= most:
            made[n] = number
        else:
            wrongs.row(n + first_row, column, f"is no number from 0 to {most:g}", cell)
    return made
