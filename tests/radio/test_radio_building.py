"""Loss into buildings, against the figures that ITU-R Study Group 3 publishes with Recommendation P.2109."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from merata.radio.building import BUILDINGS, entry_loss_db, entry_probability

PERCENT = [0.0001, 0.01, 1, 10, 19.95262, 30.19952, 50.11872, 79.43282, 91.20108, 99.77001]
#: The Study Group's workbook "Clutter and BEL": loss not exceeded, dB, by frequency, elevation and building.
PUBLISHED = [
    (28, 0, "traditional", [0.074, 1.003, 2.769, 6.891, 10.644, 14.088, 20.218, 30.317, 36.947, 55.440]),
    (28, 0, "thermally efficient", [-1.437, 1.733, 9.369, 19.484, 26.325, 32.055, 41.732, 57.223, 67.320, 95.448]),
    (2, 45, "traditional", [-2.241, -1.131, 3.508, 11.251, 15.274, 18.397, 23.556, 31.809, 37.211, 52.300]),
    (2, 45, "thermally efficient", [-2.714, -1.012, 8.605, 20.566, 26.283, 30.695, 37.995, 49.747, 57.471, 79.101]),
]  # fmt: skip
buildings = st.sampled_from(BUILDINGS)
frequencies = st.floats(0.08, 100)


@pytest.mark.parametrize(("frequency", "elevation", "building", "expected"), PUBLISHED)
def test_losses_are_the_published_ones(
    frequency: float, elevation: float, building: str, expected: list[float]
) -> None:
    found = entry_loss_db(frequency, building, np.array(PERCENT) / 100, elevation)
    assert found == pytest.approx(expected, abs=0.0015)


@given(buildings, frequencies, st.floats(1e-6, 1 - 1e-6), st.floats(-90, 90))
def test_the_chance_is_the_inverse_of_the_loss(
    building: str, frequency: float, probability: float, elevation: float
) -> None:
    loss = entry_loss_db(frequency, building, probability, elevation)
    assert loss > -3
    back = entry_probability(loss, frequency, building, elevation)
    assert entry_loss_db(frequency, building, np.clip(back, 1e-12, 1 - 1e-12), elevation) == pytest.approx(
        loss, abs=1e-6
    )
    assert float(back) == pytest.approx(probability, rel=1e-4, abs=1e-4)


@given(buildings, frequencies, st.floats(0.01, 0.98), st.floats(0.001, 0.01))
def test_a_rarer_loss_is_a_larger_one(
    building: str, frequency: float, probability: float, more: float
) -> None:
    low, high = entry_loss_db(frequency, building, [probability, probability + more])
    assert low < high
    assert entry_loss_db(frequency, building, probability, 60) > low
    assert entry_loss_db(frequency, building, probability, -60) > low


def test_outdoors_nothing_is_lost() -> None:
    assert entry_loss_db([0.9, 1.8], "none", 0.9).tolist() == [0, 0]
    assert entry_probability([-1, 0, 5], 0.9, "none").tolist() == [0, 1, 1]


def test_no_building_takes_less_than_minus_3_db() -> None:
    assert entry_probability([-3.5, np.nan, 300], 0.9, "traditional").tolist() == pytest.approx(
        [0, np.nan, 1], nan_ok=True
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((0.05, "traditional"), r"frequency_ghz is 0\.05; expected 0\.08 to 100"),
        ((np.nan, "traditional"), "frequency_ghz is nan"),
        ((900, "none"), "frequency_ghz is 900"),
        ((0.9, "traditional", 0), "probability is 0"),
        ((0.9, "traditional", 1), "probability is 1"),
        ((0.9, "traditional", 0.5, 91), "elevation_deg is 91"),
        ((0.9, "wooden"), "building is 'wooden'; expected none, traditional or thermally efficient"),
    ],
)
def test_what_the_recommendation_does_not_cover_is_refused(arguments: tuple[float, str], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        entry_loss_db(*arguments)
