"""A run's works as procurement lots, and the workbook of them."""

from __future__ import annotations

from dataclasses import replace

from merata import __version__
from merata.access.files import read_access
from merata.plan.files import read_plan
from merata.plan.packages import Lots, packages
from merata.plan.recall import solved_again
from merata.plan.supply_files import read_supply
from merata.publish.lots import lots_workbook
from merata.publish.withheld import open_lots
from merata.publish.workbook import OfBook
from merata.region.folder import Region
from merata.run import inputs as run_inputs
from merata.run.engine import Run


def lots_of(region: Region, run: Run, estimates: bool = True) -> tuple[Lots, bytes]:
    """The lots of a run, and the content of their workbook; `estimates`: with what the office reckons with.

    Raises
    ------
    MissingError
        The run has no plan, or it can't be paid with today's money.
    """
    inputs = run_inputs.read(region)
    access, (supply, crs) = read_access(run.folder), read_supply(run.folder)
    posed, solution, _ = solved_again(read_plan(run.folder), supply, access, inputs.tables, inputs.settings)
    lots = packages(posed, solution, crs, inputs.settings.plan.price_growth)
    rows = access.villages
    names = {
        str(code): (str(name), str(district))
        for code, name, district in zip(rows["code"], rows["name"], rows["district"], strict=True)
    }
    about = OfBook(inputs.name, run.id, __version__, inputs.settings.region.made_up, inputs.date.isoformat())
    # Bidders are no office: where something held in confidence stands they ask its owner.
    told = lots if estimates else replace(lots, works=open_lots(lots.works))
    return lots, lots_workbook(told, names, about, estimates)
