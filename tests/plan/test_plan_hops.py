"""Microwave hops that could be built: only those that hold, thinned without cutting anybody off."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from merata.plan.hops import KEEP_FAST, KEEP_SHORT, hops, worth_keeping
from merata.plan.routes import LINK_COLUMNS
from merata.radio.land import INLAND, Ground
from merata.region.grid import Grid
from merata.region.settings import parse_settings

CRS = "EPSG:32750"
GRID = Grid(CRS, 500_000, 10_060_000, 100.0, 600, 600)
DRY = parse_settings("[radio]\nrain_mm_per_h = 90\n")


def land(height_m=10.0):
    full = np.full(GRID.shape, height_m, np.float32)
    return Ground(full, np.zeros_like(full), np.full(GRID.shape, INLAND, np.uint8), GRID)


def sites(*places, linked=(), ample=(), height_m=52.0):
    """Sites S0, S1 … at (east, south) kilometres from the corner of the ground."""
    n = len(places)
    xy = np.array(places, float).reshape(-1, 2) * 1000
    return pd.DataFrame(
        {
            "node": [f"S{i}" for i in range(n)],
            "x_m": GRID.west_m + xy[:, 0] + 50,
            "y_m": GRID.north_m - xy[:, 1] - 50,
            "height_m": height_m,
            "linked": [i in linked for i in range(n)],
            "ample": [i in ample for i in range(n)],
            "known_by": "reported",
        }
    )


def ends_of(found):
    return {tuple(sorted(pair)) for pair in zip(found.links["a"], found.links["b"], strict=True)}


def test_a_free_hop_is_offered_with_what_it_carries_and_costs():
    found = hops(sites((5, 5), (15, 5)), land(), DRY, CRS)
    (link,) = found.links.to_dict("records")
    assert list(found.links) == list(LINK_COLUMNS)
    assert (link["a"], link["b"], link["kind"]) == ("S0", "S1", "microwave")
    assert link["length_km"] == pytest.approx(10, abs=0.01)
    assert link["mbps"] > 0
    assert link["items"] == {"microwave_hop": 1.0, "microwave_monthly": 1.0}
    assert link["known_by"] == "modelled"
    assert "10.0 km at" in link["detail_en"]
    assert link["detail_id"].startswith("10,0 km pada ")


def test_a_ridge_stops_it_and_no_tower_grows():
    ridge = land()
    ridge.heights_m[:, 100] = 90.0
    assert hops(sites((5, 5), (15, 5)), ridge, DRY, CRS).links.empty
    assert len(hops(sites((5, 5), (15, 5), height_m=150.0), ridge, DRY, CRS).links) == 1


def test_longer_than_said_is_not_looked_at():
    two = sites((5, 5), (15, 5), height_m=100.0)
    near = parse_settings("[radio]\nrain_mm_per_h = 90\n[plan]\nhop_km = 9\n")
    radio = parse_settings("[radio]\nrain_mm_per_h = 90\n[radio.hop]\nmost_km = 9\n")
    assert hops(two, land(), near, CRS).links.empty
    assert hops(two, land(), radio, CRS).links.empty


def test_two_towers_with_links_need_none_between_them_but_one_to_a_point_of_presence():
    towers = sites((5, 5), (8, 5), (11, 5), (5, 9), linked=(0, 1), ample=(2, 3))
    assert ends_of(hops(towers, land(), DRY, CRS)) == {("S0", "S2"), ("S0", "S3"), ("S1", "S2"), ("S1", "S3")}


def test_without_terrain_there_are_none_and_that_is_said():
    found = hops(sites((5, 5), (15, 5)), None, DRY, CRS)
    assert found.links.empty
    assert list(found.links) == list(LINK_COLUMNS)
    assert "No terrain is known" in found.assumptions[0]
    assert hops(sites(), None, DRY, CRS).assumptions == []


def test_a_site_off_the_terrain_is_said_and_the_others_stay():
    found = hops(sites((5, 5), (15, 5), (900, 5)), land(), DRY, CRS)
    assert ends_of(found) == {("S0", "S1")}
    assert any(said.startswith("1 site is not on known terrain") for said in found.assumptions)


def test_one_site_or_none_has_no_hop():
    for few in (sites(), sites((5, 5))):
        assert hops(few, land(), DRY, CRS).links.empty


def test_a_height_that_nobody_gives_is_the_radio_rooms():
    found = hops(sites((5, 5), (15, 5), height_m=float("nan")), land(), DRY, CRS)
    assert len(found.links) == 1
    assert any("40 m is assumed" in said for said in found.assumptions)


def test_the_order_of_rows_changes_nothing():
    many = sites(*[(5 + 3 * (i % 5), 5 + 4 * (i // 5)) for i in range(15)], linked=(0, 7), ample=(3,))
    one, other = hops(many, land(), DRY, CRS), hops(many[::-1], land(), DRY, CRS)
    pd.testing.assert_frame_equal(one.links, other.links)


@given(st.integers(2, 40), st.floats(0, 0.3), st.floats(0.05, 0.6), st.integers(0, 2**31))
def test_thinning_cuts_nobody_off(n, linked, share, seed):
    rng = np.random.default_rng(seed)
    every = sites(*rng.uniform(0, 60, (n, 2)), linked=np.flatnonzero(rng.random(n) < linked).tolist())
    a, b = np.nonzero(np.triu(rng.random((n, n)) < share, 1))
    xy = every[["x_m", "y_m"]].to_numpy()
    km = np.hypot(*(xy[a] - xy[b]).T) / 1000
    good = pd.DataFrame(
        {"first": a, "second": b, "distance_km": km, "rate_mbps": rng.choice([90.0, 180, 360], len(a))}
    )
    kept = good[worth_keeping(good, every)]
    assert _parts(every, kept) == _parts(every, good)
    assert len(kept) <= n * (2 * KEEP_SHORT + KEEP_FAST + 1)
    there = every["linked"].to_numpy()
    for site in np.flatnonzero(~there):
        _check_own(site, good, kept, there)


def _check_own(site, good, kept, there):
    """The site has its shortest hop of either kind, and a fastest to a site with a link."""
    for linked in (True, False):
        all_of, left = (t[_other(t, site, there) == linked] for t in (good, kept))
        assert left["distance_km"].min() == all_of["distance_km"].min() or all_of.empty
        if linked and len(all_of):
            assert left["rate_mbps"].max() == all_of["rate_mbps"].max()


def _other(table, site, there):
    """Whether the other end of each hop of the site has a link; -1: not its hop."""
    first, second = table["first"].to_numpy(), table["second"].to_numpy()
    other = np.where(first == site, second, first)
    return np.where((first == site) | (second == site), there[other].astype(int), -1)


def _parts(every, table):
    """The first site that each is joined to; those with a link of their own are one."""
    pairs = table[["first", "second"]].to_numpy(int)
    own = np.flatnonzero(every["linked"])
    pairs = np.concatenate([pairs, np.column_stack([own[:-1], own[1:]])])
    n = len(every)
    net = coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(n, n))
    label = connected_components(net, directed=False)[1]
    return np.unique(label, return_index=True)[1][label].tolist()
