"""The sheets of plan.xlsx that show the plan's own tables: years, chances, fairness, funds, points, works."""

# ruff: noqa: E501 — declared data: one column a line reads better than a folded one.
from __future__ import annotations

from typing import Any

import pandas as pd

from merata.plan.result import Plan
from merata.publish import plan_tables
from merata.publish.columns import (
    CAPEX,
    DISTRICT,
    FUND,
    OPEX,
    PRICE_KNOWN,
    Column,
    Sheet,
    sheet_of,
)
from merata.publish.view import records
from merata.publish.words import Tongue

_ID, _EN = Tongue("id"), Tongue("en")
_YEAR = Column("year", "Tahun", "Year", "year", 8)
_BUDGET = Column("budget_idr", "Anggaran (Rp)", "Budget (IDR)", "idr", 18)
_LEFT = Column(
    "left_idr",
    "Sisa (Rp)",
    "Left (IDR)",
    "idr",
    18,
    "Uang tahun itu yang tidak pernah dipakai rencana ini",
    "Of the year's money, what the plan never spends",
)
_CHANCE = Column(
    "budget_chance",
    "Peluang anggaran cukup",
    "Chance that the budget holds",
    "share",
    14,
    "Peluang bahwa semua tagihan tahun itu terbayar, berapa pun harganya nanti",
    "Chance that all that is due in the year can be paid, whatever prices turn out to be",
)
_PLANNED = Column("people_served", "Jiwa terlayani, kumulatif", "People served, all together", "int", 14)
_LOW = Column(
    "people_low",
    "Jiwa, rendah",
    "People, low",
    "int",
    12,
    "Benar-benar terlayani lebih dari ini sembilan dari sepuluh kali",
    "More than this are really served nine times in ten",
)
_HIGH = Column(
    "people_high",
    "Jiwa, tinggi",
    "People, high",
    "int",
    12,
    "Benar-benar terlayani lebih dari ini satu dari sepuluh kali",
    "More than this are really served once in ten times",
)


def _said(key: str, count: int | None = None) -> tuple[str, str]:
    """A sentence in both languages, with its number as each writes it."""
    indonesian, english = ({} if count is None else {"count": t.number(count)} for t in (_ID, _EN))
    return _ID(key, **indonesian), _EN(key, **english)


def years(plan: Plan) -> Sheet:
    """The plan by year."""
    columns = (
        _YEAR,
        _BUDGET,
        Column("budget_known_by", "Anggaran: cara tahu", "Budget: how known", width=16, group="known"),
        Column("capex_idr", "Membangun (Rp)", "Building (IDR)", "idr", 18, "Dibayar pada tahun itu untuk membangun", "Paid in the year for building"),
        Column("opex_idr", "Menjalankan (Rp)", "Running (IDR)", "idr", 18, "Menjalankan semua yang melayani pada tahun itu", "Running all that serves in the year"),
        _LEFT,
        Column("points_built", "Titik dibangun", "Points built", "int", 12),
        Column("villages_served", "Desa terlayani, kumulatif", "Villages served, all together", "int", 14),
        _PLANNED,
        _CHANCE,
    )  # fmt: skip
    total = ("budget_idr", "capex_idr", "opex_idr", "left_idr", "points_built")
    return sheet_of("Per tahun - By year", columns, records(plan_tables.by_year(plan)), total)


def sure(plan: Plan) -> Sheet:
    """How sure each year's budget and people are."""
    columns = (_YEAR, _CHANCE, _LOW, _PLANNED, _HIGH)
    note = _said("sheet_sure")
    return sheet_of("Seberapa yakin - How sure", columns, records(plan.years), note=note)


def fairness(plan: Plan) -> Sheet:
    """How evenly access is spread, before the plan and by year."""
    columns = (
        _YEAR,
        Column("share", "Bagian terlayani", "Share served", "share", 12, "Dari yang membutuhkan dan terjangkau", "Of what is in need and in reach"),
        Column("lowest_district", "Kecamatan terendah", "Lowest district", width=22),
        Column("lowest", "Bagiannya", "Its share", "share", 12),
        Column("highest_district", "Kecamatan tertinggi", "Highest district", width=22),
        Column("highest", "Bagiannya (tertinggi)", "Its share (highest)", "share", 12),
        Column("spread", "Selisih", "Difference", "share", 12),
        Column("gini", "Indeks Gini", "Gini index", "decimal", 12, "0 merata, 1 semua pada satu orang", "0 even, 1 all with one person"),
        Column("theil", "Indeks Theil", "Theil index", "decimal", 12, "0 merata", "0 even"),
        Column("worst_tenth", "Sepersepuluh terbawah", "Worst-off tenth", "decimal", 12, "Akses rata-rata sepersepuluh warga yang terbawah", "Mean access of the tenth of people who are worst off"),
        Column("mean", "Akses rata-rata", "Mean access", "decimal", 12),
    )  # fmt: skip
    return sheet_of("Keadilan - Fairness", columns, records(plan.fairness), note=_said("sheet_before"))


def shares(plan: Plan) -> Sheet:
    """Share served by district and year."""
    planned = [int(year) for year in plan.years["year"]]
    columns = (
        DISTRICT,
        Column("in_need", "Membutuhkan", "In need", "int", 14, "Desa atau jiwa di bawah janji, menurut plan.fair.count", "Villages or people below the promise, as plan.fair.count says"),
        Column("in_reach", "Terjangkau", "In reach", "int", 14, "Di antaranya yang bisa dijangkau suatu pilihan", "Of these, what some option can reach"),
        *(Column(plan_tables.year_column(year), f"Terlayani {year}", f"Served {year}", "share", 12) for year in planned),
    )  # fmt: skip
    rows = records(plan_tables.district_years(plan))
    return sheet_of("Kecamatan per tahun - Shares", columns, rows)


def funds(plan: Plan) -> Sheet:
    """What each fund has and pays in each year."""
    columns = (
        FUND,
        _YEAR,
        _BUDGET,
        Column("known_by", "Cara tahu", "How known", width=16, group="known"),
        Column("spent_idr", "Terpakai (Rp)", "Spent (IDR)", "idr", 18, "Dibayar pada tahun itu", "Paid in the year"),
        Column("kept_idr", "Dari tahun sebelumnya (Rp)", "From earlier years (IDR)", "idr", 18, "Di antaranya dari uang tahun-tahun sebelumnya", "Of that, out of the money of earlier years"),
        _LEFT,
    )  # fmt: skip
    total = ("budget_idr", "spent_idr", "kept_idr", "left_idr")
    return sheet_of("Per dana - By fund", columns, records(plan_tables.funds(plan)), total)


def buys(plan: Plan) -> Sheet:
    """What each fund buys: fund by kind by year, every payment once."""
    planned = [plan_tables.year_column(int(year)) for year in plan.years["year"]]
    columns = (
        FUND,
        Column("bought", "Yang dibeli", "What it buys", width=40, group="bought"),
        Column("things", "Berapa", "How many", "int", 10, "Tempat atau bangunan yang dibayarnya, seluruhnya atau sebagian", "Places or works that it pays for, in whole or in part"),
        Column("villages", "Desa", "Villages", "int", 10, "Desa dari tempat-tempat yang dibayarnya; kosong untuk bangunan bersama", "Villages of the places that it pays for; empty for shared works"),
        Column("people", "Jiwa", "People", "int", 10, "Jiwa yang dibawa ke janji oleh tempat-tempat itu", "People whom these places bring to the promise"),
        *(Column(name, f"{name[3:]} (Rp)", f"{name[3:]} (IDR)", "idr", 17) for name in planned),
        Column("capital_idr", "Membangun (Rp)", "Building (IDR)", "idr", 18),
        Column("running_idr", "Menjalankan (Rp)", "Running (IDR)", "idr", 18),
        Column("total_idr", "Jumlah (Rp)", "In all (IDR)", "idr", 18),
    )  # fmt: skip
    total = (*planned, "capital_idr", "running_idr", "total_idr")
    return sheet_of("Dana membeli - Funds buy", columns, records(plan_tables.fund_buys(plan)), total, 2)


def promises(plan: Plan, joined: pd.DataFrame) -> Sheet:
    """What becomes of each promise of the run that this is a re-plan of."""
    columns = (
        Column("village", "Desa", "Village", width=24), DISTRICT,
        Column("kind", "Tempat", "Place", width=22, group="facility"),
        Column("place", "Id tempat", "Id of the place", width=18),
        Column("promised_year", "Dijanjikan", "Promised", "year", 10),
        Column("promised_option", "Cara yang dijanjikan", "Means promised", width=30, group="option"),
        Column("kept", "Dipenuhi?", "Kept?", width=26, group="kept"),
        Column("year", "Tahun sekarang", "Year now", "year", 10),
        Column("option", "Cara sekarang", "Means now", width=30, group="option"),
        Column("keep_idr", "Biaya memenuhinya (Rp)", "Cost of keeping it (IDR)", "idr", 18, "Dengan semua lainnya seperti dalam rencana, untuk semua tahun", "Everything else in the plan as it is, in all years"),
        Column("lacking_idr", "Yang tidak ada (Rp)", "Of that not there (IDR)", "idr", 18),
        Column("reason_id", "Alasan", "Reason (Indonesian)", width=60), Column("reason_en", "Alasan (Inggris)", "Reason", width=60),
    )  # fmt: skip
    note = _ID("sheet_promises", run=plan.replan_of), _EN("sheet_promises", run=plan.replan_of)
    return sheet_of("Janji - Promises", columns, _placed(records(plan.promises), joined), note=note)


def points(plan: Plan, joined: pd.DataFrame) -> Sheet:
    """What is built at each place, by year, district and village."""
    columns = (
        Column("village", "Desa", "Village", width=24), DISTRICT,
        Column("kind", "Tempat", "Place", width=22, group="facility"),
        Column("place", "Id tempat", "Id of the place", width=18),
        Column("option", "Cara", "Means", width=30, group="option"),
        _YEAR,
        Column("until", "Sampai", "Until", "year", 8, "Tahun layanan terakhir, bila yang lebih baik menyusul; kosong: tetap", "Last year of service, where something better follows; empty: it stays"),
        FUND, CAPEX, OPEX,
        Column("capex_low_idr", "Membangun, terendah (Rp)", "Building, low (IDR)", "idr", 17),
        Column("capex_high_idr", "Membangun, tertinggi (Rp)", "Building, high (IDR)", "idr", 17), PRICE_KNOWN,
        Column("level", "Tingkat nanti", "Level then", width=14, group="level"),
        Column("chance", "Peluang", "Chance", "share", 10, "Peluang bahwa titik ini melayani, atau bagian rumah tangga dalam jangkauannya", "Chance that it serves, or share of the households in its reach"),
        Column("people", "Jiwa", "People", "int", 10),
        Column("node", "Bergantung pada", "Hangs on", width=26, about_id="Id bangunan bersama, atau yang sudah ada; kosong: berdiri sendiri", about_en="Id of shared works, or of what is there; empty: stands alone"),
        Column("reason_id", "Alasan", "Reason (Indonesian)", width=44), Column("reason_en", "Alasan (Inggris)", "Reason", width=44),
    )  # fmt: skip
    rows = _placed(records(plan.points), joined)
    rows.sort(
        key=lambda row: (row["year"], str(row["district"]), str(row["village"]), row["place"], row["option"])
    )
    return sheet_of("Titik - Points", columns, rows, ("capex_idr", "opex_idr_per_year", "people"), frozen=2)


def works(plan: Plan, joined: pd.DataFrame) -> Sheet:
    """What is built for several places, as far as it costs something."""
    columns = (
        Column("kind", "Bangunan", "Works", width=30, group="works"),
        Column("id", "Id", "Id", width=30),
        Column("village", "Desa", "Village", width=24), DISTRICT,
        Column("a", "Dari", "From", width=24, about_id="Id ujung awal, untuk kabel dan sambungan", about_en="Id of its beginning, for cable and hops"),
        Column("b", "Ke", "To", width=24, about_id="Id ujung akhir", about_en="Id of its end"),
        Column("length_km", "Panjang (km)", "Length (km)", "decimal", 10),
        _YEAR, FUND, CAPEX, OPEX,
        Column("capex_low_idr", "Membangun, terendah (Rp)", "Building, low (IDR)", "idr", 17),
        Column("capex_high_idr", "Membangun, tertinggi (Rp)", "Building, high (IDR)", "idr", 17),
        Column("serves", "Melayani", "Serves", "int", 10, "Tempat yang terlayani lewat ini pada akhir rencana", "Places that are served over it at the plan's end"),
        Column("known_by", "Cara tahu", "How known", width=16, about_id="Bagaimana diketahui bahwa ini bisa dibangun", about_en="How it is known that it can be built", group="known"),
        Column("detail_id", "Rincian", "Detail (Indonesian)", width=40), Column("detail_en", "Rincian (Inggris)", "Detail", width=40),
    )  # fmt: skip
    paid = plan_tables.paid_works(plan)
    free = len(plan.works) - len(paid)
    note = _said("sheet_works_free", count=free) if free else ("", "")
    rows = _placed(records(paid), joined)
    return sheet_of(
        "Bangunan bersama - Works", columns, rows, ("length_km", "capex_idr", "opex_idr_per_year"), note=note
    )


def _placed(rows: list[dict[str, Any]], joined: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows with the village's and the district's name."""
    village = {
        row["code"]: (row["name"], row["district"]) for row in records(joined[["code", "name", "district"]])
    }
    for row in rows:
        row["village"], row["district"] = village.get(row["village_code"], (None, None))
    return rows
