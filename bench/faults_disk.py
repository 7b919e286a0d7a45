"""Disks that are full, slow, broken or lie: a small disk, syncs that take long or fail, bytes that changed."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import faults_kill as kill
from faults_world import NotHereError, World, done, merata, port, promised, until

#: What the receiver leaves free (`assure.spool`), and some for what it writes.
SPARE_BYTES = 1 << 28


@contextmanager
def small_disk(place: Path, size_bytes: int) -> Iterator[Path]:
    """A folder that is a disk of this size in memory."""
    if os.geteuid() or not shutil.which("mount"):
        raise NotHereError("only root can make a small disk")
    disk = place / "disk"
    disk.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size_bytes}", "tmpfs", disk],
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode:
        raise NotHereError(f"no small disk can be made here: {made.stderr.strip()}")
    try:
        yield disk
    finally:
        subprocess.run(["umount", "--lazy", disk], check=True)


def _size(region: Path) -> int:
    """What a region takes on such a disk, bytes."""
    return sum(path.stat().st_size + 4096 for path in region.rglob("*") if not path.is_symlink())


def larger(disk: Path) -> None:
    """Somebody made room."""
    subprocess.run(["mount", "-o", "remount,size=600m", disk], check=True)


def full(world: World) -> int:
    """Commands on a disk that is full in the middle: they say so, the region is whole, with room it goes on."""
    tried = 0
    for command in (_add, _run, _score, _backup, _restore, _log):
        region = world.fresh()
        room = world.dice.randint(0, 400) * 1000
        with small_disk(region.parent, _size(region) + room) as disk:
            there = Path(shutil.copytree(region, disk / "region", symlinks=True))
            command(there, region.parent, disk)
        tried += 1
    return tried


def _ended(code: int, trouble: str) -> None:
    promised(code in (0, 1, 3), f"it ended with {code}: {trouble}")
    promised(
        code == 0 or "full" in trouble.lower() or "space" in trouble.lower(),
        f"the disk is not named: {trouble}",
    )


def _tried(place: Path, *words: object) -> None:
    child = merata(place, *words)
    _ended(child.wait(), child.trouble())


def _add(region: Path, place: Path, disk: Path) -> None:
    sheet, before = kill.new_sheet(place), (region / "region.gpkg").read_bytes()
    _tried(place, *kill.added(region, sheet))
    larger(disk)
    kill.whole_sources(region, sheet, before)
    done(place, *kill.added(region, sheet))


def _run(region: Path, place: Path, disk: Path) -> None:
    before = kill.newest_run(region)
    kill.forget_runs(region)
    room = disk / "room"
    os.truncate(os.open(room, os.O_CREAT | os.O_WRONLY), 0)
    left = shutil.disk_usage(disk).free - 300_000
    room.write_bytes(bytes(max(left, 0)))
    _tried(place, "run", region)
    larger(disk)
    kill.whole_runs(region, before)
    done(place, "run", region)
    kill.same_run(region, before)


def _score(region: Path, place: Path, disk: Path) -> None:
    _tried(place, "score", region, "--json")
    larger(disk)
    kill.whole_scores(region)


def _backup(region: Path, place: Path, disk: Path) -> None:
    file = disk / "backup.zip"
    _tried(place, "backup", region, file)
    larger(disk)
    if file.exists():
        done(place, "restore", file)
        file.unlink()
    done(place, "backup", region, file)
    promised(not list(disk.glob(".*")), "something was left behind")


def _restore(region: Path, place: Path, disk: Path) -> None:
    file, there = place / "backup.zip", disk / "there"
    done(place, "backup", region, file)
    child = merata(place, "restore", file, there, "--without-keys")
    code = child.wait()
    promised(code in (0, 1, 3), f"it ended with {code}: {child.trouble()}")
    promised((code == 0) == there.exists() and not list(disk.glob(".*")), "half a region is there")
    larger(disk)
    if code:
        done(place, "restore", file, there, "--without-keys")
    promised(kill.site_rows(region) == kill.site_rows(there), "what was restored is not what was packed")


def _log(region: Path, place: Path, disk: Path) -> None:
    """Entries are added until the disk is full."""
    from faults_world import Child

    from merata.exchange.log import Log

    before = Log(region / "log").head()[0]
    child = Child(lambda: kill._append_for_ever(region / "log", 400), place)
    promised(child.wait() != 0, "it went on for ever")
    promised("No space" in child.trouble(), child.trouble())
    larger(disk)
    kill.whole_log(region / "log", before, int([str(before), *child.lines()][-1]))


def full_receiver(world: World) -> None:
    """A receiver whose disk is nearly full acknowledges nothing more, loses nothing, and goes on when there is room."""
    region = world.fresh()
    with small_disk(region.parent, SPARE_BYTES + _size(region) + 3_000_000) as disk:
        there = Path(shutil.copytree(region, disk / "region", symlinks=True))
        (disk / "filler").write_bytes(
            bytes(shutil.disk_usage(disk).free - SPARE_BYTES - world.dice.randint(8, 60) * 4096)
        )
        keys, at, sure = kill.keys_of(region.parent), port(), 0
        child = kill.receiving(there, keys, at)
        while kill.send(at, sure + 1):
            sure += 1
            promised(sure < 5000, "it acknowledges though the disk is full")
        (disk / "filler").unlink()
        until(lambda: kill.send(at, sure + 1), 10, "it does not go on")
        child.kill()
        kill.all_in_tables(there, sure + 1)


def slow(world: World) -> None:
    """Every sync takes a fifth of a second: what is acknowledged is there all the same, also after a kill."""
    _traced(world, "delay_exit=200000", 12)


def broken(world: World) -> None:
    """Some syncs fail: the receiver says that it has not kept those messages, and keeps all others."""
    _traced(world, f"error=EIO:when={world.dice.randint(3, 6)}+{world.dice.randint(2, 4)}", 40)


def _traced(world: World, what: str, most: int) -> None:
    if not shutil.which("strace"):
        raise NotHereError("strace is not installed, which makes syncs slow")
    region = world.fresh()
    keys, at = kill.keys_of(region.parent), port()
    command = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"inject=fsync,fdatasync:{what}"]
    words = ["receive", region, "--keys", keys, "--port", at, "--udp-port", 0]
    started = [*command, Path(sys.executable).parent / "merata", *words]
    child = subprocess.Popen(
        list(map(str, started)), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        until(lambda: kill.answers(at) or child.poll() is not None, 60, "the receiver does not answer")
        if child.poll() is not None:
            raise NotHereError("strace may not look into processes here")
        sure = {number for number in range(1, most) if kill.send(at, number)}
        time.sleep(world.dice.uniform(0, 0.2))
    finally:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()
    promised(len(sure) > most / 4, f"only {len(sure)} of {most} were acknowledged")
    kill.all_in_tables(region, sure)


def corrupt(world: World) -> int:
    """Bytes that changed in each kind of file: commands say so, or go on, and never fall over."""
    wrong, tried = [], 0
    for pattern, commands in KINDS:
        region = world.fresh()
        found = sorted(path for path in region.glob(pattern) if path.is_file())
        assert found, f"{pattern}: the region of the bench has no such file"
        path = world.dice.choice(found)
        _damaged(world, path)
        for words in commands:
            child = merata(
                region.parent, *(region / word[1:] if word.startswith("/") else word for word in words)
            )
            code = child.wait(120)
            if code not in (0, 1, 2, 3, 4, 5, 6, 7, 8):
                wrong.append(
                    f"{path.relative_to(region)}: merata {words[0]} ended with {code}: {child.trouble()[-300:]}"
                )
        tried += 1
    promised(not wrong, "\n            ".join(wrong))
    return tried


def _damaged(world: World, path: Path) -> None:
    data = bytearray(path.read_bytes())
    how, at = world.dice.choice(("flip", "flip", "zero", "cut")), world.dice.randrange(max(len(data), 1))
    if how == "cut":
        del data[at:]
    elif how == "zero":
        data[at : at + 512] = bytes(len(data[at : at + 512]))
    else:
        for _ in range(world.dice.randint(1, 8)):
            data[world.dice.randrange(len(data))] ^= 1 << world.dice.randrange(8)
    path.write_bytes(data)


_SCORE = ("score", "/.", "--json")
_SITE = (("backup", "/.", "/../b.zip"), ("person", "/.", "kantor@contoh.example"))
_RUN = (("run", "/."), ("explain", "/.", "Alfaro"))
_LOG = (("exchange", "prove", "/.", "0"), ("exchange", "append", "/.", "/../leaves.jsonl"))
#: Kinds of files, and the commands that read them.
KINDS: tuple[tuple[str, tuple[tuple[str, ...], ...]], ...] = (
    ("region.toml", (("check", "/."), ("run", "/."))),
    ("region.gpkg", (("check", "/."), *_RUN)),
    ("findings.csv", (("check", "/."), ("run", "/."))),
    ("sources/sources.csv", (("check", "/."), ("run", "/."))),
    ("sources/*.geojson", (("check", "/.", "--rebuild"),)),
    ("terrain.tif", (("check", "/."), ("run", "/."))),
    ("runs/*/run.json", _RUN),
    ("runs/*/plan.json", _RUN),
    ("runs/*/coverage.tif", _RUN),
    ("runs/*/*.parquet", _RUN),
    ("runs/*/*.csv", _RUN),
    ("measurements/index.json", (_SCORE, ("compact", "/."), ("backup", "/.", "/../b.zip"))),
    ("measurements/*/**/*.parquet", (_SCORE, ("compact", "/.", "--whole"))),
    ("measurements/points.csv", (_SCORE,)),
    ("measurements/contracts.csv", (_SCORE,)),
    ("log/head", _LOG),
    ("log/checkpoint", _LOG),
    ("log/tile/**/*", _LOG),
    ("web.sqlite3", _SITE),
)
