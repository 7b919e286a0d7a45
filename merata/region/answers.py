"""What people answered to questions about the files: kept in answers.csv and applied ever after."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from merata.region.change import Change

FILE = "answers.csv"


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
