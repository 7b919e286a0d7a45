"""How long `merata score` takes for a month: what `docs/benchmarks.md` says under "Scores".

python bench/score.py --probes 1000       a month of 5-minute heartbeats of so many probes, each at a point
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from measurements import peak_of

from merata.assure import index
from merata.example import messages
from merata.example.year import year


def once(place: Path) -> None:
    from merata.assure import score

    began, cpu = time.perf_counter(), time.process_time()
    scores = score.score(place, "2026-11")
    score.write(place, scores)
    rows = sum(p.rows for p in index.load(place).of("heartbeats"))
    took, used = time.perf_counter() - began, time.process_time() - cpu
    print(
        f"{rows} heartbeats scored in {took:.1f} s, {used:.1f} s of processor, "
        f"{peak_of('self'):.0f} MB: {len(scores.outages)} pieces of outages, {len(scores.scorecards)} scorecards",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--probes", type=int, default=1000)
    parser.add_argument("--of", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.of:
        once(asked.of)
        return
    with tempfile.TemporaryDirectory(prefix="merata-bench-") as folder:
        place = Path(folder) / "measurements"
        messages.write(place, year(asked.probes, 1, first="2026-11"))
        for _ in range(2):
            subprocess.run([sys.executable, __file__, "--of", str(place)], check=True)


if __name__ == "__main__":
    main()
