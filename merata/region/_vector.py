"""Opens map files (GPKG, SHP, GeoJSON, KML, KMZ, FlatGeobuf, and ZIP files of them) as plain layers."""

from __future__ import annotations

import struct
import warnings
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyogrio
import pyproj
import shapely

from merata.errors import FileError
from merata.region._kml import Placemark, read_placemarks
from merata.region.archives import extract

Shapes = npt.NDArray[np.object_]

#: GeoJSON and KML are read into memory whole.
MAX_TEXT_BYTES = 300_000_000

#: Reading this many takes some gigabytes.
MAX_FEATURES = 2_000_000

ENDINGS = (".gpkg", ".shp", ".geojson", ".json", ".kml", ".fgb")
_COMPANIONS = (".shx", ".dbf", ".prj", ".cpg")
_SAVE = "Save or export it again, best as GeoPackage (.gpkg), and add that."
_STARTS = {
    ".gpkg": (b"SQLite format 3\x00", "a GeoPackage"),
    ".shp": (b"\x00\x00\x27\x0a", "a shapefile"),
    ".fgb": (b"fgb", "a FlatGeobuf"),
    ".geojson": (b"{", "GeoJSON"),
    ".json": (b"{", "GeoJSON"),
    ".kml": (b"<", "KML"),
}


_UNREADABLE = (
    pyogrio.errors.DataSourceError,
    pyogrio.errors.DataLayerError,
    pyogrio.errors.FeatureError,
    pyogrio.errors.GeometryError,
    shapely.errors.ShapelyError,
    UnicodeDecodeError,
    RuntimeError,
)


@dataclass
class Layer:
    """One layer of a map file: attributes, and one shape for each row in `crs`."""

    name: str
    rows: pd.DataFrame
    shapes: Shapes
    crs: pyproj.CRS | None
    file: str = ""
    """The file inside the archive, when it is one."""

    def only(self, keep: npt.NDArray[np.bool_]) -> Layer:
        """The layer with the rows where `keep` is true; their index still counts the file's features."""
        return Layer(self.name, self.rows[keep], self.shapes[keep], self.crs, self.file)


def read_layers(path: Path, file: str, scratch: Path) -> list[Layer]:
    """All layers of a map file that have rows; the index of `rows` counts features from 1. `scratch`: an empty folder.

    Raises
    ------
    FileError
        The file is cut short, damaged, unsafe or not what its name says, or it holds no map.
    """
    layers = [layer for inner in _map_files(path, file, scratch) for layer in _read(inner, file)]
    if not layers:
        raise FileError(f"{file}: there is no map in it: nothing with points, lines or areas. {_SAVE}")
    return layers


def _map_files(path: Path, file: str, scratch: Path) -> list[Path]:
    name = file.lower()
    if not name.endswith((".zip", ".kmz")):
        return [path]
    found = [p for p in extract(path, file, scratch, ENDINGS + _COMPANIONS) if p.suffix.lower() in ENDINGS]
    if not found:
        raise FileError(f"{file}: there is no map file in it ({', '.join(ENDINGS)}). {_SAVE}")
    return found


def _read(path: Path, file: str) -> Iterator[Layer]:
    ending = path.suffix.lower()
    if ending == "" or ending not in _STARTS:  # staged under another name
        ending = Path(file).suffix.lower()
    inner = path.name if file.lower().endswith((".zip", ".kmz")) else ""
    _check_start(path, file, ending)
    if ending == ".kml":
        yield from _kml_layers(read_placemarks(path, file), Path(file).stem)
        return
    if ending == ".shp":
        _check_whole(path, file)
    for name in _names(path, file):
        layer = _read_layer(path, file, name)
        if layer is not None:
            layer.file = inner
            yield layer


def _check_start(path: Path, file: str, ending: str) -> None:
    start, what = _STARTS.get(ending, (b"", "a map"))
    with path.open("rb") as stream:
        head = stream.read(1024).removeprefix(b"\xef\xbb\xbf").lstrip()
    if ending in (".shp", ".gpkg", ".fgb"):
        with path.open("rb") as stream:
            head = stream.read(16)
    if not head.startswith(start):
        raise FileError(f"{file}: its name says {what}, but its content is something else. {_SAVE}")
    if ending in (".geojson", ".json", ".kml") and path.stat().st_size > MAX_TEXT_BYTES:
        raise FileError(f"{file}: too large for {what} (at most {MAX_TEXT_BYTES // 1_000_000} MB). {_SAVE}")


def _check_whole(path: Path, file: str) -> None:
    """A shapefile says in its header how long it is, and GDAL reads one that is cut short without a word."""
    with path.open("rb") as stream:
        head = stream.read(100)
    if len(head) < 100 or struct.unpack(">i", head[24:28])[0] * 2 > path.stat().st_size:
        raise FileError(
            f"{file}: the shapefile {path.name} is cut short. Ask for it again, all its parts in one ZIP."
        )
    table = next((p for p in path.parent.iterdir() if p.name.lower() == f"{path.stem.lower()}.dbf"), None)
    if table is None:
        raise FileError(f"{file}: the shapefile {path.name} comes without its .dbf, which holds the names. "
                        "Put .shp, .shx, .dbf and .prj in one ZIP.")  # fmt: skip
    with table.open("rb") as stream:
        head = stream.read(32)
    if len(head) < 32:
        raise FileError(f"{file}: {table.name} is cut short. Ask for it again, all its parts in one ZIP.")
    count, start, width = struct.unpack("<IHH", head[4:12])
    if start + count * width > table.stat().st_size + 1:
        raise FileError(f"{file}: {table.name} is cut short. Ask for it again, all its parts in one ZIP.")


@contextmanager
def _gdal(path: Path, file: str) -> Iterator[None]:
    """GDAL's errors as ours; a missing .shx, which is only an index, is made anew beside the file in scratch."""
    pyogrio.set_gdal_config_options({"SHAPE_RESTORE_SHX": "YES"})
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except _UNREADABLE as error:
        said = " ".join(str(error).replace(str(path), path.name).split())[:200]
        raise _damaged(file, said) from None
    finally:
        pyogrio.set_gdal_config_options({"SHAPE_RESTORE_SHX": None})


def _names(path: Path, file: str) -> list[str]:
    with _gdal(path, file):
        return [str(row[0]) for row in pyogrio.list_layers(path) if row[1] is not None]


def _read_layer(path: Path, file: str, name: str) -> Layer | None:
    with _gdal(path, file):
        count = pyogrio.read_info(path, layer=name)["features"]
        frame = pyogrio.read_dataframe(path, layer=name, on_invalid="ignore", datetime_as_string=True,
                                      max_features=MAX_FEATURES + 1)  # fmt: skip
    if len(frame) > MAX_FEATURES:
        raise FileError(
            f"{file}: the layer {name} has more than {MAX_FEATURES:,} features. Cut it to the region first."
        )
    if len(frame) < count:
        raise _damaged(file, f"{len(frame)} of {count} rows are there")
    if not len(frame) or "geometry" not in frame:
        return None
    frame.index = range(1, len(frame) + 1)
    crs = pyproj.CRS(frame.crs) if frame.crs is not None else None
    return Layer(name, pd.DataFrame(frame.drop(columns="geometry")), frame.geometry.to_numpy(), crs)


def _damaged(file: str, why: str) -> FileError:
    return FileError(f"{file}: cut short or damaged; it can't be read ({why}). {_SAVE}")


def _kml_layers(placemarks: list[Placemark], stem: str) -> Iterator[Layer]:
    folders: dict[str, list[int]] = defaultdict(list)
    for at, (folder, _, _) in enumerate(placemarks):
        folders[folder or stem].append(at)
    for folder, rows in folders.items():
        shapes = np.empty(len(rows), dtype=object)
        shapes[:] = [placemarks[at][2] for at in rows]
        table = pd.DataFrame([placemarks[at][1] for at in rows], index=[at + 1 for at in rows])
        yield Layer(folder, table, shapes, pyproj.CRS(4326))
