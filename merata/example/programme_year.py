"""The made-up months of the worked example's own service points: what their probes sent, and what truly happened."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from merata.assure import score
from merata.example import messages, spans, terms
from merata.example.year import GAMES, Given, Year, year
from merata.web import measured, scores
from merata.web.models import User
from merata.web.programme import made_up_year
from merata.web.programme.made_up import BAD, GAMING
from merata.web.programme.made_up_year import Measured

#: So many points have had a probe for so many months, and the others, up to so many in all, since the month before
#: this one: what a demo makes up in some seconds.
POINTS, MONTHS, MOST = 20, 5, 100
SEED = 1
SLOW_S = 6 * 3600.0
"""The slowest deliveries come so much later; nothing may have come from the future."""


class Usual(NamedTuple):
    """How links of a technology usually are."""

    a_year: float
    median_h: float
    latency_ms: float
    share: float
    """Of the rate that the contract has."""


#: Technology -> how its links usually are; the one of nothing is for all others.
USUAL = {
    "fibre": Usual(14, 1.2, 14, 1.9),
    "leo": Usual(12, 0.6, 62, 2.0),
    "leo_solar": Usual(16, 0.8, 64, 2.0),
    "hotspot_leo": Usual(14, 0.6, 66, 1.9),
    "geo": Usual(20, 1.0, 640, 1.8),
    "": Usual(60, 1.5, 38, 1.8),
}
#: The bad provider: so many times as often down, for so many times as long, with so much of the rate.
WORSE = (3.0, 2.0, 0.04)


def make_up(measurements: Path, today: dt.date, by: User, second: User, provider: User) -> int:
    """Make up the last months of the programme's points: their probes' tables, what was agreed, scores and the truth.

    Parameters
    ----------
    by, second
        Two offices' accounts: who puts force majeure forward, and who decides.
    provider
        A provider's account, which contests outages.

    Returns
    -------
    How many messages that are; 0 where measurements are there already, or no point is in service.
    """
    first, late = (_month(today, back) for back in (MONTHS - 1, 1))
    if (measurements / "index.json").exists():
        return 0
    points = made_up_year.place_probes(MOST, POINTS, first, late)
    if not points:
        return 0
    made = of_points(points, first, today)
    works = made.maintenance[["provider", "from", "until", "noticed"]]
    majeure = made.majeure[["provider", "district", "from", "until", "why"]]
    made_up_year.agree(works.itertuples(index=False), majeure.itertuples(index=False), by, second)
    contested = _longest(made, provider)
    made_up_year.contest(contested, provider, second)
    around = measured.AROUND.total_seconds()
    upheld = [(point, start - around, end + around) for point, start, end in contested[:1]]
    made = replace(made, decided=pd.DataFrame(upheld, columns=["point", "from", "until"]))
    made_up_year.troubles([one.point for one in made.points if one.provider == BAD])
    count = messages.write_tables(measurements, made)
    messages.write_claims(measurements, made)
    messages.write_truth(measurements, made)
    measured.write(measurements)
    terms.write(measurements)
    score.write(measurements, score.score(measurements))
    scores.take(measurements)
    return count


def of_points(points: Sequence[Measured], first: dt.date, today: dt.date) -> Year:
    """What happened to some points from a month's first day until today begins (WITA)."""
    turn = [one.point for one in points if one.provider == GAMING]
    games = dict(zip(turn, GAMES, strict=False))
    given = [_given(one, games.get(one.point, "")) for one in points]
    return year(given, MONTHS, SEED, f"{first:%Y-%m}", end=_begin(today) - SLOW_S, gaming=GAMING)


def _given(one: Measured, game: str) -> Given:
    usual = USUAL.get(one.option, USUAL[""])
    often, long, share = WORSE if one.provider == BAD else (1.0, 1.0, usual.share)
    return Given(
        point=one.point, probe=one.probe, provider=one.provider, option=one.option, district=one.district,
        village=one.village, a_year=usual.a_year * often, median_h=usual.median_h * long, latency_ms=usual.latency_ms,
        down_mbps=one.down_mbps * share, game=game, begin=_begin(one.began),
    )  # fmt: skip


def _month(today: dt.date, back: int) -> dt.date:
    """The first day of the month so many months ago."""
    found: dt.date = (np.datetime64(today, "M") - back).astype("datetime64[D]").item()
    return found


def _begin(day: dt.date) -> float:
    """When a day begins where the region is, s since 1970."""
    return float((np.datetime64(day, "s") - np.timedelta64(8, "h")).astype(float))


def _longest(made: Year, by: User) -> list[tuple[str, float, float]]:
    """The three longest outages of the link at points of an account's provider, after the rest of the power cuts."""
    name = by.organisation.name if by.organisation else ""
    found = [
        (float(end - start), one.point, float(start), float(end))
        for one in made.points
        if one.provider == name
        for start, end in spans.minus(one.spans["link"], one.spans["power"])
    ]
    return [(point, start, end) for _, point, start, end in sorted(found, reverse=True)[:3]]
