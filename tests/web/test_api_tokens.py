"""The API by token: writing within rights and reach only, object by object; tokens made, ended, withdrawn."""

import datetime as dt
import json

import pytest
from django.test import Client
from django.utils import timezone
from problems import assert_problem

from merata.web.models import ApiToken, Change, Organisation, ServicePoint

API = "/api/v1"


def patch(client, code, headers, **body):
    return client.patch(
        f"{API}/programme/service-points/{code}", json.dumps(body), "application/json", headers=headers
    )


def post(client, headers, **body):
    return client.post(
        f"{API}/programme/service-points", json.dumps(body), "application/json", headers=headers
    )


# writing


def test_a_provider_records_a_test_and_brings_its_own_point_on(client, providers, bearer):
    headers = bearer("provider", "points", organisation=providers["PT Satu (contoh)"])
    answer = patch(
        client, "TL-01", headers, equipment="Starlink (contoh)", test_down_mbps=87.5, why="dipasang"
    )
    assert answer.status_code == 200, answer.content
    assert answer.json()["test_down_mbps"] == 87.5
    done = patch(client, "TL-01", headers, state="installed", note="siap diuji", power="PLN")
    assert done.status_code == 200, done.content
    assert (done.json()["state"], done.json()["note"], done.json()["power"]) == (
        "installed",
        "siap diuji",
        "PLN",
    )
    notes = Change.objects.filter(model="servicepoint")
    assert {note.way for note in notes} == {"api"}
    assert notes.last().why == "dipasang"
    assert notes.last().by.role == "provider"


def test_a_provider_can_not_do_what_is_the_offices(client, providers, bearer):
    headers = bearer("provider", "points", organisation=providers["PT Satu (contoh)"])
    for body in (
        {"state": "accepted"},
        {"fee_idr_per_month": 9},
        {"provider_id": providers["PT Dua (contoh)"].pk},
        {"place": "lain"},
        {"contract": "K-1"},
    ):
        assert patch(client, "TL-01", headers, **body).status_code in (409, 422), body
    assert ServicePoint.objects.get(code="TL-01").state == "contracted"
    assert_problem(
        post(client, headers, code="TL-99", village_code="99.01.01.2001", place="SD", option="leo"), 403
    )
    assert not Change.objects.filter(model="servicepoint").exists()


def test_a_refused_step_takes_the_fields_sent_with_it_back(client, providers, bearer):
    headers = bearer("regency", "points")
    body = assert_problem(patch(client, "TL-01", headers, note="baru", state="in service"), 409)
    assert body["errors"][0]["field"] == "to"
    assert ServicePoint.objects.get(code="TL-01").note == "rahasia dapur"


@pytest.mark.parametrize(
    ("role", "fields", "reached"),
    [
        ("province", {}, {"TL-01", "TL-02", "TL-11", "TL-12"}),
        ("regency", {}, {"TL-01", "TL-02", "TL-11", "TL-12"}),
        ("district", {"district": "Hulu Rekaan"}, {"TL-11", "TL-12"}),
        ("village", {"village_code": "99.01.02.2001"}, {"TL-11"}),
        ("provider", {"organisation": "PT Dua (contoh)"}, {"TL-11", "TL-12"}),
        ("partner", {}, {"TL-01", "TL-02", "TL-11", "TL-12"}),
        ("reader", {}, {"TL-01", "TL-02", "TL-11", "TL-12"}),
    ],
)
def test_each_role_reads_and_writes_object_by_object_what_it_reaches(
    client, providers, bearer, role, fields, reached
):
    if "organisation" in fields:
        fields = {"organisation": providers[fields["organisation"]]}
    headers = bearer(role, "read", "points", **fields)
    own = client.get(f"{API}/programme/service-points", headers=headers).json()
    assert {row["code"] for row in own["items"]} == reached
    assert own["total"] == len(reached)
    writes = role in ("province", "regency", "provider")
    for point in ServicePoint.objects.all():
        read = client.get(f"{API}/programme/service-points/{point.code}", headers=headers)
        assert read.status_code == (200 if point.code in reached else 404)
        write = patch(client, point.code, headers, note=f"oleh {role}")
        expected = (200 if point.code in reached else 404) if writes else 403
        assert write.status_code == expected, (point.code, write.content)
        point.refresh_from_db()
        assert (point.note == f"oleh {role}") == (expected == 200)


@pytest.mark.parametrize(
    "role", ["province", "regency", "district", "village", "provider", "partner", "reader"]
)
def test_only_offices_put_points_forward(client, providers, bearer, role):
    headers = bearer(role, "points")
    answer = post(
        client, headers, code="TL-99", village_code="99.01.01.2001", place="SDN 1 (contoh)", option="leo"
    )
    if role in ("province", "regency"):
        assert answer.status_code == 201, answer.content
        assert answer.json()["state"] == "proposed"
        assert Change.objects.get(model="servicepoint").way == "api"
        again = post(client, headers, code="TL-99", village_code="99.01.01.2001", place="SD", option="leo")
        assert assert_problem(again, 422)["errors"][0]["field"] == "code"
    else:
        assert_problem(answer, 403)
        assert not ServicePoint.objects.filter(code="TL-99").exists()


@pytest.mark.parametrize(
    "body",
    [
        {"code": "TL-99", "village_code": "00.00", "place": "SD", "option": "leo"},
        {"code": "TL 99", "village_code": "99.01.01.2001", "place": "SD", "option": "leo"},
        {"code": "TL-99", "village_code": "99.01.01.2001", "place": "", "option": "leo"},
        {"code": "TL-99", "village_code": "99.01.01.2001", "place": "SD", "option": "merpati"},
        {
            "code": "TL-99",
            "village_code": "99.01.01.2001",
            "place": "SD",
            "option": "leo",
            "state": "in service",
        },
        {"code": "TL-99"},
    ],
)
def test_a_point_that_can_not_be_is_refused(client, providers, bearer, body):
    assert_problem(post(client, bearer("regency", "points"), **body), 422)
    assert ServicePoint.objects.count() == 4


@pytest.mark.parametrize(
    "body", [b"{", b'{"test_down_mbps": NaN}', b'{"test_down_mbps": -1}', b'{"secret": 1}', b"[]", b""]
)
def test_a_body_that_is_no_patch_is_refused(client, providers, bearer, body):
    headers = bearer("regency", "points")
    url = f"{API}/programme/service-points/TL-01"
    answer = client.patch(url, body, "application/json", headers=headers)
    assert_problem(answer, answer.status_code)
    assert answer.status_code in (400, 422)


def test_other_things_are_named_by_their_number(client, providers, bearer):
    headers = bearer("regency", "points")
    assert (
        assert_problem(patch(client, "TL-01", headers, contract="K-9"), 422)["detail"]
        == "contract: there is no K-9."
    )
    office = Organisation.objects.create(name="Dinas (contoh)", kind="regency")
    assert_problem(patch(client, "TL-01", headers, provider_id=office.pk), 422)


# tokens


def test_a_token_does_only_what_its_scopes_say(client, providers, bearer):
    assert_problem(patch(client, "TL-01", bearer("regency", "read"), note="x"), 403)
    other = bearer("regency", "other")
    assert_problem(client.get(f"{API}/programme/service-points", headers=other), 403)


@pytest.mark.parametrize("how", ["ended", "withdrawn", "closed", "tampered", "other scheme", "empty"])
def test_a_token_that_is_not_valid_opens_nothing(client, providers, bearer, how):
    headers = bearer("regency", "read", "points")
    row = ApiToken.objects.get()
    if how == "ended":
        ApiToken.objects.update(ends_at=timezone.now())
    elif how == "withdrawn":
        ApiToken.objects.update(withdrawn_at=timezone.now())
    elif how == "closed":
        row.user.is_active = False
        row.user.save()
    elif how == "tampered":
        headers["Authorization"] = headers["Authorization"][:-1] + "~"
    elif how == "other scheme":
        headers["Authorization"] = headers["Authorization"].replace("Bearer", "Basic")
    else:
        headers["Authorization"] = "Bearer "
    answer = client.get(f"{API}/programme/service-points", headers=headers)
    assert_problem(answer, 401)
    assert answer["WWW-Authenticate"] == "Bearer"
    assert_problem(patch(client, "TL-01", headers, note="x"), 401)


def test_logging_in_on_the_pages_is_no_bearer(client, providers, person):
    client.force_login(person("regency"), backend="allauth.account.auth_backends.AuthenticationBackend")
    assert_problem(patch(client, "TL-01", {}, note="x"), 401)


def test_the_use_of_a_token_is_written_down(client, providers, bearer):
    headers = bearer("reader", "read")
    assert ApiToken.objects.get().used_at is None
    client.get(f"{API}/programme/service-points", headers=headers)
    assert ApiToken.objects.get().used_at is not None


def test_a_token_is_made_on_a_page_shown_once_and_withdrawn_with_a_click(client, person, settings):
    settings.SECOND_FACTOR = False
    user = person("provider")
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    soon = (timezone.localdate() + dt.timedelta(days=10)).isoformat()
    page = client.post(
        "/staf/token/", {"name": "lembar mingguan", "scopes": ["read", "points"], "ends_on": soon}
    )
    secret = page.content.decode().split("<code>")[1].split("</code>")[0]
    assert secret.startswith("merata_")
    assert secret not in client.get("/staf/token/").content.decode()
    assert secret not in str(list(ApiToken.objects.values()))
    headers = {"Authorization": f"Bearer {secret}"}
    assert Client().get(f"{API}/programme/service-points", headers=headers).status_code == 200
    row = ApiToken.objects.get()
    other = Client()
    other.force_login(person("provider"), backend="allauth.account.auth_backends.AuthenticationBackend")
    assert other.post(f"/staf/token/{row.pk}/tarik/").status_code == 404, "another's token"
    assert client.get(f"/staf/token/{row.pk}/tarik/").status_code == 405
    assert client.post(f"/staf/token/{row.pk}/tarik/").status_code == 302
    assert Client().get(f"{API}/programme/service-points", headers=headers).status_code == 401
    assert "ditarik" in client.get("/staf/token/").content.decode()


@pytest.mark.parametrize(
    "given",
    [
        {"scopes": ["everything"]},
        {"scopes": []},
        {"ends_on": "2020-01-01"},
        {"ends_on": "2999-01-01"},
        {"name": ""},
    ],
)
def test_a_token_that_can_not_be_is_refused(client, person, settings, given):
    settings.SECOND_FACTOR = False
    client.force_login(person("partner"), backend="allauth.account.auth_backends.AuthenticationBackend")
    soon = (timezone.localdate() + dt.timedelta(days=10)).isoformat()
    answer = client.post("/staf/token/", {"name": "x", "scopes": ["read"], "ends_on": soon, **given})
    assert answer.status_code == 400
    assert not ApiToken.objects.exists()


@pytest.mark.parametrize("role", ["district", "village", "reader"])
def test_who_may_not_make_tokens_does_not_see_the_page(client, person, role):
    client.force_login(person(role), backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.get("/staf/token/").status_code == 403
    assert client.post("/staf/token/").status_code == 403
