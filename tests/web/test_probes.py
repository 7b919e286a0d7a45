"""Probes of service points: codes that enrol once, keys that the receiver takes, rights."""

import json
import time

import pytest
from django.db import OperationalError
from django.utils import timezone
from office import logged_in

from merata.probe import wire
from merata.web.models import Change, Probe, ServicePoint
from merata.web.probes import WRONG_CODES, SiteKeys, enrolled, new_code, revoke


@pytest.fixture
def region(tmp_path, settings):
    settings.REGION = tmp_path
    (tmp_path / "region.toml").write_text('[measure]\noutside = ["192.0.2.1:443"]\nspeed_mb_per_day = 50\n')
    return tmp_path


@pytest.fixture
def point(providers):
    return ServicePoint.objects.get(code="TL-11")


def ask(client, code):
    return client.post("/probe/v1/enrol", json.dumps({"code": code, "release": 1}), "application/json")


def test_a_code_made_on_the_page_enrols_one_probe_once(region, point, office, client):
    page = client.post(f"/staf/program/titik/{point.pk}/alat-ukur/").content.decode()
    row = Probe.objects.get()
    code = page.split("<b>")[-1].split("</b>")[0]
    assert f"#{code}" in page
    assert "<svg" in page
    assert code not in json.dumps([[c.before, c.after] for c in Change.objects.all()])
    typed = code.lower().replace("-", " ")
    told = wire.unpack_enrolment(ask(client, typed).content)
    assert (told.probe, told.outside, told.budget_bytes) == (row.pk, ["192.0.2.1:443"], 50_000_000)
    again = ask(client, code)
    assert again.status_code == 403
    assert "already" in again.json()["error"]
    row.refresh_from_db()
    assert told.key not in row.key, "kept under seal"
    assert SiteKeys()(row.pk).hex() == told.key
    assert "terdaftar sejak" in client.get(f"/staf/program/titik/{point.pk}/").content.decode()


def test_what_is_no_code_is_refused_and_trying_ends(region, point, client, person):
    assert client.post("/probe/v1/enrol", "[]", "application/json").status_code == 400
    assert client.get("/probe/v1/enrol").status_code == 405
    row, code = new_code(point, person("regency"))
    assert [ask(client, f"AAAA-{n}").status_code for n in range(WRONG_CODES)] == [403] * WRONG_CODES
    assert ask(client, code).status_code == 429, "not even the right one"
    row.refresh_from_db()
    assert not row.enrolled_at


def test_a_code_that_is_over_or_revoked_enrols_nobody(region, point, person, client):
    user = person("regency")
    late, code = new_code(point, user)
    Probe.objects.filter(pk=late.pk).update(code_ends_at=timezone.now())
    assert ask(client, code).status_code == 403
    gone, code = new_code(point, user)
    revoke(gone, user, "hilang")
    assert ask(client, code).status_code == 403


def test_a_stolen_key_is_not_taken_once_it_is_revoked(region, point, person, office, client):
    row, code = new_code(point, person("regency"))
    enrolled(code)
    keys = SiteKeys()
    assert keys(row.pk)
    client.post(f"/staf/program/alat-ukur/{row.pk}/cabut/", {"why": ""})
    keys.look()
    key = keys(row.pk)
    assert key, "without a reason nothing is revoked"
    assert keys.revoked(row.pk) is None
    client.post(f"/staf/program/alat-ukur/{row.pk}/cabut/", {"why": "dicuri"})
    keys.look()
    assert keys(row.pk) is None
    assert keys.revoked(row.pk) == key, "with which its probe is told so"
    assert Change.objects.filter(model="probe").first().why == "dicuri"


@pytest.mark.parametrize("role", ["provider", "village", "district", "partner", "reader"])
def test_only_offices_place_probes(region, point, person, role):
    fields = {"organisation": point.provider} if role == "provider" else {}
    fields |= {"village_code": point.village_code} if role == "village" else {}
    browser = logged_in(person(role, **fields))
    assert browser.post(f"/staf/program/titik/{point.pk}/alat-ukur/").status_code == 403
    assert not Probe.objects.exists()


def test_the_keys_of_before_stay_when_the_database_is_gone(region, point, person, monkeypatch):
    row, code = new_code(point, person("regency"))
    enrolled(code)
    keys = SiteKeys()
    monkeypatch.setattr(keys, "look", lambda: (_ for _ in ()).throw(OperationalError))
    keys.watching(0.01)
    time.sleep(0.05)
    assert keys(row.pk)
    keys.close()
