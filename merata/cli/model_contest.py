"""The commands of model contests: open one, score what was sent in, show the board, close it."""

from __future__ import annotations

import datetime as dt
import secrets
from pathlib import Path
from typing import Annotated, Literal

import typer

from merata.cli import screen
from merata.cli.options import Folder, Json

app = typer.Typer(
    help="Model contests: predict signal or levels at places that were measured and held out.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
Name = Annotated[str, typer.Argument(help="Name of the contest: small letters, digits, dashes")]


@app.command("open")
def open_(
    folder: Folder,
    name: Name,
    until: Annotated[str, typer.Option(help="Last day on which predictions are taken, like 2027-03-31")],
    target: Annotated[
        Literal["signal", "level"],
        typer.Option(
            help="signal: received power, dBm; level: whether the level promised to people is there"
        ),
    ] = "signal",
) -> None:
    """Split the measured places of the region by squares, and write what teams may have into contests/NAME.

    From the newest run. Nothing that was given in confidence is used. Keep contests/NAME/secret out of what you hand
    on: what is held out lies there until the contest is over.
    """
    from merata.assure import model_contest, model_contest_board
    from merata.errors import MissingError
    from merata.radio import coverage_file
    from merata.region import landcover
    from merata.region.folder import Region
    from merata.run import engine

    region, until_day = Region(folder), _day(until)
    run = engine.knowing(region, "coverage")
    if run is None:
        raise MissingError(
            f"{folder}: the map of its run is older than its data. `merata run {folder}` makes it anew."
        )
    clutter, seed = region.raster("clutter.tif"), secrets.token_bytes(32)
    made = model_contest.make(
        target,
        region.planning_tables(),
        coverage_file.read(run.folder / "coverage.tif"),
        landcover.read(clutter)[0] if clutter else None,
        region.settings,
        seed,
    )
    place = model_contest_board.open_contest(region.path, name, made, seed, until_day, _today())
    screen.say(
        f"{place}: {len(made.train)} places to learn from, {len(made.ask)} held out in "
        f"{made.answers['block'].nunique()} squares; open until {until_day}. The site shows it at /lomba/."
    )


@app.command()
def send(
    folder: Folder,
    name: Name,
    file: Annotated[Path, typer.Argument(help="Predictions: CSV with the columns that contest.json names")],
    team: Annotated[str, typer.Option(help="Who sent it: an organisation, never a person")],
) -> None:
    """Score predictions that a team sent by other ways than the site."""
    from merata.assure import model_contest_board
    from merata.errors import FileError

    try:
        content = file.read_bytes()
    except OSError as error:
        raise FileError(f"{file}: can't be read ({error.strerror}).") from None
    try:
        answered = model_contest_board.submit(folder, name, team, content, _today())
    except FileError as error:
        raise FileError(f"{file}: {error}") from None
    found = answered.standing
    what = (
        "counts"
        if answered.counted
        else "is not better than the best before by more than chance, so that stays"
    )
    screen.say(f"{found.team}: it {what}. Score {found.score:g}, of {found.counted_on}.")
    screen.say(f"{answered.left_today} more today, {answered.left} in all.")


@app.command()
def board(folder: Folder, name: Name, json: Json = False) -> None:
    """Show all teams, the best first. A lower score is better; Merata's own model is among them."""
    from merata.assure import model_contest_files

    said, rows = model_contest_files.about(folder, name), model_contest_files.board(folder, name)
    if json:
        screen.say_json({"contest": said, "board": [vars(row) for row in rows]})
        return
    head = ["Team", f"{said['score']} {said['unit']}".strip(), "Sent", "Of", "More"]
    more = [", ".join(f"{key} {value:g}" for key, value in row.more.items()) for row in rows]
    screen.say_table(
        head,
        [
            [row.team, f"{row.score:g}", str(row.sent), row.counted_on, said]
            for row, said in zip(rows, more, strict=True)
        ],
    )


@app.command()
def close(folder: Folder, name: Name) -> None:
    """After the last day: publish what was held out, and the seed by which everybody can check that it was."""
    from merata.assure import model_contest_board

    screen.say(f"{model_contest_board.close(folder, name, _today())}: what was held out is open now")


def _day(text: str) -> str:
    try:
        return dt.date.fromisoformat(text).isoformat()
    except ValueError:
        raise typer.BadParameter(f"'{text}' is no day like 2027-03-31.", param_hint="--until") from None


def _today() -> str:
    from merata.publish.open_contracting import ZONE

    return dt.datetime.now(ZONE).date().isoformat()
