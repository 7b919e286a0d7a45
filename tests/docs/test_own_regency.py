"""What the chapter on the own regency shows works on a real one; without its files the test is skipped."""

import shlex
import shutil

import pytest
from in_process import merata
from test_tutorial import DOCS, commands

from merata.region.folder import Region

FILES = (
    "kukar/villages.gpkg",
    "kukar/no_signal_villages.csv",
    "regencies.csv",
    "programme/budget.csv",
    "programme/costs.csv",
)


@pytest.mark.slow
def test_a_real_regency_is_taken_in_as_the_tutorial_says(shared_data, tmp_path, monkeypatch):
    """Up to its run, which would take a minute of a processor; the other chapters run theirs."""
    monkeypatch.chdir(tmp_path)
    for file in FILES:
        shutil.copy(shared_data / file, tmp_path)
    lines = commands(DOCS / "tutorial" / "own-regency.md")
    assert [line.split()[1] for line in lines] == ["new", "add", "add", "add", "settle", "check"]
    said = [merata(*shlex.split(line)[1:]).stdout for line in lines]
    assert "villages 237" in said[0]
    assert "237" in said[-1]
    region = Region(tmp_path / "my-region")
    repaired = [f for f in region.findings() if f.severity == "repaired" and f.file.startswith("no_signal")]
    assert len(repaired) == 5, "as the page says: two names, and three villages in another district"
    assert len(region.tables()["reports"]) == 23
