"""From the folder of measurements to scores: read, reckon, and written as CSV files that are replaced whole."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import csv

from merata.assure import (
    availability,
    checked,
    index,
    inputs,
    january,
    looks,
    others,
    others_said,
    owed,
    repair,
    scorecards,
    service,
    speed,
    suspicions,
)
from merata.assure import outages as outages_module
from merata.assure import programme as agreed
from merata.assure.judged import Evidence
from merata.errors import InputError, MissingError
from merata.region.change import write_whole

FOLDER = "scores"
#: Name of a file -> what is in it.
FILES = {
    "scorecards": "a row for each point, village, provider, technology and district, by month and year",
    "outages": "all that was amiss at points, by cause, as pieces that do not overlap",
    "repairs": "the outages that count against the link, whole",
    "drivers": "the outages that took most of each scorecard's down time",
    "suspicions": "what does not look as measurements do, with how sure that is",
    "statements": "what is due, deducted and owed for each point, by month and year",
    "deductions": "every deduction, with its formula and the outages that it comes from",
    "deducted_tests": "the speed tests behind deductions",
    "january": "keep, renegotiate or replace: contracts, providers and points by year",
    "others": "what providers' own and others' monitoring says, by point and month, beside what was measured",
    "checked": "how often routers answered the centre, by point and month: beside what probes measured, or alone",
    "to_planner": "places whose link is to be replaced, as reports that a region reads",
}
ABOUT = "about.json"
"""Beside them: of which months they are, up to when they know anything, and the SHA-256 of each. Written last."""


@dataclass(frozen=True)
class Scores:
    """What measurements say of some months: plain frames, as the CSV files have them but with times in s since 1970."""

    months: list[str]
    as_of: float
    """Of later times nothing can be known, s since 1970."""
    scorecards: pd.DataFrame
    outages: pd.DataFrame
    repairs: pd.DataFrame
    drivers: pd.DataFrame
    suspicions: pd.DataFrame
    statements: pd.DataFrame
    deductions: pd.DataFrame
    deducted_tests: pd.DataFrame
    january: pd.DataFrame
    others: pd.DataFrame
    checked: pd.DataFrame
    to_planner: pd.DataFrame
    inputs: dict[str, str]
    """The files that all this was made from -> their SHA-256."""


def score(measurements: Path, month: str = "") -> Scores:
    """Scores of a local month, such as 2026-11, or of all that are there.

    Raises
    ------
    MissingError
        No measurements of then, or points.csv or probes.csv, are there.
    InputError
        `month` is none.
    FileError
        A file can't be read.
    """
    there = _months(measurements)
    if month and not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", month):
        raise InputError(f"{month!r} is no month. Write it as 2026-11.")
    if not there:
        raise MissingError(
            f"{measurements}: nothing that was measured is there yet. `merata compact` puts what came into tables."
        )
    if month and not there[0] <= month <= there[-1]:
        raise MissingError(
            f"{measurements}: nothing was measured in {month}. There is something from {there[0]} to {there[-1]}."
        )
    programme = agreed.read(measurements, probes=bool(index.load(measurements).of("heartbeats")))
    return of(measurements, programme, [month] if month else there)


def _months(measurements: Path) -> list[str]:
    """The months of what was measured; where nothing was, those of what others said."""
    if there := looks.months_there(measurements):
        return there
    told = sorted(path.parent.name.removeprefix("month=") for path in others.files(measurements))
    ends = [np.datetime64(month, "M") for month in (told[0], told[-1])] if told else []
    return [str(month) for month in np.arange(ends[0], ends[1] + 1)] if ends else []


def of(measurements: Path, programme: agreed.Programme, months: list[str]) -> Scores:
    """Scores of consecutive local months, of a programme that was read."""
    seen = looks.seen(measurements, months)
    told = others.rows(measurements, seen.edges[0], seen.edges[-1])
    if not seen.as_of:  # no probe and no check: what others said says up to when
        seen = replace(seen, as_of=float(told["end"].max()) if len(told) else seen.edges[0])
    said = others_said.by_month(told, months, seen.edges)
    programme = replace(programme, claims=others_said.claims(programme.claims, said))
    spoke = service.tenures(programme, seen.heard)
    services = service.services(programme, spoke)
    events = looks.events(measurements, months)
    pieces = outages_module.outages(seen, events, programme, spoke, services)
    sums = availability.by_month(pieces, services, seen.edges, seen.as_of)
    use = _at_points(seen.use, spoke, seen.edges, ["kb", "counted_s", "clients", "client_looks"])
    tests = speed.tests(looks.speeds(measurements, months), spoke, seen.edges)
    repairs = repair.repairs(pieces)
    repairs["month"] = np.searchsorted(seen.edges, repairs["start"], side="right") - 1
    repairs = repairs[(repairs["month"] >= 0) & (repairs["month"] < len(months))].reset_index(drop=True)
    parts = {"sums": sums, "repairs": repairs, "use": use, "busy": speed.busy(use)}
    parts["tests"] = speed.at_busy_hours(tests, parts["busy"])
    parts["latency"] = _latency_of(seen.latency, spoke, seen.edges)
    cards = scorecards.scorecards(parts, programme, months)
    monthly = availability.cut(pieces, np.minimum(seen.edges, seen.as_of))
    inside = pieces[(pieces["end"] > seen.edges[0]) & (pieces["start"] < min(seen.edges[-1], seen.as_of))]
    found = suspicions.suspicions(
        suspicions.Evidence(programme, pieces, parts["latency"], tests, sums, cards, months)
    )
    flagged = suspicions.by_point(found)
    evidence = Evidence(
        programme,
        pieces,
        services,
        parts["tests"],
        parts["latency"],
        seen.edges,
        seen.as_of,
        months,
        seen.centre,
        service.stood(programme, seen.heard),
    )
    verdicts = january.verdicts(cards, programme, flagged)
    answered = checked.by_month(measurements, programme, months, seen.edges, seen.as_of)
    return Scores(
        months, seen.as_of, cards, inside.reset_index(drop=True), repairs.drop(columns="month"),
        scorecards.drivers(monthly, programme, months), found, *owed.owed(evidence, flagged), verdicts,
        others_said.beside(said, cards), answered, january.to_planner(verdicts, programme),
        inputs.of(measurements, looks.months_around(months)),
    )  # fmt: skip


def _main(frame: pd.DataFrame, spoke: pd.DataFrame, edges: looks.Floats) -> pd.DataFrame:
    """Rows by probe and month with the point for which the probe spoke longest in that month."""
    made = frame.merge(spoke[["probe", "point", "from", "until"]], on="probe")
    month = made["month"].to_numpy().astype(int)
    spoken = np.minimum(made["until"], edges[month + 1]) - np.maximum(made["from"], edges[month])
    made = made.assign(spoken=spoken)[spoken > 0]
    longest = made.groupby(["probe", "month"])["spoken"].transform("max")
    found: pd.DataFrame = made.loc[made["spoken"] == longest]
    return found


def _at_points(
    use: pd.DataFrame, spoke: pd.DataFrame, edges: looks.Floats, columns: list[str]
) -> pd.DataFrame:
    made = _main(use, spoke, edges)
    return made.groupby(["point", "month", "hour"], as_index=False)[columns].sum()


def _latency_of(latency: pd.DataFrame, spoke: pd.DataFrame, edges: looks.Floats) -> pd.DataFrame:
    """Of a point with several probes in a month: that of the one that was heard most."""
    made = _main(latency, spoke, edges).sort_values("n", ascending=False, kind="stable")
    made = made.drop_duplicates(["point", "month"]).sort_values(["point", "month"])
    return made.drop(columns=["probe", "from", "until", "spoken"]).reset_index(drop=True)


# Files


def write(measurements: Path, scores: Scores, month: str = "") -> list[Path]:
    """Write the CSV files into `scores/`: each is the new one or the old one, whole, whatever happens meanwhile.

    Those of a month that was asked for lie in a folder of their own, those of all months in `all`.
    """
    place = measurements / FOLDER / (month or "all")
    place.mkdir(parents=True, exist_ok=True)
    with index.alone(place, wait_s=600):
        paths = {name: place / f"{name}.csv" for name in FILES}
        marks = {}
        for name, path in paths.items():
            text = csv_of(getattr(scores, name))
            write_whole(path, text)
            marks[name] = hashlib.sha256(text.encode()).hexdigest()
        told = {"months": scores.months, "as_of_s": scores.as_of, "files": marks, "inputs": scores.inputs}
        write_whole(place / ABOUT, json.dumps(told, indent=1))
        return list(paths.values())


def csv_of(frame: pd.DataFrame) -> str:
    """A frame as CSV: times in ISO 8601 (UTC, whole seconds), numbers to six places behind the point."""
    made = {str(name): _written(str(name), frame[name]) for name in frame}
    out = pa.BufferOutputStream()
    how = csv.WriteOptions(include_header=False, quoting_style="needed")
    csv.write_csv(pa.table(made), out, how)
    rows: bytes = out.getvalue().to_pybytes()
    return ",".join(made) + "\n" + rows.decode()


def _written(name: str, values: pd.Series) -> Any:
    if name in ("start", "end", "time"):
        finite = np.isfinite(values.to_numpy(float))
        when = np.where(finite, values, 0).round().astype("datetime64[s]")
        return pa.array(np.char.add(np.datetime_as_string(when), "Z"), mask=~finite)
    if values.dtype.kind == "f":
        rounded = values.to_numpy(float).round(6)
        return pa.array(rounded, mask=np.isnan(rounded))
    if values.dtype.kind in "iub":
        return pa.array(values.to_numpy())
    return pa.array(values.tolist(), from_pandas=True)
