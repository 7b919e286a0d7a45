"""What two runs were made from otherwise: what differs, without what is the default anyway."""

from __future__ import annotations

import json
from pathlib import Path

from merata.region.settings import parse_settings
from merata.run.beside import causes
from merata.run.engine import Run

FUND = '[[funds]]\nname = "village"\nyears = { 2026 = 5 }\n'


def made(folder: Path, toml: str, **more: object) -> Run:
    """A run with these settings."""
    folder.mkdir()
    settings = parse_settings(toml).model_dump(mode="json") | more
    note = {"settings": settings, "sources": [], "version": "1"}
    (folder / "run.json").write_text(json.dumps(note))
    return Run(folder)


def told(a: Run, b: Run) -> dict[str, tuple[str, str]]:
    return {cause.what: (cause.a, cause.b) for cause in causes(a, b)}


def test_of_a_new_fund_only_what_is_not_the_default_is_told(tmp_path: Path) -> None:
    before, after = made(tmp_path / "a", ""), made(tmp_path / "b", FUND + "carry_years = 2\n")
    new = {
        "funds[village].name": ("", "village"),
        "funds[village].years.2026": ("", "5"),
        "funds[village].carry_years": ("", "2"),
    }
    assert told(before, after) == new
    assert told(after, before) == {name: (b, a) for name, (a, b) in new.items()}


def test_what_changes_to_or_from_the_default_is_told_with_both_values(tmp_path: Path) -> None:
    before = made(tmp_path / "a", FUND + "carry_years = 2\n[plan]\ngap = 0.02\n")
    after = made(tmp_path / "b", FUND)
    assert told(before, after) == {"funds[village].carry_years": ("2", "0"), "plan.gap": ("0.02", "0.001")}
    assert told(after, after) == {}


def test_settings_of_another_version_are_compared_as_they_are(tmp_path: Path) -> None:
    before = made(tmp_path / "a", "", old={"way": 1})
    assert told(before, made(tmp_path / "b", FUND))["old.way"] == ("1", "")
