"""Keep, renegotiate or replace: a year's verdict on points, contracts and providers, how sure it is, what it costs.

Whose promises were surely missed is counted; the share that stands behind the count is a Beta distribution (Jeffreys).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import stats

from merata.assure import under
from merata.assure.enough import SURE
from merata.assure.programme import Programme
from merata.assure.scorecards import PROMISES

LEAST_MONTHS = 3
"""A point is judged by at least so many months …"""
LEAST_POINTS = 3
"""… and a contract or provider by so many points, and by half of those it has."""
FEW, KEEP = 0.25, 0.8
"""Keep: with this chance no more than few are missed."""
MOST, REPLACE = 0.5, 0.9
"""Replace: with this chance more than most are missed."""
VERDICTS = {
    "keep": "promises are missed seldom, with a chance of at least 80 % in a quarter of the cases at most",
    "renegotiate": "neither keep nor replace",
    "replace": "promises are missed mostly, with a chance of at least 90 % in more than half of the cases",
    "too little": "there is too little evidence to say",
}


class Verdict(NamedTuple):
    """A row of january.csv."""

    of: str
    """point, contract or provider."""
    name: str
    provider: str
    period: str
    verdict: str
    """A key of `VERDICTS`."""
    judged: int
    """Months of a point, points of the others."""
    missed: int
    """Of these: months in which a promise was surely missed; points that are not to be kept, or to be replaced."""
    share_low: float
    """The share that is missed lies between, at 95 %."""
    share_high: float
    chance: float
    """Of the verdict: that few are missed (keep), or most (replace); of neither otherwise."""
    missed_most: str
    """The promises that were missed most often, with blanks between them."""
    flagged: str
    """Kinds of suspicion: what speaks for such a point is not taken as evidence."""
    monthly_idr: float
    """Now, of all points that would be replaced; of a point that is kept, of this one."""
    other_monthly_idr: float
    """At the median price of others for the same kind of place."""
    install_idr: float
    known_by: str
    """How the others' prices are known: the weakest of them."""
    replaced: int
    """Points that go back to the planner."""


def verdicts(cards: pd.DataFrame, programme: Programme, flagged: dict[str, str]) -> pd.DataFrame:
    """All verdicts of each year of which there are several months: points first.

    They are of the present contracts: of a point those months are judged in which its present one stood longest.

    Parameters
    ----------
    cards
        Scorecards (`scorecards.scorecards`).
    flagged
        Point -> kinds of suspicion (`suspicions.by_point`).
    """
    rows: list[Verdict] = []
    if len(cards):
        months = cards[(cards["of"] == "point") & (cards["period"].str.len() == 7)]
        months = months[_of_present(months, programme)]
        of_year = cards[(cards["of"] == "point") & (cards["period"].str.len() == 4)]
        for year in sorted(of_year["period"].unique()):
            mine = months[months["period"].str[:4] == year]
            points = list(_points(mine, year, programme, flagged))
            rows += points + [v for of in ("contract", "provider") for v in _groups(of, points, programme)]
    return pd.DataFrame(rows, columns=list(Verdict._fields))


def _of_present(months: pd.DataFrame, programme: Programme) -> pd.Series:
    """Which months of points their present contract stood longest in."""
    present = programme.points.set_index("point")["contract"].reindex(months["name"])
    stood = under.longest(programme, months["name"], months["period"])["contract"]
    return pd.Series(stood.to_numpy() == present.to_numpy(), months.index)


def _points(
    months: pd.DataFrame, year: str, programme: Programme, flagged: dict[str, str]
) -> Iterator[Verdict]:
    prices = Prices(programme)
    said = months[[f"{what}_verdict" for what in PROMISES]]
    missed = (said == "missed").to_numpy()
    judged = (missed | said.isin(["kept", "unsure"]).to_numpy()).any(axis=1)
    counts = pd.DataFrame(missed, columns=list(PROMISES)).assign(
        point=months["name"].to_numpy(), judged=judged, missed=np.asarray(missed.any(axis=1))
    )
    provider = programme.points.set_index("point")["provider"]
    sums = counts.groupby("point", sort=True).sum()
    for row in sums.reset_index().to_dict("records"):
        n, k, of = int(row["judged"]), int(row["missed"]), str(row["point"])
        verdict, low, high, chance = _rule(k, n, LEAST_MONTHS)
        if verdict == "keep" and of in flagged:
            verdict = "too little"
        now, others, install, known_by = prices.of(of)
        often = max(row[what] for what in PROMISES)
        most = [what for what in PROMISES if row[what] == often > 0]
        yield Verdict(
            "point", of, str(provider[of]), year, verdict, n, k, low, high, chance, " ".join(most),
            flagged.get(of, ""), now, others, install, known_by, int(verdict == "replace"),
        )  # fmt: skip


@lru_cache(maxsize=10_000)
def _rule(missed: int, judged: int, least: int) -> tuple[str, float, float, float]:
    """Verdict, the interval of the share that is missed, and the chance of the verdict."""
    behind = stats.beta(missed + 0.5, judged - missed + 0.5)
    low, high = (float(behind.ppf(p)) for p in ((1 - SURE) / 2, (1 + SURE) / 2))
    few, most = float(behind.cdf(FEW)), float(behind.sf(MOST))
    if judged < least:
        return "too little", low, high, np.nan
    if few >= KEEP:
        return "keep", low, high, few
    if most >= REPLACE:
        return "replace", low, high, most
    return "renegotiate", low, high, 1 - few - most


def _groups(of: str, points: list[Verdict], programme: Programme) -> Iterator[Verdict]:
    """Contracts or providers: a point speaks against them that is to be renegotiated (for keep) or replaced."""
    group = programme.points.set_index("point")[of]
    named: dict[str, list[Verdict]] = {}
    for point in points:
        if group[point.name]:
            named.setdefault(str(group[point.name]), []).append(point)
    for name, mine in sorted(named.items()):
        judged = [p for p in mine if p.verdict != "too little"]
        bad, worst = (sum(p.verdict in w for p in judged) for w in (("renegotiate", "replace"), ("replace",)))
        least = max(LEAST_POINTS, -(-len(mine) // 2))
        found, missed = _rule(bad, len(judged), least), bad
        if found[0] == "replace":
            # Most are not to be kept; that most are to be replaced must be as sure.
            stricter = _rule(worst, len(judged), least)
            found = stricter if stricter[0] == "replace" else ("renegotiate", *found[1:3], np.nan)
            missed = worst if stricter[0] == "replace" else bad
        yield _joined(of, name, mine, (len(judged), missed), found)


def _joined(
    of: str, name: str, mine: list[Verdict], counts: tuple[int, int], found: tuple[str, float, float, float]
) -> Verdict:
    gone = [p for p in mine if p.verdict == "replace"]
    words = [w for p in mine for w in p.missed_most.split()]
    most = max((words.count(w) for w in PROMISES), default=0)
    flags = sorted({f for p in mine for f in p.flagged.split(", ") if f})
    now, others, install = (
        float(np.sum([getattr(p, c) for p in gone]))
        for c in ("monthly_idr", "other_monthly_idr", "install_idr")
    )
    return Verdict(
        of, name, mine[0].provider, mine[0].period, found[0], counts[0], counts[1], *found[1:],
        " ".join(w for w in PROMISES if most and words.count(w) == most), ", ".join(flags), now, others, install,
        _weakest([p.known_by for p in gone]), len(gone),
    )  # fmt: skip


# What a change would cost

_SURENESS = ("measured", "reported", "modelled", "assumed", "made up")


def _weakest(ways: list[str]) -> str:
    return max((w for w in ways if w), key=_SURENESS.index, default="")


class Prices:
    """What others charge for the same kind of place: prices.csv, and the fees of the programme's own contracts."""

    def __init__(self, programme: Programme) -> None:
        fees = programme.fees()
        points = programme.points.set_index("point")
        own = points[["provider", "option", "kind"]].assign(
            monthly_idr=fees, install_idr=np.nan, known_by="reported"
        )
        own = (
            own[own["monthly_idr"].notna()]
            .groupby(["provider", "option", "kind"], as_index=False)
            .median(numeric_only=True)
        )
        handed = programme.prices.assign(known_by=programme.prices["known_by"].replace("", "assumed"))
        self._rows = pd.concat([f for f in (handed, own.assign(known_by="reported")) if len(f)] or [handed])
        self._points, self._fees = points[["provider", "kind"]].to_dict("index"), fees.to_dict()
        self._others: dict[tuple[str, str], tuple[float, float, str]] = {}

    def of(self, point: str) -> tuple[float, float, float, str]:
        """Fee now, median fee of others a month, median price of installing; how those are known. NaN: not known."""
        mine = self._points[point]
        key = (mine["provider"], mine["kind"])
        if key not in self._others:
            self._others[key] = self._of_others(*key)
        return float(self._fees[point]), *self._others[key]

    def _of_others(self, provider: str, kind: str) -> tuple[float, float, str]:
        rows = self._rows[(self._rows["provider"] != provider) & self._rows["kind"].isin(["", kind])]
        monthly, install = (_median(rows[name]) for name in ("monthly_idr", "install_idr"))
        return monthly, install, _weakest(rows["known_by"].tolist())


def _median(prices: pd.Series) -> float:
    """Median, whole rupiah; NaN of none."""
    some = prices.dropna()
    return float(np.floor(some.median())) if len(some) else np.nan


# Back to the planner


def to_planner(found: pd.DataFrame, programme: Programme) -> pd.DataFrame:
    """The places whose link is to be replaced, as reports that `merata add` reads: they count as unserved again."""
    gone = found[(found["of"] == "point") & (found["verdict"] == "replace")]
    points = programme.points.set_index("point").reindex(gone["name"])
    note = [f"{n}: {k} of {j} months missed ({p})" for n, k, j, p in
            zip(gone["name"], gone["missed"], gone["judged"], gone["period"], strict=True)]  # fmt: skip
    return pd.DataFrame({
        "village_code": points["village"].to_numpy(), "place": points["place"].to_numpy(), "level": "none",
        "technology": points["option"].to_numpy(), "who": "merata score", "note": note,
    })  # fmt: skip
