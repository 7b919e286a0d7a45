"""The frontier as a file: a table for a spreadsheet, or a workbook."""

from __future__ import annotations

import datetime as dt
import io

import pandas as pd

#: A workbook carries a date of making; the clock is not read.
_CREATED = dt.datetime(2025, 1, 1)


def frontier_file(table: pd.DataFrame, kind: str) -> bytes:
    """The content of a file with a `merata.plan.frontier.FRONTIER`; the same table, the same bytes.

    `kind` is csv (in UTF-8 with a mark, as spreadsheets want it) or xlsx.
    """
    if kind == "csv":
        return table.to_csv(index=False, lineterminator="\n").encode("utf-8-sig")
    buffer = io.BytesIO()
    with pd.ExcelWriter(buffer, engine="xlsxwriter") as writer:
        writer.book.set_properties({"title": "Merata: frontier", "created": _CREATED})
        table.to_excel(writer, sheet_name="Frontier", index=False)
        page = writer.sheets["Frontier"]
        page.set_column(0, len(table.columns) - 1, 18)
        page.freeze_panes(1, 2)
    return buffer.getvalue()
