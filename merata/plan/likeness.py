"""What the ground of each village is like, and how like that makes another region's figures.

Terrain is told by the relief of a village, the height between the lowest and the highest twentieth of its ground: as in
the typology of Meybeck, Green and Vörösmarty (2001, "A new typology for mountains and other relief classes", Mountain
Research and Development 21), which tells plains, hills and mountains by relief too; the limits here are this project's.
A village is remote beyond `technology.REMOTE_KM` of the nearest road, where a plan pays for transport as well.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import rasterio
from rasterio.enums import Resampling
from rasterio.features import rasterize
from rasterio.transform import Affine

from merata.plan import where
from merata.plan.technology import REMOTE_KM
from merata.region.settings import Settings

#: Relief in metres up to which ground is flat, and up to which it is hilly.
FLAT_M, HILLY_M = 50.0, 300.0
MIXED = "mixed"
#: The terrain is looked at in at most so many pixels each way: relief of a village needs no more.
_MOST_PIXELS = 1500
_FEWEST_PIXELS = 5


def ground_of(
    villages: gpd.GeoDataFrame, tables: Mapping[str, pd.DataFrame], settings: Settings, terrain: Path | None
) -> pd.DataFrame:
    """The ground of each village.

    Returns
    -------
    DataFrame indexed by village code: terrain ('flat', 'hilly', 'mountainous', 'mixed' where it is not known),
    remoteness ('near', 'remote', 'mixed' where no road is known).

    """
    codes = villages["code"].astype(str).to_numpy()
    relief = relief_m(villages, terrain)
    kinds = ["flat", "hilly", "mountainous"]
    terrains = np.select([relief <= FLAT_M, relief <= HILLY_M, relief > HILLY_M], kinds, MIXED)
    crs = where.projection([villages], settings)
    road = where.km_to_road(_middles(villages), tables, crs)
    road = np.full(len(villages), np.nan) if road is None else road
    remote = np.select([road > REMOTE_KM, road <= REMOTE_KM], ["remote", "near"], MIXED)
    return pd.DataFrame({"terrain": terrains, "remoteness": remote}, index=pd.Index(codes, name="village"))


def _middles(villages: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(geometry=villages.geometry.representative_point(), crs=villages.crs)


def relief_m(villages: gpd.GeoDataFrame, terrain: Path | None) -> np.ndarray:
    """Metres between the 5th and the 95th percentile of the height in each village; NaN where that is not known."""
    relief = np.full(len(villages), np.nan)
    if terrain is None:
        return relief
    with rasterio.open(terrain) as source:
        shape = tuple(min(size, _MOST_PIXELS) for size in source.shape)
        heights = source.read(1, out_shape=shape, resampling=Resampling.nearest, masked=True)
        way = source.transform * Affine.scale(source.width / shape[1], source.height / shape[0])
        shapes = villages.geometry.to_crs(source.crs)
    drawn = [(shape_, n) for n, shape_ in enumerate(shapes, 1) if shape_ is not None and not shape_.is_empty]
    if not drawn:
        return relief
    owner = rasterize(drawn, heights.shape, transform=way, dtype="int32")
    known = (owner > 0) & ~np.ma.getmaskarray(heights) & np.isfinite(heights.data)
    found = pd.Series(heights.data[known].astype(float)).groupby(owner[known])
    ends = found.quantile(0.95) - found.quantile(0.05)
    ends = ends[found.size() >= _FEWEST_PIXELS]
    relief[ends.index.to_numpy(dtype=int) - 1] = ends.to_numpy()
    return relief


def mix_of(ground: pd.DataFrame) -> dict[tuple[str, str], float]:
    """Share of the villages by terrain and remoteness."""
    return {kind: n / len(ground) for kind, n in count_of(ground).items()}


def count_of(ground: pd.DataFrame) -> dict[tuple[str, str], int]:
    """Number of the villages by terrain and remoteness, in order."""
    kinds = zip(ground["terrain"].astype(str), ground["remoteness"].astype(str), strict=True)
    return dict(sorted(Counter(kinds).items()))


def like(mine: tuple[str, str], theirs: tuple[str, str]) -> float:
    """How well a figure of their ground speaks for mine, 0 to 1: the product over terrain and remoteness.

    The same kind counts 1, an unlike one a quarter, and one half where either is mixed or not known.
    """
    return float(np.prod([_alike(a, b) for a, b in zip(mine, theirs, strict=True)]))


def _alike(mine: str, theirs: str) -> float:
    if MIXED in (mine, theirs):
        return 0.5
    return 1.0 if mine == theirs else 0.25


def likeness(mix: Mapping[tuple[str, str], float], theirs: tuple[str, str]) -> float:
    """How well a figure of one kind of ground speaks for a whole region with this mix of villages, 0 to 1."""
    return sum(share * like(mine, theirs) for mine, share in mix.items())
