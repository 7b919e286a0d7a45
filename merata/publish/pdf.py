"""A document of pieces as PDF: headings, sentences, tables, codes to scan; the same document gives the same bytes."""

from __future__ import annotations

import datetime as dt
import json
from importlib.resources import files
from typing import Any, Literal

import typst

#: Long-lived and readable aloud: PDF/A and PDF/UA.
STANDARDS: list[Literal["a-2a", "ua-1"]] = ["a-2a", "ua-1"]


def pdf(document: dict[str, Any], as_of: dt.datetime) -> bytes:
    """The document.

    Parameters
    ----------
    document
        What `templates/document.typ` shows: `language`, `title`, `running` (the head of each page), `mark` and `strip`
        (a warning, or ''), `provisional`, `page_of`, `foot`, and `pieces`, as `merata.publish.statement_pieces` makes
        them.
    as_of
        The time that it says of itself.
    """
    source = (files("merata.publish") / "templates" / "document.typ").read_bytes()
    made: bytes = typst.compile(
        source,
        ignore_system_fonts=True,
        sys_inputs={"doc": json.dumps(document, ensure_ascii=False)},
        pdf_standards=[*STANDARDS],
        timestamp=as_of,
    )
    return made
