"""`merata standards`: contracts, projects and the network in open standards, as files."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from merata.cli import screen
from merata.cli.options import Folder, Json

if TYPE_CHECKING:
    from merata.publish.open_contracting import Agreed, Publishing
    from merata.region.folder import Region


def standards(
    folder: Folder,
    out: Annotated[Path, typer.Option(help="Folder for the files that are made")] = Path("standards"),
    day: Annotated[str, typer.Option(help="Day for which they are true, like 2026-11-30; empty: today")] = "",
    json: Json = False,
) -> None:
    """Write contracts (OCDS), the plan as projects (OC4IDS) and the network, planned and standing (OFDS).

    Contracts come from measurements/contracts.csv and points.csv, the others from the newest run; what is not there is
    left out. Payments, and how far each village is, only the site knows: it has the same files among its open data.
    """
    from merata.errors import MissingError
    from merata.publish.open_contracting import told

    made = _packages(folder, _day(day))
    if not made:
        raise MissingError(
            f"{folder}: has neither measurements/contracts.csv with a contract in it nor a finished run. "
            f"`merata run {folder}` makes one."
        )
    out.mkdir(parents=True, exist_ok=True)
    paths = {name: out / f"{name}.json" for name in made}
    for name, path in paths.items():
        path.write_text(told(made[name]), encoding="utf-8")
    if json:
        screen.say_json({name: str(path) for name, path in paths.items()})
        return
    for path in paths.values():
        screen.say(str(path))


def _day(text: str) -> dt.date:
    from merata.publish.open_contracting import ZONE

    try:
        return dt.date.fromisoformat(text) if text else dt.datetime.now(ZONE).date()
    except ValueError:
        raise typer.BadParameter(f"'{text}' is no day like 2026-11-30.", param_hint="--day") from None


def _packages(folder: Path, day: dt.date) -> dict[str, Any]:
    from merata.publish import ocds
    from merata.publish.open_contracting import ZONE, Publishing
    from merata.region.folder import Region

    region = Region(folder)
    codes = region.tables()["villages"]["code"]
    published = dt.datetime.combine(day, dt.time(), ZONE)
    publishing = Publishing.of(region.settings, str(codes.min())[:5] if len(codes) else "", published)
    contracts = _contracts(region.path / "measurements", day, published)
    made = {
        "ocds": ocds.package(contracts, publishing, day),
        **_of_run(region, contracts, publishing, day),
    }
    return {name: package for name, package in made.items() if package}


def _contracts(measurements: Path, day: dt.date, published: dt.datetime) -> list[Agreed]:
    from merata.assure import programme
    from merata.publish import standard_rows

    if not (measurements / "contracts.csv").exists():
        return []
    return standard_rows.agreed(programme.read(measurements), day, published)


def _of_run(region: Region, contracts: list[Agreed], publishing: Publishing, day: dt.date) -> dict[str, Any]:
    from merata.access.files import read_access
    from merata.plan.files import read_plan
    from merata.publish import oc4ids, ofds, ofds_existing, standard_rows
    from merata.publish.withheld import open_tables

    run = region.path / "runs" / "latest"
    if not (run / "plan.json").exists():
        return {}
    access, plan = read_access(run), read_plan(run)
    known = {contract.number: contract for contract in contracts}
    there = ofds_existing.existing(open_tables(region.planning_tables()), publishing)
    network = ofds.package(standard_rows.works(plan), contracts, publishing, there)
    return {
        "oc4ids": oc4ids.package(standard_rows.villages(access, plan), known, publishing, day),
        "ofds": network if network["networks"] else None,
    }
