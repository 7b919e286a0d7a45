"""The log that nobody can rewrite: what `docs/benchmarks.md` says under "The log".

python bench/exchange.py --leaves 10000000 --batch 10000 --folder FOLDER
"""

from __future__ import annotations

import argparse
import itertools
import os
import random
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from merata.exchange import leaves, notes, proofs, tiles, tree
from merata.exchange.log import Log
from merata.exchange.reader import Reader


def entry(number: int) -> bytes:
    """A commitment as it stands in a log, without the checks of `leaves.leaf`, which are measured by themselves."""
    return (
        b'{"content":{"commitment":"k-%d","due":"2027-03-03","owner":"diskominfo","state":"made",'
        b'"village":"64.02.01.2001"},"date":"2026-03-03","form":1,"kind":"commitment","region":"64.02"}'
        % number
    )


def made_leaves(count: int) -> float:
    """Leaves made and checked a second."""
    content = {"due": "2027-03-03", "owner": "diskominfo", "state": "made", "village": "64.02.01.2001"}
    began = time.perf_counter()
    for number in range(count):
        leaves.leaf("commitment", "2026-03-03", "64.02", {"commitment": f"k-{number}", **content})
    return count / (time.perf_counter() - began)


def appended(log: Log, count: int, batch: int) -> float:
    """Entries that outlast a power cut, a second."""
    numbers = iter(range(log.head()[0], log.head()[0] + count))
    began = time.perf_counter()
    with log.writing() as writer:
        while rows := [entry(number) for number in itertools.islice(numbers, batch)]:
            writer.append(rows)
    return count / (time.perf_counter() - began)


def forget(log: Log, index: int) -> None:
    """Have the system drop from memory the two files that are an entry's own: its bundle and its tile of leaves."""
    for level in (tiles.ENTRIES, 0):
        with (log.folder / tiles.path(level, index // tiles.WIDTH)).open("rb") as file:
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def times_ms(work: Callable[[], object], times: int, before: Callable[[], object] = lambda: None) -> str:
    """Median and 99 % of so many times."""
    took = []
    for _ in range(times):
        before()
        began = time.perf_counter()
        work()
        took.append((time.perf_counter() - began) * 1000)
    took.sort()
    return (
        f"{took[len(took) // 2]:.2f} ms, 99 %: {took[int(len(took) * 0.99)]:.2f} ms, most: {took[-1]:.2f} ms"
    )


def measure(folder: Path, count: int, batch: int) -> None:
    log, key = Log(folder / "log"), notes.SecretKey.made("bench.example/log", notes.LOG)
    print(f"leaves made and checked: {made_leaves(20_000):,.0f}/s")
    print(f"append, batches of {batch}, each synced: {appended(log, count, batch):,.0f}/s ({count} entries)")
    began = time.perf_counter()
    with log.writing() as writer:
        signed = writer.sign(key)
    print(f"checkpoint after a check of all {signed.size} entries: {time.perf_counter() - began:.0f} s")
    dice = random.Random(1)
    # A new reader each time: no tile is remembered from the proof before.
    proof = lambda: proofs.prove(Reader(log.source, signed.size), dice.randrange(signed.size), signed)  # noqa: E731
    print(f"proof of an entry: {times_ms(proof, 1000)}")
    numbers = [dice.randrange(signed.size // tiles.WIDTH * tiles.WIDTH) for _ in range(300)]
    asked, dropped = iter(numbers), iter(numbers)
    cold = lambda: proofs.prove(Reader(log.source, signed.size), next(asked), signed)  # noqa: E731
    print(f"its own files read from the disk: {times_ms(cold, 300, lambda: forget(log, next(dropped)))}")
    growth = lambda: proofs.growth(Reader(log.source, signed.size), dice.randrange(1, signed.size), signed)  # noqa: E731
    print(f"proof of growth: {times_ms(growth, 1000)}")
    one, since = proof(), growth()
    print(f"check of a proof of an entry: {times_ms(one.check, 1000)}")
    root = Reader(log.source, signed.size).root(since.old)
    args = (since.old, root, signed.size, since.hashes, signed.root)
    print(f"check of a proof of growth: {times_ms(lambda: tree.check_consistency(*args), 1000)}")
    print(f"one entry by itself, log opened and synced: {times_ms(lambda: appended(log, 1, 1), 200)}")
    print(f"append, batches of 100: {appended(log, 20_000, 100):,.0f}/s")
    kb = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1024
    print(
        f"on disk: {kb / 1e6:.2f} GB; most memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--leaves", type=int, default=10_000_000)
    parser.add_argument("--batch", type=int, default=10_000)
    parser.add_argument("--folder", type=Path, help="where to make it; a temporary folder when left out")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        measure(Path(folder), options.leaves, options.batch)


if __name__ == "__main__":
    main()
