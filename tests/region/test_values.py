"""Cells as offices write them: numbers, dates, codes, choices, blanks."""

import datetime as dt

import pytest
from dialects import number
from hypothesis import given
from hypothesis import strategies as st

from merata.region.tables import TABLES
from merata.region.values import (
    find_date,
    fold,
    is_ambiguous,
    is_blank,
    number_style,
    parse_choice,
    parse_code,
    parse_date,
    parse_number,
)

MONTHS_ID = [
    "Januari",
    "Februari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agustus",
    "September",
    "Oktober",
    "November",
    "Desember",
]
MONTHS_EN = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


@given(st.integers(-(10**12), 10**12), st.sampled_from(["id", "en", "plain"]))
def test_whole_numbers_come_back_in_every_style(value, style):
    text = number(value, style)
    assert parse_number(text, "whole") == value
    if style != "plain":
        assert parse_number(text, style) == value


@given(st.integers(-(10**9), 10**9), st.integers(1, 99), st.sampled_from(["id", "en"]))
def test_two_decimals_come_back_and_tell_their_style(whole, cents, style):
    value = (abs(whole) * 100 + cents) / 100 * (-1 if whole < 0 else 1)
    text = f"{value:,.2f}"
    text = text if style == "en" else text.translate(str.maketrans(",.", ".,"))
    assert number_style([text]) == style
    other = "en" if style == "id" else "id"
    assert parse_number(text, style) == parse_number(text, other) == pytest.approx(value, abs=1e-9)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Rp 1.500.000,-", 1_500_000),
        ("Rp1.500.000,00", 1_500_000),
        ("IDR 1,500,000.00", 1_500_000),
        ("1,5 jt", 1_500_000),
        ("1,5 juta rupiah", 1_500_000),
        ("2 milyar", 2_000_000_000),
        ("2,5 miliar", 2_500_000_000),
        ("12\u00a0500", 12_500),
        ("1 234 567,5", 1_234_567.5),
        ("45 %", 0.45),
        ("35 m", 35),
        ("−95 dBm", -95),
        ("(1.200)", -1_200),
        ("nihil", 0),
        ("0", 0),
        (0, 0),
        (12.5, 12.5),
    ],
)
def test_numbers_with_words_around_them(text, value):
    assert parse_number(text) == pytest.approx(value)


@pytest.mark.parametrize(
    "text", ["abc", "1.2.3", "1..2", "1,234,56", "12abc", "0x10", "1e5", "nan", "inf", True, None, "5-7"]
)
def test_what_is_no_number_is_none(text):
    assert parse_number(text) is None


def test_a_lone_thousand_is_ambiguous_until_a_neighbour_tells():
    assert is_ambiguous("1.234")
    assert not is_ambiguous("0.234")
    assert not is_ambiguous("1.2345")
    assert number_style(["1.234", "5"]) is None
    assert number_style(["1.234", "2,5"]) == "id"
    assert number_style(["1.234", "2.5"]) == "en"
    assert (parse_number("1.234", "id"), parse_number("1.234", "en")) == (1234, 1.234)


@pytest.mark.parametrize(
    "text", [None, "", " ", "\u00a0", "-", "–", "—", "n/a", "N/A", ".", "…", "Tidak ada data", "#N/A"]
)
def test_blanks(text):
    assert is_blank(text)


@pytest.mark.parametrize("text", [0, "0", False, "tidak ada", "x", dt.date(2025, 1, 1)])
def test_what_says_something_is_not_blank(text):
    assert not is_blank(text)


@given(st.dates(dt.date(1970, 1, 1), dt.date(2069, 12, 31)))
def test_dates_come_back_however_they_are_written(date):
    d, m, y = date.day, date.month, date.year
    written = [
        date,
        dt.datetime(y, m, d, 13, 5),
        date.isoformat(),
        f"{date.isoformat()}T08:00:00",
        f"{d} {MONTHS_ID[m - 1]} {y}",
        f"Senin, {d:02} {MONTHS_ID[m - 1].upper()} {y}",
        f"{d} {MONTHS_EN[m - 1]} {y}",
        f"{MONTHS_EN[m - 1]} {d}, {y}",
        f"{d}-{MONTHS_ID[m - 1][:3]}-{y % 100:02}",
        f"{d:02}-{m:02}-{y}",
        f"{d}/{m}/{y % 100:02}",
        f"{d}.{m}.{y}",
        f"\u00a0{d}/{m}/{y} ",
        (date - dt.date(1899, 12, 30)).days,
        str((date - dt.date(1899, 12, 30)).days),
    ]
    assert {str(cell): parse_date(cell) for cell in written} == {str(cell): date for cell in written}
    assert find_date(f"DATA PENDUDUK per {d} {MONTHS_ID[m - 1]} {y} (sementara)") == date


def test_months_and_what_is_no_date():
    assert parse_date("Mei 2025") == dt.date(2025, 5, 1)
    assert parse_date("5/25/2025") == dt.date(2025, 5, 25)  # no month 25: the American order
    for cell in (
        "31/02/2025",
        "Desa Mei 2025",
        "64.02.01.2001",
        "1.234,5",
        "12",
        12,
        2025,
        True,
        None,
        "kosong",
    ):
        assert parse_date(cell) is None


village_codes = st.tuples(
    st.integers(11, 96), st.integers(1, 79), st.integers(1, 40), st.integers(1001, 2099)
).map(lambda p: f"{p[0]:02}.{p[1]:02}.{p[2]:02}.{p[3]:04}")


@given(village_codes)
def test_codes_come_back_however_a_spreadsheet_mangled_them(code):
    digits = code.replace(".", "")
    p, k, c, v = code.split(".")
    written = [
        code, digits, int(digits), float(digits), f"{digits}.0", f"'{digits}", f" {code}\u00a0", f"{p} {k} {c} {v}",
        f"{p}-{k}-{c}-{v}", f"{int(p)}.{int(k)}.{int(c)}.{v}", f"{digits[0]}.{digits[1:]}E9",
        f"{digits[0]},{digits[1:]}E+09",
    ]  # fmt: skip
    assert {str(cell): parse_code(cell) for cell in written} == {str(cell): code for cell in written}


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("6403010001", "64.03.01.0001"),
        ("64.02", "64.02"),
        (64.02, "64.02"),
        (64.1, "64.10"),
        ("64.02.01", "64.02.01"),
        ("6.40201E+09", None),
        ("6402012001.5", None),
        ("0102030004", None),
        ("abc", None),
        (12, None),
        (True, None),
        ("²402012001", None),
    ],
)
def test_other_codes_and_what_is_none(cell, code):
    assert parse_code(cell) == code


@pytest.mark.parametrize(
    ("cell", "kind"),
    [
        ("SD Negeri 003 Contoh", "school"),
        ("SDN003", "school"),
        ("SD Pasar Baru", "school"),
        ("UPT Puskesmas Contoh", "health post"),
        ("KANTOR  DESA", "village office"),
        ("Kantor Camat Contoh", "district office"),
        ("Pasar", "market"),
        ("Gedung serba guna", None),
        ("Masuk desa", None),
    ],
)
def test_a_facility_is_told_by_its_name(cell, kind):
    assert parse_choice(cell, TABLES["facilities"].column("kind")) == kind


def test_a_choice_is_never_guessed():
    signal = TABLES["reports"].column("signal")
    power = TABLES["electricity"].column("electricity")
    assert parse_choice("SANGAT\u00a0KUAT", signal) == "very strong"
    assert parse_choice("no_signal", signal) == "no signal"
    assert parse_choice("lemah atau tidak ada", signal) is None
    assert parse_choice("PLN 24 jam", power) == "grid"
    assert parse_choice("PLN/PLTS", power) is None
    assert parse_choice("tidak tentu", power) is None


def test_every_declared_word_means_its_choice():
    for table in TABLES.values():
        for column in table.columns:
            for word, choice in column.words.items():
                assert choice in column.choices
                assert parse_choice(word.upper(), column) == choice


def test_folding():
    assert fold("Désa\u00a0/ Kelurahan\n") == fold("desa_kelurahan") == "desa kelurahan"
