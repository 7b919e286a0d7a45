"""Time and memory of the whole way, by number of villages: make the example's files, add them, run.

    python bench/run.py 20 230 2000

Each step is a process of its own, so that the memory is that step's own. Prints a table with the growth from
one size to the next: cost grows as villages to that power.
"""

from __future__ import annotations

import json
import math
import subprocess
import sys
import tempfile
import time
from pathlib import Path

_MAKE = """import sys
from pathlib import Path
from merata.example.make import make
made = make(Path(sys.argv[1]), villages=int(sys.argv[2]))
Path(sys.argv[3]).write_text(made.region_toml)
"""


def measure(*command: object) -> tuple[float, float, str]:
    """Seconds, megabytes at the most, and what the command printed."""
    started = time.perf_counter()
    wrapped = (
        "import resource, subprocess, sys; r = subprocess.run(sys.argv[1:]); "
        "print('KB', resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr); sys.exit(r.returncode)"
    )
    done = subprocess.run(
        [sys.executable, "-c", wrapped, *map(str, command)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(done.stdout + done.stderr)
    kilobytes = int(done.stderr.rsplit("KB", 1)[1])
    return time.perf_counter() - started, kilobytes / 1024, done.stdout


def bench(villages: int, folder: Path) -> dict[str, float]:
    """All steps for one size."""
    files, region, toml = folder / "files", folder / "region", folder / "region.toml"
    merata = (sys.executable, "-m", "merata.cli.main")
    row: dict[str, float] = {"villages": villages}
    row["make s"], row["make MB"], _ = measure(sys.executable, "-c", _MAKE, files, villages, toml)
    measure(*merata, "new", region, "--name", "bench", "--settings", toml)
    row["add s"], row["add MB"], _ = measure(*merata, "add", region, *sorted(files.iterdir()))
    row["run s"], row["run MB"], answer = measure(*merata, "run", region, "--json")
    row |= {f"{step['name']} s": step["seconds"] for step in json.loads(answer)["steps"]}
    row["again s"], _, _ = measure(*merata, "run", region)
    plan = json.loads((region / "runs" / "latest" / "plan.json").read_text())
    row["gap %"] = plan["gap"] * 100
    return row


def main() -> None:
    sizes = [int(size) for size in sys.argv[1:]] or [20, 230]
    rows = []
    for villages in sizes:
        with tempfile.TemporaryDirectory() as folder:
            rows.append(bench(villages, Path(folder)))
    for name in rows[0]:
        cells = [f"{row[name]:>10.2f}" for row in rows]
        growth = ""
        if name.endswith(" s") and len(rows) > 1 and min(rows[0][name], rows[-1][name]) > 0.05:
            ratio = math.log(rows[-1][name] / rows[0][name]) / math.log(sizes[-1] / sizes[0])
            growth = f"   ~ villages^{ratio:.2f}"
        print(f"{name:<12}", *cells, growth)


if __name__ == "__main__":
    main()
