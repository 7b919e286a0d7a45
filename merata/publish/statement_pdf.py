"""A provider's statement as PDF: what a provider's lawyer reads, and can reckon again."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from merata.publish.pdf import pdf
from merata.publish.pieces import Piece, heading, scanned
from merata.publish.statement import Statement
from merata.publish.statement_parts import pieces
from merata.publish.statement_pieces import period_said
from merata.publish.statement_sentences import STATEMENT_CHOICES, STATEMENT_SENTENCES
from merata.publish.words import Language, Tongue


@dataclass(frozen=True)
class Entry:
    """Where the document stands in the log: the number of its entry, and the page that shows it."""

    number: int
    address: str


def statement_pdf(statement: Statement, language: Language, entry: Entry | None = None) -> bytes:
    """The document; the same statement gives the same bytes. With an entry it says where it stands in the log."""
    t = Tongue(language, STATEMENT_SENTENCES, STATEMENT_CHOICES)
    return pdf(document(statement, t, entry), dt.datetime.fromtimestamp(int(statement.as_of), dt.UTC))


def document(statement: Statement, t: Tongue, entry: Entry | None = None) -> dict[str, Any]:
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
        "pieces": [*pieces(statement, t), *_proof(entry, t)],
    }


def _proof(entry: Entry | None, t: Tongue) -> list[Piece]:
    if entry is None:
        return []
    words = [t("proof_words", number=entry.number), entry.address]
    return [heading(t("h_proof")), scanned(entry.address, words)]
