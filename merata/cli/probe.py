"""`merata probe`: the little program for village links."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from merata.cli import screen

app = typer.Typer(
    help="The probe: the little program that measures a village's link.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.callback()
def _every_command() -> None:
    """Keep `merata probe build` a command of its own, however few there are beside it."""


@app.command()
def build(
    file: Annotated[Path, typer.Argument(help="File to write, such as merata-probe.pyz")],
    centre: Annotated[
        str, typer.Option(help="Address of the centre, https://…, so that a code is enough to enrol")
    ] = "",
) -> None:
    """Make the probe's one file, for Python 3.8 and newer on any machine. The same release gives the same bytes."""
    from merata.probe import RELEASE
    from merata.probe.build import build as made

    size = made(file, centre)
    screen.say(f"{file}: release {RELEASE} of the probe, {size / 1000:.0f} kB")
