"""`merata replan`: what it did, on the screen and as JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from merata.cli import screen
from merata.cli.options import Folder, Json, Spoken
from merata.cli.screen import say, say_json

if TYPE_CHECKING:
    from merata.plan.words import Language
    from merata.run.engine import Run


def replan(
    folder: Folder,
    of: Annotated[
        str,
        typer.Argument(
            metavar="RUN",
            help="Run whose promises count; left out: the one that they were last kept of, else the newest",
        ),
    ] = "",
    forget: Annotated[
        bool, typer.Option("--forget", help="Keep no promises any more: plans are free again")
    ] = False,
    language: Spoken = "en",
    json: Json = False,
) -> None:
    """Plan again with as few changed promises as can be; say which are not kept, why, and what it would cost to."""
    from merata.region.folder import Region
    from merata.run import again

    region = Region(folder)
    if forget:
        gone = again.let_go(region)
        say("Promises are no longer kept: the next run plans freely." if gone else "No promises were kept.")
        return
    with screen.progress_bar() as bar:
        run = again.replan(region, of, bar.tell)
    _told(run, language, json)


def _told(run: Run, language: Language, json: bool) -> None:
    from merata.cli import show
    from merata.plan.files import read_plan
    from merata.plan.promise_told import broken, counts
    from merata.publish.view import records

    plan = read_plan(run.folder)
    rows = broken(plan.promises)
    if json:
        say_json({
            "id": run.id, "folder": str(run.folder), "replan_of": plan.replan_of, "counts": counts(plan.promises),
            "promises": records(plan.promises), "steps": [asdict(step) for step in run.steps],
        })  # fmt: skip
        return
    show.ran(run)
    said = ", ".join(f"{number} {state}" for state, number in counts(plan.promises).items())
    say(f"Re-plan of run {plan.replan_of}: of {len(plan.promises)} promises {said}.")
    for text in rows[f"reason_{language}"]:
        say(f"  {text}")
