"""Procurement lots as a workbook that a provider can bid on: lots, items, places, and what the bidder fills in."""

# ruff: noqa: E501 — declared data: one column a line reads better than a folded one.
from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from typing import Any

from merata.plan.packages import Lots
from merata.publish.columns import DISTRICT, Column, Formula, Sheet, both, sheet_of
from merata.publish.view import records
from merata.publish.words import Tongue
from merata.publish.workbook import About, write_sheets

_ID, _EN = Tongue("id"), Tongue("en")
_LOTS, _ITEMS, _PLACES, _BID = (
    "Paket - Lots",
    "Barang - Items",
    "Tempat - Places",
    "Cara mengisi - How to bid",
)

_LOT = Column("lot", "Paket", "Lot", width=26)
_PAID = Column("year", "Tahun", "Year", "year", 8, "Tahun pembayaran", "Year in which it is paid for")
_ESTIMATE = (
    Column("low_idr", "Perkiraan, rendah (Rp)", "Estimate, low (IDR)", "idr", 18),
    Column("used_idr", "Perkiraan (Rp)", "Estimate (IDR)", "idr", 18),
    Column("high_idr", "Perkiraan, tinggi (Rp)", "Estimate, high (IDR)", "idr", 18),
    Column("yearly_idr", "Perkiraan per tahun (Rp)", "Estimate a year (IDR)", "idr", 18),
)
_OFFER = (
    Column("offer_once", "Penawaran, sekali (Rp)", "Offer, once (IDR)", "idr", 18),
    Column("offer_year", "Penawaran, per tahun (Rp)", "Offer, a year (IDR)", "idr", 18),
)


def lots_workbook(
    lots: Lots, names: Mapping[str, tuple[str, str]], about: About, estimates: bool = True
) -> bytes:
    """The workbook's content; the same lots give the same bytes.

    names : name and district of each village by code.
    estimates : whether what the office reckons with is in it.
    """
    out = BytesIO()
    write_sheets(out, [_bid(), _lots(lots, estimates), _items(lots), _places(lots, names)], about)
    return out.getvalue()


def _lots(lots: Lots, estimates: bool) -> Sheet:
    columns = (
        _LOT, _PAID,
        Column("kind_id", "Pekerjaan", "Kind of work (Indonesian)", width=22),
        Column("kind", "Pekerjaan (Inggris)", "Kind of work", width=22),
        Column("districts", "Kecamatan", "Districts", width=30),
        Column("village_count", "Desa", "Villages", "int", 9),
        Column("count", "Berapa", "How many", "int", 9, "Sambungan, menara, sel, dan kabel", "Connections, towers, cells, hops and cables"),
        Column("km", "Kabel baru (km)", "New cable (km)", "decimal", 12),
        *(_ESTIMATE if estimates else ()), *_OFFER,
    )  # fmt: skip
    rows = records(lots.lots)
    for row in rows:
        row["offer_once"], row["offer_year"] = (_offered(unit) for unit in ("once", "per month"))
    return sheet_of(_LOTS, columns, rows, ("count", "km", *(c.name for c in _ESTIMATE if estimates)))


def _offered(unit: str) -> Formula:
    """What the bidder's prices on the sheet of items come to for the lot of a row."""
    cells = f"'{_ITEMS}'!$%s:$%s"
    total, lot, paid = (cells % (column, column) for column in ("G", "A", "D"))
    return Formula(f'=SUMIFS({total},{lot},$A{{row}},{paid},"{both("unit", unit)}")')


def _items(lots: Lots) -> Sheet:
    columns = (
        _LOT,
        Column("name_id", "Barang atau jasa", "Item (Indonesian)", width=50),
        Column("name_en", "Barang atau jasa (Inggris)", "Item", width=50),
        Column("unit", "Dibayar", "Paid", width=22, group="unit"),
        Column("number", "Banyaknya", "Quantity", "decimal", 12),
        Column("price", "Harga satuan Anda (Rp)", "Your unit price (IDR)", "fill", 20, "Diisi penawar", "The bidder fills it in"),
        Column("total", "Jumlah (Rp)", "Total (IDR)", "idr", 20, "Sekali, atau per tahun", "Once, or a year"),
        Column("remark", "Merek, tipe, catatan Anda", "Your make, type, remarks", "fill", 40),
    )  # fmt: skip
    rows = records(lots.items)
    for row in rows:
        row["name_id"], row["name_en"] = (t.word("component", row["component"]) for t in (_ID, _EN))
        months = 12 if row["unit"] == "per month" else 1
        row["total"] = Formula(f'=IF(F{{row}}="","",E{{row}}*F{{row}}*{months})')
    return sheet_of(_ITEMS, columns, rows)


def _places(lots: Lots, names: Mapping[str, tuple[str, str]]) -> Sheet:
    degrees = [
        Column(name, head_id, head_en, "degrees", 13)
        for name, head_id, head_en in (
            ("lat", "Lintang", "Latitude"), ("lon", "Bujur", "Longitude"),
            ("to_lat", "Lintang ujung", "Latitude of its end"), ("to_lon", "Bujur ujung", "Longitude of its end"),
        )
    ]  # fmt: skip
    columns = (
        _LOT,
        Column("bought", "Yang dibangun", "What is built", width=34, group="bought"),
        Column("village", "Desa", "Village", width=24), DISTRICT,
        Column("village_code", "Kode desa", "Code of the village", width=15),
        Column("id", "Id", "Id", width=30),
        Column("year", "Melayani sejak", "In service from", "year", 10),
        Column("km", "Kabel baru (km)", "New cable (km)", "decimal", 12),
        *degrees,
        Column("weeks", "Minggu sampai terpasang", "Your weeks until it works", "fill", 14),
    )  # fmt: skip
    rows = records(lots.works)
    for row in rows:
        village, district = names.get(row["village_code"] or "", (None, None))
        row["village"], row["district"] = village, row["district"] or district
        row["bought"] = _bought(row["what"])
    return sheet_of(_PLACES, columns, rows)


def _bought(what: str) -> str:
    """The key of the words for an option or a kind of works."""
    from merata.plan.options import OPTIONS

    return f"{'point' if what in OPTIONS else 'works'} {what}"


#: What the bidder has to know: Indonesian, English.
_STEPS: tuple[tuple[str, str], ...] = (
    ("Setiap paket adalah satu jenis pekerjaan di satu kecamatan atau lebih, untuk satu tahun anggaran.", "Each lot is one kind of work in one district or more, for one budget year."),
    (f"Isi hanya sel kuning: harga satuan pada lembar “{_ITEMS}”, lama pemasangan pada lembar “{_PLACES}”.", f"Fill in yellow cells only: unit prices on the sheet “{_ITEMS}”, time of installation on the sheet “{_PLACES}”."),
    ("Harga dalam rupiah penuh, termasuk pajak dan angkutan sampai terpasang.", "Prices in whole rupiah, with taxes and transport, until installed."),
    ("Yang dibayar per bulan dihitung dua belas kali: jumlahnya per tahun.", "What is paid per month counts twelve times: its total is for a year."),
    (f"Penawaran per paket dijumlahkan sendiri pada lembar “{_LOTS}”. Boleh menawar satu paket saja.", f"The offer for each lot adds up by itself on the sheet “{_LOTS}”. You may bid on one lot only."),
    ("Banyaknya dan letaknya menurut rencana; periksa di lapangan sebelum menawar.", "Quantities and positions are as planned; look at the place before you bid."),
)  # fmt: skip
_ASKED: tuple[tuple[str, str], ...] = (
    ("Nama perusahaan", "Name of the firm"), ("NPWP", "Tax number"), ("Alamat dan telepon", "Address and telephone"),
    ("Paket yang ditawar", "Lots that you bid on"), ("Penawaran berlaku sampai", "Offer valid until"),
    ("Jaminan (bulan)", "Warranty (months)"), ("Waktu perbaikan gangguan (jam)", "Time to mend a fault (hours)"),
)  # fmt: skip


def _bid() -> Sheet:
    columns = (
        Column("id", "Cara mengisi", "How to fill it in (Indonesian)", width=70),
        Column("en", "Cara mengisi (Inggris)", "How to fill it in", width=70),
        Column("answer", "Isian Anda", "Your answer", "fill", 40),
    )
    blank: dict[str, Any] = {"answer": ""}
    steps = [{"id": id_, "en": en, **blank} for id_, en in _STEPS]
    asked = [{"id": id_, "en": en} for id_, en in _ASKED]
    return sheet_of(_BID, columns, [*steps, *asked])
