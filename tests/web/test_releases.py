"""Statistics are announced, prepared by one person and released by another; everybody sees the calendar."""

import datetime as dt
import json
import re
from types import SimpleNamespace

import pytest
from office import logged_in, region_at

from merata.publish import series
from merata.publish.areas import Area
from merata.publish.observed import Observation
from merata.publish.statistics_files import write
from merata.publish.statistics_tables import Statistics
from merata.web.models import Change, Job, Release
from merata.web.page import changed
from merata.web.staff import releases, releases_work
from merata.web.staff.publishing import RefusedError
from merata.web.tasks import do_job

NUMBERS = [
    Observation("GINI", "99.01", "A", "2025", value=0.25, low=0.2, high=0.3, known_by="modelled", run="r1"),
    Observation(
        "PEOPLE_LEVEL", "99.01", "A", "2025", level="none", known_by="modelled", status="Q", run="r1"
    ),
]


def out(region, found, numbers, day, why):
    """What publishing does, without the files of a run."""
    added = series.publish(region, numbers, day, why)
    write(region, Statistics("Contoh", True, [Area("99.01", "Contoh", "region")], series.read(region), ""))
    return SimpleNamespace(added=added)


@pytest.fixture
def region(tmp_path, settings, published, monkeypatch):
    """A region in which a run says `NUMBERS`, and a release that is announced."""
    settings.REGION = region_at(tmp_path / "region")
    found = SimpleNamespace(run_id="r1")
    monkeypatch.setattr("merata.run.statistics.numbers", lambda region, day, **_: (found, list(NUMBERS)))
    monkeypatch.setattr("merata.run.statistics.results", lambda region, run: found)
    monkeypatch.setattr("merata.run.statistics.publish_numbers", out)
    Release.objects.create(title="Statistik tahunan 2025", due_on=dt.date(2026, 6, 30), why="daftar baru")
    return settings.REGION


def worked():
    """Let the worker do what waits, and answer how it ended."""
    job = Job.objects.filter(state="waiting").get()
    do_job.func(job.pk)
    job.refresh_from_db()
    return job


def test_one_prepares_and_another_releases_to_the_number(region, person, client):
    first, second = person("regency"), person("province")
    row = Release.objects.get()
    page = logged_in(first)
    assert page.post(f"/staf/statistik/{row.pk}/siapkan/").status_code == 302
    assert worked().state == "done"
    row.refresh_from_db()
    assert (row.state, row.new, row.revised, row.prepared_by) == ("prepared", 2, 0, first)
    assert not series.read(region), "nothing is out before it is released"
    text = page.get(f"/en/staf/statistik/{row.pk}/").content.decode()
    assert "somebody else has to release it" in text
    assert "0.25" in text
    page.post(f"/staf/statistik/{row.pk}/putuskan/", {"decision": "approve"})
    assert not Job.objects.filter(state="waiting").exists(), "who prepared can't release"
    logged_in(second).post(f"/staf/statistik/{row.pk}/putuskan/", {"decision": "approve"})
    assert worked().state == "done"
    row.refresh_from_db()
    assert (row.state, row.decided_by) == ("released", second)
    assert [(one.indicator, one.value, one.status) for one in series.read(region)] == [
        ("GINI", 0.25, "A"), ("PEOPLE_LEVEL", None, "Q"),
    ]  # fmt: skip
    told = client.get("/en/statistik/").content.decode()
    assert re.search(r'<td class="n">2<td class="n">0<td>–<td>two persons', told)
    assert Change.objects.filter(model="release").count() == 3


def test_what_was_changed_since_is_not_released(region, person):
    first, second = person("regency"), person("province")
    row = Release.objects.get()
    releases.prepare(row.pk, first)
    worked()
    prepared = releases_work.prepared_file(row.pk)
    kept = prepared.read_bytes()
    lie = json.loads(kept)
    lie["numbers"][0]["value"] = 0.01
    prepared.write_bytes(json.dumps(lie).encode())
    with pytest.raises(RefusedError, match="release_stale"):
        releases.approve(row.pk, second, "")
    prepared.write_bytes(kept)
    series.publish(region, NUMBERS[:1], "2026-01-01")  # meanwhile, by a command
    with pytest.raises(RefusedError, match="release_stale"):
        releases.approve(row.pk, second, "")
    # The worker looks again: nothing is published that somebody slips in between.
    Release.objects.update(state="approved")
    job = releases.ask("release", second, release=row.pk)
    do_job.func(job.pk)
    job.refresh_from_db()
    assert job.state == "failed"
    assert len(series.read(region)) == 1


def test_it_is_sent_back_with_a_reason_and_prepared_again(region, person):
    first, second = person("regency"), person("province")
    row = Release.objects.get()
    releases.prepare(row.pk, first)
    with pytest.raises(RefusedError, match="release_busy"):
        releases.prepare(row.pk, second)
    worked()
    with pytest.raises(RefusedError, match="publish_no_reason"):
        releases.refuse(row.pk, second, "")
    releases.refuse(row.pk, second, "angka desa keliru")
    row.refresh_from_db()
    assert (row.state, row.reason) == ("planned", "angka desa keliru")
    with pytest.raises(RefusedError, match="release_not_prepared"):
        releases.approve(row.pk, second, "")


def test_everybody_sees_what_is_announced_and_who_reads_changes_nothing(region, person, client):
    changed()
    told = client.get("/en/statistik/").content.decode()
    assert "Statistik tahunan 2025 (not released yet)" in told
    reader = logged_in(person("reader"))
    assert "Statistik tahunan 2025" in reader.get("/staf/statistik/").content.decode()
    assert reader.post("/staf/statistik/baru/", {"title": "x", "due_on": "2026-01-01"}).status_code == 403
    office = logged_in(person("regency"))
    office.post("/staf/statistik/baru/", {"title": "Triwulan 1", "due_on": "tidak"})
    office.post("/staf/statistik/baru/", {"title": "Triwulan 2", "due_on": "2027-07-01"})
    assert [row.title for row in Release.objects.all()] == ["Triwulan 2", "Statistik tahunan 2025"]
    assert "Triwulan 2" in client.get("/statistik/").content.decode()
