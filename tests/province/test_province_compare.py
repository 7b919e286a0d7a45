"""Regions side by side: like with like, with honest intervals, from what was published and nothing else."""

import datetime as dt

import numpy as np
import pandas as pd
import provinces
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from merata.province import measures, sure
from merata.province.alike import people_near, with_kinds
from merata.province.compare import compare
from merata.province.settings import AlikeSettings
from merata.province.sure import Interval

ON = dt.date(2026, 11, 30)
ALIKE = AlikeSettings()
SHARES = st.floats(0.01, 0.99)


def of(frame, region):
    return frame[frame["region"] == region].iloc[0]


def test_the_flat_region_is_no_better_than_the_mountainous_one_where_places_are_alike():
    # Access depends on the terrain alone; one region has four fifths of its villages on the plain, the other a fifth.
    flat, steep = {"chance": 0.2, "relief": 20.0}, {"chance": 0.8, "relief": 900.0}
    rich = pd.concat([provinces.villages("99.01", 16, **flat), provinces.villages("99.01", 4, **steep)])
    poor = pd.concat([provinces.villages("99.02", 4, **flat), provinces.villages("99.02", 16, **steep)])
    rows = {"99.01": rich, "99.02": poor}
    made = [
        provinces.taken(code, part.assign(code=[f"{code}.01.{2001 + i}" for i in range(20)], lon=117.0))
        for code, part in rows.items()
    ]
    access = compare(made, ALIKE, ON).access
    assert of(access, "99.01")["reached"] == pytest.approx(0.68)
    assert of(access, "99.02")["reached"] == pytest.approx(0.32)
    assert of(access, "99.01")["alike"] == pytest.approx(of(access, "99.02")["alike"]) == pytest.approx(0.5)
    assert of(access, "")["reached"] == pytest.approx(0.5)


def test_regions_without_places_in_common_are_not_compared():
    made = [
        provinces.taken("99.01", provinces.villages("99.01", 10, relief=20.0)),
        provinces.taken("99.02", provinces.villages("99.02", 30, relief=900.0)),
    ]
    access = compare(made, ALIKE, ON).access
    assert np.isnan(of(access, "99.01")["alike"])
    assert of(access, "99.01")["covered"] == pytest.approx(0.25)
    assert of(access, "99.02")["alike"] == pytest.approx(0.5)


@given(st.lists(st.tuples(SHARES, st.floats(1, 1e5)), min_size=1, max_size=9))
def test_standardised_with_ones_own_weights_is_the_share_as_it_is(kinds):
    shares = {str(i): Interval(share, share, share) for i, (share, _) in enumerate(kinds)}
    weights = {str(i): weight for i, (_, weight) in enumerate(kinds)}
    found = sure.standardised(shares, weights, 0.5)
    own = np.average([share for share, _ in kinds], weights=[weight for _, weight in kinds])
    assert found.interval.value == pytest.approx(own)
    assert found.covered == pytest.approx(1)


@given(st.lists(st.tuples(SHARES, SHARES, SHARES), min_size=1, max_size=6), SHARES)
def test_a_standardised_interval_holds_its_value_and_stays_a_share(kinds, cover):
    shares = {str(i): Interval(sorted(three)[1], min(three), max(three)) for i, three in enumerate(kinds)}
    found = sure.standardised(shares, dict.fromkeys(shares, 2.0), cover).interval
    assert 0 <= found.low <= found.value <= found.high <= 1


def test_the_interval_of_a_share_holds_the_truth_as_often_as_it_says():
    random, hits, n = np.random.default_rng(3), 0, 400
    people, chance = random.integers(200, 3000, 60), random.uniform(0.1, 0.9, 60)
    found = sure.share_known(people, chance)
    for _ in range(n):
        truth = (people * (random.random(60) < chance)).sum() / people.sum()
        hits += found.low <= truth <= found.high
    assert hits / n == pytest.approx(0.95, abs=0.035)


def test_the_interval_of_a_ratio_holds_the_truth_nearly_as_often_as_it_says():
    random, hits, n = np.random.default_rng(5), 0, 500
    for _ in range(n):
        people = random.integers(200, 3000, 40)
        money = people * random.gamma(4, 25, 40)  # 100 for each person on average
        found = sure.ratio(money, people)
        hits += found.low <= 100 <= found.high
    assert 0.9 <= hits / n <= 0.98


def test_money_for_each_person_is_the_sum_over_the_sum_not_the_mean_of_villages():
    found = sure.ratio([100, 900], [1, 99])
    assert found.value == pytest.approx(10)
    assert found.low <= 10 <= found.high
    assert np.isnan(sure.ratio([5], [1]).value)


@pytest.mark.parametrize(("share", "cases"), [(0.7, 40), (0.5, 400), (0.9, 3000)])
def test_limits_of_the_funnel_let_through_what_they_say(share, cases):
    for coverage in (0.95, 0.998):
        low, high = sure.funnel(share, cases, coverage)
        inside = stats.binom.cdf(np.floor(high * cases), cases, share) - stats.binom.cdf(
            np.ceil(low * cases) - 1, cases, share
        )
        assert inside == pytest.approx(
            coverage, abs=1.2 * stats.binom.pmf(round(share * cases), cases, share)
        )
        assert low < share < high
    assert sure.funnel(share, cases, 0.998)[0] < sure.funnel(share, cases, 0.95)[0]


def test_the_funnel_narrows_as_the_normal_distribution_does():
    low, high = sure.funnel(0.7, 100_000, 0.95)
    reach = 1.96 * np.sqrt(0.7 * 0.3 / 100_000)
    assert (low, high) == pytest.approx((0.7 - reach, 0.7 + reach), abs=2e-5)


def test_people_within_ten_kilometres_are_counted_across_the_border():
    # 0.018° are two kilometres at the equator; the sixth of a row has five neighbours on each side within ten.
    rows = provinces.villages("99.01", 20, lat=0.0)
    near = people_near(rows["lon"], rows["lat"], rows["people"])
    degree_km = np.pi * 6371 / 180
    by_hand = [sum(abs(a - b) * degree_km <= 10 for b in rows["lon"]) * 1000 for a in rows["lon"]]
    assert near.tolist() == by_hand
    unknown = rows.assign(lon=np.nan)
    assert np.isnan(people_near(unknown["lon"], unknown["lat"], unknown["people"])).all()


@pytest.mark.parametrize(
    ("relief", "word"),
    [
        (0.0, "flat"),
        (90.0, "flat"),
        (90.1, "hilly"),
        (300.0, "hilly"),
        (301.0, "mountainous"),
        (np.nan, "unknown"),
    ],
)
def test_terrain_is_told_by_its_bounds(relief, word):
    found = with_kinds(provinces.villages("99.01", 3, relief=relief), ALIKE)
    assert set(found["terrain"]) == {word}
    assert set(found["remoteness"]) == {"far"}


def test_groups_of_few_villages_are_in_the_whole_only():
    made = [
        provinces.taken("99.01", provinces.villages("99.01", 10)),
        provinces.taken("99.02", provinces.villages("99.02", 2)),
    ]
    kinds = compare(made, ALIKE, ON).kinds
    assert set(kinds["region"]) == {"", "99.01"}
    assert kinds[kinds["region"] == ""]["villages"].sum() == 12


def test_regions_that_promise_different_levels_say_so():
    made = [
        provinces.taken(code, provinces.villages(code, promised=level))
        for code, level in (("99.01", "basic"), ("99.02", "working"))
    ]
    access = compare(made, ALIKE, ON).access.set_index("region")
    assert dict(access["promised"].drop("")) == {"99.01": "basic", "99.02": "working"}
    assert set(access.loc["", "promised"].split()) == {"basic", "working"}


def test_people_by_level_are_all_people():
    rows = provinces.villages("99.01", 8, access_now=["none", "basic", "working", "good"] * 2)
    access = of(compare([provinces.taken("99.01", rows)], ALIKE, ON).access, "99.01")
    assert [access[f"share_{level}"] for level in ("none", "basic", "working", "good")] == [0.25] * 4


@settings(max_examples=20)
@given(st.lists(SHARES, min_size=4, max_size=20), st.integers(1, 3))
def test_the_share_of_inequality_between_kinds_is_whole_where_villages_of_a_kind_are_the_same(chances, each):
    one = pd.Series(np.repeat(chances, each))
    kind = pd.Series(np.repeat([f"{c}" for c in chances], each))
    found = measures.between(one, np.full(len(one), 100.0), kind)
    assert np.isnan(found) or found == pytest.approx(1, abs=1e-6)
    same = measures.between(one, np.full(len(one), 100.0), pd.Series(["all"] * len(one)))
    assert np.isnan(same) or same == pytest.approx(0, abs=1e-6)


def test_inequality_is_zero_where_all_have_the_same():
    found = of(
        compare([provinces.taken("99.01", provinces.villages("99.01"))], ALIKE, ON).inequality, "99.01"
    )
    assert found["gini"] == pytest.approx(0, abs=1e-12)
    assert found["worst_tenth"] == pytest.approx(0.5)


def promised(code, states, **fields):
    return provinces.taken(
        code, provinces.villages(code), komitmen=provinces.promises(code, states, **fields)
    )


def test_promises_of_years_that_are_over_are_counted():
    kept = compare([promised("99.01", ["kept"] * 6 + ["late"] * 2 + ["promised"] * 2)], ALIKE, ON).kept
    row = of(kept, "99.01")
    assert (row["due"], row["kept"], row["moved"]) == (10, 6, 0)
    assert row["share_low"] < row["share"] == 0.6 < row["share_high"]
    this_year = compare([promised("99.01", ["kept"] * 6, year=2026)], ALIKE, ON).kept
    assert this_year.empty


def test_putting_a_promise_off_does_not_improve_the_figure():
    rows = provinces.promises(
        "99.01",
        ["changed", "kept", *["kept"] * 4],
        year=[2024, 2026, *[2024] * 4],
        replaced_by=[2, *[""] * 5],
    )
    row = of(
        compare([provinces.taken("99.01", provinces.villages("99.01"), komitmen=rows)], ALIKE, ON).kept,
        "99.01",
    )
    assert (row["due"], row["kept"], row["moved"]) == (5, 4, 1)


def test_a_ring_of_replacements_ends():
    rows = provinces.promises("99.01", ["changed"] * 6, replaced_by=[2, 3, 2, "", "", ""])
    kept = compare([provinces.taken("99.01", provinces.villages("99.01"), komitmen=rows)], ALIKE, ON).kept
    assert of(kept, "99.01")["kept"] == 0


def test_few_promises_give_no_share():
    assert np.isnan(of(compare([promised("99.01", ["kept"] * 4)], ALIKE, ON).kept, "99.01")["share"])


def connections(code, days, waits):
    began = pd.Timestamp("2026-01-01")
    done = [(began + pd.Timedelta(days=d)).date().isoformat() for d in days]
    until = [(began + pd.Timedelta(days=d)).date().isoformat() for d in waits]
    return pd.DataFrame({
        "point": [f"T{i}" for i in range(len(days) + len(waits))], "village_code": f"{code}.01.2001",
        "option": "leo", "contracted_on": "2026-01-01", "connected_on": done + [""] * len(waits),
        "known_until": [""] * len(days) + until,
    })  # fmt: skip


def test_points_that_still_wait_count_for_as_long_as_they_have():
    quick = provinces.taken(
        "99.01", provinces.villages("99.01"), penyambungan=connections("99.01", [10, 20, 30], [])
    )
    slow = provinces.taken(
        "99.02", provinces.villages("99.02"), penyambungan=connections("99.02", [10, 20, 30], [200] * 3)
    )
    assert compare([quick], ALIKE, ON).connect.empty  # fewer than five
    both = compare([quick, slow], ALIKE, ON).connect
    assert set(both["region"]) == {"", "99.02"}
    row = of(both, "99.02")
    assert (row["cases"], row["open"], row["days"]) == (6, 3, 30)
    assert np.isinf(row["days_high"])


def test_pieces_of_one_outage_are_one_and_excused_time_does_not_count():
    day = pd.Timestamp("2026-10-01", tz="UTC")
    hours = [(0, 2, "down"), (2, 5, "excused"), (5, 6, "down")]
    pieces = pd.DataFrame([
        {"point": f"T{p}", "village_code": "99.01.01.2001", "start": day + pd.Timedelta(hours=a),
         "end": day + pd.Timedelta(hours=b), "ended": True, "cause": "link", "counts": counts}
        for p in range(6) for a, b, counts in hours
    ])  # fmt: skip
    points = pd.DataFrame(
        {"code": [f"T{p}" for p in range(6)], "village_code": "99.01.01.2001", "option": "leo"}
    )
    made = provinces.taken("99.01", provinces.villages("99.01"), gangguan=pieces, titik=points)
    row = of(compare([made], ALIKE, ON).repair, "99.01")
    assert (row["cases"], row["open"], row["hours"]) == (6, 0, 3.0)


def test_nothing_at_all_gives_empty_tables():
    made = compare([], ALIKE, ON)
    assert made.access.empty
    assert made.kept.empty
    assert not made.made_up


def test_the_same_data_and_day_give_the_same_tables():
    rows = provinces.villages("99.01", 30, chance_pm=0.1, chance=np.linspace(0, 1, 30))
    one, two = (compare([provinces.taken("99.01", rows)], ALIKE, ON).inequality for _ in range(2))
    pd.testing.assert_frame_equal(one, two)
