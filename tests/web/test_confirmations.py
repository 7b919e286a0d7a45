"""Village offices confirm their sheet once a year: on their page, or by one SMS from their number on record."""

import datetime as dt
import json

import pytest
from django.utils import timezone
from office import logged_in, region_at

from merata.web.challenges import confirm
from merata.web.models import Challenge, Confirmation, Organisation, Outgoing
from merata.web.sealed import unseal
from merata.web.sms import answers, queue, take_in
from merata.web.sms.gsm7 import ROOM, septets

VILLAGE, NUMBER = "99.01.01.2002", "+6281200000042"


@pytest.fixture(autouse=True)
def region(tmp_path, settings):
    settings.REGION = region_at(tmp_path / "region")


def heard():
    """What waits to be sent by SMS, the newest last."""
    return [json.loads(unseal(row.sealed, "message"))[1] for row in queue.waiting("sms")]


@pytest.fixture
def village_office(published):
    return Organisation.objects.create(
        name="Kantor Desa", kind="village", village_code=VILLAGE, duty_phone="0812-0000-0042"
    )


def test_a_village_office_confirms_or_corrects_its_sheet(published, person, village_office):
    head = logged_in(person("village", village_code=VILLAGE, organisation=village_office))
    assert "lembar desa menunggu" in head.get("/staf/").content.decode()
    page = head.get("/staf/program/lembar-desa/").content.decode()
    assert "Semua benar" in page
    sent = {"fact": "people", "people": "1250", "evidence": "visit", "evidence_on": str(timezone.localdate())}
    thanks = head.post("/staf/program/lembar-desa/koreksi/", {**sent, "made_by": "a"}).content.decode()
    row = Challenge.objects.get()
    assert (row.way, row.organisation) == ("sheet", village_office)
    assert row.reference in thanks
    assert "yang keliru sudah dikoreksi" in head.get("/staf/program/lembar-desa/").content.decode()
    for _ in range(2):
        head.post("/staf/program/lembar-desa/benar/")
    assert list(Confirmation.objects.values_list("corrections", flat=True)) == [1]
    shown = head.get(f"/desa/{VILLAGE}/").content.decode()
    assert "Diperiksa kantor desa pada" in shown
    assert "Koreksi yang sedang berjalan: 1" in shown
    assert "lembar desa menunggu" not in head.get("/staf/").content.decode()
    Confirmation.objects.update(made_at=timezone.now() - dt.timedelta(days=366))
    assert confirm.newest_word(VILLAGE) is None


def test_another_village_is_not_confirmed_nor_by_another_role(published, person):
    head = logged_in(person("village", village_code=""))
    head.post("/staf/program/lembar-desa/benar/")
    assert logged_in(person("regency")).post("/staf/program/lembar-desa/benar/").status_code == 403
    assert not Confirmation.objects.exists()


def test_one_message_from_the_number_on_record_confirms(published, person, village_office):
    take_in.take_in("+6281200000099", f"BENAR {VILLAGE}")
    assert "nomor kantor desa" in heard()[-1]
    take_in.take_in(NUMBER, "BENAR 99.01.01.2001")
    assert "nomor kantor desa" in heard()[-1]
    assert not Confirmation.objects.exists()
    take_in.take_in(NUMBER, f"benar {VILLAGE.replace('.', '')}", "again")
    take_in.take_in(NUMBER, f"benar {VILLAGE.replace('.', '')}", "again")
    assert "dibenarkan" in heard()[-1]
    row = Confirmation.objects.get()
    assert (row.way, row.village_code, row.organisation) == ("sms", VILLAGE, village_office)
    assert "BENAR" in answers.which("Entah", [], "confirm")
    # Invited offices have no code of their own: their account's is theirs.
    Organisation.objects.filter(pk=village_office.pk).update(village_code="")
    assert confirm.office_of(NUMBER, VILLAGE) is None
    person("village", village_code=VILLAGE, organisation=village_office)
    assert confirm.office_of(NUMBER, VILLAGE) == village_office


def test_the_planner_sees_who_has_not_and_asks_by_sms_once_a_month(published, person, village_office):
    office = logged_in(person("regency"))
    page = office.get("/staf/program/lembar-desa/semua/").content.decode()
    assert "0 dari 12 desa" in page
    for _ in range(2):
        office.post("/staf/program/lembar-desa/minta/")
    assert Outgoing.objects.filter(key__startswith="confirm").count() == 1
    assert septets(heard()[-1]) <= ROOM
    assert "BENAR 9901012002" in heard()[-1]
    assert logged_in(person("reader")).post("/staf/program/lembar-desa/minta/").status_code == 403
    take_in.take_in(NUMBER, f"BENAR {VILLAGE}")
    page = office.get("/staf/program/lembar-desa/semua/").content.decode()
    assert "1 dari 12 desa" in page
    assert "Dibenarkan kantor desa pada" in office.get(f"/desa/{VILLAGE}/").content.decode()
    told = office.get("/data/lembar-desa.csv").content.decode()
    assert f"{VILLAGE}," in told
    assert ",sms" in told
