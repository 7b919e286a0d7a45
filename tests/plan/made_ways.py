"""Made-up ways, fibre and places on a plane of metres, for the tests of the network that could be built."""

import geopandas as gpd
import numpy as np
import pandas as pd
from pyproj import Geod, Transformer
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra
from shapely.geometry import LineString, MultiLineString, Point

CRS = "EPSG:32750"
#: Where the plane's corner is, m: east of the zone's middle, a little north of the equator.
EAST_M, NORTH_M = 540_000.0, 10_020_000.0

_DEGREES = Transformer.from_crs(CRS, 4326, always_xy=True)


def at(*points, z=False):
    """Points of the plane in kilometres as metres of CRS."""
    height = (5.0,) if z else ()
    return [(EAST_M + 1000 * x, NORTH_M + 1000 * y, *height) for x, y in points]


def line(*points, z=False):
    return LineString(at(*points, z=z))


def table(shapes, **columns):
    """Lines or points of CRS as a table of a region, in degrees."""
    n = len(shapes)
    facts = {"id": [f"W{i}" for i in range(n)], "known_by": ["reported"] * n, **columns}
    return gpd.GeoDataFrame(facts, geometry=list(shapes), crs=CRS).to_crs(4326)


def ways(*shapes, kind="road"):
    kinds = [kind] * len(shapes) if isinstance(kind, str) else list(kind)
    return table(shapes, kind=kinds)


def fibre(*shapes, status=None, capacity=None):
    n = len(shapes)
    return table(
        shapes,
        kind=["fibre"] * n,
        name=[f"F{i}" for i in range(n)],
        status=status or [None] * n,
        capacity_mbps=pd.array(capacity or [None] * n, dtype="Float64"),
    )


def ends(places, roots=()):
    """Ends by name: {name: (x_km, y_km)}; those of `roots` are points of presence."""
    xy = np.array(at(*places.values())).reshape(-1, 2)
    names = list(places)
    return pd.DataFrame(
        {"node": names, "x_m": xy[:, 0], "y_m": xy[:, 1], "root": [n in roots for n in names]}
    )


def true_km(*points):
    """Length of a line through points of the plane, on the ellipsoid."""
    lon, lat = _DEGREES.transform(*np.array(at(*points)).T)
    return Geod(ellps="WGS84").line_length(lon, lat) / 1000


def away_km(routes, given, start):
    """Length of cable from one node to every node that is reached, by name."""
    names = [*given["node"], *routes.nodes["node"]]
    row = {name: n for n, name in enumerate(names)}
    links = routes.links
    a, b = links["a"].map(row).to_numpy(int), links["b"].map(row).to_numpy(int)
    km = np.maximum(links["length_km"].to_numpy(float), 1e-9)
    net = coo_array((km, (a, b)), shape=(len(names), len(names)))
    away = dijkstra(net, directed=False, indices=row[start])
    return {name: float(away[n]) for name, n in row.items() if np.isfinite(away[n])}


def multi(*shapes):
    return MultiLineString(list(shapes))


def points(**places):
    """A table of points with ids: {id: (x_km, y_km)}."""
    return gpd.GeoDataFrame({"id": list(places)}, geometry=[Point(p) for p in at(*places.values())], crs=CRS)
