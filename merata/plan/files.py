"""A plan to and from the files of a run: plan.json, and its points, villages, works and payments as CSV."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TextIO

import pandas as pd

from merata.errors import FileError, MissingError
from merata.plan.fairness import DISTRICT_SHARES, FAIRNESS
from merata.plan.frames import frame, records
from merata.plan.result import (
    FUND_YEARS,
    PAYMENTS,
    POINTS,
    PROMISES,
    VILLAGES,
    WORKS,
    YEARS,
    Plan,
)
from merata.region.formula import plain_text, safe_text
from merata.region.tables import Table

#: Files of the step, in the run's folder.
FILES = ("plan.json", "plan.csv", "plan_villages.csv", "plan_works.csv", "plan_payments.csv")

#: Tables of the plan that are files of their own: field of Plan, file, declaration.
_CSV = (
    ("points", "plan.csv", POINTS),
    ("villages", "plan_villages.csv", VILLAGES),
    ("works", "plan_works.csv", WORKS),
    ("payments", "plan_payments.csv", PAYMENTS),
)
#: Tables that plan.json holds: field of Plan, its name there, declaration.
_JSON = (
    ("years", "years", YEARS),
    ("fund_years", "funds", FUND_YEARS),
    ("districts", "districts", DISTRICT_SHARES),
    ("fairness", "fairness", FAIRNESS),
    ("promises", "promises", PROMISES),
)


#: What plan.json does not say where an older version wrote it.
_NOT_SAID: dict[str, Any] = {"replan_of": "", "promises": [], "stopped_by": ""}


def write_plan(plan: Plan, folder: Path) -> None:
    """Write the plan's files into `folder`: the same plan, the same bytes.

    plan.json holds objective, bound, gap, stopped_early, stopped_by, years, funds, districts, fairness, replan_of,
    promises, notes and assumptions; money is whole rupiah.
    """
    content = {
        "objective": plan.objective,
        "bound": plan.bound,
        "gap": plan.gap,
        "stopped_early": plan.stopped_early,
        "stopped_by": plan.stopped_by,
        "replan_of": plan.replan_of,
        **{name: records(getattr(plan, field)) for field, name, _ in _JSON},
        "notes": plan.notes,
        "assumptions": plan.assumptions,
    }
    text = json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False)
    (folder / "plan.json").write_text(text + "\n", encoding="utf-8", newline="\n")
    for field, name, _ in _CSV:
        write_rows(folder / name, getattr(plan, field))


def write_rows(to: Path | TextIO, rows: pd.DataFrame) -> None:
    """Write a table as CSV whose text no spreadsheet takes for a formula."""
    _each_text(rows, safe_text).to_csv(to, index=False, lineterminator="\n", encoding="utf-8")


def read_plan(folder: Path) -> Plan:
    """The plan that `write_plan` wrote into `folder`.

    Raises
    ------
    MissingError
        There is none.
    FileError
        A file of it can't be read.

    """
    try:
        content = _NOT_SAID | json.loads((folder / "plan.json").read_text(encoding="utf-8"))
        return Plan(
            **{field: read_rows(folder / name, table) for field, name, table in _CSV},
            **{field: frame(table, content[name]) for field, name, table in _JSON},
            objective=float(content["objective"]),
            bound=float(content["bound"]),
            gap=float(content["gap"]),
            stopped_early=bool(content["stopped_early"]),
            assumptions=list(content["assumptions"]),
            notes=list(content["notes"]),
            replan_of=str(content["replan_of"]),
            stopped_by=str(content["stopped_by"]),
        )
    except FileNotFoundError as error:
        raise MissingError(
            f"{error.filename}: there is no plan yet. `merata run FOLDER` makes one."
        ) from None
    except (ValueError, KeyError, TypeError) as error:
        raise FileError(
            f"{folder}: its plan can't be read ({error}). `merata run FOLDER` makes it anew."
        ) from error


def read_rows(path: Path, table: Table) -> pd.DataFrame:
    """The rows that `write_rows` wrote, with the columns of `table`; raises ValueError where one is missing."""
    # An empty field is a blank; every other word stands for itself, even 'NA' or 'none'.
    rows = pd.read_csv(path, dtype="string", keep_default_na=False, na_values=[""], encoding="utf-8")
    missing = [c.name for c in table.columns if c.name not in rows]
    if missing:
        raise ValueError(f"{path.name} lacks the column {missing[0]}")
    return frame(table, _each_text(rows, plain_text))


def _each_text(table: pd.DataFrame, change: Callable[[str], str]) -> pd.DataFrame:
    """The table with its text changed; numbers and blanks stay."""
    names = [str(name) for name in table.columns if pd.api.types.is_string_dtype(table[name])]
    text: dict[str, Any] = {name: table[name].map(change, na_action="ignore") for name in names}
    return table.assign(**text)
