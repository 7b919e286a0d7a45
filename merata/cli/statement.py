"""`merata statement`: what is owed to each provider for a month or a year, as documents and workbooks."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from merata.cli import screen, written
from merata.cli.options import Json, Spoken
from merata.errors import InputError, MissingError, SettingsError

if TYPE_CHECKING:
    from merata.publish.statement import Statement
    from merata.publish.words import Language

_COLUMNS = ("due_idr", "deducted_idr", "owed_idr", "likely_deducted_idr")


def statement(
    folder: Annotated[Path, typer.Argument(help="The region's folder, or the folder of measurements alone")],
    provider: Annotated[str, typer.Option(help="Only this provider; all when left out")] = "",
    month: Annotated[str, typer.Option(help="Of this month, YYYY-MM")] = "",
    year: Annotated[str, typer.Option(help="Of this year, YYYY: with the yearly cap and the verdicts")] = "",
    out: Annotated[Path, typer.Option(help="Folder to write into; is made where it is not there")] = Path(
        "statements"
    ),
    record: Annotated[
        bool,
        typer.Option(
            "--record",
            help="Put each PDF's hash into the region's log, and print where: for those that are handed out",
        ),
    ] = False,
    language: Spoken = "id",
    json: Json = False,
) -> None:
    """What is owed to each provider: a PDF with every deduction traced to its outages, and a workbook that adds it up.

    From what `merata score` wrote: run that first, and again when something came in or was agreed. Nothing is written
    where a file is not as it was scored.
    """
    from merata.publish import statement as of
    from merata.publish.statement_book import statement_book

    period = _period(month, year)
    measurements = folder / "measurements" if (folder / "measurements").is_dir() else folder
    scored = of.read(measurements, period)
    names = [provider] if provider else of.providers(scored, period)
    if not names:
        raise MissingError(
            f"{measurements}: nobody has a fee for {period}. Put `monthly_idr` into contracts.csv, and score again."
        )
    region, made_up = of.region_of(measurements)
    made_up |= bool((scored.programme.prices["known_by"] == "made up").any())
    made = [of.of_provider(scored, name, period, region, made_up) for name in names]
    out.mkdir(parents=True, exist_ok=True)
    with screen.progress_bar() as bar:
        pdfs = _recorded(made, measurements.parent, language) if record else _pdfs(made, language)
        for i, (one, pdf) in enumerate(zip(made, pdfs, strict=True)):
            bar.tell("statements", one.provider, i, len(made))
            written.write(out / f"{one.file_name}.pdf", pdf)
            written.write(out / f"{one.file_name}.xlsx", statement_book(one))
    _say(made, out, json)


def _pdfs(made: list[Statement], language: Language) -> Iterator[bytes]:
    from merata.publish.statement_pdf import statement_pdf

    return (statement_pdf(one, language) for one in made)


def _recorded(made: list[Statement], folder: Path, language: Language) -> list[bytes]:
    """The documents, each with its number in the log, which has the hash of each before any of them is written."""
    from merata.exchange import leaves
    from merata.exchange.log import FOLDER, Log
    from merata.publish.statement_pdf import Entry, statement_pdf
    from merata.region.settings import load_settings

    about = load_settings(folder / "region.toml").region
    if not about.code or not about.site:
        lacking = "code" if not about.code else "site"
        raise SettingsError(
            f"{folder / 'region.toml'}: [region] has no {lacking}, which --record needs. Put it there: "
            'code = "64.02", site = "https://internet.kukar.example".'
        )
    pdfs, entries, today = [], [], dt.datetime.now(dt.UTC).date().isoformat()
    with Log(folder / FOLDER).writing() as writer:
        for number, one in enumerate(made, start=writer.size):
            address = f"{about.site.rstrip('/')}{'/en' if language == 'en' else ''}/catatan/{number}/"
            pdfs.append(statement_pdf(one, language, Entry(number, address)))
            content = {
                "period": one.period, "provider": leaves.word(one.provider), "owed_idr": one.sum_of("owed_idr"),
                "sha256": hashlib.sha256(pdfs[-1]).hexdigest(),
            }  # fmt: skip
            entries.append(leaves.leaf("statement", today, about.code, content))
        writer.append(entries)
    return pdfs


def _period(month: str, year: str) -> str:
    if bool(month) == bool(year):
        raise typer.BadParameter("give one of the two: --month 2026-11 or --year 2026.", param_hint="--month")
    form, shown = (r"\d{4}-(0[1-9]|1[0-2])", "2026-11") if month else (r"\d{4}", "2026")
    if not re.fullmatch(form, month or year):
        what = "month" if month else "year"
        raise InputError(f"{month or year!r} is no {what}. Write it as {shown}.")
    return month or year


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
