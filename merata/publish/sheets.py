"""The sheets of plan.xlsx, declared as data: the question each answers, its columns and rows."""

# ruff: noqa: E501 — declared data: one column a line reads better than a folded one.
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from merata.plan.result import Plan
from merata.publish import plan_sheets
from merata.publish.columns import (
    BELOW,
    CAPEX,
    CHANCE,
    CHANCE_PM,
    CODE,
    DISTRICT,
    EVIDENCE,
    FUND,
    KNOWN,
    NAME,
    NOW,
    OPEX,
    PEOPLE,
    PEOPLE_KNOWN,
    PRICE_KNOWN,
    REASON_EN,
    REASON_ID,
    SERVED,
    WANTS,
    YEAR,
    Column,
    Kind,
    Kinded,
    Sheet,
    both,
    sheet_of,
)
from merata.publish.counted import open_counts, small_settlements
from merata.publish.tables import (
    Results,
    how_known,
    plan_by_district,
    sorted_findings,
    unserved,
)
from merata.publish.view import gap_parts, inequality_rows, records, service_rows, summary
from merata.publish.words import Tongue
from merata.region.tables import KNOWN_BY

_ID, _EN = Tongue("id"), Tongue("en")


def sheets(results: Results, joined: pd.DataFrame) -> list[Sheet]:
    """All sheets in the order of the questions; `joined` is `tables.villages(results)`."""
    made = [
        _summary(results, joined),
        _unserved(joined),
        plan_sheets.years(results.plan),
        plan_sheets.sure(results.plan),
        plan_sheets.fairness(results.plan),
        plan_sheets.shares(results.plan),
        *([plan_sheets.promises(results.plan, joined)] if results.plan.replan_of else []),
        _villages(joined),
        plan_sheets.funds(results.plan),
        plan_sheets.buys(results.plan),
        _districts(results, joined),
        _gap(results),
        _services(results),
        plan_sheets.points(_open(results), joined),
        plan_sheets.works(results.plan, joined),
        _prices(results),
        _assumptions(results),
        _findings(results),
    ]
    return [*made, _columns(made)]


def _summary(results: Results, joined: pd.DataFrame) -> Sheet:
    facts = summary(results, joined)
    inequality = {row["key"]: row for row in inequality_rows(results)}
    how = facts["access_known"]
    lines: list[tuple[str, str, Any, Kind, str | None]] = [
        ("Wilayah", "Region", results.name, "text", None),
        ("Run", "Run", results.run_id, "text", None),
        ("Data sampai", "Data up to", results.inputs_date, "text", None),
        ("Desa", "Villages", facts["villages"], "int", None),
        ("Penduduk", "People", facts["people"], "int", None),
        ("Desa di bawah janji", "Villages below the promise", facts["below"], "int", how),
        ("– hampir pasti (peluang 90% ke atas)", "– almost surely (chance of 90% and more)", facts["sure"], "int", how),
        ("– paling banyak (peluang 10% ke atas)", "– at most (chance of 10% and more)", facts["possible_or_more"], "int", how),
        ("Jiwa belum terlayani (harapan)", "People unserved (expected)", facts["people_below"], "int", how),
        ("Desa dengan titik layanan menurut rencana", "Villages with a service point under the plan", facts["served"], "int", "modelled"),
        ("Jiwa terlayani menurut rencana", "People served under the plan", facts["people_served"], "int", "modelled"),
        ("– benar-benar, sembilan dari sepuluh kali lebih dari", "– really, nine times in ten more than", facts["people_low"], "int", "modelled"),
        ("– benar-benar, satu dari sepuluh kali lebih dari", "– really, once in ten times more than", facts["people_high"], "int", "modelled"),
        ("Mungkin sekali belum terlayani, belum tertampung", "Probably unserved, left out", facts["not_planned"], "int", "modelled"),
        ("Anggaran (Rp)", "Budget (IDR)", facts["budget"], "idr", _weakest_budget(results)),
        ("Peluang anggaran cukup, pada tahun yang tersulit", "Chance that the budget holds, in the tightest year", facts["budget_chance"], "share", "modelled"),
        ("Membangun (Rp)", "Building (IDR)", facts["capex"], "idr", facts["price_known"]),
        ("– dengan harga terendah (Rp)", "– at the lowest prices (IDR)", facts["capex_low"], "idr", facts["price_known"]),
        ("– dengan harga tertinggi (Rp)", "– at the highest prices (IDR)", facts["capex_high"], "idr", facts["price_known"]),
        ("Menjalankan selama rencana (Rp)", "Running during the plan (IDR)", facts["opex"], "idr", facts["price_known"]),
        ("Menjalankan per tahun sesudahnya (Rp)", "Running a year afterwards (IDR)", facts["opex_after"], "idr", facts["price_known"]),
        ("Nilai rencana (tahun layanan berbobot)", "Worth of the plan (weighted years of service)", results.plan.objective, "decimal", "modelled"),
        ("Batas atas yang terbukti", "Proven upper bound", results.plan.bound, "decimal", "modelled"),
        ("Paling banyak terlewat", "Missed at most", facts["gap_share"], "percent", "modelled"),
        *(
            (f"{_ID('index_' + key)}, {moment_id}", f"{_EN('index_' + key)}, {moment_en}", row[moment], "decimal", "modelled")
            for key, row in inequality.items()
            for moment, moment_id, moment_en in (("now", "sekarang", "now"), ("then", "menurut rencana", "under the plan"))
        ),
    ]  # fmt: skip
    columns = (
        Column("what_id", "Apa", "What (Indonesian)", width=50),
        Column("what_en", "Apa (Inggris)", "What", width=50),
        Column("value", "Nilai", "Value", width=24),
        Column("known", "Cara tahu", "How known", width=24),
    )
    rows = [
        [id_, en, Kinded(value, kind), both("known", known) if known else None]
        for id_, en, value, kind, known in lines
    ]
    return Sheet("Ringkasan - Summary", columns, rows, frozen=0, filters=False)


def _weakest_budget(results: Results) -> str | None:
    words = set(results.plan.years["budget_known_by"].dropna())
    return next((word for word in reversed(KNOWN_BY) if word in words), None)


def _unserved(joined: pd.DataFrame) -> Sheet:
    columns = (
        NAME,
        DISTRICT,
        CODE,
        PEOPLE,
        PEOPLE_KNOWN,
        NOW,
        CHANCE,
        CHANCE_PM,
        KNOWN,
        BELOW,
        WANTS,
        EVIDENCE,
        YEAR,
    )
    return sheet_of(
        "Belum terlayani - Unserved", columns, records(unserved(joined)), ("people", "people_below")
    )


def _villages(joined: pd.DataFrame) -> Sheet:
    columns = (
        CODE, NAME, DISTRICT, PEOPLE, PEOPLE_KNOWN, NOW, KNOWN, CHANCE, CHANCE_PM, BELOW, WANTS, YEAR,
        Column("option", "Cara", "Means", width=26, group="option"), FUND,
        Column("points", "Titik", "Points", "int", 8), CAPEX, OPEX, PRICE_KNOWN,
        Column("access_then", "Kantor desa nanti", "Village office then", width=14, about_id="Tingkat layanan kantor desa pada akhir rencana", about_en="Service level of the village office at the plan's end", group="level"),
        Column("people_served", "Jiwa terlayani", "People served", "int", 12), SERVED, REASON_ID, REASON_EN,
    )  # fmt: skip
    total = ("people", "people_below", "points", "capex_idr", "opex_idr_per_year", "people_served")
    return sheet_of("Per desa - Villages", columns, records(joined), total, frozen=2)


def _districts(results: Results, joined: pd.DataFrame) -> Sheet:
    columns = (
        DISTRICT,
        Column("villages", "Desa", "Villages", "int", 9),
        PEOPLE,
        BELOW,
        Column("villages_served", "Desa dapat titik", "Villages with a point", "int", 12),
        Column("people_served", "Jiwa terlayani", "People served", "int", 12),
        Column(
            "not_planned",
            "Belum tertampung",
            "Left out",
            "int",
            12,
            "Desa yang mungkin sekali belum terlayani dan tidak mendapat apa-apa",
            "Villages probably unserved that get nothing",
        ),
        Column("points", "Titik", "Points", "int", 9),
        CAPEX,
        OPEX,
    )
    total = tuple(c.name for c in columns[1:])
    return sheet_of(
        "Per kecamatan - By district", columns, records(plan_by_district(joined, results.plan.points)), total
    )


def _gap(results: Results) -> Sheet:
    parts = gap_parts(results)
    names = list(dict.fromkeys(name for part in parts for name in part["columns"]))
    columns = (
        Column("by", "Menurut", "By", width=24),
        Column("name", "Kelompok", "Group", width=26),
        *(
            Column(n, _ID(f"gap_c_{n}"), _EN(f"gap_c_{n}"), "share" if n.endswith("share") else "int", 14)
            for n in names
        ),
        Column("share", "Bagian di bawah janji", "Share below the promise", "share", 14),
    )
    rows = [
        {
            **row,
            "by": f"{_ID('c_' + part['by'])} / {_EN('c_' + part['by'])}",
            "name": both(part["by"], row["key"]) if part["by"] in ("sector", "want") else row["name"],
        }
        for part in parts
        for row in part["rows"]
    ]
    return sheet_of("Kesenjangan - Gap", columns, rows, frozen=2)


def _services(results: Results) -> Sheet:
    columns = (
        Column("name_id", "Layanan", "Service (Indonesian)", width=34),
        Column("name_en", "Layanan (Inggris)", "Service", width=34),
        Column("sector", "Bidang", "Sector", width=24, group="sector"),
        Column("needs_id", "Yang diperlukan", "What it needs (Indonesian)", width=44),
        Column("now", "Bisa sekarang", "Usable now", "share", 12),
        Column("then", "Menurut rencana", "Under the plan", "share", 12),
        Column("source", "Sumber", "Source", width=40),
    )
    rows = [
        {**r, "name_id": r["names"]["id"], "name_en": r["names"]["en"], "needs_id": r["needs"]["id"]}
        for r in service_rows(results)
    ]
    return sheet_of("Layanan digital - Services", columns, rows)


def _prices(results: Results) -> Sheet:
    columns = (
        Column("name_id", "Komponen", "Component (Indonesian)", width=48),
        Column("name_en", "Komponen (Inggris)", "Component", width=48),
        Column("unit", "Dibayar", "Paid", width=20, group="unit"),
        Column("low_idr", "Terendah (Rp)", "Low (IDR)", "idr", 16),
        Column("high_idr", "Tertinggi (Rp)", "High (IDR)", "idr", 16),
        Column("used_idr", "Dipakai (Rp)", "Used (IDR)", "idr", 16),
        Column("known_by", "Cara tahu", "How known", width=16, group="known"),
        Column("basis", "Dasarnya", "Basis", width=48),
        Column("note", "Catatan", "Note", width=40),
    )
    rows = records(results.prices.reset_index())
    for row in rows:
        row["name_id"] = _ID.word("component", row["component"])
        row["name_en"] = _EN.word("component", row["component"])
    return sheet_of("Harga - Prices", columns, rows)


def _assumptions(results: Results) -> Sheet:
    columns = (
        Column("what_id", "Asumsi atau angka", "Assumption or figure (Indonesian)", width=80),
        Column("what_en", "Asumsi atau angka (Inggris)", "Assumption or figure", width=80),
        *(Column(way, _ID.word("known", way), _EN.word("known", way), "int", 14) for way in KNOWN_BY),
    )
    known: list[dict[str, Any]] = [
        {**row, "what_id": _ID.word("figure", row["figure"]), "what_en": _EN.word("figure", row["figure"])}
        for row in records(how_known(results))
    ]
    lines = dict.fromkeys([*results.access.assumptions, *results.plan.assumptions])
    said = [{"what_id": _ID.phrase(line)[0], "what_en": line} for line in lines]
    notes = [
        {"what_id": _ID("note", note=_ID.phrase(line)[0]), "what_en": _EN("note", note=line)}
        for line in dict.fromkeys(results.plan.notes)
    ]
    return sheet_of("Asumsi - Assumptions", columns, [*known, *said, *notes])


def _findings(results: Results) -> Sheet:
    columns = (
        Column("id", "Id", "Id", width=9),
        Column("severity", "Jenis", "Kind", width=22, group="severity"),
        Column("file", "Berkas", "File", width=28),
        Column("sheet", "Lembar", "Sheet", width=14),
        Column("row", "Baris", "Row", "int", 8),
        Column("column", "Kolom", "Column", width=16),
        Column("what", "Yang ditemukan", "What was found", width=52),
        Column("done", "Yang dilakukan", "What was done", width=40),
        Column("settle", "Cara membereskan", "How to settle it", width=44),
        Column("candidates", "Calon", "Candidates", width=44),
    )
    rows = [
        {**vars(finding), "id": finding.id, "row": finding.row or None}
        for finding in sorted_findings(results.findings)
    ]
    return sheet_of("Temuan - Findings", columns, rows)


def _columns(made: Sequence[Sheet]) -> Sheet:
    columns = (
        Column("sheet", "Lembar", "Sheet", width=28),
        Column("head_id", "Kolom", "Column (Indonesian)", width=32),
        Column("head_en", "Kolom (Inggris)", "Column", width=32),
        Column("about_id", "Keterangan", "Meaning (Indonesian)", width=52),
        Column("about_en", "Keterangan (Inggris)", "Meaning", width=52),
    )
    rows = [{**vars(column), "sheet": sheet.name} for sheet in made for column in sheet.columns]
    marks = [
        {"sheet": "Cara tahu - How known", "head_id": _ID.word("known", way), "head_en": _EN.word("known", way), "about_id": _ID(key), "about_en": _EN(key)}
        for way in KNOWN_BY
        for key in (f"known_{way.replace(' ', '_')}",)
    ]  # fmt: skip
    return sheet_of("Keterangan kolom - Columns", columns, [*marks, *rows])


def _open(results: Results) -> Plan:
    """The plan without counts of people of small settlements."""
    small = small_settlements(results.access, results.settings)
    return replace(results.plan, points=open_counts(results.plan.points, "place", small))
