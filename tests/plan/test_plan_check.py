"""A plan is checked from the region alone: a sound one passes, and every kind of damage to it is found."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from check_cases import FUNDS, PLAN, RULES, case, changed, config, searched, without

from merata.plan.check_facts import facts
from merata.plan.result import Plan

V1, V2 = "99.01.01.2001", "99.01.01.2002"
CABLE = "cable place:f0-1 - presence:pop"
CELL = "cell:new tower:s0"

Damage = tuple[str, Callable[[Plan], pd.DataFrame], str]


@pytest.mark.slow
def test_a_sound_plan_has_nothing_wrong_with_it() -> None:
    assert case().told() == []


@pytest.mark.parametrize(
    "rules",
    [
        RULES,
        pytest.param(
            "[plan.fair]\ncount = 'people'\nworst_first = 1\norder = ['school']", marks=pytest.mark.slow
        ),
    ],
)
def test_what_the_search_finds_has_nothing_wrong_with_it(rules: str) -> None:
    assert searched(rules).told() == []


def test_the_plan_has_all_that_is_to_be_damaged() -> None:
    """What the tests below rest on: stop-gaps, a terminal that goes on, cable, a cell, carried money, shared bills."""
    plan = case().plan
    assert plan.points["until"].notna().sum() >= 2
    assert {"geo", "cell", "fibre", "leo"} <= set(plan.points["option"])
    assert {"fibre", "cell", "new tower"} <= set(plan.works["kind"])
    assert (plan.payments["year"] > plan.payments["money_of"]).any()
    assert set(plan.payments["fund"]) == {"Province", "Subscriptions", "Works", "Schools"}
    taken = plan.payments.query("id == 's1' and cost == 'capital'")["amount_idr"].sum()
    assert 0 < taken < int(plan.points.query("place == 's1'")["capex_idr"].iloc[0])


def more(value: float) -> float:
    return value + 1


def points(column: str, value: object, told: str, **where: object) -> Damage:
    return "points", lambda plan: changed(plan.points, column, value, **where), told


def works(column: str, value: object, told: str, **where: object) -> Damage:
    return "works", lambda plan: changed(plan.works, column, value, **where), told


def pays(column: str, value: object, told: str, **where: object) -> Damage:
    return "payments", lambda plan: changed(plan.payments, column, value, **where), told


def sums(table: str, column: str, value: object, told: str, **where: object) -> Damage:
    return table, lambda plan: changed(getattr(plan, table), column, value, **where), told


def twice(table: str, told: str, **where: object) -> Damage:
    def damaged(plan: Plan) -> pd.DataFrame:
        rows = getattr(plan, table)
        mine = np.logical_and.reduce([rows[name] == value for name, value in where.items()])
        return pd.concat([rows, rows[mine]], ignore_index=True)

    return table, damaged, told


def lacks(table: str, told: str, **where: object) -> Damage:
    return table, lambda plan: without(getattr(plan, table), **where), told


FIRST = {"place": "f0-0", "option": "leo"}
LAST = {"place": "f0-0", "option": "fibre"}
POINTS = [
    points("place", "nobody", "can't be built there", **FIRST),
    points("option", "leo_solar", "leo_solar .* can't be built there", **FIRST),
    points("node", "place:f0-1", "can't be built there", **LAST),
    points("node", CELL, "can't be built there", **LAST),
    points("year", 2024, "can't be built there", **FIRST),
    points("until", 2031, "can't be built there", **FIRST),
    points("village_code", V2, "village_code is", **FIRST),
    points("kind", "school", "kind is", **FIRST),
    points("level", "good", "level is good, but working", **FIRST),
    points("level", "basic", "does not reach the promise", **FIRST),
    points("chance", 0.5, "chance is 0.5, but 1", **FIRST),
    points("people", 7.0, "people is 7", **FIRST),
    points("people", more, "people is", place="s0", option="cell"),
    points("price_known_by", "measured", "its prices are", **FIRST),
    points("reason_en", "", "leo without a reason", **FIRST),
    points("reason_id", pd.NA, "leo without a reason", **FIRST),
    points("fund", "Schools", "named is the fund Schools", **FIRST),
    points("fund", pd.NA, "named is the fund -", **FIRST),
    points("fund", "Works", "named is the fund Works, but none", place="s0", option="cell"),
    *(
        points(f"{part}{end}_idr{per}", more, f"{part}{end}_idr.* comes to", **FIRST)
        for part, per in (("capex", ""), ("opex", "_per_year"))
        for end in ("", "_low", "_high")
    ),
    points("until", pd.NA, "starts while leo serves", **FIRST),
    points("year", 2027, "is without service before it", **LAST),
    points("year", 2026, "before the village office", place="f2-0"),
    points("year", 2025, "not joined to the world in 2025", **LAST),
    lacks("points", "ends, and nothing follows", **LAST),
    lacks("points", "before the village office", place="f1-0"),
    twice("points", "starts while fibre serves", **LAST),
    lacks("points", "the objective is", place="f2-1"),
    points("year", 2025, "3 villages start, more than 2", village_code=V2),
]
WORKS = [
    works("id", "castle", "castle: no such works", id=CABLE),
    works("year", 2024, "no such works can be built", id=CABLE),
    works("kind", "microwave", "kind is microwave, but fibre", id=CABLE),
    works("a", "place:f0-0", "a is place:f0-0, but place:f0-1", id=CABLE),
    works("b", "place:f0-0", "b is place:f0-0", id=CABLE),
    works("village_code", V2, "village_code is", id=CELL),
    works("length_km", more, "length_km is", id=CABLE),
    works("known_by", "measured", "known_by is measured", id=CABLE),
    works("detail_en", "gold", "detail_en is gold", id=CABLE),
    *(works(name, lambda x: x + 1e-4, "stands at", id=CABLE) for name in ("lon", "lat", "to_lon", "to_lat")),
    works("lon", lambda x: x + 1e-4, "stands at", id=CELL),
    *(
        works(f"{part}{end}_idr{per}", more, f"{part}{end}_idr.* comes to", id=CELL)
        for part, per in (("capex", ""), ("opex", "_per_year"))
        for end in ("", "_low", "_high")
    ),
    works("fund", "Schools", "named is the fund Schools", id=CABLE),
    works("serves", more, "3 places are said to be served", id="place:f0-0"),
    works("year", 2027, "place:f0-0 is not joined to the world in 2026", id="place:f0-1"),
    works("year", 2027, "not joined to the world in 2026", id=CABLE),
    works("year", 2025, "before its end", id=CABLE),
    works("year", 2025, "have to be paid before the plan begins", id="new tower:s0"),
    lacks("works", "not joined to the world", id=CABLE),
    lacks("works", "not joined to the world", id="place:f0-1"),
    lacks("works", "not joined to the world", id=CELL),
    twice("works", "is built 2 times", id=CABLE),
]
OWN = {"id": "f0-0", "option": "fibre", "cost": "running", "year": 2027}
TAKEN = {"id": "s1", "cost": "capital"}
PAYMENTS = [
    pays("amount_idr", more, "f0-0, fibre, running, 2027: Rp .* are paid of", **OWN),
    pays("amount_idr", 0, "is no payment", **OWN),
    pays("amount_idr", lambda x: -x, "is no payment", **OWN),
    pays("amount_idr", 18_900_000, "0 offers take over what is left of geo, not 1", **TAKEN),
    lacks("payments", "f0-0, fibre, running, 2027: Rp 0 are paid", **OWN),
    lacks("payments", f"{CELL}, cell, running, 2026: Rp 0", id=CELL, year=2026),
    twice("payments", "f0-0, fibre, running, 2027: Rp", **OWN),
    pays("id", "nobody", "nobody, fibre, running, 2027: .* are paid of Rp 0", **OWN),
    pays("option", "leo", "f0-0, leo, running, 2027: .* are paid of Rp 0", **OWN),
    pays("what", "works", "f0-0, fibre, running, 2027: .* are paid of Rp 0", **OWN),
    pays("cost", "capital", "f0-0, fibre, capital, 2027: .* are paid of Rp 0", **OWN),
    pays("year", 2026, "f0-0, fibre, running, 2027: Rp 0", **OWN),
    pays("year", 2040, "not a planned year", **OWN),
    pays("fund", "Nobody", "Nobody is no fund", **OWN),
    pays("money_of", 2025, "money of 2025 is spent in 2027", **OWN),
    pays("money_of", 2027, "money of 2027 is spent in 2026", id=CABLE),
    pays("fund", "Works", "Works may not pay for it", id="f1-0"),
    pays("fund", "Subscriptions", "Subscriptions may not pay for it", id="f0-0", cost="capital"),
    pays("fund", "Subscriptions", "Subscriptions may not pay for it", id="f3-0", cost="running"),
    pays("fund", "Schools", "Schools may not pay for it", id=CABLE),
    pays(
        "fund", "Schools", "Schools, 2026: pays Rp .* above its ceiling", id="s1", cost="running", year=2026
    ),
    pays("fund", "Subscriptions", "Subscriptions, 2025: Rp .* are spent of Rp 60,000,000", year=2025),
    pays("fund", "Schools", "f3-0, fibre, capital, 2026: Schools may not pay", id="f3-0", cost="capital"),
]
SUMS = [
    lacks("villages", "not every village", code=V1),
    twice("villages", "not every village", code=V1),
    sums("villages", "code", "99.99.99.9999", "not every village", code=V1),
    sums("villages", "year", 2026, "its year, option or fund", code=V1),
    sums("villages", "year", 2026, "its year, option or fund", code="99.01.01.2005"),
    sums("villages", "option", "cell", "its year, option or fund", code=V1),
    sums("villages", "fund", "Works", "its year, option or fund", code=V1),
    sums("villages", "capex_idr", more, "capex_idr of the villages adds up to", code=V1),
    sums("villages", "opex_idr_per_year", more, "opex_idr_per_year of the villages adds up", code=V1),
    sums("villages", "access_then", "basic", "its office then has good", code=V1),
    sums("villages", "people_served", more, "people_served is", code=V1),
    sums("villages", "chance_served", 0.5, "chance_served is 0.5", code=V1),
    sums("villages", "chance_served", 1.5, "chance_served is 1.5", code=V1),
    sums("villages", "reason_en", "", "without a reason", code=V1),
    sums("villages", "reason_id", pd.NA, "without a reason", code="99.01.01.2005"),
    lacks("years", "each planned year once", year=2026),
    *(
        sums("years", name, more, f"2026: {name} is", year=2026)
        for name in (
            "budget_idr",
            "capex_idr",
            "opex_idr",
            "people_served",
            "villages_served",
            "points_built",
        )
    ),
    sums("years", "budget_chance", 1.5, "is no chance", year=2026),
    sums("years", "people_low", 1e9, "people from", year=2026),
    lacks("fund_years", "not every fund and year", fund="Works", year=2026),
    *(
        sums("fund_years", name, more, f"Works, 2026: {name} is", fund="Works", year=2026)
        for name in ("budget_idr", "spent_idr", "kept_idr")
    ),
    lacks("districts", "not every year and district", year=2026, district="East"),
    *(
        sums("districts", name, lambda x: x / 2, f"East, 2026: {name} is", year=2026, district="East")
        for name in ("in_need", "in_reach", "served", "share")
    ),
    lacks("fairness", "does not have a row", year=2026),
    *(
        sums("fairness", name, lambda x: x + 0.01, f"fairness, 2026: {name} is", year=2026)
        for name in ("share", "lowest", "highest", "spread")
    ),
    *(
        sums("fairness", name, lambda x: x + 0.01, f"fairness, 2026: {name} is .* over the people", year=2026)
        for name in ("gini", "theil", "worst_tenth", "mean")
    ),
]


@pytest.mark.parametrize(("table", "damage", "told"), [*POINTS, *WORKS, *PAYMENTS, *SUMS])
@pytest.mark.slow
def test_every_damage_to_a_table_is_found(
    table: str, damage: Callable[[Plan], pd.DataFrame], told: str
) -> None:
    found = case().told(**{table: damage(case().plan)})
    assert [text for text in found if pd.Series([text]).str.contains(told, regex=True).any()], found


def test_parts_of_shared_works_go_to_those_who_share_them() -> None:
    """Money moved from one village to another: the total is right, the parts are not."""
    villages = case().plan.villages
    moved = changed(villages, "capex_idr", lambda x: x - 1_000_000, code=V1)
    moved = changed(moved, "capex_idr", lambda x: x + 1_000_000, code=V2)
    found = case().told(villages=moved)
    assert len(found) == 2
    assert all("its part" in text for text in found)


def test_figures_of_the_whole_plan() -> None:
    plan = case().plan
    assert any("the objective is" in text for text in case().told(objective=plan.objective + 0.01))
    assert any("is below the objective" in text for text in case().told(bound=plan.objective - 0.1))
    assert any("the gap is" in text for text in case().told(gap=plan.gap + 0.01))
    assert any("the gap is" in text for text in case().told(gap=float("nan")))


def decide(decision: str, more: str) -> str:
    return f'[[plan.decide]]\ndecision = "{decision}"\nreason = "so"\n{more}\n'


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        ("[plan.fair]\nfloor = { 2025 = 0.6 }", "less than the floor of 2"),
        ("[plan.fair]\nfloor = { 2025 = 0.9 }\ncount = 'people'", "West: 2400 people by 2025, less than"),
        ("[plan.fair]\neach_year = 2", "2 are due each year"),
        ("[plan.fair]\nlongest_wait_years = 0", "waits beyond 2025"),
        (decide("forbid", 'option = "geo"'), "s0: geo serves from 2025"),
        (decide("forbid", f'village = "{V2}"'), "f1-0: leo serves from 2026"),
        (decide("forbid", f'site = "{CABLE}"'), "in service from 2026"),
        (decide("postpone", 'place = "f2-1"\nyear = 2026'), "f2-1: fibre serves from 2025"),
        (decide("postpone", f'site = "{CABLE}"\nyear = 2027'), "in service from 2026"),
        (decide("force", f'village = "{V2}"\nyear = 2025'), "f1-0 is not served so by 2025"),
        (decide("force", 'place = "f1-0"\noption = "fibre"'), "f1-0 is not served so by 2027"),
        (decide("force", 'site = "cell:new tower:s1"'), "not in service by 2027"),
        (decide("promised", f'site = "{CABLE}"\nyear = 2025'), "not in service by 2025"),
        (decide("fix", f'site = "{CABLE}"\nyear = 2027'), "in service from 2026, before 2027"),
        (decide("fix", f'village = "{V1}"\nyear = 2026'), "f0-0: leo serves from 2025"),
        (decide("fix", 'place = "f1-0"\nyear = 2026\nfund = "Schools"'), "Province may not pay for it"),
        (decide("promised", f'site = "{CELL}"\nyear = 2026\npaid = true'), "capex_idr is 262500000, but comes to 0"),
        (
            decide("promised", 'place = "f1-0"\noption = "leo"\nyear = 2026\npaid = true'),
            "f1-0, leo, capital, 2026: Rp .* of Rp 0",
        ),
    ],
)  # fmt: skip
@pytest.mark.slow
def test_rules_that_the_plan_does_not_keep_are_named(rules: str, told: str) -> None:
    found = case().under(config(rules=rules))
    assert [text for text in found if pd.Series([text]).str.contains(told, regex=True).any()], found


def test_rules_that_it_keeps_are_not() -> None:
    kept = "[plan.fair]\nfloor = { 2026 = 1.0 }\neach_year = 1\nworst_first = 2\nspread = 0.0\nlongest_wait_years = 1"
    assert case().under(config(rules=kept)) == []


def test_a_district_that_falls_behind_is_named() -> None:
    """The office of the fourth village taken away: the east has one of two."""
    plan = case().plan
    rules = "[plan.fair]\nworst_first = 2\nspread = 0.2"
    found = case().under(config(rules=rules), points=without(plan.points, place="f3-0"))
    assert any("further apart than 20.0%" in text for text in found)
    # Behind by half a village of four is not behind by a whole one; by a village and more it is.
    assert not any("behind its part" in text for text in found)
    gone = plan.points[~plan.points["village_code"].isin(["99.01.01.2003", "99.01.01.2004"])]
    assert any(
        "East: 0 villages by 2026, behind" in t for t in case().under(config(rules=rules), points=gone)
    )


@pytest.mark.parametrize(
    ("other", "told"),
    [
        ({"funds": FUNDS.replace("carry_years = 1", "")}, "money of 2026 is spent in 2027"),
        ({"funds": FUNDS.replace("ceiling = 0.4", "ceiling = 0.1")}, "Schools, 2025: pays .* above its ceiling"),
        ({"funds": FUNDS.replace('["West"]', '["East"]')}, "Subscriptions may not pay for it"),
        ({"funds": FUNDS.replace('"fibre", ', "")}, "Works may not pay for it"),
        ({"funds": FUNDS.replace('pays = ["running"]', 'pays = ["capital"]')}, "Subscriptions may not pay for it"),
        ({"funds": FUNDS.replace("2025 = 900_000_000", "2025 = 1_000_000")}, "Province, 2025: Rp .* are spent of"),
        ({"plan": PLAN.replace('"new tower" = 1', '"new tower" = 0')}, "new tower, capital, 2026: Rp 0 are paid"),
        ({"plan": PLAN.replace('"new tower" = 1', '"new tower" = 1, cell = 2')}, "paid before the plan begins"),
        ({"plan": PLAN.replace("price_growth = 0.05", "price_growth = 0.04")}, "comes to"),
        ({"plan": PLAN.replace("villages_per_year = 2", "villages_per_year = 1")}, "2 villages start, more than 1"),
        ({"plan": PLAN + "early_discount = 0.2"}, "the objective is"),
        ({"plan": PLAN + "school_weight = 3"}, "the objective is"),
    ],
)  # fmt: skip
@pytest.mark.slow
def test_a_plan_made_under_other_settings_is_found_out(other: dict[str, str], told: str) -> None:
    found = case().under(config(**other))
    assert [text for text in found if pd.Series([text]).str.contains(told, regex=True).any()], found


def test_what_the_network_can_t_carry_is_found() -> None:
    """Four fibre places hang 10 Mbit/s each on two ways out, the cell 33 more."""
    links, nodes = case().supply.links, case().supply.nodes
    assert case().over(links=changed(links, "mbps", 43.0, link=CABLE)) == []
    told = case().over(links=changed(links, "mbps", 42.0, link=CABLE))
    assert any("carries 72 of the 73 Mbit/s" in text for text in told), told
    told = case().over(nodes=changed(nodes, "mbps", 70.0, node="presence:pop"))
    assert any("carries 70 of the 73 Mbit/s" in text for text in told), told
    told = case().over(nodes=changed(nodes, "root", False, node="presence:pop"))
    assert any("not joined to the world" in text for text in told)


def test_a_terminal_that_is_left_over_goes_on_once() -> None:
    """One is left over in 2026 and is taken over then: who starts in 2027 pays for one of its own."""
    plan, known = case().plan, facts(case().plan, *case()[:3], case().supply)
    later = plan.points
    for column, value in (("option", "leo"), ("node", pd.NA), ("year", 2027)):
        later = changed(later, column, value, place="f2-1")
    offer = known.offer["f2-1", "leo", ""]
    whole = known.cost(offer["items"], "capital", 2)
    of_it = plan.payments.query("id == 'f1-0' and cost == 'capital'").iloc[:1]
    own = of_it.assign(id="f2-1", year=2027, money_of=2027, amount_idr=whole)
    cheaper = own.assign(amount_idr=whole - known.cost(offer["reuse_items"], "capital", 0))

    def told(payment: pd.DataFrame) -> list[str]:
        found = case().told(points=later, payments=pd.concat([plan.payments, payment], ignore_index=True))
        return [text for text in found if "what is left of leo" in text]

    assert told(own) == []
    assert told(cheaper) == ["2027: 1 offers take over what is left of leo, not 0"]


def test_a_fund_of_the_table_keeps_nothing_for_later_years() -> None:
    """Years of carrying are a term of region.toml: a fund that only the table of budgets knows has none."""
    others = FUNDS[FUNDS.index('[[funds]]\nname = "Subscriptions"') :]
    table = pd.DataFrame(
        {
            "fund": "Province", "year": [2025, 2026, 2027], "known_by": "reported",
            "granted_idr": [900_000_000, 300_000_000, 300_000_000],
        }
    )  # fmt: skip
    here = case()._replace(tables={**case().tables, "budgets": table})
    assert "Province: money of 2026 is spent in 2027" in here.under(config(rules="", funds=others))


def test_who_waits_is_told_beside_one_that_nothing_reaches() -> None:
    """Without an offer for the office of the first village, the others may wait no longer than before."""
    offers, places = case().supply.offers, case().supply.places
    here = case()._replace(config=config(rules="[plan.fair]\nlongest_wait_years = 0"))
    of = offers["place_no"].map(places["place"])
    told = [text for text in here.over(offers=offers[of != "f0-0"]) if "waits beyond" in text]
    assert told == [f"{V2}: waits beyond 2025", "99.01.01.2004: waits beyond 2025"]


def test_what_only_cable_reaches_is_reached_as_early_as_cable_can_be() -> None:
    offers, places = case().supply.offers, case().supply.places
    here = case()._replace(config=config(rules="[plan.fair]\nlongest_wait_years = 0"))
    of = offers["place_no"].map(places["place"])
    told = here.over(offers=offers[(of != "f3-0") | (offers["option"] == "fibre")])
    assert "99.01.01.2004: waits beyond 2025" in told


def test_an_empty_plan_is_sound_but_for_the_rules() -> None:
    plan = case().plan
    before = plan.fairness.assign(share=0.0, lowest=0.0, highest=0.0, spread=0.0)
    for name in ("gini", "theil", "worst_tenth", "mean"):
        before[name] = before[name].iloc[0]
    nothing = {
        "points": plan.points.iloc[:0], "works": plan.works.iloc[:0], "payments": plan.payments.iloc[:0],
        "villages": plan.villages.assign(
            year=pd.NA, option=pd.NA, fund=pd.NA, capex_idr=0, opex_idr_per_year=0, people_served=0.0,
            chance_served=0.0, access_then=["none", "none", "basic", "none", "working"],
        ),
        "years": plan.years.assign(
            capex_idr=0, opex_idr=0, people_served=0.0, villages_served=0, points_built=0, people_low=0.0,
            people_high=0.0,
        ),
        "fund_years": plan.fund_years.assign(spent_idr=0, kept_idr=0),
        "districts": plan.districts.assign(served=0.0, share=0.0),
        "fairness": before,
        "objective": 0.0, "gap": 1.0,
    }  # fmt: skip
    assert case().under(config(rules=""), **nothing) == []
    found = case().told(**nothing)
    assert any("less than the floor" in text for text in found)
    assert any("is not served so" in text for text in found)
    assert RULES.count("fix") == sum("(fix " in text for text in found)
