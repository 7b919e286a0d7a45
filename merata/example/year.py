"""A made-up year of service points: what truly happened to each, when and why. Everything in it is made up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from merata.assure.looks import edges_of
from merata.example import spans
from merata.example.spans import Spans

HOUR, DAY = 3600.0, 86400.0
DISTRICTS = ("Vakuna", "Zefona")
#: Provider -> option, link outages a year, their median length (h), round trip (ms), download (Mbit/s).
PROVIDERS = {
    "Zuvasel Contoh": ("leo", 14.0, 0.6, 62.0, 60.0),
    "Fexanet Contoh": ("fixed_wireless", 130.0, 2.5, 38.0, 12.0),
    "Vezofiber Contoh": ("fibre", 20.0, 1.2, 14.0, 48.0),
    "Vomirafon Contoh": ("fixed_wireless", 110.0, 2.0, 41.0, 14.0),
}
BAD, GAMING = "Fexanet Contoh", "Vomirafon Contoh"
#: What the gaming provider's first points do.
GAMES = ("never fails", "elsewhere", "night tests", "too regular")
#: Of how many hours of the evening the line is crowded, and what is left of its rate then.
BUSY_HOURS, BUSY_LEFT, RATE_SPREAD = (19, 20, 21, 22), 0.6, 0.35
PROMISED = {
    "availability": 0.98,
    "down_mbps": 10.0,
    "up_mbps": 2.0,
    "latency_ms": 100.0,
    "repair_hours": 48.0,
}


@dataclass(frozen=True)
class Given:
    """A service point that a year is made up for: whose it is, and how its link usually is."""

    point: str
    probe: int
    provider: str
    option: str
    district: str
    village: str
    a_year: float
    """Outages of its own link a year, on average."""
    median_h: float
    latency_ms: float
    down_mbps: float
    game: str = ""
    """What its provider does to look better: one of `GAMES`, or nothing."""
    begin: float = -np.inf
    """Its probe speaks from then, s since 1970 …"""
    until: float = np.inf
    """… until then."""


@dataclass(frozen=True)
class Made:
    """What truly happened to one service point."""

    point: str
    probe: int
    provider: str
    option: str
    district: str
    village: str
    game: str
    begin: float
    until: float
    spans: dict[str, Spans]
    """Cause -> when: link, region-wide, maintenance (the link was down for work), power, probe."""
    wrong_clock: bool
    latency_ms: float
    down_mbps: float

    def dark(self) -> Spans:
        """When the link was down, whyever."""
        return spans.joined(*(self.spans[c] for c in ("link", "region-wide", "maintenance")))


@dataclass(frozen=True)
class Year:
    """A made-up year, or some months: the truth."""

    seed: int
    months: list[str]
    begin: float
    end: float
    points: list[Made]
    centre: Spans
    """When the centre was away."""
    lost: dict[int, Spans]
    """Probe -> of when all messages were lost."""
    maintenance: pd.DataFrame
    majeure: pd.DataFrame
    gaming: str = GAMING
    """The provider that claims more than it delivers."""
    decided: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=["point", "from", "until"]))
    """Outages that were contested, and that do not count by what was decided."""

    def excused(self, made: Made) -> Spans:
        """When an outage of a point does not count: planned work told in time, majeure, contests that were upheld."""
        rows = self.maintenance[
            (self.maintenance["provider"] == made.provider)
            & (self.maintenance["noticed"] <= self.maintenance["from"] - 72 * HOUR)
        ]
        mine = self.majeure[
            (self.majeure["provider"] == made.provider) & (self.majeure["district"] == made.district)
        ]
        own = self.decided[self.decided["point"] == made.point]
        return spans.joined(*(some[["from", "until"]] for some in (rows, mine, own)))

    def availability(self) -> pd.DataFrame:
        """By `point` and `month` (number): the true `availability`, and `down_s`, `excused_s` that it comes from."""
        edges, rows = np.minimum(edges_of(self.months), self.end), []
        for made in self.points:
            power, agreed, dark = made.spans["power"], self.excused(made), made.dark()
            down = spans.minus(spans.minus(dark, power), agreed)
            excused = spans.joined(power, spans.both(dark, agreed))
            ends = pairwise(np.clip(edges, made.begin, made.until))
            for month, (low, high) in ((m, e) for m, e in enumerate(ends) if e[1] > e[0]):
                down_s, excused_s = (spans.seconds(spans.within(s, low, high)) for s in (down, excused))
                share = 1 - down_s / (high - low - excused_s)
                rows.append((made.point, month, share, down_s, excused_s))
        return pd.DataFrame(rows, columns=["point", "month", "availability", "down_s", "excused_s"])

    def rates(self) -> pd.DataFrame:
        """By `point`: the true median, and the rate of which four of five are above, at the busy hours, Mbit/s."""
        median = np.array([m.down_mbps * BUSY_LEFT for m in self.points])
        lower = median * np.exp(-0.8416212335729143 * RATE_SPREAD)
        return pd.DataFrame({"point": [m.point for m in self.points], "median": median, "lower": lower})


def year(
    points: int | Sequence[Given] = 40,
    months: int = 12,
    seed: int = 1,
    first: str = "2026-01",
    games: bool = True,
    end: float = np.inf,
    gaming: str = GAMING,
) -> Year:
    """Make up what happened.

    Parameters
    ----------
    points
        The service points, or how many: every fourth is then a provider's.
    months
        So many from `first` on.
    games
        Whether the gaming provider games.
    end
        Nothing is made up from then on, s since 1970.
    gaming
        The provider that claims more than it delivers.
    """
    dice = np.random.default_rng(seed)
    given = _given(points, games) if isinstance(points, int) else points
    names = [str(m) for m in np.datetime64(first, "M") + np.arange(months)]
    edges = edges_of(names)
    begin, end = float(edges[0]), min(float(edges[-1]), end)
    where = {one.provider: sorted({g.district for g in given if g.provider == one.provider}) for one in given}
    work = _maintenance(dice, begin, end, where)
    cuts = _cuts(dice, begin, end, where)
    majeure = cuts[cuts["agreed"]].assign(why="flood").drop(columns="agreed")
    made = [_point(dice, one, begin, end, work, cuts) for one in given]
    centre = _spans(dice, begin, end, 6.0, 0.8)
    lost = {m.probe: _spans(dice, begin, end, 2.0, 6.0) for m in made if m.probe % 5 == 2}
    return Year(seed, names, begin, end, made, centre, lost, work, majeure, gaming)


def _given(points: int, games: bool) -> list[Given]:
    """Service points that nobody gave: every fourth is a provider's, every eighth in the same district."""
    made = []
    for i in range(points):
        provider, turn = list(PROVIDERS)[i % len(PROVIDERS)], i // len(PROVIDERS)
        option, a_year, median_h, latency_ms, down_mbps = PROVIDERS[provider]
        game = GAMES[turn] if games and provider == GAMING and turn < len(GAMES) else ""
        district = turn % len(DISTRICTS)
        village = f"99.01.{district + 1:02d}.{2001 + i // 2}"
        made.append(
            Given(
                point=f"TL-{i + 1:03d}", probe=i + 1, provider=provider, option=option, district=DISTRICTS[district],
                village=village, a_year=a_year, median_h=median_h, latency_ms=latency_ms, down_mbps=down_mbps,
                game=game,
            )
        )  # fmt: skip
    return made


def _spans(dice: Any, begin: float, end: float, a_year: float, median_h: float, spread: float = 1.2) -> Spans:
    """Stretches that begin by chance, so many a year, with lengths of a median and a spread."""
    n = dice.poisson(a_year * (end - begin) / (365 * DAY))
    start = dice.uniform(begin, end, n)
    long = median_h * HOUR * np.exp(spread * dice.standard_normal(n))
    return spans.within(
        spans.joined(np.column_stack([start, start + np.clip(long, 20, 20 * DAY)])), begin, end
    )


def _maintenance(dice: Any, begin: float, end: float, where: dict[str, list[str]]) -> pd.DataFrame:
    """Some nights of planned work of each provider; of a third of them it tells too late."""
    rows = []
    for provider in where:
        nights = np.arange(begin + 9 * DAY, end - 2 * DAY, 31 * DAY)
        for start in nights + dice.integers(0, 5, len(nights)) * DAY + 17 * HOUR:
            noticed = start - (20 * HOUR if dice.random() < 1 / 3 else 6 * DAY)
            rows.append(("", provider, start, start + 4 * HOUR, noticed))
    return pd.DataFrame(rows, columns=["point", "provider", "from", "until", "noticed"])


def _cuts(dice: Any, begin: float, end: float, where: dict[str, list[str]]) -> pd.DataFrame:
    """Cables cut: all points of a provider in a district at once. The first of each was agreed to be majeure."""
    rows = []
    for provider, districts in where.items():
        for i in range(max(1, round(3 * (end - begin) / (365 * DAY)))):
            start = dice.uniform(begin + DAY, end - 3 * DAY)
            rows.append(
                ("", provider, str(dice.choice(districts)), start, start + dice.uniform(3, 40) * HOUR, i == 0)
            )
    return pd.DataFrame(rows, columns=["point", "provider", "district", "from", "until", "agreed"])


def _point(dice: Any, given: Given, begin: float, end: float, work: Any, cuts: Any) -> Made:
    cut = cuts[(cuts["provider"] == given.provider) & (cuts["district"] == given.district)]
    apart = dice.uniform(0, 60, (len(cut), 1))
    nights = work[work["provider"] == given.provider]["from"].to_numpy()
    worked = nights + dice.uniform(0, 1, len(nights)) * HOUR
    own = dice.lognormal(0, 0.4)
    happened = {
        "link": _spans(dice, begin, end, given.a_year * own, given.median_h),
        "region-wide": spans.joined(cut[["from", "until"]].to_numpy() + apart),
        "maintenance": spans.joined(
            np.column_stack([worked, worked + dice.uniform(0.5, 2.5, len(nights)) * HOUR])
        ),
        "power": _spans(dice, begin, end, 70 * dice.lognormal(0, 0.5), 0.9),
        "probe": _spans(dice, begin, end, 4.0, 8.0),
    }
    low, high = max(begin, given.begin), min(end, given.until)
    return Made(
        point=given.point, probe=given.probe, provider=given.provider, option=given.option, district=given.district,
        village=given.village, game=given.game, begin=low, until=high,
        spans={cause: spans.within(when, low, high) for cause, when in happened.items()},
        wrong_clock=given.probe % 3 == 1, latency_ms=given.latency_ms * dice.lognormal(0, 0.12),
        down_mbps=given.down_mbps * dice.lognormal(0, 0.1),
    )  # fmt: skip
