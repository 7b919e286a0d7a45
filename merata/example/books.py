"""Workbooks that come out the same, byte for byte, whenever they are written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import xlsxwriter

from merata.example.words import DATE, MARK

Truth = dict[str, pd.DataFrame]


Cell = str | int | float | None


SIGNAL_WORDS = {"very strong": "sangat kuat", "strong": "kuat", "weak": "lemah", "no signal": "tidak ada"}


POWER_WORDS = {"grid": "PLN", "solar": "PLTS", "generator": "genset", "none": "tidak ada"}


_CREATED = datetime.fromisoformat(DATE)


@dataclass
class Book:
    """A workbook that is the same, byte for byte, whenever it is written."""

    path: Path

    def __post_init__(self) -> None:
        self._book = xlsxwriter.Workbook(self.path, {"constant_memory": False})
        self._book.set_properties({"title": f"{self.path.stem} – {MARK}", "created": _CREATED})
        self._bold = self._book.add_format(
            {"bold": True, "align": "center", "valign": "vcenter", "border": 1}
        )
        self._title = self._book.add_format({"bold": True, "font_size": 13})

    def sheet(self, name: str, titles: Sequence[str]) -> xlsxwriter.worksheet.Worksheet:
        """A new sheet with title rows at its top."""
        sheet = self._book.add_worksheet(name)
        sheet.set_column(1, 12, 18)
        for row, text in enumerate(titles):
            sheet.write(row, 0, text, self._title)
        return sheet

    def header(self, sheet: xlsxwriter.worksheet.Worksheet, row: int, words: Sequence[str]) -> None:
        """One header row."""
        for column, word in enumerate(words):
            sheet.write(row, column, word, self._bold)

    def merged(
        self, sheet: xlsxwriter.worksheet.Worksheet, row: int, words: Sequence[tuple[str, ...]]
    ) -> None:
        """Two header rows: (word,) spans both, (above, below, below …) stands over its own columns."""
        column = 0
        for above, *below in words:
            if not below:
                sheet.merge_range(row, column, row + 1, column, above, self._bold)
            else:
                sheet.merge_range(row, column, row, column + len(below) - 1, above, self._bold)
            for k, word in enumerate(below):
                sheet.write(row + 1, column + k, word, self._bold)
            column += max(1, len(below))

    def close(self) -> Path:
        """Write the file."""
        self._book.close()
        return self.path


def write_row(sheet: xlsxwriter.worksheet.Worksheet, row: int, cells: Sequence[Cell]) -> None:
    """Cells of a row, counted from 0: text stays text, also where it looks like a number."""
    for column, cell in enumerate(cells):
        if isinstance(cell, str):
            sheet.write_string(row, column, cell)
        elif cell is not None:
            sheet.write_number(row, column, cell)


def with_village(places: pd.DataFrame, truth: Truth) -> gpd.GeoDataFrame:
    """The places with `village_name` and `district` of the village that each belongs to."""
    villages = truth["villages"].set_index("code")
    own = villages.loc[places["village_code"]]
    named = places.assign(village_name=own["name"].to_numpy(), district=own["district"].to_numpy())
    return gpd.GeoDataFrame(named, geometry="geometry")


def split_measurements(truth: Truth) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Four fifths for one file, a fifth for another."""
    table = truth["measurements"]
    fifth = np.arange(len(table)) % 5 == 2
    return table[~fifth], table[fifth]


def measured_cells(m: Any) -> list[Any]:
    """The cells of a measurement, but for its date."""
    place = (m.geometry.y, m.geometry.x)
    return [m.operator, m.technology, m.signal_dbm, m.down_mbps, m.up_mbps, m.latency_ms, *place]
