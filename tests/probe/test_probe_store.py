"""What was kept stays kept: through kills, power cuts, full disks and damage."""

import os
import shutil
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from random import Random

import pytest
from writer import row

from merata.probe import wire
from merata.probe.errors import ProbeError
from merata.probe.kept import Kept, load
from merata.probe.lock import Lock
from merata.probe.store import FILE, GO_AT_ONCE, NUMBERS_A_STORE, Store, look

WRITER = Path(__file__).with_name("writer.py")
ENROLMENT = wire.Enrolment(
    probe=7, key="ab" * 32, udp="127.0.0.1:1", https="https://127.0.0.1:1", outside=[], dns_name="", ndt7="",
    budget_bytes=0, quiet_hours=[], busy_hours=[], utc_offset_min=480, newest=1,
)  # fmt: skip


@pytest.fixture
def kept(tmp_path):
    return enrolled(tmp_path / "probe")


def enrolled(folder):
    folder.mkdir()
    kept = Kept(folder, {"enrolment": ENROLMENT._asdict()})
    kept.save()
    return kept


def opened(kept, store_mb=64):
    return Store(kept.folder, kept.stores, kept.begin_store, store_mb)


def counted(store):
    """What the store holds: the heartbeats' own counts, and how many were lost as its events tell."""
    messages = store.oldest(10**6)
    events = [m.values for m in messages if m.kind == "event"]
    assert {e["event"] for e in events} <= {"store_full"}
    lost = sum(int(e["text"].split("no room: ")[1].split()[0]) for e in events)
    return [m.values["rx_kb"] for m in messages if m.kind == "heartbeat"], lost


def test_numbers_count_up_without_gaps_and_are_never_used_again(kept):
    store = opened(kept)
    assert [store.put(row(i)) for i in range(5)] == [1, 2, 3, 4, 5]
    store.drop([1, 2, 3, 4, 5])
    store.close()
    store = opened(kept)
    assert store.put(row(5)) == 6
    assert [m.number for m in store.oldest(9)] == [6]
    assert store.oldest(9)[0].values == row(5).values


@pytest.mark.slow
def test_killed_at_any_instant_nothing_that_was_kept_is_gone(kept):
    """Kills of the process: what a power cut does to unwritten pages is the next test's."""
    random = Random(1)
    said = []
    for _ in range(8):
        first = said[-1][1] + 1 if said else 0
        writer = subprocess.Popen(
            [sys.executable, WRITER, kept.folder, str(first)], stdout=subprocess.PIPE, text=True
        )
        said.append(tuple(map(int, writer.stdout.readline().split())))
        time.sleep(random.uniform(0, 0.15))
        writer.kill()
        # What it was about to say when it was killed may be half a line.
        lines = [line for line in writer.stdout.read().splitlines(keepends=True) if line.endswith("\n")]
        said += [tuple(map(int, line.split())) for line in lines]
        writer.wait()
        kept = load(kept.folder)
        store = opened(kept)
        assert kept.stores == 1
        assert store.renewed == ""
        held = {m.number: m.values["rx_kb"] for m in store.oldest(10**6)}
        assert {number: i for number, i in said}.items() <= held.items()  # noqa: C416
        assert sorted(held) == list(range(1, len(held) + 1))
        assert len(held) - len(said) <= 8  # at most what was safe but not yet said, once a kill
        said = [(n, i) for n, i in held.items()]  # noqa: C416
        store.close()
    assert len(said) > 50


@pytest.mark.slow
def test_after_a_power_cut_at_any_byte_of_the_log_all_that_was_synced_is_there(kept, tmp_path):
    """SQLite syncs its log at each commit: a cut leaves it whole up to there, and anything behind."""
    store = opened(kept)
    store.put(row(0))
    log = kept.folder / (FILE + "-wal")
    ends = [log.stat().st_size]
    for i in range(1, 12):
        store.put(row(i))
        ends.append(log.stat().st_size)
    whole = log.read_bytes()[: ends[-1]]
    random = Random(2)
    cuts = [*ends, *(random.randrange(ends[0], ends[-1]) for _ in range(40))]
    for i, cut in enumerate(cuts):
        folder = tmp_path / f"cut {i}"
        shutil.copytree(kept.folder, folder, ignore=shutil.ignore_patterns("*-shm"))
        torn = random.randbytes(random.randrange(0, 3000)) if i % 2 else b""
        (folder / (FILE + "-wal")).write_bytes(whole[:cut] + torn)
        again = opened(load(folder))
        held = [m.values["rx_kb"] for m in again.oldest(99)]
        assert again.renewed == ""
        assert held == list(range(len(held)))
        assert len(held) == sum(end <= cut for end in ends)
        assert again.put(row(99)) == len(held) + 1
        again.close()
    store.close()


@pytest.mark.slow
def test_a_store_that_is_full_says_how_many_were_lost_and_keeps_the_newest(kept):
    store = opened(kept, store_mb=1)
    for i in range(30_000):
        store._unkept.append(row(i))
        if len(store._unkept) > 400:
            assert store.put(store._unkept.pop()) is not None
    assert store.put(row(30_000)) is not None
    held, lost = counted(store)
    assert lost > GO_AT_ONCE
    assert len(held) + lost == 30_001
    assert held == list(range(lost, 30_001))
    numbers = [m.number for m in store.oldest(10**6)]
    assert numbers[-1] - numbers[0] == len(numbers) - 1
    assert (kept.folder / FILE).stat().st_size <= 1024 * 1024


@pytest.mark.slow
def test_on_a_full_disk_nothing_vanishes_without_being_told(kept, monkeypatch):
    """A tmpfs of a megabyte, filled by others; then they go."""
    disk = kept.folder.parent / "disk"
    disk.mkdir()
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "none", disk], check=False, capture_output=True
    ).returncode:
        pytest.skip("a small file system can't be mounted here")
    try:
        kept = enrolled(disk / "probe")
        store = opened(kept)
        assert store.put(row(0)) == 1
        monkeypatch.setattr("merata.probe.store.WAIT_IN_MEMORY", 40)
        others = disk / "others"
        with others.open("wb", buffering=0) as file, pytest.raises(OSError, match="No space"):
            file.writelines(bytes(4096) for _ in range(1000))
        got = [store.put(row(i)) for i in range(1, 1001)]
        assert None in got
        store.remember(look="no room for this")  # and no error
        others.unlink()
        assert store.put(row(1001)) is not None
        held, lost = counted(store)
        assert lost > 0
        assert len(held) + lost == 1002
        assert held[-1] == 1001
        store.close()
        assert opened(kept).renewed == ""
    finally:
        subprocess.run(["umount", "-l", disk], check=True)


@pytest.mark.slow
def test_where_files_may_not_grow_the_probe_goes_on_and_tells_later(kept):
    limit = 100_000
    command = [sys.executable, WRITER, kept.folder, "0", str(limit)]
    writer = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    lines = []
    for line in writer.stdout:
        lines.append(line.split())
        if sum(number == "none" for number, _ in lines) > 20:
            break
    writer.kill()
    writer.communicate()
    kept = load(kept.folder)
    store = opened(kept)
    assert store.renewed == ""
    held = {m.values["rx_kb"] for m in store.oldest(10**6) if m.kind == "heartbeat"}
    safe = {int(i) for number, i in lines if number != "none"}
    _, lost = counted(store)
    assert len(safe - held) <= lost
    assert len(safe) > 100


def damages(data: bytes, random: Random):
    yield b""
    yield b"not a database at all" * 500
    yield data[: len(data) // 2]
    for _ in range(12):
        at = random.randrange(0, len(data) - 600)
        yield data[:at] + random.randbytes(600) + data[at + 600 :]


@pytest.mark.slow
def test_a_damaged_store_is_set_aside_and_numbers_go_on_far_ahead(kept, tmp_path):
    store = opened(kept)
    for i in range(40):
        store._unkept.append(row(i))
    store.put(row(40))
    store._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    store.close()
    data = (kept.folder / FILE).read_bytes()
    renewed = 0
    for i, damaged in enumerate(damages(data, Random(3))):
        folder = tmp_path / f"damage {i}"
        shutil.copytree(kept.folder, folder)
        (folder / FILE).write_bytes(damaged)
        again = load(folder)
        store = opened(again)
        number = store.put(row(41))
        if store.renewed:
            renewed += 1
            assert number == NUMBERS_A_STORE + 1
            assert again.stores == load(folder).stores == 2
            # SQLite itself writes its head into an empty file.
            assert (folder / "store-damaged-1.sqlite3").read_bytes() == damaged or not damaged
            assert [m.number for m in store.oldest(99)] == [number]
        else:  # what was hit says nothing
            assert number == 42
        store.close()
    assert renewed >= 8


@pytest.mark.parametrize(
    "body", ["[1", "5", "[]", '{"a": 1}', "[1,2,3,4,5,6,7,8,9,1e999]", "[" * 9999, None, b"\xff\xfe"]
)
def test_a_message_that_can_not_be_read_any_more_is_counted_and_stops_nothing(kept, body):
    store = opened(kept)
    for i in range(3):
        store.put(row(i))
    store._db.execute("UPDATE message SET body = ? WHERE number = 2", (body or "\0",))
    assert [m.number for m in store.oldest(9)] == [1, 3]
    assert (store.unreadable, store.waiting()) == (1, 2)


@pytest.mark.slow
def test_a_store_damaged_while_it_runs_is_set_aside_too(kept):
    store = opened(kept)
    for i in range(3000):
        store._unkept.append(row(i))
        if len(store._unkept) > 400:
            store.put(store._unkept.pop())
    store._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    size = (kept.folder / FILE).stat().st_size
    with (kept.folder / FILE).open("r+b") as file:
        file.seek(4096)
        file.write(os.urandom(size - 4096))
    store._db.execute("PRAGMA cache_size=0")
    numbers = [store.put(row(3000 + i)) for i in range(20)]
    assert numbers[-1] > NUMBERS_A_STORE
    assert store.renewed
    assert all(number is not None for number in numbers)


@pytest.mark.parametrize("how", ["gone", "an old copy"])
def test_a_store_that_is_gone_or_of_another_time_never_uses_a_number_twice(kept, tmp_path, how):
    store = opened(kept)
    store.put(row(0))
    store.close()
    copy = shutil.copy(kept.folder / FILE, tmp_path / "copy")
    (kept.folder / FILE).unlink()
    kept = load(kept.folder)
    store = opened(kept)
    assert store.put(row(1)) == NUMBERS_A_STORE + 1
    assert store.renewed == "it was gone"
    store.close()
    if how == "an old copy":
        shutil.copy(copy, kept.folder / FILE)
        kept = load(kept.folder)
        store = opened(kept)
        assert store.put(row(2)) == 2 * NUMBERS_A_STORE + 1
        assert "another time" in store.renewed


def test_the_first_store_is_no_loss(kept):
    assert opened(kept).renewed == ""


@pytest.mark.slow
def test_only_one_probe_works_in_a_folder(kept):
    command = [sys.executable, WRITER, kept.folder, "0"]
    one = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    one.stdout.readline()
    two = subprocess.run(command, capture_output=True, text=True, check=False)
    assert two.returncode != 0
    assert "One is running in the folder" in two.stderr
    with pytest.raises(ProbeError, match="One is running"):
        Lock(kept.folder)
    one.kill()
    one.communicate()
    Lock(kept.folder).close()  # the system let go of it


def test_key_and_measurements_are_for_the_owner_alone(kept):
    store = opened(kept)
    store.put(row(0))
    modes = {p.name: p.stat().st_mode & 0o777 for p in kept.folder.iterdir()}
    assert modes == dict.fromkeys(modes, 0o600)
    assert {"probe.json", FILE, FILE + "-wal"} <= set(modes)


def test_looking_disturbs_nobody_and_a_ruin_is_named(kept, monkeypatch):
    assert look(kept.folder) == {}
    monkeypatch.chdir(kept.folder.parent)
    store = opened(kept)
    store.put(row(0))
    store.remember(newest=3)
    assert look(kept.folder) == {"store": 1, "newest": 3, "waiting": 1}
    assert look(Path(kept.folder.name)) == look(kept.folder)
    store.close()
    (kept.folder / FILE).write_bytes(b"ruin" * 1000)
    assert "not a database" in look(kept.folder)["damage"]
    assert isinstance(sqlite3.sqlite_version, str)


def test_a_damaged_file_of_the_probe_says_what_to_do(kept):
    (kept.folder / "probe.json").write_text('{"enrolment": {"probe": 1}}')
    with pytest.raises(ProbeError, match="Enrol anew"):
        load(kept.folder)
    (kept.folder / "probe.json").write_text("{")
    with pytest.raises(ProbeError, match="Enrol anew"):
        load(kept.folder)
