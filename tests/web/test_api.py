"""The API: open data for all, the same numbers as the pages; writing by token within rights and reach only."""

import datetime as dt
import json

import pytest
import site_factory
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from merata.web.api import doors
from merata.web.models import ApiToken, Change, Commitment, Contract, Organisation, Payment, ServicePoint
from merata.web.page import changed
from merata.web.staff.tokens import make

API = "/api/v1"
LISTS = (
    "villages",
    "facilities",
    "service-points",
    "commitments",
    "plans",
    "budget",
    "contracts",
    "providers",
)
DAY = dt.date(2026, 3, 1)


@pytest.fixture
def programme(published):
    """Two providers with a contract and two points each."""
    made = {}
    for number, name in enumerate(("PT Satu (contoh)", "PT Dua (contoh)")):
        provider = Organisation.objects.create(name=name, kind="provider")
        contract = Contract.objects.create(
            number=f"K-{number}", provider=provider, fund="APBD (contoh)", starts=DAY, ends=dt.date(2026, 12, 31),
            fee_idr_per_month=1_500_000, down_mbps=20, up_mbps=5,
        )  # fmt: skip
        made[name] = provider
        for place in (1, 2):
            code = f"99.01.0{number + 1}.200{place}"
            promise = Commitment.objects.create(
                village_code=code,
                level="working",
                option="leo",
                year=2025,
                publication=published,
                owner=provider,
            )
            ServicePoint.objects.create(
                code=f"TL-{number}{place}", village_code=code, place="Kantor Desa", option="leo", provider=provider,
                contract=contract, state="contracted" if place == 1 else "in service", since=DAY, commitment=promise,
                facility_key=f"{code}-village office", note="rahasia dapur", equipment="Antena",
            )  # fmt: skip
        Payment.objects.create(contract=contract, month=DAY, amount_idr=3_000_000, paid_on=DAY)
    Commitment.objects.create(village_code="99.01.03.2003", level="basic", option="leo", year=2025)
    changed()
    return made


@pytest.fixture(autouse=True)
def _quick_passwords(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def token(person):
    """Makes a token of an account of a role: token('provider', 'points', organisation=…)."""

    def made(role, *scopes, **fields):
        user = person(role, **fields)
        _, secret = make(user, "uji", list(scopes), timezone.localdate() + dt.timedelta(days=30))
        return {"Authorization": f"Bearer {secret}"}

    return made


def patch(client, code, headers, **body):
    return client.patch(
        f"{API}/programme/service-points/{code}", json.dumps(body), "application/json", headers=headers
    )


def post(client, headers, **body):
    return client.post(
        f"{API}/programme/service-points", json.dumps(body), "application/json", headers=headers
    )


def problem(answer, status):
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    body = answer.json()
    assert body["status"] == status
    assert body["detail"]
    return body


# reading


@pytest.mark.parametrize("name", LISTS)
def test_everybody_reads_every_list_without_a_cookie(client, programme, name):
    answer = client.get(f"{API}/{name}")
    assert answer.status_code == 200
    assert not answer.cookies
    body = answer.json()
    assert body["total"] == len(body["items"]) > 0
    assert body["made_up"] is True


@pytest.mark.parametrize("name", LISTS)
def test_who_has_an_answer_already_is_told_so_until_something_changes(
    client, programme, name, django_assert_num_queries
):
    tag = client.get(f"{API}/{name}")["ETag"]
    with django_assert_num_queries(1):
        again = client.get(f"{API}/{name}", headers={"If-None-Match": tag})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", tag)
    changed()
    assert client.get(f"{API}/{name}", headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize("name", ["villages", "facilities", "service-points", "commitments"])
def test_a_list_comes_by_pages_that_lead_to_each_other(client, programme, name):
    key = {"villages": "code", "facilities": "key", "service-points": "code", "commitments": "id"}[name]
    whole = client.get(f"{API}/{name}").json()["items"]
    found, url = [], f"{API}/{name}?limit=3"
    while url:
        page = client.get(url).json()
        found += page["items"]
        url = page["next"]
    assert [row[key] for row in found] == [row[key] for row in whole]
    assert client.get(f"{API}/{name}?limit=3&offset=3").json()["previous"].endswith("limit=3&offset=0")


@pytest.mark.parametrize("name", ["villages", "facilities", "service-points"])
@pytest.mark.parametrize("how", ["parameter", "accept"])
def test_what_has_a_place_comes_as_geojson(client, programme, name, how):
    query, headers = (
        ("?format=geojson", {}) if how == "parameter" else ("", {"Accept": "application/geo+json"})
    )
    answer = client.get(f"{API}/{name}{query}", headers=headers)
    assert answer["Content-Type"] == "application/geo+json"
    body = answer.json()
    assert body["type"] == "FeatureCollection"
    lon, lat = body["features"][0]["geometry"]["coordinates"]
    assert 116 < lon < 119
    assert -2 < lat < 0
    assert client.get(f"{API}/{name}")["Content-Type"] == "application/json"


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("villages?district=Muara+Contoh", 4),
        ("villages?stands=served", 5),
        ("villages?stands=late", 1),
        ("villages?stands=promised", 3),
        ("villages?level=basic&year=2026", 3),
        ("villages?name=tanjung", 6),
        ("facilities?village=99.01.01.2001", 2),
        ("facilities?sector=education&district=Hulu+Rekaan", 4),
        ("service-points?state=in+service", 2),
        ("service-points?district=Hulu+Rekaan", 2),
        ("commitments?year=2025&open=true", 5),
        ("commitments?plan=9", 0),
        ("contracts?fund=APBD+(contoh)", 2),
        ("budget?year=2026&fund=APBD+(contoh)", 1),
    ],
)
def test_filters_narrow_a_list(client, programme, query, count):
    assert client.get(f"{API}/{query}").json()["total"] == count


def test_points_of_one_provider_are_told_without_what_is_for_staff(client, programme):
    one = programme["PT Satu (contoh)"]
    answer = client.get(f"{API}/service-points?provider={one.pk}")
    assert {row["provider"] for row in answer.json()["items"]} == {one.name}
    assert "rahasia dapur" not in answer.content.decode()
    assert "Antena" not in answer.content.decode()
    assert client.get(f"{API}/service-points/TL-01").json()["contract"] == "K-0"


def test_the_budget_is_what_the_page_says(client, programme):
    line = client.get(f"{API}/budget?year=2026&fund=APBD+(contoh)").json()["items"][0]
    assert line["budget_idr"] == 1_000_000_000
    assert line["paid_idr"] == 6_000_000
    assert line["contracted_idr"] > 0


def test_a_plan_is_read_whole_and_an_older_one_stays(client, programme):
    site_factory.publication(number=2, districts=1, run_id="neuer")
    assert [row["number"] for row in client.get(f"{API}/plans").json()["items"]] == [2, 1]
    assert client.get(f"{API}/plans/1").json()["totals"]["funds"]
    assert client.get(f"{API}/villages").json()["total"] == 4
    assert client.get(f"{API}/villages?plan=1").json()["total"] == 12
    problem(client.get(f"{API}/villages?plan=3"), 404)


def test_a_draft_is_not_read(client, db):
    site_factory.publication(state="proposed", number=None)
    assert client.get(f"{API}/villages").json()["total"] == 0
    assert client.get(f"{API}/plans").json()["total"] == 0


@pytest.mark.parametrize("name", LISTS)
def test_queries_do_not_grow_with_the_rows(client, db, name):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for number, size in ((1, 2), (2, 20)):
        site_factory.publication(number=number, districts=2, each=size, run_id=str(number))
        provider = Organisation.objects.create(name=f"P{number}", kind="provider")
        for place in range(size):
            code = f"99.01.01.{2001 + place}"
            promise = Commitment.objects.create(
                village_code=code, level="basic", option="leo", year=2026, owner=provider
            )
            contract = Contract.objects.create(
                number=f"{number}-{place}",
                provider=provider,
                starts=DAY,
                ends=DAY,
                fee_idr_per_month=1,
                down_mbps=1,
                up_mbps=1,
            )
            ServicePoint.objects.create(
                code=f"{number}-{place}", village_code=code, place="x", option="leo", since=DAY, provider=provider,
                contract=contract, commitment=promise,
            )  # fmt: skip
        changed()
        with CaptureQueriesContext(connection) as asked:
            client.get(f"{API}/{name}")
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 10


# what is wrong


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/villages?limit=0", 422),
        ("/villages?limit=1001", 422),
        ("/villages?offset=-1", 422),
        ("/villages?stands=elsewhere", 422),
        ("/villages?name=%00", 422),
        ("/service-points?state=nowhere", 422),
        ("/villages/00.00", 404),
        ("/service-points/none", 404),
        ("/nothing", 404),
        ("/plans/99", 404),
        ("/programme/service-points", 401),
    ],
)
def test_what_is_wrong_is_said_as_a_problem(client, published, path, status):
    problem(client.get(API + path), status)


def test_a_problem_says_where_and_in_the_language_that_is_asked_for(client, published):
    body = problem(client.get(f"{API}/villages?limit=0", headers={"Accept-Language": "id-ID,id;q=0.9"}), 422)
    assert body["errors"][0]["field"] == "limit"
    assert "tidak sah" in body["detail"]


def test_too_many_calls_are_told_to_wait(client, published, monkeypatch):
    monkeypatch.setattr(doors.OPEN, "most", 2)
    cache.clear()
    answers = [client.get(f"{API}/providers") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert 0 < int(answers[2]["Retry-After"]) <= 60
    problem(answers[2], 429)
    assert client.get(f"{API}/providers", REMOTE_ADDR="10.1.1.1").status_code == 200


# writing


def test_a_provider_records_a_test_and_brings_its_own_point_on(client, programme, token):
    headers = token("provider", "points", organisation=programme["PT Satu (contoh)"])
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


def test_a_provider_can_not_do_what_is_the_offices(client, programme, token):
    headers = token("provider", "points", organisation=programme["PT Satu (contoh)"])
    for body in (
        {"state": "accepted"},
        {"fee_idr_per_month": 9},
        {"provider_id": programme["PT Dua (contoh)"].pk},
        {"place": "lain"},
        {"contract": "K-1"},
    ):
        assert patch(client, "TL-01", headers, **body).status_code in (409, 422), body
    assert ServicePoint.objects.get(code="TL-01").state == "contracted"
    problem(post(client, headers, code="TL-99", village_code="99.01.01.2001", place="SD", option="leo"), 403)
    assert not Change.objects.filter(model="servicepoint").exists()


def test_a_refused_step_takes_the_fields_sent_with_it_back(client, programme, token):
    headers = token("regency", "points")
    body = problem(patch(client, "TL-01", headers, note="baru", state="in service"), 409)
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
    client, programme, token, role, fields, reached
):
    if "organisation" in fields:
        fields = {"organisation": programme[fields["organisation"]]}
    headers = token(role, "read", "points", **fields)
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
def test_only_offices_put_points_forward(client, programme, token, role):
    headers = token(role, "points")
    answer = post(
        client, headers, code="TL-99", village_code="99.01.01.2001", place="SDN 1 (contoh)", option="leo"
    )
    if role in ("province", "regency"):
        assert answer.status_code == 201, answer.content
        assert answer.json()["state"] == "proposed"
        assert Change.objects.get(model="servicepoint").way == "api"
        again = post(client, headers, code="TL-99", village_code="99.01.01.2001", place="SD", option="leo")
        assert problem(again, 422)["errors"][0]["field"] == "code"
    else:
        problem(answer, 403)
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
def test_a_point_that_can_not_be_is_refused(client, programme, token, body):
    problem(post(client, token("regency", "points"), **body), 422)
    assert ServicePoint.objects.count() == 4


@pytest.mark.parametrize(
    "body", [b"{", b'{"test_down_mbps": NaN}', b'{"test_down_mbps": -1}', b'{"secret": 1}', b"[]", b""]
)
def test_a_body_that_is_no_patch_is_refused(client, programme, token, body):
    headers = token("regency", "points")
    url = f"{API}/programme/service-points/TL-01"
    answer = client.patch(url, body, "application/json", headers=headers)
    problem(answer, answer.status_code)
    assert answer.status_code in (400, 422)


def test_other_things_are_named_by_their_number(client, programme, token):
    headers = token("regency", "points")
    assert (
        problem(patch(client, "TL-01", headers, contract="K-9"), 422)["detail"]
        == "contract: there is no K-9."
    )
    office = Organisation.objects.create(name="Dinas (contoh)", kind="regency")
    problem(patch(client, "TL-01", headers, provider_id=office.pk), 422)


# tokens


def test_a_token_does_only_what_its_scopes_say(client, programme, token):
    problem(patch(client, "TL-01", token("regency", "read"), note="x"), 403)
    measuring = token("regency", "measurements")
    problem(client.get(f"{API}/programme/service-points", headers=measuring), 403)


@pytest.mark.parametrize("how", ["ended", "withdrawn", "closed", "tampered", "other scheme", "empty"])
def test_a_token_that_is_not_valid_opens_nothing(client, programme, token, how):
    headers = token("regency", "read", "points")
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
    problem(answer, 401)
    assert answer["WWW-Authenticate"] == "Bearer"
    problem(patch(client, "TL-01", headers, note="x"), 401)


def test_logging_in_on_the_pages_is_no_token(client, programme, person):
    client.force_login(person("regency"), backend="allauth.account.auth_backends.AuthenticationBackend")
    problem(patch(client, "TL-01", {}, note="x"), 401)


def test_the_use_of_a_token_is_written_down(client, programme, token):
    headers = token("reader", "read")
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


# the page about it


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_the_page_about_the_api_leads_to_calls_that_work(client, programme, prefix):
    import re

    page = client.get(f"{prefix}/api/v1/").content.decode()
    assert "curl" in page
    for path in re.findall(r'href="(/api/v1/[^"]+)"', page):
        assert client.get(path.replace("&amp;", "&")).status_code == 200, path
