"""What a region's own links teach its next plan: as files, drawn to what is assumed where they are few."""

import math
import shutil

import pytest
from bundle_regions import KEY, TODAY, outcome, packed, region, served

from merata.exchange import own, taken
from merata.plan.evidence import leads_said, performance, taught
from merata.run import inputs

ASSUMED = performance(None)["leo"].availability


@pytest.fixture(scope="module")
def start(tmp_path_factory):
    return region(tmp_path_factory.mktemp("learning") / "Vazuno").path


@pytest.fixture
def here(start, tmp_path):
    return taken.Region(shutil.copytree(start, tmp_path / "Vazuno"))


def learned(made, points=24, days=420, option="leo"):
    served(made, [1_500_000] * points, [option] * points, ["Penyedia A (contoh)"] * points, days)
    assert [path.name for path in own.write(made, "2026-06")] == ["outcomes.csv", "failures.csv"]
    return inputs.planning_tables(made)["evidence"]


def test_how_often_links_are_there_and_how_long_they_take_is_planned_with_as_it_was_here(here):
    told = learned(here)
    assert performance(told)["leo"].availability == pytest.approx(0.92, abs=0.005)
    assert performance(told)["fibre"] == performance(None)["fibre"]
    assert taught(here.settings, told).plan.lead_years == {"leo": 1}
    assert "24 sites in Kabupaten Vazuno (contoh)" in leads_said(told, here.settings)[0]
    fixed = here.settings.plan.model_copy(update={"lead_years": {"leo": 0}})
    assert taught(here.settings.model_copy(update={"plan": fixed}), told).plan.lead_years == {"leo": 0}


def test_a_few_links_are_drawn_to_what_is_assumed(here):
    """Three that happen to be alike are not as sure as they look: by a quarter of the way, as 0.5²/3 is to 0.5²."""
    told = learned(here, points=3, days=400)
    found = performance(told)["leo"].availability
    measured, assumed, drawn = (math.log(share / (1 - share)) for share in (0.91, ASSUMED, found))
    assert (drawn - measured) / (assumed - measured) == pytest.approx(0.25, abs=0.01)
    assert taught(here.settings, told).plan.lead_years == {}, "401 days of three, drawn to fewer than a year"


def test_what_was_seen_here_outweighs_what_others_say(here):
    bundle = packed(outcomes=[outcome(availability=0.60, days_to_connect=900.0)])
    taken.take(here, bundle, [KEY.public], "a.zip", TODAY)
    told = learned(here, days=60)
    assert set(told["code"]) == {"", "99.01"}
    assert performance(told)["leo"].availability > 0.9
    assert taught(here.settings, told).plan.lead_years == {}


def test_a_month_that_was_learned_is_not_written_anew_and_a_new_one_is(here, tmp_path):
    learned(here)
    before = (here.path / own.FOLDER / own.ABOUT).stat().st_mtime_ns
    assert own.write(here, "2026-06") == own.write(here, "2026-05") == []
    assert (here.path / own.FOLDER / own.ABOUT).stat().st_mtime_ns == before
    assert len(own.write(here, "2026-07")) == 2
    assert own.read(here.path).about.until == "2026-07"
    assert len(own.write(here, "2026-07", tmp_path / "elsewhere")) == 2


def test_where_too_few_points_are_alike_nothing_is_told_and_nothing_planned_otherwise(here):
    served(here, [1_500_000] * 2, ["leo"] * 2, ["Penyedia A (contoh)"] * 2)
    assert own.write(here, "2026-06") == []
    assert own.read(here.path) is None
    assert inputs.planning_tables(here)["evidence"].empty


def test_a_file_that_was_spoilt_says_what_to_do(here):
    learned(here)
    (here.path / own.FOLDER / own.ABOUT).write_text("{}")
    with pytest.raises(own.FileError, match="learn again"):
        inputs.planning_tables(here)
