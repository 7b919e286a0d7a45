"""Whatever P.1812 reads off a path, read off a whole radial at once, is the same for each of its paths."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from merata.radio import _p1812_profile as profile
from merata.radio import _p1812_terms as terms
from merata.radio import _radial as radial
from merata.radio import _scans as scans
from merata.radio import _survey as survey

RADII = terms.effective_radii(45.0)


@st.composite
def radials(draw: st.DrawFn, most: int = 60) -> survey.Land:
    """Hills, plains, steps and slopes, with and without trees and sea, at every scale of roughness."""
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    count = draw(st.integers(3, most))
    kind = draw(st.sampled_from(["hills", "flat", "noise", "steps", "slope", "valley"]))
    rough = draw(st.sampled_from([0.01, 1.0, 20.0, 200.0]))
    along = np.linspace(0, 1, count)
    h = {
        "hills": lambda: np.cumsum(random.normal(size=count)) * rough,
        "flat": lambda: np.zeros(count),
        "noise": lambda: random.normal(size=count) * rough,
        "steps": lambda: np.round(np.cumsum(random.normal(size=count)) * 2) * rough,
        "slope": lambda: along * random.normal() * rough * 10 + random.normal(size=count) * 1e-3,
        "valley": lambda: (2 * along - 1) ** 2 * rough * random.normal(),
    }[kind]()
    trees = draw(st.sampled_from([0.0, 20.0])) * (random.random(count) < draw(st.sampled_from([0.2, 0.9])))
    runs = random.integers(0, 3, count).cumsum() // draw(st.sampled_from([3, 15]))
    zone = random.choice([1, 3, 4], runs[-1] + 1)[runs] if draw(st.booleans()) else np.full(count, 4)
    htg, hrg = draw(st.sampled_from([2.0, 40.0, 300.0])), draw(st.sampled_from([1.5, 10.0, 200.0]))
    return survey.Land(h, h + trees, zone.astype(np.uint8), htg, hrg)


def distances(count: int, step_km: float, even: bool = True) -> np.ndarray:
    if even:
        return np.arange(count) * step_km
    return np.concatenate(
        ([0.0], np.cumsum(np.random.default_rng(count).uniform(0.2, 3, count - 1) * step_km))
    )


def found_by_survey(land: survey.Land, d: np.ndarray, p: float = 10.0, least: float = -1e9) -> survey.Survey:
    air = survey.Air(p, 325.0, *RADII, -0.5, 500.0)
    return survey.survey(land, survey.steps_of(d, air), air, 2, -0.78 / least)


def one_path(land: survey.Land, d: np.ndarray, n: int) -> profile.Traced:
    """The same path by the plain formulae over its whole profile."""
    m = n + 1
    return profile.trace(
        d[:m], land.h[:m], (land.g - land.h)[:m], land.zone[:m].astype(np.int64), land.htg, land.hrg, -0.5,
        *RADII, 500.0, 500.0,
    )  # fmt: skip


@settings(max_examples=120)
@given(land=radials(), step_km=st.sampled_from([0.01, 0.09, 2.0]), even=st.booleans())
def test_every_path_of_a_radial_is_as_if_looked_at_alone(
    land: survey.Land, step_km: float, even: bool
) -> None:
    d = distances(len(land.h), step_km, even)
    seen = found_by_survey(land, d)
    for n in range(2, len(d)):
        alone = one_path(land, d, n)
        path, f = alone.path, seen.found[:, n]
        near = pytest.approx
        assert f[[survey.HTE_D, survey.HRE_D]] == near([path.hte_d, path.hre_d], rel=1e-7, abs=1e-6)
        assert land.h[0] + land.htg - f[survey.LOW_T] == near(path.hte, rel=1e-7, abs=1e-6)
        assert path.hrs - f[survey.LOW_R] == near(path.hre, rel=1e-7, abs=1e-6)
        assert f[[survey.THETA_T, survey.THETA_R]] == near([path.theta_t, path.theta_r], rel=1e-7, abs=1e-7)
        assert f[survey.DLT] + f[survey.DLR] == near(path.dlt + path.dlr, abs=1e-9)
        assert f[[survey.OMEGA, survey.DTM, survey.DLM]] == near([path.omega, alone.dtm, path.dlm], abs=1e-9)
        same_edge(f[survey.ROUGH : survey.ROUGH + 3], path.rough, (path.hrs - path.hts) / d[n])
        same_edge(f[survey.ROUGH_B : survey.ROUGH_B + 3], path.rough_b, (path.hrs - path.hts) / d[n])


def same_edge(found: np.ndarray, edge: terms.Edge, straight: float) -> None:
    """Of the three only those that Bullington's construction looks at."""
    assert found[0] == pytest.approx(edge.stim, rel=1e-9, abs=1e-7)
    if edge.stim >= straight + 1e-7:
        assert found[1] == pytest.approx(edge.srim, rel=1e-9, abs=1e-7)
    elif edge.stim < straight - 1e-7:
        assert found[2] == pytest.approx(edge.worst, rel=1e-9, abs=1e-7)


@settings(max_examples=60)
@given(land=radials(), step_km=st.sampled_from([0.03, 1.0]))
def test_beyond_sight_each_end_looks_at_its_horizon(land: survey.Land, step_km: float) -> None:
    d = distances(len(land.h), step_km)
    seen = found_by_survey(land, d)
    for n in range(2, len(d)):
        if not one_path(land, d, n).in_sight:
            i, j = seen.lt[n], seen.lr[n]
            from_t = (land.h[i] - land.h[0] - land.htg) / d[i] - 500 / RADII[0] * d[i]
            away = d[n] - d[j]
            from_r = (land.h[j] - land.h[n] - land.hrg) / away - 500 / RADII[0] * away
            theta = seen.found[[survey.THETA_T, survey.THETA_R], n]
            assert 1000 * np.arctan(np.array([from_t, from_r]) / 1000) == pytest.approx(
                theta, rel=1e-7, abs=1e-7
            )
            assert seen.found[survey.DLT, n] == d[min(i, j)]
            assert seen.found[survey.DLR, n] == d[n] - d[max(i, j)]


@settings(max_examples=80)
@given(seed=st.integers(0, 10**6), count=st.integers(3, 900), drop=st.floats(0, 3000))
def test_the_nearest_point_to_a_ray_is_found_among_all(seed: int, count: int, drop: float) -> None:
    random = np.random.default_rng(seed)
    d = distances(count, 0.03)
    y = np.cumsum(random.normal(size=count)) * 5 - drop
    n, start, straight = count - 1, float(y[0] + 30), float((y[-1] + 2 - y[0] - 30) / d[-1])
    x = d[1:n]
    scaled = (y[1:n] - start - straight * x) * np.sqrt(d[n] / (x * (d[n] - x)))
    found, at = scans.nearest(d, y, scans.peaks(y), n, start, straight, -np.inf)
    assert found == pytest.approx(scaled.max(), rel=1e-12)
    assert scaled[at - 1] == pytest.approx(found, rel=1e-12)
    # What is not above the least asked for is not looked for.
    assert scans.nearest(d, y, scans.peaks(y), n, start, straight, found + 1.0) == (found + 1.0, 0)


@settings(max_examples=80)
@given(seed=st.integers(0, 10**6), count=st.integers(3, 900), slope=st.floats(-50, 50), data=st.data())
def test_the_highest_ground_between_two_points_is_found(
    seed: int, count: int, slope: float, data: st.DataObject
) -> None:
    h = np.cumsum(np.random.default_rng(seed).normal(size=count)) * 5
    d = distances(count, 0.03)
    first = data.draw(st.integers(1, count - 2))
    last = data.draw(st.integers(first, count - 2))
    among = (h - 7.0 - slope * d)[first : last + 1].max()
    found = scans.highest_between(d, h, scans.peaks(h), first, last, 7.0, slope, -np.inf)
    assert found == pytest.approx(among, rel=1e-12)
    assert scans.highest_between(d, h, scans.peaks(h), first, last, 7.0, slope, among + 3) == among + 3


@settings(max_examples=150)
@given(
    count=st.integers(3, 500),
    step_km=st.sampled_from([0.01, 0.03, 0.3]),
    hte=st.floats(1, 2000),
    hre=st.floats(1, 500),
    ap=st.sampled_from(RADII),
    even=st.booleans(),
)
def test_the_edges_of_a_smooth_earth_are_those_of_its_points(
    count: int, step_km: float, hte: float, hre: float, ap: float, even: bool
) -> None:
    d = distances(count, step_km, even)
    whole = profile.edge(d, np.zeros(count), hte, hre, ap)
    n, curve = count - 1, 500 / ap
    assert scans.steepest_smooth(d, n, hte, curve, False) == pytest.approx(whole.stim, rel=1e-9, abs=1e-9)
    assert scans.steepest_smooth(d, n, hre, curve, True) == pytest.approx(whole.srim, rel=1e-9, abs=1e-9)
    if whole.stim < (hre - hte) / d[n]:
        assert scans.nearest_smooth(d, n, hte, hre, curve) == pytest.approx(whole.worst, rel=1e-9, abs=1e-9)


def test_stretches_of_a_path_count_half_way_to_the_neighbours() -> None:
    whole, longest = scans.stretches(np.array([0.0, 1, 2, 4, 5]), np.array([4, 1, 3, 4, 1], np.uint8), 3, 4)
    assert whole == pytest.approx([0, 0.5, 1, 3, 3.5])
    assert longest == pytest.approx([0, 0.5, 0.5, 2.5, 3])


@settings(max_examples=300)
@given(
    d=st.floats(0.05, 300),
    heights=st.tuples(st.floats(1, 3000), st.floats(1, 3000)),
    ap=st.sampled_from([*RADII, 4000.0]),
    wave=st.sampled_from([0.05, 0.3, 10.0]),
)
def test_what_is_left_out_as_well_clear_loses_nothing_over_a_smooth_earth(
    d: float, heights: tuple[float, float], ap: float, wave: float
) -> None:
    if radial.well_clear(d, *heights, 500 / ap, wave):
        assert d < terms.marginal_distance(*heights, ap)
        clearance, needed = terms.smooth_clearance(d, *heights, ap, wave)
        assert clearance > needed


def test_the_quick_look_at_a_smooth_earth_spares_nearly_every_clear_path() -> None:
    random = np.random.default_rng(0)
    clear = spared = 0
    for _ in range(2000):
        d, hte, hre = 10 ** random.uniform([-1.5, 0, 0], [2.5, 3.3, 3])
        if d < terms.marginal_distance(hte, hre, RADII[0]):
            clearance, needed = terms.smooth_clearance(d, hte, hre, RADII[0], 0.3)
            clear += clearance > needed
            spared += radial.well_clear(d, hte, hre, 500 / RADII[0], 0.3)
    assert spared > 0.98 * clear > 500


@settings(max_examples=300)
@given(
    p=st.sampled_from([50.0, 10.0, 1.0]),
    most=st.floats(0.001, 50),
    d=st.floats(0.05, 1500),
    rarer=st.floats(0, 250),
)
def test_no_duct_costs_less_than_the_least_that_is_said_of_it(
    p: float, most: float, d: float, rarer: float
) -> None:
    edge = terms.Edge(0.0, 0.0, 0.0)
    b0 = max(most * 10**-rarer, 1e-280)
    # Antennas so high that (55) leaves beta at beta_0.
    path = terms.Path(
        d, 0, 0, 0, 0, 1e9, 1e9, 0, 0, 0, 0, 0, 0, 0, b0, 500, 500, edge, edge, edge, edge
    )  # fmt: skip
    beta = 10 ** terms.duct_time_log(path, RADII[0], d**3.1)
    assert beta == pytest.approx(b0)
    assert terms.duct_variation(path, p, RADII[0]) >= survey.least_variation(p, most, d) - 1e-9
