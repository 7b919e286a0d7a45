"""Which service works where: needs against levels, at home and at facilities, now and under a plan."""

import numpy as np
import pandas as pd
import pytest

from merata.access.after import after
from merata.access.services import SERVICES, catalogue, least_level, usable
from merata.region.settings import LevelSettings, ServiceSettings, Settings
from merata.region.tables import LEVELS, SECTOR_OF_FACILITY


def test_the_catalogue_names_each_service_in_both_languages_with_a_source():
    assert len(SERVICES) >= 12
    for service in SERVICES.values():
        assert service.name
        assert service.name_id
        assert service.source
        assert service.sector in SECTOR_OF_FACILITY.values()
    assert {s.sector for s in SERVICES.values()} >= {
        "education",
        "health",
        "public service",
        "small business",
        "creative economy",
    }


def test_every_service_can_be_had_at_some_level():
    assert all(least_level(service, Settings()) in LEVELS[1:] for service in SERVICES.values())


def test_users_at_once_share_the_link():
    def need(users):
        return least_level(ServiceSettings(name="x", down_mbps=1, users_at_once=users), Settings())

    assert [need(n) for n in (1, 2, 10, 11, 50, 51)] == ["basic", "working", "working", "good", "good", None]


def test_each_of_rate_down_rate_up_and_latency_binds():
    slow = Settings(levels={"good": LevelSettings(down_mbps=50, up_mbps=1, latency_ms=600)})
    assert least_level(ServiceSettings(name="x", down_mbps=20, up_mbps=1), slow) == "good"
    assert least_level(ServiceSettings(name="x", down_mbps=20, up_mbps=1.1), slow) is None
    assert least_level(ServiceSettings(name="x", down_mbps=20, latency_ms=500), slow) is None


def test_region_toml_adds_a_service_and_replaces_one():
    mine = ServiceSettings(name="Weather", down_mbps=0.1)
    table = catalogue(Settings(services={"weather": mine, "doctor": mine}))
    assert list(table) == [*SERVICES, "weather"]
    assert table["doctor"] is not SERVICES["doctor"]


@pytest.fixture
def here(land):
    made = land(4)
    made.add("people", [{"village_code": c, "people": 100, "households": 25} for c in made.codes])
    made.add(
        "reports",
        [{"village_code": made.codes[0], "level": "none"}, {"village_code": made.codes[1], "level": "good"}],
    )
    made.add(
        "devices", [{"village_code": made.codes[2], "households_with_smartphone": 3, "shared_devices": 0}]
    )
    made.add("electricity", [{"village_code": made.codes[3], "electricity": "none"}])
    return made


def test_a_service_takes_link_power_and_device(here):
    table = usable(here.assess(), Settings()).set_index("key")
    messages = table.loc["messages"]
    assert (messages["where"], messages["level"]) == ("home", "basic")
    assert (messages["villages_now"], messages["people_now"], messages["people_total"]) == (1, 100, 400)
    assert messages["share_now"] == pytest.approx(0.25)
    office = table.loc["office"]
    assert (office["where"], office["villages_now"]) == ("facility", 1)


@pytest.mark.slow
def test_an_unknown_school_counts_neither_way(here):
    table = usable(here.assess(), Settings()).set_index("key")
    assert table.loc["exam", "villages_total"] == 0
    assert np.isnan(table.loc["exam", "share_now"])
    here.add("facilities", [{"village_code": here.codes[1], "kind": "school"}], [here.place(1)])
    table = usable(here.assess(), Settings()).set_index("key")
    assert (table.loc["exam", "villages_total"], table.loc["exam", "people_total"]) == (1, 100)


def test_what_no_level_carries_is_usable_nowhere(here):
    impossible = Settings(services={"holograms": ServiceSettings(name="Holograms", down_mbps=900)})
    row = usable(here.assess(), impossible).set_index("key").loc["holograms"]
    assert pd.isna(row["level"])
    assert (row["villages_now"], row["people_now"], row["share_now"]) == (0, 0, 0)


def test_then_is_blank_without_a_plan_and_never_less_with_one(here):
    now = here.assess()
    assert usable(now, Settings())[["villages_then", "people_then", "share_then"]].isna().all(axis=None)
    office = now.facilities["id"].iloc[0]
    point = {
        "kind": "village office",
        "option": "leo",
        "year": 2026,
        "until": None,
        "level": "good",
        "chance": 1,
    }
    points = pd.DataFrame([{"village_code": here.codes[0], "place": office, **point}])
    table = usable(now, Settings(), after(now, points))
    assert (table["people_then"] >= table["people_now"]).all()
    rows = table.set_index("key")
    assert rows.loc["office", "villages_then"] == rows.loc["office", "villages_now"] + 1
