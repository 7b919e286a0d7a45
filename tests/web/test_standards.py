"""Open standards on the site: the packages hold what the tables hold, nothing else, and stand still."""

import datetime as dt
import json

import pytest
from open_checkers import checked_oc4ids, checked_ocds, checked_ofds, faults_of
from open_checkers import schemas as schemas
from programme_factory import Programme

from merata.web import changes
from merata.web.models import Publication
from merata.web.page import changed
from merata.web.public.money import contracted, paid


@pytest.fixture
def programme(published):
    made = Programme()
    made.point("T-1", "in service", fee_idr_per_month=2_000_000, note="hanya petugas", facility_key="x")
    made.point("T-2", "installed", village="99.01.01.2002")
    made.point("T-3", "proposed", village="99.01.01.2002")
    made.point("T-4", "ended", contract=1, village="99.01.01.2003")
    made.payment(reference="bukti rahasia")
    made.payment(contract=1, amount_idr=7, month=dt.date(2026, 5, 1), paid_on=dt.date(2026, 6, 1))
    span = {"a": "tower:1", "b": "place:x", "lon": 117.0, "lat": -0.5, "to_lon": 117.01, "to_lat": -0.51}
    published.works.create(key="cable 1", kind="fibre", year=2026, length_km=1.5, **span)
    published.works.create(key="cell", kind="cell", year=2026)
    published.decided_at = dt.datetime(2026, 1, 5, tzinfo=dt.UTC)
    published.save()
    changed()
    return made


def package(client, name):
    answer = client.get(f"/data/standar/{name}.json")
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("application/json")
    return json.loads(answer.content)


def test_the_checkers_have_nothing_against_the_sites_packages(client, programme, schemas):
    assert set(faults_of(checked_ocds(package(client, "ocds"), schemas))) == {
        "conformance_errors"
    }  # local prefix
    assert set(faults_of(checked_oc4ids(package(client, "oc4ids"), schemas))) == {
        "conformance_checks",
        "additional_open_codelist_values",
    }
    assert checked_ofds(package(client, "ofds")) == ([], [], {})


def test_the_sums_are_those_of_the_budgets_page(client, programme):
    contracts = [release["contracts"][0] for release in package(client, "ocds")["releases"]]
    values = sum(contract.get("value", {}).get("amount", 0) for contract in contracts)
    payments = sum(
        one["value"]["amount"]
        for c in contracts
        for one in c.get("implementation", {}).get("transactions", [])
    )
    assert values == contracted().total() == 12 * (2_000_000 + 1_500_000)
    assert payments == paid().total() == 1_500_007


def test_projects_follow_the_points(client, programme):
    projects = {project["id"][-13:]: project for project in package(client, "oc4ids")["projects"]}
    assert projects["99.01.01.2001"]["status"] == "maintenance"
    assert projects["99.01.01.2002"]["status"] == "implementation"
    assert projects["99.01.01.2003"]["status"] == "decommissioned"
    assert projects["99.01.02.2002"]["status"] == "identification"
    planned = {row.code for row in Publication.objects.get().villages.exclude(year=None)}
    assert set(projects) == planned | {"99.01.01.2001"}


def test_nothing_that_is_not_on_the_site_is_in_them(client, programme):
    texts = [client.get(f"/data/standar/{name}.json").content.decode() for name in ("ocds", "oc4ids", "ofds")]
    assert not any(
        secret in text for text in texts for secret in ("hanya petugas", "bukti rahasia", "duty_phone")
    )


def test_a_release_is_dated_by_its_last_change_and_the_same_content_has_the_same_bytes(
    client, programme, person
):
    before = client.get("/data/standar/ocds.json").content
    changed()
    assert client.get("/data/standar/ocds.json").content == before
    contract = programme.contracts[0]
    contract.repair_hours = 24
    changes.keep(contract, person("regency"), why="ralat")
    first, second = package(client, "ocds")["releases"]
    was = json.loads(before)["releases"]
    assert first["ocid"] == was[0]["ocid"]
    assert first["id"] != was[0]["id"]
    assert first["date"] > was[0]["date"]
    assert second == was[1]


def test_other_names_are_not_there(client, published):
    assert client.get("/data/standar/kolom.json").status_code == 404
    assert package(client, "ocds")["releases"] == []
    assert package(client, "ofds") == {"networks": []}
