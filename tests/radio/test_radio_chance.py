"""The chance that a place is served: against drawn numbers, and at its edges."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtr

from merata.radio.chance import chance_served, place_spread_db
from merata.radio.p1812 import location_sigma_db


@pytest.mark.parametrize(
    ("margin_db", "spread_db", "common_db"), [(0, 7, 5), (6, 7, 5), (-12, 5, 8), (3, 9, 0.5)]
)
def test_it_is_what_drawing_the_error_many_times_gives(margin_db, spread_db, common_db):
    rng = np.random.default_rng(4)
    if_known = ndtr((margin_db + rng.normal(0, common_db, 400_000)) / spread_db)
    told = chance_served(-100.0 + margin_db, -100.0, spread_db, common_db)
    assert told.chance == pytest.approx(if_known.mean(), abs=0.002)
    assert told.uncertainty == pytest.approx(if_known.std(), abs=0.002)


def test_nothing_common_is_a_chance_that_is_sure_of_itself():
    told = chance_served([-90.0, -100.0, -120.0], -100.0, 9.0)
    np.testing.assert_allclose(told.chance, ndtr(np.array([10, 0, -20]) / 9))
    np.testing.assert_allclose(told.uncertainty, 0, atol=1e-7)


def test_no_site_in_reach_stays_unknown():
    told = chance_served([np.nan, -100.0], -100.0, 9.0, 4.0)
    assert np.isnan(told.chance[0])
    assert np.isnan(told.uncertainty[0])
    assert told.chance[1] == pytest.approx(0.5)


@given(
    st.floats(-160, -40), st.floats(-130, -70), st.floats(0.5, 20), st.floats(0, 20), st.floats(0, 20)
)  # fmt: skip
def test_it_is_a_chance_that_rises_with_power_and_is_less_sure_the_more_is_not_known(
    power, least, spread, a, b
):
    told = chance_served([power, power + 1], least, spread, a)
    assert ((told.chance >= 0) & (told.chance <= 1)).all()
    assert told.chance[1] >= told.chance[0]
    # No chance can be less sure than a toss that comes out so.
    assert (told.uncertainty**2 <= told.chance * (1 - told.chance) + 1e-9).all()
    # At the threshold the chance does not change with what is not known, and only gets less sure.
    less, more = sorted((a, b))
    at = [chance_served(least, least, spread, common) for common in (less, more)]
    assert at[0].chance == at[1].chance == 0.5
    assert at[0].uncertainty <= at[1].uncertainty + 1e-9


def test_what_cannot_be_is_refused_with_the_value():
    with pytest.raises(ValueError, match=r"0\.0 dB"):
        chance_served(-100.0, -100.0, 0.0)
    with pytest.raises(ValueError, match=r"-1\.0 dB"):
        chance_served(-100.0, -100.0, 9.0, -1.0)


def test_nobody_is_surer_than_the_places_in_a_pixel_differ():
    within = location_sigma_db(3.5, 1.5, 1.5, 1000.0)
    spread = place_spread_db([1.0, 9.0, 1.0], [3500.0, 3500.0, np.nan], 1000.0)
    np.testing.assert_allclose(spread, [within, 9.0, 1.0])
    assert within > 1.0
