"""Sheets of offices become rows of the declared tables: in any dialect, and the real lists."""

import csv
import datetime as dt
from dataclasses import dataclass

import pandas as pd
import pytest
from dialects import ENCODINGS, SEPARATORS, WORKBOOKS, number, write, write_csv, write_xlsx
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from merata.region.headers import find_tables
from merata.region.records import GIVEN, Source
from merata.region.spreadsheets import Grid
from merata.region.tables import TABLES
from merata.region.understand import read_spreadsheet, understand
from merata.region.values import is_blank

N = None
RELAXED = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])


def source(path, **more):
    return Source(path.name, path, "2026-01-15", **more)


def read_rows(tmp_path, rows, name="data.csv", **more):
    return read_spreadsheet(source(write_csv(tmp_path / name, rows), **more))


def values(frame, column):
    return [None if pd.isna(value) else value for value in frame[column]]


def said(understood, severity):
    return [(f.row, f.column, f.what) for f in understood.findings if f.severity == severity]


# --- any table, in any dialect, comes back as it was -------------------------------------------------------------


@dataclass
class Village:
    code: str
    district: str
    name: str
    people: int
    households: int | None
    power: str | None
    signal: str | None


letters = st.text("abdeghiklmnorstuéq'ABKST ", min_size=3, max_size=14)
names = letters.map(lambda text: " ".join(text.split())).filter(
    lambda text: len(text) > 2 and text[0].isalpha() and not is_blank(text)
)
POWER = {
    "grid": ["PLN", "pln"],
    "solar": ["PLTS", "Solar"],
    "generator": ["genset", "Non PLN"],
    "none": ["Tidak ada", "belum"],
}
SIGNAL = {
    "very strong": ["sangat kuat"],
    "strong": ["Kuat"],
    "weak": ["LEMAH"],
    "no signal": ["tidak ada", "Blank Spot"],
}
HEADERS = {
    "code": ["Kode Desa", "KODE WILAYAH", "village_code", "Kode Desa (Kemendagri)"],
    "district": ["Kecamatan", "NAMA KECAMATAN", "Kec.", "district"],
    "name": ["Desa", "Desa/Kelurahan", "Nama Desa\n/ Kelurahan", "VILLAGE", "Nama\u00a0Desa"],
    "people": ["Jumlah Penduduk", "Penduduk (jiwa)", "JIWA", "population", "Jml. Penduduk"],
    "households": ["KK", "Jumlah KK", "Rumah Tangga", "households"],
    "power": ["Listrik", "Sumber Listrik", "electricity"],
    "signal": ["Sinyal", "Kekuatan Sinyal", "signal strength"],
}
blank = st.sampled_from([None, "-", "n/a", "\u00a0", "–", "tidak ada data"])
villages = st.lists(
    st.builds(
        Village,
        code=st.integers(2001, 2999).map(lambda n: f"64.02.01.{n}"),
        district=names,
        name=names,
        people=st.integers(0, 2_000_000),
        households=st.one_of(st.none(), st.integers(0, 99_999)),
        power=st.one_of(st.none(), st.sampled_from(list(POWER))),
        signal=st.one_of(st.none(), st.sampled_from(list(SIGNAL))),
    ),
    min_size=1,
    max_size=8,
    unique_by=lambda village: village.code,
)


@st.composite
def sheets(draw, ending):
    """A table of villages, and the rows of a sheet that says the same the way an office might."""
    truth = draw(villages)
    fields = draw(st.permutations(list(HEADERS)))
    style = draw(st.sampled_from(["id", "en", "plain"]))
    rows: list[list] = [
        [text] for text in draw(st.lists(st.sampled_from(["REKAPITULASI", "Kabupaten Contoh"]), max_size=2))
    ]
    rows += [[]] * draw(st.integers(0, 2))
    two_rows = draw(st.booleans())
    head = [draw(st.sampled_from(HEADERS[field])) for field in fields]
    if two_rows:
        fields = [*[f for f in fields if f not in ("households", "people")], "households", "people"]
        head = [draw(st.sampled_from(HEADERS[f])) for f in fields[:-2]] + ["Jumlah", None]
    numbered = draw(st.booleans())
    rows.append(["No."] * numbered + head)
    if two_rows:
        rows.append([None] * numbered + [None] * (len(fields) - 2) + ["KK", "Jiwa"])
    if draw(st.booleans()):
        rows.append([f"({n + 1})" for n in range(numbered + len(fields))])
    at = []
    for n, village in enumerate(truth, 1):
        rows += [[]] * draw(st.sampled_from([0, 0, 0, 1]))
        rows.append([n] * numbered + [draw(_cell(village, field, style, ending)) for field in fields])
        at.append(len(rows))
    if draw(st.booleans()):
        total = {"people": sum(v.people for v in truth)}
        rows.append(
            ["JUMLAH"] * numbered
            + [total.get(f, None if numbered or f != fields[0] else "TOTAL") for f in fields]
        )
        if not numbered and fields[0] == "people":
            rows.pop()
    rows += [[], ["Sumber: Dinas Contoh"]] if draw(st.booleans()) else []
    return truth, at, rows


def _cell(village, field, style, ending):
    value = getattr(village, field)
    if value is None:
        return blank
    if field in ("people", "households"):
        typed = st.just(number(value, style)) if style != "plain" or ending == ".csv" else st.just(value)
        return st.one_of(typed, st.just(value)) if ending != ".csv" else typed
    if field == "code":
        digits = value.replace(".", "")
        return st.sampled_from([value, digits, int(digits), f"'{digits}", f"{value}\u00a0"])
    if field == "power":
        return st.sampled_from(POWER[value])
    if field == "signal":
        return st.sampled_from(SIGNAL[value])
    return st.sampled_from([value, f"{value}\u00a0", f" {value}"])


def check_villages(path, truth, at):
    understood = read_spreadsheet(source(path))
    assert not [f for f in understood.findings if f.severity in ("error", "question")]
    people = understood.tables["people"]
    assert values(people, "people") == [v.people for v in truth]
    assert values(people, "households") == [v.households for v in truth]
    assert values(people, "source_row") == at
    assert [" ".join(v.split()) for v in people["given_village"]] == [v.name for v in truth]
    assert [" ".join(v.split()) for v in people["given_district"]] == [v.district for v in truth]
    codes = ["".join(c for c in v if c.isdigit()) for v in people["given_code"]]
    assert codes == [v.code.replace(".", "") for v in truth]
    for table, column, wanted in (("electricity", "electricity", "power"), ("reports", "signal", "signal")):
        known = [(row, getattr(v, wanted)) for row, v in zip(at, truth, strict=True) if getattr(v, wanted)]
        frame = understood.tables.get(table, pd.DataFrame({"source_row": [], column: []}))
        assert list(zip(frame["source_row"], frame[column], strict=True)) == known


@pytest.mark.slow
@pytest.mark.parametrize("ending", WORKBOOKS)
@RELAXED
@given(data=st.data())
def test_a_table_of_villages_comes_back_from_any_workbook(tmp_path, ending, data):
    truth, at, rows = data.draw(sheets(ending))
    check_villages(write(tmp_path / f"data{ending}", rows), truth, at)


@RELAXED
@given(data=st.data(), encoding=st.sampled_from(ENCODINGS), separator=st.sampled_from(SEPARATORS))
def test_a_table_of_villages_comes_back_from_any_text_file(tmp_path, data, encoding, separator):
    truth, at, rows = data.draw(sheets(".csv"))
    check_villages(write(tmp_path / "data.csv", rows, separator, encoding), truth, at)


measured = st.tuples(
    st.dates(dt.date(2000, 1, 1), dt.date(2026, 1, 1)),
    st.integers(-140, -40),
    st.integers(0, 99_999).map(lambda n: n / 100),
    st.integers(0, 9_999).map(lambda n: n / 10),
)


@RELAXED
@given(st.lists(measured, min_size=1, max_size=6), st.sampled_from(["id", "en"]), st.sampled_from(SEPARATORS))
def test_measurements_come_back_with_their_decimals(tmp_path, rows, style, separator):
    head = ["Tanggal", "RSRP (dBm)", "Unduh (Mbps)", "Unggah (Mbps)", "Lintang", "Bujur"]
    written = [
        [when.strftime("%d/%m/%Y"), dbm, number(down, style), number(up, style), "-0,512", "117,1"]
        for when, dbm, down, up in rows
    ]
    frame = read_spreadsheet(source(write_csv(tmp_path / "m.csv", [head, *written], separator))).tables[
        "measurements"
    ]
    found = zip(frame["when"], frame["signal_dbm"], frame["down_mbps"], frame["up_mbps"], strict=True)
    assert list(found) == [(when.isoformat(), float(dbm), down, up) for when, dbm, down, up in rows]
    assert set(frame["known_by"]) == {"measured"}
    assert set(frame["given_y"]) == {"-0,512"}


# --- what single cells and columns do ----------------------------------------------------------------------------


def test_every_table_has_its_declared_columns_and_types(tmp_path):
    rows = [
        ["Kecamatan", "Desa", "Jiwa", "Sinyal", "Listrik", "KK punya HP"],
        ["A", "B", 1, "kuat", "PLN", 3],
    ]
    understood = read_rows(tmp_path, rows)
    assert set(understood.tables) == {"people", "reports", "electricity", "devices"}
    for name, frame in understood.tables.items():
        assert list(frame.columns) == [*[c.name for c in TABLES[name].all_columns], *GIVEN]
        kinds = {"int": "Int64", "idr": "Int64", "float": "Float64", "bool": "boolean"}
        for column in TABLES[name].all_columns:
            assert str(frame[column.name].dtype) == kinds.get(column.kind, "string")
        assert values(frame, "source") == ["data.csv"]
        assert values(frame, "known_by") == ["reported"]


def test_every_cell_that_cannot_be_used_is_a_finding(tmp_path):
    head = ["Kecamatan", "Desa", "Jiwa", "KK", "Listrik"]
    rows = [head, ["A", "B", "banyak", 5, "obor"], ["A", "C", -4, 1.5, "PLN"], ["A", "", 7, 1, "PLN"]]
    understood = read_rows(tmp_path, rows)
    assert "people" not in understood.tables
    assert values(understood.tables["electricity"], "electricity") == ["grid"]
    assert [place[:2] for place in said(understood, "error")] == [
        (2, "Jiwa"), (3, "Jiwa"), (3, "KK"), (4, ""), (2, "Listrik"),
    ]  # fmt: skip
    assert "whole number" in said(understood, "error")[0][2]


def test_a_number_beyond_all_bounds_is_a_finding(tmp_path):
    rows = [["Kecamatan", "Desa", "Jiwa"], ["A", "B", "9" * 30], ["A", "C", "9" * 400], ["A", "D", 9]]
    understood = read_rows(tmp_path, rows)
    assert values(understood.tables["people"], "people") == [9]
    assert [row for row, _, _ in said(understood, "error")] == [2, 3]


def test_a_column_of_rubbish_is_counted_not_listed_without_end(tmp_path):
    rows = [["Kecamatan", "Desa", "Jiwa"], *[["A", f"D {n}x", "?!"] for n in range(500)]]
    errors = said(read_rows(tmp_path, rows), "error")
    assert len(errors) == 101
    assert "400 more cells" in errors[-1][2]


def test_columns_that_nothing_is_read_from_are_told(tmp_path):
    understood = read_rows(
        tmp_path, [["Kecamatan", "Desa", "Jiwa", "Warna", "Luas Sawah"], ["A", "B", 1, 2, 3]]
    )
    assert said(understood, "note") == [(1, "", "Columns that nothing is read from: 'Warna', 'Luas Sawah'.")]


def test_men_and_women_are_not_taken_for_all_people(tmp_path):
    rows = [
        ["Kecamatan", "Desa", "Jumlah Penduduk", "", ""],
        ["", "", "L", "P", "L+P"],
        ["A", "B", 10, 11, 21],
    ]
    people = read_rows(tmp_path, rows).tables["people"]
    assert [values(people, name) for name in ("people", "women", "men")] == [[21], [11], [10]]


def test_districts_and_villages_in_one_column(tmp_path):
    rows = [["No", "Kecamatan/Desa", "Jiwa"], ["A", "Kec. Alpha", 30], [1, "Satu", 10], [2, "Dua", 20]]
    people = read_rows(tmp_path, rows).tables["people"]
    assert list(zip(people["given_district"], people["given_village"], strict=True)) == [
        ("Alpha", "Satu"), ("Alpha", "Dua"),
    ]  # fmt: skip


def test_the_latest_of_several_years_is_read(tmp_path):
    rows = [["Kecamatan", "Desa", "Penduduk 2022", "Penduduk 2024", "Penduduk 2023"], ["A", "B", 10, 30, 20]]
    people = read_rows(tmp_path, rows).tables["people"]
    assert (values(people, "people"), values(people, "year")) == ([30], [2024])


def test_two_columns_that_may_be_meant_are_a_question(tmp_path):
    understood = read_rows(tmp_path, [["Kecamatan", "Desa", "Jiwa", "Penduduk"], ["A", "B", 10, 30]])
    assert values(understood.tables["people"], "people") == [10]
    assert said(understood, "question")


def test_a_misspelt_header_is_read_and_a_count_of_villages_is_none(tmp_path):
    understood = read_rows(tmp_path, [["Kecamtan", "Desa", "Jumlah Pendudukk"], ["A", "B", 10]])
    assert values(understood.tables["people"], "given_district") == ["A"]
    understood = read_rows(tmp_path, [["regency", "villages", "Jiwa"], ["A", 100, 5]])
    assert not understood.tables


def test_an_ambiguous_decimal_is_a_question_and_people_come_in_thousands(tmp_path):
    head = ["Kecamatan", "Desa", "Lintang", "Bujur", "Nama Dusun", "Jiwa"]
    settlements = read_rows(tmp_path, [head, ["A", "B", "-0.5", "117.5", "I", "1.234"]]).tables["settlements"]
    assert values(settlements, "people") == [1234.0]
    head = ["Desa", "Kecamatan", "Unduh (Mbps)"]
    understood = read_rows(tmp_path, [head, ["A", "B", "1.234"]])
    assert values(understood.tables["measurements"], "down_mbps") == [1.234]
    assert len(said(understood, "question")) == 1
    head = ["ID Menara", "Lintang", "Bujur", "Tinggi (m)"]
    sites = read_rows(tmp_path, [head, ["X", "-0.5", "117.1", "42.000"]])
    assert values(sites.tables["sites"], "height_m") == [42.0]
    assert not said(sites, "question")


def test_dates_of_titles_columns_and_receipt(tmp_path):
    head, row = ["Kecamatan", "Desa", "Jiwa"], ["A", "B", 1]
    for title, date in (
        ("Data per 10 November 2025", "2025-11-10"),
        ("Statistik Tahun 2024", "2024-01-01"),
        ("Rencana Tahun 2030", "2026-01-15"),
        ("Data desa", "2026-01-15"),
    ):
        frame = read_rows(tmp_path, [[title], [], head, row]).tables["people"]
        assert values(frame, "source_date") == [date]
    frame = read_rows(tmp_path, [[*head, "as_of"], [*row, "2025-03-01"]]).tables["people"]
    assert values(frame, "source_date") == ["2025-03-01"]


def test_places_are_kept_just_as_found(tmp_path):
    rows = [
        ["Nama Site", "Operator", "Lintang", "Bujur"],
        ["X", "Y", "0°25'12\" LS", 117.123456789],
        ["Z", "Y", N, N],
    ]
    path = write_xlsx(tmp_path / "menara.xlsx", {"A": rows})
    understood = read_spreadsheet(source(path))
    sites = understood.tables["sites"]
    assert (values(sites, "given_y"), values(sites, "given_x")) == (["0°25'12\" LS"], ["117.123456789"])
    assert values(sites, "id") == ["menara.xlsx:A:2"]
    assert said(understood, "error") == [(3, "", "The row names no coordinates.")]


def test_made_up_measurements_stay_made_up(tmp_path):
    rows = [["Desa", "Kecamatan", "RSRP"], ["A", "B", -90]]
    frame = read_rows(tmp_path, rows, known_by="made up").tables["measurements"]
    assert values(frame, "known_by") == ["made up"]


# --- which sheet is which ----------------------------------------------------------------------------------------


def test_facilities_by_kind_by_name_and_by_header(tmp_path):
    understood = read_rows(tmp_path, [["Jenis", "Nama", "Desa", "Kecamatan"], ["Puskesmas", "X", "A", "B"]])
    assert values(understood.tables["facilities"], "kind") == ["health post"]
    rows = [
        ["Nama Sekolah", "Desa", "Kecamatan", "Jumlah Siswa"],
        ["SMP 1", "A", "B", 120],
        ["Bina Bangsa", "A", "B", 60],
    ]
    facilities = read_rows(tmp_path, rows).tables["facilities"]
    assert values(facilities, "kind") == ["school", "school"]
    assert values(facilities, "users") == [120, 60]


def test_a_kind_of_village_is_no_kind_of_facility(tmp_path):
    understood = read_rows(tmp_path, [["Jenis", "Desa", "Kecamatan", "Jiwa"], ["Desa", "A", "B", 5]])
    assert set(understood.tables) == {"people"}


def test_signal_in_words_is_a_report_and_in_numbers_a_measurement(tmp_path):
    words = read_rows(tmp_path, [["Desa", "Kecamatan", "Signal"], ["A", "B", "weak"]]).tables
    assert values(words["reports"], "signal") == ["weak"]
    assert values(words["reports"], "level") == [None]
    numbers = read_rows(tmp_path, [["Desa", "Kecamatan", "Signal"], ["A", "B", -101]]).tables
    assert values(numbers["measurements"], "signal_dbm") == [-101.0]


def test_a_list_is_of_villages_without_signal_only_when_it_says_so(tmp_path):
    rows = [["No", "Kecamatan", "Desa"], [1, "A", "B"]]
    assert not read_rows(tmp_path, rows, "desa.csv").tables
    for understood in (
        read_rows(tmp_path, rows, "desa_blank_spot.csv"),
        read_rows(tmp_path, [["DAFTAR DESA TANPA SINYAL"], *rows], "desa.csv"),
        read_rows(tmp_path, rows, "desa.csv", kind="reports"),
    ):
        assert values(understood.tables["reports"], "level") == ["none"]
    status = [["No", "Kecamatan", "Desa", "Status"], [1, "A", "B", "terlayani"]]
    assert not read_rows(tmp_path, status, "belum_terlayani.csv").tables


def test_what_is_planned_is_not_served(tmp_path):
    notes = ["akan terlayani 2026", "belum terlayani", "sudah terlayani"]
    rows = [["Kecamatan", "Desa", "Ket"], *[["A", f"B{n}x", note] for n, note in enumerate(notes)]]
    reports = read_rows(tmp_path, rows, "no_signal.csv").tables["reports"]
    assert values(reports, "level") == ["none", "none", "basic"]


def test_codes_side_by_side_are_a_crosswalk(tmp_path):
    rows = [["Kode Kemendagri", "Kode BPS", "Desa"], ["64.02.01.2001", "6403010001", "A"]]
    crosswalk = read_rows(tmp_path, rows).tables["crosswalk"]
    assert (values(crosswalk, "code"), values(crosswalk, "other_code")) == (
        ["64.02.01.2001"],
        ["64.03.01.0001"],
    )


def test_amounts_in_words_and_in_millions(tmp_path):
    head = ["Tahun", "Sumber Dana", "Pagu (Rp)"]
    rows = [head, [2025, "APBD", "Rp 12.500.000.000,-"], [2026, "APBN", "8 miliar"], ["Jumlah", "", "20.500"]]
    assert values(read_rows(tmp_path, rows).tables["budgets"], "granted_idr") == [
        12_500_000_000,
        8_000_000_000,
    ]
    rows = [["Tahun", "Anggaran (juta Rp)"], [2025, "12.500"], [2026, "8.000,5"]]
    budgets = read_rows(tmp_path, rows).tables["budgets"]
    assert values(budgets, "granted_idr") == [12_500_000_000, 8_000_500_000]
    assert values(budgets, "fund") == ["programme", "programme"]


def test_budgets_with_a_column_for_each_year(tmp_path):
    head = [["ANGGARAN (juta rupiah)"], ["No", "Sumber Dana", 2025, 2026]]
    body = [[1, "APBD", "12.500", "8.000"], [2, "APBN", "-", "500"], ["", "JUMLAH", "12.500", "8.500"]]
    rows = head + body
    budgets = read_rows(tmp_path, rows).tables["budgets"]
    assert list(
        zip(budgets["fund"], budgets["year"], budgets["granted_idr"], budgets["source_row"], strict=True)
    ) == [
        ("APBD", 2025, 12_500_000_000, 3),
        ("APBD", 2026, 8_000_000_000, 3),
        ("APBN", 2026, 500_000_000, 4),
    ]


def test_a_year_in_a_note_dates_a_report(tmp_path):
    head = ["Desa", "Kecamatan", "Sinyal", "Sumber", "Ket"]
    note = "sejak 2023, dicek 2024"
    rows = [head, ["A", "B", "lemah", "Dinas 2021", note], ["C", "B", "lemah", "Dinas 2021", ""]]
    reports = read_rows(tmp_path, rows).tables["reports"]
    assert values(reports, "source_date") == ["2024-12-31", "2021-12-31"]


def test_prices_find_their_component_and_their_unit(tmp_path):
    rows = [
        ["Uraian", "Satuan", "Harga Satuan (Rp)"],
        ["Langganan LEO", "tahun", "24.000.000"],
        ["Terminal LEO", "bulan", "5.000.000"],
        ["Kopi", "gelas", "5.000"],
    ]
    understood = read_rows(tmp_path, rows)
    prices = understood.tables["prices"]
    assert values(prices, "component") == ["leo_monthly", None, None]
    assert values(prices, "low_idr") == values(prices, "high_idr") == [2_000_000, 5_000_000, 5_000]
    assert [row for row, _, _ in said(understood, "question")] == [3, 4]


def test_what_a_person_said_it_is_goes_first(tmp_path):
    rows = [["Desa", "Kecamatan", "Nama", "Jiwa"], ["A", "B", "RT 1", 9]]
    assert set(read_rows(tmp_path, rows).tables) == {"people"}
    assert set(read_rows(tmp_path, rows, kind="facilities").tables) == set()
    understood = read_rows(tmp_path, [["foo", "bar"], ["x", "y"]], kind="prices")
    assert "has nothing of the table prices" in said(understood, "error")[0][2]


def test_a_sheet_that_is_not_recognised_is_an_error_that_says_what_to_do(tmp_path):
    people = [["Desa", "Kecamatan", "Jiwa"], ["A", "B", 1]]
    path = write_xlsx(
        tmp_path / "t.xlsx", {"Desa": people, "Lain": [["foo", "bar"], ["p", "q"]], "Sampul": [["Dinas"]]}
    )
    understood = read_spreadsheet(source(path))
    assert set(understood.tables) == {"people"}
    errors = [f for f in understood.findings if f.severity == "error"]
    assert [(f.sheet, f.row) for f in errors] == [("Lain", 1)]
    assert "--as" in errors[0].settle
    assert "'Sampul' holds no table" in said(understood, "note")[0][2]


def test_tables_of_several_sheets_are_put_together(tmp_path):
    head = ["Desa", "Kecamatan", "Jiwa"]
    path = write_xlsx(
        tmp_path / "t.xlsx", {"1": [head, ["A", "X", 1]], "2": [["Judul"], head, ["B", "Y", 2]]}
    )
    people = read_spreadsheet(source(path)).tables["people"]
    assert list(zip(people["sheet"], people["source_row"], people["people"], strict=True)) == [
        ("1", 2, 1),
        ("2", 3, 2),
    ]


texts = st.sampled_from(
    ["1.234", "Desa", "x", "-", "64.02.01.2001", "kuat", "PLN", "2025", "Kec. X", "12 Mei 2025", "Jumlah"]
)
finite = st.floats(allow_nan=False, allow_infinity=False)
cells = st.one_of(
    st.none(), texts, st.integers(-5, 9999), finite, st.just(2.0**63), st.booleans(), st.dates()
)
declared = {h for t in TABLES.values() for c in t.columns for h in (c.name, *c.headers)}
headers = st.sampled_from(sorted(declared | {"lintang", "bujur", "koordinat", "no", "foo"}))


@st.composite
def grids(draw):
    width = draw(st.integers(1, 7))
    rows = st.lists(st.lists(cells, min_size=width, max_size=width), min_size=1, max_size=6)
    return Grid("S", [draw(st.lists(headers, min_size=width, max_size=width)), *draw(rows)])


@settings(max_examples=200)
@given(grids(), st.sampled_from(["", *TABLES]))
def test_no_table_breaks_the_reader_or_yields_what_is_not_declared(grid, kind):
    for raw in find_tables(grid, "f.xlsx"):
        understood = understand(raw, Source("f.xlsx", N, "2026-01-15", kind=kind))
        for name, frame in (understood.tables if understood else {}).items():
            for column in TABLES[name].columns:
                found = frame[column.name].dropna()
                assert not column.choices or set(found) <= set(column.choices)
                assert column.minimum is None or (found >= column.minimum).all()
                assert not column.required or column.name == "village_code" or len(found) == len(frame)


# --- the real lists ----------------------------------------------------------------------------------------------


def test_the_real_list_of_villages_without_signal(shared_data):
    path = shared_data / "kukar" / "no_signal_villages.csv"
    reports = read_spreadsheet(source(path)).tables["reports"]
    with path.open() as stream:
        truth = list(csv.DictReader(stream))
    assert list(reports["given_village"]) == [row["desa"] for row in truth]
    assert list(reports["given_district"]) == [row["kecamatan"] for row in truth]
    assert list(reports["level"]) == ["basic" if row["note"] else "none" for row in truth]
    assert (reports["source_date"] <= "2021-12-31").all()


def test_the_real_prices_and_budgets_and_totals(shared_data):
    prices = read_spreadsheet(source(shared_data / "programme" / "costs.csv")).tables["prices"]
    assert list(prices["component"]) == [
        "fibre_monthly", "leo_terminal", "leo_monthly", "base_station", "base_station_monthly", "tower", "repeater",
        "remote_transport",
    ]  # fmt: skip
    assert list(prices["high_idr"])[3] == 2_140_000_000
    budgets = read_spreadsheet(source(shared_data / "programme" / "budget.csv")).tables["budgets"]
    assert values(budgets, "granted_idr") == [12_500_000_000, 8_000_000_000]
    assert values(budgets, "needed_low_idr") == [None, 16_000_000_000]
    totals = read_spreadsheet(source(shared_data / "regencies.csv")).tables["totals"]
    assert len(totals) == 10
    assert dict(zip(totals["regency_code"], totals["people"], strict=True))["64.02"] == 806_964
    assert list(totals["land_km2"])[7] == 509.45
