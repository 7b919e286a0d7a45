"""What was last heard: seen by other processes at once, over restarts, and never older than it was."""

import asyncio
import os
import threading
import time

import arrivals
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_assure_receive import batch, centre, datagram, knock, post, send

from merata.assure import compact
from merata.assure.heard import (
    CHECKS,
    FILE,
    RECEIVER,
    ROUTERS_FROM,
    Hearing,
    Word,
    ears,
    listening_since,
    newest,
)


def word(probe, number, received_ms=5_000):
    return Word(probe, number, received_ms, number * 10, 77, 3)


@pytest.fixture
def place(tmp_path):
    return tmp_path / "measurements"


@pytest.fixture
def folder(place):
    (place / "spool" / "r1").mkdir(parents=True)
    return place / "spool" / "r1"


def test_what_a_probe_missed_adds_up_over_batches_restarts_and_receivers(place, folder):
    other = place / "spool" / "r2"
    other.mkdir()
    for where, number, missed in ((folder, 5, 0), (folder, 3, 7), (other, 4, 2), (folder, 2, 1)):
        hearing = Hearing(where, RECEIVER, 0)
        hearing.there(1)
        hearing.hear(word(1, number)._replace(missed=missed))
        hearing.close()
    assert newest(ears(place), RECEIVER)[1] == word(1, 5)._replace(missed=10)


@settings(max_examples=40)
@given(said=st.lists(st.tuples(st.integers(1, 6), st.integers(1, 9), st.booleans()), max_size=40))
def test_the_highest_number_of_each_probe_is_its_newest_word_over_restarts(tmp_path_factory, said):
    place = tmp_path_factory.mktemp("region")
    folder = place / "spool" / "r1"
    folder.mkdir(parents=True)
    hearing = Hearing(folder, RECEIVER, 0)
    truth: dict[int, int] = {}
    for at, (probe, number, restart) in enumerate(said):
        hearing.there(at)
        hearing.hear(word(probe, number, at))
        truth[probe] = max(number, truth.get(probe, 0))
        if restart:
            hearing.close()
            hearing = Hearing(folder, RECEIVER, 0)
    hearing.there(1)
    assert {p: w.number for p, w in newest(ears(place), RECEIVER).items()} == truth
    hearing.close()


def test_a_word_that_is_damaged_is_none_and_its_probe_is_heard_again(place, folder):
    hearing = Hearing(folder, RECEIVER, 1000)
    hearing.there(1000)
    for probe in (1, 2, 3):
        hearing.hear(word(probe, 5))
    hearing.close()
    data = bytearray((folder / FILE).read_bytes())
    data[70] ^= 0xFF
    (folder / FILE).write_bytes(data)
    assert len(newest(ears(place), RECEIVER)) == 2
    hearing = Hearing(folder, RECEIVER, 2000)
    hearing.there(2000)
    for probe in (1, 2, 3):
        hearing.hear(word(probe, 6))
    assert {w.number for w in newest(ears(place), RECEIVER).values()} == {6}
    hearing.close()


def test_who_listens_says_so_and_who_ended_or_died_does_not(place, folder):
    hearing = Hearing(folder, RECEIVER, 1_010_000)
    assert listening_since(ears(place), RECEIVER, 1010) is None
    hearing.there(1_012_000)
    assert listening_since(ears(place), RECEIVER, 1013) == 1010
    assert listening_since(ears(place), CHECKS, 1013) is None
    assert listening_since(ears(place), RECEIVER, 1090) is None, "it has not said so for a minute: it died"
    hearing.close()
    assert listening_since(ears(place), RECEIVER, 1013) is None


def test_folders_change_hands_and_no_word_is_lost(place, folder):
    router = ROUTERS_FROM + 3
    for kind, probe in ((RECEIVER, 5), (CHECKS, router), (RECEIVER, 6)):
        hearing = Hearing(folder, kind, 1_000)
        hearing.there(1_000)
        hearing.hear(word(probe, 9))
        hearing.close()
    assert set(newest(ears(place), RECEIVER)) == {5, 6}
    assert set(newest(ears(place), CHECKS)) == {router}


def test_words_are_whole_while_they_are_written(place, folder):
    hearing = Hearing(folder, RECEIVER, 0)
    hearing.there(1)
    stop = threading.Event()

    def write():
        number = 0
        while not stop.is_set():
            number += 1
            for probe in range(1, 40):
                hearing.hear(Word(probe, number, number * 1000, number, 7, 0))

    thread = threading.Thread(target=write)
    thread.start()
    until = time.monotonic() + 0.5
    while time.monotonic() < until:
        for found in newest(ears(place), RECEIVER).values():
            assert found.received_ms == found.number * 1000
    stop.set()
    thread.join()
    hearing.close()


def test_a_receiver_notes_heartbeats_and_batches_once_they_are_kept_and_goes_on_where_it_was(place):
    with centre(place) as running:
        send(running.udp, 5, 7)
        post(running.http, *batch(6, range(10, 40)))
        asyncio.run_coroutine_threadsafe(asyncio.sleep(0.02), running.loop).result()
        heard = newest(ears(place), RECEIVER)
        assert (heard[5].number, heard[6].number) == (7, 39)
        assert abs(heard[5].received_ms / 1000 - time.time()) < 5
        assert (heard[5].boot, heard[5].up_ms) == (1, 7000)
        assert listening_since(ears(place), RECEIVER, time.time()) is not None
    assert listening_since(ears(place), RECEIVER, time.time()) is None
    compact.compact(place)
    with centre(place) as running:
        assert newest(ears(place), RECEIVER)[6].number == 39
        old = heard[5]
        assert knock(running.udp, datagram(5, 7)) is not None
        assert newest(ears(place), RECEIVER)[5] == old, "a datagram that somebody sends again"
        body, mac = batch(5, [1, 2, 3])
        assert post(running.http, body, mac)[0] == 200
        assert newest(ears(place), RECEIVER)[5] == old, "what waited is older than what was heard"
        send(running.udp, 5, 8)
        assert newest(ears(place), RECEIVER)[5].number == 8


def test_a_heartbeat_that_is_not_kept_is_not_heard(place):
    with centre(place, spare_bytes=1 << 62) as running:
        assert send(running.udp, 5, 7).flags
        assert newest(ears(place), RECEIVER) == {}


def test_a_disk_without_room_for_the_words_stops_no_receiver(place, monkeypatch):
    def full(*_):
        raise OSError(28, "full")

    with centre(place) as running:
        monkeypatch.setattr(os, "pwrite", full)
        assert send(running.udp, 5, 7).number == 7
        monkeypatch.undo()
        assert send(running.udp, 5, 8).number == 8
        assert newest(ears(place), RECEIVER)[5].number == 8


def test_flags_are_those_of_the_heartbeat(place):
    with centre(place) as running:
        said = arrivals.heartbeat(4, 1, 4000, flags=16)
        from merata.probe import wire

        knock(running.udp, wire.pack_beat(arrivals.beat(9, said), arrivals.key_of(9)))
        assert newest(ears(place), RECEIVER)[9].flags == 16
