"""What does not look as measurements of a village's link do: what was seen, what others show, and how sure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy import stats

from merata.assure.enough import ENOUGH, SURE
from merata.assure.programme import Programme

#: Kind of suspicion -> what is compared with what.
KINDS = {
    "claims": "months of which the provider claims more than the whole interval of what was measured | by chance",
    "never fails": "outages and power cuts | what others of its district had in the time that is known",
    "night tests": "speed tests at the busy hours | the share of them that others have there",
    "elsewhere": "median round trip, ms | what nine of ten others of the same technology are above",
    "untouched": "region-wide outages that left it alone | as if it had its link from elsewhere: by chance",
    "too regular": "share of round trips that equal the one before to a tenth of a millisecond | others' share",
}
STRONG, LIKELY = 1e-4, 1e-2
"""How sure: by the chance of seeing as much where nothing is wrong, after the number of points looked at."""
FAR, LEAST_SHARE = 0.5, 0.1
"""A round trip is from elsewhere when it is below so much of what so few of `ENOUGH.peers` others are below."""
REGULAR = 0.5
"""Round trips are too regular when so many equal the one before, and others' do not even half as often."""
LEAST_TESTS = 40


class Suspicion(NamedTuple):
    """One row of suspicions.csv."""

    kind: str
    """A key of `KINDS`."""
    of: str
    """point or provider."""
    name: str
    seen: float
    expected: float
    cases: int
    """Of how many months, outages, tests or round trips `seen` is."""
    chance: float
    """At most so likely where nothing is wrong, for this one alone; NaN where no chance can be given."""
    sure: str
    """strong, likely or weak."""
    text: str


@dataclass(frozen=True)
class Evidence:
    """What the checks look at: see `score.of`."""

    programme: Programme
    pieces: pd.DataFrame
    latency: pd.DataFrame
    tests: pd.DataFrame
    sums: pd.DataFrame
    cards: pd.DataFrame
    months: list[str]


def suspicions(evidence: Evidence) -> pd.DataFrame:
    """All suspicions, the surest first. They are reasons to look, not verdicts: none changes a score."""
    checks = (_claims, _never_fails, _night_tests, _elsewhere, _untouched, _too_regular)
    found = [row for check in checks for row in check(evidence)]
    made = pd.DataFrame(found, columns=list(Suspicion._fields))
    order = made["sure"].map({"strong": 0, "likely": 1, "weak": 2})
    return (
        made.assign(order=order)
        .sort_values(["order", "kind", "name"], kind="stable")
        .drop(columns="order")
        .reset_index(drop=True)
    )


def by_point(found: pd.DataFrame) -> dict[str, str]:
    """Point -> the kinds of suspicion about it, with commas between them."""
    mine = found[found["of"] == "point"]
    return {str(k): ", ".join(sorted(set(v))) for k, v in mine.groupby("name")["kind"]}


def _sure(chance: float, looked_at: int) -> str:
    """How sure, where so many were looked at: the more, the likelier that one looks odd by chance."""
    all_of_them = chance * max(looked_at, 1)
    return "strong" if all_of_them < STRONG else "likely" if all_of_them < LIKELY else "weak"


# What providers say


def _claims(evidence: Evidence) -> Iterator[Suspicion]:
    points = evidence.cards[(evidence.cards["of"] == "point")] if len(evidence.cards) else evidence.cards
    if not len(points) or not len(evidence.programme.claims):
        return
    claims = evidence.programme.claims.rename(columns={"availability": "claimed"})
    made = points.merge(
        claims[["point", "month", "claimed"]], left_on=["name", "period"], right_on=["point", "month"]
    )
    made = made[made["enough"].astype(bool) & made["claimed"].notna()]
    made["above"] = made["claimed"] > made["availability_high"]
    provider = evidence.programme.points.set_index("point")["provider"]
    groups = made.groupby(provider.reindex(made["point"]).to_numpy())
    for name, mine in groups:
        above, n = int(mine["above"].sum()), len(mine)
        expected = (1 - SURE) / 2
        chance = float(stats.binom.sf(above - 1, n, expected))
        if above and (sure := _sure(chance, len(groups))) != "weak":
            more = (mine["claimed"] - mine["availability"])[mine["above"]].mean()
            text = f"claims more than was measured in {above} of {n} months of points, by {100 * more:.2g} %"
            yield Suspicion("claims", "provider", str(name), above / n, expected, n, chance, sure, text)


# What never fails


def _never_fails(evidence: Evidence) -> Iterator[Suspicion]:
    """Outages of others are gathered (negative binomial, by mean and variance): points differ among each other."""
    pieces, sums = evidence.pieces, evidence.sums
    failed = pieces[pieces["cause"].isin(["link", "region-wide", "power", "maintenance"])]
    count = failed.drop_duplicates(["point", "outage"]).groupby("point").size()
    days = (sums["period_s"] - sums["unknown_s"]).groupby(sums["point"]).sum() / 86400
    days = days[days >= 20]
    made = pd.DataFrame({"days": days, "count": count.reindex(days.index).fillna(0)})
    n = len(made) - 1
    if n < ENOUGH.peers:
        return
    rate = made["count"] / made["days"]
    # Of the others: this one adds nothing to the sums.
    mean, square = float(rate.sum()) / n, float((rate**2).sum()) / n
    variance = (square - mean**2) * n / (n - 1)
    for point, days_of in zip(made.index.astype(str), made["days"].where(made["count"] == 0), strict=True):
        if days_of != days_of:
            continue
        chance = _none_of(mean * days_of, variance * days_of**2)
        if (sure := _sure(chance, len(made))) != "weak":
            usual = mean * days_of
            text = f"no outage and no power cut in {days_of:.0f} days; others had {usual:.3g} in such a time"
            yield Suspicion("never fails", "point", point, 0.0, usual, int(days_of), chance, sure, text)


def _none_of(mean: float, variance: float) -> float:
    """Chance of none where others had so many on average, with that variance."""
    if variance <= mean:
        return float(np.exp(-mean))
    size = mean * mean / (variance - mean)
    return float((size / (size + mean)) ** size)


# When speeds are tested


def _night_tests(evidence: Evidence) -> Iterator[Suspicion]:
    """Whether a point has fewer than half of others' share of tests in the evening, from 17 to 23."""
    tests = evidence.tests[evidence.tests["why"] != "asked"]
    evening = tests["hour"].between(17, 22)
    made = pd.DataFrame(
        {"n": tests.groupby("point").size(), "evening": evening.groupby(tests["point"]).sum()}
    )
    made = made[made["n"] >= LEAST_TESTS]
    if len(made) <= ENOUGH.peers:
        return
    usual = float((made["evening"] / made["n"]).median())
    for point, row in made.iterrows():
        share = row["evening"] / row["n"]
        chance = float(stats.binom.cdf(row["evening"], row["n"], usual / 2))
        if share < usual / 2 and (sure := _sure(chance, len(made))) != "weak":
            others = f"of others' {100 * usual:.0f} %"
            text = f"{row['evening']:.0f} of {row['n']:.0f} speed tests were in the evening; {others}"
            yield Suspicion(
                "night tests", "point", str(point), float(share), usual, int(row["n"]), chance, sure, text
            )


# Where it reports from


def _latencies(evidence: Evidence) -> pd.DataFrame:
    some = evidence.latency[evidence.latency["n"] >= ENOUGH.beats]
    groups = some.groupby("point")
    made = pd.DataFrame({
        "ms": groups["median_ms"].median(), "n": groups["n"].sum(),
        "repeats": groups["repeats"].sum() / groups["pairs"].sum().clip(lower=1),
    })  # fmt: skip
    return made.join(evidence.programme.points.set_index("point")[["option", "district", "provider"]])


def _elsewhere(evidence: Evidence) -> Iterator[Suspicion]:
    made = _latencies(evidence)
    for option, mine in made.groupby("option"):
        near = mine["ms"] < FAR * mine["ms"].median()
        for point, ms, n in zip(mine.index[near].astype(str), mine["ms"][near], mine["n"][near], strict=True):
            others = mine["ms"].drop(index=point)
            least = others.quantile(LEAST_SHARE)
            if len(others) < ENOUGH.peers or ms >= FAR * least:
                continue
            text = (
                f"its round trip is {ms:.1f} ms; nine of ten others by {option} have more than {least:.1f} ms"
            )
            yield Suspicion(
                "elsewhere", "point", point, float(ms), float(least), int(n), np.nan, "likely", text
            )


def _untouched(evidence: Evidence) -> Iterator[Suspicion]:
    """Points that stayed up through each region-wide outage of their own provider in their own district."""
    wide = evidence.pieces[evidence.pieces["cause"] == "region-wide"]
    points = evidence.programme.points.set_index("point")
    key = points["provider"] + "\n" + points["district"]
    spared: dict[str, list[float]] = {}
    off = evidence.pieces[evidence.pieces["cause"].isin(["unknown", "probe", "power"])]
    for start, end, group in _together(wide, key):
        mine = key.index[key == group]
        seen = _known(off, mine, start, end)
        hit = wide["point"][(wide["start"] < end) & (wide["end"] > start) & wide["point"].isin(seen)].unique()
        if len(seen) < ENOUGH.peers or len(hit) < 0.6 * len(seen):
            continue
        for point in set(seen) - set(hit):
            spared.setdefault(point, []).append(len(hit) / len(seen))
    for point, shares in sorted(spared.items()):
        # At most so likely: the others' share leaves this one out.
        chance = float(np.prod([1 - s for s in shares]))
        n = len(shares)
        if (sure := _sure(chance, len(points))) == "weak":
            continue
        share = 100 * np.mean(shares)
        text = (
            f"had its link in {n} region-wide outages that took {share:.0f} % of its provider's points there"
        )
        yield Suspicion("untouched", "point", point, n, chance * n, n, chance, sure, text)


def _together(wide: pd.DataFrame, key: pd.Series) -> Iterator[tuple[float, float, str]]:
    """The region-wide outages of a provider in a district: when most of it was, and whose."""
    for group, mine in wide.groupby(key.reindex(wide["point"]).to_numpy()):
        mine = mine.sort_values("start")
        new = (mine["start"].diff() > 3600).cumsum()
        for _, one in mine.groupby(new):
            yield float(one["start"].median()), float(one["end"].median()), str(group)


def _known(off: pd.DataFrame, points: Any, start: float, end: float) -> list[str]:
    """Points of which something is known in the whole time, and that were not off."""
    then = set(off["point"][(off["start"] < end) & (off["end"] > start)])
    return [p for p in points if p not in then]


def _too_regular(evidence: Evidence) -> Iterator[Suspicion]:
    made = _latencies(evidence)
    if len(made) <= ENOUGH.peers:
        return
    for point, row in made[made["repeats"] > REGULAR].iterrows():
        usual = float(made["repeats"].drop(index=point).median())
        if usual < row["repeats"] / 2:
            share = 100 * row["repeats"]
            text = f"{share:.0f} % of its round trips equal the one before to 0.1 ms; of others' {100 * usual:.0f} %"
            yield Suspicion(
                "too regular",
                "point",
                str(point),
                float(row["repeats"]),
                usual,
                int(row["n"]),
                np.nan,
                "likely",
                text,
            )
