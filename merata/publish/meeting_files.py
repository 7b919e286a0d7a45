"""The paper for a meeting as files: PDF, and one self-contained HTML page that works without scripts."""

from __future__ import annotations

import datetime as dt
from functools import cache
from importlib.resources import files
from typing import Any

import jinja2
from markupsafe import Markup

from merata.publish.meeting import Paper, document


def meeting_pdf(paper: Paper) -> bytes:
    """The paper as PDF; the same paper gives the same bytes."""
    from merata.publish.pdf import pdf

    return pdf(document(paper), dt.datetime.combine(paper.as_of, dt.time(), dt.UTC))


def meeting_html(paper: Paper) -> str:
    """The paper as an HTML page of its own."""
    doc = document(paper)
    style = (files("merata.publish") / "templates" / "document.css").read_text(encoding="utf-8")
    page = _templates().get_template("document.html.j2")
    return page.render(doc=doc, body=_body(doc), style=Markup(style))  # noqa: S704 — our own file


def meeting_body(paper: Paper) -> Markup:
    """The paper as HTML to stand in a page: all but its title."""
    return _body(document(paper))


def _body(doc: dict[str, Any]) -> Markup:
    drawn = [
        {**piece, "svg": Markup(piece["svg"])} if "svg" in piece else piece  # noqa: S704 — drawn by segno
        for piece in doc["pieces"]
    ]
    made = _templates().get_template("pieces.html.j2").render(pieces=drawn, title=doc["title"])
    return Markup(made)  # noqa: S704 — made by a template that escapes


@cache
def _templates() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.PackageLoader("merata.publish"), autoescape=True, undefined=jinja2.StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
