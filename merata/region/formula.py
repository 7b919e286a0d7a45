"""Text in a CSV file that a spreadsheet would take for a formula (CWE-1236): made safe, and read back as it was."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def is_formula(text: str) -> bool:
    """True for text that a spreadsheet would, or might, take for a formula."""
    return text.lstrip(" \u00a0")[:1] in _STARTS


def safe_text(text: str) -> str:
    """The text with an apostrophe before what a spreadsheet would take for a formula."""
    return f"'{text}" if is_formula(text.lstrip("'")) else text


def plain_text(text: str) -> str:
    """The text that `safe_text` was given."""
    return text[1:] if text.startswith("'") and is_formula(text.lstrip("'")) else text


def csv_of(table: pd.DataFrame, texts: Iterable[str], decimals: int) -> str:
    """A table as CSV text: numbers to so many decimals, and the columns `texts` made safe; nothing said is empty."""
    shown = table.round(dict.fromkeys(table.select_dtypes("number").columns, decimals))
    for name in texts:
        shown[name] = [safe_text(text) for text in shown[name].fillna("").astype(str)]
    return shown.to_csv(index=False, lineterminator="\n")
