"""Rates at the busy hour, with intervals that hold whatever their distribution; and which hours are busy."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from merata.assure.enough import ASSUMED_BUSY, ENOUGH, SURE, UTC_OFFSET_H

LOW_SHARE = 0.2
"""The lower percentile: four of five tests were at least as good."""
BUSY_HOURS = 4
"""So many hours of the day are busy: those in which most went over the link."""


def busy(use: pd.DataFrame) -> pd.DataFrame:
    """Which hours of the day are busy.

    Parameters
    ----------
    use
        By `point`, `month` and local `hour`: `kb` and `counted_s`.

    Returns
    -------
    DataFrame
        By `point` and `month`: `hours` (bits: 1 for hour 0, 2 for hour 1 …), the four with the highest mean rate; and
        `counted` (whether from use itself: at least `ENOUGH.use_days` of it; else the assumed ones).
    """
    if use.empty:
        kinds = {"point": str, "month": int, "hours": int, "counted": bool}
        return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in kinds.items()})
    wide = use.sort_values(["point", "month", "hour"])
    kb, counted_s = (wide[name].to_numpy().reshape(-1, 24) for name in ("kb", "counted_s"))
    rate = kb / np.maximum(counted_s, 1)
    most = np.argsort(-rate, axis=1, kind="stable")[:, :BUSY_HOURS]
    enough = (counted_s.sum(axis=1) >= ENOUGH.use_days * 86400) & (kb.sum(axis=1) > 0)
    hours = np.where(enough, (1 << most).sum(axis=1), sum(1 << h for h in ASSUMED_BUSY))
    keys = wide[["point", "month"]].iloc[::24].reset_index(drop=True)
    return keys.assign(hours=hours, counted=enough)


def hours_said(bits: int) -> str:
    """Busy hours in words: `19 20 21 22`."""
    return " ".join(str(h) for h in range(24) if int(bits) >> h & 1)


def tests(speeds: pd.DataFrame, tenures: pd.DataFrame, edges: Any) -> pd.DataFrame:
    """Speed tests with their `point`, `month`, local `hour` and rates.

    What the line carried for others just before counts as carried: the rate is of the line, not of what was left of it.
    """
    made = speeds.merge(tenures[["probe", "point", "from", "until"]], on="probe")
    made = made[(made["time"] >= made["from"]) & (made["time"] < made["until"])]
    hour = (made["time"] + UTC_OFFSET_H * 3600) % 86400 // 3600
    down = made["down_mbps"] + made["used_mbps"].fillna(0)
    month = np.searchsorted(edges, made["time"], side="right") - 1
    kept = made[["point", "time", "why", "up_mbps"]]
    return kept.assign(month=month, hour=hour.astype(int), down_mbps=down).reset_index(drop=True)


def at_busy_hours(made: pd.DataFrame, hours: pd.DataFrame) -> pd.DataFrame:
    """The tests that were made at their point's busy hours of that month."""
    joined = made.merge(hours, on=["point", "month"], how="left")
    bits = joined["hours"].fillna(sum(1 << h for h in ASSUMED_BUSY)).astype(int)
    mine = ((bits.to_numpy() >> made["hour"].to_numpy()) & 1).astype(bool)
    found: pd.DataFrame = made.loc[mine]
    return found


def quantiles(values: pd.DataFrame, by: list[str], column: str, name: str) -> pd.DataFrame:
    """Median and lower percentile of a column by group, each with its interval by order statistics.

    Returns
    -------
    DataFrame
        Index `by`; `NAME_tests`, `NAME` (median), `NAME_low`, `NAME_high`, and `NAME_p20`, `NAME_p20_low`,
        `NAME_p20_high`. A bound that so few tests can't give is 0 below, infinite above; all are NaN below
        `ENOUGH.tests`.
    """
    some = values[values[column].notna()].sort_values([*by, column], kind="stable")
    groups = some.groupby(by, sort=True)[column]
    n = groups.size()
    first = np.r_[0, np.cumsum(n.to_numpy())[:-1]].astype(int)
    said: dict[str, Any] = {f"{name}_tests": n}
    for share, label in ((0.5, name), (LOW_SHARE, f"{name}_p20")):
        at = np.array([ranks(int(k), share) for k in n]).reshape(-1, 3)
        for which, part in enumerate(("", "_low", "_high")):
            said[label + part] = _picked(some[column].to_numpy(), first, n.to_numpy(), at[:, which])
    made = pd.DataFrame(said, index=n.index)
    made.loc[n < ENOUGH.tests, made.columns[1:]] = np.nan
    return made


def _picked(values: Any, first: Any, n: Any, rank: Any) -> npt.NDArray[np.float64]:
    if not len(values):
        return np.zeros(0)
    at = first + np.clip(rank, 0, np.maximum(n - 1, 0)).astype(int)
    return np.where(rank < 0, 0.0, np.where(rank >= n, np.inf, values[np.minimum(at, len(values) - 1)]))


@lru_cache(maxsize=100_000)
def ranks(n: int, share: float) -> tuple[int, int, int]:
    """Ranks (from 0) of a quantile and of the bounds of its interval among n sorted values; −1 or n: no such value.

    The number of values below the true quantile is binomial, whatever the distribution: value k (from 1) lies at or
    below it with the chance that at least k do.
    """
    tail = (1 - SURE) / 2
    low = int(stats.binom.ppf(tail, n, share)) - 1
    high = int(stats.binom.ppf(1 - tail, n, share))
    return max(int(np.ceil(n * share)) - 1, 0), low, high
