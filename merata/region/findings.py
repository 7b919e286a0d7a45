"""Findings: what was wrong, doubtful or guessed in the files, what was done about it, how to settle it."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from typing import Literal

from merata.region.formula import plain_text, safe_text

#: `error`: the row or file could not be used. `question`: a person must decide. `repaired`: mended, and how.
#: `note`: worth knowing.
Severity = Literal["error", "question", "repaired", "note"]
SEVERITIES: tuple[Severity, ...] = ("error", "question", "repaired", "note")


@dataclass(frozen=True)
class Finding:
    """One thing found in a source. `row` counts as the file's own program counts, from 1; 0 is the whole file."""

    severity: Severity
    file: str
    what: str
    done: str
    settle: str = ""
    sheet: str = ""
    row: int = 0
    column: str = ""
    candidates: str = ""
    """For a name that may be several villages: 'CODE Name (District); …', likeliest first."""
    subject: str = ""
    """For a question: what the answer is kept under in answers.csv (see region.answers)."""

    @property
    def id(self) -> str:
        """Six characters that name the finding, the same as long as its place and words are."""
        text = "\x1f".join((self.file, self.sheet, str(self.row), self.column, self.what, self.subject))
        return hashlib.sha256(text.encode()).hexdigest()[:6]


class FindingList(list[Finding]):
    """A list of findings of one file, with a short way to add one."""

    def __init__(self, file: str, rows: Iterable[Finding] = ()) -> None:
        super().__init__(rows)
        self.file = file

    def add(self, severity: Severity, what: str, done: str, settle: str = "", **where: object) -> None:
        """Add a finding; `where`: sheet, row, column, candidates, subject."""
        self.append(Finding(severity, self.file, what, done, settle, **where))  # type: ignore[arg-type]


def row_ranges(rows: Iterable[int]) -> str:
    """Row numbers in short: `3–7, 9`."""
    spans: list[list[int]] = []
    for row in sorted(set(rows)):
        if spans and row == spans[-1][1] + 1:
            spans[-1][1] = row
        else:
            spans.append([row, row])
    return ", ".join(f"{a}" if a == b else f"{a}–{b}" for a, b in spans)


_COLUMNS = ["id", *(field.name for field in fields(Finding))]


def to_csv(findings: Iterable[Finding]) -> str:
    """The findings as the text of findings.csv, severest first, then in order of file and row."""
    out = io.StringIO()
    writer = csv.DictWriter(out, _COLUMNS, lineterminator="\n")
    writer.writeheader()
    order = {name: rank for rank, name in enumerate(SEVERITIES)}
    for finding in sorted(
        findings, key=lambda f: (order[f.severity], f.file, f.sheet, f.row, f.column, f.what)
    ):
        row = {"id": finding.id, **asdict(finding)}
        writer.writerow({k: safe_text(v) if isinstance(v, str) else v for k, v in row.items()})
    return out.getvalue()


def from_csv(text: str) -> list[Finding]:
    """The findings of the text of a findings.csv."""
    names = {field.name for field in fields(Finding)}
    rows = []
    for row in csv.DictReader(io.StringIO(text)):
        values: dict[str, object] = {k: plain_text(v) for k, v in row.items() if k in names}
        values["row"] = int(row["row"] or 0)
        rows.append(Finding(**values))  # type: ignore[arg-type]
    return rows
