"""Turns budgets with a column for each year into rows with a year."""

from __future__ import annotations

import re
from dataclasses import replace

from merata.region.headers import RawTable
from merata.region.values import fold, is_blank, tidy
from merata.region.vocabulary import Target, match_header

_MONEY = re.compile(r"\b(anggaran|pagu|dana|budget|budgets|funds?|apbd|apbn)\b")
_YEAR = re.compile(r"^(?:tahun |thn |year |ta |pagu |anggaran )?((?:19|20)\d{2})$")


def years_down(raw: RawTable, file: str) -> RawTable:
    """The same table with a row for each fund and year, where it has a column for each year; else as it is.

    Only where funds are named, or there is one row: otherwise a year's rows could not be told apart.
    """
    years = {n: int(m[1]) for n, name in enumerate(raw.columns) if (m := _YEAR.match(fold(name)))}
    others = [n for n in range(len(raw.columns)) if n not in years]
    targets = {t for n in others for t in match_header(raw.parts[n]).targets}
    about = fold(" ".join([raw.title, raw.sheet, file, *raw.columns]))
    if len(years) < 2 or not _MONEY.search(about) or any(t.column == "given_village" for t in targets):
        return raw
    if Target("budgets", "fund") not in targets and len(raw.rows) != 1:
        return raw
    unit = " (juta Rp)" if re.search(r"\bjuta(?:an)? (?:rp|rupiah)\b|\brp juta\b", about) else ""
    rows, numbers = [], []
    for row, number in zip(raw.rows, raw.row_numbers, strict=True):
        for n, year in sorted(years.items(), key=lambda item: item[1]):
            if not is_blank(row[n]):
                rows.append([*(row[o] for o in others), year, row[n]])
                numbers.append(number)
    columns = [*(raw.columns[n] for n in others), "Tahun", f"Pagu{unit}"]
    parts = [*(raw.parts[n] for n in others), ("Tahun",), (tidy(f"Pagu{unit}"),)]
    return replace(raw, columns=columns, parts=parts, rows=rows, row_numbers=numbers)
