"""`merata meeting`: the paper for the next coordination meeting, as PDF and as a page."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from merata.cli import screen, site, written
from merata.cli.options import Folder, Json, Spoken


def meeting(
    folder: Folder,
    on: Annotated[
        str, typer.Option(help="Day of the next meeting, YYYY-MM-DD; left out: as the last one said")
    ] = "",
    out: Annotated[Path, typer.Option(help="Folder to write into; is made where it is not there")] = Path(
        "meetings"
    ),
    language: Spoken = "id",
    json: Json = False,
) -> None:
    """Make the paper for the next coordination meeting: what was agreed, what became of it, what is due until then.

    From the meetings and promises that the region's site keeps; everything in it is public there too.
    """
    next_on = _day(on)
    site.started(folder)
    from merata.publish.meeting_files import meeting_html, meeting_pdf
    from merata.web.meeting_paper import paper

    made = paper(language, next_on)
    files = {"pdf": meeting_pdf(made), "html": meeting_html(made).encode()}
    out.mkdir(parents=True, exist_ok=True)
    places = {ending: out / f"{made.file_name}.{ending}" for ending in files}
    for ending, place in places.items():
        written.write(place, files[ending])
    counts = {name: len(getattr(made, name)) for name in ("due", "overdue", "earlier")}
    if json:
        last = made.last.title if made.last else None
        told = {ending: str(place) for ending, place in places.items()}
        screen.say_json({"last": last, "until": made.until.isoformat(), **counts, **told})
        return
    if made.last is None:
        screen.say("No meeting has been published on the site yet: the paper only says what is due.")
    screen.say(f"Until {made.until.isoformat()}: {counts['due']} due, {counts['overdue']} overdue.")
    for place in places.values():
        screen.say(str(place))


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError:
        raise typer.BadParameter(f"'{text}' is not a date like 2026-01-31.", param_hint="--on") from None
