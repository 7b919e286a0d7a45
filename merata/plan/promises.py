"""What a published plan promised, kept in the region's folder so that the next plan changes as little of it as can be.

`promises.csv` is an input like any other: a plan made while it is there is a re-plan of the run that it names, and the
same folder gives the same re-plan, whether that run is still there or not.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from merata.errors import FileError
from merata.plan.files import read_rows, write_rows
from merata.plan.frames import frame
from merata.plan.options import OPTIONS
from merata.plan.result import Plan
from merata.region.store import fingerprint
from merata.region.tables import Column, Table

FILE = "promises.csv"

PROMISED = Table(
    "promises",
    "What a run promised: each place that it serves, with its first option and year",
    (
        Column("run", "text", "Run that promised it", required=True),
        Column("place", "text", "Id of the facility or settlement", required=True),
        Column("village_code", "code", "Village", required=True),
        Column("kind", "text", "Kind of facility, or 'people' for a settlement"),
        Column("option", "choice", "How it is served first", required=True, choices=tuple(OPTIONS)),
        Column("year", "int", "First year of service", required=True),
    ),
    key=("place",),
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Promised:
    """The promises of one run: rows of `PROMISED`."""

    run: str
    rows: pd.DataFrame

    @classmethod
    def by(cls, plan: Plan, run: str) -> Promised:
        """What a run's plan promises, at first service."""
        first = plan.points.sort_values(["place", "year", "option"], kind="stable").drop_duplicates("place")
        return cls(run, frame(PROMISED, first.assign(run=run)))

    @property
    def hash(self) -> str:
        """Of all that a re-plan reads of it."""
        return fingerprint(self.rows)


def promises_text(promised: Promised) -> str:
    """The content of promises.csv."""
    out = io.StringIO()
    write_rows(out, promised.rows)
    return out.getvalue()


def read_promises(folder: Path) -> Promised | None:
    """What promises.csv in a region's folder says; None where there is none.

    Raises
    ------
    FileError
        It can't be read, or names several runs.

    """
    path = folder / FILE
    if not path.exists():
        return None
    try:
        rows = read_rows(path, PROMISED)
    except (ValueError, KeyError, TypeError) as error:
        raise FileError(f"{path}: can't be read ({error}). {_MEND}") from error
    runs = rows["run"].dropna().unique().tolist()
    lacks = [c.name for c in PROMISED.columns if c.required and rows[c.name].isna().any()]
    if lacks or rows["place"].duplicated().any() or len(runs) > 1:
        wrong = (
            f"column {lacks[0]} has blanks" if lacks else "a place or run too many: one run, each place once"
        )
        raise FileError(f"{path}: {wrong}. {_MEND}")
    return Promised(str(runs[0]), rows) if runs else None


_MEND = "`merata replan FOLDER RUN` writes it anew; `merata replan FOLDER --forget` takes it away."
