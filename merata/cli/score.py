"""`merata score`: what measurements say of points, villages, providers, technologies and districts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from merata.cli import screen
from merata.cli.options import Json

if TYPE_CHECKING:
    import pandas as pd

    from merata.assure.score import Scores

_SHOWN = 12
_HEADS = ["Points", "Available, %", "Known, %", "Down, Mbit/s", "Latency, ms", "Repair, h"]


def score(
    folder: Annotated[Path, typer.Argument(help="The region's folder, or the folder of measurements alone")],
    month: Annotated[
        str, typer.Option(help="Only this month, YYYY-MM; all that are there when left out")
    ] = "",
    write: Annotated[bool, typer.Option(help="Write the CSV files into measurements/scores")] = True,
    json: Json = False,
) -> None:
    """Scorecards from measurements, with how sure they are, and what does not look like measurements.

    With what is owed, and whom to keep, where contracts say their fees. Needs the folder of measurements alone: tables,
    index.json, points.csv and probes.csv; and contracts.csv, deductions.csv, prices.csv, maintenance.csv, majeure.csv
    and claims.csv where they are; and what `merata take` took in of others.
    """
    from merata.assure import score as scoring
    from merata.region.half import refuse_half

    refuse_half(folder)
    measurements = folder / "measurements" if (folder / "measurements").is_dir() else folder
    scores = scoring.score(measurements, month)
    written = scoring.write(measurements, scores, month) if write else []
    if json:
        screen.say_json(_json(scores))
        return
    _show(scores)
    for path in written:
        screen.say(str(path))


def _json(scores: Scores) -> dict[str, Any]:
    from merata.assure.score import FILES

    frames = {name: _blanks(getattr(scores, name)).to_dict("records") for name in FILES}
    return {"months": scores.months, "as_of_s": scores.as_of} | frames


def _blanks(frame: pd.DataFrame) -> pd.DataFrame:
    """Without NaN and infinity, which JSON has not."""
    import numpy as np

    made = frame.astype(object)
    numbers = frame.apply(lambda c: np.isfinite(c) if c.dtype.kind == "f" else c.notna())
    return made.where(numbers, None)


def _show(scores: Scores) -> None:
    cards = scores.scorecards
    if not len(cards):
        screen.say("Nothing can be scored: no point was in service then.")
        return
    period = cards["period"].iloc[-1] if len(scores.months) == 1 else cards["period"].min()
    mine = cards[cards["period"] == period]
    for of in ("provider", "technology", "district"):
        rows = mine[mine["of"] == of].sort_values("availability")
        screen.say_table(
            [of.capitalize(), *_HEADS, "Kept", "Missed"],
            [_row(r) for _, r in rows.iterrows()],
            f"{period}, by {of}",
        )
        screen.say()
    worst = (
        mine[(mine["of"] == "point") & mine["enough"].astype(bool)].sort_values("availability").head(_SHOWN)
    )
    screen.say_table(
        ["Point", *_HEADS[1:], "Promise"],
        [_row(r) for _, r in worst.iterrows()],
        f"{period}, the worst points",
    )
    _show_others(scores.others)
    _show_checked(scores.checked, cards)
    _show_suspicions(scores.suspicions)
    _show_owed(scores.statements, period)
    _show_january(scores.january)


def _show_others(said: pd.DataFrame) -> None:
    """What others say where probes do not: nothing is judged by it."""
    alone = said[said["measured"].isna() & said["availability"].notna()].sort_values("availability")
    if not len(alone):
        return
    screen.say()
    shares = 100 * alone[["availability", "known_share"]].head(_SHOWN)
    who = alone[["point", "month", "source", "kind"]].to_numpy()
    rows = [
        [*names, _said(up, 2), _said(known, 1)]
        for names, (up, known) in zip(who, shares.to_numpy(float), strict=False)
    ]
    heads = ["Point", "Month", "Says", "Who that is", "Available, %", "Of the month, %"]
    count = alone["point"].nunique()
    title = f"What others say of {count} points where too little was measured: no verdict comes from it"
    screen.say_table(heads, rows, title)


def _show_checked(checked: pd.DataFrame, cards: pd.DataFrame) -> None:
    """How often routers answered the centre, where probes tell too little: evidence of its own kind."""
    told = cards[(cards["of"] == "point") & cards["enough"].astype(bool)]
    measured = set(zip(told["name"], told["period"], strict=True))
    alone = checked[[pair not in measured for pair in zip(checked["point"], checked["month"], strict=True)]]
    if not len(alone):
        return
    screen.say()
    rows = [
        [row["point"], row["month"], _ends(_hundredfold(row), "availability", 2), _said(100 * row["known_share"], 1),
         row["verdict"]]
        for _, row in alone.sort_values("availability").head(_SHOWN).iterrows()
    ]  # fmt: skip
    title = (
        f"The centre's checks of {alone['point'].nunique()} points where probes tell too little: a power cut looks as "
        "a broken link does, so a promise may be kept by them, never missed"
    )
    screen.say_table(["Point", "Month", "Answered, %", "Known, %", "Promise"], rows, title)


def _show_owed(statements: pd.DataFrame, period: str) -> None:
    mine = statements[statements["period"] == period]
    if not len(mine):
        return
    screen.say()
    names = ["due_idr", "deducted_idr", "owed_idr", "likely_deducted_idr"]
    sums = mine.groupby("provider")[names].sum()
    heads = ["Provider", "Due, IDR", "Deducted, IDR", "Owed, IDR", "Deducted at the likeliest, IDR"]
    rows = [[name, *(f"{v:,}" for v in row)] for name, row in zip(sums.index, sums.to_numpy(), strict=True)]
    screen.say_table(heads, rows, f"{period}, what is owed (`merata statement` has it in full)")


def _show_january(found: pd.DataFrame) -> None:
    found = found[found["of"] == "provider"]
    if not len(found):
        return
    screen.say()
    rows = [
        [r.name_, r.period, r.verdict, f"{r.missed} of {r.judged}", r.missed_most, str(r.replaced)]
        for r in found.rename(columns={"name": "name_"}).itertuples()
    ]
    heads = ["Provider", "Year", "Verdict", "Points that miss", "Mostly missed", "Points to replace"]
    screen.say_table(heads, rows, "Keep, renegotiate or replace")


def _show_suspicions(found: pd.DataFrame) -> None:
    if not len(found):
        return
    screen.say()
    rows = [
        [r.name_, r.kind, r.sure, r.text]
        for r in found.rename(columns={"name": "name_"}).head(_SHOWN).itertuples()
    ]
    screen.say_table(["Who", "What", "How sure", "Seen"], rows, "To look at: reasons to ask, not verdicts")


def _row(row: pd.Series) -> list[str]:
    """A scorecard as a line of the table."""
    made = [
        str(row["name"]), f"{row['points']:.0f}", _ends(_hundredfold(row), "availability", 2),
        _said(100 * row["known_share"], 1), _ends(row, "down_mbps"), _ends(row, "latency_ms"), _ends(row, "repair_h"),
    ]  # fmt: skip
    if row["of"] == "point":
        return [made[0], *made[2:], row["availability_verdict"] if row["enough"] else "too little"]
    return [*made, f"{row['availability_kept']:.0f}", f"{row['availability_missed']:.0f}"]


def _hundredfold(row: pd.Series) -> pd.Series:
    return 100 * row[["availability", "availability_low", "availability_high"]].astype(float)


def _ends(row: pd.Series, name: str, decimals: int = 1) -> str:
    """A number with its interval; a dash where there is too little evidence."""
    value, low, high = (float(row[name + end]) for end in ("", "_low", "_high"))
    if value != value:
        return "–"
    return f"{_said(value, decimals)} ({_said(low, decimals)}–{_said(high, decimals)})"


def _said(value: float, decimals: int) -> str:
    return "–" if value != value else f"{value:.{decimals}f}".replace("inf", "?")
