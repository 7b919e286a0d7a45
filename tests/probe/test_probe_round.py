"""A probe and a centre: what is measured arrives once, whatever happens between them."""

import json
import socket
import threading
from itertools import pairwise
from random import Random

import pytest
from centre import KEY

from merata.probe import wire
from merata.probe.clock import Jumps
from merata.probe.deliver import LONGEST_WAIT_S, MOST_ROWS, Courier, knock
from merata.probe.measure import World
from merata.probe.messages import CLOCK_JUMPED, KINDS, STARTED, UDP_SILENT
from merata.probe.store import Row

QUICK = World(apart_s=0.001, patience_s=0.02, resolvers=(), watch_s=0.01, run_s=0.5)


def events(centre):
    return [m.values for m in centre.had.values() if m.kind == "event"]


def round_(probe, clock):
    clock.go(300)
    return probe.round()


@pytest.mark.slow
def test_a_heartbeat_arrives_at_once_and_is_forgotten(make_probe, centre, clock):
    probe = make_probe()
    seen = round_(probe, clock)
    assert seen["centre_ms"] < 200
    assert seen["centre_lost"] == 0
    assert seen["outside1_ms"] < 200
    assert seen["outside_lost"] == 0
    assert centre.live == [1]
    assert centre.had[1].values == seen
    assert probe.store.waiting() == 0
    (sending,) = centre.sendings
    assert (sending.probe, sending.boot, sending.waiting) == (7, clock.boot, 1)


@pytest.mark.slow
def test_bytes_carried_are_told_from_the_second_heartbeat_on(make_probe, clock):
    probe = make_probe()
    assert round_(probe, clock)["rx_kb"] is None
    assert round_(probe, clock)["rx_kb"] >= 0


@pytest.mark.slow
def test_where_udp_is_blocked_batches_and_connects_do(make_probe, centre, clock):
    centre.silent = True
    probe = make_probe(QUICK)
    seen = round_(probe, clock)
    assert seen["flags"] & UDP_SILENT
    assert seen["centre_ms"] < 200
    assert centre.batches == [1]
    assert centre.had[1].values == seen
    assert probe.store.waiting() == 0


def fill(probe, clock, count):
    values = {f.name: None for f in wire.HEARTBEAT} | {"flags": 0}
    for i in range(count):
        clock.go(300)
        row = Row(clock.boot, clock.up_ms(), clock.wall_s(), "heartbeat", values | {"rx_kb": i})
        probe.store._unkept.append(row)
    probe.store.put(probe.store._unkept.pop())  # all in one transaction, for the test's sake


def bring(probe, clock, times=200):
    """Visit the centre until nothing waits, as the rounds would."""
    for _ in range(times):
        courier = Courier(probe.store, probe.ways, probe.kept.enrolment.https, KEY, Random(1))
        if courier.due(clock.boot, clock.up_ms()):
            courier.visit(probe.sending)
        if not probe.store.waiting():
            return
        clock.go(300)
    raise AssertionError(f"{probe.store.waiting()} still wait")


@pytest.mark.slow
def test_after_an_outage_everything_is_brought_oldest_first_in_growing_batches(make_probe, centre, clock):
    probe = make_probe()
    fill(probe, clock, 1900)
    bring(probe, clock)
    assert sorted(centre.had) == list(range(1, 1901))
    assert list(centre.had) == sorted(centre.had)
    assert [centre.had[n].values["rx_kb"] for n in sorted(centre.had)] == list(range(1900))
    assert centre.batches[:3] == [64, 128, 256]
    assert max(centre.batches) <= MOST_ROWS
    assert centre.twice == 0


@pytest.mark.slow
def test_a_line_that_breaks_under_large_batches_gets_small_ones(make_probe, centre, clock):
    probe = make_probe()
    fill(probe, clock, 300)
    centre.most_rows = 20
    bring(probe, clock)
    assert sorted(centre.had) == list(range(1, 301))
    assert max(centre.batches) <= 20


@pytest.mark.slow
def test_a_batch_whose_answer_was_cut_off_comes_again_and_counts_once(make_probe, centre, clock):
    probe = make_probe()
    fill(probe, clock, 200)
    centre.cut_after = 3
    bring(probe, clock)
    assert sorted(centre.had) == list(range(1, 201))
    assert centre.twice > 0  # it did come twice, and the centre could tell


def test_a_receipt_that_another_key_signed_lets_nothing_go(make_probe, centre, clock, monkeypatch):
    probe = make_probe()
    fill(probe, clock, 5)
    monkeypatch.setattr("centre.KEY", bytes(32))
    result = probe.courier().visit(probe.sending)
    assert "MAC" in result.trouble
    assert probe.store.waiting() == 5


def test_a_receipt_never_lets_go_what_was_not_sent(make_probe, centre, clock):
    probe = make_probe()
    fill(probe, clock, 100)
    courier = probe.courier()
    answers = iter([wire.Receipt(7, 2**31, {99: "no"}, 0, 0, 1)])
    courier._deliver = lambda *_: next(answers, None) or no_answer()
    courier._learned["rows"] = 10
    assert courier.visit(probe.sending).through == 10
    assert [m.number for m in probe.store.oldest(99)] == list(range(11, 101))


def no_answer():
    raise ConnectionResetError


def test_what_the_centre_refuses_for_good_is_let_go_and_told(make_probe, centre, clock):
    centre.flags, centre.refuse = wire.BACKLOG_WANTED, {2: "no such column"}
    probe = make_probe(QUICK)
    fill(probe, clock, 3)
    round_(probe, clock)
    round_(probe, clock)
    assert 2 not in centre.had
    assert {"event": "refused", "text": "1 messages, 2 first: no such column"} in events(centre)


@pytest.mark.slow
def test_messages_wait_until_the_centre_has_time_but_not_for_ever(make_probe, centre, clock):
    probe = make_probe(QUICK)
    probe.event("start", "release 1")
    round_(probe, clock)
    assert (centre.batches, probe.store.waiting()) == ([], 1)
    centre.flags = wire.BACKLOG_WANTED
    round_(probe, clock)
    assert (centre.batches, probe.store.waiting()) == ([1], 0)
    centre.flags = 0
    probe.event("stop", "told to end")
    clock.go(7 * 3600)
    round_(probe, clock)
    assert (centre.batches, probe.store.waiting()) == ([1, 1], 0)


@pytest.mark.slow
def test_probes_that_failed_together_do_not_come_back_together(make_probe, centre, clock):
    centre.status = 503
    probe = make_probe()
    fill(probe, clock, 1)
    nexts = []
    for seed in range(20):
        courier = Courier(probe.store, probe.ways, centre.https, KEY, Random(seed))
        courier._learned["fails"] = 6
        courier.visit(probe.sending)
        nexts.append(courier._learned["at_ms"] - clock.up_ms())
    assert max(nexts) <= LONGEST_WAIT_S * 1000
    assert min(nexts) >= LONGEST_WAIT_S * 1000 / 2
    assert len({n // 60_000 for n in nexts}) > 8


def test_waits_grow_from_a_minute_to_an_hour_and_the_centre_may_ask_for_more(make_probe, centre, clock):
    centre.status, centre.retry_after = 503, "1234"
    probe = make_probe()
    fill(probe, clock, 1)
    waits = []
    for _ in range(9):
        courier = probe.courier()
        assert courier.due(clock.boot, clock.up_ms())
        courier.visit(probe.sending)
        waits.append((courier._learned["at_ms"] - clock.up_ms()) / 1000)
        assert not probe.courier().due(clock.boot, clock.up_ms())
        clock.go(waits[-1] + 1)
    assert waits[:3] == [1234.0] * 3
    assert waits[-1] > 1234
    clock.boot += 1  # after a start of the machine nobody knows how long ago that was: it tries
    assert probe.courier().due(clock.boot, clock.up_ms())


@pytest.mark.slow
def test_a_revoked_key_stops_deliveries_and_unknown_is_a_hint_only(make_probe, centre, clock):
    probe = make_probe(QUICK)
    centre.flags = wire.REVOKED
    round_(probe, clock)
    assert (centre.had, probe.store.waiting(), probe.store.state("problem")) == ({}, 1, "revoked")
    centre.flags, centre.key, centre.status = 0, bytes(32), 403
    round_(probe, clock)
    assert (centre.had, probe.store.waiting(), probe.store.state("problem")) == ({}, 2, "unknown")
    centre.key, centre.flags, centre.status = KEY, wire.BACKLOG_WANTED, 200
    round_(probe, clock)
    assert sorted(centre.had) == [1, 2, 3]
    assert probe.store.state("problem") == ""


def test_whoever_stands_between_and_says_unknown_silences_nobody(make_probe, centre, clock):
    """His answer comes before the centre's, which never comes: what waits goes in a batch, as when nothing answers."""
    probe = make_probe(QUICK)
    centre.lying = True
    round_(probe, clock)
    assert sorted(centre.had) == [1]
    assert (probe.store.waiting(), probe.store.state("problem")) == (0, "")


def test_a_signed_answer_counts_though_an_unsigned_one_came_before_it(clock):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as there:
        there.bind(("127.0.0.1", 0))
        there.settimeout(5)

        def answers():
            sender = there.recvfrom(512)[1]
            for flags, key in ((wire.UNKNOWN, bytes(32)), (wire.REVOKED, bytes(32)), (0, KEY)):
                there.sendto(wire.pack_answer(wire.Answer(7, 3, 1, flags, 0), key), sender)

        thread = threading.Thread(target=answers)
        thread.start()
        answer = knock(b"x", KEY, 3, (socket.AF_INET, there.getsockname()), 2.0)
        thread.join()
    assert answer == wire.Answer(7, 3, 1, 0, 0)


def test_a_batch_that_can_t_be_read_is_sent_in_smaller_ones_without_waiting(make_probe, centre, clock):
    probe = make_probe(QUICK)
    fill(probe, clock, 12)
    centre.unreadable = {5}
    result = probe.courier().visit(probe.sending)
    assert (result.through, result.trouble, probe.store.waiting()) == (12, "", 0)
    assert sorted(centre.had) == [1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 12]
    assert list(result.refused) == [5]


def test_a_signed_receipt_that_the_key_is_revoked_is_believed_and_nothing_dropped(make_probe, centre, clock):
    probe = make_probe(QUICK)
    fill(probe, clock, 3)
    centre.unreadable, centre.flags = {1, 2, 3}, wire.REVOKED
    result = probe.courier().visit(probe.sending)
    assert (result.through, probe.store.waiting(), centre.batches) == (0, 3, [])
    assert "any more" in result.trouble
    assert not probe.courier().due(clock.boot, clock.up_ms() + 3_500_000)


def test_not_kept_by_the_centre_means_kept_here(make_probe, centre, clock):
    centre.flags = wire.NOT_KEPT
    probe = make_probe(QUICK)
    round_(probe, clock)
    assert probe.store.waiting() == 1


@pytest.mark.slow
@pytest.mark.parametrize("by", [-365 * 86400, 3600, -(10**12), 10**12])
def test_a_wall_clock_that_jumps_is_told_and_harms_nothing(make_probe, centre, clock, by):
    centre.flags = wire.BACKLOG_WANTED
    probe = make_probe(QUICK)
    round_(probe, clock)
    clock.wall += by
    round_(probe, clock)
    round_(probe, clock)
    beats = [m for m in centre.had.values() if m.kind == "heartbeat"]
    assert [bool(m.values["flags"] & CLOCK_JUMPED) for m in beats] == [False, True, False]
    assert [m.up_ms for m in beats] == sorted(m.up_ms for m in beats)
    assert [e["event"] for e in events(centre)] == ["clock_jumped"]
    assert len(centre.had) == 4


def test_small_drifts_are_no_jumps(clock):
    jumps = Jumps(clock)
    for drift in (5, -20, 29):
        clock.go(300)
        clock.wall += drift
        assert jumps.jumped_s() == 0
    clock.wall -= 3600
    assert jumps.jumped_s() == -3600


@pytest.mark.slow
def test_rounds_go_on_in_their_own_time_and_start_and_stop_are_told(make_probe, centre, clock):
    centre.flags = wire.BACKLOG_WANTED
    probe = make_probe(QUICK)
    clock.left = 5
    probe.run()
    beats = [m for m in centre.had.values() if m.kind == "heartbeat"]
    assert len(beats) == 5
    assert [bool(m.values["flags"] & STARTED) for m in beats] == [True, False, False, False, False]
    gaps = [b.up_ms - a.up_ms for a, b in pairwise(beats[1:])]
    assert all(260_000 < gap < 340_000 for gap in gaps)
    assert clock.waits[0] <= 60
    assert [e["event"] for e in events(centre)] == ["start"]
    assert [m.values["event"] for m in probe.store.oldest(9)] == ["stop"]


def test_ten_thousand_probes_do_not_beat_together():
    phases = [Random(number).uniform(0, 300) for number in range(10_000)]
    a_second = [0] * 300
    for phase in phases:
        a_second[int(phase)] += 1
    assert max(a_second) < 70  # 33 on average


def test_nothing_that_leaves_has_room_for_content_or_an_address():
    """Columns are declared; a message with another one can't be made."""
    texts = [f.name for kind in KINDS.values() for f in kind if f.type is str]
    assert texts == ["server", "why", "event", "text"]
    assert json.dumps(texts)
