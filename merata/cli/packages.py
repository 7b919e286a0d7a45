"""`merata packages`: a plan's works as lots that a provider can bid on."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from merata.cli import screen, written
from merata.cli.options import Folder
from merata.cli.screen import say, say_json, say_table


def packages(
    folder: Folder,
    of: Annotated[
        str, typer.Option("--run", help="Run whose plan is let; the newest when left out")
    ] = "latest",
    out: Annotated[Path, typer.Option(help="Workbook to write, .xlsx")] = Path("lots.xlsx"),
    for_bidders: Annotated[
        bool, typer.Option("--for-bidders", help="Without what the office itself reckons with")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print the lots as JSON too, for scripts")] = False,
) -> None:
    """Make procurement lots by year, place and kind of work: a workbook that a provider fills in."""
    from merata.plan.words import money
    from merata.publish.view import records
    from merata.region.folder import Region
    from merata.run import engine, lots

    written.kind(out, ("xlsx",))
    region = Region(folder)
    run = engine.find(region.path, of)
    with screen.progress_bar() as bar:
        bar.tell("packages", run.id, 0, 0)
        made, content = lots.lots_of(region, run, estimates=not for_bidders)
    written.write(out, content)
    rows = records(made.lots)
    if json:
        say_json({"run": run.id, "file": str(out), "lots": rows})
        return
    say_table(
        ["Lot", "Districts", "Villages", "What", "Estimate", "A year"],
        [
            [
                *(row[name] for name in ("lot", "districts", "village_count", "what")),
                *(money(row[name], "en") for name in ("used_idr", "yearly_idr")),
            ]
            for row in rows
        ],
    )
    say(f"{len(rows)} lots of run {run.id}: {out}")
