"""Planning again after a plan was published: its promises become an input of the region's folder."""

from __future__ import annotations

import os

from merata.errors import MissingError
from merata.plan.files import read_plan
from merata.plan.promises import FILE, Promised, promises_text, read_promises
from merata.region.change import change
from merata.region.folder import Region
from merata.run import engine
from merata.run.engine import LATEST, Run, Tell


def hold(region: Region, name: str = "") -> Promised:
    """The promises that the region's next plans have to change as little of as can be.

    `name` is a run, which is then written into promises.csv; empty: what is there already, else the newest run.

    Raises
    ------
    MissingError
        There is no such run, or its plan promises nothing.
    """
    there = read_promises(region.path)
    if there is not None and not name:
        return there
    run = engine.find(region.path, name or LATEST)
    promised = Promised.by(read_plan(run.folder), run.id)
    if promised.rows.empty:
        raise MissingError(f"{run.id}: its plan promises nothing; `merata run {region.path}` plans anew.")
    with change(region.path) as staged:
        staged.file(FILE).write_text(promises_text(promised), encoding="utf-8")
    return promised


def let_go(region: Region) -> bool:
    """Take promises.csv away, so that the next plan is free; whether there was one."""
    with change(region.path):
        there = (region.path / FILE).exists()
        if there:
            os.remove(region.path / FILE)
    return there


def replan(region: Region, name: str = "", tell: Tell | None = None) -> Run:
    """A run that changes as few promises of an earlier one (see `hold`) as can be."""
    hold(region, name)
    return engine.run(region, tell=tell)
