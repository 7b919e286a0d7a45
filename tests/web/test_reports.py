"""Reports by anybody: kept once, with a number, without a name; refused plainly; not too many."""

import re
import uuid

import pytest

from merata.web import reports
from merata.web.models import Report

VILLAGE = "99.01.01.2002"


def test_a_report_is_made_without_scripts_and_its_state_is_seen(client, published):
    page = client.get(f"/lapor/{VILLAGE}/").content.decode()
    made_by = re.search('name="made_by" value="([^"]+)"', page)[1]
    answer = client.post(
        f"/lapor/{VILLAGE}/", {"kind": "broken", "words": "Sejak kemarin", "made_by": made_by}
    )
    row = Report.objects.get()
    assert row.reference in answer.content.decode()
    state = client.get("/lapor/", {"nomor": row.reference.lower()}).content.decode()
    assert "internet mati" in state
    assert "diterima kantor" in state


def test_the_same_report_sent_twice_is_one(client, published):
    sent = {"village": VILLAGE, "kind": "slow", "made_by": str(uuid.uuid4())}
    first, second = (client.post("/lapor/kirim", sent, content_type="application/json") for _ in range(2))
    assert first.status_code == second.status_code == 201
    assert first.json() == second.json()
    assert Report.objects.count() == 1


@pytest.mark.parametrize(
    ("sent", "error"),
    [
        ({"village": VILLAGE}, "report_kind_missing"),
        ({"village": VILLAGE, "kind": "nonsense"}, "report_kind_missing"),
        ({"village": "00.00.00.0000", "kind": "slow"}, "report_no_village"),
        ({}, "report_kind_missing"),
        ([1], "report_kind_missing"),
    ],
)
def test_what_is_wrong_with_a_report_is_said(client, published, sent, error):
    answer = client.post("/lapor/kirim", sent, content_type="application/json")
    assert (answer.status_code, answer.json()["error"]) == (400, error)
    assert not Report.objects.exists()


@pytest.mark.parametrize(("body", "kind"), [(b"{", "application/json"), (b"\xff\xfe", "application/json")])
def test_no_json_is_no_report(client, published, body, kind):
    assert client.post("/lapor/kirim", body, content_type=kind).status_code == 400


def test_the_form_of_another_site_sends_nothing(published, client):
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    assert strict.post(f"/lapor/{VILLAGE}/", {"kind": "broken"}).status_code == 403
    assert strict.post("/lapor/kirim", {"kind": "broken", "village": VILLAGE}).status_code == 415
    assert not Report.objects.exists()


def test_a_mistake_in_the_form_keeps_what_was_written(client, published):
    answer = client.post(f"/lapor/{VILLAGE}/", {"words": "Lampu merah menyala", "made_by": "x"})
    assert answer.status_code == 400
    assert "Lampu merah menyala" in answer.content.decode()


def test_a_flood_from_one_address_is_refused(client, published):
    for number in range(reports.FROM_ONE_ADDRESS + 1):
        sent = {"village": VILLAGE, "kind": "slow", "made_by": f"{number}"}
        answer = client.post("/lapor/kirim", sent, content_type="application/json")
    assert answer.status_code == 429
    assert Report.objects.count() == reports.FROM_ONE_ADDRESS


def test_a_phone_with_a_wrong_clock_is_not_believed(client, published):
    sent = {"village": VILLAGE, "kind": "slow", "made_by": "a", "at": "1999-01-01T00:00:00Z"}
    client.post("/lapor/kirim", sent, content_type="application/json")
    assert Report.objects.get().happened_at is None


def test_an_unknown_number_is_said_so(client, published):
    assert client.get("/lapor/", {"nomor": "LZZZZZZZ"}).status_code == 404
