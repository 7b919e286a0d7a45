"""The commands of surveys: the form for ODK and KoboToolbox, and what came back as files that a region takes in."""

from __future__ import annotations

from pathlib import Path
from shlex import quote
from typing import Annotated

import typer

from merata.cli import screen
from merata.cli.options import Folder, Json

app = typer.Typer(
    help="Surveys with ODK and KoboToolbox: make the form, read what came back.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command()
def form(
    folder: Folder,
    out: Annotated[Path, typer.Argument(help="The form to write: an .xlsx file")],
) -> None:
    """Make the XLSForm of a survey from the region: its districts, villages, facilities and operators.

    In Indonesian, and English. Upload it to ODK Central or KoboToolbox; make it again when the region has changed.
    """
    from merata.publish.survey_form import write_form
    from merata.publish.withheld import open_tables
    from merata.region.folder import Region

    if out.suffix.lower() != ".xlsx":
        raise typer.BadParameter(f"'{out}' does not end in .xlsx.", param_hint="OUT")
    region = Region(folder)
    tables = open_tables(region.planning_tables())
    if not len(tables["villages"]):
        from merata.errors import MissingError

        raise MissingError(f"{folder}: has no villages yet. `merata add {folder} FILE…` takes their map in.")
    write_form(out, region.settings.region.name, tables)
    screen.say(f"{out}: {len(tables['villages'])} villages, {len(tables['facilities'])} facilities")


@app.command()
def read(
    folder: Folder,
    files: Annotated[list[Path], typer.Argument(help="Exports: CSV or JSON of ODK Central or KoboToolbox")],
    out: Annotated[Path, typer.Option(help="Folder for the files that are made")] = Path("survey"),
    json: Json = False,
) -> None:
    """Read submissions into files that `merata add` takes: reports, devices, electricity.

    Each submission once, however often it was exported; of each place the newest. No names, phones or devices of people
    are read, no photographs, and where a submission was made is only compared with its village. Refused ones, and those
    that wait for a review, are left out.
    """
    from merata.publish.withheld import open_tables
    from merata.region import survey, survey_read, survey_rows
    from merata.region.folder import Region
    from merata.region.formula import csv_of

    tables = open_tables(Region(folder).planning_tables())
    submissions, found, count = survey_read.read(files, survey.operators(tables["sites"]))
    made = survey_rows.rows(submissions, tables)
    out.mkdir(parents=True, exist_ok=True)
    paths = {name: out / f"survey-{name}.csv" for name in made.tables}
    for name, path in paths.items():
        frame = made.tables[name]
        texts = [str(name) for name in frame.select_dtypes(["object", "string"])]
        path.write_text(csv_of(frame, texts, 1), encoding="utf-8")
    if json:
        screen.say_json({
            "submissions": count, "once": len(submissions), "places": made.used,
            "files": [str(path) for path in paths.values()], "findings": [vars(f) for f in (*found, *made.findings)],
        })  # fmt: skip
        return
    rows = [[f.file, str(f.row or ""), f.what, f.done, f.settle] for f in (*found, *made.findings)]
    if rows:
        screen.say_table(["File", "Row", "What", "Done", "Next"], rows)
    screen.say(f"{count} submissions read, {len(submissions)} kept once each, {made.used} places")
    if paths:
        screen.say(
            f"Next: merata add {quote(str(folder))} {' '.join(quote(str(path)) for path in paths.values())}"
        )
