"""`merata doctor`: what is missing on a machine and in a region's folder, each with the one thing to do."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated

import typer

from merata.cli import screen
from merata.cli.options import Json
from merata.machine import checkup, extras, variables
from merata.machine.found import Found, is_trouble, ok, trouble

_MARKS = {"ok": "✓", "optional": "·", "trouble": "✗"}


def doctor(
    folder: Annotated[
        Path | None, typer.Argument(help="The region's folder; the machine alone when left out")
    ] = None,
    environment: Annotated[
        Path | None,
        typer.Option("--environment", help="File with the site's variables, as /etc/merata/site.env"),
    ] = None,
    json: Json = False,
) -> None:
    """Say what is missing on this machine, and the one thing to do about each. Nothing is changed.

    Exit code 0: nothing has to be mended; 1: something has.
    """
    found = list(_looked(folder, environment))
    if json:
        screen.say_json([one.facts() for one in found])
    else:
        _show(found)
    raise typer.Exit(is_trouble(found))


def _looked(folder: Path | None, file: Path | None) -> Iterator[Found]:
    if file is not None:
        yield from _variables(file)
    variables_now: Mapping[str, str] = os.environ
    yield from checkup.machine(variables_now)
    if folder is None:
        return
    yield from checkup.folder(folder, variables_now)
    if (folder / "region.toml").is_file() and not extras.missing("web"):
        from merata.web.operate.checkup import site

        yield from site(folder, variables_now)


def _variables(file: Path) -> Iterator[Found]:
    """Take over the variables of a file, as the site will have them."""
    os.environ |= variables.read(file)
    if file.stat().st_mode & 0o077:
        yield trouble("variables", f"{file}: others may read it", f"chmod 600 {file}")
    else:
        yield ok("variables", f"{file}: its owner's only")


def _show(found: list[Found]) -> None:
    width = max(len(one.name) for one in found)
    for one in found:
        screen.say(f"{_MARKS[one.state]} {one.name:{width}}  {one.told}")
        if one.do:
            screen.say(f"  {'':{width}}  → {one.do}")
    to_mend = sum(one.state == "trouble" for one in found)
    screen.say(f"\n{to_mend or 'Nothing'} to mend.")
