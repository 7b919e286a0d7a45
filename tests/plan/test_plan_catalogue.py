"""Prices and budgets come from where they should, and say so."""

import pandas as pd
import pytest
from factory import settings

from merata.plan import catalogue
from merata.plan.assume import budgets_said, prices_said
from merata.region.prices import COMPONENTS
from merata.region.settings import Settings, parse_settings

DEFAULT = Settings()


def price_list(**row: object) -> pd.DataFrame:
    whole = {"component": "leo_terminal", "item": "Terminal LEO", "low_idr": 4, "high_idr": 6, "unit": "IDR once",
             "basis": "quote", "source": "prices.csv", "source_row": 2, "source_date": "2026-01-01",
             "known_by": "reported"}  # fmt: skip
    return pd.DataFrame([whole | row])


def budget(*rows: dict[str, object]) -> pd.DataFrame:
    columns = ["year", "fund", "granted_idr", "known_by"]
    return pd.DataFrame(list(rows)).reindex(columns=columns)


def test_every_component_has_a_price_and_its_basis() -> None:
    table = catalogue.prices(None, DEFAULT)
    assert list(table.index) == list(COMPONENTS)
    for key, component in COMPONENTS.items():
        row = table.loc[key]
        assert (row["low_idr"], row["high_idr"], row["basis"]) == (
            component.low_idr, component.high_idr, component.basis,
        )  # fmt: skip
        assert row["low_idr"] <= row["used_idr"] <= row["high_idr"]
        assert row["known_by"] == component.known_by


def test_a_price_list_goes_before_the_default_and_region_toml_before_it() -> None:
    listed = catalogue.prices(price_list(), DEFAULT).loc["leo_terminal"]
    assert (listed["low_idr"], listed["used_idr"], listed["high_idr"]) == (4, 5, 6)
    assert "prices.csv" in listed["basis"]
    own = parse_settings("[prices]\nleo_terminal = { low_idr = 1, high_idr = 3 }")
    assert catalogue.prices(price_list(), own).loc["leo_terminal"]["used_idr"] == 2


def test_the_newest_price_list_counts() -> None:
    both = pd.concat([price_list(low_idr=10, high_idr=10, source_date="2026-02-01"), price_list()])
    assert catalogue.prices(both, DEFAULT).loc["leo_terminal"]["used_idr"] == 10


@pytest.mark.parametrize(("where", "used"), [("low", 4), ("middle", 5), ("high", 6)])
def test_the_plan_reckons_where_in_the_range_it_is_told(where: str, used: int) -> None:
    config = parse_settings(f'[plan]\nprice = "{where}"')
    assert catalogue.prices(price_list(), config).loc["leo_terminal"]["used_idr"] == used


def test_odd_rows_of_a_price_list() -> None:
    one = catalogue.prices(price_list(high_idr=None), DEFAULT).loc["leo_terminal"]
    assert (one["low_idr"], one["high_idr"]) == (4, 4)
    turned = catalogue.prices(price_list(low_idr=9, high_idr=6), DEFAULT).loc["leo_terminal"]
    assert (turned["low_idr"], turned["high_idr"]) == (6, 9)
    yearly = price_list(component="leo_monthly", low_idr=24_000_000, high_idr=None, unit="Rp/tahun")
    assert catalogue.prices(yearly, DEFAULT).loc["leo_monthly"]["used_idr"] == 2_000_000


@pytest.mark.parametrize("row", [{"unit": "IDR/month"}, {"low_idr": None, "high_idr": None}])
def test_a_row_that_cannot_be_used_is_told(row: dict[str, object]) -> None:
    prices = catalogue.prices(price_list(**row), DEFAULT)
    assert prices.loc["leo_terminal"]["low_idr"] == COMPONENTS["leo_terminal"].low_idr
    assert "Terminal LEO" in prices.loc["leo_terminal"]["note"]
    said = prices_said(prices, priced=False)
    assert any("Terminal LEO" in sentence for sentence in said)


def test_made_up_prices_stay_made_up() -> None:
    assert (
        catalogue.prices(price_list(known_by="made up"), DEFAULT).loc["leo_terminal"]["known_by"] == "made up"
    )
    own = parse_settings("[region]\nmade_up = true\n[prices]\nleo_monthly = { low_idr = 1, high_idr = 3 }")
    assert catalogue.prices(None, own).loc["leo_monthly"]["known_by"] == "made up"


def amounts(table: pd.DataFrame, fund: str) -> dict[int, tuple[int, str]]:
    rows = table[table["fund"] == fund]
    return {int(r["year"]): (int(r["budget_idr"]), str(r["known_by"])) for _, r in rows.iterrows()}


def test_years_after_the_last_known_one_repeat_it_and_say_assumed() -> None:
    table = budget(
        {"year": 2025, "granted_idr": 100, "known_by": "reported"},
        {"year": 2027, "granted_idr": 50, "known_by": "reported"},
    )
    found = amounts(catalogue.budgets(table, DEFAULT), catalogue.UNNAMED_FUND)
    assert found[2025] == (100, "reported")
    assert found[2026] == (100, "assumed")
    assert found[2027] == (50, "reported")
    assert found[2028] == found[2030] == (50, "assumed")


def test_the_plan_may_end_with_the_money_that_is_known() -> None:
    table = budget({"year": 2026, "granted_idr": 100, "known_by": "reported"})
    config = parse_settings('[plan]\nbudget_after_last = "none"')
    found = amounts(catalogue.budgets(table, config), catalogue.UNNAMED_FUND)
    assert found == {2025: (0, "assumed"), 2026: (100, "reported")}


def test_region_toml_overrides_and_takes_its_share() -> None:
    table = budget({"year": 2025, "fund": "province ", "granted_idr": 101, "known_by": "reported"},
                   {"year": 2026, "fund": "Province", "granted_idr": 99, "known_by": "reported"})  # fmt: skip
    config = parse_settings('[[funds]]\nname = "Province"\nshare = 0.5\nyears = { 2026 = 41 }')
    found = catalogue.budgets(table, config)
    assert found["fund"].unique().tolist() == ["Province"]
    assert amounts(found, "Province")[2025] == (50, "reported")
    assert amounts(found, "Province")[2026] == (20, "reported")


def test_rows_without_a_fund_belong_to_the_only_fund_of_region_toml() -> None:
    table = budget({"year": 2025, "granted_idr": 1000, "known_by": "reported"})
    config = parse_settings('[[funds]]\nname = "Province"\nshare = 0.3')
    assert amounts(catalogue.budgets(table, config), "Province")[2025] == (300, "reported")


@pytest.mark.parametrize("table", [None, budget(), budget({"year": 2025, "granted_idr": None})])
def test_no_budget_at_all_is_zero_and_told(table: pd.DataFrame | None) -> None:
    found = catalogue.budgets(table, DEFAULT)
    assert found["budget_idr"].sum() == 0
    assert found["year"].tolist() == DEFAULT.plan.years
    said = budgets_said(found, DEFAULT)
    assert said[0].startswith("No budget is known")


def test_real_costs_and_budgets(shared_data) -> None:  # type: ignore[no-untyped-def]
    rows = pd.read_csv(shared_data / "programme" / "budget.csv").assign(known_by="reported")
    found = amounts(catalogue.budgets(rows, DEFAULT), catalogue.UNNAMED_FUND)
    assert found[2025] == (12_500_000_000, "reported")
    assert found[2027] == (8_000_000_000, "assumed")


def test_settings_of_the_factory_are_round() -> None:
    """The other tests do their sums with these."""
    prices = catalogue.prices(None, settings())
    assert prices.loc["leo_terminal"]["used_idr"] == 10_000_000
    assert prices.loc["leo_monthly"]["used_idr"] == 1_000_000
