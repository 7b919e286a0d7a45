"""The yearly report: whole in both languages, says what the series say, marks what is provisional, revised, broken."""

import re
from dataclasses import replace

import pytest
from made_results import results

from merata.errors import MissingError
from merata.publish import series, yearbook
from merata.publish.counted import counted, kept_back
from merata.publish.html import html
from merata.publish.indicators import INDICATORS, NOT_GIVEN
from merata.publish.observations import of_run
from merata.publish.observed import Observation
from merata.publish.pdf import pdf
from merata.publish.statistics_files import of_results
from merata.publish.words import Tongue
from merata.publish.yearbook_sentences import YEARBOOK_CHOICES, YEARBOOK_SENTENCES


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """Two years: the first revised, the second with other borders, a count kept back, and provisional months."""
    made, place = results(25), tmp_path_factory.mktemp("region")
    now = of_run(made, kept_back(counted(made.access, made.settings)))
    series.publish(place, now, "2025-07-01")
    again = [replace(row, value=row.value / 2) if row.indicator == "GINI" else row for row in now]
    series.publish(place, again, "2025-08-01")
    months = [
        Observation("AVAILABILITY", "99.01", "M", f"2026-0{m}", value=0.9, low=0.8, high=0.95, status="P")
        for m in (1, 2)
    ]
    next_year = [replace(row, period="2026", boundary="ffffffff") for row in now]
    next_year[0] = replace(next_year[0], value=None, status="Q")
    series.publish(place, [*next_year, *months], "2026-07-01")
    return of_results(place, made)


def texts(document):
    for piece in document["pieces"]:
        yield from [piece["text"]] if "text" in piece else []
        for row in piece.get("rows", ()):
            yield from [row] if isinstance(row, str) else row


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_report_has_every_part_that_a_statistician_asks_for(book, language):
    t = Tongue(language, YEARBOOK_SENTENCES, YEARBOOK_CHOICES)
    document = yearbook.document(yearbook.yearbook(book, "2026"), language)
    said = list(texts(document))
    parts = (
        "short",
        "symbols",
        "method",
        "revisions",
        "confidential",
        "quality_statement",
        "not_given",
        "cite",
    )
    for key in (f"h_{part}" for part in (*parts, "concepts", "villages")):
        assert t(key) in said, key
    for one in INDICATORS.values():
        assert f"{one.name[0 if language == 'id' else 1]} ({one.code})" in said
    assert all(any(text.startswith(f"{key}: ") for text in said) for key in NOT_GIVEN)
    assert not [text for text in said if re.search(r"\{\w+\}|\bNone\b|\bnan\b", text)]
    assert document["strip"] == t("strip")
    assert document["provisional"] == t("provisional")


def test_symbols_stand_where_the_series_says_so(book):
    document = yearbook.document(yearbook.yearbook(book, "2026"), "en")
    rows = [row for piece in document["pieces"] if piece["kind"] == "table" for row in piece["rows"]]
    assert any(re.fullmatch(r"[\d.]+% p", cell) for row in rows for cell in row)
    assert any(re.fullmatch(r"0\.\d+ b", cell) for row in rows for cell in row)
    first = yearbook.document(yearbook.yearbook(book, "2025"), "en")
    rows = [row for piece in first["pieces"] if piece["kind"] == "table" for row in piece["rows"]]
    gini = next(row for row in rows if row[0].startswith("Gini index"))
    assert gini[1].endswith(" r")
    [revised] = [row for row in rows if row[0].startswith("Gini index") and "new data" in row]
    assert revised[1] == "1"
    assert revised[4].replace("\u00a0", " ") == "1 August 2025"


def test_the_same_series_give_the_same_bytes_and_both_forms_say_the_same(book):
    made = yearbook.yearbook(book, "2026")
    document = yearbook.document(made, "en")
    printed = pdf(document, yearbook.as_of(made))
    assert printed.startswith(b"%PDF")
    assert printed == pdf(yearbook.document(made, "en"), yearbook.as_of(made))
    page = html(document)
    assert "<script" not in page
    assert page.count("<table") == sum(piece["kind"] == "table" for piece in document["pieces"])


def test_a_year_without_statistics_says_which_there_are(book):
    with pytest.raises(MissingError, match="2025, 2026"):
        yearbook.yearbook(book, "2031")
