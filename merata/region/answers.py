"""What people answered to questions about the files: kept in answers.csv and applied ever after.

An answer is the code of a village, or `none`; and, of a row that an office decided not to use, `out`.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path

from merata.region.change import Change

FILE = "answers.csv"
#: The answer to whether a row of a source is used, where it is not.
OUT = "out"


@dataclass(frozen=True)
class SourceRow:
    """One row of a file of the region."""

    sha256: str
    """Of the file's content: its name may be another's by the time it is taken in."""
    sheet: str
    row: int


def row_subject(one: SourceRow) -> str:
    """What the answer about a row is kept under."""
    return f"row {one.sha256[:16]} {one.row} {one.sheet}".rstrip()


def rows_out(answers: dict[str, str], sha256: str) -> set[tuple[str, int]]:
    """(sheet, row) of a file with this content: those that are not used."""
    start = f"row {sha256[:16]} "
    found = set()
    for subject, answer in answers.items():
        if answer == OUT and subject.startswith(start):
            row, _, sheet = subject.removeprefix(start).partition(" ")
            found.add((sheet, int(row)))
    return found


def load(folder: Path) -> dict[str, str]:
    """Answers by subject (see `Finding.subject`); a village's code, or `none` for a place outside of the region."""
    path = folder / FILE
    if not path.exists():
        return {}
    with path.open(encoding="utf-8-sig", newline="") as handle:
        return {row["subject"]: row["answer"] for row in csv.DictReader(handle)}


def save(staged: Change, answers: dict[str, str]) -> None:
    """Stage answers.csv."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("subject", "answer"))
    writer.writerows(sorted(answers.items()))
    staged.file(FILE).write_text(out.getvalue(), encoding="utf-8")
