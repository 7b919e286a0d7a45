"""`merata compare`: two plans side by side, or a plan against what is there."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from merata.cli import screen
from merata.cli.options import Folder, Json, Spoken
from merata.cli.screen import say, say_json

if TYPE_CHECKING:
    from merata.plan.words import Language
    from merata.run.engine import Run


def compare(
    folder: Folder,
    first: Annotated[str, typer.Argument(help="A run: its id or the first characters of it")],
    second: Annotated[str, typer.Argument(help="Another run")] = "latest",
    built: Annotated[
        bool,
        typer.Option("--built", help="Lay the first run's promises beside what the folder says is there now"),
    ] = False,
    year: Annotated[
        int, typer.Option(help="With --built: promises up to this year; 0: the year of the newest file")
    ] = 0,
    language: Spoken = "en",
    json: Json = False,
) -> None:
    """Lay two plans side by side: who moves and why, money, people, inequality; or a plan beside what was built."""
    from merata.run import beside, engine, questions

    a = engine.find(folder, first)
    if built:
        _built(folder, a, year, language, json)
        return
    b = engine.find(folder, second)
    result = beside.compare(a, b)
    if json:
        say_json({"first": a.id, "second": b.id, **result.as_json()})
    else:
        say(result.text(a.id, b.id, questions.names(b), language))


def _built(folder: Path, run: Run, year: int, language: Language, json: bool) -> None:
    from merata.region.folder import Region
    from merata.run import beside

    with screen.progress_bar() as bar:
        bar.tell("comparing", run.id, 0, 0)
        result, date = beside.built(Region(folder), run, year or None)
    if json:
        say_json({"run": run.id, "date": date, **result.as_json()})
    else:
        say(result.text(run.id, date, language))
