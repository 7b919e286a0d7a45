"""True times from wrong clocks: the same whatever the order, near the truth, and within their ±."""

import random

import arrivals
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from merata.assure import times
from merata.assure.decode import Decoded, column

DAY_MS = 86_400_000


def decoded(records):
    made = Decoded()
    for record in records:
        made.add(record)
    assert not made.unreadable
    return made


def reckoned(records):
    """(probe, number) -> time ms and ± s, of all messages of records."""
    made = decoded(records)
    rows = made.messages()["heartbeats"]
    names = ("probe", "boot", "up_ms")
    clocks = times.reckoned(made.stretches())
    time, sure = times.true_times(clocks, *(column(rows, n) for n in names))
    keys = zip(column(rows, "probe").tolist(), column(rows, "number").tolist(), strict=True)
    return dict(zip(keys, zip(time.tolist(), sure.tolist(), strict=True), strict=True))


@given(st.integers(0, 10**9))
@settings(max_examples=40)
def test_times_are_near_the_truth_and_within_their_sureness(seed):
    runs = arrivals.runs_of(seed)
    found = reckoned(arrivals.deliveries(runs, 7, seed))
    assert {n for _, n in found} == {n for run in runs for n in run.numbers}
    for run in runs:
        for number in run.numbers:
            time_ms, sure_s = found[7, number]
            late_s = (time_ms - run.true_ms(number)) / 1000
            assert abs(late_s) <= sure_s + 0.5, (run, number)
            if run.anchored:
                assert 0 < late_s <= 0.5
                assert sure_s < 20


@given(st.integers(0, 10**9), st.randoms(use_true_random=False))
@settings(max_examples=25)
def test_times_are_the_same_in_any_order_and_however_often_it_comes(seed, dice):
    records = [
        r for probe in (7, 8) for r in arrivals.deliveries(arrivals.runs_of(seed + probe), probe, seed)
    ]
    again = records + dice.choices(records, k=len(records) // 3)
    dice.shuffle(again)
    assert reckoned(again) == reckoned(records)


@given(st.integers(0, 10**9))
@settings(max_examples=20)
def test_stretches_join_to_the_same_in_any_order_and_grouping(seed):
    dice = random.Random(seed)
    made = decoded(arrivals.deliveries(arrivals.runs_of(seed), 7, seed))
    rows = made.messages()["heartbeats"]
    names = ("probe", "boot", "number", "up_ms", "wall_s", "received")
    single = times.of_messages(*(column(rows, n) for n in names))
    whole = times.joined(single)
    order = np.array(dice.sample(range(len(single)), len(single)))
    cut = dice.randint(0, len(single))
    parts = [times.joined(single[order[:cut]]), times.joined(single[order[cut:]], single[:cut])]
    assert (times.joined(*parts) == whole).all()
    assert (times.joined(whole, whole) == whole).all()


def test_a_run_without_an_anchor_lies_between_its_neighbours_where_clocks_say_nothing():
    # Off and on again for ten minutes, with a wall clock that begins with 1970 each time.
    first = [arrivals.record_of_beat(1, arrivals.heartbeat(1, 10, 905_000, 905), arrivals.BEGAN_MS)]
    lost = [arrivals.heartbeat(2, 11, 30_000, 30), arrivals.heartbeat(3, 11, 330_000, 330)]
    later = arrivals.BEGAN_MS + 3_600_000
    last = [arrivals.record_of_beat(1, arrivals.heartbeat(4, 12, 5_000, 5), later)]
    last.append(arrivals.record_of_batch(1, lost, later + 1000, 6_000, boot=12))
    found = reckoned(first + last)
    assert found[1, 3][0] - found[1, 2][0] == 300_000
    assert found[1, 2][0] == (arrivals.BEGAN_MS + later - 300_000) // 2
    assert found[1, 2][1] == pytest.approx((3600 - 300) / 2)


def test_a_wall_clock_that_is_wrong_by_a_year_all_the_time_places_a_run_without_an_anchor():
    year_s = 365 * 86400
    walls = [(arrivals.BEGAN_MS + offset) // 1000 - year_s for offset in (0, 1_500_000, 3_600_000)]
    first = [arrivals.record_of_beat(1, arrivals.heartbeat(1, 10, 5_000, walls[0]), arrivals.BEGAN_MS)]
    later = arrivals.BEGAN_MS + 3_600_000
    lost = [arrivals.heartbeat(2, 11, 9_000, walls[1])]
    last = [arrivals.record_of_beat(1, arrivals.heartbeat(3, 12, 5_000, walls[2]), later)]
    last.append(arrivals.record_of_batch(1, lost, later + 1000, 6_000, boot=12))
    time_ms, sure_s = reckoned(first + last)[1, 2]
    assert time_ms == arrivals.BEGAN_MS + 1_500_000
    assert sure_s <= 3600


def test_a_clock_that_drifts_is_followed_from_day_to_day():
    # 60 ppm fast for 90 days: seven minutes and a half in all, of which no day keeps more than its own.
    fast = 1.00006
    sent = [(n, arrivals.BEGAN_MS + n * 3_600_000) for n in range(1, 24 * 90)]
    records = [
        arrivals.record_of_beat(1, arrivals.heartbeat(n, 1, int((t - arrivals.BEGAN_MS) * fast), 0), t + 30)
        for n, t in sent
    ]
    found = reckoned(records)
    late_s = [abs(found[1, n][0] - t) / 1000 for n, t in sent]
    assert max(late_s) < 6
    assert all(late <= found[1, n][1] for late, (n, _) in zip(late_s, sent, strict=True))


def test_a_slow_delivery_does_not_spoil_a_quick_one():
    quick = arrivals.record_of_beat(1, arrivals.heartbeat(1, 1, 1_000, 0), arrivals.BEGAN_MS)
    slow = arrivals.record_of_batch(
        1, [arrivals.heartbeat(2, 1, 301_000, 0)], arrivals.BEGAN_MS + 390_000, 302_000
    )
    assert reckoned([slow, quick])[1, 2] == (arrivals.BEGAN_MS + 300_000, pytest.approx(1.03))


@pytest.mark.parametrize("up_ms", [0, 2**48 - 1])
def test_nonsense_of_a_clock_makes_no_impossible_time(up_ms):
    records = [
        arrivals.record_of_beat(1, arrivals.heartbeat(1, 1, up_ms, 2**32 - 1), arrivals.BEGAN_MS),
        arrivals.record_of_beat(1, arrivals.heartbeat(2, 1, 2**47, 0), arrivals.BEGAN_MS, age_ms=2**31),
    ]
    for time_ms, _ in reckoned(records).values():
        assert times.POSSIBLE_MS[0] <= time_ms <= times.POSSIBLE_MS[1]


def test_a_message_of_a_clock_that_nothing_is_known_of_is_an_error():
    clocks = times.reckoned(decoded([arrivals.record_of_beat(1, arrivals.heartbeat(1), 10**12)]).stretches())
    for probe, up_ms in ((2, 0), (1, DAY_MS)):
        with pytest.raises(KeyError):
            times.true_times(clocks, [probe], np.array([1]), [up_ms])
