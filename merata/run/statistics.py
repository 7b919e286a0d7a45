"""The statistics of a region: the numbers of a run and of the scores are published into its folder `statistics`."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from merata.run import engine

if TYPE_CHECKING:
    import pandas as pd

    from merata.publish.observed import Observation
    from merata.publish.series import Published
    from merata.publish.statistics_tables import Statistics
    from merata.publish.tables import Results


@dataclass(frozen=True)
class Done:
    """What a publication of the statistics came to."""

    run: str
    added: list[Published]
    """What was published: new numbers and revised ones."""
    statistics: Statistics
    files: list[Path]


def results(region: Path, run: str = engine.LATEST) -> Results:
    """What a run found, as it may be published.

    Raises
    ------
    MissingError
        There is no such run, or it did not go to the end.

    """
    from merata import __version__
    from merata.region.folder import Region
    from merata.run.results import results_in

    found = engine.finished(region, run)
    note = json.loads((found.folder / "run.json").read_text(encoding="utf-8"))
    # Sites and people by sex as the region knows them now: a run keeps what it found, not what it was given.
    tables = Region(region).planning_tables()
    coverage = found.folder / "coverage.tif"
    return results_in(found.folder, note, tables=tables, coverage_path=coverage, version=__version__)


def publish(
    region: Path, day: str, run: str = engine.LATEST, why: str = "", promises: pd.DataFrame | None = None
) -> Done:
    """Publish the numbers of a run, of the scores and of promises, where there are some.

    What did not change is not published again.

    Parameters
    ----------
    region
        The region's folder.
    day
        ISO date of the publication.
    run
        Name of the run; left out, the newest.
    why
        Why numbers were revised, in words.
    promises
        The site's open table of commitments; None: there is no site.

    Raises
    ------
    MissingError
        There is no such run, or it did not go to the end.
    InputError
        `day` is no date, or lies before an earlier publication.
    FileError
        observations.csv or the scores are not as they were written.

    """
    found, now = numbers(region, day, run, promises)
    return publish_numbers(region, found, now, day, why)


def numbers(
    region: Path, day: str, run: str = engine.LATEST, promises: pd.DataFrame | None = None
) -> tuple[Results, list[Observation]]:
    """The results of a run and all numbers as they are now, as `publish` takes them; nothing is written."""
    from merata.publish import counted, observations, series
    from merata.publish.commitments import of_board
    from merata.publish.observations_scores import of_scores

    found = results(region, run)
    there = series.read(region)
    cells = counted.counted(found.access, found.settings)
    # The run's own files keep these back: what follows from earlier publications comes on top.
    hidden = counted.kept_back(cells, counted.kept_back(cells) | series.kept_back(there))
    code = counted.region_code(found.settings, list(found.access.villages["code"]))
    return found, [
        *observations.of_run(found, hidden),
        *of_scores(region / "measurements", code),
        *(of_board(promises, code, series.date_of(day)) if promises is not None else ()),
    ]


def publish_numbers(region: Path, found: Results, now: list[Observation], day: str, why: str = "") -> Done:
    """Publish numbers that were reckoned before, with the files that are made of all publications."""
    from merata.publish import series, statistics_files

    added = series.publish(region, now, day, why)
    made = statistics_files.of_results(region, found)
    return Done(found.run_id, added, made, statistics_files.write(region, made, found))


def statistics(region: Path) -> Statistics:
    """What was published of a region's statistics so far, with the areas of its newest run.

    Raises
    ------
    MissingError
        There is no finished run.

    """
    from merata.publish import statistics_files

    return statistics_files.of_results(region, results(region))
