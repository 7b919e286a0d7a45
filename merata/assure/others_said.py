"""What others say of each point and month, over the time of which they say anything; and what providers claim."""

from __future__ import annotations

import numpy as np
import pandas as pd

from merata.assure.others_tables import VALUES

LEAST_KNOWN = 0.5
"""A provider claims an availability of a month when its monitoring tells of so much of it."""
COLUMNS = (
    "point", "month", "source", "kind", "availability", "known_share", "latency_ms", "loss", "down_mbps", "up_mbps",
)  # fmt: skip


def by_month(rows: pd.DataFrame, months: list[str], edges: np.ndarray) -> pd.DataFrame:
    """A row for each point, month and source, with `COLUMNS`.

    Each value is its mean over the time of which it is told; where rows overlap, the one of the shortest time counts.
    `known_share` is the share of the month of which the availability is told.

    Parameters
    ----------
    rows
        Of `others.rows`.
    months
        Consecutive local months, such as 2026-11.
    edges
        Their beginnings and the end of the last one, s since 1970.
    """
    found = []
    for (source, kind, point), mine in rows.groupby(["source", "kind", "point"], sort=True):
        begin, end, values = _apart(mine)
        for n, month in enumerate(months):
            some = slice(np.searchsorted(end, edges[n], "right"), np.searchsorted(begin, edges[n + 1]))
            inside = np.minimum(end[some], edges[n + 1]) - np.maximum(begin[some], edges[n])
            if len(inside):
                means, told_s = _means({name: told[some] for name, told in values.items()}, inside)
                known = told_s["availability"] / (edges[n + 1] - edges[n])
                found.append(
                    {"point": point, "month": month, "source": source, "kind": kind, "known_share": known}
                    | means
                )
    return pd.DataFrame(found, columns=list(COLUMNS))


def _apart(rows: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, dict[str, np.ndarray]]:
    """Stretches that do not overlap: where several rows tell of the same time, the shortest does."""
    rows = rows.sort_values(["start", "end"], kind="stable")
    start, end = rows["start"].to_numpy(float), rows["end"].to_numpy(float)
    values = {name: rows[name].to_numpy(float) for name in VALUES}
    if (start[1:] >= end[:-1]).all():
        return start, end, values
    edges = np.unique(np.concatenate([start, end]))
    first, last = np.searchsorted(edges, start), np.searchsorted(edges, end)
    made = {name: np.full(len(edges) - 1, np.nan) for name in VALUES}
    for n in np.argsort(-(end - start), kind="stable"):
        for name, told in values.items():
            if not np.isnan(told[n]):
                made[name][first[n] : last[n]] = told[n]
    return edges[:-1], edges[1:], made


def _means(values: dict[str, np.ndarray], seconds: np.ndarray) -> tuple[dict[str, float], dict[str, float]]:
    """Means by time, and of how much time each is; round trips only of times that were not all down."""
    up = ~(values["availability"] == 0)
    means, told_s = {}, {}
    for name, told in values.items():
        weight = np.where(np.isnan(told) | (~up & (name == "latency_ms")), 0, seconds)
        told_s[name] = float(weight.sum())
        means[name] = float(np.nansum(told * weight) / told_s[name]) if told_s[name] else np.nan
    return {name: means[name] for name in COLUMNS if name in means}, told_s


def claims(by_hand: pd.DataFrame, said: pd.DataFrame) -> pd.DataFrame:
    """What providers claim: claims.csv, and what their own monitoring says of points and months that it does not name.

    Both with point, month, availability and down_mbps.
    """
    theirs = said[(said["kind"] == "provider") & (said["known_share"] >= LEAST_KNOWN)]
    both = pd.concat([by_hand, theirs[list(by_hand.columns)]], ignore_index=True)
    return both.drop_duplicates(["point", "month"]).reset_index(drop=True)


def beside(said: pd.DataFrame, cards: pd.DataFrame) -> pd.DataFrame:
    """The same with `measured`: the availability by probes, where there is enough of it; NaN elsewhere."""
    if not len(cards):
        return said.assign(measured=np.nan)
    mine = cards[(cards["of"] == "point") & cards["enough"].astype(bool)]
    measured = mine.set_index(["name", "period"])["availability"]
    at = pd.MultiIndex.from_frame(said[["point", "month"]])
    return said.assign(measured=measured.reindex(at).to_numpy(float))
