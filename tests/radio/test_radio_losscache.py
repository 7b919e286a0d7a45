"""The loss around a site is computed again only when something that it depends on changed."""

import os

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from made_sites import GRID, RADIO, hills, same, sites_at

from merata.radio import losscache
from merata.radio.coverage import coverage
from merata.radio.losscache import LossCache, Losses, in_steps
from merata.radio.sweep import site_loss
from merata.region.settings import RadioSettings


class Counting:
    """Counts what was computed: the bands of each place."""

    def __init__(self):
        self.asked = []

    def __call__(self, *arguments):
        self.asked.append(list(arguments[4]))
        return site_loss(*arguments)


@pytest.fixture
def ask(tmp_path):
    def asked(sites, heights=None, settings=RADIO):
        counting = Counting()
        heights = hills() if heights is None else heights
        made = coverage(sites, heights, None, GRID, settings, cache=tmp_path / "cache", loss_of=counting)
        return made, counting.asked

    return asked


TWO = ((30, 40), (80, 120))


def test_the_second_time_nothing_is_computed_and_the_map_is_the_same(ask):
    first, computed = ask(sites_at(*TWO))
    again, nothing = ask(sites_at(*TWO))
    assert computed == [[900.0], [900.0]]
    assert nothing == []
    same(again, first)
    same(first, coverage(sites_at(*TWO), hills(), None, GRID, RADIO))


def test_only_what_changed_is_computed_again(ask):
    small = RadioSettings(radius_km=3)
    ask(sites_at(*TWO), settings=small)
    assert ask(sites_at(*TWO, height_m=[40.0, 50.0]), settings=small)[1] == [[900.0]]
    assert ask(sites_at(*TWO, bands_mhz=["900", "900 1800"]), settings=small)[1] == [[1800.0]]
    assert ask(sites_at(*TWO, (50, 80)), settings=small)[1] == [[900.0]]
    changed = hills()
    changed[80, 121] += 1
    assert ask(sites_at(*TWO), changed, small)[1] == [[900.0]]


def test_what_the_loss_does_not_depend_on_computes_nothing(ask):
    ask(sites_at(*TWO))
    other = sites_at(
        *TWO, eirp_dbm=[40.0, 61.0], azimuths_deg=["90", "omni"], tilt_deg=[0.0, 9.0], operator=["A", "B"]
    )
    assert ask(other)[1] == []
    assert ask(sites_at(*TWO), settings=RadioSettings(radius_km=8, load=1, building="traditional"))[1] == []


@pytest.mark.parametrize(
    "change",
    [
        {"radius_km": 7},
        {"time_percent": 10},
        {"delta_n": 60},
        {"receiver_height_m": 3},
        {"polarization": "horizontal"},
    ],
)
def test_settings_of_the_path_compute_all_again(ask, change):
    ask(sites_at(TWO[0]), settings=RadioSettings(radius_km=3))
    assert ask(sites_at(TWO[0]), settings=RadioSettings(**{"radius_km": 3, **change}))[1] == [[900.0]]


def test_other_code_computes_all_again(ask, monkeypatch):
    ask(sites_at(TWO[0]))
    monkeypatch.setattr(losscache, "hash_of_rooms", lambda *rooms: "newer")
    assert ask(sites_at(TWO[0]))[1] == [[900.0]]


@pytest.mark.parametrize("damage", [b"", b"nonsense", None])
def test_a_damaged_file_is_made_anew(ask, tmp_path, damage):
    first, _ = ask(sites_at(TWO[0]))
    (place,) = (tmp_path / "cache").iterdir()
    whole = place.read_bytes()
    place.write_bytes(whole[:-9] + b"x" * 9 if damage is None else damage)
    again, computed = ask(sites_at(TWO[0]))
    assert computed == [[900.0]]
    same(again, first)
    assert place.read_bytes() == whole


def test_where_nothing_can_be_written_nothing_is_remembered(tmp_path):
    (tmp_path / "cache").write_text("a file where the folder should be")
    made = coverage(sites_at(TWO[0]), hills(), None, GRID, RADIO, cache=tmp_path / "cache")
    same(made, coverage(sites_at(TWO[0]), hills(), None, GRID, RADIO))
    assert (tmp_path / "cache").read_text() == "a file where the folder should be"


def test_pruning_keeps_what_was_used_and_the_newest_of_the_rest(tmp_path):
    cache = LossCache(tmp_path, site_loss)
    for number in range(5):
        (tmp_path / f"{number}.loss").write_bytes(b"x" * 100)
        os.utime(tmp_path / f"{number}.loss", ns=(number * 10**9, number * 10**9))
    (tmp_path / "old.123.part").write_bytes(b"")
    (tmp_path / "notes.txt").write_text("somebody's")
    cache.used.add("0.loss")
    cache.prune(spare_bytes=250)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["0.loss", "3.loss", "4.loss", "notes.txt"]


@given(arrays(np.int16, (7, 5)), st.integers(-(2**31), 2**31 - 1))
def test_any_losses_come_back_as_they_were(steps, row0):
    packed = losscache._packed(Losses(steps[None], row0, 3))
    again = losscache._unpacked(packed)
    np.testing.assert_array_equal(again.steps[0], steps)
    assert (again.row0, again.column0) == (row0, 3)
    assert losscache._packed(again) == packed


def test_steps_are_near_and_mark_what_is_not_known():
    loss = np.array([0.0, 87.326, 214.99, np.nan, 1e9], np.float32)
    steps = in_steps(loss)
    assert steps[3] == losscache.NOTHING
    assert steps[4] == 32767
    np.testing.assert_allclose(steps[:3] * losscache.STEP_DB, loss[:3], atol=0.0251)
