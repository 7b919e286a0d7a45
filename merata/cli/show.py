"""How the commands' answers look on the screen, and as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from json import loads
from math import ceil
from shlex import quote
from typing import TYPE_CHECKING, Any

from merata.cli.screen import say, say_json, say_table
from merata.plan.stop import CLOCK, HAND

if TYPE_CHECKING:
    from merata.plan.explain import Explanation
    from merata.region.findings import Finding
    from merata.region.folder import Added, Region
    from merata.run.check import Checked
    from merata.run.engine import Run

#: Findings shown on the screen; the rest is in findings.csv.
_SHOWN = 8
#: What is said of a step that ended before its time, by what ended it.
_ENDED = {
    CLOCK: ": `plan.seconds` ran out first",
    HAND: ": stopped by hand, with the best plan so far; the next run searches again",
}
#: Lines of what a question about the radio left out; --json has them all.
_LEFT_OUT = 5


def added(result: Added, region: Region, json: bool = False) -> None:
    """What `add` did."""
    if json:
        say_json(_added_json(result))
        return
    for row in result.taken:
        say(f"✓ {row.file}: {_what(row.kind or result.readers.get(row.file, ''))}")
    for name in result.again:
        say(f"= {name}: was here before; nothing changed")
    for name, why in result.refused.items():
        say(f"✗ {why if name in why else f'{name}: {why}'}")
    if result.taken:
        say(f"Rows now: {_counts(result.rows)}")
    _findings(result.new_findings, region)


def _counts(rows: dict[str, int]) -> str:
    return " · ".join(f"{name} {count:,}" for name, count in rows.items() if count)


_READ_AS = {
    "spreadsheet": "a spreadsheet",
    "vector": "a map",
    "ofds": "fibre (Open Fibre Data Standard)",
    "osm": "OpenStreetMap",
    "opencellid": "towers (OpenCelliD)",
    "ookla": "speed tests (Ookla)",
    "landcover": "land cover",
}


def _what(reader: str) -> str:
    return _READ_AS.get(reader, reader)


def _added_json(result: Added) -> dict[str, Any]:
    return {
        "taken": [asdict(row) | {"reader": result.readers.get(row.file, "")} for row in result.taken],
        "again": result.again,
        "refused": result.refused,
        "rows": result.rows,
        "findings": [_finding_json(f) for f in result.new_findings],
    }


def _finding_json(finding: Finding) -> dict[str, Any]:
    return {"id": finding.id, **asdict(finding)}


def _findings(found: list[Finding], region: Region) -> None:
    if not found:
        return
    counts = Counter(f.severity for f in found)
    say()
    say(
        "Found: "
        + ", ".join(
            f"{counts[s]} {_severity(s, counts[s])}"
            for s in ("error", "question", "repaired", "note")
            if counts[s]
        )
    )
    urgent = [f for f in found if f.severity in ("error", "question")]
    for finding in urgent[:_SHOWN]:
        say(f"  {_where(finding)}: {finding.what} {finding.done}".rstrip())
        if finding.settle:
            say(
                f"    → {finding.settle.replace('FOLDER', quote(str(region.path))).replace(' ID ', f' {finding.id} ')}"
            )
    rest = len(found) - min(len(urgent), _SHOWN)
    if rest:
        say(f"  {'All' if not urgent else f'{rest} more'}: {region.path / 'findings.csv'}")


def _severity(severity: str, count: int) -> str:
    word, plural = {
        "error": ("error", "errors"),
        "question": ("question to settle", "questions to settle"),
        "repaired": ("repaired", "repaired"),
        "note": ("note", "notes"),
    }[severity]
    return word if count == 1 else plural


def _where(finding: Finding) -> str:
    parts = [finding.file]
    if finding.sheet:
        parts.append(f"sheet {finding.sheet}")
    if finding.row:
        parts.append(f"row {finding.row}")
    if finding.column:
        parts.append(f"column {finding.column}")
    return ", ".join(parts)


def checked(result: Checked, region: Region, json: bool = False) -> None:
    """What `check` found."""
    if json:
        say_json(asdict(result) | {"unsettled": [_finding_json(f) for f in result.unsettled]})
        return
    say(f"{region.path}: {_counts(result.rows) or 'nothing yet'}")
    if result.known_by:
        known = ", ".join(f"{count} {how}" for how, count in result.known_by.items())
        say(f"How the villages' service level is known, before the radio model: {known}.")
    _findings(result.unsettled, region)
    if result.lacks:
        say()
        say_table(
            ["Missing", "For villages", "What that costs", "What would mend it"],
            [[x.what, x.villages or "all", x.costs, x.bring] for x in result.lacks],
        )
    else:
        say("Nothing is missing.")


def questions(found: Iterable[Finding], region: Region, json: bool = False) -> None:
    """The open questions."""
    rows = list(found)
    if json:
        say_json([_finding_json(f) for f in rows])
        return
    if not rows:
        say("No open questions.")
        return
    say_table(
        ["Number", "Where", "Question", "Candidates"],
        [[f.id, _where(f), f.what, f.candidates.replace("; ", "\n")] for f in rows],
    )
    say(f"Answer one: merata settle {quote(str(region.path))} NUMBER CODE   (or none: outside of the region)")


def ran(result: Run, json: bool = False) -> None:
    """What `run` did."""
    if json:
        say_json(
            {
                "id": result.id,
                "folder": str(result.folder),
                "report": str(result.report) if result.report.exists() else None,
                "latest": result.latest,
                "steps": [asdict(s) for s in result.steps],
            }
        )
        return
    for step in result.steps:
        how = f"as in run {step.taken_from}" if step.taken_from else f"{step.seconds:.1f} s"
        say(f"✓ {step.name:<9} {how}{_ENDED.get(step.stopped_by, '')}")
    if (plan := result.folder / "plan.json").exists():
        # Upwards: never nearer than it is.
        gap = ceil(loads(plan.read_text(encoding="utf-8"))["gap"] * 1e4 - 1e-9) / 1e4
        say(f"Plan:     within {gap:.2%} of the best possible")
    if result.report.exists():
        say(f"Report:   {result.report}")
        say(f"Workbook: {result.folder / 'plan.xlsx'}")
        say(f"Map:      {result.folder / 'region.gpkg'} (opens in QGIS)")
        say(f"Tables:   {result.folder / 'villages.csv'}, {result.folder / 'plan.json'}")
    else:
        say(f"Files:    {result.folder}")
    if result.latest != result.id:
        say(
            f"runs/latest stays at run {result.latest}, which went further. "
            f"Other commands ask about run {result.id} by its name."
        )


def explained(
    explanation: Explanation, language: str = "en", earlier: dict[str, Any] | None = None, json: bool = False
) -> None:
    """Why a village gets what it gets; and, where that was asked, what would bring it earlier."""
    if json:
        say_json(asdict(explanation) | ({} if earlier is None else {"earlier": earlier}))
        return
    say(getattr(explanation, f"text_{language}"))
    for line in earlier[f"text_{language}"] if earlier else ():
        say()
        say(line)


def left_out(lines: Sequence[str], what: str) -> None:
    """Why some `what` are not in the answer: the first few reasons."""
    for line in lines[:_LEFT_OUT]:
        say(line)
    if len(lines) > _LEFT_OUT:
        say(f"… and {len(lines) - _LEFT_OUT} more {what} left out; --json lists them.")


def assumed(lines: Iterable[str]) -> None:
    """What an answer assumes."""
    for line in lines:
        say(f"Assumed: {line}")
