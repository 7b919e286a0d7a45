"""`merata compare`: two plans side by side, or a plan against what is there."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from merata.cli import screen
from merata.cli.screen import say, say_json


def compare(
    folder: Annotated[Path, typer.Argument(help="The region's folder")],
    first: Annotated[str, typer.Argument(help="A run: its id or the first characters of it")],
    second: Annotated[str, typer.Argument(help="Another run")] = "latest",
    built: Annotated[
        bool,
        typer.Option("--built", help="Lay the first run's promises beside what the folder says is there now"),
    ] = False,
    year: Annotated[
        int, typer.Option(help="With --built: promises up to this year; 0: the year of the newest file")
    ] = 0,
    language: Annotated[str, typer.Option(help="Language of the answer: en or id")] = "en",
    json: Annotated[bool, typer.Option("--json", help="Print the answer as JSON, for scripts")] = False,
) -> None:
    """Lay two plans side by side: who moves and why, money, people, inequality; or a plan beside what was built."""
    from merata.run import beside, engine, questions

    spoken = screen.language(language)
    a = engine.find(folder, first)
    if built:
        _built(folder, a, year, spoken, json)
        return
    b = engine.find(folder, second)
    result = beside.compare(a, b)
    if json:
        say_json({"first": a.id, "second": b.id, **result.as_json()})
    else:
        say(result.text(a.id, b.id, questions.names(b), spoken))


def _built(folder: Path, run: Any, year: int, language: Any, json: bool) -> None:
    from merata.region.folder import Region
    from merata.run import beside

    with screen.progress_bar() as bar:
        bar.tell("comparing", run.id, 0, 0)
        result, date = beside.built(Region(folder), run, year or None)
    if json:
        say_json({"run": run.id, "date": date, **result.as_json()})
    else:
        say(result.text(run.id, date, language))
