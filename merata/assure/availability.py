"""Share of the time in which a link worked, with the interval that its true value lies in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from merata.assure.enough import ENOUGH, PERIOD_S, SURE, Z
from merata.assure.outages import COUNTS

Floats = npt.NDArray[np.float64]

#: Columns that are sums of seconds (and of counts): those of several points or months are the sums of theirs.
CAUSES = tuple(f"by_{cause.replace('-', '_')}_s" for cause in COUNTS)
SUMS = (
    "period_s", "down_s", "excused_s", "unknown_s", "dark_s", "edges_s2", "once", "once_s", "outages", *CAUSES,
)  # fmt: skip


def by_month(
    pieces: pd.DataFrame, services: pd.DataFrame, edges: Floats, as_of: float, by: Sequence[str] = ("point",)
) -> pd.DataFrame:
    """What each point had in each month.

    Parameters
    ----------
    pieces
        Outages (`outages.outages`).
    services
        When points were in service (`service.services`).
    edges
        Where the months begin and the last one ends, s since 1970.
    as_of
        Nothing later counts, s since 1970.
    by
        Columns of both that say whose a row is.

    Returns
    -------
    DataFrame
        By `by` and `month` (number in `edges`): `SUMS`. Seconds in service; down; excused; unknown; `dark_s`:
        without internet for people, whoever's fault; `edges_s2`: its variance by edges; `once`: outages that one
        look saw, and `once_s` of `down_s` by them; `outages`: of the link, by when they began; and seconds by cause.
    """
    made = _period(services, edges, as_of, by)
    some = cut(pieces, np.minimum(edges, as_of))
    lasted = (some["end"] - some["start"]).to_numpy()
    down = (some["counts"] == "down").to_numpy()
    once = (
        down & (some["looks"] == 1) & ~some["was_cut"] & (some["start_wide_s"] > 0) & (some["end_wide_s"] > 0)
    )
    dark = some["cause"].isin(["link", "region-wide", "power", "maintenance"])
    columns: dict[str, Any] = {
        "down_s": lasted * down,
        "excused_s": lasted * (some["counts"] == "excused"),
        "unknown_s": lasted * (some["counts"] == "unknown"),
        "dark_s": lasted * dark,
        "edges_s2": _variance(some) * (down & ~once),
        "once": once.astype(float),
        "once_s": lasted * once,
        "outages": (some["cause"].isin(["link", "region-wide"]) & some["is_first"]).astype(float),
    }
    columns |= {name: lasted * (some["cause"] == cause) for name, cause in zip(CAUSES, COUNTS, strict=True)}
    sums = pd.DataFrame({name: some[name] for name in (*by, "month")} | columns)
    sums = sums.groupby([*by, "month"], as_index=False).sum()
    made = made.merge(sums, on=[*by, "month"], how="left").fillna(0.0)
    return made[made["period_s"] > 0].reset_index(drop=True)


def _period(services: pd.DataFrame, edges: Floats, as_of: float, by: Sequence[str]) -> pd.DataFrame:
    """How long each point was in service in each month."""
    begins = services["begins"].to_numpy()
    until = np.minimum(services["until"].to_numpy(), as_of)
    low = np.maximum(begins[:, None], edges[None, :-1])
    high = np.minimum(until[:, None], edges[None, 1:])
    at, month = np.nonzero(high > low)
    found = {name: services[name].to_numpy()[at] for name in by} | {"month": month}
    made = pd.DataFrame(found | {"period_s": (high - low)[at, month]})
    return made.groupby([*by, "month"], as_index=False, sort=False).sum()


def cut(pieces: pd.DataFrame, edges: Floats) -> pd.DataFrame:
    """The pieces cut at the edges of months, with `month`, `was_cut` and `is_first` (of its outage)."""
    start, end = pieces["start"].to_numpy(), pieces["end"].to_numpy()
    low = np.maximum(np.searchsorted(edges, start, side="right") - 1, 0)
    high = np.minimum(np.searchsorted(edges, end, side="left") - 1, len(edges) - 2)
    times = np.maximum(high - low + 1, 0)
    at = np.repeat(np.arange(len(pieces)), times)
    month = low[at] + np.arange(len(at)) - np.repeat(np.cumsum(times) - times, times)
    made = pieces.iloc[at].reset_index(drop=True)
    begin, stop = edges[month], edges[month + 1]
    early, late = (made["start"] < begin).to_numpy(), (made["end"] > stop).to_numpy()
    first = ~pieces.duplicated("outage").to_numpy()[at]
    made = made.assign(
        month=month,
        was_cut=early | late,
        is_first=first & ~early,
        start=np.maximum(made["start"], begin),
        end=np.minimum(made["end"], stop),
        start_wide_s=np.where(early, 0.0, made["start_wide_s"]),
        end_wide_s=np.where(late, 0.0, made["end_wide_s"]),
    )
    return made[made["end"] > made["start"]].reset_index(drop=True)


def _variance(pieces: pd.DataFrame) -> Floats:
    """Variance of how long each piece lasted, s²: each edge lies anywhere within its width, and times are not exact."""
    wide = pieces["start_wide_s"].to_numpy(float) ** 2 + pieces["end_wide_s"].to_numpy(float) ** 2
    uncut = (pieces["start_wide_s"] > 0).to_numpy(int) + (pieces["end_wide_s"] > 0).to_numpy(int)
    made: Floats = wide / 12 + uncut * pieces["sure_s"].to_numpy(float) ** 2 / 3
    return made


def shares(sums: pd.DataFrame) -> pd.DataFrame:
    """Availability from sums of seconds (`SUMS`), of a point's month as of a provider's year.

    Returns
    -------
    DataFrame
        `availability` with `availability_low` and `availability_high`: of the share truly delivered in the time that
        counts, with whatever happened while nothing was known; `known_share` of the time that counts; `served`, for
        people, whoever's fault an outage was; and `enough`. NaN where nothing counts or nothing is known.
    """
    counts = (sums["period_s"] - sums["excused_s"]).to_numpy()
    known = counts - sums["unknown_s"].to_numpy()
    down = sums["down_s"].to_numpy()
    low_dev, high_dev = deviations(sums)
    with np.errstate(divide="ignore", invalid="ignore"):
        some = np.where(known > 0, known, np.nan)
        best = 1 - np.maximum(down - low_dev, 0) / np.where(counts > 0, counts, np.nan)
        worst = 1 - (down + high_dev + sums["unknown_s"].to_numpy()) / np.where(counts > 0, counts, np.nan)
        had = (sums["period_s"] - sums["unknown_s"]).to_numpy()
        made = {
            "availability": 1 - down / some,
            "availability_low": np.where(known > 0, np.clip(worst, 0, 1), np.nan),
            "availability_high": np.where(known > 0, np.clip(best, 0, 1), np.nan),
            "known_share": known / np.where(counts > 0, counts, np.nan),
            "served": 1 - sums["dark_s"].to_numpy() / np.where(had > 0, had, np.nan),
        }
    enough = (known >= ENOUGH.known_share * counts) & (known >= ENOUGH.days * 86400)
    return pd.DataFrame(made, index=sums.index).assign(enough=enough)


def deviations(sums: pd.DataFrame) -> tuple[Floats, Floats]:
    """By how much less, and more, than `down_s` links may truly have been down (at `SURE`), s.

    Edges: normal, with their variance. Outages so short that one look saw them: they were met by chance, each standing
    for those that none met, so their number is that of rare events (Poisson, exact interval), a period each. Both
    deviations are joined as squares (method of variance estimates recovery).
    """
    once = sums["once"].to_numpy()
    tail = (1 - SURE) / 2
    fewest = np.where(once > 0, stats.chi2.ppf(tail, np.maximum(2 * once, 1)) / 2, 0.0)
    most = stats.chi2.ppf(1 - tail, 2 * once + 2) / 2
    each = np.where(once > 0, sums["once_s"].to_numpy() / np.maximum(once, 1), PERIOD_S)
    edge = Z**2 * sums["edges_s2"].to_numpy()
    return np.sqrt(edge + ((once - fewest) * each) ** 2), np.sqrt(edge + ((most - once) * each) ** 2)
