"""The site under load: 2,000 villages on PostgreSQL, 200 requests a second, alone and beside a run.

`python tools/postgres.py .venv/bin/python bench/site.py` prints seconds by page, errors, and memory of all processes.
"""

from __future__ import annotations

import csv
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

HERE = Path(__file__).parent
BIN = Path(sys.executable).parent
sys.path[:0] = [str(HERE.parent / "tests" / "web"), str(HERE.parent / "tests")]

from serving import made_up_region, serving  # noqa: E402  — the same real server as the tests

FILL = "import site_factory; site_factory.publication(districts=40, each=50)"
USERS, SECONDS = 105, 40


def load(address: str, folder: Path) -> list[dict[str, str]]:
    """Locust's table after SECONDS of load."""
    command = [
        BIN / "locust", "-f", HERE / "site_load.py", "--headless", "--host", address, "--users", str(USERS),
        "--spawn-rate", str(USERS), "--run-time", f"{SECONDS}s", "--csv", folder / "load", "--only-summary",
    ]  # fmt: skip
    subprocess.run([str(word) for word in command], check=False, capture_output=True)
    with (folder / "load_stats.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def memory_mb(region: Path) -> float:
    """Memory of the site's processes: what they share counted once (proportional set size)."""
    site = [p for p in psutil.process_iter(["cmdline"]) if str(region) in " ".join(p.info["cmdline"] or ())]
    everybody = {child for process in site for child in (process, *process.children(recursive=True))}
    return sum(process.memory_full_info().pss for process in everybody) / 1e6


def show(title: str, rows: list[dict[str, str]], memory: float) -> None:
    """Print one measurement as a table."""
    print(f"\n{title}\n")
    print("| page | requests/s | errors | median ms | p95 ms | p99 ms |\n|---|---|---|---|---|---|")
    for row in rows:
        print(
            f"| {row['Name']} | {float(row['Requests/s']):.0f} | {row['Failure Count']} | {row['50%']} | {row['95%']} "
            f"| {row['99%']} |"
        )
    print(f"\nMemory: {memory:.0f} MB")


def main() -> None:
    """Measure, quiet and with a plan being searched beside it."""
    with tempfile.TemporaryDirectory() as name:
        region = made_up_region(Path(name), FILL)
        with serving(region, processes=2) as address:
            load(address, region)
            show("Open pages, 2,000 villages", load(address, region), memory_mb(region))
            run = [BIN / "merata", "demo", region / "beside", "--villages", "230", "--no-serve"]
            quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
            beside = subprocess.Popen(["nice", "-n", "10", *map(str, run)], **quiet)
            time.sleep(5)
            show("The same with a run in the background", load(address, region), memory_mb(region))
            beside.terminate()
            beside.wait()


if __name__ == "__main__":
    main()
