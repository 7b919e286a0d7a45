"""Processor time, memory and bytes of every step by number of villages, and the power that each grows by.

    python bench/growth.py 100 300 1000 3000 10000 --out growth.jsonl
    python bench/growth.py --show growth.jsonl

Each step is a process of its own, so that the memory is that step's own; so what is measured holds the start of Python,
some two seconds. A step that needs more than `--most-gb` or `--most-seconds` is ended, and the rest of its size left
out: the table says what broke. Processor time counts all cores, and hardly depends on what else the machine does.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

_MAKE = """import sys
from pathlib import Path
from merata.example.make import make
made = make(Path(sys.argv[1]), villages=int(sys.argv[2]))
Path(sys.argv[3]).write_text(made.region_toml + f"seconds = {sys.argv[4]}\\n[radio]\\nradius_km = {sys.argv[5]}\\n")
"""
_LOAD = """import sys
from pathlib import Path
from merata.cli.site import started
started(Path(sys.argv[1]))
from merata.web.load import load
load(Path(sys.argv[1]))
"""
_STEPS = ("coverage", "access", "options", "plan", "publish")

Row = dict[str, Any]


def commands(folder: Path, villages: int, asked: argparse.Namespace) -> Iterator[tuple[str, list[object]]]:
    """Every step from nothing to the site's static copy, by name; each needs those before it."""
    files, region, toml = folder / "files", folder / "region", folder / "region.toml"
    merata: list[object] = [sys.executable, "-m", "merata.cli.main"]
    yield "make", [sys.executable, "-c", _MAKE, files, villages, toml, asked.plan_seconds, asked.radius_km]
    yield "new", [*merata, "new", region, "--name", "bench", "--settings", toml]
    yield "add", [*merata, "add", region, *sorted(files.iterdir())]
    yield "check", [*merata, "check", region]
    for step in _STEPS:
        yield step, [*merata, "run", region, "--until", step]
    yield "again", [*merata, "run", region]
    yield "load", [sys.executable, "-c", _LOAD, region]
    yield "export", [*merata, "export", region, folder / "copy"]


def measure(command: Sequence[object], most_gb: float, most_seconds: float) -> Row:
    """Processor and wall seconds and peak memory of a process; what broke, if it did."""

    def limit() -> None:
        # What a process has of its own, not what it maps: the latter counts addresses that nothing stands behind.
        resource.setrlimit(resource.RLIMIT_DATA, (int(most_gb * 2**30),) * 2)
        resource.setrlimit(resource.RLIMIT_CPU, (int(most_seconds), int(most_seconds) + 5))

    started = time.perf_counter()
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(list(map(str, command)), stdout=said, stderr=said, preexec_fn=limit)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        lines = said.read().decode(errors="replace").split("\n")
    row: Row = {
        "cpu_s": round(used.ru_utime + used.ru_stime, 2),
        "wall_s": round(time.perf_counter() - started, 2),
        "peak_mb": round(used.ru_maxrss / 1024),
    }
    # `merata check` ends with 1 where the made-up files hold something to mend, as they do.
    if process.returncode not in (0, 1) or any("Traceback" in line for line in lines):
        row["broke"] = f"exit {process.returncode}: " + " | ".join([x for x in lines if x.strip()][-3:])
    return row


def steps(
    commands: Iterable[tuple[str, list[object]]], folder: Path, asked: argparse.Namespace
) -> Iterator[Row]:
    """What each step took and wrote into the folder, until one breaks or `asked.until` is done."""
    before = written(folder)
    wanted = not asked.start
    for step, command in commands:
        wanted = wanted or step == asked.start
        if not wanted:
            continue
        row = {"step": step, **measure(command, asked.most_gb, asked.most_seconds)}
        after = written(folder)
        row["written_mb"], before = round((after - before) / 1e6, 1), after
        yield row
        if "broke" in row or step == asked.until:
            return


def _proven(folder: Path) -> Row:
    """How good the plan is, and whether the clock decided."""
    said = json.loads((folder / "region" / "runs" / "latest" / "plan.json").read_text())
    return {"gap_percent": round(said["gap"] * 100, 2), "stopped_by": said.get("stopped_by", "")}


def written(folder: Path) -> int:
    """Bytes of all files below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


def power(sizes: Sequence[int], cost: Sequence[float]) -> tuple[float, float]:
    """The exponent by least squares on logarithms over all sizes, and that from the last size but one to the last."""
    x, y = np.log(sizes), np.log(cost)
    return float(np.polyfit(x, y, 1)[0]), float((y[-1] - y[-2]) / (x[-1] - x[-2]))


def show(rows: Sequence[Row]) -> None:
    """A table for each of processor seconds, peak memory and bytes written."""
    sizes = sorted({row["villages"] for row in rows})
    steps = list(dict.fromkeys(row["step"] for row in rows))
    for what in ("cpu_s", "wall_s", "peak_mb", "written_mb"):
        print(f"\n| {what} | " + " | ".join(f"{n:,}" for n in sizes) + " | power, all | power, last |")
        print("|---" * (len(sizes) + 3) + "|")
        for step in steps:
            found = {row["villages"]: row for row in rows if row["step"] == step}
            cells = ["broke" if "broke" in found.get(n, ()) else _cell(found.get(n), what) for n in sizes]
            whole = [n for n in sizes if n in found and "broke" not in found[n] and found[n][what] > 0]
            powers = power(whole, [found[n][what] for n in whole]) if len(whole) > 1 else (math.nan,) * 2
            print(f"| {step} | " + " | ".join([*cells, *(f"{p:.2f}" for p in powers)]) + " |")
    for row in rows:
        if "broke" in row:
            print(f"\n{row['villages']:,}, {row['step']}: {row['broke']}")


def _cell(row: Row | None, what: str) -> str:
    return "" if row is None else f"{row[what]:,.{0 if row[what] >= 100 else 1}f}"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sizes", nargs="*", type=int)
    parser.add_argument(
        "--out", type=Path, default=Path("growth.jsonl"), help="a line of JSON for each step, appended"
    )
    parser.add_argument(
        "--show", type=Path, nargs="+", help="show what is in these files, and measure nothing"
    )
    parser.add_argument(
        "--folder", type=Path, help="where to work, and leave what was made; otherwise it is removed"
    )
    parser.add_argument("--start", default="", help="the first step, where --folder has those before it")
    parser.add_argument("--until", default="", help="the last step")
    parser.add_argument("--plan-seconds", type=float, default=60)
    parser.add_argument(
        "--radius-km", type=float, default=30, help="how far from a site coverage is looked for"
    )
    parser.add_argument("--most-gb", type=float, default=6)
    parser.add_argument("--most-seconds", type=float, default=3600, help="processor seconds of a step")
    asked = parser.parse_args()
    for villages in asked.sizes:
        with tempfile.TemporaryDirectory() as temporary:
            folder = (asked.folder or Path(temporary)) / str(villages)
            folder.mkdir(parents=True, exist_ok=bool(asked.start))
            for row in steps(commands(folder, villages, asked), folder, asked):
                row = {"villages": villages, **row}
                if row["step"] == "plan" and "broke" not in row:
                    row |= _proven(folder)
                with asked.out.open("a") as file:
                    file.write(json.dumps(row) + "\n")
                print(row, flush=True)
    shown = asked.show or [asked.out]
    show([json.loads(line) for file in shown for line in file.read_text().splitlines()])


if __name__ == "__main__":
    main()
