"""How often routers answered the centre, month by month: evidence of its own kind, for points that have no probe too.

A router that does not answer may have no power, or its link is down, or it was told not to answer: nobody can tell. So
what is missing here is more than a provider answers for, never less. That a promise was kept can be said from it, that
one was missed can't, and no money goes by it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from merata.assure import availability, index, passes, routers, service
from merata.assure.enough import NEXT_S, PERIOD_S, WIDE_POINTS
from merata.assure.looks import months_around
from merata.assure.outages import excused
from merata.assure.programme import Programme

TABLE = "checks"
COLUMNS = (
    "point", "month", "checks", "availability", "availability_low", "availability_high", "known_share", "enough",
    "outages", "latency_ms", "promised", "verdict",
)  # fmt: skip
_LOOK = ("point", "time", "ok", "ms")


@dataclass(frozen=True)
class _Run:
    """Looks of points in order, and how each is joined to the one before it: of the same point, and not long after."""

    looks: pd.DataFrame
    same: Any
    gap_s: Any
    joined: Any

    @classmethod
    def of(cls, looks: pd.DataFrame) -> _Run:
        time, point = looks["time"].to_numpy(float), looks["point"].to_numpy()
        same = np.r_[False, point[1:] == point[:-1]][: len(looks)]
        gap_s = np.r_[0.0, np.diff(time)][: len(looks)]
        return cls(looks, same, gap_s, same & (gap_s <= NEXT_S))


def by_month(
    measurements: Path, programme: Programme, months: list[str], edges: Any, as_of: float
) -> pd.DataFrame:
    """A row for each point with a router and each month, with `COLUMNS`.

    Parameters
    ----------
    months, edges
        Consecutive local months, their beginnings and the end of the last one, s since 1970.
    as_of
        Of later times nothing can be known, s since 1970.
    """
    looks = _without_centre(seen(measurements, months, edges))
    if not len(looks):
        return pd.DataFrame(columns=list(COLUMNS))
    services = _services(programme, looks)
    found = excused(pieces(looks, services, as_of), programme)
    found["counts"] = np.where(found["cause"] == "unknown", "unknown", "down")
    found.loc[found["excused_by"] != "", "counts"] = "excused"
    sums = availability.by_month(found, services, edges, as_of)
    made = pd.concat([sums[["point", "month", "outages"]], availability.shares(sums)], axis=1)
    month = np.searchsorted(edges, looks["time"].to_numpy(float), side="right") - 1
    told = looks.assign(month=month).groupby(["point", "month"])
    made = made.merge(told.agg(checks=("ok", "size"), latency_ms=("ms", "median")), on=["point", "month"])
    made["promised"] = made["point"].map(programme.promised()["availability"])
    return made.assign(month=np.array(months)[made["month"]], verdict=_verdicts(made))[list(COLUMNS)]


def _verdicts(rows: pd.DataFrame) -> Any:
    kept = (rows["availability_low"] >= rows["promised"]).to_numpy()
    words = np.where(rows["enough"], np.where(kept, "kept", "unsure"), "too little")
    return np.where(rows["promised"].isna(), "", words)


def seen(measurements: Path, months: list[str], edges: Any) -> pd.DataFrame:
    """Looks at points in local months, by point and time: `point`, `time` (s), `ok` and `ms` (of echoes).

    Several routers of a point that were looked at in the same five minutes are one look: it is up when any answers.
    """
    of_point = {n: point for point, some in routers.numbers_of_points(measurements).items() for n in some}
    if not of_point or not index.load(measurements).of(TABLE):
        return pd.DataFrame(columns=list(_LOOK))
    found = []
    for rows in passes.by_probe(measurements, TABLE, ["ok", "ms", "how"], months_around(months)):
        time = rows["time"] / 1000
        mine = (time >= edges[0]) & (time < edges[-1])
        frame = pd.DataFrame({name: rows[name][mine] for name in ("probe", "ok", "ms", "how")})
        found.append(frame.assign(time=time[mine]))
    looks = pd.concat(found, ignore_index=True)
    looks = looks.assign(point=looks["probe"].map(of_point), slot=looks["time"] // PERIOD_S)
    looks["ms"] = looks["ms"].where(looks["how"] == "ping")
    whole = looks.dropna(subset="point").groupby(["point", "slot"], as_index=False)
    made = whole.agg(time=("time", "mean"), ok=("ok", "max"), ms=("ms", "min"))
    return made.sort_values(["point", "time"], ignore_index=True)


def _without_centre(looks: pd.DataFrame) -> pd.DataFrame:
    """Without the minutes in which no router answered at all: that is the centre's own line."""
    if not len(looks):
        return looks
    slot = looks.groupby("slot")["ok"]
    away = (slot.transform("size") >= WIDE_POINTS) & ~slot.transform("max").astype(bool)
    return looks[~away].reset_index(drop=True)


def _services(programme: Programme, looks: pd.DataFrame) -> pd.DataFrame:
    """When points with routers were in service; one without a date since the first look at it."""
    first = looks.groupby("point")["time"].min().rename("from").reset_index()
    made = service.services(programme, first)
    return made[made["point"].isin(first["point"])].reset_index(drop=True)


def pieces(looks: pd.DataFrame, services: pd.DataFrame, as_of: float) -> pd.DataFrame:
    """What was amiss, as `outages.outages` has it: no answer (`link`), and times without a look (`unknown`)."""
    run = _Run.of(looks)
    found = pd.concat([_silent(run), _gaps(run), _ends(looks, services, as_of)], ignore_index=True)
    found = found[found["end"] > found["start"]].sort_values(["point", "start"], ignore_index=True)
    return found.assign(outage=np.arange(len(found)), probe=0, excused_by="", wide="", sure_s=0.0)


def _silent(run: _Run) -> pd.DataFrame:
    """Runs of looks without an answer: each begins and ends somewhere between two looks."""
    down = ~run.looks["ok"].to_numpy(bool)
    after = np.r_[run.joined[1:], False][: len(down)]
    gap_after_s = np.r_[run.gap_s[1:], 0.0][: len(down)]
    first = np.flatnonzero(down & ~(run.joined & np.r_[False, down[:-1]][: len(down)]))
    last = np.flatnonzero(down & ~(after & np.r_[down[1:], False][: len(down)]))
    time = run.looks["time"].to_numpy(float)
    low_s = np.where(run.joined[first], run.gap_s[first], 0.0)
    high_s = np.where(after[last], gap_after_s[last], 0.0)
    return _piece(
        run.looks["point"].to_numpy()[first], "link", time[first] - low_s / 2, time[last] + high_s / 2,
        start_wide_s=low_s, end_wide_s=high_s, looks=last - first + 1, ended=after[last],
    )  # fmt: skip


def _gaps(run: _Run) -> pd.DataFrame:
    at = np.flatnonzero(run.same & ~run.joined)
    time = run.looks["time"].to_numpy(float)
    return _piece(run.looks["point"].to_numpy()[at], "unknown", time[at - 1], time[at])


def _ends(looks: pd.DataFrame, services: pd.DataFrame, as_of: float) -> pd.DataFrame:
    """The time in service before the first look and after the last one."""
    time = looks.groupby("point")["time"].agg(["min", "max"]).reindex(services["point"])
    first, last = time["min"].to_numpy(float), time["max"].to_numpy(float)
    until = np.minimum(services["until"].to_numpy(float), as_of)
    point = services["point"].to_numpy()
    late = np.where(until - last > NEXT_S, until, last)
    return pd.concat(
        [
            _piece(point, "unknown", services["begins"].to_numpy(float), first),
            _piece(point, "unknown", last, late),
        ]
    )


def _piece(point: Any, cause: str, start: Any, end: Any, **more: Any) -> pd.DataFrame:
    none = {"start_wide_s": 0.0, "end_wide_s": 0.0, "looks": 0, "ended": True}
    return pd.DataFrame({"point": point, "start": start, "end": end}).assign(cause=cause, **{**none, **more})
