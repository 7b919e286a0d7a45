"""plan.xlsx: a sheet for each question, sums that agree with the plan, text that stays text, the same bytes."""

import zipfile
from dataclasses import replace

import openpyxl
import pytest
from made_results import results

from merata.plan.frames import frame
from merata.plan.result import PROMISES
from merata.publish import plan_tables
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
        "Ringkasan - Summary", "Belum terlayani - Unserved", "Per tahun - By year", "Seberapa yakin - How sure",
        "Keadilan - Fairness", "Kecamatan per tahun - Shares", "Per desa - Villages", "Per dana - By fund",
        "Dana membeli - Funds buy", "Per kecamatan - By district", "Kesenjangan - Gap", "Layanan digital - Services",
        "Titik - Points", "Bangunan bersama - Works", "Harga - Prices", "Asumsi - Assumptions", "Temuan - Findings",
        "Keterangan kolom - Columns",
    ]  # fmt: skip
    assert all(len(name) <= 31 for name in book.sheetnames)


def test_every_village_is_in_it_once(made, book):
    rows = [row for row in table(book["Per desa - Villages"]) if row["Code"] != "JUMLAH / TOTAL"]
    assert [row["Code"] for row in rows] == sorted(made.access.villages["code"])


def sum_of(book, name, column="Building (IDR)"):
    amounts = [row[column] or 0 for row in table(book[name])]
    assert sum(amounts[:-1]) == amounts[-1]
    return amounts[-1]


def test_sums_are_those_of_the_plan(made, book):
    own, shared = (table["capex_idr"].sum() for table in (made.plan.points, made.plan.works))
    assert own > 0 < shared
    assert sum_of(book, "Titik - Points") == own
    assert sum_of(book, "Bangunan bersama - Works") == shared
    for name in (
        "Per desa - Villages",
        "Per kecamatan - By district",
        "Per tahun - By year",
        "Dana membeli - Funds buy",
    ):
        assert sum_of(book, name) == own + shared


def test_what_funds_buy_is_every_payment_once(made, book):
    paid = made.plan.payments
    rows = table(book["Dana membeli - Funds buy"])[:-1]
    assert sum_of(book, "Dana membeli - Funds buy", "In all (IDR)") == paid["amount_idr"].sum()
    for year in made.plan.years["year"]:
        spent = made.plan.fund_years[made.plan.fund_years["year"] == year]["spent_idr"].sum()
        assert sum_of(book, "Dana membeli - Funds buy", f"{year} (IDR)") == spent
    for row in rows:
        assert row["In all (IDR)"] == row["Building (IDR)"] + row["Running (IDR)"]
        assert " / " in row["What it buys"]
    funds = {row["Fund"]: 0 for row in rows}
    for row in rows:
        funds[row["Fund"]] += row["In all (IDR)"]
    assert funds == {str(k): v for k, v in paid.groupby("fund")["amount_idr"].sum().items()}


def test_works_that_cost_nothing_are_counted_and_not_listed(made, book):
    works = made.plan.works
    free = int(((works["capex_idr"] == 0) & (works["opex_idr_per_year"] == 0)).sum())
    sheet = book["Bangunan bersama - Works"]
    rows = table(sheet)[:-1]
    assert free > 0
    assert len(rows) == len(works) - free
    assert str(sheet["A3"].value).startswith(f"{free} other works cost nothing")
    assert {row["Id"] for row in rows} <= set(works["id"])
    assert all(row["Detail"] and row["Detail (Indonesian)"] for row in rows)


def test_what_is_left_is_what_no_payment_takes(made, book):
    plan = made.plan
    late = plan.payments.assign(money_of=plan.payments["year"].where(plan.payments["year"] < 2027, 2026))
    rows = table(book["Per dana - By fund"])[:-1]
    assert all(row["Left (IDR)"] == row["Budget (IDR)"] - row["Spent (IDR)"] for row in rows)
    left = plan_tables.funds(replace(plan, payments=late)).set_index(["fund", "year"])["left_idr"]
    spent = plan.fund_years.set_index(["fund", "year"])["spent_idr"]
    assert left["APBD", 2030] == 3_000_000_000
    assert left["APBD", 2026] == 3_000_000_000 - sum(spent["APBD", year] for year in range(2026, 2031))


def test_how_sure_and_how_fair_stand_there(made, book):
    sure = table(book["Seberapa yakin - How sure"])
    assert [row["Chance that the budget holds"] for row in sure] == list(made.plan.years["budget_chance"])
    assert all(
        row["People, low"] <= row["People served, all together"] <= row["People, high"] for row in sure
    )
    even = table(book["Keadilan - Fairness"])
    assert [row["Year"] for row in even] == [None, *made.plan.years["year"]]
    assert even[-1]["Lowest district"] == made.plan.fairness["lowest_district"].iloc[-1]
    shares = table(book["Kecamatan per tahun - Shares"])
    last = made.plan.districts[made.plan.districts["year"] == 2030].set_index("district")["share"]
    assert {row["District"]: row["Served 2030"] for row in shares} == last.to_dict()
    served = [row for row in table(book["Per desa - Villages"])[:-1] if row["Year"]]
    assert all(row["Chance of really being served"] == 0.87 for row in served)


def test_a_stop_gap_says_until_when(made, book):
    rows = table(book["Titik - Points"])[:-1]
    assert sum(row["Until"] is not None for row in rows) == made.plan.points["until"].notna().sum() > 0


def test_notes_of_the_rules_are_told(made, book):
    said = [row["Assumption or figure"] for row in table(book["Asumsi - Assumptions"])]
    assert all(f"Note of the rules: {note}" in said for note in made.plan.notes)


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


def test_the_summary_says_how_sure_and_how_good(made, book):
    rows = {row["What"]: row["Value"] for row in table(book["Ringkasan - Summary"])}
    years = made.plan.years
    assert rows["Chance that the budget holds, in the tightest year"] == years["budget_chance"].min()
    assert rows["– really, nine times in ten more than"] == years["people_low"].iloc[-1]
    assert rows["Missed at most"] == pytest.approx(made.plan.gap)


def test_villages_and_people_of_a_fund_are_those_of_the_points_that_it_pays_for(made):
    plan = made.plan
    reach = plan_tables.fund_reach(plan)
    paid = plan.payments[plan.payments["what"] == "point"]
    for fund, row in reach.iterrows():
        ids = set(paid[paid["fund"] == fund]["id"])
        points = plan.points[plan.points["place"].isin(ids)]
        assert row["villages"] <= points["village_code"].nunique()
        assert row["people"] <= points["people"].sum() + 1e-6
    whole = plan_tables.fund_buys(plan)
    assert whole[whole["bought"].str.startswith("works")]["villages"].isna().all()
    assert whole[whole["bought"].str.startswith("point")]["villages"].ge(1).all()


def test_a_replan_has_a_sheet_of_promises(made, tmp_path):
    codes = list(made.access.villages["code"])
    promises = frame(PROMISES, [
        {"place": "=f1", "village_code": codes[0], "kind": "school", "promised_option": "leo",
         "promised_year": 2026, "kept": "dropped", "why": "money", "reason_en": "+1", "reason_id": "-1"},
    ])  # fmt: skip
    again = replace(made, plan=replace(made.plan, replan_of="abc123", promises=promises))
    write_workbook(tmp_path / "plan.xlsx", again, villages(again))
    rows = table(openpyxl.load_workbook(tmp_path / "plan.xlsx", data_only=True)["Janji - Promises"])
    assert [(row["Id of the place"], row["Kept?"]) for row in rows] == [("=f1", "tidak dipenuhi / dropped")]
