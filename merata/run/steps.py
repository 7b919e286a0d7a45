"""The steps of a run, declared once: what each reads, what it writes, and the function that does it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from merata.region.confidence import HELD
from merata.region.tables import TABLES
from merata.run.inputs import Inputs

if TYPE_CHECKING:
    from pandas import DataFrame

# Each step imports its room when it is done: a run that takes everything over from an earlier one needs none of them.

Progress = Callable[[str, int, int], None]
"""Told what a step is at, how much is done, and of how much (0 of 0: not known)."""


@dataclass(frozen=True)
class Step:
    """One step."""

    name: str
    about: str
    reads: tuple[str, ...]
    """Inputs that its answer depends on (see `Inputs.hash_of`), beside all earlier steps' answers named in `after`."""
    after: tuple[str, ...]
    do: Callable[[Inputs, Path, Progress], str | None]
    """Given the inputs, the run's folder with the earlier steps' files, and whom to tell; writes its files there.

    Says what ended it before its time, if anything did: 'clock' or 'hand'."""
    room: str = "run"
    """The room that does it: with other code there, or in `region`, the step is done anew."""


#: What the sites that nobody gave in confidence cover; there only where some others are held.
OPEN_COVERAGE = "coverage_open.tif"


def _coverage(inputs: Inputs, folder: Path, progress: Progress) -> None:
    sites = inputs.tables["sites"]
    _covered(inputs, sites, folder / "coverage.tif", progress)
    told = sites[sites["source"] != HELD] if "source" in sites else sites
    if 0 < len(told) < len(sites):
        # Made of what is open and of nothing else: so it can tell nothing of what is not.
        _covered(inputs, told.reset_index(drop=True), folder / OPEN_COVERAGE, progress)


def _covered(inputs: Inputs, sites: DataFrame, path: Path, progress: Progress) -> None:
    from merata.radio import coverage as radio
    from merata.radio.antenna_file import read_antennas
    from merata.region.change import PRIVATE
    from merata.region.rasters import grid_of

    radio.write_coverage(
        path,
        sites,
        inputs.terrain,
        inputs.clutter,
        grid_of(inputs.tables["villages"], inputs.settings),
        inputs.settings.radio,
        lambda done, of: progress("sites", done, of),
        levels=inputs.settings.levels,
        antennas=read_antennas(inputs.antennas),
        cache=inputs.folder / PRIVATE / "cache" / "radio",
        # One wrong row must not keep a whole region from its map: the assumptions name it.
        leave_out=True,
    )


def _access(inputs: Inputs, folder: Path, progress: Progress) -> None:
    from merata.access.assess import assess
    from merata.access.files import write_access
    from merata.radio import against, chance_map, margin
    from merata.radio import coverage as radio
    from merata.radio.antenna_file import read_antennas
    from merata.region import landcover

    heard = radio.read(folder / "coverage.tif")
    cover = landcover.read(inputs.clutter)[0] if inputs.clutter else None
    tables, settings = inputs.tables, inputs.settings
    correction, notes = against.correction_of(
        heard, tables["measurements"], tables["sites"], cover, settings.radio
    )
    against.write_correction(correction, notes, folder / "correction.json")
    progress("chance", 0, 0)
    needs = settings.levels[settings.promise.people]
    net = margin.network(tables["sites"], heard.grid, settings.radio, read_antennas(inputs.antennas))
    rows = chance_map.chance_rows(heard, correction, needs, tables["sites"], cover, net)
    chance_map.write_chance(rows, heard.grid, folder / "chance.tif")
    progress("places", 0, 0)
    result = assess(
        tables,
        heard,
        settings,
        inputs.date,
        correction=correction,
        notes=notes,
        cover=cover,
        net=net,
    )
    write_access(result, folder)
    for name, places in (("settlements", result.settlements), ("facilities", result.facilities)):
        signal = radio.sample_table(heard, places.geometry)
        ids = places[["id", "village_code"]]
        ids.join(signal).to_parquet(folder / f"{name}_signal.parquet", index=False)


def _options(inputs: Inputs, folder: Path, progress: Progress) -> None:
    from merata.access.files import read_access
    from merata.plan.solve import choices, projection
    from merata.plan.supply_files import write_supply
    from merata.radio import against
    from merata.region import landcover
    from merata.run.radio import ground_of

    access, settings = read_access(folder), inputs.settings
    ground = ground_of(inputs)[0] if inputs.terrain else None
    cover = landcover.read(inputs.clutter)[0] if inputs.clutter else None
    correction, _ = against.read_correction(folder / "correction.json")
    supply = choices(
        access, inputs.tables, settings, ground, cover, correction, lambda what: progress(what, 0, 0)
    )
    write_supply(supply, projection(access, settings, ground), folder)


def _plan(inputs: Inputs, folder: Path, progress: Progress) -> str:
    from merata.access.files import read_access
    from merata.plan.files import write_plan
    from merata.plan.solve import solve
    from merata.plan.supply_files import read_supply

    could_be, crs = read_supply(folder)
    result = solve(
        read_access(folder),
        inputs.tables,
        inputs.settings,
        lambda what: progress(what, 0, 0),
        could_be,
        crs,
        inputs.promised,
    )
    write_plan(result, folder)
    return result.stopped_by


def _publish(inputs: Inputs, folder: Path, progress: Progress) -> None:
    from merata import __version__
    from merata.plan.catalogue import prices
    from merata.publish.publish import publish
    from merata.run.results import results_of

    results = results_of(
        folder,
        inputs.settings,
        name=inputs.name,
        coverage_path=folder / "coverage.tif",
        open_coverage_path=folder / OPEN_COVERAGE,
        tables=inputs.tables,
        findings=inputs.findings,
        prices=prices(inputs.tables["prices"], inputs.settings, inputs.tables["evidence"]),
        sources=[vars(source) for source in inputs.sources],
        version=__version__,
        inputs_date=inputs.date.isoformat(),
    )
    publish(folder, results, lambda what: progress(what, 0, 0))


_ALL_TABLES = tuple(f"table:{name}" for name in TABLES)

STEPS = (
    Step(
        "coverage",
        "how far the signal of the known sites reaches",
        (
            "table:sites", "raster:terrain", "raster:clutter", "settings:radio", "settings:levels", "settings:region",
            "grid", "antennas",
        ),
        (),
        _coverage,
        "radio",
    ),
    Step(
        "access",
        "who has which service level now, and how that is known",
        (
            *(f"table:{name}" for name in TABLES if name not in ("budgets", "prices", "crosswalk", "claims")),
            "settings:levels", "settings:promise", "settings:defaults", "settings:radio", "settings:region", "date",
        ),
        ("coverage",),
        _access,
        "access",
    ),
    Step(
        "options",
        "what could be built: who could be served by what, new 4G, cable and hops",
        (
            "table:sites", "table:links", "table:ways", "table:electricity", "table:measurements", "table:villages",
            "table:evidence", "raster:terrain", "raster:clutter", "grid", "settings:supply", "settings:levels",
            "settings:promise", "settings:defaults", "settings:region", "settings:radio", "settings:hop",
        ),
        ("coverage", "access"),
        _options,
        "plan",
    ),
    Step(
        "plan",
        "what to build, where, when, and from which fund",
        (
            "table:budgets", "table:prices", "table:evidence", "settings:plan", "settings:funds", "settings:prices",
            "settings:levels", "settings:promise", "settings:region", "promised",
        ),
        ("access", "options"),
        _plan,
        "plan",
    ),
    Step(
        "publish",
        "report, maps, workbook and tables",
        (*_ALL_TABLES, "table:evidence", "settings:services", "settings:region", "settings:prices", "settings:levels",
            "settings:promise", "settings:plan", "findings", "sources", "date", "name"),
        ("coverage", "access", "options", "plan"),
        _publish,
        "publish",
    ),
)  # fmt: skip
