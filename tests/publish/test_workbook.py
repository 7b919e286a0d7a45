"""plan.xlsx: a sheet for each question, sums that agree with the plan, text that stays text, the same bytes."""

import zipfile
from dataclasses import replace

import openpyxl
import pytest
from made_results import results

from merata.publish.tables import villages
from merata.publish.workbook import write_workbook


@pytest.fixture(scope="module")
def made():
    return results(25)


@pytest.fixture(scope="module")
def path(made, tmp_path_factory):
    path = tmp_path_factory.mktemp("book") / "plan.xlsx"
    write_workbook(path, made, villages(made))
    return path


@pytest.fixture(scope="module")
def book(path):
    return openpyxl.load_workbook(path, data_only=True)


def table(sheet):
    """The rows under the head as dicts by English head; the head is the row whose cells hold two lines."""
    rows = list(sheet.iter_rows(values_only=True))
    top = next(n for n, row in enumerate(rows) if row[0] and "\n" in str(row[0]))
    heads = [str(head).split("\n")[1] for head in rows[top]]
    return [dict(zip(heads, row, strict=True)) for row in rows[top + 1 :]]


def test_there_is_a_sheet_for_each_question(book):
    assert book.sheetnames == [
        "Ringkasan - Summary", "Belum terlayani - Unserved", "Per tahun - By year", "Per desa - Villages",
        "Per dana - By fund", "Per kecamatan - By district", "Kesenjangan - Gap", "Layanan digital - Services",
        "Titik - Points", "Harga - Prices", "Asumsi - Assumptions", "Temuan - Findings", "Keterangan kolom - Columns",
    ]  # fmt: skip
    assert all(len(name) <= 31 for name in book.sheetnames)


def test_every_village_is_in_it_once(made, book):
    rows = [row for row in table(book["Per desa - Villages"]) if row["Code"] != "JUMLAH / TOTAL"]
    assert [row["Code"] for row in rows] == sorted(made.access.villages["code"])


def test_sums_are_those_of_the_plan(made, book):
    for name in (
        "Per desa - Villages",
        "Titik - Points",
        "Per kecamatan - By district",
        "Per tahun - By year",
    ):
        amounts = [row["Building (IDR)"] or 0 for row in table(book[name])]
        assert sum(amounts[:-1]) == amounts[-1] == made.plan.points["capex_idr"].sum()


def test_totals_follow_the_filters(path):
    sheet = openpyxl.load_workbook(path)["Per tahun - By year"]
    last = sheet[sheet.max_row]
    assert last[0].value == "JUMLAH / TOTAL"
    assert last[1].value.startswith("=SUBTOTAL(109,")


def test_heads_stay_in_view_and_print_on_every_page(book):
    for sheet in book:
        assert sheet.freeze_panes
        assert sheet.print_title_rows
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.page_setup.paperSize == 9
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert book["Per desa - Villages"].auto_filter.ref


def test_every_sheet_says_that_it_is_made_up(made, book, tmp_path):
    assert all("REKAAN" in str(sheet["A1"].value) for sheet in book)
    write_workbook(tmp_path / "real.xlsx", replace(made, made_up=False), villages(made))
    real = openpyxl.load_workbook(tmp_path / "real.xlsx")
    assert not any("REKAAN" in str(sheet["A1"].value) for sheet in real)


def test_heads_are_in_both_languages_and_explained(book):
    explained = {(row["Sheet"], row["Column"]) for row in table(book["Keterangan kolom - Columns"])}
    for sheet in book.worksheets[:-1]:
        for head in table(sheet)[0]:
            assert (sheet.title, head) in explained


def test_what_looks_like_a_formula_stays_text(made, tmp_path):
    nasty = "=HYPERLINK(A1)"
    shaped = made.access.villages.assign(name=nasty, district="@x", evidence="-1+1")
    bad = replace(made, name=nasty, access=replace(made.access, villages=shaped))
    path = tmp_path / "bad.xlsx"
    write_workbook(path, bad, villages(bad))
    row = table(openpyxl.load_workbook(path)["Per desa - Villages"])[0]
    assert (row["Village"], row["District"]) == (nasty, "@x")
    with zipfile.ZipFile(path) as archive:
        formulas = [
            text for name in archive.namelist() if name.startswith("xl/worksheets/sheet")
            for text in archive.read(name).decode().split("<f>")[1:]
        ]  # fmt: skip
        assert all(text.startswith("SUBTOTAL(") for text in formulas)
        assert 'quotePrefix="1"' in archive.read("xl/styles.xml").decode()


def test_the_same_results_give_the_same_bytes(made, path, tmp_path):
    write_workbook(tmp_path / "again.xlsx", made, villages(made))
    assert (tmp_path / "again.xlsx").read_bytes() == path.read_bytes()
