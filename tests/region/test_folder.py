"""A region folder takes files in, keeps what it was told, and says what it could not use."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from merata.errors import FileError, MerataError, MissingError, SettingsError
from merata.region.folder import Region

_NAMES = ("Alfaro", "Betuma", "Cegoda", "Dilune")


def _villages() -> gpd.GeoDataFrame:
    """Four villages in a row, 0.1 degrees wide each, in two districts."""
    rows = [
        {
            "code": f"99.01.0{1 + n // 2}.200{1 + n % 2}",
            "name": name,
            "district": ("Utara", "Selatan")[n // 2],
        }
        for n, name in enumerate(_NAMES)
    ]
    shapes = [shapely.box(117 + n / 10, 0, 117.1 + n / 10, 0.1) for n in range(4)]
    return gpd.GeoDataFrame(rows, geometry=shapes, crs="EPSG:4326")


@pytest.fixture
def region(tmp_path: Path) -> Region:
    path = tmp_path / "borders.geojson"
    _villages().to_file(path, driver="GeoJSON")
    region = Region.start(tmp_path / "region", name="Example")
    assert not region.add([path], date="2025-01-01").refused
    return region


def test_findings_that_something_else_damaged_are_named_with_what_to_do(region: Region) -> None:
    found, before = region.path / "findings.csv", region.findings()
    found.write_text("severity,what\nerror")
    with pytest.raises(FileError, match=r"findings.csv: is damaged .* `merata check --rebuild`"):
        region.findings()
    region.rebuild()
    assert region.findings() == before


def _write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.slow
def test_a_shapefile_comes_with_its_companions_and_twice_is_once(tmp_path: Path) -> None:
    _villages().to_file(tmp_path / "borders [1].shp")
    region = Region.start(tmp_path / "region", name="Example")
    added = region.add([tmp_path / "borders [1].shp"], date="2025-01-01")
    assert [row.file for row in added.taken] == ["borders [1].shp.zip"]
    assert sorted(region.tables()["villages"]["name"]) == sorted(_NAMES)
    assert region.add([tmp_path / "borders [1].shp"], date="2025-01-01").again == ["borders [1].shp"]


@pytest.mark.slow
def test_a_later_date_wins_whatever_came_last(region: Region, tmp_path: Path) -> None:
    new = _write(tmp_path, "new.csv", "desa,kecamatan,jumlah penduduk\nAlfaro,Utara,900\nBetuma,Utara,800\n")
    old = _write(
        tmp_path, "old.csv", "desa,kecamatan,jumlah penduduk\nAlfaro,Utara,700\nCegoda,Selatan,600\n"
    )
    region.add([new], date="2024-06-01")
    added = region.add([old], date="2020-06-01")
    people = region.tables()["people"].set_index("village_code")["people"].to_dict()
    assert people == {"99.01.01.2001": 900, "99.01.01.2002": 800, "99.01.02.2001": 600}
    assert [(f.severity, f.file, f.row) for f in added.new_findings if "given again" in f.what] == [
        ("note", "old.csv", 2)
    ]


@pytest.mark.slow
def test_another_file_of_the_same_name_is_kept_beside_the_first(region: Region, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    region.add(
        [_write(tmp_path, "list.csv", "desa,kecamatan,sinyal\nAlfaro,Utara,lemah\n")], date="2024-01-01"
    )
    added = region.add(
        [_write(tmp_path / "other", "list.csv", "desa,kecamatan,sinyal\nBetuma,Utara,kuat\n")],
        date="2024-01-01",
    )
    assert [row.file for row in added.taken] == ["list (2).csv"]
    assert len(region.tables()["reports"]) == 2


@pytest.mark.slow
def test_codes_of_the_statistics_office_work_once_a_crosswalk_is_given(
    region: Region, tmp_path: Path
) -> None:
    sheet = _write(tmp_path, "statistics.csv", "kode bps,jumlah penduduk\n9902010001,500\n9902010002,400\n")
    cross = _write(
        tmp_path,
        "cross.csv",
        "kode kemendagri,kode bps\n99.01.01.2001,9902010001\n99.01.01.2002,9902010002\n",
    )
    region.add([sheet], date="2024-01-01")
    assert region.tables()["people"].empty
    region.add([cross], date="2024-01-01")
    assert region.tables()["people"]["people"].tolist() == [500, 400]


@pytest.mark.slow
def test_a_list_that_came_before_the_map_is_matched_when_the_map_comes(tmp_path: Path) -> None:
    region = Region.start(tmp_path / "region", name="Example")
    region.add(
        [_write(tmp_path, "list.csv", "desa,kecamatan,sinyal\nAlfaro,Utara,lemah\n")], date="2024-01-01"
    )
    assert region.tables()["reports"].empty
    _villages().to_file(tmp_path / "borders.gpkg")
    region.add([tmp_path / "borders.gpkg"], date="2024-01-01")
    assert region.tables()["reports"]["village_code"].tolist() == ["99.01.01.2001"]


@pytest.mark.slow
def test_points_lie_where_they_are_written_and_outside_ones_are_told(region: Region, tmp_path: Path) -> None:
    text = "jenis,nama,lintang,bujur\nSekolah,SD A,0.05,117.15\nPuskesmas,P,0.05,117.35\nSekolah,SD X,4.0,119.0\n"
    region.add([_write(tmp_path, "facilities.csv", text)], date="2024-01-01")
    facilities = region.tables()["facilities"]
    assert dict(zip(facilities["name"], facilities["village_code"], strict=True)) == {
        "SD A": "99.01.01.2002",
        "P": "99.01.02.2002",
    }
    assert [f for f in region.findings() if f.file == "facilities.csv" and f.severity in ("note", "error")]


def test_a_broken_raster_leaves_the_region_as_it_was(region: Region, tmp_path: Path) -> None:
    before = (region.path / "region.gpkg").read_bytes(), region.sources()
    broken = tmp_path / "dem.tif"
    broken.write_bytes(b"II*\x00" + b"\x00" * 100)
    assert "dem.tif" in region.add([broken], kind="terrain", date="2024-01-01").refused["dem.tif"]
    assert ((region.path / "region.gpkg").read_bytes(), region.sources()) == before


@pytest.mark.slow
def test_an_answer_must_be_a_village_and_a_question_must_be_open(region: Region, tmp_path: Path) -> None:
    region.add(
        [_write(tmp_path, "list.csv", "desa,kecamatan,sinyal\nQwxyz,Utara,lemah\n")], date="2024-01-01"
    )
    question = next(f for f in region.findings() if f.severity == "question")
    with pytest.raises(MerataError, match=r"99\.99\.99\.9999"):
        region.settle(question.id, "99.99.99.9999")
    with pytest.raises(MissingError, match="no open question"):
        region.settle("nothing", "none")
    region.settle(question.id, "none")
    assert not [f for f in region.findings() if f.severity == "question"]
    assert region.tables()["reports"].empty


def test_a_folder_that_holds_something_is_not_made_a_region(tmp_path: Path) -> None:
    _write(tmp_path, "letter.txt", "dear office")
    with pytest.raises(MerataError, match="holds other files"):
        Region.start(tmp_path)
    with pytest.raises(SettingsError, match="last_year"):
        Region.start(tmp_path / "r", "[plan]\nlast_year = 1\n")
    Region.start(tmp_path / "r")
    with pytest.raises(MerataError, match="is a region folder already"):
        Region.start(tmp_path / "r")


def test_memory_of_files_read_before_may_be_lost_or_broken(region: Region) -> None:
    before = (region.path / "region.gpkg").read_bytes()
    for path in (region.path / ".merata" / "cache").rglob("*.parquet"):
        path.write_bytes(b"broken")
    region.rebuild()
    assert (region.path / "region.gpkg").read_bytes() == before


@pytest.mark.slow
def test_files_give_way_to_others_and_leave_as_if_they_had_never_come(region: Region, tmp_path: Path) -> None:
    before = region.tables()
    people = _write(tmp_path, "said.csv", "village code,people\n99.01.01.2001,900\n")
    region.exchange([], {people: "people"}, date="2025-03-01", given_by="Koreksi")
    assert list(region.tables()["people"]["people"]) == [900]
    people.write_text("village code,people\n99.01.01.2001,950\n")
    added = region.exchange(["said.csv"], {people: "people"}, date="2025-03-01", given_by="Koreksi")
    assert [row.file for row in added.taken] == ["said.csv"]
    assert list(region.tables()["people"]["people"]) == [950]
    broken = _write(tmp_path, "broken.xlsx", "no workbook")
    with pytest.raises(MerataError):
        region.exchange(["said.csv"], {broken: "people"}, date="2025-03-01", given_by="Koreksi")
    assert [row.file for row in region.sources()] == ["borders.geojson", "said.csv"]
    region.exchange(["said.csv"], {}, date="2025-03-01", given_by="Koreksi")
    assert [row.file for row in region.sources()] == ["borders.geojson"]
    assert not (region.path / "sources" / "said.csv").exists()
    assert all(before[name].equals(region.tables()[name]) for name in before)
