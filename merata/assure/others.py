"""Others' monitoring: taken in, each time of each point once, and kept as Parquet by month.

Rows of one source, point and time become one: of values that differ, the one that speaks less well of the link counts.
So files in any order, doubled or overlapping, make the same table, and a number that was told is not bettered later.
"""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from merata.assure import index, others_openwisp, others_prometheus, others_sheet, programme
from merata.assure.enough import UTC_OFFSET_H
from merata.assure.others_files import Names, Said, Wrongs
from merata.assure.others_tables import COLUMNS, OTHERS, VALUES, WORSE, schema
from merata.assure.programme_tables import POINTS
from merata.errors import FileError, InputError
from merata.region.change import sync
from merata.region.findings import Finding
from merata.region.values import fold

FORMATS = ("provider", "openwisp", "prometheus")
FOLDER = index.OTHERS
_KEY = ["source", "kind", "point", "start", "end"]
_MOST_BYTES = 500_000_000
#: What a reader stumbles over in a file that only begins as it should.
_NOT_AS_WRITTEN = (TypeError, AttributeError, LookupError, ValueError, OverflowError, csv.Error)


@dataclass
class Taken:
    """What was taken in."""

    source: str
    """Whose it is: a provider as points.csv writes it, or the office."""
    kind: str
    """Of `others_tables.KINDS`."""
    formats: dict[str, str] = field(default_factory=dict)
    """File -> what it was read as."""
    refused: dict[str, str] = field(default_factory=dict)
    """File -> why nothing of it could be read."""
    read: int = 0
    """Rows or samples that the files have."""
    new: int = 0
    """Rows that the table did not have before."""
    differing: int = 0
    """Rows of which something else was told before, or in another file: the less good one counts."""
    months: list[str] = field(default_factory=list)
    """Months of UTC that were written."""
    findings: list[Finding] = field(default_factory=list)


def take(
    measurements: Path,
    files: Sequence[Path],
    by: str,
    *,
    how: str = "",
    own: bool = False,
    metric: str = "",
    ahead_h: float = UTC_OFFSET_H,
) -> Taken:
    """Take files in; what can't be used is told, the rest is taken.

    Parameters
    ----------
    measurements
        The folder, with points.csv and perhaps names.csv.
    by
        Whose monitoring it is: a provider as points.csv calls it, or an office.
    how
        One of `FORMATS`; found out where it is empty.
    own
        Whether it is the monitoring of the office that pays.
    metric
        What a Prometheus answer is of, where its query lost the name.
    ahead_h
        Hours that times without a zone are ahead of UTC.

    Raises
    ------
    MissingError
        There is no points.csv.
    FileError
        points.csv or names.csv can't be read.
    InputError
        `by`, `how` or `metric` can't be.
    """
    points = programme.table(measurements / "points.csv", POINTS)
    by, kind = _who(by, own, points)
    taken = Taken(by, kind)
    _possible(how, metric)
    names = Names.read(measurements)
    said = []
    for path in files:
        try:
            taken.formats[path.name], found = _read(path, names, how, metric, ahead_h)
        except (FileError, OSError) as error:
            taken.refused[path.name] = str(error)
            continue
        except _NOT_AS_WRITTEN as error:
            taken.refused[path.name] = (
                f"{path.name}: is not as such a file is written ({error!s:.100}). Ask for it again."
            )
            continue
        if taken.kind == "provider":
            found = _of_its_own(path.name, found, by, points)
        taken.findings += found.findings
        taken.read += found.read
        said.append(found.rows)
    _keep(measurements, said, by, taken)
    return taken


def _who(by: str, own: bool, points: pd.DataFrame) -> tuple[str, str]:
    """Whose monitoring it is, a provider by its name in points.csv however it is written; and who that is."""
    providers = {fold(name): name for name in points["provider"] if name}
    by = providers.get(fold(by), by.strip())
    if not by:
        raise InputError("Whose monitoring is it? Say the provider, as points.csv calls it, or the office.")
    if own and by in providers.values():
        raise InputError(f"{by} is a provider in points.csv: its monitoring is not the office's own.")
    return by, "own" if own else "provider" if by in providers.values() else "other"


def _possible(how: str, metric: str) -> None:
    if how and how not in FORMATS:
        raise InputError(f"{how!r} is not a kind of monitoring. The kinds are {', '.join(FORMATS)}.")
    if metric and metric not in others_prometheus.METRICS:
        raise InputError(f"{metric!r} is not a metric that is known: {', '.join(others_prometheus.METRICS)}.")


def _read(path: Path, names: Names, how: str, metric: str, ahead_h: float) -> tuple[str, Said]:
    if path.stat().st_size > _MOST_BYTES:
        raise FileError(f"{path.name}: more than {_MOST_BYTES // 10**6} MB. Ask for fewer months at a time.")
    if path.suffix.lower() == ".json":
        return _of_json(path, names, how, metric, ahead_h)
    with path.open("rb") as file:
        head = (
            file.read(1 << 16).decode("utf-8-sig", errors="replace") if path.suffix.lower() == ".csv" else ""
        )
    if how == "prometheus":
        raise FileError(f"{path.name}: an answer of Prometheus is a .json file.")
    if how == "openwisp" or (not how and others_openwisp.is_csv(head)):
        if not others_openwisp.is_csv(head):
            raise FileError(f"{path.name}: no column `time` and none such as `uptime - Ping Success Rate`.")
        return "openwisp", others_openwisp.of_csv(path, names, ahead_h)
    return "provider", others_sheet.read(path, names, ahead_h)


def _of_json(path: Path, names: Names, how: str, metric: str, ahead_h: float) -> tuple[str, Said]:
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise FileError(f"{path.name}: is no JSON ({error!s:.100}). Ask for it again.") from error
    if how in ("", "prometheus") and others_prometheus.is_json(content):
        return "prometheus", others_prometheus.of_json(path, content, names, metric)
    if how in ("", "openwisp") and others_openwisp.is_json(content):
        return "openwisp", others_openwisp.of_json(path, content, names, ahead_h)
    raise FileError(
        f"{path.name}: neither an answer of Prometheus' query_range (`status`, `data`) nor the charts of a device in "
        "OpenWISP (`x`, `charts`)."
    )


def _of_its_own(file: str, said: Said, by: str, points: pd.DataFrame) -> Said:
    """Without rows about points of another provider: nobody speaks for another's link."""
    provider = said.rows["point"].map(points.set_index("point")["provider"])
    wrongs = Wrongs(file)
    for point, count in said.rows["point"][provider != by].value_counts(sort=False).items():
        wrongs.row(0, "point", f"is no point of {by} in points.csv: {count} rows", point)
    return Said(
        said.rows[provider == by].reset_index(drop=True), said.findings + wrongs.findings(), said.read
    )


def _keep(measurements: Path, said: list[pd.DataFrame], by: str, taken: Taken) -> None:
    rows = pd.concat(said, ignore_index=True) if said else pd.DataFrame()
    if not len(rows):
        return
    rows = rows.assign(source=by, kind=taken.kind)
    for name in ("start", "end"):
        rows[name] = (rows[name].to_numpy(float) * 1000).round().astype("int64")
    place = measurements / FOLDER
    with index.alone(place, wait_s=60):
        for month, mine in rows.groupby(
            np.array(rows["start"], "datetime64[ms]").astype("datetime64[M]").astype(str)
        ):
            path = place / f"month={month}" / "others.parquet"
            had = pq.ParquetFile(path).read().to_pandas() if path.exists() else None
            had = None if had is None else had.assign(start=_ms(had["start"]), end=_ms(had["end"]))
            made, differing = _united([f for f in (had, mine) if f is not None])
            taken.new += len(made) - (0 if had is None else len(had))
            taken.differing += differing
            taken.months.append(str(month))
            _write(path, made)


def _ms(values: pd.Series) -> pd.Series:
    found: pd.Series = values.dt.tz_localize(None).astype("datetime64[ms]").astype("int64")
    return found


def _united(frames: list[pd.DataFrame]) -> tuple[pd.DataFrame, int]:
    """One row for each source, point and time, sorted; and of how many something else was told too."""
    every = pd.concat([f[[*_KEY, *VALUES]] for f in frames], ignore_index=True)
    groups = every.groupby(_KEY, sort=True)
    made = groups.agg({name: WORSE.get(name, "min") for name in VALUES})
    least, most = groups[list(VALUES)].min(), groups[list(VALUES)].max()
    differing = int(((most - least) > 0).any(axis=1).sum())
    return made.reset_index(), differing


def _write(path: Path, rows: pd.DataFrame) -> None:
    """Replace a month's file whole: also after a power cut it is the old one or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    made = pa.table(
        [pa.array(rows[c.name], from_pandas=True).cast(c.arrow) for c in COLUMNS], schema=schema()
    )
    new = path.with_suffix(".new")
    pq.write_table(made, new, compression="zstd")
    sync(new)
    os.replace(new, path)
    for folder in (path.parent, path.parent.parent):
        sync(folder)


def files(measurements: Path) -> list[Path]:
    """The files of the table, in the order of months."""
    return sorted((measurements / FOLDER).glob("month=*/others.parquet"))


def rows(measurements: Path, begin_s: float = -np.inf, end_s: float = np.inf) -> pd.DataFrame:
    """All rows that touch a time, s since 1970, with start and end in s since 1970. See `others_tables.OTHERS`."""
    read = [pq.ParquetFile(path).read().to_pandas() for path in files(measurements)]
    made = (
        pd.concat(read, ignore_index=True) if read else pd.DataFrame(columns=[c.name for c in OTHERS.columns])
    )
    for name in ("start", "end"):
        made[name] = _ms(made[name]) / 1000 if read else made[name].astype(float)
    return made[(made["end"] > begin_s) & (made["start"] < end_s)].reset_index(drop=True)
