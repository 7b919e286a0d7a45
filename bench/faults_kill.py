"""kill -9 at random instants: of whatever adds, reckons, receives, measures and copies."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import sqlite3
import sys
import time
from contextlib import closing
from pathlib import Path

from faults_world import Child, World, answer, done, kept, merata, port, promised, until

from merata.region.half import MARK

VILLAGES = (
    ("99.01.01.2001", "Alfaro"), ("99.01.01.2002", "Betuma"), ("99.01.02.2001", "Cegoda"), ("99.01.02.2002", "Dilune"),
)  # fmt: skip


def log_append(world: World) -> None:
    """The log has every entry that was acknowledged, in its order, and takes more."""
    from merata.exchange.log import Log

    folder = world.fresh() / "log"
    before, batch = Log(folder).head()[0], world.dice.randint(1, 40)
    child = Child(lambda: _append_for_ever(folder, batch), folder.parent)
    time.sleep(world.dice.uniform(0.02, 0.4))
    child.kill()
    sure = int([str(before), *child.lines()][-1])
    whole_log(folder, before, sure)


def _append_for_ever(folder: Path, batch: int) -> None:
    from merata.exchange.log import Log

    with Log(folder).writing() as writer:
        while True:
            writer.append([b"entry %d" % number for number in range(writer.size, writer.size + batch)])
            os.write(1, f"{writer.size}\n".encode())


def whole_log(folder: Path, before: int, sure: int) -> None:
    """The log has the entries up to `sure`, those from `before` on as they were added, and takes one more."""
    from merata.exchange.log import Log

    log = Log(folder)
    promised(log.head()[0] >= sure, f"{sure} entries were acknowledged, and {log.head()[0]} are there")
    reader = log.reader()
    reader.audit()
    for number in range(before, sure):
        promised(reader.entry(number) == b"entry %d" % number, f"entry {number} is another one")
    with log.writing() as writer:
        writer.append([b"one more"])


def probe_store(world: World) -> None:
    """What a probe measured and kept is there when it starts again."""
    import test_probe_store as cases
    import writer

    from merata.probe.kept import load
    from merata.probe.store import Store

    folder = world.fresh().parent / "probe"
    cases.enrolled(folder)

    def measure() -> None:
        sys.argv = ["writer", str(folder), "1"]
        writer.main()

    child = Child(measure, folder.parent)
    time.sleep(world.dice.uniform(0.02, 0.3))
    child.kill()
    found = load(folder)
    store = Store(folder, found.stores, found.begin_store)
    there = {message.number for message in store.oldest(10**6)}
    store.close()
    lost = [number for line in child.lines() if (number := int(line.split()[0])) not in there]
    promised(not lost, f"{len(lost)} messages that were kept are gone")


def run(world: World) -> None:
    """A run is there whole or not at all, and the next one says what an undisturbed one says."""
    region = world.fresh()
    before = newest_run(region)
    forget_runs(region)
    if "run" not in world.took:
        copy = world.fresh()
        forget_runs(copy)
        world.measured("run", copy.parent, "run", copy)
    world.killed("run", region.parent, "run", region)
    whole_runs(region, before)
    done(region.parent, "run", region)
    same_run(region, before)


def forget_runs(region: Path) -> None:
    """As if nothing had been run yet."""
    shutil.rmtree(region / "runs")
    shutil.rmtree(region / ".merata" / "cache", ignore_errors=True)


def whole_runs(region: Path, before: dict[str, bytes]) -> None:
    """Every run that can be seen is whole, and the newest is as it was `before`."""
    for folder in (region / "runs").glob("*"):
        promised(
            folder.name == "latest" or (folder / "run.json").exists(), f"half a run is visible: {folder.name}"
        )
    if (region / "runs" / "latest").exists():
        same_run(region, before)


def newest_run(region: Path) -> dict[str, bytes]:
    """The files of the newest run, by their path in it."""
    newest = (region / "runs" / "latest").resolve()
    return kept(newest, ".")


def same_run(region: Path, before: dict[str, bytes]) -> None:
    """The newest run has the files of `before`, and the plan to the byte."""
    after = newest_run(region)
    promised(before.keys() == after.keys(), f"files differ: {sorted(before.keys() ^ after.keys())[:3]}")
    for path in ("plan.json", "plan.csv", "villages.csv"):
        promised(before[path] == after[path], f"{path} is not the same to the byte")


def add(world: World) -> None:
    """Files are taken in whole or not at all."""
    region = world.fresh()
    sheet = new_sheet(region.parent)
    before = (region / "region.gpkg").read_bytes()
    world.killed("add", region.parent, *added(region, sheet))
    whole_sources(region, sheet, before)
    done(region.parent, *added(region, sheet))


def new_sheet(place: Path) -> Path:
    """A file that a region can take in."""
    sheet = place / "list.csv"
    lines = [f"{code},{name},{1200 + number}\n" for number, (code, name) in enumerate(VILLAGES)]
    sheet.write_text("kode desa,desa,jumlah penduduk\n" + "".join(lines))
    return sheet


def added(region: Path, sheet: Path) -> tuple[object, ...]:
    """The command that takes it in."""
    return ("add", region, sheet, "--from", "Kantor Contoh", "--date", "2025-02-01")


def whole_sources(region: Path, sheet: Path, before: bytes) -> None:
    """The sheet is in the sources, their list and the tables, or in none of them."""
    done(region.parent, "check", region, "--json")
    taken = (region / "sources" / sheet.name).exists()
    promised(
        taken == (sheet.name in (region / "sources" / "sources.csv").read_text()), "a source is half taken in"
    )
    promised(taken == ((region / "region.gpkg").read_bytes() != before), "tables and sources do not fit")


def score(world: World) -> None:
    """Scores are those of before or the new ones, and reckoned again they are the same."""
    region = world.fresh()
    world.killed("score", region.parent, "score", region, "--json")
    whole_scores(region)


def whole_scores(region: Path) -> None:
    """Reckoned twice, scores are the same, and there are some."""
    said = [done(region.parent, "score", region, "--json").out.read_bytes() for _ in range(2)]
    promised(said[0] == said[1], "scores differ from one time to the next")
    promised(len(json.loads(said[0])["scorecards"]) > 0, "there are no scores")


def backup(world: World) -> None:
    """A backup that has its name is whole; another one can be made at once, and nothing is left behind."""
    region = world.fresh()
    file = region.parent / "backup.zip"
    world.killed("backup", region.parent, "backup", region, file)
    if file.exists():
        done(region.parent, "restore", file)
        file.unlink()
    done(region.parent, "backup", region, file)
    left = [path.name for path in region.parent.glob(".*")]
    promised(not left, f"something was left behind: {left}")


def restore(world: World) -> None:
    """A region that has its name is whole; what was cut off is refused by every command, and goes the next time."""
    region = world.fresh()
    file, there = region.parent / "backup.zip", region.parent / "there"
    done(region.parent, "backup", region, file)
    if "restore" not in world.took:
        world.measured("restore", region.parent, "restore", file, region.parent / "first", "--without-keys")
    world.killed("restore", region.parent, "restore", file, there, "--without-keys")
    refused_half(region.parent)
    if not there.exists():
        done(region.parent, "restore", file, there, "--without-keys")
    promised(not list(region.parent.glob(".*")), "half a region stays")
    same = kept(region, "log", "runs", "sources", "measurements") == kept(
        there, "log", "runs", "sources", "measurements"
    )
    promised(same and site_rows(region) == site_rows(there), "what was restored is not what was packed")


def refused_half(place: Path) -> None:
    """No command works in what was half restored below `place`."""
    half = place / ".there.restoring" / "region"
    if (half / MARK).exists():
        for command in ("run", "score", "serve"):
            promised(
                "only half restored" in done(place, command, half, code=5).trouble(), f"{command} went on"
            )


def site_rows(region: Path) -> list[tuple[str, str]]:
    """Some of what the site's database has."""
    with closing(sqlite3.connect(region / "web.sqlite3")) as site:
        return site.execute("SELECT code, name FROM web_villagefacts ORDER BY code").fetchall()


PROBE = 70_001


def receiver(world: World) -> int:
    """Every batch that was acknowledged is in the tables once, though receiver and compaction are killed meanwhile."""
    region = world.fresh()
    keys, at, sure = keys_of(region.parent), port(), 0
    for _ in range(3):
        child = receiving(region, keys, at)
        worker = merata(region.parent, "compact", region, "--every-s", "0.05")
        end = time.monotonic() + world.dice.uniform(0.1, 0.8)
        while time.monotonic() < end and send(at, sure + 1):
            sure += 1
        child.kill()
        worker.kill()
    all_in_tables(region, sure)
    return 6


def keys_of(place: Path) -> Path:
    """A file with the key of a made-up probe."""
    import arrivals

    keys = place / "keys.json"
    keys.write_text(json.dumps({str(PROBE): arrivals.key_of(PROBE).hex()}))  # type: ignore[union-attr]
    keys.chmod(0o600)
    return keys


def receiving(region: Path, keys: Path, at: int, **how: object) -> Child:
    """A receiver that answers."""
    words = ("receive", region, "--keys", keys, "--port", at, "--udp-port", "0")
    child = merata(region.parent, *words, **how)
    until(lambda: answers(at) or child.gone(), 30, "the receiver does not answer")
    promised(not child.gone(), f"the receiver ended: {child.trouble()}")
    return child


def answers(at: int) -> bool:
    """Whether somebody listens at a port."""
    import socket

    with socket.socket() as asked:
        return asked.connect_ex(("127.0.0.1", at)) == 0


def send(at: int, number: int) -> bool:
    """Send one message as a batch; whether the receiver said that it has it for good."""
    import arrivals

    from merata.probe import wire

    message = arrivals.heartbeat(number, 1, number * arrivals.EVERY_MS)
    body, mac = arrivals.batch(PROBE, [message], message.up_ms + 10)
    try:
        connection = http.client.HTTPConnection("127.0.0.1", at, timeout=5)
        connection.request("POST", wire.BATCH_PATH, body, {wire.MAC_HEADER: mac})
        told = connection.getresponse()
        said, signed = told.read(), told.getheader(wire.MAC_HEADER, "")
        return told.status == 200 and wire.unpack_receipt(said, signed, arrivals.key_of(PROBE)).upto >= number  # type: ignore[arg-type]
    except (OSError, http.client.HTTPException):
        return False


def all_in_tables(region: Path, sure: int | set[int]) -> None:
    """Messages of the probe, 1 to `sure` or those, are in the tables, each once."""
    wanted = sure if isinstance(sure, set) else set(range(1, sure + 1))
    done(region.parent, "compact", region)
    found = answer(region.parent, lambda: _numbers(region / "measurements"))
    promised(len(found) == len(set(found)), "some messages are in the tables twice")
    lost = wanted - set(found)
    promised(not lost, f"{len(lost)} of {len(wanted)} acknowledged messages are gone")


def _numbers(measurements: Path) -> list[int]:
    from merata.assure import read

    rows = read.connect(measurements).sql(f"SELECT number FROM heartbeats WHERE probe = {PROBE}").fetchall()
    return [int(row[0]) for row in rows]
