"""The spool and the index: what is written is read back, whatever happens to the end of a file."""

import json
import os
import resource
import subprocess
import sys

import arrivals
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from merata.assure import index, spool
from merata.assure.index import Had
from merata.assure.spool import Record, Spool
from merata.errors import BusyError, FileError

RECORDS = st.lists(
    st.builds(
        Record,
        st.integers(0, 255), st.integers(0, 2**32 - 1), st.integers(0, 2**63), st.binary(max_size=60),
    ),
    max_size=12,
)  # fmt: skip


def read(path, begin=0):
    return [record for record, _ in spool.read(path, begin)]


@pytest.fixture(scope="module")
def log(tmp_path_factory):
    return tmp_path_factory.mktemp("spool") / "1.log"


@given(RECORDS)
def test_what_is_written_is_read_back(log, records):
    log.write_bytes(b"".join(map(spool.framed, records)))
    assert read(log) == records
    ends = [0, *(end for _, end in spool.read(log))]
    assert [read(log, end) for end in ends] == [records[i:] for i in range(len(ends))]


@given(RECORDS, st.data())
def test_a_torn_end_costs_only_what_was_not_whole(log, records, data):
    frames = [spool.framed(r) for r in records]
    cut = data.draw(st.integers(0, len(b"".join(frames))))
    log.write_bytes(b"".join(frames)[:cut] + data.draw(st.binary(max_size=40)))
    whole = [r for r, end in zip(records, np.cumsum([len(f) for f in frames]), strict=True) if end <= cut]
    assert read(log)[: len(whole)] == whole


@given(RECORDS, st.data())
def test_damage_costs_no_record_but_its_own(log, records, data):
    frames = [spool.framed(r) for r in records]
    if not frames:
        return
    hurt = data.draw(st.integers(0, len(frames) - 1))
    at = data.draw(st.integers(0, len(frames[hurt]) - 1))
    torn = bytearray(frames[hurt])
    torn[at] ^= data.draw(st.integers(1, 255))
    log.write_bytes(b"".join([*frames[:hurt], bytes(torn), *frames[hurt + 1 :]]))
    assert read(log) == records[:hurt] + records[hurt + 1 :]


def test_files_are_closed_by_size_and_by_their_receivers_end(tmp_path):
    first = Spool(tmp_path, file_bytes=100)
    first.append([Record(1, 1, 1, b"x" * 60)])
    assert spool.closed(tmp_path) == []
    first.append([Record(1, 1, 2, b"x" * 60)])
    assert spool.closed(tmp_path) == [("r1", 1)]
    first.append([Record(1, 1, 3, b"")])
    assert spool.closed(tmp_path) == [("r1", 1)]
    first.close()
    assert spool.closed(tmp_path) == [("r1", 1), ("r1", 2)]
    again = Spool(tmp_path)
    again.append([Record(1, 1, 4, b"")])
    assert [r.received_ms for n in (1, 2, 3) for r in read(spool.path_of(tmp_path, "r1", n))] == [1, 2, 3, 4]
    again.close()


def test_a_number_is_not_used_again_when_compaction_has_taken_the_files(tmp_path):
    index.save(tmp_path, index.Index(spool={"r1": (7, 0)}))
    opened = Spool(tmp_path)
    opened.append([Record(1, 1, 1, b"")])
    opened.close()
    assert spool.numbers(tmp_path / "spool" / "r1") == [8]


def test_two_receivers_have_a_folder_each(tmp_path):
    first, second = Spool(tmp_path), Spool(tmp_path)
    assert first.folder != second.folder
    with pytest.raises(BusyError, match="another receiver writes there"):
        Spool(tmp_path, "r1")
    first.close()
    assert Spool(tmp_path).folder == first.folder
    second.close()


FULL = """
import resource, signal, sys
from pathlib import Path
from merata.assure.spool import Record, Spool
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
spool = Spool(Path(sys.argv[1]))
kept = []
for i in range(40):
    try:
        spool.append([Record(1, 1, i, bytes(120 if i != 20 else 2000))])
        kept.append(i)
    except OSError:
        pass
print(kept)
"""


def test_a_disk_that_is_full_in_the_middle_of_a_record_costs_nothing_that_was_kept(tmp_path):
    done = subprocess.run([sys.executable, "-c", FULL, tmp_path], capture_output=True, text=True, check=True)
    kept = json.loads(done.stdout)
    assert 20 not in kept
    assert len(kept) > 30
    assert [r.received_ms for r in all_of(tmp_path)] == kept
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] != 1000


def all_of(measurements):
    return [
        record
        for name, n in spool.closed(measurements)
        for record in read(spool.path_of(measurements, name, n))
    ]


def test_so_much_of_the_disk_stays_free(tmp_path):
    disk = os.statvfs(tmp_path)
    opened = Spool(tmp_path, spare_bytes=disk.f_blocks * disk.f_frsize)
    with pytest.raises(OSError, match="nearly full"):
        opened.append([Record(1, 1, 1, b"")])
    opened.close()


NUMBERS = st.lists(st.tuples(st.integers(0, 3), st.integers(1, 30)), max_size=40)


@given(NUMBERS, NUMBERS, NUMBERS)
def test_numbers_had_are_those_that_came(first, second, asked):
    def keys(pairs):
        return index.keys([p for p, _ in pairs], [n for _, n in pairs])

    had = Had().with_keys(keys(first)).with_keys(keys(second))
    assert had.holds(keys(asked)).tolist() == [pair in set(first) | set(second) for pair in asked]
    assert had.count() == len(set(first) | set(second))
    assert (had.low[1:] > had.high[:-1] + np.uint64(1)).all()
    again = Had.of(json.loads(json.dumps(had.listed())))
    assert (again.low == had.low).all()
    assert (again.high == had.high).all()


def test_numbers_of_different_probes_never_run_into_each_other():
    had = Had().with_keys(index.keys([1, 2, 2], [2**32 - 1, 1, 2]))
    assert had.listed() == {"1": [2**32 - 1, 2**32 - 1], "2": [1, 2]}


@given(st.lists(st.integers(1, 500), max_size=60))
@settings(max_examples=50)
def test_numbers_in_order_take_one_interval(numbers):
    had = Had()
    for number in numbers:
        had = had.with_keys(index.keys([5], [number]))
    runs = sum(n - 1 not in set(numbers) for n in set(numbers))
    assert len(had.low) == runs


def test_a_damaged_index_is_told_and_not_taken_for_nothing(tmp_path):
    assert index.load(tmp_path).parts == ()
    index.save(tmp_path, index.Index(made=3, received_ms=arrivals.BEGAN_MS, spool={"r1": (4, 5)}))
    assert index.load(tmp_path).spool == {"r1": (4, 5)}
    path = tmp_path / index.FILE
    for wrong in (path.read_text()[:-9], "{}", "[]", path.read_text().replace('"version":1', '"version":2')):
        path.write_text(wrong)
        with pytest.raises(FileError, match=r"index\.json"):
            index.load(tmp_path)


def test_only_one_changes_the_tables(tmp_path):
    with index.alone(tmp_path), pytest.raises(BusyError, match="another process"), index.alone(tmp_path):
        pass
