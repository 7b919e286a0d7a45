"""What was agreed, from the CSV files beside the measurements: points, probes, contracts and their terms, claims."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from merata.assure import terms
from merata.assure.programme_tables import FILES
from merata.errors import FileError, MissingError
from merata.region.tables import Column, Table

_NEEDED = ("points", "probes")
NOTICE_HOURS = 72.0


@dataclass(frozen=True)
class Programme:
    """The files, read: a frame each with the declared columns. Times are seconds since 1970; open ends are infinite."""

    points: pd.DataFrame
    probes: pd.DataFrame
    contracts: pd.DataFrame
    point_contracts: pd.DataFrame
    deductions: pd.DataFrame
    prices: pd.DataFrame
    maintenance: pd.DataFrame
    majeure: pd.DataFrame
    suspended: pd.DataFrame
    decided: pd.DataFrame
    claims: pd.DataFrame

    def promised(self) -> pd.DataFrame:
        """Each point (index) with what its present contract promises; NaN where nothing is."""
        found = self.points.set_index("point")[["contract"]].join(self.promises(), on="contract")
        return self.with_defaults(found)

    def promises(self) -> pd.DataFrame:
        """Each contract (index) with what it promises, as it is written."""
        return self.contracts.set_index("contract").drop(columns=["provider", "monthly_idr", "from", "until"])

    def with_defaults(self, promises: pd.DataFrame) -> pd.DataFrame:
        """Promises with what holds where a contract does not say it, or there is none."""
        return promises.assign(
            notice_hours=promises["notice_hours"].fillna(NOTICE_HOURS),
            power_by=promises["power_by"].fillna("").replace("", "village"),
        )

    def fees(self) -> pd.Series:
        """Fee a month of each point (index), whole rupiah: its own or its contract's; NaN where none is said."""
        theirs = self.contracts.set_index("contract")["monthly_idr"]
        points = self.points.set_index("point")
        return points["monthly_idr"].fillna(points["contract"].map(theirs))


def read(measurements: Path, *, probes: bool = True) -> Programme:
    """The programme of a folder `measurements`; `probes`: whether it has any, so that probes.csv must be there.

    Raises
    ------
    MissingError
        points.csv or probes.csv is not there.
    FileError
        A file can't be read, or says something that can't be: with row and column.
    """
    needed = {name for name in _NEEDED if probes or name != "probes"}
    found = {
        name: table(measurements / f"{name}.csv", declared, needed=name in needed)
        for name, declared in FILES.items()
    }
    programme = Programme(**found)
    _known(measurements, "probes", programme.probes["point"], programme.points["point"])
    contracts = programme.points["contract"].mask(programme.points["contract"] == "")
    _known(measurements, "points", contracts, programme.contracts["contract"])
    _known(measurements, "point_contracts", programme.point_contracts["point"], programme.points["point"])
    told = programme.point_contracts
    _known(measurements, "point_contracts", told["contract"], programme.contracts["contract"])
    _apart(measurements / "point_contracts.csv", told)
    _known(measurements, "deductions", programme.deductions["contract"], programme.contracts["contract"])
    for name, wrong, why in terms.faults(programme.deductions):
        column = next(c for c in FILES["deductions"].columns if c.name == name)
        said = programme.deductions[name].astype(str)
        _refuse(measurements / "deductions.csv", column, wrong, said, terms.FAULTS[why])
    return programme


def table(path: Path, declared: Table, *, needed: bool | None = None) -> pd.DataFrame:
    """One of the files, with the declared columns; empty where it is not there and not needed. Errors as of `read`."""
    if needed is None:
        needed = declared.name in _NEEDED
    names = [c.name for c in declared.columns]
    try:
        rows = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except FileNotFoundError:
        if needed:
            raise MissingError(
                f"{path}: is not there. It says {declared.about[:1].lower()}{declared.about[1:]}; its columns are "
                f"{', '.join(names)}."
            ) from None
        rows = pd.DataFrame(columns=names, dtype=str)
    except (ValueError, UnicodeDecodeError) as error:
        raise FileError(f"{path}: is no CSV file in UTF-8 ({error!s:.100}).") from error
    lacking = [c.name for c in declared.columns if c.required and c.name not in rows]
    if lacking:
        raise FileError(f"{path}: column {lacking[0]} is missing. Its columns are {', '.join(names)}.")
    made = pd.DataFrame(
        {c.name: _column(path, c, rows.get(c.name, pd.Series("", rows.index))) for c in declared.columns}
    )
    twice = made.duplicated(list(declared.key)) if declared.key else pd.Series(False, made.index)
    if twice.any():
        row = int(np.flatnonzero(twice)[0])
        raise FileError(
            f"{path}, row {row + 2}: {' and '.join(declared.key)} stand in an earlier row too. Leave one."
        )
    _in_order(path, made)
    return made


def _column(path: Path, column: Column, text: pd.Series) -> Any:
    text = text.str.strip()
    if column.required and (text == "").any():
        _refuse(path, column, text == "", text, "must be given")
    if column.kind == "text":
        return text
    if column.kind == "choice":
        _refuse(
            path, column, ~text.isin(["", *column.choices]), text, f"is none of {', '.join(column.choices)}"
        )
        return text
    if column.kind == "time":
        when = pd.to_datetime(text.mask(text == ""), format="ISO8601", utc=True, errors="coerce")
        _refuse(path, column, when.isna() & (text != ""), text, "is no time like 2026-11-30T16:00Z")
        seconds = when.dt.tz_localize(None).astype("datetime64[ms]").astype("int64") / 1000
        return seconds.where(when.notna(), {"until": np.inf, "noticed": np.inf}.get(column.name, -np.inf))
    number = pd.to_numeric(text.mask(text == ""), errors="coerce").astype(float)
    low = -np.inf if column.minimum is None else column.minimum
    high = np.inf if column.maximum is None else column.maximum
    wrong = (text != "") & ~number.between(low, high)
    _refuse(path, column, wrong, text, f"is no number from {low:g} to {high:g}")
    if column.kind == "idr":
        _refuse(path, column, number % 1 > 0, text, "is no whole number of rupiah")
    if column.kind == "int":
        _refuse(path, column, number % 1 > 0, text, "is no whole number")
    return number.astype("int64") if column.kind == "int" and number.notna().all() else number


def _refuse(path: Path, column: Column, wrong: Any, text: pd.Series, why: str) -> None:
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        raise FileError(f"{path}, row {row + 2}, column {column.name}: {text.iloc[row]!r:.60} {why}.")


def _in_order(path: Path, made: pd.DataFrame) -> None:
    if {"from", "until"} <= set(made) and (wrong := made["until"] <= made["from"]).any():
        raise FileError(
            f"{path}, row {int(np.flatnonzero(wrong)[0]) + 2}, column until: is not later than `from`."
        )


def _apart(path: Path, told: pd.DataFrame) -> None:
    """Two contracts do not stand at a point at once."""
    ordered = told.sort_values(["point", "from"], kind="stable")
    same = ordered["point"] == ordered["point"].shift()
    if (wrong := same & (ordered["from"] < ordered["until"].shift())).any():
        row = int(wrong.index[wrong][0])
        raise FileError(
            f"{path}, row {row + 2}, column from: another contract stands at the point then still."
        )


def _known(measurements: Path, name: str, values: pd.Series, among: pd.Series) -> None:
    wrong = values.notna() & ~values.isin(among)
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        other = "points" if values.name == "point" else "contracts"
        raise FileError(
            f"{measurements / (name + '.csv')}, row {row + 2}: {values.iloc[row]!r:.60} is not in {other}.csv. "
            "Add it there."
        )
