"""What is there: the live files of measurements, and which message numbers of each probe are had, in one small file."""

from __future__ import annotations

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from merata.errors import BusyError, FileError
from merata.region.change import write_whole
from merata.region.locked import taken

FILE = "index.json"
VERSION = 1
KEPT_S = 600
"""Files that were replaced stay so long for those who began to read before."""
OTHERS = "others"
"""A folder beside the tables that the index says nothing of: see `others`."""

Keys = npt.NDArray[np.uint64]


@dataclass(frozen=True)
class Part:
    """One live file."""

    path: str
    """Inside `measurements/`."""
    table: str
    rows: int
    probes: tuple[int, int]
    """Lowest and highest probe in it."""
    month: str = ""
    """Such as 2026-11; empty for clocks, which belong to no month."""


@dataclass(frozen=True)
class Had:
    """Numbers had, as intervals: `low` and `high` (both had) of probe x 2³² + number; sorted, apart from each other."""

    low: Keys = field(default_factory=lambda: np.zeros(0, np.uint64))
    high: Keys = field(default_factory=lambda: np.zeros(0, np.uint64))

    def holds(self, keys: Keys) -> npt.NDArray[np.bool_]:
        """Which of the keys are had."""
        at = np.searchsorted(self.low, keys, side="right").astype(np.int64) - 1
        found: npt.NDArray[np.bool_] = at >= 0
        found[found] = keys[found] <= self.high[at[found]]
        return found

    def with_keys(self, keys: Keys) -> Had:
        """These and the keys, which may be doubled and in any order."""
        keys = np.unique(keys)
        low, high = np.r_[self.low, keys], np.r_[self.high, keys]
        order = np.argsort(low, kind="stable")
        low, high = low[order], np.maximum.accumulate(high[order])
        # Numbers begin with 1: the last number of a probe never touches the first of the next.
        new = np.r_[True, low[1:] > high[:-1] + np.uint64(1)][: len(low)]
        return Had(low[new], high[np.r_[np.flatnonzero(new)[1:] - 1, len(low) - 1]] if len(low) else high)

    def count(self) -> int:
        """How many messages are had."""
        return int((self.high - self.low).sum()) + len(self.low)

    def listed(self) -> dict[str, list[int]]:
        """Probe -> first, last, first, last … as index.json has it."""
        probe, mask = self.low >> np.uint64(32), np.uint64(0xFFFFFFFF)
        names, first = np.unique(probe, return_index=True)
        pairs = np.stack([self.low & mask, self.high & mask], axis=1)
        return {
            str(name): part.ravel().tolist()
            for name, part in zip(names, np.split(pairs, first[1:]), strict=False)
        }

    @classmethod
    def of(cls, listed: dict[str, list[int]]) -> Had:
        """From what `listed` made."""
        low = [(int(probe) << 32) + n for probe, ends in listed.items() for n in ends[::2]]
        high = [(int(probe) << 32) + n for probe, ends in listed.items() for n in ends[1::2]]
        order = np.argsort(np.array(low, np.uint64))
        return cls(np.array(low, np.uint64)[order], np.array(high, np.uint64)[order])


def keys(probe: Any, number: Any) -> Keys:
    """The keys of messages (arrays of one length) in `Had`."""
    made: Keys = (np.asarray(probe, np.uint64) << np.uint64(32)) | np.asarray(number, np.uint64)
    return made


@dataclass(frozen=True)
class Index:
    """All that is there; what is not named here is not there."""

    parts: tuple[Part, ...] = ()
    had: Had = field(default_factory=Had)
    spool: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Receiver -> file and position up to which its spool is in the tables."""
    gone: dict[str, float] = field(default_factory=dict)
    """Files that were replaced -> when."""
    made: int = 0
    """How often files were made: names them."""
    received_ms: int = 0
    """The latest receipt: a centre whose clock is earlier has a wrong clock."""

    def of(self, table: str, month: str = "") -> list[Part]:
        """The parts of a table, or of one month of it."""
        return [p for p in self.parts if p.table == table and month in ("", p.month)]

    def replaced(self, old: list[Part], new: list[Part], now_s: float) -> Index:
        """With parts `new` in the place of `old`."""
        names = {p.path for p in old}
        stay = tuple(p for p in self.parts if p.path not in names)
        return replace(self, parts=stay + tuple(new), gone=self.gone | dict.fromkeys(names, now_s))


def load(measurements: Path) -> Index:
    """What is there now; nothing where no measurement came in yet.

    Raises
    ------
    FileError
        index.json is damaged, or of a later version.
    """
    path = measurements / FILE
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        if said["version"] != VERSION:
            raise FileError(
                f"{path}: version {said['version']}, expected {VERSION}. A newer Merata wrote it: use that one."
            )
        return Index(
            parts=tuple(Part(**{**part, "probes": tuple(part["probes"])}) for part in said["parts"]),
            had=Had.of(said["had"]),
            spool={name: (at[0], at[1]) for name, at in said["spool"].items()},
            gone=said["gone"],
            made=said["made"],
            received_ms=said["received_ms"],
        )
    except FileNotFoundError:
        return Index()
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise FileError(
            f"{path}: can't be read ({error!r:.100}). It is replaced whole or not at all: something else changed it. "
            "Take it back from a copy of the folder."
        ) from error


def save(measurements: Path, index: Index) -> None:
    """Replace index.json: after this, also after a power cut, it is this one; before, the one before."""
    said = {
        "version": VERSION,
        "made": index.made,
        "received_ms": index.received_ms,
        "parts": [vars(part) for part in index.parts],
        "spool": index.spool,
        "gone": index.gone,
        "had": index.had.listed(),
    }
    write_whole(measurements / FILE, json.dumps(said, separators=(",", ":")))


@contextmanager
def alone(measurements: Path, wait_s: float = 0) -> Iterator[None]:
    """Hold the tables to change them; receivers go on meanwhile, and so do readers.

    Raises
    ------
    BusyError
        Another process holds them, still after `wait_s`.
    """
    measurements.mkdir(parents=True, exist_ok=True)
    with (measurements / "lock").open("a") as handle:
        if not taken(handle, fcntl.LOCK_EX, wait_s):
            raise BusyError(
                f"{measurements}: another process puts measurements into tables. Try again when it is done."
            )
        yield


def swept(measurements: Path, index: Index, now_s: float) -> Index:
    """Take away files that are not there any more: left by a compaction that was cut off, or replaced long ago."""
    gone = {name: since for name, since in index.gone.items() if now_s - since < KEPT_S}
    live = {part.path for part in index.parts} | gone.keys()
    for path in measurements.glob("*/**/*.parquet"):
        name = path.relative_to(measurements)
        if name.parts[0] != OTHERS and name.as_posix() not in live:
            path.unlink(missing_ok=True)
    return replace(index, gone=gone)
