"""`merata submitted`: files of an operator held against what is known, before anything is taken in."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from pathlib import Path
from shlex import quote
from typing import Annotated

import typer

from merata.cli import screen
from merata.cli.options import Folder, Json
from merata.region.kinds import DIFFERENCES, KINDS

_SHOWN = 60


def submitted(
    folder: Folder,
    files: Annotated[list[Path], typer.Argument(help="Towers, cables, prices, areas of coverage")],
    given_by: Annotated[str, typer.Option("--from", help="Operator that gave the files")],
    kind: Annotated[
        str, typer.Option("--as", help="What the files are, where their content should not decide")
    ] = "",
    date: Annotated[str, typer.Option("--date", help="Date of the information; today when left out")] = "",
    confidential: Annotated[
        bool, typer.Option("--confidential", help="They were given in confidence")
    ] = False,
    json: Json = False,
) -> None:
    """Compare an operator's files with the region, row by row. Nothing is taken in: `merata add` does that.

    Towers within 300 m are the same. What differs: operator, technologies, height; cable along known routes and new;
    prices out of the range that is reckoned with; areas claimed as covered where people are known to have nothing.
    """
    from merata.region.folder import Region
    from merata.run.submitted import compared

    if kind and kind not in KINDS:
        raise typer.BadParameter(
            f"'{kind}' is not a kind. The kinds are {', '.join(KINDS)}.", param_hint="--as"
        )
    when = date or dt.datetime.now(dt.UTC).date().isoformat()
    with screen.progress_bar() as bar:
        found = compared(
            Region(folder), files, given_by=given_by, date=when, kind=kind, confidential=confidential,
            progress=lambda what, done, of: bar.tell("reading", what, done, of),
        )  # fmt: skip
    if json:
        screen.say_json(
            {
                "rows": found.rows,
                "refused": found.added.refused,
                "differences": [asdict(one) for one in found.differences],
            }
        )
        return
    screen.say(", ".join(f"{count:,} {name}" for name, count in found.rows.items()))
    for name, why in found.added.refused.items():
        screen.say(f"Refused: {name}: {why}")
    for one in DIFFERENCES:
        if count := sum(row.kind == one for row in found.differences):
            screen.say(f"{one}: {count:,}")
    told = [
        [row.kind, row.name, str(row.row or ""), row.theirs, row.known, row.known_from, _metres(row.metres)]
        for row in found.differences[:_SHOWN]
    ]
    if told:
        screen.say_table(["What", "Name", "Row", "Theirs", "Known", "Known from", "Apart"], told)
    if (more := len(found.differences) - _SHOWN) > 0:
        screen.say(f"… and {more} more; --json has them all.")
    if not found.with_run:
        screen.say(
            "Areas of coverage were held against nothing: there is no finished run. `merata run` makes one."
        )
    held = " --confidential" if confidential else ""
    screen.say(
        f"Nothing was taken in. To take them in: merata add {quote(str(folder))} FILE… --from {quote(given_by)}{held}"
    )


def _metres(metres: float | None) -> str:
    return "" if metres is None else f"{metres:.0f} m"
