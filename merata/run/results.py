"""What a run found, joined from its files: what is published of it, as files and in the site."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from merata.publish.tables import Results
    from merata.region.settings import Settings


def results_in(folder: Path, note: Mapping[str, Any], **known: Any) -> Results:
    """The results of a run by its own note, run.json: with the settings, sources and day that it was made with."""
    import pandas as pd

    from merata.region.settings import Settings

    settings = Settings.model_validate(note["settings"])
    return results_of(
        folder,
        settings,
        name=settings.region.name,
        prices=pd.DataFrame(),
        sources=note["sources"],
        inputs_date=note["inputs_date"],
        **known,
    )


def results_of(folder: Path, settings: Settings, **known: Any) -> Results:
    """The results of a run whose access and plan are there, without what was given in confidence.

    All that is published comes from here: files, pages, open data, programs.

    Parameters
    ----------
    folder
        The run's folder.
    settings
        Those that it was made with.
    known
        Fields of Results that its files do not hold: name, prices, sources, inputs_date … `sources` must be among
        them: they say what was given in confidence (`merata.publish.withheld`).

    """
    from merata.access.after import after
    from merata.access.files import read_access
    from merata.access.gap import gap_by
    from merata.access.inequality import inequality
    from merata.access.services import usable
    from merata.plan.files import read_plan
    from merata.publish import withheld
    from merata.publish.tables import Results
    from merata.region import confidence

    sources = known["sources"]
    held = sum(bool(source.get("confidential")) for source in sources)
    now, plan = withheld.open_access(read_access(folder), held), withheld.open_plan(read_plan(folder))
    opened = {
        **known,
        "sources": confidence.open_sources(sources),
        "prices": withheld.open_prices(known["prices"]),
        "tables": withheld.open_tables(known.get("tables", {})),
        "findings": confidence.open_findings(known.get("findings", ()), sources),
        # A picture of how strong each tower is shows where it stands.
        "coverage_path": None if held else known.get("coverage_path"),
    }
    then = after(now, plan.points)
    return Results(
        settings=settings,
        access=now,
        access_then=then,
        plan=plan,
        gap={by: gap_by(now, by) for by in ("village", "district", "sector")},
        services=usable(now, settings, then),
        inequality=inequality(now, then),
        run_id=folder.name,
        made_up=settings.region.made_up,
        **opened,
    )
