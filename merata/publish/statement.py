"""A provider's statement for a month or a year, gathered from the files that `merata score` wrote."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import merata
from merata.assure import availability, inputs, programme, score, under, windows
from merata.assure.looks import edges_of
from merata.errors import FileError, InputError, MissingError

NAMES = ("statements", "deductions", "deducted_tests", "outages", "january", "suspicions")


@dataclass(frozen=True)
class Scored:
    """What `merata score` wrote, read again."""

    place: Path
    measurements: Path
    about: dict[str, Any]
    """about.json."""
    frames: dict[str, pd.DataFrame]
    programme: programme.Programme


@dataclass(frozen=True)
class Statement:
    """All that a provider's statement says. Times are s since 1970, money whole rupiah."""

    provider: str
    period: str
    """2026-11 or 2026."""
    region: str
    made_up: bool
    as_of: float
    months: pd.DataFrame
    """Rows of statements.csv by point and month."""
    totals: pd.DataFrame
    """Rows of the period itself: of a month the same, of a year its own, with the yearly cap."""
    deductions: pd.DataFrame
    tests: pd.DataFrame
    outages: pd.DataFrame
    """Pieces of the points' outages, under the provider's contracts, cut at the edges of months.

    As outages.csv, with `contract`, `month` and `hours` in it.
    """
    suspended: pd.DataFrame
    """When service rested at these points, and why: `point`, `low`, `high`, `why`."""
    stood: pd.DataFrame
    """Where contracts followed each other: `point`, `contract`, `low`, `high`."""
    january: pd.DataFrame
    contracts: pd.DataFrame
    rules: pd.DataFrame
    flagged: dict[str, str]
    """Point, or the provider -> kinds of suspicion, with commas between them."""
    inputs: dict[str, str]
    version: str = merata.__version__

    @property
    def yearly(self) -> bool:
        """Whether it is of a year."""
        return len(self.period) == 4

    @property
    def file_name(self) -> str:
        """Without its ending: letters, digits and dashes."""
        return "-".join(
            ["statement", re.sub(r"[^A-Za-z0-9]+", "-", self.provider).strip("-") or "provider", self.period]
        )

    def sum_of(self, column: str) -> int:
        """Of the period, all points."""
        return int(self.totals[column].sum())


def read(measurements: Path, period: str, folders: Sequence[str] = ()) -> Scored:
    """What was scored of a period: in one of the folders of scores, by itself or with all others where left out.

    Raises
    ------
    MissingError
        Nothing was scored of it yet.
    FileError
        A file is not as it was written, or what was agreed has changed since.
    """
    for folder in folders or (period, "all"):
        place = measurements / score.FOLDER / folder
        if (place / score.ABOUT).exists() and _holds(json.loads((place / score.ABOUT).read_text()), period):
            break
    else:
        raise MissingError(
            f"{measurements / score.FOLDER}: nothing was scored of {period}. Run `merata score` on this folder first."
        )
    about = checked(place)
    if changed := inputs.changed(measurements, about.get("inputs", {})):
        raise FileError(
            f"{measurements / changed[0]}: has changed since `merata score` made {place}. Run `merata score` again."
        )
    frames = {name: _frame(place / f"{name}.csv") for name in NAMES}
    return Scored(place, measurements, about, frames, programme.read(measurements))


def _holds(about: dict[str, Any], period: str) -> bool:
    months = about["months"]
    return period in months or (len(months) > 1 and period in {m[:4] for m in months})


def checked(place: Path) -> dict[str, Any]:
    """What a folder of scores says of itself; FileError where some of its files are of another scoring."""
    about: dict[str, Any] = json.loads((place / score.ABOUT).read_text(encoding="utf-8"))
    for name, expected in about["files"].items():
        if inputs.sha256(place / f"{name}.csv") != expected:
            raise FileError(
                f"{place / (name + '.csv')}: is not as `merata score` wrote it. Run `merata score` again."
            )
    return about


_WORDS = ("provider", "contract", "point", "name", "flagged", "too_little", "period", "month", "outages", "per",
          "formula", "excused_by", "missed_most", "known_by", "kind", "text", "wide")  # fmt: skip


def _frame(path: Path) -> pd.DataFrame:
    found = pd.read_csv(path, dtype=dict.fromkeys(_WORDS, str))
    words = [c for c in _WORDS if c in found]
    found[words] = found[words].fillna("")
    for name in ("start", "end", "time"):
        if name in found:
            when = pd.to_datetime(found[name], format="ISO8601", utc=True).dt.tz_localize(None)
            found[name] = (
                when.astype("datetime64[s]").astype("int64").astype(float).where(when.notna(), np.inf)
            )
    return found


def region_of(measurements: Path) -> tuple[str, bool]:
    """Name of the region whose measurements these are, and whether it is made up; nothing where they lie alone."""
    settings = measurements.parent / "region.toml"
    if not settings.exists():
        return "", (measurements / "truth.csv").exists()
    said = tomllib.loads(settings.read_text(encoding="utf-8")).get("region", {})
    return str(said.get("name", "")), bool(said.get("made_up", False))


def providers(scored: Scored, period: str) -> list[str]:
    """Providers that have a statement for a period, in the order of their names."""
    found = scored.frames["statements"]
    return sorted(p for p in found["provider"][found["period"] == period].unique() if p)


def of_provider(scored: Scored, provider: str, period: str, region: str, made_up: bool) -> Statement:
    """The statement of a provider.

    Raises
    ------
    InputError
        It has none for that period.
    """
    frames = {
        name: frame[_mine(frame, provider)] for name, frame in scored.frames.items() if "provider" in frame
    }
    rows = frames["statements"]
    totals = rows[rows["period"] == period]
    if totals.empty:
        there = ", ".join(providers(scored, period)) or "none"
        raise InputError(f"{provider!r} has no statement for {period}. These have: {there}.")
    months = rows[(rows["period"].str.len() == 7) & rows["period"].str.startswith(period)]
    points = sorted(totals["point"].unique())
    tests = scored.frames["deducted_tests"].merge(totals[["point", "contract"]].drop_duplicates())
    deductions = frames["deductions"]
    terms = scored.programme.contracts
    terms = terms[terms["contract"].isin(totals["contract"])].sort_values("contract", kind="stable")
    rules = scored.programme.deductions
    january = frames["january"]
    return Statement(
        provider, period, region, made_up, float(scored.about["as_of_s"]),
        months.reset_index(drop=True), totals.reset_index(drop=True),
        deductions[deductions["month"].str.startswith(period)].reset_index(drop=True),
        tests[tests["month"].str.startswith(period)].reset_index(drop=True),
        _outages(scored, totals, months["period"]), _suspended(scored, points, months["period"]),
        _stood(scored, totals),
        january[january["period"] == period].reset_index(drop=True), terms.reset_index(drop=True),
        rules[rules["contract"].isin(terms["contract"])].reset_index(drop=True),
        dict(_flagged(scored.frames["suspicions"], {*points, provider})), scored.about.get("inputs", {}),
    )  # fmt: skip


def _mine(frame: pd.DataFrame, provider: str) -> pd.Series:
    return frame["provider"] == provider


def _months(periods: pd.Series) -> list[str]:
    first, last = (np.datetime64(month, "M") for month in (periods.min(), periods.max()))
    return [str(m) for m in np.arange(first, last + 1)]


def _stood(scored: Scored, totals: pd.DataFrame) -> pd.DataFrame:
    """When the contracts of these points stood there, where contracts followed each other."""
    spans = under.spans(scored.programme).merge(totals[["point", "contract"]].drop_duplicates())
    found: pd.DataFrame = spans[spans["point"].isin(scored.programme.point_contracts["point"])]
    return found[["point", "contract", "low", "high"]].reset_index(drop=True)


def _suspended(scored: Scored, points: list[str], periods: pd.Series) -> pd.DataFrame:
    """When service rested at these points in these months."""
    edges, made = edges_of(_months(periods)), windows.suspensions(scored.programme)
    hit = made["point"].isin(points) & (made["low"] < edges[-1]) & (made["high"] > edges[0])
    found: pd.DataFrame = made[hit]
    return found.reset_index(drop=True)


def _outages(scored: Scored, totals: pd.DataFrame, periods: pd.Series) -> pd.DataFrame:
    """What was amiss at these points while they were under these contracts, cut at the edges of months."""
    months = _months(periods)
    stood = under.spans(scored.programme).merge(totals[["point", "contract"]].drop_duplicates())
    found = scored.frames["outages"].merge(stood[["point", "contract", "low", "high"]], on="point")
    found = found[(found["start"] < found["high"]) & (found["end"] > found["low"])].reset_index(drop=True)
    found["start"] = found["start"].clip(lower=found["low"])
    found["end"] = found["end"].clip(upper=found["high"])
    made = availability.cut(found, np.minimum(edges_of(months), float(scored.about["as_of_s"])))
    made["hours"] = (made["end"] - made["start"]) / 3600
    made["month"] = np.array(months, object)[made["month"].to_numpy(int)]
    shown: pd.DataFrame = made.drop(columns=["low", "high"])
    return shown.sort_values(["point", "start"], kind="stable", ignore_index=True)


def _flagged(suspicions: pd.DataFrame, names: set[str]) -> Iterator[tuple[str, str]]:
    for name, rows in suspicions[suspicions["name"].isin(names)].groupby("name", sort=True):
        yield str(name), ", ".join(sorted(set(rows["kind"])))
