"""Runs a command in this process, changes settings, makes a small worked example: for the tests of the command line."""

import io
import os
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

import tomlkit

from merata.cli.main import main
from merata.example.make import DATE, make
from merata.region.folder import Region


class Ended(NamedTuple):
    """How a command ended."""

    stdout: str
    stderr: str


def merata(*arguments: object, code: int = 0) -> Ended:
    """Run a command as the shell would, in this process to save its start; fail when it ends otherwise than `code`."""
    out, err, ended = io.StringIO(), io.StringIO(), 0
    with (
        redirect_stdout(out),
        redirect_stderr(err),
        patch.object(sys, "argv", ["merata", *map(str, arguments)]),
        patch.dict(os.environ, {"COLUMNS": "200"}),
    ):
        try:
            main()
        except SystemExit as stop:
            ended = int(stop.code or 0)
    assert ended == code, f"{arguments}\n{out.getvalue()}\n{err.getvalue()}"
    return Ended(out.getvalue(), err.getvalue())


#: How near a plan has to be in tests that look at something else: coming nearer takes most of the time.
NEAR_ENOUGH = 0.3


def change_settings(region: Path, section: str, **values: object) -> None:
    """Set values in a section of region.toml as an editor would."""
    path = region / "region.toml"
    document = tomlkit.parse(path.read_text())
    document.setdefault(section, tomlkit.table()).update(values)
    path.write_text(tomlkit.dumps(document))


def example(folder: Path, *, seed: int = 1, regency: int = 1) -> None:
    """What `merata demo --villages 20` makes, with a plan that is soon near enough."""
    made = make(folder / "files", villages=20, seed=seed, regency=regency)
    region = Region.start(folder / "region", made.region_toml)
    change_settings(folder / "region", "plan", gap=NEAR_ENOUGH)
    region.add(made.files, date=DATE, given_by="made-up office")
    merata("run", folder / "region")
