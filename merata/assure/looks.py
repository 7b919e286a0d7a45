"""One pass over heartbeats: spells in which something was amiss, use by the hour, and round trips by the month."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numba
import numpy as np
import numpy.typing as npt
import pandas as pd

from merata.assure import index as there
from merata.assure import parts, passes
from merata.assure.enough import (
    BROKEN_S,
    CENTRE_SHARE,
    NEXT_S,
    PERIOD_S,
    SLOW_S,
    SOON_S,
    UNSURE_S,
    UTC_OFFSET_H,
    Z,
)
from merata.probe.messages import ON_BATTERY, STARTED

#: Kinds of spells. Of looks: neither centre nor outside was reached; outside was, the centre not; the centre was not
#: and outside was not tried; nothing was tried. Of gaps between looks: the machine, the probe was off; messages lack.
UP, DOWN, NO_CENTRE, BLIND, NOTHING, OFF, STOPPED, LACKING = range(8)

SPELL = np.dtype(
    [
        ("probe", np.uint32), ("kind", np.uint8), ("start", np.float64), ("end", np.float64),
        ("start_wide_s", np.float32), ("end_wide_s", np.float32), ("sure_s", np.float32), ("looks", np.int32),
        ("number", np.uint32), ("next_number", np.uint32), ("battery", np.bool_), ("chain", np.int64),
        ("ended", np.bool_),
    ]
)  # fmt: skip
"""A spell: likeliest start and end (s since 1970), how wide the time is in which each lies, ± of the times themselves,
looks that saw it, numbers of the last message before and the first after (gaps), whether the look before was on
battery, the first spell of the outage it belongs to (it goes on behind a gap; -1: none), and whether its end was seen
by a look that went well."""

Floats = npt.NDArray[np.float64]
HOURS = 24
COLUMNS = (
    "number", "boot", "up_ms", "time_sure_s", "centre_lost", "outside_lost", "flags", "centre_ms", "clients", "rx_kb",
    "tx_kb",
)  # fmt: skip
_BIN_S = 300.0
ROWS_AT_ONCE = 3_000_000


@dataclass(frozen=True)
class Centre:
    """How many looks reached the outside and how many of these did not reach the centre, by 5 minutes."""

    begin_s: float
    bins: npt.NDArray[np.int64]

    def away(self, start: Any, end: Any) -> npt.NDArray[np.float64]:
        """Share of the looks between times (arrays, s since 1970) that missed the centre; 0 where nobody looked."""
        looks, missed = self._counts(start, end)
        share: npt.NDArray[np.float64] = missed / np.maximum(looks, 1)
        return share

    def up(self, start: Any, end: Any) -> npt.NDArray[np.bool_]:
        """Whether somebody looked between times, and it was not the centre that was away."""
        looks, _ = self._counts(start, end)
        return np.asarray((looks > 0) & (self.away(start, end) < CENTRE_SHARE))

    def _counts(self, start: Any, end: Any) -> npt.NDArray[np.int64]:
        sums = np.vstack([np.zeros((1, 2), np.int64), np.cumsum(self.bins, axis=0)])
        low = np.clip(((np.asarray(start) - self.begin_s) // _BIN_S).astype(np.int64), 0, len(self.bins))
        high = np.clip(((np.asarray(end) - self.begin_s) // _BIN_S).astype(np.int64) + 1, 0, len(self.bins))
        found: npt.NDArray[np.int64] = (sums[np.maximum(high, low)] - sums[low]).T
        return found


@dataclass(frozen=True)
class Seen:
    """What a pass saw."""

    spells: pd.DataFrame
    """`SPELL`, by probe and time."""
    heard: pd.DataFrame
    """By probe: `first` and `last` look, s since 1970, and `looks`."""
    use: pd.DataFrame
    """By probe, month (number in `edges`) and local hour: `kb`, `counted_s`, `clients` (sum), `client_looks`."""
    latency: pd.DataFrame
    """By probe and month: `n`, `median_ms`, `low_ms`, `high_ms` (of the median), `p95_ms`, `repeats`, `pairs`."""
    edges: npt.NDArray[np.float64]
    """Where the months begin, s since 1970, and the last one's end."""
    centre: Centre
    as_of: float
    """The latest receipt: of later times nothing can be known."""


def edges_of(months: Sequence[str]) -> npt.NDArray[np.float64]:
    """Where consecutive local months, such as 2026-11, begin; at last the end of the last one. s since 1970."""
    begin = np.array([*months, str(np.datetime64(months[-1], "M") + 1)], "datetime64[M]")
    return begin.astype("datetime64[s]").astype(np.float64) - UTC_OFFSET_H * 3600


def months_there(measurements: Path) -> list[str]:
    """All local months from the first look of a probe, or check of the centre's, to the last one, without holes."""
    index = there.load(measurements)
    live = [*index.of("heartbeats"), *index.of("checks")]
    if not live:
        return []
    ends = [parts.times_of(measurements, part) for part in live]
    offset = np.timedelta64(UTC_OFFSET_H, "h")
    first, last = min(e[0] for e in ends) + offset, max(e[1] for e in ends) + offset
    return [str(m) for m in np.arange(first.astype("datetime64[M]"), last.astype("datetime64[M]") + 1)]


def seen(measurements: Path, months: Sequence[str], rows_at_once: int = ROWS_AT_ONCE) -> Seen:
    """Go once through the heartbeats of consecutive local months (at least one), and of the months around them.

    Those around tell how what was amiss at the edges began and ended.
    """
    edges, around = edges_of(months), months_around(months)
    index = there.load(measurements)
    begin_s = float(edges_of(around)[0])
    bins = np.zeros((int((edges_of(around)[-1] - begin_s) // _BIN_S) + 1, 2), np.int64)
    count = 0
    heard: list[pd.DataFrame] = []
    use: list[pd.DataFrame] = []
    latency: list[pd.DataFrame] = []
    spells = [np.zeros(0, SPELL)]
    for rows in _ahead(passes.by_probe(measurements, "heartbeats", COLUMNS, around, rows_at_once)):
        mine, *others = _slice(rows, edges, index.had, bins, begin_s)
        mine["chain"] += np.where(mine["chain"] >= 0, count, 0)
        count += len(mine)
        for found, frame in zip((heard, use, latency), others, strict=True):
            found.append(frame)
        spells.append(mine)
    last = max((float(frame["last"].max()) for frame in heard), default=0.0)
    return Seen(
        pd.DataFrame(np.concatenate(spells)),
        _joined(heard, ["probe", "first", "last", "looks"]),
        _joined(use, ["probe", "month", "hour", "kb", "counted_s", "clients", "client_looks"]),
        _joined(latency, ["probe", "month", "n", *_LATENCY]),
        edges,
        Centre(begin_s, bins),
        max(index.received_ms / 1000, last),
    )


def _ahead(slices: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The same, the next one read while this one is looked at."""
    with ThreadPoolExecutor(1) as reader:
        coming = reader.submit(next, slices, None)
        while (rows := coming.result()) is not None:
            coming = reader.submit(next, slices, None)
            yield rows


def months_around(months: Sequence[str]) -> list[str]:
    """The months, the one before and the one after: those of UTC begin later than local ones."""
    first, last = np.datetime64(months[0], "M"), np.datetime64(months[-1], "M")
    return [str(m) for m in np.arange(first - 1, last + 2)]


_LATENCY = ("median_ms", "low_ms", "high_ms", "p95_ms", "repeats", "pairs")


def _joined(frames: list[pd.DataFrame], columns: list[str]) -> pd.DataFrame:
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=columns, dtype=float)


def _slice(
    rows: dict[str, Any], edges: Any, had: there.Had, bins: Any, begin_s: float
) -> tuple[Any, Any, Any, Any]:
    """Spells, who was heard, use and round trips of some probes."""
    rows = _timed(rows)
    first, probe = rows["first"], rows["probe"][rows["first"][:-1]]
    time_s = rows["time"] / 1000
    state = _states(rows["centre_lost"], rows["outside_lost"])
    looks = (
        time_s,
        state,
        rows["number"],
        rows["boot"],
        rows["up_ms"],
        rows["time_sure_s"],
        rows["flags"],
        rows["skipped"],
    )
    known = (had.low, had.high)
    spells = np.zeros(len(time_s) // 64 + 1000, SPELL)
    count = _spells(first, rows["probe"], *looks, *known, spells)
    if count > len(spells):
        spells = np.zeros(count, SPELL)
        _spells(first, rows["probe"], *looks, *known, spells)
    spells = spells[:count]
    _count_centre(time_s, state, begin_s, _BIN_S, bins)
    use = np.zeros((len(probe), len(edges) - 1, HOURS, 4))
    latency = np.full((len(probe), len(edges) - 1, len(_LATENCY) + 1), np.nan)
    kb = np.nan_to_num(rows["rx_kb"], nan=-1.0) + np.nan_to_num(rows["tx_kb"], nan=0.0)
    kb = np.where(np.isnan(rows["rx_kb"]), np.nan, kb)
    _used(first, time_s, kb, rows["clients"], edges, UTC_OFFSET_H * 3600.0, use)
    _latencies(first, time_s, rows["centre_ms"], edges, latency)
    heard = {
        "probe": probe,
        "first": time_s[first[:-1]],
        "last": time_s[first[1:] - 1],
        "looks": np.diff(first),
    }
    return spells, pd.DataFrame(heard), _use_frame(probe, use), _latency_frame(probe, latency)


def _timed(rows: dict[str, Any]) -> dict[str, Any]:
    """Only looks whose time is known; `skipped`: how many of the others lie before each."""
    sure = rows["time_sure_s"] <= UNSURE_S
    if sure.all():
        return {**rows, "skipped": np.zeros(len(sure), np.int64)}
    kept = (
        {name: values[sure] for name, values in rows.items() if name != "first"}
        if not sure.all()
        else dict(rows)
    )
    kept["skipped"] = np.cumsum(~sure)[sure]
    new = np.flatnonzero(kept["probe"][1:] != kept["probe"][:-1]) + 1
    ends = [len(kept["probe"])] if len(kept["probe"]) else []
    kept["first"] = np.r_[0, new, ends].astype(np.int64)
    return kept


def _states(centre_lost: Any, outside_lost: Any) -> npt.NDArray[np.uint8]:
    """The state that each look saw. Losses of ten are all; NaN was not tried."""
    centre, outside = centre_lost < 10, outside_lost < 10  # False for NaN
    tried_centre, tried_outside = ~np.isnan(centre_lost), ~np.isnan(outside_lost)
    state = np.where(tried_outside, DOWN, np.where(tried_centre, BLIND, NOTHING))
    state = np.where(outside & ~centre & tried_centre, NO_CENTRE, state)
    return np.where(centre | (outside & ~tried_centre), UP, state).astype(np.uint8)


def _use_frame(probe: Any, use: Any) -> pd.DataFrame:
    some = use.any(axis=(2, 3))
    at, month = np.nonzero(some)
    flat = use[at, month].reshape(-1, 4)
    frame = {"probe": np.repeat(probe[at], HOURS), "month": np.repeat(month, HOURS)}
    frame["hour"] = np.tile(np.arange(HOURS), len(at))
    named = dict(zip(("kb", "counted_s", "clients", "client_looks"), flat.T, strict=True))
    return pd.DataFrame(frame | named)


def _latency_frame(probe: Any, latency: Any) -> pd.DataFrame:
    at, month = np.nonzero(latency[:, :, 0] > 0)
    found = dict(zip(("n", *_LATENCY), latency[at, month].T, strict=True))
    return pd.DataFrame({"probe": probe[at], "month": month} | found)


# Kernels: each goes through the probes' rows from first to last


# Compiled ones have no types: numba finds them.


@numba.njit(cache=True, nogil=True)
def _spells(  # type: ignore[no-untyped-def]
    first, probe, time, state, number, boot, up_ms, sure, flags, skipped, low, high, out
):
    """Write the spells into `out` (as far as there is room) and say how many there are."""
    n = 0
    for p in range(len(first) - 1):
        opened = -1  # the spell of looks that is open, -1: none
        chain = -1  # the outage that goes on, -1: none
        for i in range(first[p], first[p + 1]):
            if opened < 0 and i > first[p] and _as_ever(i, time, state, boot, flags):
                chain = -1
                continue
            start, wide = time[i] - PERIOD_S / 2, 0.0
            if i > first[p]:
                gap = _between(i, time, number, boot, up_ms, flags, skipped, probe, low, high)
                apart = gap[0] != UP
                start, wide = (
                    (gap[2], gap[4]) if apart else ((time[i] + time[i - 1]) / 2, time[i] - time[i - 1])
                )
                if opened >= 0 and (apart or state[i] != state[i - 1]):
                    if apart:
                        _close(out, opened, gap[1], gap[3], False)
                    else:
                        _close(out, opened, start, wide, state[i] == UP or state[i] == NO_CENTRE)
                    opened = -1
                if apart:
                    _put_gap(out, n, i, gap, probe, number, sure, flags)
                    n += 1
            if state[i] != DOWN:
                chain = -1
            if state[i] == UP:
                continue
            if opened < 0:
                if state[i] == DOWN and chain < 0:
                    chain = n
                _open(out, n, probe[i], state[i], start, wide, chain)
                opened = n
                n += 1
            _see(out, opened, time[i], sure[i])
    return n


@numba.njit(cache=True, nogil=True)
def _open(out, at, probe, kind, start, wide, chain):  # type: ignore[no-untyped-def]
    if at < len(out):
        out[at]["probe"], out[at]["kind"], out[at]["start"], out[at]["start_wide_s"] = (
            probe,
            kind,
            start,
            wide,
        )
        out[at]["looks"], out[at]["ended"] = 0, False
        out[at]["chain"] = chain if kind == DOWN else -1


@numba.njit(cache=True, nogil=True)
def _see(out, at, time, sure):  # type: ignore[no-untyped-def]
    """One more look saw it. What is open at the end stays so: its end was not seen."""
    if at < len(out):
        out[at]["looks"] += 1
        out[at]["sure_s"] = max(out[at]["sure_s"], sure)
        out[at]["end"] = time + PERIOD_S / 2


@numba.njit(cache=True, nogil=True)
def _close(out, at, end, wide, ended):  # type: ignore[no-untyped-def]
    if at < len(out):
        out[at]["end"], out[at]["end_wide_s"], out[at]["ended"] = end, wide, ended


@numba.njit(cache=True, nogil=True)
def _put_gap(out, at, i, gap, probe, number, sure, flags):  # type: ignore[no-untyped-def]
    if at < len(out):
        out[at]["probe"], out[at]["kind"], out[at]["start"], out[at]["end"] = probe[i], gap[0], gap[1], gap[2]
        out[at]["start_wide_s"], out[at]["end_wide_s"] = gap[3], gap[4]
        out[at]["sure_s"], out[at]["looks"] = max(sure[i - 1], sure[i]), 0
        out[at]["number"], out[at]["next_number"] = number[i - 1], number[i]
        out[at]["battery"], out[at]["chain"], out[at]["ended"] = flags[i - 1] & ON_BATTERY != 0, -1, True


@numba.njit(cache=True, nogil=True)
def _as_ever(i, time, state, boot, flags):  # type: ignore[no-untyped-def] # pragma: no cover
    """Whether a look is as nearly all are, of which nothing is to be told: well, and soon after the one before."""
    return (
        state[i] == UP
        and time[i] - time[i - 1] <= BROKEN_S
        and boot[i] == boot[i - 1]
        and flags[i] & STARTED == 0
    )


@numba.njit(cache=True, nogil=True)
def _between(i, time, number, boot, up_ms, flags, skipped, probe, low, high):  # type: ignore[no-untyped-def] # pragma: no cover
    """What lies between a look and the one before: kind (UP: nothing), start, end, and how wide each is."""
    before, now = time[i - 1], time[i]
    gap = now - before
    new_boot, began = boot[i] != boot[i - 1], flags[i] & STARTED != 0
    if gap <= BROKEN_S and not new_boot and not began:
        return UP, 0.0, 0.0, 0.0, 0.0
    if skipped[i] != skipped[i - 1] or _lacking(probe[i], number[i - 1], number[i], low, high):
        if gap <= BROKEN_S:
            return UP, 0.0, 0.0, 0.0, 0.0
        return LACKING, before + PERIOD_S / 2, now - PERIOD_S / 2, 0.0, 0.0
    if not new_boot and not began and gap <= SLOW_S:
        return UP, 0.0, 0.0, 0.0, 0.0
    if new_boot:
        on = min(max(now - up_ms[i] / 1000, before), now)  # the clock that goes on begins with the machine
        if now - on <= NEXT_S:
            wide = min(NEXT_S, on - before)
            return OFF, before + min(PERIOD_S, wide) / 2, on, wide, 0.0
        # The machine ran for long and the probe did not: whether the power was ever off in between, nobody noted.
    wide = min(NEXT_S, gap)
    soon = min(SOON_S, gap - wide / 2)
    return STOPPED, before + min(PERIOD_S, wide) / 2, now - soon / 2, wide, soon


@numba.njit(cache=True, nogil=True)
def _lacking(probe, number, next_number, low, high):  # type: ignore[no-untyped-def] # pragma: no cover
    """Whether messages between two numbers are not had: the numbers lie in no one interval."""
    a = (np.uint64(probe) << np.uint64(32)) | np.uint64(min(number, next_number))
    b = (np.uint64(probe) << np.uint64(32)) | np.uint64(max(number, next_number))
    at = np.searchsorted(low, a, side="right") - 1
    return at < 0 or high[at] < b


@numba.njit(cache=True, nogil=True)
def _count_centre(time, state, begin, bin_s, bins):  # type: ignore[no-untyped-def] # pragma: no cover
    for i in range(len(time)):
        at = int((time[i] - begin) // bin_s)
        if 0 <= at < len(bins) and state[i] in (UP, NO_CENTRE):
            bins[at, 0] += 1
            bins[at, 1] += state[i] == NO_CENTRE


@numba.njit(cache=True, nogil=True)
def _used(first, time, kb, clients, edges, offset_s, use):  # type: ignore[no-untyped-def] # pragma: no cover
    """Sum use by month and local hour: kB, seconds counted, clients, looks that counted clients."""
    for p in range(len(first) - 1):
        month = 0
        for i in range(first[p], first[p + 1]):
            while month < len(edges) - 2 and time[i] >= edges[month + 1]:
                month += 1
            if time[i] < edges[0] or time[i] >= edges[-1]:
                continue
            hour = int((time[i] + offset_s) % 86400.0 // 3600.0)
            if not np.isnan(kb[i]) and i > first[p]:
                use[p, month, hour, 0] += kb[i]
                use[p, month, hour, 1] += min(time[i] - time[i - 1], BROKEN_S)
            if not np.isnan(clients[i]):
                use[p, month, hour, 2] += clients[i]
                use[p, month, hour, 3] += 1


@numba.njit(cache=True, nogil=True)
def _latencies(first, time, ms, edges, out):  # type: ignore[no-untyped-def] # pragma: no cover
    """n, median with the interval by order statistics (normal ranks), 95th percentile; equal neighbours, and pairs."""
    for p in range(len(first) - 1):
        low = first[p]
        for month in range(len(edges) - 1):
            while low < first[p + 1] and time[low] < edges[month]:
                low += 1
            high = low
            while high < first[p + 1] and time[high] < edges[month + 1]:
                high += 1
            found = np.sort(ms[low:high][~np.isnan(ms[low:high])])
            n = len(found)
            if n > 0:
                reach = Z * np.sqrt(n) / 2
                out[p, month, 0] = n
                out[p, month, 1] = (found[(n - 1) // 2] + found[n // 2]) / 2
                out[p, month, 2] = found[max(int(np.floor((n - 1) / 2 - reach)), 0)]
                out[p, month, 3] = found[min(int(np.ceil((n - 1) / 2 + reach)), n - 1)]
                out[p, month, 4] = found[min(int(0.95 * n), n - 1)]
                repeats, pairs = 0, 0
                for i in range(low + 1, high):
                    if not np.isnan(ms[i]) and not np.isnan(ms[i - 1]):
                        pairs += 1
                        repeats += ms[i] == ms[i - 1]
                out[p, month, 5], out[p, month, 6] = repeats, pairs
            low = high


def events(measurements: Path, months: Sequence[str]) -> pd.DataFrame:
    """The events of consecutive local months: `probe`, `number`, `event`, `time` (s since 1970)."""
    slices = passes.by_probe(measurements, "events", ["number", "event"], months_around(months))
    return _table(slices, ["number", "event"])


def speeds(measurements: Path, months: Sequence[str]) -> pd.DataFrame:
    """The speed tests of consecutive local months: `probe`, `time` (s since 1970) and what scores need of them."""
    columns = ["down_mbps", "up_mbps", "used_mbps", "why"]
    made = _table(passes.by_probe(measurements, "speeds", columns, months_around(months)), columns)
    edges = edges_of(months)
    within = (made["time"] >= edges[0]) & (made["time"] < edges[-1])
    found: pd.DataFrame = made.loc[within].reset_index(drop=True)
    return found


def _table(slices: Iterator[dict[str, Any]], columns: Sequence[str]) -> pd.DataFrame:
    names = ["probe", "time", *columns]
    frames = [pd.DataFrame({name: rows[name] for name in names}) for rows in slices]
    made = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=names)
    return made.assign(time=made["time"].astype(float) / 1000)
