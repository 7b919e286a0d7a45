"""Which reader takes which file: by what a person said, else by its ending and its content."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import geopandas as gpd
import shapely

from merata.errors import FileError
from merata.region import (
    archives,
    claims,
    landcover,
    ofds,
    ookla,
    opencellid,
    osm,
    polygons,
    population,
    spreadsheets,
    terrain,
    understand,
)
from merata.region.findings import FindingList
from merata.region.records import Source, Understood


@dataclass(frozen=True)
class Border:
    """What readers of open data need to know of the region: where it is."""

    villages: gpd.GeoDataFrame
    """Columns code and geometry, EPSG:4326."""

    @property
    def shape(self) -> shapely.Geometry | None:
        """The region's outline, EPSG:4326; None while no village is known."""
        return shapely.union_all(self.villages.geometry.values) if len(self.villages) else None


@dataclass(frozen=True)
class Reader:
    """One way to read a file."""

    name: str
    read: Callable[[Source, Border], Understood]
    needs_border: bool


def _terrain(source: Source, border: Border) -> Understood:
    """Looked at only: terrain is put together for the whole region at the end (`region.rasters`)."""
    terrain.check(source)
    return Understood(FindingList(source.file))


def _landcover(source: Source, border: Border) -> Understood:
    """Looked at only, like terrain."""
    landcover.check(source)
    return Understood(FindingList(source.file))


def _vector(source: Source, border: Border) -> Understood:
    return polygons.read_vector(source)


_READERS = {
    reader.name: reader
    for reader in (
        Reader("terrain", _terrain, False),
        Reader("landcover", _landcover, False),
        Reader("population", lambda s, b: population.read(s, b.villages), True),
        Reader("opencellid", lambda s, b: opencellid.read(s, b.shape), True),
        Reader("ookla", lambda s, b: ookla.read(s, b.shape), True),
        Reader("osm", lambda s, b: osm.read(s, b.shape), True),
        Reader("ofds", lambda s, b: ofds.read(s, b.shape), True),
        Reader("claims", lambda s, b: claims.read(s), False),
        Reader("vector", _vector, False),
        Reader("spreadsheet", lambda s, b: understand.read_spreadsheet(s), False),
    )
}
#: Readers that tell by a file's content whether it is theirs, in the order in which they are asked.
_BY_CONTENT = (
    ("osm", osm.recognises),
    ("ookla", ookla.recognises),
    ("opencellid", opencellid.recognises),
    ("ofds", ofds.recognises),
    ("terrain", terrain.recognises),
    ("landcover", landcover.recognises),
    ("population", population.recognises),
)
_SPREADSHEETS = (*spreadsheets.WORKBOOKS, *spreadsheets.TEXTS)
_VECTORS = (".gpkg", ".shp", ".geojson", ".json", ".kml", ".kmz", ".fgb")


def reader_of(source: Source) -> Reader:
    """The reader for a file.

    Raises
    ------
    FileError
        Nothing is known that reads such a file; the error says what to do.
    """
    if source.kind in _READERS:
        return _READERS[source.kind]
    for name, recognises in _BY_CONTENT:
        if recognises(source.path, source.file):
            return _READERS[name]
    return _READERS[_by_ending(source)]


def glance(source: Source) -> None:
    """Refuse a file of which a glance tells that it can't be read, before any of it is copied; raises FileError."""
    if reader_of(source).name == "spreadsheet":
        spreadsheets.refuse_by_size(source.path, source.file)


def _by_ending(source: Source) -> str:
    name = source.file.lower()
    if name.endswith(_SPREADSHEETS):
        return "spreadsheet"
    if name.endswith(_VECTORS):
        return "vector"
    if name.endswith(".zip"):
        return _in_zip(source)
    if name.endswith((".tif", ".tiff")):
        raise FileError(
            f"{source.file}: a raster, but not clear of what. Say so: --as terrain, --as landcover or --as population."
        )
    raise FileError(
        f"{source.file}: not a kind of file that Merata reads. It reads spreadsheets ({', '.join(_SPREADSHEETS)}), "
        f"maps ({', '.join(_VECTORS)}, zipped shapefiles), rasters (.tif, .hgt), OpenStreetMap (.osm.pbf) and Parquet."
    )


def _in_zip(source: Source) -> str:
    members = [member.lower() for member in archives.check_zip(source.path, source.file)]
    if any(member.endswith(_VECTORS) for member in members):
        return "vector"
    if any(member.endswith(_SPREADSHEETS) for member in members):
        raise FileError(f"{source.file}: an archive of spreadsheets. Unpack it and add the files in it.")
    raise FileError(
        f"{source.file}: an archive without a map that Merata reads. It holds {', '.join(members[:5])}."
    )
