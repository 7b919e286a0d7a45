"""A name in a file finds its village, or is asked about; it never finds another one silently."""

import random
import re

import geopandas as gpd
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import OSA
from within import processor_seconds

from merata.region.names import VillageIndex, findings_for, fold, match_rows, subject

VILLAGES = pd.DataFrame(
    [
        ("99.01.01.2001", "Umbaq Lalang", "Tirta Hulu"),
        ("99.01.01.2002", "Sungai Perak", "Tirta Hulu"),
        ("99.01.01.2003", "Moderen Jaya", "Tirta Hulu"),
        ("99.01.01.2004", "Kampung Baru", "Tirta Hulu"),
        ("99.01.02.2001", "Loh Ipuh I", "Tirta Hulu Barat"),
        ("99.01.02.2002", "Loh Ipuh II", "Tirta Hulu Barat"),
        ("99.01.02.2003", "Suka Rindang", "Tirta Hulu Barat"),
        ("99.01.03.2001", "Suka Rindang", "Rawa Besar"),
        ("99.01.03.2002", "Kampung Baru", "Rawa Besar"),
        ("99.01.03.2003", "Teluk Bhakti", "Rawa Besar"),
        ("99.01.03.2004", "Benua Lawas", "Rawa Besar"),
    ],
    columns=["code", "name", "district"],
)
INDEX = VillageIndex(VILLAGES)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ds. Umbaq Lalang", "UMBAK  LALANG"),
        ("Desa Sallo Cela", "salo cella"),
        ("Kel. Batu-Batu", "Batu batu"),
        ("Muara Ka'eq", "muara kaek"),
        ("Sukabumi", "Suka Bumi"),
        ("Sebulu Moderen", "Sebulu Modern"),
        ("Soeka Madjoe", "Suka Maju"),
        ("Tani Bhakti", "Tani Bakti"),
        ("Separi III", "Separi 3"),
        ("Sei Meriam", "Sungai Meriam"),
        ("Kp Baru", "KAMPUNG BARU"),
        ("Désa Pélà", "Pela"),
        ("Loa\u00a0Kulu", "Loa Kulu"),
        ("Kec.Tabang", "Tabang"),
        ("Melayu (Kelurahan)", "Melayu"),
    ],
)
def test_spellings_of_one_name_fold_into_one(one, other):
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Separi I", "Separi II"),
        ("Loa Duri Ulu", "Loa Duri Ilir"),
        ("Jantur", "Jantur Baru"),
        ("Separi 1", "Separi 11"),
        ("Desa", "Kampung"),
    ],
)
def test_different_names_stay_apart(one, other):
    assert fold(one) != fold(other)


@settings(max_examples=200)
@given(st.text(max_size=40))
def test_folding_takes_any_text_and_does_not_depend_on_case(text):
    assert (
        fold(text) == fold(text.lower())
        or len(text.lower()) != len(text)
        or text.lower().upper() != text.upper()
    )
    assert " " not in fold(text)


@pytest.mark.parametrize(
    ("village", "district", "code", "found", "how"),
    [
        ("Umbaq Lalang", "Tirta Hulu", None, "99.01.01.2001", "exact"),
        ("DESA UMBAQ LALANG", "Kec. Tirta Hulu", None, "99.01.01.2001", "exact"),
        ("Umbak Lallang", "Tirta Hulu", None, "99.01.01.2001", "folded"),
        ("Umbaq Lalnag", "Tirtahulu", None, "99.01.01.2001", "fuzzy"),
        ("Sei Perak", "Tirta Hulu", None, "99.01.01.2002", "folded"),
        ("Kp. Baru", "Rawa Besar", None, "99.01.03.2002", "exact"),
        ("Loh Ipuh 2", "Tirta Hulu Barat", None, "99.01.02.2002", "folded"),
        ("Loh Ipu II", "Tirta Hulu Barat", None, "99.01.02.2002", "fuzzy"),
        ("Loh Ipuh II", "Tirta Hulu", None, "99.01.02.2002", "district split"),
        ("Suka Rindang", "Tirta Hulu", None, "99.01.02.2003", "district split"),
        ("Benua Lawas", "Tirta Hulu", None, "99.01.03.2004", "district split"),
        ("Teluk Bakti", None, None, "99.01.03.2003", "folded"),
        (None, None, "99.01.03.2003", "99.01.03.2003", "code"),
        (None, None, "9901032003", "99.01.03.2003", "code"),
        ("Suka Rindang", None, "99.01.03.2001", "99.01.03.2001", "code"),
        ("Teluk Bakti", "Rawa Besar", "99.01.77.2009", "99.01.03.2003", "folded"),
    ],
)
def test_a_certain_match(village, district, code, found, how):
    match = INDEX.match(village, district, code)
    assert (match.code, match.how, match.sure) == (found, how, True)


@pytest.mark.parametrize(
    ("village", "district", "code", "first"),
    [
        ("Suka Rindang", None, None, "99.01.02.2003"),  # in two districts
        ("Kampung Baru", "Tirta Hulu Barat", None, "99.01.01.2004"),  # in two others, one of them related
        ("Loh Ipuh", "Tirta Hulu Barat", None, "99.01.02.2001"),  # which of the two?
        ("Loh Ipuh 4", "Tirta Hulu Barat", None, "99.01.02.2001"),
        ("Benua Lawas Ulu", "Rawa Besar", None, "99.01.03.2004"),  # a village more, not a misspelling
        ("Umbaq Lalang", "Nowhere at All", None, "99.01.01.2001"),
        (
            "Umbaq Lalang",
            "Tirta Hulu",
            "99.01.03.2003",
            "99.01.03.2003",
        ),  # code and name say different things
        ("Suka Rindang", "Rawa Besar", "99.01.02.2003", "99.01.02.2003"),
        ("Umbaq Lalang", "Tirta Hulu", "88.01.01.2001", "99.01.01.2001"),  # the code of another regency
    ],
)
def test_what_is_not_certain_is_asked_with_the_likeliest_first(village, district, code, first):
    match = INDEX.match(village, district, code)
    assert not match.sure
    assert match.code is None
    assert match.candidates[0].code == first
    (finding,) = findings_for(match, "a.xlsx", village or "", district or "", code or "", row=7)
    assert finding.severity == "question"
    assert finding.row == 7
    assert first in finding.candidates
    assert finding.subject == subject(village, district, code)
    assert f"merata settle FOLDER {finding.id} {first}" in finding.settle


def test_an_answer_is_applied_ever_after():
    key = subject("Suka Rindang", None)
    answered = VillageIndex(VILLAGES, {key: "99.01.03.2001"}).match(" SUKA  rindang ", "")
    assert (answered.code, answered.how, answered.sure) == ("99.01.03.2001", "answer", True)
    not_here = VillageIndex(VILLAGES, {key: "none"}).match("Suka Rindang", None)
    assert (not_here.code, not_here.how, not_here.sure) == (None, "answer", True)
    gone = VillageIndex(VILLAGES, {key: "99.09.09.2009"}).match("Suka Rindang", None)
    assert not gone.sure


def test_the_other_office_s_codes_are_known_where_given():
    index = VillageIndex(VILLAGES.assign(other_code=["9902010001"] + [pd.NA] * 10))
    assert index.match(None, None, "9902010001").code == "99.01.01.2001"


def rows(*given, **more):
    table = pd.DataFrame(given, columns=["given_village", "given_district", "given_code"], dtype="string")
    return table.assign(source_row=range(5, 5 + len(table)), sheet="Lembar1", **more)


def test_rows_of_the_same_words_share_one_finding():
    table = rows(*[("Suka Rindang", None, None)] * 3, ("Umbaq Lalang", "Tirta Hulu", None))
    table.index = [9, 9, 4, 2]
    codes, findings = match_rows(table, INDEX, "a.xlsx")
    assert list(codes.index) == [9, 9, 4, 2]
    assert codes.isna().tolist() == [True, True, True, False]
    (finding,) = findings
    assert (finding.row, finding.sheet, finding.file) == (5, "Lembar1", "a.xlsx")
    assert "2 more rows" in finding.done


def test_rows_without_words_are_left_alone():
    codes, findings = match_rows(rows((None, None, None), (None, "Rawa Besar", None)), INDEX, "a.xlsx")
    assert codes.isna().all()
    assert findings == []


def test_a_list_of_the_whole_province_gives_one_note_for_each_other_district():
    others = [(f"Tempat {name}", "Hutan Jauh", None) for name in ("Satu", "Dua", "Elok", "Gading")]
    table = rows(*others, ("Umbaq Lalang", "Hutan Jauh", None), ("Sungai Perak", "Tirta Hulu", None))
    codes, findings = match_rows(table, INDEX, "a.xlsx")
    assert codes.notna().tolist() == [False] * 5 + [True]
    (note,) = findings
    assert note.severity == "note"
    assert "5 rows (rows 5–9)" in note.what


def test_the_real_list_of_villages_without_signal(shared_data):
    villages = gpd.read_file(shared_data / "kukar" / "villages.gpkg")
    listed = pd.read_csv(shared_data / "kukar" / "no_signal_villages.csv")
    given_ = pd.DataFrame({"given_village": listed["desa"], "given_district": listed["kecamatan"]})
    codes, findings = match_rows(
        given_.assign(source_row=listed["no"] + 1), VillageIndex(villages), "list.csv"
    )
    assert codes.notna().all()
    assert codes.is_unique
    places = villages.set_index("code").loc[codes]
    moved = {"Benua Baru", "Wonosari", "Sukabumi"}
    for name, district, place in zip(listed["desa"], listed["kecamatan"], places.itertuples(), strict=True):
        assert place.district == ("Kota Bangun Darat" if name in moved else district)
        official = {"Muara Tuboq": "Muara Tubo", "Salo Cella": "Sallo Cela", "Sukabumi": "Suka Bumi"}
        assert place.name == official.get(name, name)
    assert {f.row for f in findings} == {4, 5, 12, 19, 22}
    assert {f.severity for f in findings} == {"repaired"}


def typed(name: str, rng: random.Random) -> str:
    """A name with one typing mistake."""
    at = rng.randrange(len(name))
    return rng.choice(
        [
            name[:at] + name[at + 1 :],
            name[:at] + name[at] + name[at:],
            name[:at] + name[at + 1 : at + 2] + name[at] + name[at + 2 :],
            name[:at] + rng.choice("abdeghiklmnoprstu") + name[at + 1 :],
        ]
    )


def test_typing_mistakes_in_real_names_find_the_village_or_are_asked_about(shared_data):
    villages = gpd.read_file(shared_data / "kukar" / "villages.gpkg")
    index, rng = VillageIndex(villages), random.Random(20251)
    names = list(villages.itertuples())
    sure = total = 0
    for village in names * 4:
        written = typed(village.name, rng)
        match = index.match(written, village.district)
        rivals = [v for v in names if v.district == village.district and v.code != village.code]
        if any(fold(v.name) == fold(written) or _nearer(written, v.name, village.name) for v in rivals):
            continue  # the mistake made it another village's name
        total += 1
        sure += match.sure
        assert match.code in (None, village.code), (village.name, written, match)
        assert any(c.code == village.code for c in match.candidates), (village.name, written, match)
    assert sure / total >= 0.95


def _nearer(written: str, other: str, own: str) -> bool:
    return OSA.distance(written.casefold(), other.casefold()) < OSA.distance(
        written.casefold(), own.casefold()
    )


def test_ways_of_writing_and_wrong_districts_never_give_another_village(shared_data):
    villages = gpd.read_file(shared_data / "kukar" / "villages.gpkg")
    index, rng = VillageIndex(villages), random.Random(7)
    districts = sorted(set(villages["district"]))
    real = set(zip(villages["name"], villages["district"], strict=True))
    for village in villages.itertuples():
        ways = [f"Ds. {village.name}", village.name.upper(), village.name.replace("q", "k")]
        if not re.search(r"I$|^Kampung", village.name):  # 'KotaBangunI' hides its number
            ways.append(village.name.replace(" ", ""))
        for way in ways:
            match = index.match(way, f"Kec. {village.district}")
            assert (match.code, match.sure) == (village.code, True), way
        wrong = rng.choice(districts)
        if not any(name == village.name and set(wrong.split()) <= set(home.split()) for name, home in real):
            assert index.match(village.name, wrong).code in (None, village.code), (village.name, wrong)
        # Another village's code beside the name is never taken, nor is the name.
        other = villages["code"].iloc[rng.randrange(len(villages))]
        assert other == village.code or not index.match(village.name, village.district, other).sure


def test_the_neighbour_s_villages_find_nothing_here(shared_data):
    index = VillageIndex(gpd.read_file(shared_data / "kukar" / "villages.gpkg"))
    neighbour = gpd.read_file(shared_data / "kutai_timur" / "villages.gpkg")
    given_ = pd.DataFrame({"given_village": neighbour["name"], "given_district": neighbour["district"]})
    codes, findings = match_rows(given_, index, "a.csv")
    assert codes.isna().all()
    assert len(findings) == neighbour["district"].nunique()
    with_codes, findings = match_rows(given_.assign(given_code=neighbour["code"]), index, "a.csv")
    assert with_codes.isna().all()
    assert len(findings) == 1


@pytest.mark.slow
def test_twenty_thousand_rows_take_seconds(shared_data):
    villages = gpd.read_file(shared_data / "kukar" / "villages.gpkg")
    rng = random.Random(3)
    big = pd.DataFrame(
        {
            "given_village": [typed(name, rng) for name in list(villages["name"]) * 85],
            "given_district": list(villages["district"]) * 85,
        }
    )
    with processor_seconds(30):
        codes, _ = match_rows(big, VillageIndex(villages), "a.csv")
    assert codes.notna().mean() > 0.95
