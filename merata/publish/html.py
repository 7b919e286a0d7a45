"""A document of pieces as one self-contained HTML page that works without scripts."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import jinja2
from markupsafe import Markup


def html(document: dict[str, Any]) -> str:
    """The document, as `merata.publish.pdf.pdf` takes it, as a page of its own."""
    style = (files("merata.publish") / "templates" / "document.css").read_text(encoding="utf-8")
    page = _templates().get_template("document.html.j2")
    return page.render(doc=document, body=body(document), style=Markup(style))  # noqa: S704 — our own file


def body(document: dict[str, Any]) -> Markup:
    """The document as HTML to stand in a page: all but its title."""
    drawn = [
        {**piece, "svg": Markup(piece["svg"])} if "svg" in piece else piece  # noqa: S704 — drawn by segno
        for piece in document["pieces"]
    ]
    made = _templates().get_template("pieces.html.j2").render(pieces=drawn, title=document["title"])
    return Markup(made)  # noqa: S704 — made by a template that escapes


@cache
def _templates() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.PackageLoader("merata.publish"), autoescape=True, undefined=jinja2.StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
