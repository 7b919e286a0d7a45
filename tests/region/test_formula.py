"""Text that a spreadsheet would run is made safe, and comes back as it was."""

from hypothesis import given
from hypothesis import strategies as st

from merata.region.findings import Finding, from_csv, to_csv
from merata.region.formula import is_formula, plain_text, safe_text

_TEXT = st.text(st.sampled_from("=+-@' \ta1"), max_size=5)


@given(_TEXT)
def test_every_text_is_safe_and_comes_back(text: str) -> None:
    assert not is_formula(safe_text(text))
    assert plain_text(safe_text(text)) == text


def test_findings_carry_no_formula() -> None:
    finding = Finding("error", "=cmd|' /C calc'!A0.csv", "=1+1", "-", sheet="@x", row=3, column="+y")
    text = to_csv([finding])
    assert not [cell for cell in text.splitlines()[1].split(",") if is_formula(cell)]
    assert from_csv(text) == [finding]
