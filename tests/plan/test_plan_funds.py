"""What each fund may pay, as its settings say; what things cost from year to year."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from money_cases import plain_things

from merata.errors import SettingsError
from merata.plan import catalogue
from merata.plan.costs import Items, costs, lead_years, promised_after
from merata.plan.funds import SIGNATURE, Classes, Funds, classes_of, funds_of, said_of, supply_classes
from merata.plan.technology import Bill
from merata.region.prices import COMPONENTS
from merata.region.settings import Settings, parse_settings

VILLAGES = pd.DataFrame(
    {
        "code": ["64.02.01.2001", "64.02.01.2002", "64.02.02.2001", "64.02.10.2001"],
        "district": ["Muara Jaya", "Muara Jaya", "Hulu", "Pesisir"],
    }
)
YEARS = "years = { 2025 = 100 }"


def funds(text: str) -> Funds:
    settings = parse_settings(text)
    return funds_of(catalogue.budgets(None, settings), settings, VILLAGES)


def signatures(*rows: tuple[str, ...]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(SIGNATURE))


def shares(of: Funds, *rows: tuple[str, ...]) -> list[list[float]]:
    classes = classes_of(of, signatures(*rows))
    return classes.ceiling[classes.of].tolist()


def school(code: str = "64.02.01.2001", cost: str = "capital", option: str = "leo") -> tuple[str, ...]:
    return (cost, code, "", option, "school", "")


def office(code: str = "64.02.01.2001", cost: str = "capital", option: str = "leo") -> tuple[str, ...]:
    return (cost, code, "", option, "village office", "")


def work(kind: str, code: str = "64.02.01.2001", other: str = "", cost: str = "capital") -> tuple[str, ...]:
    return (cost, code, other, "", "", kind)


def test_a_fund_pays_for_anything_unless_told_otherwise():
    of = funds(f'[[funds]]\nname = "A"\n{YEARS}')
    assert of.carry.tolist() == [0]
    assert of.money.tolist() == [[100] * 6]
    classes = classes_of(
        of, signatures(school(), office("", "running"), work("new tower"), work("fibre", ""))
    )
    assert classes.of.tolist() == [0, 0, 0, 0]
    assert classes.ceiling.tolist() == [[1.0]]


def test_terms_of_a_fund_become_classes():
    of = funds(
        f"""
        [[funds]]
        name = "Village"
        pays = ["running"]
        villages = ["Muara jaya", "64.02.02"]
        carry_years = 1
        {YEARS}
        [[funds]]
        name = "Province"
        ceiling = 0.5
        {YEARS}
        """
    )
    assert of.carry.tolist() == [1, 0]
    assert shares(of, school(), school(cost="running")) == [[0, 0.5], [1, 0.5]]
    assert shares(of, school("64.02.02.2001", "running"), school("64.02.10.2001", "running")) == [
        [1, 0.5],
        [0, 0.5],
    ]
    running = {"cost": "running"}
    assert shares(of, work("fibre", "64.02.01.2001", "64.02.02.2001", **running)) == [[1, 0.5]]
    assert shares(of, work("fibre", "64.02.01.2001", "64.02.10.2001", **running)) == [[0, 0.5]]
    assert shares(of, work("fibre", "", **running)) == [[0, 0.5]]


@pytest.mark.parametrize(
    ("kinds", "leo_school", "fibre_school", "leo_office", "tower", "cable"),
    [
        ("", True, True, True, True, True),
        ('"school"', True, True, False, False, False),
        ('"leo"', True, False, True, False, False),
        ('"leo", "school"', True, False, False, False, False),
        ('"new_tower", "School"', True, True, False, True, False),
        ('"new tower"', False, False, False, True, False),
        ('"fibre"', False, True, False, False, True),
    ],
)
def test_kinds_that_a_fund_may_pay(kinds, leo_school, fibre_school, leo_office, tower, cable):
    of = funds(f'[[funds]]\nname = "A"\nkinds = [{kinds}]\n{YEARS}')
    rows = (school(), school(option="fibre"), office(), work("new tower"), work("fibre"))
    assert shares(of, *rows) == [[float(x)] for x in (leo_school, fibre_school, leo_office, tower, cable)]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('villages = ["Muara Jya"]', "did you mean Muara Jaya?"),
        ('villages = ["64.02.01.2009"]', "did you mean 64.02.0"),
        ('villages = ["64.02.1"]', "there is no '64.02.1' here"),
        ('kinds = ["schol"]', "did you mean school?"),
        ('kinds = ["???"]', "there are base_station"),
    ],
)
def test_an_unknown_village_or_kind_is_named(line, said):
    with pytest.raises(SettingsError, match="fund 'A'") as error:
        funds(f'[[funds]]\nname = "A"\n{line}\n{YEARS}')
    assert said in str(error.value)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("ceiling = 1.5", "ceiling"),
        ("carry_years = -1", "carry_years"),
        ('pays = ["everything"]', "pays"),
    ],
)
def test_terms_out_of_range_are_named(line, said):
    with pytest.raises(SettingsError, match=said):
        parse_settings(f'[[funds]]\nname = "A"\n{line}')


@pytest.mark.parametrize("sure", ["0.3", "0.995", "1", "-1"])
def test_how_sure_is_a_chance_that_means_something(sure):
    with pytest.raises(SettingsError, match=r"plan\.sure"):
        parse_settings(f"[plan]\nsure = {sure}")
    assert parse_settings("[plan]\nsure = 0.8").plan.sure == 0.8


@pytest.mark.parametrize("line", ["pays = []", "ceiling = 0", 'kinds = ["market"]', 'villages = ["Pesisir"]'])
def test_a_fund_that_may_pay_nothing_is_told_and_no_crash(line):
    of = funds(f'[[funds]]\nname = "A"\n{line}\n{YEARS}')
    rows = signatures(school(), school(cost="running"), work("new tower"))
    classes = classes_of(of, rows)
    assert classes.unpayable.all()
    said = said_of(of, classes, rows)
    assert said[0].startswith("Fund A: it may pay for nothing that can be built here (")
    assert line.split(" ")[0] in said[0]
    assert "No fund may pay the capital of 1 × new tower: the plan can't use them." in said
    assert "No fund may pay the running cost of 1 × leo: the plan can't use them." in said


def test_no_money_and_nothing_to_build_are_told():
    empty = funds_of(catalogue.budgets(None, Settings()), Settings(), VILLAGES)
    rows = signatures(school())
    assert said_of(empty, classes_of(empty, rows), rows) == [
        f"Fund {catalogue.NO_FUND}: it has no money in any planned year."
    ]
    nothing = signatures()
    classes = classes_of(empty, nothing)
    assert (len(classes.of), classes.ceiling.shape) == (0, (0, 1))
    assert isinstance(classes, Classes)


def test_classes_of_a_supply():
    of = funds(f'[[funds]]\nname = "A"\nvillages = ["64.02.01"]\nkinds = ["fibre"]\n{YEARS}')
    nodes = pd.DataFrame(
        {"node": ["a", "b", "c"], "kind": ["fibre", "new tower", "junction"],
         "village_code": ["64.02.01.2001", "64.02.02.2001", ""]}
    )  # fmt: skip
    links = pd.DataFrame({"a": ["a", "c", "c"], "b": ["b", "c", "a"], "kind": ["fibre"] * 3})
    places = pd.DataFrame({"village_code": ["64.02.01.2002"], "kind": ["school"]})
    offers = pd.DataFrame({"place_no": [0, 0], "option": ["leo", "fibre"]})
    got = supply_classes(of, nodes, links, offers, places)
    pays = got.ceiling[:, 0]
    assert pays[got.node_capital].tolist() == [1, 0, 0]
    # Between two villages, in the open, from the open into the village.
    assert pays[got.link_running].tolist() == [0, 0, 1]
    assert pays[got.offer_capital].tolist() == pays[got.offer_running].tolist() == [0, 1]


PRICES = catalogue.prices(None, Settings())


@given(st.lists(st.dictionaries(st.sampled_from(list(COMPONENTS)), st.floats(0, 50)), max_size=5))
def test_without_growth_costs_are_those_of_a_bill(rows):
    capital, running = costs(Items.of(rows, PRICES), PRICES, 3)
    for n, row in enumerate(rows):
        bill = Bill(PRICES).priced(row)
        assert capital[n].tolist() == [bill["capex_idr"]] * 3
        assert running[n].tolist() == [bill["opex_idr"]] * 3


def test_prices_grow_from_the_second_year_on():
    items = Items.of([{"leo_terminal": 1, "leo_monthly": 1}], PRICES)
    capital, running = costs(items, PRICES, 3, growth=0.1)
    assert capital.tolist() == [[6_000_000, 6_600_000, 7_260_000]]
    assert running.tolist() == [[24_000_000, 26_400_000, 29_040_000]]
    low, _ = costs(items, PRICES, 1, column="low_idr")
    assert low.tolist() == [[5_000_000]]


@pytest.mark.parametrize("number", [-1.0, float("nan"), float("inf")])
def test_an_impossible_number_of_a_component_is_named(number):
    with pytest.raises(ValueError, match="leo_terminal"):
        Items.of([{"leo_terminal": number}], PRICES)


def test_items_of_several_lists():
    first = Items.of([{"leo_terminal": 1}, {}], PRICES)
    joined = Items.joined([first, Items.of([], PRICES), first])
    assert joined.count == 4
    assert joined.thing.tolist() == [0, 2]


def test_what_the_last_contracts_bind_after_the_plan():
    """Three planned years; contracts of three from 2025 (ends with the plan), 2026 (one more) and 2027 (two more)."""
    instance, plan = plain_things(years=3, offers=[(0, 100, 0), (0, 10, 1), (0, 1, 2), (0, 1000, 3)])
    assert promised_after(instance, plan, 3).tolist() == [11, 1]
    assert promised_after(instance, plan, 2).tolist() == [101]
    assert promised_after(instance, plan, 1).tolist() == []
    assert promised_after(instance, plan, 3, growth=1.0).tolist() == [22, 4]


def test_two_funds_of_one_name_are_an_error():
    with pytest.raises(SettingsError, match="'A' stands there twice"):
        funds('[[funds]]\nname = "A"\n[[funds]]\nname = "A"\n')


def test_lead_times_by_kind():
    plan = parse_settings('[plan]\nlead_years = { "new tower" = 2, base_station = 1 }').plan
    assert lead_years(["leo", "new tower", "base_station", "fibre"], plan).tolist() == [0, 2, 1, 0]
    with pytest.raises(SettingsError, match="no option or shared work 'towers'"):
        lead_years([], parse_settings("[plan]\nlead_years = { towers = 2 }").plan)
    with pytest.raises(SettingsError, match="0 to 20 years"):
        parse_settings("[plan]\nlead_years = { towers = -2 }")
