"""The pieces that a printed document is set from: headings, sentences, lists, tables, codes to scan."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from merata.publish.qr import qr

Piece = dict[str, Any]


def heading(text: str, level: int = 1) -> Piece:
    """A heading."""
    return {"kind": "heading", "level": level, "text": text}


def para(text: str, kind: str = "para") -> Piece:
    """A sentence or several; `small` for notes."""
    return {"kind": kind, "text": text}


def bullets(rows: Sequence[str]) -> Piece:
    """A list."""
    return {"kind": "list", "rows": list(rows)}


def scanned(address: str, rows: Sequence[str]) -> Piece:
    """A QR code of an address, with words beside it."""
    return {"kind": "qr", "svg": qr(address), "text": address, "rows": list(rows)}


def table(
    head: Sequence[str], align: str, rows: Sequence[Sequence[str]], widths: Sequence[float] = (), **more: Any
) -> Piece:
    """A table: `align` has l or r for each column, `widths` parts of the page or 0 for as wide as it must be."""
    wide = list(widths) or [0] * (len(align) - 1) + [1]
    return {
        "kind": "table",
        "head": list(head),
        "align": align,
        "rows": [list(r) for r in rows],
        "widths": wide,
    } | more
