"""A provider's statement as a workbook: every row that it rests on, and sums that the sheets reckon themselves."""

# ruff: noqa: E501 — declared data: one column a line reads better than a folded one.
from __future__ import annotations

from io import BytesIO
from typing import Any

import numpy as np
import pandas as pd
from xlsxwriter.utility import xl_col_to_name

from merata.assure.owed import WHAT
from merata.publish.columns import Column, Formula, Kinded, Sheet
from merata.publish.statement import Statement
from merata.publish.statement_pieces import moment
from merata.publish.statement_sentences import STATEMENT_CHOICES
from merata.publish.workbook import OfBook, write_sheets

_SUMMARY, _POINTS, _YEAR = "Ringkasan - Summary", "Titik - Points", "Setahun - Year"
_DEDUCTIONS, _OUTAGES, _TESTS = "Potongan - Deductions", "Gangguan - Outages", "Uji - Tests"

_POINT = Column("point", "Titik", "Point", width=14)
_CONTRACT = Column("contract", "Kontrak", "Contract", width=20)
_MONTH = Column("period", "Bulan", "Month", width=10)
_DUE = Column("due_idr", "Tagihan (Rp)", "Due (IDR)", "idr", 15)
_PARTS = tuple(
    Column(f"{what}_idr", f"{words[0].capitalize()} (Rp)", f"{words[1].capitalize()} (IDR)", "idr", 17)
    for what, words in STATEMENT_CHOICES["what"].items()
)
_RESTED = Column("suspended_share", "Tagihan hari dihentikan", "Due of days suspended", "percent", 15)
_CAP = Column("cap", "Batas potongan", "Cap", "percent", 15)
_SUMS = (
    Column("asked_idr", "Sebelum batas (Rp)", "Before the cap (IDR)", "idr", 17),
    Column("deducted_idr", "Potongan (Rp)", "Deducted (IDR)", "idr", 15),
    Column("owed_idr", "Dibayar (Rp)", "Owed (IDR)", "idr", 15),
)


def statement_book(statement: Statement) -> bytes:
    """The workbook's content; the same statement gives the same bytes."""
    about = OfBook(
        f"{statement.provider} {statement.period}", f"score {statement.period}", statement.version, statement.made_up,
        moment(statement.as_of)[:10],
    )  # fmt: skip
    sheets = [_summary(statement), _points(statement)]
    if statement.yearly:
        sheets.append(_year(statement))
    sheets += [_deductions(statement), _outages(statement), _tests(statement), _terms(statement)]
    if len(statement.january):
        sheets.append(_frame("Januari - January", statement.january))
    sheets.append(_inputs(statement))
    out = BytesIO()
    write_sheets(out, sheets, about)
    return out.getvalue()


def _letter(columns: tuple[Column, ...], name: str) -> str:
    return str(xl_col_to_name([c.name for c in columns].index(name)))


def _total_of(sheet: str, columns: tuple[Column, ...], name: str, *by: tuple[str, str]) -> str:
    """A sum of a column over the rows where others are like that: so the sheet's own total is left out."""
    value = _letter(columns, name)
    where = (f"'{sheet}'!${key}:${key},{like}" for column, like in by for key in [_letter(columns, column)])
    return f"=SUMIFS('{sheet}'!${value}:${value},{','.join(where)})"


# Sums


def _summary(s: Statement) -> Sheet:
    columns = (
        Column("what", "Apa", "What", width=44), Column("amount", "Nilai", "Value", "idr", 22),
    )  # fmt: skip
    sheet, of = (_YEAR, _YEAR_COLUMNS) if s.yearly else (_POINTS, _POINT_COLUMNS)
    rows: list[list[Any]] = [
        ["Penyedia / Provider", Kinded(s.provider, "text")], ["Wilayah / Region", Kinded(s.region, "text")],
        ["Masa / Period", Kinded(s.period, "text")],
        ["Diketahui sampai / Known up to", Kinded(f"{moment(s.as_of)} WITA", "text")],
        ["Sementara / Provisional", Kinded(bool(s.totals["provisional"].any()), "text")],
    ]  # fmt: skip
    for label, name in (
        ("Tagihan / Due", "due_idr"),
        ("Potongan / Deducted", "deducted_idr"),
        ("Dibayar / Owed", "owed_idr"),
    ):
        rows.append(
            [label, Formula(_total_of(sheet, of, name, ("period", f'"{s.period}*"')), s.sum_of(name))]
        )
    rows.append(
        [
            "Potongan dengan nilai paling mungkin / Deducted at the likeliest values",
            s.sum_of("likely_deducted_idr"),
        ]
    )
    return Sheet(_SUMMARY, columns, rows, filters=False)


_POINT_COLUMNS = (
    _POINT, _MONTH, _CONTRACT,
    Column("days", "Hari layanan", "Days in service", "int", 14), Column("of_days", "Hari sebulan", "Days of month", "int", 14),
    Column("suspended_days", "Hari dihentikan", "Days suspended", "int", 14), _RESTED,
    Column("fee_idr", "Biaya bulanan (Rp)", "Monthly fee (IDR)", "idr", 18), _DUE, *_PARTS, _CAP, *_SUMS,
    Column("likely_deducted_idr", "Paling mungkin (Rp)", "At the likeliest (IDR)", "idr", 19),
    Column("too_little", "Tidak dinilai", "Not judged", width=18), Column("flagged", "Perlu dilihat", "To be looked at", width=18),
)  # fmt: skip


def _points(s: Statement) -> Sheet:
    at = {c.name: _letter(_POINT_COLUMNS, c.name) for c in _POINT_COLUMNS}
    terms = s.contracts.set_index("contract")
    caps, rested = terms["cap"].fillna(1.0), terms["suspended_share"].fillna(0.0)
    rows = []
    for row in s.months.to_dict("records"):
        parts = {
            f"{what}_idr": Formula(
                f"=SUMIFS('{_DEDUCTIONS}'!$M:$M,'{_DEDUCTIONS}'!$A:$A,{at['point']}{{row}},"
                f"'{_DEDUCTIONS}'!$B:$B,{at['period']}{{row}},'{_DEDUCTIONS}'!$O:$O,{at['contract']}{{row}},"
                f"'{_DEDUCTIONS}'!$C:$C,\"{what}\")",
                row[f"{what}_idr"],
            )
            for what in WHAT
        }
        asked = sum(row[f"{what}_idr"] for what in WHAT)
        made = (
            row
            | parts
            | _reckoned(at, row, asked, f"{at[f'{WHAT[0]}_idr']}{{row}}:{at[f'{WHAT[-1]}_idr']}{{row}}")
        )
        made["due_idr"] = Formula(
            f"=ROUND({at['fee_idr']}{{row}}*({at['days']}{{row}}-{at['suspended_days']}{{row}}"
            f"*(1-{at['suspended_share']}{{row}}))/{at['of_days']}{{row}},0)",
            row["due_idr"],
        )
        made["suspended_share"] = float(rested.get(row["contract"], 0.0))
        made["cap"] = float(caps.get(row["contract"], 1.0))
        rows.append([made[c.name] for c in _POINT_COLUMNS])
    total = [c.name for c in _POINT_COLUMNS if c.kind == "idr" and c.name != "fee_idr"]
    return Sheet(_POINTS, _POINT_COLUMNS, rows, total, 2)


def _reckoned(at: dict[str, str], row: dict[Any, Any], asked: int, parts: str) -> dict[str, Any]:
    most = f"INT(ROUND({at['cap']}{{row}}*{at['due_idr']}{{row}},4))"
    return {
        "asked_idr": Formula(f"=SUM({parts})", asked),
        "deducted_idr": Formula(f"=MIN({at['asked_idr']}{{row}},{most})", row["deducted_idr"]),
        "owed_idr": Formula(f"={at['due_idr']}{{row}}-{at['deducted_idr']}{{row}}", row["owed_idr"]),
    }


_YEAR_COLUMNS = (_POINT, Column("period", "Tahun", "Year", width=8), _DUE, _CAP, *_SUMS, _CONTRACT)


def _year(s: Statement) -> Sheet:
    """Each point's months added up, and the yearly cap."""
    at = {c.name: _letter(_YEAR_COLUMNS, c.name) for c in _YEAR_COLUMNS}
    caps = s.contracts.set_index("contract")["year_cap"].fillna(1.0)
    by_month = s.months.groupby(["point", "contract"])["deducted_idr"].sum()
    rows = []
    for row in s.totals.sort_values(["point", "contract"]).to_dict("records"):
        own = [(name, f"{at[name]}{{row}}") for name in ("point", "contract") if row[name]]
        due, asked = (_total_of(_POINTS, _POINT_COLUMNS, n, *own) for n in ("due_idr", "deducted_idr"))
        made = row | _reckoned(at, row, 0, "")
        made |= {"due_idr": Formula(due, row["due_idr"]), "cap": float(caps.get(row["contract"], 1.0))}
        made["asked_idr"] = Formula(asked, int(by_month[row["point"], row["contract"]]))
        rows.append([made[c.name] for c in _YEAR_COLUMNS])
    return Sheet(_YEAR, _YEAR_COLUMNS, rows, [c.name for c in _YEAR_COLUMNS if c.kind == "idr"], 1)


# Rows


def _deductions(s: Statement) -> Sheet:
    """Amounts stand in column M, what `_points` adds up; point, month, what and contract in A, B, C and O."""
    columns = (
        _POINT, Column("month", "Bulan", "Month", width=10), Column("what", "Apa", "What", width=14),
        Column("per", "Per", "Per", width=9), Column("sure", "Pasti", "Surely", "degrees", 12),
        Column("likely", "Paling mungkin", "Likeliest", "degrees", 12), Column("low", "Bawah", "Low", "degrees", 12),
        Column("high", "Atas", "High", "degrees", 12), Column("evidence", "Bukti", "Evidence", "decimal", 10),
        _DUE, Column("formula", "Hitungan", "Reckoning", width=44),
        Column("likely_idr", "Paling mungkin (Rp)", "At the likeliest (IDR)", "idr", 19),
        Column("amount_idr", "Potongan (Rp)", "Deduction (IDR)", "idr", 17),
        Column("outages", "Nomor gangguan", "Numbers of outages", width=70), _CONTRACT,
    )  # fmt: skip
    return Sheet(_DEDUCTIONS, columns, _rows(s.deductions, columns), ("amount_idr", "likely_idr"), 3)


def _outages(s: Statement) -> Sheet:
    columns = (
        _POINT, Column("month", "Bulan", "Month", width=10), Column("outage", "Nomor", "Number", "int", 9),
        Column("start", "Mulai (WITA)", "Start (WITA)", width=17), Column("end", "Selesai (WITA)", "End (WITA)", width=17),
        Column("hours", "Jam", "Hours", "decimal", 9), Column("start_wide_s", "Lebar mulai (s)", "Width of start (s)", "int", 10),
        Column("end_wide_s", "Lebar selesai (s)", "Width of end (s)", "int", 10), Column("cause", "Sebab", "Cause", width=14),
        Column("counts", "Dihitung sebagai", "Counts as", width=12), Column("excused_by", "Dimaafkan karena", "Excused by", width=14),
        Column("wide", "Bersama", "Together", width=10), Column("looks", "Pengamatan", "Looks", "int", 9),
        Column("ended", "Akhir terlihat", "End was seen", width=9),
    )  # fmt: skip
    frame = s.outages.assign(start=s.outages["start"].map(moment), end=s.outages["end"].map(moment))
    return Sheet(_OUTAGES, columns, _rows(frame, columns), ("hours",), 3)


def _tests(s: Statement) -> Sheet:
    columns = (
        _POINT, Column("month", "Bulan", "Month", width=10), Column("time", "Waktu (WITA)", "Time (WITA)", width=17),
        Column("down_mbps", "Unduh (Mbit/s)", "Download (Mbit/s)", "decimal", 12),
        Column("up_mbps", "Unggah (Mbit/s)", "Upload (Mbit/s)", "decimal", 12),
    )  # fmt: skip
    return Sheet(_TESTS, columns, _rows(s.tests.assign(time=s.tests["time"].map(moment)), columns))


def _terms(s: Statement) -> Sheet:
    """Contracts and rules, as the files have them."""
    columns = tuple(Column(c, c, c, width=14) for c in ("contract", "what", "limit", "share", "per", "cap"))
    fees = s.contracts.melt("contract", var_name="what", value_name="limit")
    fees = fees[
        ~fees["what"].isin(["provider", "from", "until"]) & fees["limit"].notna() & (fees["limit"] != "")
    ]
    both = pd.concat([fees, s.rules]).reindex(columns=[c.name for c in columns])
    return Sheet("Ketentuan - Terms", columns, [[_any(v) for v in row] for row in both.to_numpy().tolist()])


def _any(value: Any) -> Any:
    return (
        Kinded(value, "degrees" if value % 1 else "idr")
        if isinstance(value, float) and np.isfinite(value)
        else value
    )


def _frame(name: str, frame: pd.DataFrame) -> Sheet:
    columns = tuple(
        Column(str(c), str(c), str(c), "decimal" if frame[c].dtype.kind == "f" else "text", 14) for c in frame
    )
    return Sheet(name, columns, _rows(frame, columns))


def _inputs(s: Statement) -> Sheet:
    columns = (Column("file", "Berkas", "File", width=48), Column("sha256", "SHA-256", "SHA-256", width=68))
    return Sheet("Masukan - Inputs", columns, [list(pair) for pair in s.inputs.items()])


def _rows(frame: pd.DataFrame, columns: tuple[Column, ...]) -> list[list[Any]]:
    """Rows in the order of the columns; nothing for what is not known or without end."""
    made = frame[[c.name for c in columns]].astype(object)
    finite = frame[[c.name for c in columns]].apply(
        lambda c: np.isfinite(c) if c.dtype.kind == "f" else c.notna()
    )
    return [[None if v != v else v for v in row] for row in made.where(finite, None).to_numpy().tolist()]
