"""A mistake in region.toml is told with its place as people count, what was expected, and what stands there."""

# ruff: noqa: E501 — each mistake and what is told of it stand on one line.

import pytest

from merata.errors import SettingsError
from merata.region.settings import parse_settings


@pytest.mark.parametrize(
    ("toml", "told"),
    [
        ('[plan]\nprice = "cheap"', "region.toml: plan.price: Input should be 'low', 'middle' or 'high'; found 'cheap'"),
        ('[[funds]]\nname = "A"\n[[funds]]\nname = "B"\nyears = { 2026 = -5 }', "region.toml: funds, row 2: years: the amount of 2026 is below zero"),
        ('[[plan.decide]]\ndecision = "maybe"', "region.toml: plan.decide, row 1: decision: Input should be"),
        ("[plan]\nyearz = 3", "region.toml: plan.yearz: no such setting; the settings are listed in"),
        ("[defaults]\nsmartphone_share = 75", "region.toml: defaults.smartphone_share: Input should be less than or equal to 1; found 75"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_place_expectation_and_what_was_found(toml, told):
    with pytest.raises(SettingsError) as caught:
        parse_settings(toml)
    assert told in str(caught.value)
