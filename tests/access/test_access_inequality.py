"""Gini, Theil and the worst-off tenth against textbook values and the axioms that measures of inequality keep."""

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from merata.access.inequality import DEFINITIONS, gini, inequality, theil, worst_tenth

INCOMES = st.lists(st.tuples(st.floats(0, 1000), st.integers(1, 500)), min_size=1, max_size=30)


def split(rows):
    return np.array([v for v, _ in rows], float), np.array([w for _, w in rows], float)


def test_textbook_values():
    assert gini([1, 2, 3, 4, 5], np.ones(5)) == pytest.approx(4 / 15)
    assert gini([0, 0, 0, 1], np.ones(4)) == pytest.approx(3 / 4)
    assert theil([0, 0, 0, 1], np.ones(4)) == pytest.approx(math.log(4))
    by_hand = (0.5 * math.log(0.5) + 1.5 * math.log(1.5)) / 2
    assert theil([1, 3], np.ones(2)) == pytest.approx(by_hand)
    assert worst_tenth(np.arange(1, 21), np.ones(20)) == pytest.approx(1.5)


@given(INCOMES)
def test_gini_is_half_the_relative_mean_difference(rows):
    value, weight = split(rows)
    mean = (value * weight).sum() / weight.sum()
    assume(mean > 1e-6)
    pairs = np.abs(value[:, None] - value[None, :]) * weight[:, None] * weight[None, :]
    assert gini(value, weight) == pytest.approx(pairs.sum() / weight.sum() ** 2 / (2 * mean), abs=1e-9)


@given(INCOMES, st.floats(0.01, 100))
def test_neither_unit_nor_number_of_people_matters(rows, factor):
    value, weight = split(rows)
    assume(value.max() > 1e-6)
    for measure in (gini, theil):
        once = measure(value, weight)
        assert measure(value * factor, weight) == pytest.approx(once, abs=1e-9)
        assert measure(value, weight * 3) == pytest.approx(once, abs=1e-9)
        assert measure(
            np.repeat(value, weight.astype(int) % 5 + 1), np.ones((weight.astype(int) % 5 + 1).sum())
        ) == (pytest.approx(measure(value, weight.astype(int) % 5 + 1), abs=1e-9))


@given(st.lists(st.floats(0.1, 1000), min_size=2, max_size=20), st.data())
def test_a_gift_from_richer_to_poorer_never_raises_inequality(values, data):
    value, weight = np.array(values), np.ones(len(values))
    i, j = np.argmin(value), np.argmax(value)
    gift = data.draw(st.floats(0, 0.5)) * (value[j] - value[i])
    given_away = value.copy()
    given_away[i] += gift
    given_away[j] -= gift
    for measure in (gini, theil):
        assert measure(given_away, weight) <= measure(value, weight) + 1e-9
    assert worst_tenth(given_away, weight) >= worst_tenth(value, weight) - 1e-9


@given(st.floats(0, 1000), st.lists(st.integers(1, 50), min_size=1, max_size=10))
def test_equal_access_is_no_inequality(value, weights):
    values = np.full(len(weights), value)
    assert gini(values, weights) == pytest.approx(0, abs=1e-12)
    assert theil(values, weights) == pytest.approx(0, abs=1e-12)
    assert worst_tenth(values, weights) == pytest.approx(value)


def test_nothing_and_nobody_are_no_inequality():
    for values, weights in (([], []), ([0, 0], [5, 5]), ([1.0], [0.0])):
        assert gini(values, weights) == 0
        assert theil(values, weights) == 0
    assert worst_tenth([], []) == 0


def test_who_straddles_the_border_of_the_tenth_counts_in_part():
    assert worst_tenth([0.0, 1.0], [5, 95]) == pytest.approx(0.5)


def test_the_figures_of_a_region_with_their_definitions_in_both_languages(land):
    here = land(2)
    here.add("reports", [{"village_code": here.codes[0], "signal": "no signal"}])
    now = here.assess()
    found = inequality(now)
    assert found["then"] is None
    chances = 1 - now.settlements["chance_below"].astype(float)
    assert found["now"]["mean"] == pytest.approx(chances.mean())
    assert found["now"]["worst_tenth"] == pytest.approx(chances.min())
    assert 0 < found["now"]["gini"] < 1
    assert set(found["now"]) < set(DEFINITIONS)
    assert all(english and indonesian for english, indonesian in found["definitions"].values())
    assert inequality(now, now)["then"] == found["now"]
