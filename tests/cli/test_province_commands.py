"""A province at the command line: started, given regions, compared, without a site running."""

import json

import openpyxl
import pytest
from in_process import merata

from merata.province import settings
from merata.province.opened import OPENED

ROW = {
    "code": "99.01.01.2001", "name": "Desa", "people": "1000", "people_known_by": "made up", "people_below": "400",
    "access_now": "basic", "promised": "basic", "chance_below": "0.4", "lon": "117", "lat": "0",
}  # fmt: skip


@pytest.fixture
def province(tmp_path):
    """A province of two regions: a static copy with one village, and one that is not there."""
    stick = tmp_path / "stick" / "data"
    stick.mkdir(parents=True)
    head, values = zip(*((name, ROW.get(name, "")) for name in OPENED["desa"]), strict=True)
    (stick / "desa.csv").write_text(f"{','.join(head)}\n{','.join(values)}\n")
    folder = tmp_path / "provinsi"
    merata("province", "new", folder, "--name", "Provinsi Contoh", "--code", "99")
    about = ("--owner", "Kantor (contoh)", "--copy")
    merata("province", "add", folder, "99.01", "--name", "Kabupaten Satu", *about, tmp_path / "stick")
    merata("province", "add", folder, "99.02", "--name", "Kabupaten Dua", *about, tmp_path / "nowhere")
    return folder


def test_paths_stand_in_province_toml_as_seen_from_there(province):
    assert [region.copy_of for region in settings.read(province).regions] == ["../stick", "../nowhere"]


def test_compare_says_the_same_on_screen_as_json_and_as_files(province, tmp_path):
    said = merata("province", "compare", province)
    assert "Kabupaten Satu" in said.stdout
    assert "60%" in said.stdout
    assert "Kabupaten Dua: there is nothing of it yet" in said.stderr
    found = json.loads(merata("province", "compare", province, "--json", "--no-fresh").stdout)
    assert [row["region"] for row in found["access"]] == ["99.01", ""]
    assert found["access"][0]["reached"] == pytest.approx(0.6)
    assert [row["stale"] for row in found["regions"]] == [False, True]
    merata("province", "compare", province, "--no-fresh", "--out", tmp_path / "a.xlsx")
    assert openpyxl.load_workbook(tmp_path / "a.xlsx").sheetnames[0] == "Wilayah - Regions"
    merata("province", "compare", province, "--no-fresh", "--out", tmp_path / "tables")
    assert (tmp_path / "tables" / "access.csv").read_text().startswith("region,villages,people,promised")


def test_a_proxy_needs_the_address_that_people_type(province):
    merata("province", "proxy", province, code=4)
    path = province / settings.TOML
    path.write_text(
        path.read_text().replace('code = "99"', 'code = "99"\nsite = "https://internet.example"', 1)
    )
    said = merata("province", "proxy", province, "--port", 9000).stdout
    assert said.startswith("internet.example {\n\treverse_proxy 127.0.0.1:9000")
