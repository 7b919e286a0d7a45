"""The loss of many pairs at once is that of each path by itself."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as how
from hypothesis import strategies as st

from merata.radio.land import Ground
from merata.radio.pairs import pair_losses
from merata.radio.path import PathSettings
from merata.radio.sweep import radial_loss_db
from merata.region.grid import Grid

PATH = PathSettings(1.5, "vertical", 50.0, 50.0, 370.0, 0.0)
GRID = Grid("EPSG:32750", 500_000, 10_000_000, 100, 120, 40)


def hilly(seed: int) -> Ground:
    rng = np.random.default_rng(seed)
    heights = rng.uniform(0, 150, GRID.shape).astype(np.float32)
    clutter = rng.choice([0.0, 20.0], GRID.shape).astype(np.float32)
    return Ground(heights, clutter, np.full(GRID.shape, 4, np.uint8), GRID)


@how(max_examples=15)
@given(st.integers(0, 99), st.integers(0, 60), st.integers(4, 55), st.floats(5, 100), st.floats(300, 3000))
def test_a_pair_along_pixels_is_the_radial_of_that_row(
    seed: int, column: int, away: int, height_m: float, mhz: float
) -> None:
    ground = hilly(seed)
    row = seed % 40
    part = slice(column, column + away + 2)
    h, clutter = ground.heights_m[row, part], ground.clutter_m[row, part]
    radial = radial_loss_db(
        np.arange(away + 2) / 10, h, clutter, ground.zone[row, part], height_m, [mhz], PATH
    )[:, 0]
    found = pair_losses(ground, ([row], [column]), [height_m], ([row], [column + away]), mhz, PATH)
    assert found.loss_db[0] == pytest.approx(np.median(radial[-3:]), abs=0.01)
    assert (found.from_m[0], found.to_m[0]) == pytest.approx((h[0], h[-2]))
    assert found.km[0] == pytest.approx(away / 10)


def test_many_pairs_are_each_by_itself_whatever_their_order() -> None:
    ground, rng = hilly(1), np.random.default_rng(2)
    ends = rng.uniform(0, 39, (4, 40))
    whole = pair_losses(ground, (ends[0], ends[1]), 40.0, (ends[2], ends[3]), 900.0, PATH).loss_db
    back = pair_losses(
        ground, (ends[0, ::-1], ends[1, ::-1]), 40.0, (ends[2, ::-1], ends[3, ::-1]), 900.0, PATH
    )
    one = [
        pair_losses(ground, (a, b), 40.0, (c, d), 900.0, PATH).loss_db[0] for a, b, c, d in ends.T.tolist()
    ]
    assert whole.tolist() == back.loss_db[::-1].tolist() == one
    assert np.isfinite(whole).all()


def test_a_void_between_and_an_end_outside_are_not_known() -> None:
    ground = hilly(3)
    heights = ground.heights_m.copy()
    heights[:, 50:53] = np.nan
    holed = Ground(heights, ground.clutter_m, ground.zone, GRID)
    found = pair_losses(
        holed, ([5.0] * 5, [10.0] * 5), 40.0, ([5.0] * 5, [40.0, 60.0, 49.0, -0.9, float("nan")]), 900.0, PATH
    )
    assert np.isnan(found.loss_db).tolist() == [False, True, False, True, True]


def test_a_place_at_the_site_itself_and_no_pair_at_all() -> None:
    at_home = pair_losses(hilly(4), ([5.2], [10.1]), 40.0, ([5.2], [10.1]), 900.0, PATH)
    assert 40 < at_home.loss_db[0] < 110
    assert len(pair_losses(hilly(4), ([], []), 40.0, ([], []), 900.0, PATH).loss_db) == 0
