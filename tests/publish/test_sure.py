"""How sure a chance is, as the report says it, and what it says of the correction of the coverage map."""

import pytest

from merata.publish.phrases import in_indonesian
from merata.publish.words import Tongue
from merata.radio.against import _said
from merata.radio.correct import Correction, Validation, no_correction

EN, ID = Tongue("en"), Tongue("id")
GAP = "\u00a0"


@pytest.mark.parametrize(
    ("chance", "uncertainty", "text"),
    [
        (0.784, 0.088, f"78%{GAP}±{GAP}9"),
        (0.784, 0.001, f"78%{GAP}±{GAP}1"),
        (0.784, 0.0, "78%"),
        (0.784, None, "78%"),
        (0.999, 0.05, f">{GAP}99%"),
        (0.001, 0.05, f"<{GAP}1%"),
        (None, 0.05, "–"),
    ],
)
def test_a_chance_and_its_uncertainty(chance, uncertainty, text):
    assert EN.chance(chance, uncertainty) == ID.chance(chance, uncertainty) == text


@pytest.mark.parametrize(
    "correction",
    [
        no_correction(9.0),
        Correction(9.0, points=1, sites=1, strength=1 / 3, validation=Validation(7.25)),
        Correction(9.0, points=1234, sites=40, strength=0.95, validation=Validation(12.3, 8.1)),
    ],
)
def test_what_is_said_of_a_correction_is_said_in_indonesian_too(correction):
    (english,) = _said(correction)
    indonesian = in_indonesian(english)
    assert indonesian is not None
    assert indonesian.split()[0] in ("Tidak", "Peta")
    if correction.points > 1:
        assert "1.234 tempat" in indonesian
        assert "12,3 dB tanpa dan 8,1 dB" in indonesian


@pytest.mark.parametrize("count", ["1 measurement", "1,266 measurements"])
@pytest.mark.parametrize(
    "reason",
    [
        "not of 4G",
        "without a position where a site is in reach",
        "of another operator than the strongest site's",
    ],
)
def test_what_is_said_of_measurements_left_out_is_said_in_indonesian_too(count, reason):
    assert in_indonesian(f"{count} {reason} cannot correct the coverage map.") is not None
