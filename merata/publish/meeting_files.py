"""The paper for a meeting as files: PDF, and one self-contained HTML page that works without scripts."""

from __future__ import annotations

import datetime as dt

from markupsafe import Markup

from merata.publish.html import body, html
from merata.publish.meeting import Paper, document


def meeting_pdf(paper: Paper) -> bytes:
    """The paper as PDF; the same paper gives the same bytes."""
    from merata.publish.pdf import pdf

    return pdf(document(paper), dt.datetime.combine(paper.as_of, dt.time(), dt.UTC))


def meeting_html(paper: Paper) -> str:
    """The paper as an HTML page of its own."""
    return html(document(paper))


def meeting_body(paper: Paper) -> Markup:
    """The paper as HTML to stand in a page: all but its title."""
    return body(document(paper))
