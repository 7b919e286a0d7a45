"""`merata statement`: what is owed to each provider for a month or a year, as documents and workbooks."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from merata.cli import screen, written
from merata.cli.options import Json, Spoken
from merata.errors import InputError, MissingError

if TYPE_CHECKING:
    from merata.publish.statement import Statement

_COLUMNS = ("due_idr", "deducted_idr", "owed_idr", "likely_deducted_idr")


def statement(
    folder: Annotated[Path, typer.Argument(help="The region's folder, or the folder of measurements alone")],
    provider: Annotated[str, typer.Option(help="Only this provider; all when left out")] = "",
    month: Annotated[str, typer.Option(help="Of this month, YYYY-MM")] = "",
    year: Annotated[str, typer.Option(help="Of this year, YYYY: with the yearly cap and the verdicts")] = "",
    out: Annotated[Path, typer.Option(help="Folder to write into; is made where it is not there")] = Path(
        "statements"
    ),
    language: Spoken = "id",
    json: Json = False,
) -> None:
    """What is owed to each provider: a PDF with every deduction traced to its outages, and a workbook that adds it up.

    From what `merata score` wrote: run that first, and again when something came in or was agreed. Nothing is written
    where a file is not as it was scored.
    """
    from merata.publish import statement as of
    from merata.publish.statement_book import statement_book
    from merata.publish.statement_pdf import statement_pdf

    period = _period(month, year)
    measurements = folder / "measurements" if (folder / "measurements").is_dir() else folder
    scored = of.read(measurements, period)
    names = [provider] if provider else of.providers(scored, period)
    if not names:
        raise MissingError(
            f"{measurements}: nobody has a fee for {period}. Put `monthly_idr` into contracts.csv, and score again."
        )
    region, made_up = _region(measurements)
    made_up |= bool((scored.programme.prices["known_by"] == "made up").any())
    made = [of.of_provider(scored, name, period, region, made_up) for name in names]
    out.mkdir(parents=True, exist_ok=True)
    with screen.progress_bar() as bar:
        for i, one in enumerate(made):
            bar.tell("statements", one.provider, i, len(made))
            written.write(out / f"{one.file_name}.pdf", statement_pdf(one, language))
            written.write(out / f"{one.file_name}.xlsx", statement_book(one))
    _say(made, out, json)


def _period(month: str, year: str) -> str:
    if bool(month) == bool(year):
        raise typer.BadParameter("give one of the two: --month 2026-11 or --year 2026.", param_hint="--month")
    form, shown = (r"\d{4}-(0[1-9]|1[0-2])", "2026-11") if month else (r"\d{4}", "2026")
    if not re.fullmatch(form, month or year):
        what = "month" if month else "year"
        raise InputError(f"{month or year!r} is no {what}. Write it as {shown}.")
    return month or year


def _region(measurements: Path) -> tuple[str, bool]:
    """Name of the region whose measurements these are, and whether it is made up; nothing where they lie alone."""
    settings = measurements.parent / "region.toml"
    if not settings.exists():
        return "", (measurements / "truth.csv").exists()
    said = tomllib.loads(settings.read_text(encoding="utf-8")).get("region", {})
    return str(said.get("name", "")), bool(said.get("made_up", False))


def _say(made: list[Statement], out: Path, json: bool) -> None:
    rows = [
        {"provider": s.provider, "period": s.period, "points": len(s.totals)}
        | {name: s.sum_of(name) for name in _COLUMNS}
        | {"pdf": str(out / f"{s.file_name}.pdf"), "xlsx": str(out / f"{s.file_name}.xlsx")}
        for s in made
    ]
    if json:
        screen.say_json(rows)
        return
    screen.say_table(
        ["Provider", "Points", "Due, IDR", "Deducted, IDR", "Owed, IDR", "Deducted at the likeliest, IDR"],
        [[r["provider"], r["points"], *(f"{r[c]:,}" for c in _COLUMNS)] for r in rows],
        f"{made[0].period}, what is owed",
    )
    for row in rows:
        screen.say(str(row["pdf"]))
        screen.say(str(row["xlsx"]))
