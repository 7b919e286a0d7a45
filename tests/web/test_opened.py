"""What a province takes of a region: the open data as the site serves it, and what days it tells of connections."""

import datetime as dt

import pytest

from merata.province import opened as of_province
from merata.province.settings import OneRegion
from merata.web import opened
from merata.web.models import Change, ServicePoint
from merata.web.public.connections import connections
from merata.web.public.tables import TABLES

TODAY = dt.date(2026, 11, 30)


@pytest.fixture
def taken(providers, tmp_path, monkeypatch):
    """The files of a made-up region, as a process of its own site writes them."""
    (tmp_path / "region.toml").write_text("[region]\n")
    monkeypatch.setenv("MERATA_REGION", "as before")
    assert opened.main(str(tmp_path), str(tmp_path / "out"), *of_province.OPENED) == 0
    return {path.stem: path.read_bytes() for path in (tmp_path / "out" / "data").iterdir()}


def test_every_column_that_a_province_takes_is_open_data():
    for name, columns in of_province.OPENED.items():
        assert set(columns) <= {column.name for column in TABLES[name].columns}, name


@pytest.mark.slow
def test_a_province_takes_just_what_the_site_serves_to_everybody(taken, client):
    assert set(taken) == set(of_province.OPENED)
    for name, content in taken.items():
        assert client.get(f"/data/{name}.csv").content == content


def test_what_is_taken_is_read_as_it_is_meant(taken):
    region = OneRegion(
        code="99.01", name="Kabupaten Contoh", owner="Kantor (contoh)", site="https://a.example"
    )
    found = of_province.Taken(region, of_province.read(region, taken))
    assert len(found.tables["desa"]) == 12
    assert found.tables["desa"]["chance_below"].between(0, 1).all()
    assert found.tables["gangguan"]["ended"].all()
    assert len(found.tables["komitmen"]) == 5
    assert (found.dated, found.made_up) == ("2025-06-01", True)


def test_where_nothing_is_published_nothing_is_written(db, tmp_path, monkeypatch):
    (tmp_path / "region.toml").write_text("[region]\n")
    monkeypatch.setenv("MERATA_REGION", "as before")
    assert opened.main(str(tmp_path), str(tmp_path / "out"), "desa") == 0
    assert list((tmp_path / "out" / "data").iterdir()) == []


def test_a_folder_that_is_no_region_is_told(tmp_path, capsys):
    assert opened.main(str(tmp_path), str(tmp_path / "out"), "desa") == 5
    assert "no region folder" in capsys.readouterr().err


def point(code, state, since, *steps):
    """A service point with the steps that its changes tell: (state, day)."""
    made = ServicePoint.objects.create(
        code=code, village_code="99.01.01.2001", place="Kantor", option="leo", state=state, since=since
    )
    before = {"state": "proposed", "since": "2026-01-01"}
    for name, day in steps:
        after = {"state": name, "since": day}
        Change.objects.create(way="form", model="servicepoint", key=made.pk, before=before, after=after)
        before = after
    return made


def test_days_come_from_the_first_time_that_a_point_was_in_a_state(db):
    day = dt.date
    point("A", "in service", day(2026, 6, 1), ("contracted", "2026-02-01"), ("in service", "2026-03-01"),
          ("suspended", "2026-05-01"), ("in service", "2026-06-01"))  # fmt: skip
    point("B", "contracted", day(2026, 4, 1), ("contracted", "2026-04-01"))
    point("C", "ended", day(2026, 9, 1), ("contracted", "2026-04-01"), ("ended", "2026-09-01"))
    point("D", "in service", day(2026, 7, 1))
    point("E", "verified", day(2026, 7, 1))
    point("F", "installed", day(2026, 8, 1))
    found = {one.point: one[3:] for one in connections(TODAY)}
    assert found == {
        "A": (day(2026, 2, 1), day(2026, 3, 1), None),
        "B": (day(2026, 4, 1), None, TODAY),
        "C": (day(2026, 4, 1), None, day(2026, 9, 1)),
        "D": (None, day(2026, 7, 1), None),
        "F": (None, None, TODAY),
    }


def test_a_step_that_was_undone_tells_no_day(db):
    made = point(
        "A", "contracted", dt.date(2026, 2, 1), ("contracted", "2026-02-01"), ("in service", "2026-03-01")
    )
    step = Change.objects.order_by("pk").last()
    back = {"before": step.after, "after": step.before, "undoes": step}
    Change.objects.create(way="undo", model="servicepoint", key=made.pk, **back)
    assert [one.connected_on for one in connections(TODAY)] == [None]
