"""What a region hands on is what truly was, of groups alone, and nothing that is not open."""

import json
import math

import numpy as np
import pandas as pd
import pytest
from bundle_regions import KEY, NOTE, TODAY, region, served
from in_process import merata

from merata.errors import MerataError
from merata.exchange import bundle, keys, notes, packed, taken
from merata.exchange.bundle_tables import FEWEST, TABLES
from merata.exchange.gathered import LEARNED, gathered
from merata.region import sources
from merata.region.change import change
from merata.region.sources import Received

#: Nine points of one provider, two of another, three of a third: leo, leo, fibre.
FEES = [1_500_000 + 10_000 * n for n in range(9)] + [9_000_000, 9_100_000] + [1_200_000, 1_250_000, 1_300_000]
OPTIONS = ["leo"] * 11 + ["fibre"] * 3
PROVIDERS = ["Zuvasel Contoh"] * 9 + ["Fexanet Contoh"] * 2 + ["Vezofiber Contoh"] * 3
LIST = {
    "component": "leo_terminal",
    "item": "Terminal LEO",
    "low_idr": 5_000_000,
    "high_idr": 7_000_000,
    "unit": "once",
}


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    made = region(
        tmp_path_factory.mktemp("gathering") / "pazelo", "99.01",
        prices=[
            LIST,
            LIST | {"component": "geo_terminal", "item": "Terminal geo", "source": "rahasia.csv"},
            LIST | {"component": "leo_monthly", "item": "Langganan", "source": "learned-prices-2026-06.csv"},
        ],
    )  # fmt: skip
    with change(made.path) as staged:
        facts = {"sha256": "0", "bytes": 1, "date": "2026-06-01", "kind": "", "known_by": "made up"}
        sources.save(staged, [
            Received("a", given_by="", **facts), Received("rahasia.csv", given_by="", confidential=True, **facts),
            Received("learned-prices-2026-06.csv", given_by=LEARNED, **facts),
        ])  # fmt: skip
    served(made, FEES, OPTIONS, PROVIDERS)
    return made


@pytest.fixture(scope="module")
def told(here):
    return gathered(here)


def test_fees_are_what_was_paid_and_two_points_are_not_told_of(told):
    paid = {(row["component"], row["provider"]): row for row in told.tables["prices"] if row["sites"]}
    assert set(paid) == {("leo_monthly", "Zuvasel Contoh"), ("fibre_monthly", "Vezofiber Contoh")}
    row = paid["leo_monthly", "Zuvasel Contoh"]
    assert row["sites"] == 9
    assert row["middle_idr"] == pytest.approx(math.exp(np.log(FEES[:9]).mean()), abs=500)
    assert (row["low_idr"], row["high_idr"]) == (1_508_000, 1_572_000)
    assert told.left_out == {"prices": 2, "outcomes": 2, "failures": 0}


def test_outcomes_are_planned_and_measured_side_by_side(told):
    row = next(row for row in told.tables["outcomes"] if row["option"] == "leo")
    assert (row["points"], row["months"], row["provider"]) == (9, 1, "Zuvasel Contoh")
    assert row["planned_idr"] == pytest.approx(np.mean(FEES[:9]))
    assert row["paid_idr"] == pytest.approx(0.9 * np.mean(FEES[:9]))
    assert row["days_to_connect"] == pytest.approx(91)
    assert row["availability"] == pytest.approx(np.mean([0.9 + 0.01 * (n % 5) for n in range(9)]))
    told_days = [row[name] for name in ("promised_availability", "promised_repair_days", "days_to_repair")]
    assert told_days == pytest.approx([0.97, 2, 0.5])
    assert (row["judged"], row["kept"]) == (36, 0.75)
    failed = next(row for row in told.tables["failures"] if row["option"] == "leo")
    assert (failed["cause"], failed["points"], failed["outages"], failed["hours"]) == ("link", 11, 11, 132), (
        "by ground, whoever the provider is"
    )


def test_nothing_learned_confidential_or_smaller_than_a_group_is_in_the_files(here, told):
    lists = [row["component"] for row in told.tables["prices"] if not row["sites"]]
    assert lists == ["leo_terminal"]
    made = packed.pack(here, KEY, TODAY)
    files = bundle._unpacked(made.data, "x")
    text = b"\n".join(files.values()).decode()
    points = pd.read_csv(here.path / "measurements" / "points.csv")
    villages = here.tables()["villages"]
    for secret in (*points["point"], *points["place"], *villages["code"], *villages["name"], "Fexanet", "9000000",
                   "9100000", "rahasia", "K-1"):  # fmt: skip
        assert str(secret) not in text, secret
    found = bundle.opened(made.data, [KEY.public], "x").tables
    for name in ("outcomes", "failures"):
        assert all(row["points"] >= FEWEST for row in found[name])


def test_what_was_taken_is_not_handed_on(here, tmp_path):
    other = region(tmp_path / "vekona", "99.02")
    taken.take(other, packed.pack(here, KEY, TODAY).data, [KEY.public], "a.zip", TODAY)
    found = gathered(other)
    assert {name: rows for name, rows in found.tables.items() if name != "villages"} == {
        "prices": [],
        "practices": [],
    }
    assert "No service points are known" in found.notes[0]


@pytest.mark.parametrize(
    "words",
    ["ring 0812-3456-7890", "to a.b@desa.example", "6402011234567890 signed", "call +62 812 3456 7890"],
)
def test_a_note_that_could_name_a_person_is_not_packed(tmp_path, words):
    made = region(tmp_path / "vekona", "99.02")
    notes_of(made, NOTE | {"done": words})
    with pytest.raises(MerataError, match=r"practices\.csv, row 2, column done: .* could tell who"):
        packed.pack(made, KEY, TODAY)
    assert not (made.path / "bundles").exists()
    notes_of(made, NOTE | {"worked": "perhaps"})
    with pytest.raises(MerataError, match="row 2, column worked: 'perhaps' is none of yes, partly, no"):
        packed.pack(made, KEY, TODAY)


def notes_of(made, *rows):
    columns = [column.name for column in TABLES["practices"].columns]
    # As spreadsheets save it.
    pd.DataFrame(rows)[columns].to_csv(
        made.path / "practices.csv", index=False, encoding="utf-8-sig", lineterminator="\r\n"
    )


@pytest.mark.slow
def test_two_regions_by_their_commands(here, tmp_path):
    secret = keys.make(tmp_path / "a.key", "a.example/log", notes.LOG)
    notes_of(here, NOTE)
    file = tmp_path / "a.zip"
    said = merata("exchange", "pack", here.path, "--key", tmp_path / "a.key", "--out", file).stdout
    assert f"Give others the key too, by another way: {secret.public}" in said
    assert "prices: 2 points are in groups too small" in said
    other = region(tmp_path / "vekona", "99.02").path
    assert "signed by a.example/log" in merata("exchange", "verify", file, "--key", secret.public).stdout
    assert "not signed" in merata("exchange", "verify", file, "--key", KEY.public, code=3).stderr
    assert "Next: merata run" in merata("exchange", "take", other, file, "--key", secret.public).stdout
    shown = json.loads(merata("exchange", "evidence", other, "--json").stdout)
    assert "12 sites" not in shown["prices"]["leo_monthly"]
    assert "9 sites in Kabupaten pazelo (contoh)" in shown["prices"]["leo_monthly"]
    assert shown["practices"][0]["note"] == "solar-theft"
    plain = merata("exchange", "evidence", other).stdout
    assert "Panels were stolen Done: Panels on the roof Cost: IDR 1,500,000." in plain
    assert (
        "was taken before" in merata("exchange", "take", other, file, "--key", secret.public, code=3).stderr
    )
    assert "Taken back: Kabupaten pazelo" in merata("exchange", "untake", other, "99.01").stdout
    assert "no bundle is taken in" in merata("exchange", "evidence", other, code=5).stderr
