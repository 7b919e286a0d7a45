"""From spells to outages by cause: link, region-wide, power, maintenance, probe, centre, unknown."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from merata.assure import looks, under
from merata.assure import windows as excusing
from merata.assure.causes import COUNTS as COUNTS
from merata.assure.enough import CENTRE_SHARE, PERIOD_S
from merata.assure.programme import Programme
from merata.assure.wide import together

#: Kind of spell -> cause, before anything else is looked at.
_CAUSE = {
    looks.DOWN: "link",
    looks.NO_CENTRE: "centre",
    looks.BLIND: "link",
    looks.NOTHING: "unknown",
    looks.OFF: "power",
    looks.STOPPED: "probe",
    looks.LACKING: "unknown",
}
#: Events after which messages are gone for good.
_LOST = ("store_full", "store_damaged", "store_new")

COLUMNS = (
    "outage", "point", "probe", "cause", "counts", "excused_by", "wide", "start", "end", "start_wide_s", "end_wide_s",
    "sure_s", "looks", "ended",
)  # fmt: skip


def outages(
    seen: looks.Seen,
    events: pd.DataFrame,
    programme: Programme,
    tenures: pd.DataFrame,
    services: pd.DataFrame,
) -> pd.DataFrame:
    """All that was amiss at the points, as pieces that do not overlap within a point.

    Parameters
    ----------
    seen, events
        What a pass saw (`looks.seen`, `looks.events`).
    tenures, services
        Which probe spoke for which point, and when points were in service (`service`).

    Returns
    -------
    DataFrame
        By point and start. `outage` (pieces of one outage share it), `point`, `probe`, `cause` (a key of `COUNTS`),
        `counts` (down, excused, unknown, up), `excused_by` (maintenance, majeure, contest, suspended, power or
        nothing), `wide` (whether it took most points of a `provider`, a `district` or `both` with it), `start` and
        `end` (likeliest, s since 1970) and how wide the time is in which each lies (s), `sure_s` (± of the times
        themselves), `looks` that saw it, `ended` (whether its end was seen). Reaches over the edges of the months
        where it does.
    """
    spells = _with_cause(seen, events)
    found = pd.concat([_at_points(spells, tenures), _silent(seen, tenures, services)], ignore_index=True)
    found = found.sort_values(["point", "start"], kind="stable", ignore_index=True)
    found = _widely(found, programme)
    found = excused(found, programme)
    found["counts"] = found["cause"].map(COUNTS)
    found.loc[found["excused_by"].isin(["majeure", "contest", "suspended"]), "counts"] = "excused"
    found.loc[(found["cause"] == "power") & (found["excused_by"] == ""), "counts"] = "down"
    found = found.sort_values(["point", "start"], kind="stable", ignore_index=True)
    return found[list(COLUMNS)]


# Causes


def _with_cause(seen: looks.Seen, events: pd.DataFrame) -> pd.DataFrame:
    spells = seen.spells.copy()
    spells["outage"] = np.where(spells["chain"] >= 0, spells["chain"], np.arange(len(spells)))
    cause = spells["kind"].map(_CAUSE).astype(object)
    away = seen.centre.away(spells["start"], spells["end"]) >= CENTRE_SHARE
    kind = spells["kind"].to_numpy()
    # Without a target outside, and with the centre away from most: nobody knows whether the link worked.
    cause[(kind == looks.BLIND) & away] = "unknown"
    stopped = _between(spells, events[events["event"] == "stop"])
    lost = _between(spells, events[events["event"].isin(_LOST)])
    cause[(kind == looks.OFF) & stopped & ~spells["battery"].to_numpy()] = "probe"
    cause[np.isin(kind, [looks.OFF, looks.STOPPED]) & lost] = "unknown"
    spells["cause"] = cause
    # One probe alone that misses the centre and reaches the outside: its link works.
    found: pd.DataFrame = spells.loc[(kind != looks.NO_CENTRE) | away]
    return found


def _between(spells: pd.DataFrame, events: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Which gaps have one of the events next to them: numbered within the gap, or just at its ends."""
    key = np.sort(_key(events["probe"], events["number"]))
    low = np.searchsorted(key, _key(spells["probe"], spells["number"]), side="left")
    high = np.searchsorted(key, _key(spells["probe"], spells["next_number"]), side="right")
    return np.asarray((spells["looks"] == 0).to_numpy() & (high > low))


def _key(probe: Any, number: Any) -> npt.NDArray[np.uint64]:
    made: npt.NDArray[np.uint64] = (np.asarray(probe, np.uint64) << np.uint64(32)) | np.asarray(
        number, np.uint64
    )
    return made


# From probes to points


def _at_points(spells: pd.DataFrame, tenures: pd.DataFrame) -> pd.DataFrame:
    """Spells cut to when their probe spoke for a point."""
    some = tenures[["probe", "point", "from", "until"]]
    made = spells.merge(some, on="probe", how="inner")
    return _clipped(made, made["from"].to_numpy(), made["until"].to_numpy())


def _clipped(pieces: pd.DataFrame, low: Any, high: Any) -> pd.DataFrame:
    """Only what lies between two times (arrays); an edge that is cut is exact."""
    start, end = pieces["start"].to_numpy(), pieces["end"].to_numpy()
    made = pieces.assign(
        start=np.maximum(start, low),
        end=np.minimum(end, high),
        start_wide_s=np.where(start < low, 0.0, pieces["start_wide_s"]),
        end_wide_s=np.where(end > high, 0.0, pieces["end_wide_s"]),
        ended=pieces["ended"].to_numpy() & (end <= high),
    )
    return made[made["end"] > made["start"]]


def _silent(seen: looks.Seen, tenures: pd.DataFrame, services: pd.DataFrame) -> pd.DataFrame:
    """Time in service of which no look tells: before the first, after the last one, without a probe."""
    until = np.minimum(services["until"].to_numpy(), min(seen.edges[-1], seen.as_of))
    begins = np.maximum(services["begins"].to_numpy(), seen.edges[0])
    spoke: dict[str, list[tuple[float, float]]] = {}
    heard_from = np.maximum(tenures["from"], tenures["first"] - PERIOD_S / 2)
    heard_until = np.minimum(tenures["until"], tenures["last"] + PERIOD_S / 2)
    for point, low, high in zip(tenures["point"], heard_from, heard_until, strict=True):
        spoke.setdefault(point, []).append((low, high))
    rows: list[tuple[str, float, float]] = []
    for point, low, high in zip(services["point"], begins, until, strict=True):
        rows += [(point, a, b) for a, b in _holes(spoke.get(point, []), low, high) if b > a]
    made = pd.DataFrame(rows, columns=["point", "start", "end"]).astype({"start": float, "end": float})
    made["outage"] = -1 - np.arange(len(made))
    blank: dict[str, Any] = {"probe": 0, "start_wide_s": 0.0, "end_wide_s": 0.0, "sure_s": 0.0, "looks": 0}
    return made.assign(cause="unknown", ended=False, **blank)


def _holes(heard: list[tuple[float, float]], low: float, high: float) -> Iterator[tuple[float, float]]:
    """What of a time is in none of the times in which somebody was heard (NaN: never)."""
    at = low
    for a, b in heard:
        if b > a and b > at:
            yield at, min(a, high)
            at = b
    yield at, high


# Region-wide


def _widely(pieces: pd.DataFrame, programme: Programme) -> pd.DataFrame:
    """Say which outages of the link, and of the power, took most of a provider's or a district's points at once."""
    made = pieces.reset_index(drop=True)
    made["wide"] = ""
    points = programme.points.set_index("point")[["district", "provider"]]
    points["both"] = (points["provider"] + "\n" + points["district"]).where((points != "").all(axis=1), "")
    first = ~made.duplicated(["outage", "cause"])
    for cause in ("power", "link"):
        for by in ("both", "provider", "district"):
            mine = np.flatnonzero((made["cause"] == cause) & first)
            group = pd.Index(points[by].reindex(made["point"].iloc[mine]))
            size = points[points[by] != ""].groupby(by).size()
            starts, whose = made["start"].to_numpy()[mine], pd.factorize(made["point"].iloc[mine])[0]
            wide = mine[together(starts, whose, size.index.get_indexer(group), size.to_numpy())]
            whole = made["outage"].isin(made["outage"].iloc[wide]) & (made["cause"] == cause)
            made.loc[whole, "wide"] = by
    made.loc[(made["cause"] == "link") & (made["wide"] != ""), "cause"] = "region-wide"
    return made


# What is excused


def excused(pieces: pd.DataFrame, programme: Programme) -> pd.DataFrame:
    """Cut outages at planned work that was told in time, and at what was agreed or decided to be nobody's.

    Power cuts are nobody's, but where the contract has the provider answer for the power.
    """
    of_power = pieces["cause"] == "power"
    power_by = under.promised_at(programme, pieces["point"], pieces["start"])["power_by"]
    theirs = of_power & (power_by == "provider").to_numpy()
    made = pieces.assign(excused_by=np.where(of_power & ~theirs, "power", "")).reset_index(drop=True)
    windows = excusing.windows(programme)
    answered = made[made["cause"].isin(["link", "region-wide"]) | theirs.to_numpy()]
    pairs = answered[["point", "start", "end"]].reset_index().merge(windows, on="point")
    touched = pairs.loc[(pairs["start"] < pairs["high"]) & (pairs["end"] > pairs["low"]), "index"].unique()
    cut = made.loc[touched]
    # The first window of each point, then the second one of each, and so on.
    windows = windows[windows["point"].isin(cut["point"].unique())]
    for _, turn in windows.groupby(windows.groupby("point").cumcount()):
        cut = _cut(cut, turn.set_index("point"))
    return pd.concat([made[~made.index.isin(touched)], cut], ignore_index=True)


def _cut(pieces: pd.DataFrame, windows: pd.DataFrame) -> pd.DataFrame:
    """The pieces, cut at the window of their point (one at most for each), and what lies inside excused."""
    low, high = (pieces["point"].map(windows[name]).to_numpy(float) for name in ("low", "high"))
    hit = (pieces["excused_by"] == "").to_numpy() & (pieces["start"] < high) & (pieces["end"] > low)
    mine, low, high = pieces[hit], low[hit], high[hit]
    why = mine["point"].map(windows["why"])
    inside = mine.assign(excused_by=why, cause=mine["cause"].mask(why == "maintenance", "maintenance"))
    forever = np.full(len(mine), np.inf)
    kept = [
        pieces[~hit],
        _clipped(mine, -forever, low),
        _clipped(inside, low, high),
        _clipped(mine, high, forever),
    ]
    return pd.concat(kept, ignore_index=True)
