"""The listing of all messages, for who reads them in a row, has what the program says, in both languages."""

import importlib.util
from pathlib import Path

import pytest

from merata.plan.why_words import SENTENCES as WHY
from merata.web.sentences.cases import CASES

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def tool():
    spec = importlib.util.spec_from_file_location("make_messages", PROJECT / "tools" / "make_messages.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def pairs(tool, module: str) -> dict[str, tuple[str, str]]:
    found = tool.of_module(PROJECT / "merata" / module)
    return {row.name: (row.indonesian, row.english) for row in found if row.kind == "sentence"}


def test_sentences_are_all_there_whichever_language_their_module_puts_first(tool):
    cases, why = pairs(tool, "web/sentences/cases.py"), pairs(tool, "plan/why_words.py")
    assert {key: cases.get(key) for key in CASES} == CASES
    assert {key: why.get(key) for key in WHY} == {
        key: (indonesian, english) for key, (english, indonesian) in WHY.items()
    }


def test_errors_and_findings_stand_there_with_what_is_filled_in(tool):
    said = {row.english: row.kind for row in tool.of_module(PROJECT / "merata" / "region" / "folder.py")}
    assert (
        said["{path}: not a region folder (it has no {TOML}). `merata new {path}` makes one."]
        == "MissingError"
    )
    found = [row.english for row in tool.of_module(PROJECT / "merata" / "region" / "landcover.py")]
    assert "This land cover does not touch the region. | Not used. | Remove it." in found


def test_a_sentence_that_is_said_in_one_language_by_pattern_has_both(tool):
    found = tool.of_module(PROJECT / "merata" / "publish" / "phrases_findings.py")
    assert ("Dipakai.", "Used.") in {(row.indonesian, row.english) for row in found}


def test_commands_and_options_say_what_they_are(tool):
    rows = list(tool.of_commands())
    assert {row.where for row in rows} >= {"merata run", "merata radio map"}
    text = tool.listing(rows)
    assert "## merata run" in text
    assert "Last step to run" in text
