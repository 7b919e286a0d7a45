"""The notebooks of the gallery: every cell runs as it stands, and prints what the page says that it prints."""

import builtins
import csv
from pathlib import Path
from textwrap import dedent

import django
import pytest
from sybil import Example, Sybil
from sybil.parsers.myst import CodeBlockParser, PythonCodeBlockParser

GALLERY = Path(__file__).resolve().parents[2] / "docs" / "gallery"
PAGES = sorted(path.name for path in GALLERY.glob("*.md") if path.name != "index.md")
#: Of all that the gallery brings along.
MOST_BYTES = 200_000


class Said:
    """What a cell printed, until a page's block of text is compared with it."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def print(self, *values: object) -> None:
        self.lines.append(" ".join(map(str, values)))

    def compare(self, example: Example) -> None:
        said, self.lines = dedent("\n".join(self.lines)), []  # as the reader of the page does with its blocks
        assert said == dedent(str(example.parsed)).rstrip("\n"), (
            f"{example.path}, line {example.line}: it prints\n{said}"
        )


def cells(page: str) -> tuple[list[Example], Said]:
    said = Said()
    parsers = [PythonCodeBlockParser(), CodeBlockParser(language="text", evaluator=said.compare)]
    document = Sybil(parsers=parsers, path=str(GALLERY), pattern="*.md").parse(GALLERY / page)
    document.namespace["print"] = said.print
    return list(document.examples()), said


@pytest.mark.parametrize("page", PAGES)
def test_a_notebook_runs_and_prints_what_its_page_says(page, monkeypatch):
    monkeypatch.chdir(GALLERY)
    examples, said = cells(page)
    assert len(examples) > 4
    for example in examples:
        example.evaluate()
    assert not said.lines, "what the last cell prints stands on no page"
    assert print is builtins.print


def test_every_notebook_is_in_the_list_and_the_data_is_small():
    index = (GALLERY / "index.md").read_text(encoding="utf-8").splitlines()
    assert set(PAGES) == {f"{line}.md" for line in index} & set(PAGES)
    assert len(PAGES) == 5
    assert sum(path.stat().st_size for path in (GALLERY / "data").iterdir()) <= MOST_BYTES


def test_sites_still_export_every_column_that_the_notebooks_have():
    django.setup()
    from merata.web.public.tables import TABLES

    for path in sorted((GALLERY / "data").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as stream:
            there = {column.name for column in TABLES[path.stem].columns}
            assert set(next(csv.reader(stream))) <= there, path.name
