"""Clocks that jump, memory that runs out, and two people who do the same at once."""

from __future__ import annotations

import mmap
import resource
import struct
import time
from pathlib import Path

import faults_kill as kill
from faults_world import Child, World, answer, done, merata, port, promised, until

DAY_S = 86_400.0


def clock(world: World) -> None:
    """The clock jumps by hours to years and back while a receiver works: nothing is lost, and times stay right."""
    region = world.fresh()
    keys, at, jump = kill.keys_of(region.parent), port(), mmap.mmap(-1, 8)
    began_ms, sure = time.time() * 1000, 0
    child = Child(lambda: _with_clock(jump, region, keys, at), region.parent)
    until(lambda: kill.answers(at) or child.gone(), 30, "the receiver does not answer")
    for _ in range(6):
        jump[:] = struct.pack("d", world.dice.choice((-1, 1)) * world.dice.uniform(0.1, 4000) * DAY_S)
        for _ in range(5):
            promised(kill.send(at, sure + 1), "it does not keep what comes after the clock jumped")
            sure += 1
    child.kill()
    kill.all_in_tables(region, sure)
    low, high = answer(region.parent, lambda: _received(region / "measurements"))
    promised(
        began_ms - 2000 <= low <= high <= time.time() * 1000 + 2000, "times of receipt jumped with the clock"
    )


def _with_clock(jump: mmap.mmap, region: Path, keys: Path, at: int) -> None:
    import sys

    from merata.cli.main import main

    real = time.time
    time.time = lambda: real() + struct.unpack("d", jump[:])[0]
    sys.argv = ["merata", "receive", str(region), "--keys", str(keys), "--port", str(at), "--udp-port", "0"]
    main()


def _received(measurements: Path) -> tuple[float, float]:
    from merata.assure import read

    said = (
        f"SELECT min(epoch_ms(received)), max(epoch_ms(received)) FROM heartbeats WHERE probe = {kill.PROBE}"
    )
    low, high = read.connect(measurements).sql(said).fetchall()[0]
    return float(low), float(high)


def clock_at_start(world: World) -> None:
    """A receiver whose clock is earlier than what it has does not begin, and says why."""
    region = world.fresh()
    keys, at = kill.keys_of(region.parent), port()
    child = kill.receiving(region, keys, at)
    promised(kill.send(at, 1), "it keeps nothing")
    child.kill()
    done(region.parent, "compact", region)
    jump = mmap.mmap(-1, 8)
    jump[:] = struct.pack("d", -world.dice.uniform(0.01, 4000) * DAY_S)
    later = Child(lambda: _with_clock(jump, region, keys, at), region.parent)
    promised(later.wait(30) == 1 and "clock of this machine" in later.trouble(), later.trouble())
    kill.all_in_tables(region, 1)


def memory(world: World) -> int:
    """Memory runs out in a command: the region is as it was, and with memory it goes on."""
    taken = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    region = world.fresh()
    before, sheet = kill.newest_run(region), kill.new_sheet(region.parent)
    tables = (region / "region.gpkg").read_bytes()
    kill.forget_runs(region)
    file = region.parent / "backup.zip"
    commands = (
        ("run", region),
        kill.added(region, sheet),
        ("score", region, "--json"),
        ("backup", region, file),
    )
    for words in commands:
        limits = {resource.RLIMIT_AS: taken + world.dice.randint(2, 300) * 1_000_000}
        child = merata(region.parent, *words, limits=limits)
        child.wait()  # however it ends: a library may be killed by it, or say it in words of its own
    if not (region / "sources" / sheet.name).exists():
        kill.whole_runs(region, before)
    kill.whole_sources(region, sheet, tables)
    done(region.parent, *kill.added(region, sheet))
    done(region.parent, "run", region)
    kill.whole_scores(region)
    if file.exists():
        done(region.parent, "restore", file)
    return len(commands)


def two_runs(world: World) -> None:
    """Two who run, and one who adds, at once: each waits, is told that the folder is in use, or does its work whole."""
    region = world.fresh()
    sheet = kill.new_sheet(region.parent)
    before, tables = kill.newest_run(region), (region / "region.gpkg").read_bytes()
    kill.forget_runs(region)
    both = [merata(region.parent, "run", region) for _ in range(2)]
    time.sleep(world.dice.uniform(0, 2))
    third = merata(region.parent, *kill.added(region, sheet))
    codes = [child.wait() for child in (*both, third)]
    promised(
        set(codes) <= {0, 6},
        f"they ended with {codes}: {[child.trouble()[-200:] for child in (*both, third)]}",
    )
    kill.whole_sources(region, sheet, tables)
    if codes[2]:
        done(region.parent, "run", region)
        kill.same_run(region, before)
    else:
        done(region.parent, "run", region)


def two_publish(world: World) -> None:
    """Two load the same run, and three approve it at once: one publication, approved once."""
    region = world.fresh()
    loaded = [Child(lambda: _load(region), region.parent) for _ in range(2)]
    codes = [child.wait() for child in loaded]
    promised(codes == [0, 0], f"loading ended with {codes}: {[child.trouble()[-300:] for child in loaded]}")
    drafts = {child.lines()[-1] for child in loaded}
    promised(len(drafts) == 1, f"one run became {len(drafts)} drafts")
    draft = int(drafts.pop())
    people = answer(region.parent, lambda: _proposed(region, draft))
    deciding = [Child(lambda one=one: _approve(region, draft, one), region.parent) for one in people]
    ended = [child.lines()[-1] if child.wait() == 0 else child.trouble() for child in deciding]
    promised(ended.count("approved") == 1, f"it was approved by {ended}")


def _django(region: Path) -> None:
    from merata.web.start import start

    start(region)


def _load(region: Path) -> None:
    _django(region)
    from merata.web.load import load

    print(load(region).pk)


def _proposed(region: Path, draft: int) -> list[int]:
    _django(region)
    from merata.web.models import Organisation, User
    from merata.web.staff.publishing import propose

    made = [
        User.objects.create_user(f"{n}@contoh.example", "sandi yang panjang", role="regency")
        for n in range(4)
    ]
    Organisation.objects.create(name="Kantor", kind="regency")
    propose(draft, made[0], "", "rencana")
    return [user.pk for user in made[1:]]


def _approve(region: Path, draft: int, person: int) -> None:
    _django(region)
    from merata.web.models import Organisation, User
    from merata.web.staff.publishing import RefusedError, approve

    try:
        approve(draft, User.objects.get(pk=person), Organisation.objects.get(name="Kantor"), "")
        print("approved")
    except RefusedError as error:
        print(error)
