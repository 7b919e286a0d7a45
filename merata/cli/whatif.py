"""`merata whatif` and `merata frontier`: what changes cost, and what more or less money would reach."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from merata.cli import screen, written
from merata.cli.options import Folder, Json, Spoken
from merata.cli.screen import say, say_json, say_table

if TYPE_CHECKING:
    from merata.plan.outcome import Told
    from merata.plan.words import Language
    from merata.region.folder import Region
    from merata.region.settings_rules import DecideSettings
    from merata.run.asking import Asked, Change

WHAT = "village, place, site or option, with its year and fund: village=99.01.01.2001,year=2027"
_WORDS = ("village", "place", "site", "option", "year", "fund")
_PART = re.compile(rf",\s*(?=(?:{'|'.join(_WORDS)})=)")

Of = Annotated[str, typer.Option("--run", help="Run to ask about; the newest when left out")]


def whatif(
    folder: Folder,
    force: Annotated[
        list[str] | None,
        typer.Option(help="Served or built, by a year if one is named. What: " + WHAT),
    ] = None,
    forbid: Annotated[
        list[str] | None, typer.Option(help="Never: option=leo, or site=…, or village=…")
    ] = None,
    fix: Annotated[
        list[str] | None, typer.Option(help="In exactly that year: village=…,year=…, and fund=… if wanted")
    ] = None,
    postpone: Annotated[list[str] | None, typer.Option(help="Not before a year: village=…,year=…")] = None,
    budget: Annotated[
        float, typer.Option(min=0, help="So many times the money of all funds: 0.5 is half of it")
    ] = 1.0,
    budget_from: Annotated[int, typer.Option(help="First year whose money changes; all when left out")] = 0,
    without: Annotated[
        list[str] | None,
        typer.Option(help="Without a rule of region.toml: spread, floor, villages_per_year, decide.2 …"),
    ] = None,
    rules: Annotated[
        bool, typer.Option("--rules", help="The price of each rule: what the plan would reach without it")
    ] = False,
    of: Of = "latest",
    language: Spoken = "en",
    json: Json = False,
) -> None:
    """Say what a change would cost the others: decisions, money, rules. Nothing is written.

    Decisions are those of [[plan.decide]]; each option can be given several times, and all are asked together.
    """
    from merata.region.folder import Region
    from merata.run.asking import Change

    region = Region(folder)
    wanted = {"force": force, "forbid": forbid, "fix": fix, "postpone": postpone}
    decisions = [decision(region, word, what) for word, texts in wanted.items() for what in texts or ()]
    change = Change(decisions, budget, budget_from, without or ())
    if rules == bool(decisions or without or budget != 1):
        raise typer.BadParameter(
            "say either what is to change (--force, --forbid, --fix, --postpone, --budget, --without), or --rules."
        )
    _rules(region, of, language, json) if rules else _one(region, of, change, language, json)


def decision(region: Region, word: str, text: str) -> DecideSettings:
    """A decision as the command line says it: `village=NAME OR CODE,year=2027`; raises typer.BadParameter."""
    from pydantic import ValidationError

    from merata.region.settings_rules import DecideSettings
    from merata.run.questions import village_code

    parts = [part.partition("=") for part in _PART.split(text)]
    wrong = [name for name, equals, value in parts if name not in _WORDS or not equals or not value]
    if wrong:
        raise typer.BadParameter(
            f"'{text}': '{wrong[0]}' is not one of {', '.join(_WORDS)} with = and what. Expected like {WHAT}.",
            param_hint=f"--{word}",
        )
    named = {name: value.strip() for name, _, value in parts}
    if "village" in named:
        named["village"] = village_code(region.tables()["villages"], named["village"])
    try:
        return DecideSettings.model_validate({"decision": word, "reason": "what if", **named})
    except ValidationError as error:
        why = "; ".join(str(e["msg"]).removeprefix("Value error, ") for e in error.errors())
        raise typer.BadParameter(f"'{text}': {why}.", param_hint=f"--{word}") from None


def _asked(region: Region, of: str, bar: screen.Bar) -> Asked:
    from merata.run import asking, engine

    bar.tell("asking", "the run", 0, 0)
    return asking.ask(region, engine.find(region.path, of), lambda what: bar.tell("asking", what, 0, 0))


def earlier(region: Region, of: str, village: str, bar: screen.Bar) -> dict[str, Any]:
    """What would have to change for a village (its code) to come a year earlier, as JSON has it.

    `planned` and `wanted` are calendar years; null: not in these years.
    """
    from merata.run import asking

    asked = _asked(region, of, bar)
    answer, english, own = asking.earlier(asked, village)
    calendar = dict(enumerate(asked.years))
    changes = [
        {name: value for name, value in vars(change).items() if name not in ("how", "by_year")}
        | {"by_year": dict(zip(asked.years, change.by_year, strict=False))}
        for change in answer.changes
    ]
    return {
        "planned": calendar.get(answer.planned), "wanted": calendar.get(answer.wanted),
        "hindrance": answer.hindrance, "changes": changes, "notes": _notes(asked, "en"),
        "text_en": [*_notes(asked, "en"), *english], "text_id": [*_notes(asked, "id"), *own],
    }  # fmt: skip


def _one(region: Region, of: str, change: Change, language: Language, json: bool) -> None:
    from merata.run import asking

    with screen.progress_bar() as bar:
        asked = _asked(region, of, bar)
        told = asking.what_if(asked, change)
    if json:
        rows = [row.model_dump(exclude_defaults=True, exclude={"reason"}) for row in change.decisions]
        own = {name: getattr(change, name) for name in ("budget", "budget_from", "without")}
        say_json({"asked": {"decisions": rows, **own}, "notes": _notes(asked, "en"), **_named(told, asked)})
        return
    for line in [*_notes(asked, language), *told.text(asked.spoken, language)]:
        say(line)


def _rules(region: Region, of: str, language: Language, json: bool) -> None:
    from merata.run import asking

    with screen.progress_bar() as bar:
        asked = _asked(region, of, bar)
        prices = asking.prices_of_rules(asked)
    if json:
        answers = {key: _named(told, asked) for key, told in prices.items()}
        say_json({"notes": _notes(asked, "en"), "rules": answers})
        return
    for line in _notes(asked, language):
        say(line)
    if not prices:
        say(
            "region.toml sets no rule of fairness and no limit of villages a year: there is nothing to price."
        )
    for key, told in prices.items():
        say(f"{'Without' if language == 'en' else 'Tanpa'} {key}:")
        for line in told.text(asked.spoken, language):
            say(f"  {line}")


def _named(told: Told, asked: Asked) -> dict[str, Any]:
    answer = told.as_json()
    for row in answer["moved"]:
        row["name"] = asked.spoken.villages.get(row["code"], "")
    return answer


def _notes(asked: Asked, language: Language) -> list[str]:
    from merata.plan.words import in_language

    return [in_language(note, language) for note in asked.notes]


def frontier(
    folder: Folder,
    equality: Annotated[
        bool, typer.Option("--equality", help="Against caps on the spread between districts, not money")
    ] = False,
    out: Annotated[Path | None, typer.Option(help="Also write the table to a file .csv or .xlsx")] = None,
    of: Of = "latest",
    json: Json = False,
) -> None:
    """What the plan would reach for each budget from half to double, or for each cap on inequality."""
    from merata.publish.frontier import frontier_file
    from merata.region.folder import Region
    from merata.run import asking

    ending = written.kind(out, ("csv", "xlsx")) if out else ""
    region = Region(folder)
    with screen.progress_bar() as bar:
        asked = _asked(region, of, bar)
        table = asking.frontiers(asked, equality)
    if out:
        written.write(out, frontier_file(table, ending))
    rows = [{str(k): written.plain(v) for k, v in row.items()} for row in table.to_dict("records")]
    if json:
        say_json({"notes": _notes(asked, "en"), "frontier": rows})
        return
    for line in _notes(asked, "en"):
        say(line)
    say_table(_heads(equality), [_row(row, equality) for row in rows])
    if out:
        say(f"Written: {out}")


#: Column of the table on the screen: head, column of FRONTIER, how it is told.
_SHOWN = (
    ("Budget", "factor", "{:g} ×"),
    ("Cap", "cap", "{}"),
    ("Rp million", "million", "{:,.0f}"),
    ("Weighted years", "objective", "{:,.1f}"),
    ("Gap", "gap", "{:.2%}"),
    ("Villages", "villages_served", "{:,.0f}"),
    ("People", "people_served", "{:,.0f}"),
    ("Spread", "spread", "{:.1%}"),
)


def _columns(equality: bool) -> list[tuple[str, str, str]]:
    left_out = "factor" if equality else "cap"
    return [column for column in _SHOWN if column[1] != left_out]


def _heads(equality: bool) -> list[str]:
    return [head for head, _, _ in _columns(equality)]


def _row(row: dict[str, Any], equality: bool) -> list[str]:
    """A row of the frontier as it is told; where no plan keeps every rule, only what was asked."""
    known = {**row, "million": row["budget_idr"] / 1e6}
    told = [_cell(known[name], look) for _, name, look in _columns(equality)]
    return told if row["possible"] else [*told[:2], "no plan", *told[3:]]


def _cell(value: Any, look: str) -> str:
    """A value as it is told; a rule without its table's name, so that a row fits on a narrow screen."""
    return "" if value is None else look.format(value).removeprefix("plan.fair.")
