"""By hand: some hours of some probes, and what must come out of them; whatever the order in which it came in."""

import random

import arrivals
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from merata.assure import availability, compact, programme, score
from merata.errors import FileError, InputError, MissingError
from merata.probe.messages import ON_BATTERY, STARTED, Message

#: 2026-11-01 00:00 WITA.
BEGAN_MS = 1_793_462_400_000
MINUTE = 60_000
DOWN = {"centre_ms": None, "centre_lost": 10, "outside1_ms": None, "outside_lost": 10}
NO_CENTRE = {"centre_ms": None, "centre_lost": 10}


class Probe:
    """A probe whose messages are written down one by one, every five minutes."""

    def __init__(self, probe=1):
        self.probe, self.number, self.minute, self.boot, self.booted = probe, 0, 0, 1, 0
        self.records = []

    def beats(self, count, *, flags=0, **values):
        for i in range(count):
            self.number += 1
            up_ms = (self.minute - self.booted) * MINUTE + 20_000
            said = {"flags": flags if i == 0 or flags == ON_BATTERY else 0, **values}
            message = arrivals.heartbeat(self.number, self.boot, up_ms, 0, **said)
            self._keep(message)
            self.minute += 5
        return self

    def event(self, kind):
        self.number += 1
        up_ms = (self.minute - self.booted) * MINUTE
        self._keep(Message(self.number, self.boot, up_ms, 0, "event", {"event": kind, "text": "so"}))
        return self

    def _keep(self, message):
        received = BEGAN_MS + self.booted * MINUTE + message.up_ms + 50
        self.records.append(
            arrivals.record_of_batch(self.probe, [message], received, message.up_ms, message.boot)
        )

    def off(self, minutes, *, boot=True):
        """Nothing for so long; then, with `boot`, the machine starts, a minute before the next look."""
        self.minute += minutes
        if boot:
            self.boot, self.booted = self.boot + 1, self.minute - 1
        return self

    def lost(self, count):
        self.number += count
        self.minute += 5 * count
        return self


def write(place, name, text):
    (place / f"{name}.csv").write_text(text, encoding="utf-8")


def scored(place, *probes, apart=False, **files):
    arrivals.into_spool(place, [r for p in probes for r in p.records])
    compact.compact(place)
    points = "".join(
        f"P{p.probe},V1,Zuva{p.probe if apart else ''},leo,Vakuna{p.probe if apart else ''},K\n"
        for p in probes
    )
    write(place, "points", "point,village,provider,option,district,contract\n" + points)
    write(place, "probes", "probe,point\n" + "".join(f"{p.probe},P{p.probe}\n" for p in probes))
    write(place, "contracts", files.pop("contracts", "contract,availability,notice_hours\nK,0.9,24\n"))
    for name, text in files.items():
        write(place, name, text)
    return score.score(place, "2026-11")


def pieces(scores, point="P1"):
    """Cause, how it counts, start and minutes of what was amiss, but for the time before and after."""
    rows = scores.outages[(scores.outages["point"] == point) & (scores.outages["outage"] >= 0)]
    start = (rows["start"] - BEGAN_MS / 1000) / 60
    return [
        (cause, counts, round(a), round(m))
        for cause, counts, a, m in zip(
            rows["cause"], rows["counts"], start, (rows["end"] - rows["start"]) / 60, strict=True
        )
    ]


@pytest.fixture
def place(tmp_path):
    place = tmp_path / "measurements"
    place.mkdir()
    return place


def at(minute):
    return f"{np.datetime64(BEGAN_MS + minute * MINUTE, 'ms')}Z"


CASES = {
    "nothing amiss": (lambda p: p.beats(30), []),
    "an outage": (lambda p: p.beats(12).beats(6, **DOWN).beats(12), [("link", "down", 58, 30)]),
    "an outage that one look saw": (lambda p: p.beats(12).beats(1, **DOWN).beats(12), [("link", "down", 58, 5)]),
    "some tries are lost": (lambda p: p.beats(12).beats(3, centre_lost=9, outside_lost=9).beats(12), []),
    "outside is enough": (lambda p: p.beats(12).beats(3, outside_lost=10).beats(12), []),
    "the power": (lambda p: p.beats(12).off(60).beats(12, flags=STARTED), [("power", "excused", 58, 61)]),
    "a moment without power": (lambda p: p.beats(12).off(0).beats(12, flags=STARTED), [("power", "excused", 57, 2)]),
    "the probe began again": (
        lambda p: p.beats(12).off(60, boot=False).beats(12, flags=STARTED),
        [("probe", "unknown", 58, 62)],
    ),
    "told to stop, and then off": (
        lambda p: p.beats(12).event("stop").off(60).beats(12, flags=STARTED),
        [("probe", "unknown", 58, 61)],
    ),
    "told to stop on battery": (
        lambda p: p.beats(11).beats(1, flags=ON_BATTERY).event("stop").off(60).beats(12, flags=STARTED),
        [("power", "excused", 58, 61)],
    ),
    "no room in its store": (
        lambda p: p.beats(12).off(60, boot=False).event("store_full").beats(12),
        [("unknown", "unknown", 58, 62)],
    ),
    "messages lack": (lambda p: p.beats(12).lost(6).beats(12), [("unknown", "unknown", 58, 30)]),
    "one message lacks": (lambda p: p.beats(12).lost(1).beats(12), [("unknown", "unknown", 58, 5)]),
    "a slow round": (lambda p: p.beats(12).off(5, boot=False).beats(12), []),
    "nothing was tried": (
        lambda p: p.beats(12).beats(2, centre_ms=None, centre_lost=None, outside_lost=None).beats(12),
        [("unknown", "unknown", 58, 10)],
    ),
    "down before and after the power went": (
        lambda p: p.beats(12).beats(6, **DOWN).off(60).beats(6, flags=STARTED, **DOWN).beats(6),
        [("link", "down", 58, 30), ("power", "excused", 88, 61), ("link", "down", 149, 29)],
    ),
    "down until the power went": (
        lambda p: p.beats(12).beats(6, **DOWN).off(60).beats(12, flags=STARTED),
        [("link", "down", 58, 30), ("power", "excused", 88, 61)],
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def by_hand(tmp_path_factory):
    """All cases at once, each a probe of a provider and a district of its own."""
    place = tmp_path_factory.mktemp("cases") / "measurements"
    place.mkdir()
    return scored(place, *(act(Probe(i + 1)) for i, (act, _) in enumerate(CASES.values())), apart=True)


def point_of(case):
    return f"P{list(CASES).index(case) + 1}"


@pytest.mark.parametrize("case", CASES)
def test_causes_by_hand(by_hand, case):
    assert pieces(by_hand, point_of(case)) == CASES[case][1]


def repair_of(scores, case):
    (row,) = scores.repairs[scores.repairs["point"] == point_of(case)].itertuples()
    return row


def test_an_outage_through_a_power_cut_is_one(by_hand):
    row = repair_of(by_hand, "down before and after the power went")
    assert row.hours == pytest.approx(59 / 60, abs=0.03)
    assert row.ended


def test_an_outage_that_goes_into_a_power_cut_has_no_end(by_hand):
    row = repair_of(by_hand, "down until the power went")
    assert not row.ended
    assert row.most_hours == np.inf


@pytest.mark.parametrize(("looking", "cause"), [(3, ("centre", "up", 58, 30)), (8, None)])
def test_the_centre_is_away_when_most_miss_it(place, looking, cause):
    """Two of so many that look miss it."""
    probes = [Probe(i + 1) for i in range(looking)]
    for i, p in enumerate(probes):
        p.beats(12).beats(6, **(NO_CENTRE if i < 2 else {})).beats(12)
    assert pieces(scored(place, *probes)) == ([cause] if cause else [])


def test_without_targets_outside_an_absent_centre_is_unknown(place):
    blind = {**NO_CENTRE, "outside_lost": None}
    probes = [Probe(i + 1).beats(12).beats(6, **(blind if i == 0 else NO_CENTRE)).beats(12) for i in range(4)]
    assert pieces(scored(place, *probes)) == [("unknown", "unknown", 58, 30)]


@pytest.mark.parametrize(("down", "cause"), [(4, "region-wide"), (3, "link")])
def test_region_wide_takes_most_points(place, down, cause):
    probes = [
        Probe(i + 1).beats(12 + (i == 0)).beats(6, **(DOWN if i < down else {})).beats(12) for i in range(6)
    ]
    assert pieces(scored(place, *probes), "P2") == [(cause, "down", 58, 30)]


def test_planned_work_excuses_what_was_told_in_time(place):
    """Of three providers that work at the same time the first says so a day before, the next a minute later."""
    noticed = (at(-24 * 60 + 60), at(-24 * 60 + 61), "")
    rows = [f"Zuva{n},{at(60)},{at(80)},{when}\n" for n, when in enumerate(noticed, 1)]
    work = "".join(["provider,from,until,noticed\n", *rows])
    probes = [Probe(n).beats(12).beats(6, **DOWN).beats(12) for n in (1, 2, 3)]
    scores = scored(place, *probes, apart=True, maintenance=work)
    excused = [("link", "down", 58, 2), ("maintenance", "excused", 60, 20), ("link", "down", 80, 8)]
    assert pieces(scores, "P1") == excused
    assert pieces(scores, "P2") == pieces(scores, "P3") == [("link", "down", 58, 30)]


def test_majeure_excuses_and_keeps_the_cause(place):
    agreed = f"district,from,until,why\nVakuna,{at(0)},{at(70)},flood\nElsewhere,{at(0)},{at(900)},fire\n"
    scores = scored(place, Probe().beats(12).beats(6, **DOWN).beats(12), majeure=agreed)
    assert pieces(scores) == [("link", "excused", 58, 12), ("link", "down", 70, 18)]


def test_what_was_contested_and_upheld_is_excused_at_that_point_alone(place):
    decided = f"point,from,until,why,entry\nP1,{at(50)},{at(70)},a ship's anchor,7\nP2,{at(0)},{at(5)},no,8\n"
    probes = [Probe(n).beats(12).beats(6, **DOWN).beats(12) for n in (1, 2)]
    scores = scored(place, *probes, apart=True, decided=decided)
    assert pieces(scores) == [("link", "excused", 58, 12), ("link", "down", 70, 18)]
    assert pieces(scores, "P2") == [("link", "down", 58, 30)]
    assert set(scores.outages.loc[scores.outages["counts"] == "excused", "excused_by"]) == {"contest"}


def test_power_that_the_provider_answers_for_can_be_contested_too(place):
    terms = "contract,availability,power_by\nK,0.9,provider\n"
    decided = f"point,from,until,why\nP1,{at(50)},{at(200)},the grid's own fault\n"
    probe = CASES["the power"][0](Probe())
    assert pieces(scored(place, probe, contracts=terms, decided=decided)) == [("power", "excused", 58, 61)]


def test_power_is_the_providers_where_the_contract_says_so(place):
    terms = "contract,availability,power_by\nK,0.9,provider\n"
    assert pieces(scored(place, CASES["the power"][0](Probe()), contracts=terms)) == [
        ("power", "down", 58, 61)
    ]


def test_availability_by_hand(place):
    """300 looks of five minutes, of which 30 are down in one go; an hour without power; then nothing for half a day."""
    probe = (
        Probe().beats(200).beats(30, **DOWN).beats(70).off(60).beats(2, flags=STARTED).off(720, boot=False)
    )
    scores = scored(place, probe.beats(1))
    (card,) = scores.scorecards[scores.scorecards["of"] == "point"].to_dict("records")
    # The first look is 20 s after midnight, nothing before counts; the power was off from 2 min 30 s after the last
    # look until the machine's clock began, a minute before the minute of the next look.
    down, power, unknown = 150.0, 60 - 1 + 5 - 2.5 - 1 / 3, 722.0
    period = 1500 + 60 + 10 + 720 + 1 / 3
    assert card["period_s"] / 60 == pytest.approx(period, abs=0.2)
    assert card["down_s"] / 60 == pytest.approx(down, abs=0.1)
    assert card["excused_s"] / 60 == pytest.approx(power, abs=0.05)
    assert card["unknown_s"] / 60 == pytest.approx(unknown, abs=1)
    assert card["availability"] == pytest.approx(1 - down / (period - power - unknown), abs=1e-4)
    assert card["availability_low"] < 1 - (down + unknown) / (period - power) < 1 - down / (period - power)
    assert card["availability_high"] == pytest.approx(1 - (down - 4) / (period - power), abs=1e-3)
    assert card["served"] == pytest.approx(1 - (down + power) / (period - unknown), abs=1e-3)
    assert not card["enough"]
    assert card["availability_verdict"] == "too little"


@pytest.mark.parametrize(
    ("once", "edges_s2", "less", "more"),
    [
        (0, 0, 0, 3.689 * 300),
        (1, 0, 0.9747 * 300, 4.572 * 300),
        (0, 10_000, 196, (196**2 + 1106.7**2) ** 0.5),
    ],
)
def test_deviations_by_hand(once, edges_s2, less, more):
    """Poisson limits as tables have them: 0: 3.689; 1: 0.0253 to 5.572."""
    sums = pd.DataFrame({"once": [float(once)], "once_s": [300.0 * once], "edges_s2": [float(edges_s2)]})
    found = availability.deviations(sums)
    assert found[0][0] == pytest.approx(less, rel=1e-3)
    assert found[1][0] == pytest.approx(more, rel=1e-3)


def test_a_probe_moves_from_point_to_point(place):
    probe = Probe().beats(12).beats(6, **DOWN).beats(12)
    write(place, "points", "point\nA\nB\nC\n")
    write(place, "probes", f"probe,point,from,until\n1,A,{at(0)},{at(70)}\n1,B,{at(70)},\n")
    arrivals.into_spool(place, probe.records)
    compact.compact(place)
    scores = score.score(place)
    assert pieces(scores, "A") == [("link", "down", 58, 12)]
    assert pieces(scores, "B") == [("link", "down", 70, 18)]
    # A goes on without a probe: unknown. C never began.
    rows = scores.outages[scores.outages["outage"] < 0]
    assert set(rows["point"]) <= {"A", "B"}
    assert set(rows["cause"]) == {"unknown"}
    assert "C" not in set(scores.scorecards["name"])
    cards = scores.scorecards.set_index(["of", "name", "period"])
    assert cards.loc[("point", "A", "2026-11"), "unknown_s"] == pytest.approx((75 + 1 / 3) * 60, abs=2)


# In whatever order


@pytest.mark.slow
@settings(max_examples=5)
@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_late_doubled_and_reordered_deliveries_give_the_same_scores(tmp_path_factory, seed, order):
    records = [
        r for probe in (1, 2) for r in arrivals.deliveries(arrivals.runs_of(seed + probe, 4), probe, seed)
    ]
    dice = random.Random(order)
    again = [*records, *dice.sample(records, len(records) // 3)]
    dice.shuffle(again)
    whole = []
    for turns, mine in ((1, records), (3, again)):
        place = tmp_path_factory.mktemp("order") / "measurements"
        place.mkdir()
        for turn in range(turns):
            arrivals.into_spool(place, mine[turn::turns])
            compact.compact(place, whole=turn == turns - 1)
        write(place, "points", "point\nA\nB\n")
        write(place, "probes", "probe,point\n1,A\n2,B\n")
        whole.append(score.score(place))
    assert len(whole[0].scorecards)
    for name in score.FILES:
        pd.testing.assert_frame_equal(getattr(whole[0], name), getattr(whole[1], name))


# What is wrong is said


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("points", "village\nV\n", "points.csv: column point is missing"),
        ("points", "point\nP1\nP1\n", "points.csv, row 3"),
        ("points", "point,contract\nP1,Z\n", "points.csv, row 2: 'Z' is not in contracts.csv"),
        ("probes", "probe,point\nx,P1\n", "probes.csv, row 2, column probe: 'x'"),
        ("probes", "probe,point\n1,P9\n", "probes.csv, row 2: 'P9' is not in points.csv"),
        ("probes", "probe,point,from,until\n1,P1,2026-02-01,2026-01-01\n", "row 2, column until"),
        ("contracts", "contract,availability\nK,98\n", "contracts.csv, row 2, column availability: '98'"),
        ("contracts", "contract,power_by\nK,me\n", "column power_by"),
        ("maintenance", "provider,from,until\nZuva,yesterday,\n", "maintenance.csv, row 2, column from"),
    ],
)
def test_a_file_that_is_wrong_is_named_with_its_row(place, name, text, said):
    files = {
        "points": "point\nP1\n",
        "probes": "probe,point\n1,P1\n",
        "contracts": "contract\nK\n",
        name: text,
    }
    for each in files.items():
        write(place, *each)
    with pytest.raises(FileError) as raised:
        programme.read(place)
    assert said in str(raised.value)


def test_what_is_missing_is_said(place):
    with pytest.raises(MissingError, match="nothing that was measured"):
        score.score(place)
    arrivals.into_spool(place, Probe().beats(3).records)
    compact.compact(place)
    with pytest.raises(MissingError, match=r"points\.csv: is not there"):
        score.score(place)
    write(place, "points", "point\nA\n")
    write(place, "probes", "probe,point\n1,A\n")
    assert len(score.score(place).scorecards)
    with pytest.raises(MissingError, match="nothing was measured in 2020-01"):
        score.score(place, "2020-01")
    with pytest.raises(InputError, match="no month"):
        score.score(place, "2026-13")


def test_looks_whose_time_nobody_knows_tell_of_no_time(place):
    """A first run of the machine that reached nobody: within the last year, sometime."""
    early = Probe().beats(5, **DOWN)
    later = Probe().off(600).beats(30)
    later.records = [*later.records]
    end_ms = BEGAN_MS + 900 * MINUTE
    messages = [arrivals.heartbeat(n, 77, n * 300_000, 0, **DOWN) for n in range(1, 6)]
    early.records = [arrivals.record_of_batch(1, messages, end_ms, 250 * MINUTE, later.boot)]
    for i, record in enumerate(later.records):
        message = arrivals.heartbeat(6 + i, later.boot, i * 300_000 + 80_000, 0)
        later.records[i] = arrivals.record_of_batch(
            1, [message], record.received_ms, message.up_ms, later.boot
        )
    later.records += early.records
    scores = scored(place, later)
    assert scores.months == ["2026-11"]
    assert (scores.scorecards["down_s"] == 0).all()
