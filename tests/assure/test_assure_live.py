"""How points stand now: dark only after silence while somebody listened, one alert for what fell together, calm."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from merata.assure import enough
from merata.assure.heard import CHECKS, RECEIVER, Ear, Word
from merata.assure.live import (
    DARK,
    SILENT,
    UNKNOWN,
    UP,
    Rule,
    Stands,
    Watched,
    fallen,
    grouped,
    reaches_outside,
    seen,
    stands,
    suspects_centre,
    unheard_since,
    why_silent,
)
from merata.probe.messages import ON_BATTERY

RULE = Rule(720, 3600)
T = 1_800_000_000.0


def word(probe, number=5, at=T, boot=1, up_ms=0, flags=0):
    return Word(probe, number, int(at * 1000), up_ms, boot, flags)


def ear(words, since=T - 90_000, there=T, kind=RECEIVER):
    return Ear(kind, since, there, {one.probe: one for one in words})


def points(count, provider="A", district="X", first=1):
    return [Watched(f"P-{provider}{district}{n}", provider, district, n) for n in range(first, first + count)]


def one_of(point, ears, now, was=None):
    return stands(seen([point], ears, now).get(point.point), was, RULE, now)


@pytest.mark.parametrize(
    ("quiet_s", "state"), [(0, UP), (359, UP), (361, SILENT), (719, SILENT), (721, DARK), (90_000, DARK)]
)
def test_silence_makes_silent_then_dark(quiet_s, state):
    [point] = points(1)
    ears = [ear([word(1)], there=T + quiet_s)]
    assert one_of(point, ears, T + quiet_s, Stands(UP, T)) == Stands(state, T)


def test_what_was_heard_before_anybody_looked_is_unknown_until_it_is_heard_or_dark():
    [point] = points(1)
    was = one_of(point, [ear([word(1)], since=T + 5000, there=T + 5100)], T + 5100)
    assert was == Stands(UNKNOWN, T + 5100)
    silent = [ear([word(1)], since=T + 5000, there=T + 5700)]
    assert one_of(point, silent, T + 5700, was) == was
    heard = [ear([word(1, 6, T + 5200)], since=T + 5000, there=T + 5200)]
    assert one_of(point, heard, T + 5200, was) == Stands(UP, T + 5200)
    assert one_of(point, silent, T + 5721, was) == Stands(DARK, T)


def test_silence_counts_only_while_somebody_listened():
    [point] = points(1)
    restarted = [ear([word(1)], since=T + 5000, there=T + 5500)]
    was = Stands(UP, T)
    assert one_of(point, restarted, T + 5500, was).state == SILENT
    assert one_of(point, restarted, T + 5300, was).state == UP
    dead = [ear([word(1)], there=T + 1000)]
    assert one_of(point, dead, T + 5000).state == UNKNOWN, "nobody listens: nobody knows"


def test_a_probe_that_never_spoke_and_a_point_without_one_are_unknown():
    point = Watched("P", "A", "X", 9)
    assert one_of(point, [ear([word(1)])], T).state == UNKNOWN
    assert one_of(Watched("P", "A", "X"), [ear([word(1)])], T).state == UNKNOWN


def test_a_router_that_answers_the_centre_vouches_for_a_silent_probe():
    point = Watched("P", "A", "X", 1, (1 << 31,))
    now = T + 4000
    probes = ear([word(1)], there=now)
    checks = ear([word(1 << 31, at=now - 30)], there=now, kind=CHECKS)
    assert one_of(point, [probes, checks], now).state == UP
    late = ear([word(1 << 31, at=now - 900)], there=now, kind=CHECKS)
    assert one_of(point, [probes, late], now) == Stands(DARK, now - 900)
    gone = checks._replace(there_s=now - 100)
    assert one_of(point, [probes, gone], now).state == DARK, "checks that have ended tell nothing"


def test_heard_once_is_not_back_and_heard_for_long_enough_is():
    [point] = points(1)
    was = Stands(DARK, T)
    at = T + 3000
    was = one_of(point, [ear([word(1, 6, at)], there=at)], at + 1, was)
    assert was == Stands(DARK, T, at)
    again = [ear([word(1, 7, at + 300)], there=at + 999)]
    assert one_of(point, again, at + 359, was) == was
    assert one_of(point, again, at + 361, was) == Stands(UP, at)
    gone = one_of(point, [ear([word(1, 6, at)], there=at + 999)], at + 400, was)
    assert gone == Stands(DARK, T), "it went silent again before it was back"


@settings(max_examples=60)
@given(
    beats=st.lists(st.floats(285, 315), min_size=40, max_size=40),
    lost=st.integers(0, 39),
    steps=st.integers(5, 60),
)
def test_a_healthy_probe_of_which_one_heartbeat_is_lost_is_never_dark(beats, lost, steps):
    [point] = points(1)
    came = np.cumsum(beats)
    came = np.delete(came, lost) + T
    was = None
    for now in np.arange(came[0], came[-1], steps):
        was = one_of(point, [ear([word(1, at=came[came <= now][-1])], there=now)], now, was)
        assert was.state in (UP, SILENT)


@settings(max_examples=60)
@given(phase=st.floats(0, 315), look=st.floats(0, 15))
def test_a_point_is_dark_within_a_quarter_of_an_hour(phase, look):
    [point] = points(1)
    went = T + phase
    now = went + 13 * 60 + look
    assert one_of(point, [ear([word(1)], there=now)], now).state == DARK


def fell(all_points, silent, dark, was=(), excused=()):
    now = {point.point: Stands(UP, T) for point in all_points}
    now |= {code: Stands(SILENT, T + n) for n, code in enumerate(silent)}
    now |= {code: Stands(DARK, T + n) for n, code in enumerate(dark)}
    before = {code: Stands(DARK if code in was else UP, T - 9) for code in now}
    return fallen(all_points, now, before, excused)


def test_one_point_alone_falls_by_itself():
    some = points(6)
    assert [(f.by, f.points) for f in fell(some, [], ["P-AX1"])] == [("", ("P-AX1",))]
    assert fell(some, ["P-AX1"], []) == []
    assert fell(some, [], ["P-AX1"], was=["P-AX1"]) == []


def test_what_fell_together_is_one_though_some_are_only_silent_so_far():
    some = points(5) + points(5, "B", "X", 10) + points(20, "A", "Y", 20)
    quiet = [point.point for point in some[:5]]
    [one] = fell(some, quiet[1:], quiet[:1])
    assert (one.by, one.name, one.points) == ("both", "A\nX", tuple(sorted(quiet)))
    whole = [point.point for point in some if point.district == "X"]
    [one] = fell(some, whole[3:], whole[:3])
    assert (one.by, one.name) == ("district", "X")
    [one] = fell(some, [point.point for point in some][1:], [some[0].point])
    assert one.by == "all"
    assert len(one.points) == 30


def test_planned_work_is_nobodys_news():
    some = points(5)
    quiet = [point.point for point in some]
    assert fell(some, [], quiet, excused=quiet) == []
    assert [one.points for one in fell(some, [], quiet, excused=quiet[1:])] == [(quiet[0],)]


@settings(max_examples=80)
@given(st.data())
def test_groups_keep_the_rule_and_leave_out_nobody_who_fell(data):
    some = [
        Watched(
            f"P{n}", data.draw(st.sampled_from(["A", "B", ""])), data.draw(st.sampled_from(["X", "Y", ""])), n
        )
        for n in range(data.draw(st.integers(1, 14)))
    ]
    quiet = {p.point: T + data.draw(st.integers(0, 3000)) for p in some if data.draw(st.booleans())}
    groups = grouped(some, quiet)
    assert groups.keys() <= quiet.keys()
    for key in set(groups.values()):
        by, name = key
        members = {
            "all": some,
            "provider": [p for p in some if p.provider == name],
            "district": [p for p in some if p.district == name],
            "both": [p for p in some if f"{p.provider}\n{p.district}" == name],
        }[by]
        times = sorted(quiet[p.point] for p in members if p.point in quiet)
        most = max(sum(a <= t <= a + enough.WIDE_S for t in times) for a in times)
        assert most >= max(enough.WIDE_POINTS, enough.WIDE_SHARE * len(members))


def test_the_centre_is_suspected_when_most_fall_silent_at_once():
    was = {f"P{n}": Stands(UP, T) for n in range(10)}
    now = was | {f"P{n}": Stands(SILENT, T) for n in range(4)}
    assert not suspects_centre(now, was)
    now |= {"P4": Stands(DARK, T)}
    assert suspects_centre(now, was)
    long_dark = was | {f"P{n}": Stands(DARK, T) for n in range(9)}
    assert not suspects_centre(long_dark, long_dark), "what was dark before says nothing of the centre"


def test_the_centres_own_way_out_is_tried():
    import socket

    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        here = f"127.0.0.1:{listening.getsockname()[1]}"
        assert reaches_outside(["nowhere.invalid:1", here], 0.3)
    assert reaches_outside([])
    assert not reaches_outside(["nowhere.invalid:443"], 0.2)


@pytest.mark.parametrize(
    ("after", "silent_s", "why"),
    [
        (word(1, 5 + 7), 1800, "link"),
        (word(1, 5 + 1), 1800, "probe"),
        (word(1, 5 + 2, boot=2, up_ms=60_000), 1800, "power"),
        (word(1, 5 + 20, boot=2, up_ms=60_000), 7200, "link"),
        (word(1, 5), 1800, "unknown"),
        (None, 1800, "unknown"),
    ],
)
def test_the_probes_own_count_says_why_it_was_silent(after, silent_s, why):
    assert why_silent(word(1, 5), after, silent_s) == why


@pytest.mark.parametrize(
    ("before", "missed", "why"), [(0, 7, "centre"), (65_533, 4, "centre"), (9, 14, "link")]
)
def test_looks_that_mostly_saw_the_outside_without_the_centre_put_it_on_the_centre(before, missed, why):
    first = word(1, 5)._replace(missed=before)
    assert why_silent(first, word(1, 17)._replace(missed=missed), 3600) == why


def test_the_centre_is_cut_off_when_no_probe_of_several_providers_is_heard_since_the_same_moment():
    """Not while one is heard, nor one by one, nor of one provider, nor of a few, nor by a power cut."""

    def since(both, at=(T, T + 60, T + 200, T + 280), now=T + 900, was=None, flags=0):
        words = [word(point.probe, at=moment, flags=flags) for point, moment in zip(both, at, strict=True)]
        return unheard_since(both, seen(both, [ear(words, there=now)], now), was or {}, RULE, now)

    two = [*points(2, "A"), *points(2, "B", first=3)]
    assert since(two) == T + 280
    assert since(two, now=T + 800) is None
    assert since(two, flags=ON_BATTERY) is None
    assert since(two, at=(T - 4000, T + 60, T + 200, T + 280)) is None
    assert since(points(4, "A")) is None
    assert since(two[:3], at=(T, T, T)) is None
    assert since(two, was={two[0].point: Stands(DARK, T - 9000)}) is None, "three are left"
