"""Other regions' figures help where they are true and harm within bounds where they are not."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from merata.plan import catalogue, evidence
from merata.plan.assume import prices_said
from merata.plan.evidence import BETWEEN_PRICES, COLUMNS, UNSURE, Own
from merata.plan.pooling import MOST, Figure, disagreement, pool
from merata.publish.phrases import in_indonesian
from merata.region.prices import COMPONENTS
from merata.region.settings import Settings, parse_settings

numbers = st.floats(-50, 50)
variances = st.floats(1e-4, 10)
others = st.lists(st.builds(Figure, numbers, variances, st.floats(0.05, 1)), min_size=1, max_size=5)


def told(what="leo_monthly", middle=1_500_000, sites=41, region="Kutai Timur", **more):
    row = {
        "kind": "price", "what": what, "code": "99.01", "region": region, "made_up": False, "sites": sites,
        "mean": math.log(middle), "variance": 0.01 / max(sites, 1), "spread": 0.1, "likeness": 1.0, "age_years": 0.0,
    }  # fmt: skip
    return pd.DataFrame([row | more], columns=list(COLUMNS))


@given(numbers, variances, others, st.floats(0.001, 5))
def test_no_neighbour_moves_a_figure_beyond_the_limit_or_past_its_own_word(mean, variance, said, between):
    found = pool(mean, variance, said, between)
    assert abs(found.mean - mean) <= MOST * math.sqrt(variance) + 1e-9
    means = [one.mean for one in said]
    assert min(mean, *means) - 1e-9 <= found.mean <= max(mean, *means) + 1e-9
    assert 0 <= found.pull <= 1
    assert found.between >= between
    assert found.variance <= variance


def test_without_others_nothing_moves():
    assert pool(3.0, 2.0, [], 1.0).mean == 3.0


@given(
    numbers, variances, st.lists(st.builds(Figure, numbers, variances, st.just(1.0)), min_size=1, max_size=3)
)
def test_inside_the_limit_it_is_the_mean_of_the_joint_normal_model(mean, variance, said):
    """Against the whole model, conditioned by linear algebra: truths of all regions around one unknown centre."""
    between = 0.5
    found = pool(mean, variance, said, between)
    if found.limited:
        return
    tau, flat = found.between, 1e9
    seen = np.array([mean, *(one.mean for one in said)])
    noise = np.diag([variance, *(one.variance for one in said)])
    truths = np.full((len(seen), len(seen)), flat) + tau * np.eye(len(seen))
    wanted = truths[0] @ np.linalg.solve(truths + noise, seen)
    assert found.mean == pytest.approx(wanted, abs=1e-4)


def test_regions_that_disagree_among_each_other_say_less():
    alike = [Figure(1.0, 0.01), Figure(1.1, 0.01)]
    apart = [Figure(-2.0, 0.01), Figure(4.1, 0.01)]
    assert pool(0.0, 1.0, apart, 0.05).pull < pool(0.0, 1.0, alike, 0.05).pull
    assert disagreement(np.array([1.0, 1.0]), np.array([0.1, 0.1])) == 0
    # Two figures far surer than they are apart: half the square of their distance.
    assert disagreement(np.array([0.0, 2.0]), np.array([1e-6, 1e-6])) == pytest.approx(2.0, rel=1e-3)


def made(seed, mislead=0.0):
    """Prices of two regions with a known truth: what three own points and 40 of the neighbour's show."""
    rng = np.random.default_rng(seed)
    centre = rng.normal(math.log(2e6), 0.5)
    truth, theirs = centre + rng.normal(0, math.sqrt(BETWEEN_PRICES), 2)
    own = rng.normal(truth, 0.3, 3)
    seen = rng.normal(theirs + mislead, 0.3, 40)
    return (
        truth,
        own,
        told(middle=math.exp(seen.mean()), variance=seen.var(ddof=1) / 40, spread=seen.std(ddof=1)),
    )


def error(seed, mislead=0.0):
    """Of the logarithm of a price: without the neighbour, with it, and the own standard error."""
    truth, own, rows = made(seed, mislead)
    ends = (math.exp(own.mean() - 0.3 * evidence.TENTH), math.exp(own.mean() + 0.3 * evidence.TENTH))
    alone = Own(round(ends[0]), round(ends[1]), "fees", 3)
    heard = evidence.price(alone, rows)
    middle = (ends[0] + ends[1]) / 2
    return (
        abs(math.log(middle) - truth), abs(math.log((heard.low_idr + heard.high_idr) / 2) - truth),
        math.sqrt(0.3**2 / 3 + UNSURE["fees"] ** 2),
    )  # fmt: skip


def test_on_known_truths_prices_with_a_neighbour_come_nearer_and_a_misleading_one_does_bounded_harm():
    honest = np.array([error(seed) for seed in range(400)])
    rms = np.sqrt((honest[:, :2] ** 2).mean(axis=0))
    assert rms[1] < 0.95 * rms[0]
    for mislead in (-3.0, -1.0, 1.0, 3.0):
        found = np.array([error(seed, mislead) for seed in range(100)])
        # A thousand rupiah of rounding at a price of a million, at most.
        assert (found[:, 1] <= found[:, 0] + MOST * found[:, 2] + 2e-3).all()


def test_evidence_moves_lists_and_defaults_but_not_what_region_toml_says():
    alone, heard = catalogue.prices(None, Settings()), catalogue.prices(None, Settings(), told())
    changed = alone.index[(alone != heard).any(axis=1)]
    assert list(changed) == ["leo_monthly"]
    row = heard.loc["leo_monthly"]
    assert 1_500_000 < row["used_idr"] < alone.loc["leo_monthly", "used_idr"]
    assert row["low_idr"] < row["used_idr"] < row["high_idr"]
    assert (row["known_by"], row["basis"]) == ("modelled", "regency 2026; from Kutai Timur, 41 sites")
    own = parse_settings("[prices]\nleo_monthly = { low_idr = 1, high_idr = 3 }")
    pd.testing.assert_frame_equal(catalogue.prices(None, own, told()), catalogue.prices(None, own))
    assert catalogue.prices(None, Settings(), told(made_up=True)).loc["leo_monthly", "known_by"] == "made up"


def test_own_fees_of_many_points_hardly_move():
    def listed(**more):
        row = {
            "component": "leo_monthly",
            "item": "x",
            "low_idr": 1_800_000,
            "high_idr": 2_200_000,
            "unit": "per month",
        }
        return pd.DataFrame([row | more])

    few = catalogue.prices(listed(), Settings(), told()).loc["leo_monthly", "used_idr"]
    many = catalogue.prices(listed(sites=200), Settings(), told()).loc["leo_monthly", "used_idr"]
    assert 2_000_000 - many < (2_000_000 - few) / 5


def test_a_price_in_confidence_is_marked_where_it_is_named():
    row = {
        "component": "leo_monthly",
        "item": "x",
        "low_idr": 2_000_000,
        "high_idr": 2_000_000,
        "basis": "in confidence",
    }
    found = catalogue.prices(pd.DataFrame([row]), Settings(), told())
    assert "in confidence" in found.loc["leo_monthly", "evidence"]
    assert found.loc["leo_monthly", "basis"].startswith("in confidence")


@pytest.mark.parametrize("component", COMPONENTS)
def test_what_evidence_changed_is_said_in_both_languages(component):
    rows = pd.concat([told(component, 7_777_000), told(component, 8_888_000, region="Paser")])
    found = catalogue.prices(None, Settings(), rows)
    said = prices_said(found, priced=False)
    assert len(said) == 1
    assert "evidence of 82 sites in Kutai Timur, Paser" in said[0]
    assert "82 titik di Kutai Timur, Paser" in (in_indonesian(said[0]) or "")
    lists = prices_said(catalogue.prices(None, Settings(), told(component, 7_777_000, sites=0)), priced=False)
    assert "daftar harga Kutai Timur" in (in_indonesian(lists[0]) or "")


def test_from_whom_a_price_comes_is_said_beside_the_own_source_in_its_own_words():
    said = in_indonesian(
        "penawaran, harga.csv, 2026-01-01; from Kutai Timur, 41 sites; from Paser, price list"
    )
    assert said == "penawaran, harga.csv, 2026-01-01; dari Kutai Timur, 41 titik; dari Paser, daftar harga"
    assert in_indonesian("regency 2026; from Paser, 1 sites") == "kabupaten 2026; dari Paser, 1 titik"


def test_what_outcomes_teach_is_said_in_both_languages():
    rows = pd.concat([
        told("leo", kind="availability", mean=2.0, variance=0.01), told("leo", kind="connect", mean=500.0),
    ])  # fmt: skip
    said = [*evidence.availability_said(rows), *evidence.leads_said(rows, Settings())]
    assert len(said) == 2
    assert all("41 titik di Kutai Timur" in (in_indonesian(text) or "") for text in said)
