"""The survey as an XLSForm, for ODK and KoboToolbox: made from a region, in Indonesian and English.

Source: the XLSForm standard (xlsform.org): sheets survey, choices and settings.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pandas as pd
import xlsxwriter

from merata.region import survey
from merata.region.survey import Choice, Question

LANGUAGES = ("Bahasa Indonesia (id)", "English (en)")
_SURVEY = (
    "type", "name", *(f"label::{one}" for one in LANGUAGES), *(f"hint::{one}" for one in LANGUAGES), "required",
    "relevant", "constraint", *(f"constraint_message::{one}" for one in LANGUAGES), "appearance", "choice_filter",
    "parameters",
)  # fmt: skip
_CHOICES = ("list_name", "name", *(f"label::{one}" for one in LANGUAGES), "of")
_SETTINGS = ("form_title", "form_id", "version", "default_language")
Rows = list[list[str]]


def write_form(path: Path, name: str, tables: dict[str, pd.DataFrame]) -> None:
    """Write the form; the same region gives the same form and version.

    Parameters
    ----------
    path
        The .xlsx file.
    name
        The region's name.
    tables
        Its tables, with villages, facilities and sites.
    """
    sheets = form(name, tables)
    book = xlsxwriter.Workbook(
        str(path), {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    for title, rows in sheets.items():
        sheet = book.add_worksheet(title)
        for n, row in enumerate(rows):
            for at, cell in enumerate(row):
                if cell:
                    sheet.write_string(n, at, cell)
        sheet.freeze_panes(1, 0)
    book.close()


def form(name: str, tables: dict[str, pd.DataFrame]) -> dict[str, Rows]:
    """The sheets of the form: rows of text, the header first."""
    lists = survey.region_choices(tables["villages"], tables["facilities"]) | survey.CHOICES
    asked = [list(_SURVEY), *map(_question, survey.questions(survey.operators(tables["sites"])))]
    choices = [list(_CHOICES), *(_choice(of, one) for of, some in lists.items() for one in some)]
    # A server takes a form in again only when its version is another.
    digest = hashlib.sha256(json.dumps([asked, choices]).encode()).hexdigest()[:8]
    title = f"{survey.TITLE[0]} - {name}"
    settings = [list(_SETTINGS), [title, survey.FORM_ID, digest, LANGUAGES[0]]]
    return {"survey": asked, "choices": choices, "settings": settings}


def _question(one: Question) -> list[str]:
    return [
        one.type, one.name, *one.label, *one.hint, "yes" if one.required else "", one.relevant, one.constraint,
        *one.message, one.appearance, one.choice_filter, one.parameters,
    ]  # fmt: skip


def _choice(of: str, one: Choice) -> list[str]:
    return [of, one.name, *one.label, one.of]
