"""Contracts, projects and networks in open standards: the standards' own checkers, and what the packages must hold."""

import dataclasses
import datetime as dt
import json
from urllib.parse import unquote

import geopandas as gpd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from in_process import merata
from made_results import results
from open_checkers import checked_oc4ids, checked_ocds, checked_ofds, faults_of
from open_checkers import schemas as schemas

from merata.publish import oc4ids, ocds, ofds, standard_rows
from merata.publish.ofds_existing import existing
from merata.publish.open_contracting import Agreed, Paid, Publishing, told
from merata.publish.withheld import open_tables
from merata.region import ofds as read_ofds
from merata.region.confidence import HELD
from merata.region.records import Source
from merata.region.settings import Settings, parse_settings

DAY = dt.date(2026, 7, 1)
WHEN = dt.datetime(2026, 6, 30, 15, 30, tzinfo=dt.UTC)
REGISTERED = Settings.model_validate(
    {
        "region": {"name": "Kabupaten Contoh", "code": "99.01", "made_up": True},
        "standards": {
            "ocid_prefix": "ocds-abc123",
            "project_prefix": "oc4ids-abc123",
            "buyer": "Dinas Contoh",
            "organisations": {"PT Satu (contoh)": "ID-REG-12-34"},
            "licence": "https://creativecommons.org/licenses/by/4.0/",
        },
    }
)
PUBLISHING = Publishing.of(REGISTERED, "", WHEN, "https://contoh.example")
ONE = Agreed(
    "027/SPK/2026", "PT Satu (contoh)", dt.date(2026, 1, 1), dt.date(2026, 12, 31), {1_500_000: 2, 900_000: 1},
    "unduh 20 Mbit/s.", "APBD (contoh)",
    (Paid("7", 3_000_000, dt.date(2026, 2, 5)), Paid("9", -100_000, dt.date(2026, 3, 5))), WHEN,
)  # fmt: skip
TWO = Agreed("K-2", "PT Dua (contoh)", dt.date(2026, 8, 1), None, {}, changed=WHEN)
VILLAGES = [
    oc4ids.Village(
        "99.01.01.2001", "Alfaro", "Utara", 116.5, -0.25, 2026, "leo", "APBD (contoh)", 6_000_000, 24_000_000,
        240.4, ["in service"], (ONE.number,),
    ),
    oc4ids.Village("99.01.01.2002", "Betuma", year=2027, capex_idr=0),
    oc4ids.Village("99.01.01.2003", "Cegoda"),
]  # fmt: skip


def works(**changed):
    rows = [
        {"id": "cable a", "kind": "fibre", "a": "fibre:1,2", "b": "place:kantor", "length_km": 1.5, "year": 2026,
         "lon": 116.5, "lat": -0.25, "to_lon": 116.51, "to_lat": -0.26},
        {"id": "hop b", "kind": "microwave", "a": "tower:12", "b": "new tower:9", "length_km": 12.0, "year": 2027,
         "lon": 116.4, "lat": -0.2, "to_lon": 116.45, "to_lat": -0.21},
        {"id": "satellite x", "kind": "satellite", "a": "satellite", "b": "new tower:9", "length_km": 0.0,
         "year": 2027, "lon": float("nan"), "lat": float("nan"), "to_lon": 116.45, "to_lat": -0.21},
        {"id": "cell", "kind": "cell", "a": None, "b": None, "length_km": None, "year": 2027, "lon": 116.45,
         "lat": -0.21, "to_lon": None, "to_lat": None},
    ]  # fmt: skip
    return [{**row, **changed} for row in rows]


def test_contracts_and_payments_are_what_ocds_asks_for(schemas):
    assert faults_of(checked_ocds(ocds.package([ONE, TWO], PUBLISHING, DAY), schemas)) == {}


def test_projects_are_what_oc4ids_asks_for(schemas):
    found = faults_of(checked_oc4ids(oc4ids.package(VILLAGES, {ONE.number: ONE}, PUBLISHING, DAY), schemas))
    # Codelists that anybody may add to: the ministry's codes of villages, and what a plan foresees.
    assert set(found) == {"additional_open_codelist_values"}
    assert set(found["additional_open_codelist_values"]) == {
        "projects/forecasts/id",
        "projects/locations/gazetteer/scheme",
    }


def test_networks_are_what_ofds_asks_for():
    assert checked_ofds(ofds.package(works(), [ONE, TWO], PUBLISHING)) == ([], [], {})


def test_the_checkers_find_what_is_wrong(schemas):
    package = ocds.package([ONE], PUBLISHING, DAY)
    del package["releases"][0]["contracts"][0]["awardID"]
    package["releases"][0]["contracts"][0]["title"] = ""
    package["releases"][0]["contracts"][0]["status"] = "running"
    found = faults_of(checked_ocds(package, schemas))
    assert "awardID" in str(found["validation_errors"])
    assert "contracts/0/title" in str(found["additional_checks"])
    assert "running" in str(found["additional_closed_codelist_values"])
    network = ofds.package(works(), [], PUBLISHING)
    network["networks"][0]["spans"][0]["end"] = "nowhere"
    assert checked_ofds(network)[1]


def test_without_a_registered_prefix_identifiers_say_that_they_are_local(schemas):
    local = Publishing.of(parse_settings('[region]\nname = "Contoh"\ncode = "99.01"\n'), "", WHEN)
    package = ocds.package([ONE], local, DAY)
    assert package["releases"][0]["ocid"] == "local-99.01-027%2FSPK%2F2026"
    assert set(faults_of(checked_ocds(package, schemas))) == {"conformance_errors"}
    projects = oc4ids.package(VILLAGES, {}, local, DAY)
    assert set(faults_of(checked_oc4ids(projects, schemas))) == {
        "conformance_checks",
        "additional_open_codelist_values",
    }


def test_money_and_times_are_those_of_the_contract():
    release = ocds.release(ONE, PUBLISHING, DAY)
    contract = release["contracts"][0]
    assert contract["value"] == {"amount": 12 * (2 * 1_500_000 + 900_000), "currency": "IDR"}
    assert contract["period"] == {
        "startDate": "2026-01-01T00:00:00+08:00",
        "endDate": "2026-12-31T23:59:59+08:00",
    }
    items = contract["items"]
    assert sum(i["quantity"] * i["unit"]["value"]["amount"] for i in items) == contract["value"]["amount"]
    assert [(t["date"], t["value"]["amount"]) for t in contract["implementation"]["transactions"]] == [
        ("2026-02-05T00:00:00+08:00", 3_000_000),
        ("2026-03-05T00:00:00+08:00", -100_000),
    ]
    assert release["date"] == "2026-06-30T15:30:00Z"
    assert "planning" not in release
    assert "tender" not in release
    unknown = ocds.release(TWO, PUBLISHING, DAY)["contracts"][0]
    assert {"value", "items", "implementation", "description"}.isdisjoint(unknown)
    assert unknown["status"] == "pending"
    assert "endDate" not in unknown["period"]


def test_a_release_has_a_new_id_exactly_when_it_says_something_new():
    first = ocds.release(ONE, PUBLISHING, DAY)
    again = ocds.release(dataclasses.replace(ONE, changed=WHEN + dt.timedelta(days=1)), PUBLISHING, DAY)
    more = ocds.release(dataclasses.replace(ONE, paid=ONE.paid[:1]), PUBLISHING, DAY)
    ended = ocds.release(ONE, PUBLISHING, dt.date(2027, 1, 1))
    assert first["id"] == again["id"]
    assert len({first["id"], more["id"], ended["id"]}) == 3
    assert first["ocid"] == more["ocid"] == ended["ocid"]


@settings(max_examples=30)
@given(numbers=st.lists(st.text(min_size=1, max_size=20), min_size=2, max_size=2, unique=True))
def test_identifiers_of_two_contracts_or_organisations_are_never_the_same(numbers):
    one, two = (PUBLISHING.ocid(number) for number in numbers)
    assert one != two
    assert unquote(one.removeprefix("ocds-abc123-")) == numbers[0]
    assert PUBLISHING.party(numbers[0])["id"] != PUBLISHING.party(numbers[1])["id"]


@pytest.mark.parametrize(
    ("states", "status"),
    [
        ((), "identification"),
        (("proposed", "verified"), "preparation"),
        (("contracted", "in service"), "implementation"),
        (("in service", "proposed"), "implementation"),
        (("in service", "suspended", "replaced"), "maintenance"),
        (("ended", "replaced"), "decommissioned"),
    ],
)
def test_a_project_stands_where_its_points_stand(states, status):
    assert oc4ids.status(states) == status


def test_a_project_holds_the_villages_plan_and_its_contracts():
    package = oc4ids.package(VILLAGES, {ONE.number: ONE}, PUBLISHING, DAY)
    first, second = package["projects"]  # nothing is done for the third
    assert first["id"] == "oc4ids-abc123-99.01.01.2001"
    assert first["budget"]["amount"] == {"amount": 6_000_000, "currency": "IDR"}
    assert first["locations"][0]["geometry"]["coordinates"] == [116.5, -0.25]
    assert first["contractingProcesses"][0]["id"] == PUBLISHING.ocid(ONE.number)
    assert first["period"] == {"endDate": "2026-12-31T23:59:59+08:00"}
    assert second["status"] == "identification"
    assert "contractingProcesses" not in second
    assert oc4ids.package(VILLAGES[2:], {}, PUBLISHING, DAY) is None
    assert ocds.package([], PUBLISHING, DAY) is None


def test_our_own_reader_takes_the_network_as_it_was_written(tmp_path):
    path = tmp_path / "ofds.json"
    path.write_text(told(ofds.package(works(), [ONE], PUBLISHING)), encoding="utf-8")
    assert read_ofds.recognises(path, path.name)
    understood = read_ofds.read(Source("ofds.json", path, "2026-07-01"), None)
    links = understood.tables["links"]
    assert sorted(links["kind"]) == ["fibre", "microwave"]
    assert set(links["status"]) == {"planned"}
    assert links.geometry.iloc[0].coords[0] == (116.5, -0.25)


def test_what_was_given_in_confidence_has_no_place_in_the_network():
    rows = works()
    rows[0].update(id=f"cable {HELD} fibre:123456,654321 - place:kantor", a=f"{HELD} fibre:123456,654321")
    rows[1]["a"] = f"tower:{HELD} 1.4"
    package = ofds.package(rows, [], PUBLISHING)
    text = told(package)
    for secret in ("116.4,", "116.4\n", "116.5\n", "116.5,", "-0.2\n", "-0.25", "123456", "654321"):
        assert secret not in text
    faults, checks, _ = checked_ofds(package)
    assert faults == []
    assert checks == []


def standing():
    sites = gpd.GeoDataFrame(
        {"id": ["1.4", "p1", "x"], "name": ["Menara Satu", "", "Rahasia"],
         "kind": ["tower", "point of presence", "tower"],
         "operator": ["PT Satu (contoh)", "", "PT Rahasia"], "source": ["a.csv", "a.csv", HELD]},
        geometry=gpd.points_from_xy([116.5, 116.6, 116.77777], [-0.25, -0.3, -0.44444]), crs=4326,
    )  # fmt: skip
    links = gpd.GeoDataFrame(
        {"id": ["k1", "k2", "k3"], "kind": ["fibre", "satellite", "fibre"], "operator": ["PT Dua (contoh)", "", ""],
         "status": ["operational", "operational", "planned"], "capacity_mbps": [10_000.0, 5.0, None],
         "source": ["a.csv", "a.csv", HELD]},
        geometry=[shapely.LineString([(116.6001, -0.3001), (116.4, -0.2)]), shapely.LineString([(0, 0), (1, 1)]),
                  shapely.LineString([(116.88888, -0.3), (116.9, -0.2)])], crs=4326,
    )  # fmt: skip
    return existing(open_tables({"sites": sites, "links": links}), PUBLISHING)


def test_the_network_that_stands_is_in_it_without_what_was_given_in_confidence():
    package = ofds.package(works(), [ONE], PUBLISHING, standing())
    faults, _, strange = checked_ofds(package)
    assert (faults, strange) == ([], {})
    [network] = package["networks"]
    nodes = {node["id"]: node for node in network["nodes"]}
    assert len(nodes) == len(network["nodes"])
    # A tower that the plan hangs on is there once, with what is known of it.
    assert (nodes["tower:1.4"]["name"], nodes["tower:1.4"]["status"]) == ("Menara Satu", "operational")
    spans = {span["id"]: span for span in network["spans"]}
    assert spans["link:k1"]["start"] == "presence:p1"
    assert "end" not in spans["link:k1"]
    assert spans["link:k1"]["capacity"] == 10.0
    assert "link:k2" not in spans
    text = told(package)
    for secret in ("Rahasia", "116.77777", "0.44444", "116.88888", HELD):
        assert secret not in text
    assert checked_ofds(ofds.package([], [], PUBLISHING, standing()))[0] == []


def test_every_organisation_that_is_referred_to_is_among_the_parties():
    def ids(thing, keys):
        for key, found in thing.items() if isinstance(thing, dict) else enumerate(thing):
            if key in keys:
                yield from ([found] if isinstance(found, dict) else found)
            elif isinstance(found, dict | list):
                yield from ids(found, keys)

    roles = ("buyer", "suppliers", "payer", "payee", "publicAuthority")
    packages = ocds.package([ONE, TWO], PUBLISHING, DAY)["releases"]
    for said in (*packages, *oc4ids.package(VILLAGES, {ONE.number: ONE}, PUBLISHING, DAY)["projects"]):
        assert {one["id"] for one in ids(said, roles)} <= {party["id"] for party in said["parties"]}


def test_a_made_up_region_says_so_in_every_title():
    for package, rows in (
        (ocds.package([ONE], PUBLISHING, DAY)["releases"], "contracts"),
        (oc4ids.package(VILLAGES, {}, PUBLISHING, DAY)["projects"], None),
    ):
        for row in package:
            assert all(thing["title"].endswith("(rekaan)") for thing in (row[rows] if rows else [row]))
    assert ofds.package(works(), [], PUBLISHING)["networks"][0]["name"].endswith("(rekaan)")


@pytest.mark.parametrize(
    "wrong",
    ['ocid_prefix = "ocds-ABC"', 'project_prefix = "x"', 'organisations = {"PT Satu" = "12345"}'],
)
def test_identifiers_that_no_register_gives_are_refused(wrong):
    from merata.errors import SettingsError

    with pytest.raises(SettingsError, match="standards"):
        parse_settings(f"[standards]\n{wrong}\n")


FILES = {
    "contracts": "contract,provider,availability,down_mbps,monthly_idr,from,until\n"
    "027/SPK,PT Satu (contoh),0.975,20,1500000,2025-12-31T16:00Z,2026-12-31T16:00Z\nK-2,,,,,,\n",
    "points": "point,contract,monthly_idr,until\nT-1,027/SPK,,\nT-2,027/SPK,2000000,\nT-3,027/SPK,,2026-01-31T16:00Z\n",
    "probes": "probe,point,from\n",
}


def test_a_folders_contracts_are_written_by_the_command(tmp_path, schemas):
    region, out = tmp_path / "region", tmp_path / "out"
    (region / "measurements").mkdir(parents=True)
    (region / "region.toml").write_text('[region]\nname = "Contoh"\ncode = "99.01"\n')
    said = merata("standards", region, "--out", out, code=5).stderr
    assert "contracts.csv" in said
    assert not out.exists()
    for name, text in FILES.items():
        (region / "measurements" / f"{name}.csv").write_text(text)
    merata("standards", region, "--out", out, "--day", "2026-07-01")
    package = json.loads((out / "ocds.json").read_text())
    assert set(faults_of(checked_ocds(package, schemas))) == {"conformance_errors"}
    contract = package["releases"][0]["contracts"][0]
    assert contract["value"]["amount"] == 12 * (1_500_000 + 2_000_000)  # the third point had ended by then
    assert contract["period"]["endDate"] == "2026-12-31T23:59:59+08:00"
    assert contract["description"] == "Dijanjikan: unduh 20 Mbit/s, tersedia 97,5% dari waktu."
    first = (out / "ocds.json").read_bytes()
    merata("standards", region, "--out", out, "--day", "2026-07-01")
    assert (out / "ocds.json").read_bytes() == first
    assert "2026-13-01" in merata("standards", region, "--day", "2026-13-01", code=2).stderr


def test_a_runs_plan_is_projects_and_a_network(schemas):
    found = results(25)
    villages = list(standard_rows.villages(found.access, found.plan))
    package = oc4ids.package(villages, {}, PUBLISHING, DAY)
    assert set(faults_of(checked_oc4ids(package, schemas))) == {"additional_open_codelist_values"}
    spent = sum(project["budget"]["amount"]["amount"] for project in package["projects"])
    planned = found.plan.villages[found.plan.villages["year"].notna()]
    assert spent == planned["capex_idr"].sum() > 0
    network = ofds.package(standard_rows.works(found.plan), [], PUBLISHING)
    assert checked_ofds(network)[0] == []
    assert len(network["networks"][0]["spans"]) == found.plan.works["kind"].isin(["fibre", "microwave"]).sum()
