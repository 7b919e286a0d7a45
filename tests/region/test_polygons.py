"""Map files as offices make them give clean polygons in one form, and say what was wrong."""

import math
import zipfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from within import processor_seconds

from merata.errors import FileError
from merata.region.polygons import provisional_code, read_vector
from merata.region.records import Source, Understood
from merata.region.store import faults
from merata.region.tables import TABLES


def read(path: Path, kind: str = "") -> Understood:
    return read_vector(Source(path.name, path, "2025-06-01", kind=kind))


def square(x: float, y: float, size: float = 0.1) -> shapely.Polygon:
    return shapely.box(x, y, x + size, y + size)


def four() -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {
            "code": [f"64.02.01.{n}" for n in (2001, 2002, 2003, 1004)],
            "name": ["Hulu Satu", "Hulu Dua", "Hilir", "Kota Rawa"],
            "district": ["Rawa"] * 4,
        },
        geometry=[square(116, 0), square(116.1, 0), square(116, 0.1), square(116.1, 0.1)],
        crs="EPSG:4326",
    )


def words(understood: Understood, severity: str = "") -> str:
    assert all(
        t[0] in "'[" or t[0].upper() == t[0] for f in understood.findings for t in (f.what, f.done, f.settle)
    )
    assert all(t.endswith((".", "?")) for f in understood.findings for t in (f.what, f.done, f.settle))
    return "\n".join(
        f"{f.what} → {f.done}" for f in understood.findings if not severity or f.severity == severity
    )


def same_places(one: gpd.GeoDataFrame, other: gpd.GeoDataFrame, tolerance: float = 1e-6) -> bool:
    one, other = one.set_index("code").geometry, other.set_index("code").geometry
    return all(
        one[c].symmetric_difference(other[c]).area < tolerance * other[c].area + 1e-9 for c in other.index
    )


def zipped(folder: Path, path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for part in sorted(folder.iterdir()):
            archive.write(part, f"peta/{part.name}")
    return path


@pytest.mark.slow
def test_a_clean_map_needs_no_word(tmp_path):
    four().to_file(tmp_path / "desa.gpkg")
    understood = read(tmp_path / "desa.gpkg")
    villages = understood.tables["villages"]
    assert isinstance(villages, gpd.GeoDataFrame)
    assert understood.findings == []
    assert villages.crs == "EPSG:4326"
    assert list(villages["code"]) == sorted(four()["code"])
    assert dict(zip(villages["code"], villages["kind"], strict=True))["64.02.01.1004"] == "kelurahan"
    assert set(villages.geom_type) == {"MultiPolygon"}
    assert same_places(villages, four())
    assert list(villages["source_row"]) == [4, 1, 2, 3]
    assert set(villages["source_date"]) == {"2025-06-01"}
    assert faults(villages, TABLES["villages"]) == []


@pytest.mark.parametrize("form", ["gpkg", "shp.zip", "geojson", "kml", "kmz", "fgb"])
@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:32650"])
@pytest.mark.slow
def test_every_form_of_file_gives_the_same_villages(tmp_path, form, crs):
    villages = four().to_crs("EPSG:4326" if form in ("kml", "kmz") else crs)
    inner = tmp_path / "in"
    inner.mkdir()
    if form in ("kml", "kmz"):
        (inner / "doc.kml").write_text(kml(villages), encoding="utf-8")
        path = inner / "doc.kml" if form == "kml" else zipped(inner, tmp_path / "desa.kmz")
    elif form == "shp.zip":
        villages.to_file(inner / "DESA.shp")
        path = zipped(inner, tmp_path / "desa.zip")
    else:
        path = inner / f"desa.{form}"
        villages.to_file(path)
    understood = read(path)
    assert same_places(understood.tables["villages"], four())
    assert list(understood.tables["villages"].sort_values("code")["name"]) == list(
        four().sort_values("code")["name"]
    )
    assert words(understood) == ""


def kml(villages: gpd.GeoDataFrame, extended: bool = True) -> str:
    marks = []
    for row in villages.itertuples():
        ring = " ".join(
            f"{x},{y},12" if not extended else f"{x},{y}" for x, y in row.geometry.exterior.coords
        )
        data = f'<ExtendedData><Data name="KODE"><value>{row.code}</value></Data><SchemaData schemaUrl="#a">' \
               f'<SimpleData name="WADMKC">{row.district}</SimpleData></SchemaData></ExtendedData>'  # fmt: skip
        table = f"<description><![CDATA[<table><tr><td>Kode Desa</td><td>{row.code}</td></tr>" \
                f"<tr><td><b>Kecamatan</b></td><td>{row.district}</td></tr></table>]]></description>"  # fmt: skip
        marks.append(
            f"<Placemark><name>{row.name}</name>{data if extended else table}<Polygon><outerBoundaryIs><LinearRing>"
            f"<coordinates>{ring}</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark>"
        )
    body = "".join(marks)
    return (
        '<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document><Folder>'
        f"<name>Desa</name>{body}</Folder></Document></kml>"
    )


def test_kml_keeps_names_in_its_description_and_its_heights_go(tmp_path):
    (tmp_path / "a.kml").write_text(kml(four(), extended=False), encoding="utf-8")
    understood = read(tmp_path / "a.kml")
    assert same_places(understood.tables["villages"], four())
    assert set(understood.tables["villages"]["district"]) == {"Rawa"}
    assert not understood.tables["villages"].has_z.any()
    assert "heights" in words(understood, "note")


@pytest.mark.parametrize(
    "columns",
    [
        {"code": "KDEPUM", "name": "WADMKD", "district": "WADMKC"},
        {"code": "KODE_DESA", "name": "DESA", "district": "KECAMATAN"},
        {"code": "kode", "name": "nama_desa", "district": "nama kecamatan"},
        {"code": "KD_DESA", "name": "NM_DESA", "district": "NM_KECAMATAN"},
    ],
)
@pytest.mark.slow
def test_fields_are_found_by_their_headers(tmp_path, columns):
    more = {
        "OBJECTID": range(4),
        "NAMOBJ": four()["name"],
        "SHAPE_Area": 0.1,
        "REMARK": "",
        "KDPKAB": "64.02",
    }
    villages = four().assign(**more).rename(columns=columns)
    villages["regency"] = "Kabupaten"
    villages.to_file(tmp_path / "a.gpkg")
    found = read(tmp_path / "a.gpkg").tables["villages"]
    assert list(found.sort_values("code")["name"]) == list(four().sort_values("code")["name"])
    assert set(found["district"]) == {"Rawa"}


@pytest.mark.parametrize("code", [lambda c: c.replace(".", ""), lambda c: float(c.replace(".", ""))])
def test_codes_in_other_forms(tmp_path, code):
    four().assign(code=four()["code"].map(code)).to_file(tmp_path / "a.gpkg")
    assert set(read(tmp_path / "a.gpkg").tables["villages"]["code"]) == set(four()["code"])


def test_a_missing_projection_is_supplied_when_the_numbers_or_the_codes_tell_it(tmp_path):
    for name, crs, says in (("degrees", "EPSG:4326", "degrees"), ("metres", "EPSG:32650", "metres")):
        inner = tmp_path / name
        inner.mkdir()
        four().to_crs(crs).to_file(inner / "desa.shp")
        (inner / "desa.prj").unlink()
        understood = read(zipped(inner, tmp_path / f"{name}.zip"))
        assert same_places(understood.tables["villages"], four(), 1e-5)
        assert says in words(understood, "repaired")
        assert "no projection" in words(understood, "repaired")


def test_metres_of_an_unknown_zone_are_not_guessed(tmp_path):
    villages = four().drop(columns="code").to_crs("EPSG:32750")
    inner = tmp_path / "in"
    inner.mkdir()
    villages.to_file(inner / "desa.shp")
    (inner / "desa.prj").unlink()
    understood = read(zipped(inner, tmp_path / "desa.zip"))
    assert "villages" not in understood.tables
    assert "unknown zone" in words(understood, "error")
    inner = zipped(inner, tmp_path / "desa_utm50s.zip")
    assert np.allclose(read(inner).tables["villages"].total_bounds, four().total_bounds, atol=1e-5)


@pytest.mark.parametrize(("true", "declared"), [("EPSG:32650", "EPSG:4326"), ("EPSG:4326", "EPSG:32650")])
def test_a_wrong_projection_is_seen_through(tmp_path, true, declared):
    four().to_crs(true).set_crs(declared, allow_override=True).to_file(tmp_path / "a.gpkg")
    understood = read(tmp_path / "a.gpkg")
    assert same_places(understood.tables["villages"], four(), 1e-5)
    assert "declares the projection" in words(understood, "repaired")


def test_latitude_before_longitude_is_turned_round(tmp_path):
    villages = four()
    villages.geometry = [shapely.transform(g, lambda xy: xy[:, ::-1]) for g in villages.geometry]
    villages.to_file(tmp_path / "a.gpkg")
    understood = read(tmp_path / "a.gpkg")
    assert same_places(understood.tables["villages"], four())
    assert "Turned round" in words(understood, "repaired")


def test_broken_rings_heights_parts_and_empty_shapes(tmp_path):
    bow = shapely.Polygon([(116.3, 0), (116.4, 0.1), (116.4, 0), (116.3, 0.1), (116.3, 0)])
    villages = four().assign(
        geometry=[
            bow,
            shapely.force_3d(square(116.1, 0), 7),
            shapely.MultiPolygon([square(116, 0.1), square(115, 1)]),
            None,
        ]
    )
    villages.to_file(tmp_path / "a.geojson")
    understood = read(tmp_path / "a.geojson")
    found = understood.tables["villages"].set_index("code")
    assert found.is_valid.all()
    assert not found.has_z.any()
    assert set(found.geom_type) == {"MultiPolygon"}
    assert math.isclose(found.geometry["64.02.01.2001"].area, 0.005, rel_tol=1e-6)
    assert [f.row for f in understood.findings if f.severity == "error"] == [4]
    assert "Self-intersection" in words(understood, "repaired")
    assert "heights" in words(understood, "note")
    assert "mixed" in words(understood, "note")


def test_several_areas_of_one_village_become_one_and_one_code_of_two_villages_is_an_error(tmp_path):
    villages = four()
    villages.loc[1, ["code", "name"]] = ["64.02.01.2001", "HULU SATU"]
    villages.loc[2, "code"] = "64.02.01.2001"
    villages.to_file(tmp_path / "a.gpkg")
    understood = read(tmp_path / "a.gpkg")
    found = understood.tables["villages"]
    assert list(found["code"]) == ["64.02.01.1004", "64.02.01.2001"]
    assert math.isclose(found.geometry.iloc[1].area, 0.02, rel_tol=1e-9)
    assert "2 areas belong to 64.02.01.2001" in words(understood, "note")
    assert "'Hilir' was left out" in words(understood, "error")


def test_overlaps_and_gaps_are_measured_and_left(tmp_path):
    ring = [square(116 + 0.1 * x, 0.1 * y) for x in range(3) for y in range(3) if (x, y) != (1, 1)]
    ring[0] = shapely.box(116, 0, 116.1, 0.11)
    villages = gpd.GeoDataFrame(
        {"KODE": [f"64.02.01.20{n:02}" for n in range(8)], "DESA": [f"Desa {n}x" for n in range(8)], "KECAMATAN": "R"},
        geometry=ring, crs="EPSG:4326",
    )  # fmt: skip
    villages.to_file(tmp_path / "a.gpkg")
    understood = read(tmp_path / "a.gpkg")
    (overlap,) = [f for f in understood.findings if "overlap" in f.what]
    # A degree is 111.32 km of longitude and 110.57 km of latitude at the equator (WGS 84).
    area_km2 = float(overlap.what.split("overlap by ")[1].split(" km²")[0])
    assert math.isclose(area_km2, 0.1 * 111.32 * 0.01 * 110.57, rel_tol=0.002)
    (gap,) = [f for f in understood.findings if "gap" in f.what]
    assert gap.what.startswith("1 gap between villages, 12")
    assert same_places(understood.tables["villages"], villages.rename(columns={"KODE": "code"}))


def test_villages_without_codes_go_by_district_and_name(tmp_path):
    villages = four().drop(columns="code")
    villages.loc[1, "district"] = "Rawa Hulu"
    villages.loc[1, "name"] = "Hulu Satu"
    villages.to_file(tmp_path / "a.gpkg")
    understood = read(tmp_path / "a.gpkg")
    made = ["n:rawa-hulu/hulu-satu", "n:rawa/hilir", "n:rawa/hulu-satu", "n:rawa/kota-rawa"]
    assert list(understood.tables["villages"]["code"]) == made
    assert "4 of 4 villages have no official code" in words(understood, "note")
    assert provisional_code("Kec. TABANG", "Desa Muara Ti'q") == "n:tabang/muara-tiq"


def test_without_districts_villages_of_one_name_stay_apart(tmp_path):
    four().assign(name="Suka Maju").drop(columns=["code", "district"]).to_file(tmp_path / "a.gpkg")
    understood = read(tmp_path / "a.gpkg")
    assert list(understood.tables["villages"]["code"]) == [
        "n:/suka-maju",
        "n:/suka-maju~2",
        "n:/suka-maju~3",
        "n:/suka-maju~4",
    ]
    assert "no district" in words(understood, "note")


@pytest.mark.parametrize(
    "fields",
    [
        {"WADMKK": ["Kutai"], "KDPKAB": ["64.02"]},
        {"NAMOBJ": ["Kutai"], "WADMKK": ["Kutai"]},
        {"kode": ["64.02.01"], "nama": ["Rawa"]},
        {"Name": ["Batas Kabupaten"]},
        {"OBJECTID": [1]},
    ],
)
@pytest.mark.slow
def test_a_border_of_something_else_is_not_taken_for_villages(tmp_path, fields):
    gpd.GeoDataFrame(fields, geometry=[square(116, 0, 1)], crs="EPSG:4326").to_file(tmp_path / "batas.gpkg")
    understood = read(tmp_path / "batas.gpkg")
    assert "villages" not in understood.tables
    assert "not villages" in words(understood, "error")


@pytest.mark.slow
def test_people_in_the_fields_of_the_villages_are_read_too(tmp_path):
    four().assign(**{"JUMLAH PENDUDUK": [1200, 900, 350, 4000], "LUAS": 12.5}).to_file(tmp_path / "a.gpkg")
    people = read(tmp_path / "a.gpkg").tables["people"]
    assert sorted(people["people"]) == [350, 900, 1200, 4000]
    assert set(people["given_code"]) == set(four()["code"])


def test_points_and_lines_of_the_same_file_go_to_their_tables(tmp_path):
    four().to_file(tmp_path / "a.gpkg", layer="desa")
    sites = gpd.GeoDataFrame(
        {"Nama Site": ["TWR-1", "TWR-2"], "Operator": ["Operator A", "Operator B"], "Tinggi Menara": [42.0, 60]},
        geometry=[shapely.Point(116.05, 0.05), shapely.Point(116.15, 0.05, 30)], crs="EPSG:4326",
    )  # fmt: skip
    sites.to_crs("EPSG:32650").to_file(tmp_path / "a.gpkg", layer="menara")
    roads = gpd.GeoDataFrame(
        {"NAMA": ["Poros", None], "KELAS": ["kabupaten", "desa"]},
        geometry=[
            shapely.LineString([(116, 0), (116.2, 0.2)]),
            shapely.MultiLineString([[(116, 0), (116.1, 0)]]),
        ],
        crs="EPSG:4326",
    )
    roads.to_file(tmp_path / "a.gpkg", layer="jalan")
    understood = read(tmp_path / "a.gpkg")
    tables = understood.tables
    assert set(tables) == {"villages", "sites", "ways"}
    assert list(tables["sites"]["height_m"]) == [42, 60]
    assert np.allclose(tables["sites"].geometry.x, [116.05, 116.15])
    assert np.allclose(tables["sites"].geometry.y, 0.05)
    assert not {"given_x", "given_y"} & set(tables["sites"].columns)
    assert list(tables["ways"]["kind"]) == ["road", "road"]
    assert tables["ways"]["id"].is_unique
    assert all(table.crs == "EPSG:4326" for table in tables.values())
    assert set(tables["sites"]["sheet"]) == {"menara"}


def test_a_kind_in_the_name_of_a_file_or_said_by_a_person_counts(tmp_path):
    points = gpd.GeoDataFrame(
        {"NAMA": ["Satu", "Dua"]}, geometry=[shapely.Point(116.05, 0.05)] * 2, crs="EPSG:4326"
    )
    points.to_file(tmp_path / "sekolah.geojson")
    assert list(read(tmp_path / "sekolah.geojson").tables["facilities"]["kind"]) == ["school", "school"]
    cables = gpd.GeoDataFrame(
        {"ruas": ["A-B"]}, geometry=[shapely.LineString([(116, 0), (116.2, 0.2)])], crs="EPSG:4326"
    )
    cables.to_file(tmp_path / "x.geojson")
    assert "not recognised" in words(read(tmp_path / "x.geojson"), "error")
    links = read(tmp_path / "x.geojson", "links").tables["links"]
    assert list(links["name"]) == ["A-B"]
    buildings = gpd.GeoDataFrame(
        {"jenis": ["Puskesmas"], "nama": ["P"]}, geometry=[square(116, 0, 0.001)], crs="EPSG:4326"
    )
    buildings.to_file(tmp_path / "b.geojson")
    found = read(tmp_path / "b.geojson", "facilities").tables["facilities"]
    assert list(found["kind"]) == ["health post"]
    assert found.geometry.iloc[0].within(square(116, 0, 0.001))


@pytest.mark.parametrize("form", ["gpkg", "geojson", "kml", "shp.zip", "kmz", "fgb"])
@pytest.mark.parametrize("part", [0.02, 0.5, 0.97])
@pytest.mark.slow
def test_a_file_cut_short_is_refused(tmp_path, form, part):
    inner = tmp_path / "in"
    inner.mkdir()
    many = pd.concat([four()] * 30, ignore_index=True)
    if form in ("kml", "kmz"):
        (inner / "doc.kml").write_text(kml(many), encoding="utf-8")
        path = inner / "doc.kml" if form == "kml" else zipped(inner, tmp_path / "desa.kmz")
    elif form == "shp.zip":
        many.to_file(inner / "desa.shp")
        path = inner / "desa.shp"
    else:
        path = inner / f"desa.{form}"
        many.to_file(path)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * part)])
    if form == "shp.zip":
        path = zipped(inner, tmp_path / "desa.zip")
    with processor_seconds(30), pytest.raises(FileError, match=path.name):
        read(path)


@pytest.mark.parametrize("ending", ["gpkg", "shp", "geojson", "kml", "fgb", "zip", "kmz"])
@pytest.mark.parametrize(
    "content",
    [b"", b"\x00" * 2000, b"kode;desa\n1;2\n", b"<html><body>404</body></html>", b"{}", b"PK\x03\x04"],
)
def test_what_is_no_map_is_refused(tmp_path, ending, content):
    path = tmp_path / f"peta.{ending}"
    path.write_bytes(content)
    with pytest.raises(FileError, match=r"peta\."):
        read(path)


def test_a_map_that_points_to_other_files_is_not_followed(tmp_path):
    four().to_file(tmp_path / "secret.gpkg")
    layer = f'<OGRVRTLayer name="secret"><SrcDataSource>{tmp_path}/secret.gpkg</SrcDataSource></OGRVRTLayer>'
    vrt = f"<OGRVRTDataSource>{layer}</OGRVRTDataSource>"
    for name in ("a.gpkg", "a.geojson", "a.kml", "a.shp"):
        (tmp_path / name).write_text(vrt)
        with pytest.raises(FileError):
            read(tmp_path / name)
    entity = '<!DOCTYPE k [<!ENTITY a SYSTEM "file:///etc/hostname">]><kml><Document><name>&a;</name></Document></kml>'
    (tmp_path / "b.kml").write_text(entity)
    with pytest.raises(FileError, match="document type"):
        read(tmp_path / "b.kml")


@pytest.mark.slow
def test_a_kml_file_nested_or_crowded_without_end_is_refused_in_bounded_memory(tmp_path):
    (tmp_path / "a.kml").write_text("<kml><Document>" + "<Folder>" * 1_000_000)
    (tmp_path / "b.kml").write_text("<kml><Document><Placemark>" + "<a/>" * 1_000_000)
    for name in ("a.kml", "b.kml"):
        with processor_seconds(30), pytest.raises(FileError, match="without end"):
            read(tmp_path / name)


def test_a_shapefile_without_its_table_or_index(tmp_path):
    inner = tmp_path / "in"
    inner.mkdir()
    four().to_file(inner / "desa.shp")
    (inner / "desa.shx").unlink()
    assert same_places(read(zipped(inner, tmp_path / "a.zip")).tables["villages"], four())
    (inner / "desa.dbf").unlink()
    with pytest.raises(FileError, match=r"\.dbf"):
        read(zipped(inner, tmp_path / "b.zip"))


@pytest.mark.slow
def test_the_real_villages(shared_data):
    understood = read(shared_data / "kukar" / "villages.gpkg")
    villages = understood.tables["villages"]
    assert len(villages) == villages["code"].nunique() == 237
    assert villages["kind"].value_counts().to_dict() == {"desa": 193, "kelurahan": 44}
    assert villages["district"].nunique() == 20
    assert {f.severity for f in understood.findings} <= {"note"}
    assert faults(villages, TABLES["villages"]) == []
