"""Regions that nobody here can ask: what their signed bundles tell, how old it is, and who signed it."""

import datetime as dt

import pytest
from bundle_regions import KEY, OTHER, about, outcome
from in_process import merata

from merata.errors import FileError
from merata.exchange import bundle, taken
from merata.province import pages, settings
from merata.province.compare import compare
from merata.province.settings import AlikeSettings

DAY = dt.date(2026, 11, 30)


def packed(code, outcomes, key=KEY, serial=1, **more):
    villages = [{"terrain": "mixed", "remoteness": "mixed", "villages": 9}]
    return bundle.pack(about(serial, code, **more), {"villages": villages, "outcomes": outcomes}, key)


@pytest.fixture(scope="module")
def province(tmp_path_factory):
    folder = tmp_path_factory.mktemp("province")
    settings.start(folder, "Provinsi Contoh", "99", made_up=True)
    near = [
        outcome(
            terrain="hilly", provider="PT Satu (contoh)", points=30, days_to_connect=100.0, days_spread=10.0
        ),
        outcome(
            terrain="hilly", provider="PT Dua (contoh)", points=10, days_to_connect=200.0, days_spread=10.0
        ),
    ]
    far = [outcome(terrain="hilly", points=20, days_to_connect=300.0, days_spread=None, kept=None, judged=0)]
    for name, data, key in (
        ("near.zip", packed("99.01", near), KEY),
        ("far.zip", packed("99.02", far, OTHER, name="Kabupaten Jauh (contoh)"), OTHER),
    ):
        (folder / name).write_bytes(data)
        merata("exchange", "take", folder, folder / name, "--key", str(key.public))
    return folder


@pytest.fixture(scope="module")
def comparison(province):
    return compare([], AlikeSettings(), DAY, taken.bundles(province))


def test_a_bundle_stands_there_with_its_age_and_who_signed_it(comparison):
    rows = comparison.bundles.set_index("region")
    assert list(rows["age_days"]) == [29, 29]
    assert list(rows["signer"]) == [KEY.public.name, OTHER.public.name]
    assert rows.loc["99.01", "key"] == str(KEY.public)
    assert list(rows["points"]) == [40, 20]
    assert comparison.made_up


def test_regions_stand_side_by_side_by_option_and_terrain(comparison):
    near, far = comparison.outcomes.to_dict("records")
    assert (near["region"], near["terrain"], near["points"]) == ("99.01", "hilly", 40)
    assert near["days_to_connect"] == pytest.approx((30 * 100 + 10 * 200) / 40)
    error = (0.75**2 * 100 / 30 + 0.25**2 * 100 / 10) ** 0.5
    assert near["days_to_connect_high"] - near["days_to_connect"] == pytest.approx(2.024 * error, rel=1e-3)
    assert (near["judged"], near["kept"]) == (20, 0.8)
    assert near["kept_low"] < 0.8 < near["kept_high"]
    # Nothing is made up where a bundle does not tell how far its points lie apart, or what it does not hold.
    assert far["days_to_connect"] == 300
    assert far["days_to_connect_low"] != far["days_to_connect_low"]
    assert far["kept"] != far["kept"]


def test_pages_tell_it_in_both_languages(comparison, province):
    made = pages.pages(comparison, settings.read(province), {}, "")
    page = made["en/paket.html"].decode()
    assert "Kabupaten Jauh (contoh) <small>99.02" in page
    assert f'<td class="n">29 days<td class="n">{KEY.public.name}' in page
    assert "125 (" in page
    assert "Paket data" in made["paket.html"].decode()
    assert b"99.02,Kabupaten Jauh" in made["data/bundles.csv"]


def test_a_bundle_that_is_older_or_of_another_key_is_refused_and_one_can_be_taken_back(province, tmp_path):
    newer = tmp_path / "b.zip"
    newer.write_bytes(packed("99.02", [], KEY, serial=2))
    said = merata("exchange", "take", province, newer, "--key", str(KEY.public), code=FileError.exit_code)
    assert "another key" in said.stderr
    assert [one.about.code for one in taken.bundles(province)] == ["99.01", "99.02"]
    merata("exchange", "untake", province, "99.02")
    assert [one.about.code for one in taken.bundles(province)] == ["99.01"]
