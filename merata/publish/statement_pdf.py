"""A provider's statement as PDF: what a provider's lawyer reads, and can reckon again."""

from __future__ import annotations

import datetime as dt
from typing import Any

from merata.publish.pdf import pdf
from merata.publish.statement import Statement
from merata.publish.statement_parts import pieces
from merata.publish.statement_pieces import period_said
from merata.publish.statement_sentences import STATEMENT_CHOICES, STATEMENT_SENTENCES
from merata.publish.words import Language, Tongue


def statement_pdf(statement: Statement, language: Language) -> bytes:
    """The document; the same statement gives the same bytes."""
    t = Tongue(language, STATEMENT_SENTENCES, STATEMENT_CHOICES)
    return pdf(document(statement, t), dt.datetime.fromtimestamp(int(statement.as_of), dt.UTC))


def document(statement: Statement, t: Tongue) -> dict[str, Any]:
    """What the template shows: a title, what stands on every page, and pieces one after the other."""
    period = period_said(statement.period, t)
    return {
        "language": t.language,
        "title": t("title"),
        "running": f"{statement.provider} · {period}",
        "mark": t("made_up").split(":")[0] if statement.made_up else "",
        "strip": t("made_up") if statement.made_up else "",
        "provisional": t("provisional") if statement.totals["provisional"].any() else "",
        "page_of": STATEMENT_SENTENCES["page_of"][0 if t.language == "id" else 1],
        "foot": t("made_by", version=statement.version),
        "pieces": list(pieces(statement, t)),
    }
