"""What receivers acknowledged goes into the tables, each message once, also when killed at any instant.

Rounds of bounded size: read some of the spool, leave out what is had, reckon times, write files, then replace
index.json. That one rename is the round: before it nothing has happened, after it all has. Spool files are removed when
the index says that they are in the tables. Files of one month that are small are merged to fewer.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from merata.assure import index as there
from merata.assure import parts, spool, tables, times
from merata.assure.decode import Decoded, column
from merata.assure.index import Index, Part

ROWS_AT_ONCE = 1_000_000
FEW = 8
"""As many files of about the same size are merged to one, of about this many times the size."""
SMALLEST_ROWS = 20_000
"""Smaller files count as being of this size."""
MOVED_MS = 1000
"""Times that are found to be wrong by more are put right at once; the rest when files are merged."""


@dataclass
class Compacted:
    """What a compaction did."""

    rows: int = 0
    doubled: int = 0
    """Messages that were had already."""
    unreadable: int = 0
    """Records that could not be understood (another version wrote them): kept in the folder `unreadable`."""
    merged: int = 0
    """Rows that were written anew."""


def compact(
    measurements: Path, *, whole: bool = False, rows_at_once: int = ROWS_AT_ONCE, wait_s: float = 0
) -> Compacted:
    """Take all closed files of the spool into the tables.

    Parameters
    ----------
    measurements
        The folder `measurements` of a region.
    whole
        Also merge each month to one file, with all times reckoned anew: the same deliveries give the same rows,
        in whatever order they came.
    rows_at_once
        Rows held in memory at a time; a million take 1 GB, 2 GB while files are merged.
    wait_s
        How long to wait for another compaction.

    Raises
    ------
    BusyError
        Another compaction is at work.
    """
    done = Compacted()
    with there.alone(measurements, wait_s):
        index = there.swept(measurements, there.load(measurements), time.time())
        moved: list[Any] = []
        for decoded, spooled in _rounds(measurements, index, rows_at_once):
            index, dirty = _taken(measurements, index, decoded, spooled, done)
            moved.append(dirty)
            _remove_spool(measurements, index)
        _remove_spool(measurements, index)
        for group in _to_merge(index, np.concatenate([np.zeros(0, np.uint32), *moved]), whole):
            index = _merged(measurements, index, group, rows_at_once, done)
        if len(index.of(parts.CLOCKS)) > (1 if whole else FEW):
            _clocks_merged(measurements, index)
    return done


def _rounds(
    measurements: Path, index: Index, rows_at_once: int
) -> Iterator[tuple[Decoded, dict[str, tuple[int, int]]]]:
    """Some of the spool at a time, and how far each receiver's files are read then."""
    decoded, spooled = Decoded(), dict(index.spool)
    for receiver, number in spool.closed(measurements):
        last, begin = spooled.get(receiver, (0, 0))
        if number < last:
            continue
        for record, end in spool.read(
            spool.path_of(measurements, receiver, number), begin if number == last else 0
        ):
            decoded.add(record)
            spooled[receiver] = number, end
            if decoded.rows >= rows_at_once:
                yield decoded, dict(spooled)
                decoded = Decoded()
        # Whatever is left in it is damage: nothing comes behind the end of a closed file.
        spooled[receiver] = number + 1, 0
    yield decoded, spooled


def _taken(
    measurements: Path, index: Index, decoded: Decoded, spooled: dict[str, tuple[int, int]], done: Compacted
) -> tuple[Index, Any]:
    """The index with a round's messages; and the probes whose times, written before, turned out to be wrong."""
    done.unreadable += len(decoded.unreadable)
    stretches = decoded.stretches()
    if spooled == index.spool:
        return index, np.zeros(0, np.uint32)
    messages, index = _new_ones(decoded, index, done)
    made, name = index.made + 1, f"{index.made + 1:08d}"
    if decoded.unreadable:
        spool.set_aside(measurements / "unreadable" / f"{name}.log", decoded.unreadable)
    probes = np.unique(stretches["probe"])
    old = parts.read_clocks(measurements, index.of(parts.CLOCKS), probes)
    clocks = times.reckoned(times.joined(old, stretches))
    new = []
    for table, rows in messages.items():
        if len(rows):
            writer = parts.Writer(measurements, table, name)
            writer.add(parts.timed(rows, table, clocks))
            new += writer.close()
    if len(stretches):
        new.append(parts.write_clocks(measurements, stretches, name))
    index = index.replaced([], new, 0)
    latest = max(index.received_ms, decoded.received_ms)
    index = replace(index, spool=spooled, made=made, received_ms=latest)
    there.save(measurements, index)
    return index, _moved(old, clocks)


def _new_ones(decoded: Decoded, index: Index, done: Compacted) -> tuple[dict[str, Any], Index]:
    """The messages that are not had, each once, by table; the index with their numbers."""
    messages = decoded.messages()
    keys = np.concatenate([there.keys(column(m, "probe"), column(m, "number")) for m in messages.values()])
    received = np.concatenate([column(m, "received") for m in messages.values()])
    order = np.lexsort([received, keys])
    first = np.ones(len(order), bool)
    first[1:] = keys[order][1:] != keys[order][:-1]
    chosen = order[first]
    chosen = np.sort(chosen[~index.had.holds(keys[chosen])])
    done.rows += len(chosen)
    done.doubled += len(keys) - len(chosen)
    ends = np.cumsum([0, *(len(m) for m in messages.values())])
    mine = {
        name: rows.take(chosen[(chosen >= low) & (chosen < high)] - low)
        for (name, rows), low, high in zip(messages.items(), ends, ends[1:], strict=False)
    }
    return mine, replace(index, had=index.had.with_keys(keys[chosen]))


def _moved(old: times.Stretches, clocks: times.Clocks) -> Any:
    """Probes of which a time that was reckoned from `old` is another one now."""
    before = times.reckoned(old)
    old = old[old["first_number"] != times.NONE]
    wrong = np.zeros(len(old), bool)
    for end in ("first_up_ms", "last_up_ms"):
        was, is_now = (times.true_times(c, old["probe"], old["boot"], old[end])[0] for c in (before, clocks))
        wrong |= np.abs(was - is_now) > MOVED_MS
    return np.unique(old["probe"][wrong])


def _remove_spool(measurements: Path, index: Index) -> None:
    for receiver, (number, _) in index.spool.items():
        for done in spool.numbers(measurements / spool.FOLDER / receiver):
            if done < number:
                spool.path_of(measurements, receiver, done).unlink(missing_ok=True)


def _to_merge(index: Index, moved: Any, whole: bool) -> list[list[Part]]:
    """Groups of files of one table that should become one a month."""
    by_month: dict[tuple[str, str], list[Part]] = defaultdict(list)
    for part in index.parts:
        if part.table in tables.TABLES:
            by_month[part.table, part.month].append(part)
    if whole:
        # By tables, not months: a row whose time is put right may belong to another month.
        return [live for name in tables.TABLES if (live := index.of(name))]
    groups = []
    for month in by_month.values():
        sizes: dict[int, list[Part]] = defaultdict(list)
        for part in month:
            sizes[_size(part)].append(part)
        mine = [p for alike in sizes.values() if len(alike) >= FEW for p in alike]
        mine += [p for p in month if p not in mine and _holds(p, moved)]
        if mine:
            groups.append(mine)
    return groups


def _size(part: Part) -> int:
    return int(np.log(max(part.rows / SMALLEST_ROWS, 1)) / np.log(FEW))


def _holds(part: Part, probes: Any) -> bool:
    """Whether any of the probes may be in the part, by its lowest and highest one."""
    return bool(((probes >= part.probes[0]) & (probes <= part.probes[1])).any())


def _merged(measurements: Path, index: Index, group: list[Part], rows_at_once: int, done: Compacted) -> Index:
    """The index with files written anew as one a month, with times as they are known now."""
    name = f"{index.made + 1:08d}"
    stretches = parts.read_clocks(measurements, index.of(parts.CLOCKS))
    clocks = times.reckoned(stretches)
    writer = parts.Writer(measurements, group[0].table, name)
    for rows in parts.slices(measurements, group, rows_at_once):
        raw = rows.set_column(
            rows.schema.get_field_index("received"), "received", rows.column("received").cast(pa.int64())
        )
        writer.add(parts.timed(raw, group[0].table, clocks))
        done.merged += len(rows)
    index = replace(index.replaced(group, writer.close(), time.time()), made=index.made + 1)
    there.save(measurements, index)
    return index


def _clocks_merged(measurements: Path, index: Index) -> None:
    old = index.of(parts.CLOCKS)
    new = parts.write_clocks(measurements, parts.read_clocks(measurements, old), f"{index.made + 1:08d}")
    there.save(measurements, replace(index.replaced(old, [new], time.time()), made=index.made + 1))
