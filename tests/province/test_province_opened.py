"""What regions publish is taken with suspicion: refused as a whole with the reason, and the last good one is kept."""

import json

import pandas as pd
import provinces
import pytest

from merata.errors import FileError, MissingError, SettingsError
from merata.province import opened, settings

GOOD = provinces.files(provinces.villages("99.01", 4))


def take(tmp_path, made, on="2026-11-30", region=None):
    return opened.take(
        tmp_path, region or provinces.region(folder="there"), on, lambda path: provinces.Given(made)
    )


def test_what_was_good_last_stays_in_use_with_the_reason(tmp_path):
    first = take(tmp_path, GOOD, "2026-11-01")
    assert (len(first.tables["desa"]), first.on, first.trouble, first.made_up) == (4, "2026-11-01", "", True)
    broken = {**GOOD, "desa": GOOD["desa"].replace(b"1000", b"many", 1)}
    second = take(tmp_path, broken, "2026-11-30")
    assert len(second.tables["desa"]) == 4
    assert second.on == "2026-11-01"
    assert "desa.csv: row 2, column people: 'many'" in second.trouble
    again = opened.kept(tmp_path, provinces.region(folder="there"))
    assert (len(again.tables["desa"]), again.on, again.trouble) == (4, "2026-11-01", second.trouble)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"desa": b""}, "no table"),
        ({"desa": b"\xff\xfe\x00"}, "no table"),
        ({"desa": b"code,name\n1,2\n"}, "has no column people"),
        ({"desa": GOOD["desa"].replace(b"0.5,0.0", b"1.5,0.0", 1)}, "expected a number from 0 to 1"),
        ({"desa": GOOD["desa"].replace(b"1000", b"nan", 1)}, "expected a number"),
        ({"desa": GOOD["desa"].replace(b"1000", b"1e999", 1)}, "expected a number"),
        ({"desa": GOOD["desa"].replace(b"99.01", b"99.02", 1)}, "expected a code of 99.01"),
        ({"desa": GOOD["desa"].replace(b"Desa Contoh", b"D" * 201, 1)}, "at most 200 characters"),
        ({"desa": GOOD["desa"].replace(b"2002", b"2001", 1)}, "stands there twice"),
        ({"sumber": b"date\nyesterday\n"}, "expected a day"),
        (
            {"gangguan": b"point,village_code,start,end,ended,cause,counts\n1,,,,maybe,,\n"},
            "expected True or False",
        ),
    ],
)
def test_files_that_lie_are_refused_with_the_place(tmp_path, change, said):
    found = take(tmp_path, {**GOOD, **change})
    assert said in found.trouble
    assert not found.tables
    assert sorted(p.name for p in (tmp_path / "taken" / "99-01").iterdir()) == ["taken.json"]


def test_a_site_without_a_plan_and_one_of_an_earlier_version(tmp_path):
    assert "No plan was published" in take(tmp_path, {}).trouble
    assert not take(tmp_path, {"desa": GOOD["desa"]}).trouble  # the later tables are not there yet


def test_what_was_kept_and_cannot_be_read_is_no_data(tmp_path):
    region = provinces.region(folder="there")
    assert opened.kept(tmp_path, region).trouble == "nothing was taken yet"
    take(tmp_path, GOOD)
    (tmp_path / "taken" / "99-01" / "desa.csv").write_text("code\n")
    assert "has no column" in opened.kept(tmp_path, region).trouble


def test_a_static_copy_on_a_stick_is_taken_like_a_site(tmp_path):
    for name, content in GOOD.items():
        (tmp_path / "stick" / "data").mkdir(parents=True, exist_ok=True)
        (tmp_path / "stick" / "data" / f"{name}.csv").write_bytes(content)
    found = take(tmp_path, {}, region=provinces.region(copy_of="stick"))
    assert len(found.tables["desa"]) == 4


def test_the_newest_file_says_how_old_the_data_is(tmp_path):
    found = take(
        tmp_path, {**GOOD, "sumber": provinces.csv(pd.DataFrame({"date": ["2025-06-01", "2024-01-01", ""]}))}
    )
    assert found.dated == "2025-06-01"
    assert take(tmp_path, GOOD).dated == ""


def test_the_note_of_what_was_taken_is_plain(tmp_path):
    take(tmp_path, GOOD)
    assert json.loads((tmp_path / "taken" / "99-01" / "taken.json").read_text()) == {
        "on": "2026-11-30",
        "trouble": "",
    }


# province.toml


def test_regions_are_added_and_read_back(tmp_path):
    settings.start(tmp_path, "Provinsi Contoh", "99")
    text = (tmp_path / "province.toml").read_text()
    (tmp_path / "province.toml").write_text(f"# by hand\n{text}")
    settings.add(tmp_path, provinces.region("99.01"))
    settings.add(tmp_path, provinces.region("99.02", folder="../dua"))
    found = settings.read(tmp_path)
    assert [(r.label, r.folder, r.site) for r in found.regions] == [
        ("99-01", "", "https://99-01.example"),
        ("99-02", "../dua", ""),
    ]
    assert (tmp_path / "province.toml").read_text().startswith("# by hand")


@pytest.mark.parametrize(
    ("code", "said"),
    [("99.01", "twice"), ("64.01", "does not begin with"), ("99.02", "a stands there twice")],
)
def test_a_region_that_does_not_fit_is_not_added(tmp_path, code, said):
    settings.start(tmp_path, "Provinsi Contoh", "99")
    settings.add(tmp_path, provinces.region("99.01", folder="a"))
    before = (tmp_path / "province.toml").read_bytes()
    with pytest.raises(SettingsError, match=said):
        settings.add(tmp_path, provinces.region(code, folder="b" if code == "64.01" else "a"))
    assert (tmp_path / "province.toml").read_bytes() == before


@pytest.mark.parametrize(
    "fields",
    [{"site": "http://elsewhere.example"}, {"site": "https://a.example", "folder": "b"}, {"owner": 3}],
)
def test_a_region_is_in_one_place_that_can_be_trusted(fields):
    with pytest.raises(ValueError, match=r"https|one of|string"):
        settings.OneRegion(**{"code": "99.01", "name": "x", "owner": "y", **fields})


def test_a_folder_that_is_no_province_says_what_to_do(tmp_path):
    with pytest.raises(MissingError, match="merata province new"):
        settings.read(tmp_path)
    (tmp_path / "province.toml").write_text("[province]\nname = 'x'\nsite = 'http://x'\nnonsense = 1\n")
    with pytest.raises(SettingsError, match=r"province\.site") as told:
        settings.read(tmp_path)
    assert "nonsense" in str(told.value)


def test_a_region_that_nobody_answers_for_is_told_and_leaves_the_others(tmp_path):
    def gone(path):
        raise FileError("its site can't be read: no such table")

    found = opened.take(tmp_path, provinces.region(folder="there"), "2026-11-30", gone)
    assert found.trouble == "its site can't be read: no such table"
