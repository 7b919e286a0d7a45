"""Compaction: every message once in the tables, in whatever order and however often it came, wherever it was cut."""

import os
import random
import signal
import subprocess
import sys
import time

import arrivals
import pytest

from merata.assure import compact, decode, index, read, spool, tables
from merata.assure.spool import Record
from merata.errors import BusyError, FileError


@pytest.fixture
def place(tmp_path):
    return tmp_path / "measurements"


def rows(measurements, table="heartbeats"):
    return read.connect(measurements).sql(f"SELECT * FROM {table} ORDER BY probe, number").fetchall()


def numbers(measurements):
    return [row[:2] for row in rows(measurements)]


def some(probes=3, count=40):
    return {
        probe: [arrivals.heartbeat(n, 1, n * arrivals.EVERY_MS, 0) for n in range(1, count + 1)]
        for probe in range(1, probes + 1)
    }


def by_itself(number, up_ms, received_ms):
    return [arrivals.record_of_beat(1, arrivals.heartbeat(number, 1, up_ms), received_ms)]


def batches(messages, size):
    for probe, mine in messages.items():
        for at in range(0, len(mine), size):
            end_ms = mine[-1].up_ms + 1000
            yield arrivals.record_of_batch(probe, mine[at : at + size], arrivals.BEGAN_MS + end_ms, end_ms)


def test_each_kind_goes_into_its_table_with_the_declared_columns(place):
    messages = [arrivals.heartbeat(1), arrivals.speed(2), arrivals.event(3)]
    arrivals.into_spool(place, [arrivals.record_of_batch(9, messages, arrivals.BEGAN_MS + 40, 0)])
    seen = [{"number": 1, "time_ms": arrivals.BEGAN_MS, "how": "ping", "ok": True, "ms": 12.5, "lost": 0}]
    arrivals.into_spool(place, [Record(spool.CENTRE, 500, arrivals.BEGAN_MS, decode.centre_body(seen))])
    done = compact.compact(place)
    assert (done.rows, done.doubled, done.unreadable) == (4, 0, 0)
    connection = read.connect(place)
    for name, table in tables.TABLES.items():
        relation = connection.table(name)
        assert relation.columns == [c.name for c in tables.columns(name)]
        assert len(relation) == 1, table.name
    said = connection.sql(
        "SELECT probe, number, epoch_ms(time), live, centre_ms, outside2_ms, clients FROM heartbeats"
    )
    assert said.fetchall() == [(9, 1, arrivals.BEGAN_MS + 40, False, pytest.approx(31.2), None, 1)]
    assert connection.sql("SELECT down_mbps, up_mbps, bytes, why FROM speeds").fetchall() == [
        (7.25, None, 9_000_000, "schedule")
    ]
    assert connection.sql("SELECT event, text FROM events").fetchall() == [("start", "the probe began")]
    assert connection.sql("SELECT epoch_ms(time), time_sure_s, how, ok, rx_kb FROM checks").fetchall() == [
        (arrivals.BEGAN_MS, 1, "ping", True, None)
    ]


def test_an_empty_folder_has_empty_tables(place):
    assert compact.compact(place) == compact.Compacted()
    assert rows(place) == []


def test_nothing_is_counted_twice_within_and_between_compactions(place):
    messages = some()
    for size in (40, 7, 13):
        arrivals.into_spool(place, list(batches(messages, size)) * 2)
        compact.compact(place, rows_at_once=50)
        assert numbers(place) == [(p, m.number) for p, mine in messages.items() for m in mine]
    assert index.load(place).had.listed() == {str(p): [1, 40] for p in messages}


@pytest.mark.parametrize("seed", range(4))
def test_the_same_deliveries_make_the_same_tables_in_any_order_and_from_several_receivers(tmp_path, seed):
    dice = random.Random(seed)
    records = [
        record
        for probe in (1, 2)
        for record in arrivals.deliveries(arrivals.runs_of(seed + probe), probe, seed)
    ]
    tables_made = []
    for shuffled in (False, True):
        place = tmp_path / str(shuffled)
        mine = records + (dice.choices(records, k=len(records) // 2) if shuffled else [])
        if shuffled:
            dice.shuffle(mine)
        for part in range(4):
            for name in ("a", "b"):
                arrivals.into_spool(place, mine[part::4][name == "b" :: 2], name)
            compact.compact(place, rows_at_once=60)
        compact.compact(place, whole=True)
        # `received` and `live` tell of the delivery that was compacted first.
        columns = [c.name for c in tables.columns("heartbeats") if c.name not in ("received", "live")]
        said = read.connect(place).sql(f"SELECT {','.join(columns)} FROM heartbeats ORDER BY probe, number")
        tables_made.append(said.fetchall())
    assert tables_made[0] == tables_made[1]
    assert len(tables_made[0]) > 100


def test_times_that_turn_out_wrong_are_put_right(place):
    # The first delivery took ten minutes over a bad link; the next ones were quick.
    late_ms = 600_000
    arrivals.into_spool(place, by_itself(1, 1000, arrivals.BEGAN_MS + late_ms))
    compact.compact(place)
    arrivals.into_spool(place, by_itself(2, 901_000, arrivals.BEGAN_MS + 900_000))
    done = compact.compact(place)
    assert done.merged == 2
    found = read.connect(place).sql("SELECT epoch_ms(time) FROM heartbeats ORDER BY number").fetchall()
    assert found == [(arrivals.BEGAN_MS,), (arrivals.BEGAN_MS + 900_000,)]


def test_what_is_written_is_left_alone_where_nothing_moved(place):
    messages = [arrivals.heartbeat(n, 1, n * arrivals.EVERY_MS) for n in range(1, 2001)]
    end_ms = messages[-1].up_ms
    for low in (0, 1000):  # the first half lies days before the delivery
        mine = messages[low : low + 1000]
        arrivals.into_spool(
            place, [arrivals.record_of_batch(1, mine, arrivals.BEGAN_MS + end_ms + low, end_ms)]
        )
        assert compact.compact(place).merged == 0
    assert len(rows(place)) == 2000


def test_a_row_that_moves_to_another_month_is_in_that_month_only(place):
    month_ms = 1_793_491_200_000  # 1 November 2026
    arrivals.into_spool(place, by_itself(1, 1000, month_ms + 300_000))
    compact.compact(place)
    assert {p.month for p in index.load(place).of("heartbeats")} == {"2026-11"}
    arrivals.into_spool(place, by_itself(2, 601_000, month_ms + 500_000))
    compact.compact(place)
    assert {p.month: p.rows for p in index.load(place).of("heartbeats")} == {"2026-10": 1, "2026-11": 1}
    assert len(rows(place)) == 2
    assert len(read.connect(place, months=["2026-10"]).table("heartbeats")) == 1


def test_small_files_become_few(place):
    for n in range(1, 40):
        message = arrivals.heartbeat(n, 1, n * arrivals.EVERY_MS)
        arrivals.into_spool(place, [arrivals.record_of_beat(1, message, arrivals.BEGAN_MS + message.up_ms)])
        compact.compact(place)
    there = index.load(place)
    assert len(there.of("heartbeats")) <= compact.FEW
    assert len(there.of("clocks")) <= compact.FEW
    assert numbers(place) == [(1, n) for n in range(1, 40)]


def test_files_lie_sorted_by_probe_and_time(place):
    arrivals.into_spool(place, list(batches(some(), 9)))
    compact.compact(place, rows_at_once=30)
    compact.compact(place, whole=True, rows_at_once=50)
    (part,) = index.load(place).of("heartbeats")
    said = read.connect(place).sql(f"SELECT probe, time FROM read_parquet('{place / part.path}')").fetchall()
    assert said == sorted(said)
    assert (part.rows, part.probes) == (120, (1, 3))


def test_what_is_not_named_is_not_there_and_goes(place):
    arrivals.into_spool(place, list(batches(some(), 9)))
    compact.compact(place)
    stray = place / "heartbeats" / "month=2026-09" / "part-99999999.parquet"
    stray.write_bytes(b"half of a fi")
    (place / "index.new").write_text("half of an ind")
    assert len(rows(place)) == 120
    compact.compact(place)
    assert not stray.exists()


def test_a_reader_that_began_before_can_still_read(place):
    arrivals.into_spool(place, list(batches(some(), 9)))
    compact.compact(place)
    before = read.connect(place)
    compact.compact(place, whole=True)
    compact.compact(place)
    assert before.sql("SELECT count(*) FROM heartbeats").fetchall() == [(120,)]


def test_a_record_of_another_version_is_set_aside_and_not_lost(place):
    strange = Record(77, 1, arrivals.BEGAN_MS, b"of a later version")
    arrivals.into_spool(place, [strange, *batches(some(), 40)])
    assert compact.compact(place).unreadable == 1
    (kept,) = (place / "unreadable").glob("*.log")
    assert [record for record, _ in spool.read(kept)] == [strange]
    assert len(rows(place)) == 120


def test_messages_that_no_time_can_be_reckoned_for_are_refused_and_the_rest_taken():
    old, now, coming = (arrivals.heartbeat(n, 1, up) for n, up in ((1, 0), (2, 4 * 10**10), (3, 5 * 10**10)))
    record = arrivals.record_of_batch(1, [old, now, coming], arrivals.BEGAN_MS, 4 * 10**10)
    taken = decode.Decoded()
    taken.add(record)
    assert taken.messages()["heartbeats"].column("number").to_pylist() == [2]


def test_two_compactions_at_once_do_not_meet(place):
    with index.alone(place), pytest.raises(BusyError):
        compact.compact(place)


NURSERY = """
import os, sys
from pathlib import Path
from merata.assure.compact import compact

place = Path(sys.argv[1])
print("ready", flush=True)
for _ in sys.stdin:
    child = os.fork()
    if not child:
        while True:
            compact(place, rows_at_once=40)
            compact(place, rows_at_once=40, whole=True)
    print(child, flush=True)
    print(os.waitpid(child, 0)[1], flush=True)
"""


@pytest.mark.slow
def test_killed_at_any_instant_nothing_is_lost_or_doubled(place):
    dice = random.Random(5)
    messages = some(probes=4, count=120)
    records = list(batches(messages, 10))
    dice.shuffle(records)
    command = [sys.executable, "-c", NURSERY, place]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as nursery:
        nursery.stdout.readline()
        for part in range(12):
            arrivals.into_spool(place, records[part::12] + records[part::17])
            print(file=nursery.stdin, flush=True)
            child = int(nursery.stdout.readline())
            time.sleep(dice.uniform(0.0, 0.3))
            os.kill(child, signal.SIGKILL)
            assert int(nursery.stdout.readline()) == signal.SIGKILL
            said = numbers(place)
            assert len(said) == len(set(said))
        nursery.stdin.close()
    compact.compact(place)
    assert numbers(place) == [(p, m.number) for p, mine in messages.items() for m in mine]
    assert spool.closed(place) == []


@pytest.mark.parametrize("cut", [0, 30, -30])
def test_a_table_that_something_else_damaged_is_named_with_what_to_do(place, cut):
    arrivals.into_spool(place, by_itself(1, 1000, arrivals.BEGAN_MS))
    compact.compact(place)
    path = next(place.glob("heartbeats/**/*.parquet"))
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(FileError, match=f"{path.name}: is damaged .* Take it from a backup"):
        compact.compact(place, whole=True)
