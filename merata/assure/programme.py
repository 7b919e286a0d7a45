"""What was agreed, from the CSV files beside the measurements: points, probes, contracts, planned work, claims."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from merata.errors import FileError, MissingError
from merata.region.tables import Column, Table

_POINT = Column("point", "text", "Code of the service point", required=True)
_ANY_POINT = Column("point", "text", "Code of the service point; empty: all that the other columns say")
_PROVIDER = Column("provider", "text", "The provider")
_DISTRICT = Column("district", "text", "The district")
_UNTIL = Column("until", "time", "Until then, not including it; empty: to this day")
_BEGAN = Column("from", "time", "When it begins", "UTC", required=True)
_ENDED = Column("until", "time", "When it ends", "UTC", required=True)

POINTS = Table(
    "points",
    "The service points of the programme",
    (
        _POINT,
        Column("village", "text", "Code of its village"),
        Column("place", "text", "Whose place it is"),
        Column("kind", "text", "Kind of place"),
        _PROVIDER,
        Column("option", "text", "How it is served: the technology"),
        _DISTRICT,
        Column("from", "time", "In service from; empty: from the first word of its probe"),
        _UNTIL,
        Column("contract", "text", "The contract it is under"),
    ),
    key=("point",),
)
PROBES = Table(
    "probes",
    "Which probe stood at which point; where two did at once, the later one counts",
    (
        Column("probe", "int", "Number of the probe", required=True, minimum=0),
        _POINT,
        Column("from", "time", "From then; empty: from its first word"),
        _UNTIL,
    ),
    key=("probe", "from"),
)
CONTRACTS = Table(
    "contracts",
    "What providers promised",
    (
        Column("contract", "text", "Number of the contract", required=True),
        _PROVIDER,
        Column("availability", "float", "Share of the time", minimum=0, maximum=1),
        Column("down_mbps", "float", "Download at the busy hour", "Mbit/s", minimum=0),
        Column("up_mbps", "float", "Upload at the busy hour", "Mbit/s", minimum=0),
        Column("latency_ms", "float", "Round trip to the centre", "ms", minimum=0),
        Column("repair_hours", "float", "An outage of the link is over within", "h", minimum=0),
        Column("notice_hours", "float", "Planned work is told so long before; empty: 72", "h", minimum=0),
        Column(
            "power_by",
            "choice",
            "Who answers for the power; empty: the village",
            choices=("village", "provider"),
        ),
    ),
    key=("contract",),
)
MAINTENANCE = Table(
    "maintenance",
    "Planned work",
    (_ANY_POINT, _PROVIDER, _BEGAN, _ENDED, Column("noticed", "time", "When it was told; empty: it was not")),
)
MAJEURE = Table(
    "majeure",
    "What nobody answers for, as it was agreed afterwards",
    (_ANY_POINT, _PROVIDER, _DISTRICT, _BEGAN, _ENDED, Column("why", "text", "What it was")),
)
CLAIMS = Table(
    "claims",
    "What providers say themselves of their points",
    (
        _POINT,
        Column("month", "text", "Such as 2026-11", required=True),
        Column("availability", "float", "Share of the time", minimum=0, maximum=1),
        Column("down_mbps", "float", "Download", "Mbit/s", minimum=0),
    ),
    key=("point", "month"),
)
FILES = {table.name: table for table in (POINTS, PROBES, CONTRACTS, MAINTENANCE, MAJEURE, CLAIMS)}
_NEEDED = ("points", "probes")
NOTICE_HOURS = 72.0


@dataclass(frozen=True)
class Programme:
    """The files, read: a frame each with the declared columns. Times are seconds since 1970; open ends are infinite."""

    points: pd.DataFrame
    probes: pd.DataFrame
    contracts: pd.DataFrame
    maintenance: pd.DataFrame
    majeure: pd.DataFrame
    claims: pd.DataFrame

    def promised(self) -> pd.DataFrame:
        """Each point (index) with what its contract promises; NaN where nothing is."""
        terms = self.contracts.set_index("contract").drop(columns="provider")
        found = self.points.set_index("point")[["contract"]].join(terms, on="contract")
        found["notice_hours"] = found["notice_hours"].fillna(NOTICE_HOURS)
        found["power_by"] = found["power_by"].fillna("").replace("", "village")
        return found


def read(measurements: Path) -> Programme:
    """The programme of a folder `measurements`.

    Raises
    ------
    MissingError
        points.csv or probes.csv is not there.
    FileError
        A file can't be read, or says something that can't be: with row and column.
    """
    found = {name: _table(measurements / f"{name}.csv", table) for name, table in FILES.items()}
    programme = Programme(**found)
    _known(measurements, "probes", programme.probes["point"], programme.points["point"])
    contracts = programme.points["contract"].mask(programme.points["contract"] == "")
    _known(measurements, "points", contracts, programme.contracts["contract"])
    return programme


def _table(path: Path, table: Table) -> pd.DataFrame:
    names = [c.name for c in table.columns]
    try:
        rows = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except FileNotFoundError:
        if table.name in _NEEDED:
            raise MissingError(
                f"{path}: is not there. It says {table.about[:1].lower()}{table.about[1:]}; its columns are "
                f"{', '.join(names)}."
            ) from None
        rows = pd.DataFrame(columns=names, dtype=str)
    except (ValueError, UnicodeDecodeError) as error:
        raise FileError(f"{path}: is no CSV file in UTF-8 ({error!s:.100}).") from error
    lacking = [c.name for c in table.columns if c.required and c.name not in rows]
    if lacking:
        raise FileError(f"{path}: column {lacking[0]} is missing. Its columns are {', '.join(names)}.")
    made = pd.DataFrame(
        {c.name: _column(path, c, rows.get(c.name, pd.Series("", rows.index))) for c in table.columns}
    )
    twice = made.duplicated(list(table.key)) if table.key else pd.Series(False, made.index)
    if twice.any():
        row = int(np.flatnonzero(twice)[0])
        raise FileError(
            f"{path}, row {row + 2}: {' and '.join(table.key)} stand in an earlier row too. Leave one."
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
    return number.astype("int64") if column.kind == "int" else number


def _refuse(path: Path, column: Column, wrong: Any, text: pd.Series, why: str) -> None:
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        raise FileError(f"{path}, row {row + 2}, column {column.name}: {text.iloc[row]!r:.60} {why}.")


def _in_order(path: Path, made: pd.DataFrame) -> None:
    if {"from", "until"} <= set(made) and (wrong := made["until"] <= made["from"]).any():
        raise FileError(
            f"{path}, row {int(np.flatnonzero(wrong)[0]) + 2}, column until: is not later than `from`."
        )


def _known(measurements: Path, name: str, values: pd.Series, among: pd.Series) -> None:
    wrong = values.notna() & ~values.isin(among)
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        other = "points" if name == "probes" else "contracts"
        raise FileError(
            f"{measurements / (name + '.csv')}, row {row + 2}: {values.iloc[row]!r:.60} is not in {other}.csv. "
            "Add it there."
        )
