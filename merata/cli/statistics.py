"""`merata indicators` and `merata yearbook`: the region's statistics, published with their revisions and breaks."""

from __future__ import annotations

import datetime as dt
import io
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from merata.cli import screen
from merata.cli.opened import opened
from merata.cli.options import Folder, Json

if TYPE_CHECKING:
    from pandas import DataFrame

    from merata.run.statistics import Done


#: The open table of commitments.
TABLE = "komitmen"


def indicators(
    folder: Folder,
    run: Annotated[
        str, typer.Option(help="Run whose numbers are published; the newest when left out")
    ] = "latest",
    date: Annotated[str, typer.Option(help="Date of the publication, YYYY-MM-DD; today when left out")] = "",
    why: Annotated[str, typer.Option(help="Why numbers are revised, in a few words")] = "",
    json: Json = False,
) -> None:
    """Publish the region's statistics into FOLDER/statistics: new numbers and revised ones, each with date and reason.

    Earlier publications stay. The same numbers once more publish nothing. Counts of people and households that are so
    small that somebody could be singled out are kept back. Promises kept are those of the region's site, if it has one.
    """
    from merata.run.statistics import publish

    day = date or dt.datetime.now(dt.UTC).date().isoformat()
    with screen.progress_bar() as bar:
        bar.tell("statistics", "numbers of the run, the scores and the promises", 0, 0)
        done = publish(folder, day, run, why, _promises(folder))
    if json:
        screen.say_json(_json(done))
    else:
        _show(done)


def _promises(folder: Path) -> DataFrame | None:
    """The commitments of the region's site, as everybody may read them; None where there is no site."""
    from merata.backup.contents import DATABASE

    if not (os.environ.get("MERATA_DATABASE") or (folder / DATABASE).exists()):
        return None
    import pandas as pd

    with tempfile.TemporaryDirectory() as scratch:
        found = opened(folder, (TABLE,), Path(scratch), os.environ).get(f"data/{TABLE}.csv")
    text = {"village_code": str, "state": str}
    return None if found is None else pd.read_csv(io.BytesIO(found), dtype=text, keep_default_na=True)


def _json(done: Done) -> dict[str, object]:
    rows = done.statistics.rows
    return {
        "run": done.run,
        "published": len(done.added),
        "revised": sum(row.why != "first" for row in done.added),
        "kept_back": sum(point.row.status == "Q" for point in done.statistics.points),
        "publications": len(rows),
        "files": [str(path) for path in done.files],
    }


def _show(done: Done) -> None:
    from merata.publish.indicators import INDICATORS, TOTAL

    region = done.statistics.areas[0]
    rows = [
        [INDICATORS[r.indicator].name[1], r.period, *(_said(v) for v in (r.value, r.low, r.high)), r.known_by]
        for r in (point.row for point in done.statistics.points if point.is_headline)
        if r.area == region.code and (r.level, r.sector) == (TOTAL, TOTAL)
    ]
    screen.say_table(["Indicator", "Period", "Value", "Low", "High", "Known by"], rows, f"{region.name}")
    revised = sum(row.why != "first" for row in done.added)
    screen.say(
        f"Published: {len(done.added) - revised} new numbers, {revised} revised; {len(done.statistics.rows)} in all."
    )
    for path in done.files:
        screen.say(str(path))


def _said(value: float | None) -> str:
    return "–" if value is None else f"{value:,.4g}" if abs(value) < 1000 else f"{value:,.0f}"


def yearbook(
    folder: Folder,
    year: Annotated[str, typer.Option(help="Year of the report, YYYY")],
    out: Annotated[Path, typer.Option(help="Folder that the files go to")] = Path(),
    json: Json = False,
) -> None:
    """The yearly statistical report in both languages, as PDF and HTML, from what `merata indicators` published.

    With concepts and definitions, tables with intervals, breaks, revisions, a quality statement and how to cite.
    """
    from merata.cli import written
    from merata.publish import yearbook as of
    from merata.publish.html import html
    from merata.publish.pdf import pdf
    from merata.publish.words import LANGUAGES
    from merata.run.statistics import statistics

    book = of.yearbook(statistics(folder), year)
    out.mkdir(parents=True, exist_ok=True)
    files = []
    with screen.progress_bar() as bar:
        for number, language in enumerate(LANGUAGES):
            bar.tell("yearbook", language, number, len(LANGUAGES))
            document = of.document(book, language)
            made = {"pdf": pdf(document, of.as_of(book)), "html": html(document).encode()}
            for kind, content in made.items():
                files.append(out / f"statistics-{year}-{language}.{kind}")
                written.write(files[-1], content)
    if json:
        screen.say_json({"year": year, "files": [str(path) for path in files]})
    else:
        for path in files:
            screen.say(str(path))
