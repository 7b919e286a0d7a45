"""When things truly happened, though the probes' wall clocks are wrong: reckoned from when deliveries arrived.

A probe has a clock that goes on through everything but a restart (`up_ms`, in a run of the clock called `boot`). Each
delivery says what that clock showed as it left. With the time of its receipt that is an *anchor*: whatever the probe
measured, it measured as long before the receipt as its clock went on since, or somewhat earlier, by the way of the
delivery. The anchor of the quickest delivery is the best.

What is known is kept by *stretches*: a day of one run of one probe's clock, with its first and last message and its
best anchor. Stretches of the same day join to one, whatever their order and however often the same ones join: each
field is a least or a greatest one. All times follow from the joined stretches alone, so the same deliveries give the
same times in whatever order, and however often, they came.
"""

from __future__ import annotations

from typing import Any, NamedTuple, cast

import numba
import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Stretches = npt.NDArray[np.void]

STRETCH_MS = 86_400_000
"""Length of a stretch on the probe's clock."""
DRIFT_PER = 10_000
"""A probe's clock gains or loses no more than one part in so many (100 ppm; quartz in a cheap board: some 50)."""
ANCHORED_SURE_S = 1.0
"""± of a time whose anchor is close by: what clocks are read to, and what deliveries that are quick differ by."""
LONGEST_MS = 366 * 86_400_000
"""Nothing is older: a probe's store holds a year."""
POSSIBLE_MS = (1_577_836_800_000, 4_102_444_800_000)
"""Years 2020 to 2099: no other times come out, whatever a probe says of its clock."""
NONE = -1

STRETCH = np.dtype(
    [
        ("probe", np.uint32), ("boot", np.uint32), ("stretch", np.int64),
        ("first_number", np.int64), ("first_up_ms", np.int64), ("first_wall_s", np.int64),
        ("last_number", np.int64), ("last_up_ms", np.int64), ("last_wall_s", np.int64),
        ("received_ms", np.int64),
        ("anchor_up_ms", np.int64), ("anchor_ms", np.int64),
    ]
)  # fmt: skip
"""What is known of a stretch: the first and the last message (number NONE: none yet), the first receipt of any message,
and the best anchor: the probe's clock at sending (NONE: no anchor) and the centre's at receipt."""


def of_messages(probe: Any, boot: Any, number: Any, up_ms: Any, wall_s: Any, received_ms: Any) -> Stretches:
    """The stretches that messages make, one for each message (arrays of one length; `joined` makes few of them)."""
    made = np.zeros(len(np.atleast_1d(probe)), STRETCH)
    made["probe"], made["boot"], made["received_ms"] = probe, boot, received_ms
    made["stretch"] = np.asarray(up_ms) // STRETCH_MS
    for end in ("first", "last"):
        made[f"{end}_number"], made[f"{end}_up_ms"], made[f"{end}_wall_s"] = number, up_ms, wall_s
    made["anchor_up_ms"] = made["anchor_ms"] = NONE
    return made


def of_anchors(probe: Any, boot: Any, up_ms: Any, received_ms: Any) -> Stretches:
    """The stretches that deliveries make by the clock of their sending (arrays of one length)."""
    made = np.zeros(len(np.atleast_1d(probe)), STRETCH)
    for name in ("first", "last"):
        for field in ("number", "up_ms", "wall_s"):
            made[f"{name}_{field}"] = NONE
    made["received_ms"] = NONE
    made["probe"], made["boot"] = probe, boot
    made["stretch"] = np.asarray(up_ms) // STRETCH_MS
    made["anchor_up_ms"], made["anchor_ms"] = up_ms, received_ms
    return made


def joined(*parts: Stretches) -> Stretches:
    """Every stretch once, sorted by probe, boot and stretch."""
    rows = np.concatenate([np.zeros(0, STRETCH), *parts])
    key = ("stretch", "boot", "probe")
    order = np.lexsort([rows[name] for name in key])
    rows = rows[order]
    new = np.ones(len(rows), bool)
    new[1:] = np.any([rows[name][1:] != rows[name][:-1] for name in key], axis=0)
    group = np.cumsum(new) - 1
    out = rows[new].copy()
    had = rows["first_number"] != NONE
    firsts = [rows[f"first_{f}"] for f in ("wall_s", "up_ms", "number")]
    lasts = [-rows[f"last_{f}"] for f in ("wall_s", "up_ms", "number")]
    _take_least(out, rows, group, had, firsts, ["first_number", "first_up_ms", "first_wall_s"])
    _take_least(out, rows, group, had, lasts, ["last_number", "last_up_ms", "last_wall_s"])
    _take_least(out, rows, group, had, [rows["received_ms"]], ["received_ms"])
    offset = rows["anchor_ms"] - rows["anchor_up_ms"]
    anchored = rows["anchor_up_ms"] != NONE
    _take_least(out, rows, group, anchored, [rows["anchor_up_ms"], offset], ["anchor_up_ms", "anchor_ms"])
    return out


def _take_least(
    out: Stretches,
    rows: Stretches,
    group: Ints,
    use: npt.NDArray[np.bool_],
    keys: list[Any],
    fields: list[str],
) -> None:
    """In each group's row of `out` the fields of that used row whose keys (last one first) are least."""
    chosen = np.flatnonzero(use)
    chosen = chosen[np.lexsort([*(k[chosen] for k in keys), group[chosen]])]
    groups, at = np.unique(group[chosen], return_index=True)
    for field in fields:
        out[field][groups] = rows[field][chosen[at]]


class Clocks(NamedTuple):
    """What `reckoned` made of stretches: everything that turns a probe's clock into true time."""

    stretches: Stretches
    """Joined ones."""
    before: Ints
    """For each stretch: which one holds the best anchor among the earlier ones of its run; NONE: no anchor."""
    after: Ints
    """Likewise among the later ones."""
    placed_ms: Ints
    """For each stretch of a run without any anchor: true time less the probe's clock."""
    placed_sure_s: Floats


def reckoned(stretches: Stretches) -> Clocks:
    """Reckon the clocks of joined stretches; runs without any anchor are placed between their neighbours."""
    run = _runs(stretches)
    before, after = _neighbours(run, stretches["anchor_up_ms"], stretches["anchor_ms"])
    clocks = Clocks(stretches, before, after, np.zeros(len(run), np.int64), np.zeros(len(run)))
    has_anchor = stretches["anchor_up_ms"] != NONE
    anchored = np.zeros(run[-1] + 1 if len(run) else 0, bool)
    np.logical_or.at(anchored, run, has_anchor)
    placed, sure = _placed(clocks, run, anchored)
    return clocks._replace(placed_ms=placed[run], placed_sure_s=sure[run])


def true_times(clocks: Clocks, probe: Any, boot: Any, up_ms: Any) -> tuple[Ints, npt.NDArray[np.float32]]:
    """True times of messages, ms since 1970 by the centre's clock, and their ± in seconds.

    Raises
    ------
    KeyError
        There is a message whose stretch is not among `clocks`.
    """
    up = np.asarray(up_ms, np.int64)
    at = _places(clocks.stretches, np.asarray(probe), np.asarray(boot), up // STRETCH_MS)
    return _times_at(clocks, at, up)


def _times_at(clocks: Clocks, at: Ints, up: Ints) -> tuple[Ints, npt.NDArray[np.float32]]:
    least = np.full(len(up), np.int64(2**62))
    offset, away = np.zeros(len(up), np.int64), np.zeros(len(up), np.int64)
    own = np.where(clocks.stretches["anchor_up_ms"] != NONE, np.arange(len(clocks.before)), NONE)
    for holder in (own[at], clocks.before[at], clocks.after[at]):
        anchor = clocks.stretches[holder]
        distance = np.abs(up - anchor["anchor_up_ms"])
        # A delivery takes time, so an anchor is never early: the least one is the best, but for what the probe's clock
        # may have drifted since.
        limit = anchor["anchor_ms"] - anchor["anchor_up_ms"] + distance // DRIFT_PER
        better = (holder != NONE) & (limit < least)
        least = np.where(better, limit, least)
        offset = np.where(better, anchor["anchor_ms"] - anchor["anchor_up_ms"], offset)
        away = np.where(better, distance, away)
    lost = least == 2**62
    time = np.clip(up + np.where(lost, clocks.placed_ms[at], offset), *POSSIBLE_MS)
    sure = np.where(lost, clocks.placed_sure_s[at], ANCHORED_SURE_S + away / (1000 * DRIFT_PER))
    return time, sure.astype(np.float32)


def _places(stretches: Stretches, probe: Any, boot: Any, stretch: Any) -> Ints:
    """Row of each (probe, boot, stretch) among joined stretches."""
    run_key = (stretches["probe"].astype(np.uint64) << np.uint64(32)) | stretches["boot"]
    wanted = (probe.astype(np.uint64) << np.uint64(32)) | boot.astype(np.uint64)
    keys, first = np.unique(run_key, return_index=True)
    which = np.searchsorted(keys, wanted)
    if len(wanted) and (not len(keys) or (keys[np.minimum(which, len(keys) - 1)] != wanted).any()):
        raise KeyError("a message of a run that no stretch tells of")
    # Runs one after the other on one line: a run's stretches begin where the one before ended.
    ends = np.r_[first[1:], len(stretches)].astype(np.int64) - 1
    low, high = stretches["stretch"][first], stretches["stretch"][ends] if len(keys) else first
    base = np.r_[0, np.cumsum(high - low + 1)][: len(keys)]
    inverse = np.searchsorted(keys, run_key)
    line = base[inverse] + stretches["stretch"] - low[inverse]
    place = base[which] + stretch - low[which]
    at = np.searchsorted(line, place)
    if len(at) and ((at == len(line)).any() or (line[at] != place).any()):
        raise KeyError("a message of a day that no stretch tells of")
    return cast(Ints, at.astype(np.int64))


def _runs(stretches: Stretches) -> Ints:
    """Number of the run of each stretch, from 0, in their order."""
    new = (np.diff(stretches["probe"].astype(np.int64)) != 0) | (
        np.diff(stretches["boot"].astype(np.int64)) != 0
    )
    return cast(Ints, np.r_[0, np.cumsum(new)][: len(stretches)].astype(np.int64))


@numba.njit(cache=True)
def _neighbours(run: Ints, anchor_up: Ints, anchor_ms: Ints) -> tuple[Ints, Ints]:
    """The best earlier and the best later anchor of each stretch: whose offset with the drift since is least.

    All limits rise alike with the distance, so which is least does not depend on where in the stretch one looks.
    """
    n = len(run)
    before, after = np.full(n, -1, np.int64), np.full(n, -1, np.int64)
    for step in (1, -1):
        best, out = -1, before if step == 1 else after
        for k in range(n):
            i = k if step == 1 else n - 1 - k
            if best >= 0 and run[best] != run[i]:
                best = -1
            out[i] = best
            if anchor_up[i] < 0:
                continue
            drifted = abs(anchor_up[i] - anchor_up[best]) // DRIFT_PER if best >= 0 else 0
            if best < 0 or anchor_ms[i] - anchor_up[i] <= anchor_ms[best] - anchor_up[best] + drifted:
                best = i
    return before, after


def _placed(clocks: Clocks, run: Ints, anchored: npt.NDArray[np.bool_]) -> tuple[Ints, Floats]:
    """For each run: true time less its clock, and ± of that, where no anchor tells."""
    placed, sure = np.zeros(len(anchored), np.int64), np.zeros(len(anchored))
    told = np.flatnonzero(clocks.stretches["first_number"] != NONE)
    if anchored.all() or not len(told):
        return placed, sure
    # Stretches of a run are in the order of its clock, and so of its numbers: first and last of them hold the ends.
    runs, first = np.unique(run[told], return_index=True)
    last = np.r_[first[1:], len(told)] - 1
    ends = clocks.stretches[told]
    received = np.minimum.reduceat(ends["received_ms"], first)
    begin, end = ends[first], ends[last]
    first_true, _ = _times_at(clocks, told[first], begin["first_up_ms"])
    last_true, _ = _times_at(clocks, told[last], end["last_up_ms"])
    order = np.lexsort([runs, begin["first_number"], begin["probe"]])
    columns = (
        begin["probe"].astype(np.int64), anchored[runs], first_true, last_true, begin["first_wall_s"] * 1000,
        end["last_wall_s"] * 1000, begin["first_up_ms"], end["last_up_ms"], received,
    )  # fmt: skip
    offset, away = _between(*(np.ascontiguousarray(c[order]) for c in columns))
    placed[runs[order]], sure[runs[order]] = offset, away
    return placed, sure


@numba.njit(cache=True)
def _between(
    probe: Ints, anchored: Any, first_true: Ints, last_true: Ints, first_wall: Ints, last_wall: Ints,
    first_up: Ints, last_up: Ints, received: Ints,
) -> tuple[Ints, Floats]:  # fmt: skip
    """Place the runs without an anchor, given in the order of their messages; (offset ms, ± s) for each run.

    A run lies after the one before it, before the one after it, and before its messages were received. Its wall clock
    counts, put right by as much as those of the anchored runs around it were wrong, where that keeps it there; else it
    is in the middle.
    """
    span = np.maximum(last_up - first_up, 0)
    latest, nearest = _bounds(probe, anchored, first_true, received, span)
    offset, sure = np.zeros(len(probe), np.int64), np.zeros(len(probe))
    # When the run before ended: as it was placed, and at the earliest.
    past, ended, earliest = -1, 0, 0
    for i in range(len(probe)):
        if i == 0 or probe[i] != probe[i - 1]:
            past, ended = -1, latest[i] - span[i] - LONGEST_MS
            earliest = ended
        if anchored[i]:
            past, ended, earliest = i, last_true[i], last_true[i]
            continue
        shifts = np.zeros(2, np.int64)
        known = 0
        if past >= 0:
            shifts[known] = last_true[past] - last_wall[past]
            known += 1
        if nearest[i] >= 0:
            shifts[known] = first_true[nearest[i]] - first_wall[nearest[i]]
            known += 1
        high = latest[i] - span[i]
        start = _start(last_wall[i] - span[i], shifts[:known], ended, high)
        # However well its wall clock fits: a cheap board goes on with the time of its last shutdown, and that fits too.
        sure[i] = max(abs(start - earliest), abs(high - start)) / 1000
        offset[i] = start - first_up[i]
        ended, earliest = start + span[i], earliest + span[i]
    return offset, sure


@numba.njit(cache=True)
def _bounds(probe: Ints, anchored: Any, first_true: Ints, received: Ints, span: Ints) -> tuple[Ints, Ints]:
    """When each run must have ended, and which is the next anchored run of its probe (-1: none)."""
    n = len(probe)
    latest, nearest = received.copy(), np.full(n, -1, np.int64)
    for i in range(n - 2, -1, -1):
        if probe[i + 1] != probe[i]:
            continue
        nearest[i] = i + 1 if anchored[i + 1] else nearest[i + 1]
        bound = first_true[i + 1] if anchored[i + 1] else latest[i + 1] - span[i + 1]
        latest[i] = min(latest[i], bound)
    return latest, nearest


@numba.njit(cache=True)
def _start(wall: Any, shifts: Ints, low: Any, high: Any) -> Any:
    """When a run began: as its wall clock says, put right by those of `shifts` that keep it from `low` to `high`."""
    fitting = shifts[(wall + shifts >= low) & (wall + shifts <= high)]
    return wall + (fitting[0] + fitting[-1]) // 2 if len(fitting) else (low + high) // 2
