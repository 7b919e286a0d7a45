"""Breaks things while real work goes on, and looks whether anything acknowledged is lost or half done.

python bench/faults.py --rounds 5 --seed 1       everything; `--only kill,clock` those with a word
python bench/faults.py --write FILE              also the table, as Markdown
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import faults_disk
import faults_kill
import faults_more
import faults_site
from faults_world import LostError, NotHereError, World, warm

KILL = "kill -9"


@dataclass
class Fault:
    """One way to break things."""

    kind: str
    hits: str
    do: Callable[[World], object]
    times: int = 1
    """So many in a round."""
    injected: int = 0
    survived: int = 0
    wrong: list[str] = field(default_factory=list)
    why_not: str = ""
    """Why this machine can't make it."""

    @property
    def name(self) -> str:
        """Kind and what it hits."""
        return f"{self.kind}: {self.hits}"


def faults() -> list[Fault]:
    """All of them."""
    return [
        Fault(KILL, "adding to the log", faults_kill.log_append, 20),
        Fault(KILL, "a probe that keeps what it measured", faults_kill.probe_store, 20),
        Fault(KILL, "receiver, and compaction beside it", faults_kill.receiver, 4),
        Fault(KILL, "`merata add`", faults_kill.add, 2),
        Fault(KILL, "`merata run`", faults_kill.run),
        Fault(KILL, "`merata score`", faults_kill.score),
        Fault(KILL, "`merata backup`", faults_kill.backup, 2),
        Fault(KILL, "`merata restore`", faults_kill.restore, 2),
        Fault("disk full", "add, run, score, backup, restore, log", faults_disk.full),
        Fault(KILL, "the site: pages, worker, all of it", faults_site.killed),
        Fault(
            "database away", "the site on PostgreSQL; stopped at once, and started", faults_site.database_away
        ),
        Fault("disk full", "the site", faults_site.disk_full),
        Fault("disk full", "receiver", faults_disk.full_receiver),
        Fault("slow disk", "receiver; 0.2 s each sync, then kill -9", faults_disk.slow),
        Fault("disk errors", "receiver; some syncs fail, then kill -9", faults_disk.broken),
        Fault("file damaged", "each kind of file of a region", faults_disk.corrupt),
        Fault("clock jumps", "receiver at work, by up to 11 years", faults_more.clock, 2),
        Fault("clock wrong", "receiver at its start", faults_more.clock_at_start),
        Fault("out of memory", "run, add, score, backup", faults_more.memory),
        Fault("two at once", "two runs and one who adds", faults_more.two_runs),
        Fault("two at once", "two load a run, three approve it", faults_more.two_publish),
    ]


def inject(fault: Fault, world: World, seed: int) -> None:
    """Break it once, and note what came of it."""
    world.dice = random.Random(f"{seed} {fault.name} {fault.injected}")
    try:
        count = fault.do(world)
    except NotHereError as error:
        fault.why_not = str(error)
        return
    except LostError as error:
        fault.wrong.append(str(error))
    except Exception:
        fault.wrong.append(traceback.format_exc(limit=-4))
    else:
        fault.survived += count if isinstance(count, int) else 1
        fault.injected += count if isinstance(count, int) else 1
        return
    finally:
        world.swept()
    fault.injected += 1


def table(done: Sequence[Fault]) -> str:
    """What was injected and survived, as Markdown."""
    heads = "| fault | what it hits | injected | survived |\n|---|---|---:|---:|\n"
    rows = [
        f"| {one.kind} | {one.hits} | {one.injected} | {one.survived} |" for one in done if not one.why_not
    ]
    return heads + "\n".join(rows) + "\n"


def main() -> int:
    """Inject all that was asked for; 1 where something did not survive."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="")
    parser.add_argument("--write", type=Path)
    asked = parser.parse_args()
    chosen = [fault for fault in faults() if any(word in fault.name for word in asked.only.split(","))]
    warm()
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="merata-faults-") as place:
        world = World(Path(place), random.Random(asked.seed))
        world.make()
        for fault in chosen:
            for _ in range(asked.rounds * fault.times):
                if not fault.why_not:
                    inject(fault, world, asked.seed)
            _tell(fault)
    print(
        f"{sum(one.injected for one in chosen)} faults in {(time.monotonic() - began) / 60:.0f} min, seed {asked.seed}"
    )
    if asked.write:
        asked.write.write_text(table(chosen), encoding="utf-8")
    return int(any(one.wrong for one in chosen))


def _tell(fault: Fault) -> None:
    if fault.why_not:
        print(f"  not here  {fault.name}: {fault.why_not}", flush=True)
        return
    print(f"{fault.survived:4} of {fault.injected:3}  {fault.name}", flush=True)
    for wrong in sorted(set(fault.wrong)):
        print(f"            {wrong}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
