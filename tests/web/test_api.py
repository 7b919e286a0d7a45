"""The API: open data for all, in pages, filtered, as GeoJSON; what is wrong is said as a problem."""

import datetime as dt

import pytest
import site_factory
from conftest import COUNTED
from django.core.cache import caches
from django.core.management import call_command
from problems import assert_problem

from merata.web.api import doors
from merata.web.models import Commitment, Contract, Organisation, ServicePoint
from merata.web.page import changed

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
    "scores",
    "outages",
)
DAY = dt.date(2026, 3, 1)


# reading


@pytest.mark.parametrize("name", LISTS)
def test_everybody_reads_every_list_without_a_cookie(client, providers, name):
    answer = client.get(f"{API}/{name}")
    assert answer.status_code == 200
    assert not answer.cookies
    body = answer.json()
    assert body["total"] == len(body["items"]) > 0
    assert body["made_up"] is True


@pytest.mark.parametrize("name", LISTS)
def test_who_has_an_answer_already_is_told_so_until_something_changes(
    client, providers, name, django_assert_num_queries
):
    tag = client.get(f"{API}/{name}")["ETag"]
    with django_assert_num_queries(1):
        again = client.get(f"{API}/{name}", headers={"If-None-Match": tag})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", tag)
    changed()
    assert client.get(f"{API}/{name}", headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize("name", ["villages", "facilities", "service-points", "commitments"])
def test_a_list_comes_by_pages_that_lead_to_each_other(client, providers, name):
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
def test_what_has_a_place_comes_as_geojson(client, providers, name, how):
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
def test_filters_narrow_a_list(client, providers, query, count):
    assert client.get(f"{API}/{query}").json()["total"] == count


def test_points_of_one_provider_are_told_without_what_is_for_staff(client, providers):
    one = providers["PT Satu (contoh)"]
    answer = client.get(f"{API}/service-points?provider={one.pk}")
    assert {row["provider"] for row in answer.json()["items"]} == {one.name}
    assert "rahasia dapur" not in answer.content.decode()
    assert "Antena" not in answer.content.decode()
    assert client.get(f"{API}/service-points/TL-01").json()["contract"] == "K-0"


def test_the_budget_is_what_the_page_says(client, providers):
    line = client.get(f"{API}/budget?year=2026&fund=APBD+(contoh)").json()["items"][0]
    assert line["budget_idr"] == 1_000_000_000
    assert line["paid_idr"] == 6_000_000
    assert line["contracted_idr"] > 0


def test_a_plan_is_read_whole_and_an_older_one_stays(client, providers):
    site_factory.publication(number=2, districts=1, run_id="neuer")
    assert [row["number"] for row in client.get(f"{API}/plans").json()["items"]] == [2, 1]
    assert client.get(f"{API}/plans/1").json()["totals"]["funds"]
    assert client.get(f"{API}/villages").json()["total"] == 4
    assert client.get(f"{API}/villages?plan=1").json()["total"] == 12
    assert_problem(client.get(f"{API}/villages?plan=3"), 404)


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
    assert_problem(client.get(API + path), status)


def test_a_problem_says_where_and_in_the_language_that_is_asked_for(client, published):
    body = assert_problem(
        client.get(f"{API}/villages?limit=0", headers={"Accept-Language": "id-ID,id;q=0.9"}), 422
    )
    assert body["errors"][0]["field"] == "limit"
    assert "tidak sah" in body["detail"]


def test_too_many_calls_are_told_to_wait(client, published, monkeypatch):
    monkeypatch.setattr(doors.OPEN, "most", 2)
    caches["pages"].clear()
    answers = [client.get(f"{API}/providers") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert 0 < int(answers[2]["Retry-After"]) <= 60
    assert_problem(answers[2], 429)
    assert client.get(f"{API}/providers", REMOTE_ADDR="10.1.1.1").status_code == 200


def test_calls_by_token_are_counted_by_all_processes_together(
    client, published, bearer, monkeypatch, settings
):
    settings.CACHES = {**settings.CACHES, "default": COUNTED}
    call_command("createcachetable", verbosity=0)
    monkeypatch.setattr(doors.BY_TOKEN, "most", 2)
    headers = bearer("regency", "read")
    codes = []
    for _ in range(3):
        caches["pages"].clear()  # another process has a memory of its own
        codes.append(client.get(f"{API}/programme/service-points", headers=headers).status_code)
    assert codes == [200, 200, 429]


# the page about it


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_the_page_about_the_api_leads_to_calls_that_work(client, providers, prefix):
    import re

    page = client.get(f"{prefix}/api/v1/").content.decode()
    assert "curl" in page
    for path in re.findall(r'href="(/api/v1/[^"]+)"', page):
        assert client.get(path.replace("&amp;", "&")).status_code == 200, path


def test_what_can_be_read_is_asked_for_by_head_too(client, published):
    for path in ("/api/v1/villages", "/api/v1/budget", "/api/v1/openapi.json"):
        answer = client.head(path)
        assert (answer.status_code, answer.content) == (200, b"")
        assert answer["Content-Type"].startswith("application/json")
    assert client.head("/api/v1/programme/service-points").status_code == 401
