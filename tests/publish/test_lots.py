"""The workbook of lots: text from outside stays text, only prices are for the bidder, sums follow what is filled in."""

import io
from types import SimpleNamespace

import openpyxl
import pytest

from merata.plan.frames import frame
from merata.plan.packages import LOT_ITEMS, LOT_WORKS, PACKAGES, Lots
from merata.publish.lots import lots_workbook

ABOUT = SimpleNamespace(name="Contoh", run_id="abc", version="1", made_up=True, inputs_date="2025-06-01")
MONEY = {"low_idr": 1, "used_idr": 2, "high_idr": 3, "yearly_idr": 4}
LOTS = Lots(
    frame(PACKAGES, [
        {"lot": "2025-satellite-01", "year": 2025, "kind": "satellite", "kind_id": "satelit", "districts": "=1+1",
         "villages": "99.01.01.2001", "village_count": 1, "count": 1, "what": "1 × leo", "km": 0.0, **MONEY},
    ]),
    frame(LOT_WORKS, [
        {"lot": "2025-satellite-01", "what": "leo", "id": "@SUM(A1)", "village_code": "99.01.01.2001", "year": 2025,
         "lon": 117.00012, "lat": -0.5},
    ]),
    frame(LOT_ITEMS, [
        {"lot": "2025-satellite-01", "component": "leo_terminal", "unit": "once", "number": 1.0},
        {"lot": "2025-satellite-01", "component": "leo_monthly", "unit": "per month", "number": 1.0},
    ]),
)  # fmt: skip
NAMES = {"99.01.01.2001": ("=cmd|' /C calc'!A0", "Kecamatan")}


def book(**options):
    return openpyxl.load_workbook(io.BytesIO(lots_workbook(LOTS, NAMES, ABOUT, **options)))


def test_nothing_from_outside_is_a_formula():
    formulas = [c.value for sheet in book() for row in sheet.iter_rows() for c in row if c.data_type == "f"]
    assert formulas
    assert all(text.startswith(("=IF(F", "=SUMIFS(", "=SUBTOTAL(")) for text in formulas)
    texts = {c.value for c in book()["Tempat - Places"]["C"]} | {
        c.value for c in book()["Tempat - Places"]["F"]
    }
    assert {"=cmd|' /C calc'!A0", "@SUM(A1)"} <= texts


def test_offers_add_up_what_the_bidder_fills_in_once_and_by_the_year():
    made = book()
    items, lots = made["Barang - Items"], made["Paket - Lots"]
    totals = [row[6].value for row in items.iter_rows(min_row=3)]
    assert totals == ['=IF(F3="","",E3*F3*1)', '=IF(F4="","",E4*F4*12)']
    words = [row[3].value for row in items.iter_rows(min_row=3)]
    offers = [cell.value for cell in lots[3] if str(cell.value).startswith("=SUMIFS")]
    assert [f',"{word}")' in offer for word, offer in zip(words, offers, strict=True)] == [True, True]
    assert all("$A3" in offer for offer in offers)


@pytest.mark.parametrize(("estimates", "shown"), [(True, True), (False, False)])
def test_the_offices_estimate_can_be_left_out(estimates, shown):
    heads = [str(cell.value) for cell in book(estimates=estimates)["Paket - Lots"][2]]
    assert any("Estimate" in head for head in heads) == shown


def test_the_same_lots_give_the_same_bytes():
    assert lots_workbook(LOTS, NAMES, ABOUT) == lots_workbook(LOTS, NAMES, ABOUT)
