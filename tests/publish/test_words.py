"""Both languages say everything; numbers, money and dates as each writes them."""

import ast
import re
import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import merata.publish as room
from merata.access.result import WANTS
from merata.plan.assume import RULES
from merata.plan.options import OPTIONS
from merata.publish.geopackage import _OPTION_POINT
from merata.publish.meeting_sentences import MEETING_SENTENCES
from merata.publish.phrases import PHRASES, in_indonesian
from merata.publish.sentences import SENTENCES
from merata.publish.statement_sentences import STATEMENT_SENTENCES
from merata.publish.words import CHOICES, MARKS, Tongue
from merata.publish.yearbook_sentences import YEARBOOK_SENTENCES
from merata.region.findings import SEVERITIES
from merata.region.prices import COMPONENTS
from merata.region.tables import KNOWN_BY, LEVELS, SECTOR_OF_FACILITY, TABLES

ID, EN = Tongue("id"), Tongue("en")
FOLDER = Path(room.__path__[0])
#: Sentences of a kind of document, by what the names of its modules begin with.
OWN_SENTENCES = {
    "statement": STATEMENT_SENTENCES,
    "meeting": MEETING_SENTENCES,
    "yearbook": YEARBOOK_SENTENCES,
}
#: Kinds of nodes and links that merata.plan makes.
WORKS = (
    "new tower", "tower", "cell", "repeater", "fibre", "microwave", "satellite", "join", "junction", "place",
    "point of presence",
)  # fmt: skip


def holes(text):
    return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name)


def test_every_sentence_is_there_in_both_languages_with_the_same_values():
    lacking = [key for key, pair in SENTENCES.items() if not all(text.strip() for text in pair)]
    assert lacking == []
    unlike = [key for key, (indonesian, english) in SENTENCES.items() if holes(indonesian) != holes(english)]
    assert unlike == []


@pytest.mark.parametrize(
    ("group", "keys"),
    [
        ("level", LEVELS),
        ("known", KNOWN_BY),
        ("want", WANTS),
        ("option", OPTIONS),
        ("severity", SEVERITIES),
        ("component", COMPONENTS),
        ("facility", SECTOR_OF_FACILITY),
        ("works", WORKS),
        ("bought", [*(f"point {option}" for option in OPTIONS), *(f"works {kind}" for kind in WORKS)]),
        ("table", TABLES),
        ("sector", set(SECTOR_OF_FACILITY.values())),
    ],
)
def test_every_choice_has_a_word_in_both_languages(group, keys):
    assert set(keys) <= set(CHOICES[group])
    assert all(pair[0] and pair[1] for pair in CHOICES[group].values())


@pytest.mark.parametrize("option", OPTIONS)
def test_every_option_has_a_sign_in_the_layers(option):
    assert option in _OPTION_POINT


def test_notes_of_the_rules_are_said_in_indonesian():
    notes = [
        "Rules of fairness count only villages that some option can reach in these years; 3 of 41 in need can't be "
        "reached",
        *(f"row 2 of plan.decide: {what}" for what in (
            "nothing like it could be planned anyway", "it is lit already: nothing to decide",
            "only due after the planned years", "nothing there is below its promise", "no option can serve it",
        )),
    ]  # fmt: skip
    assert [note for note in notes if in_indonesian(note) is None] == []


def test_every_way_of_knowing_has_its_own_mark():
    assert set(MARKS) == set(KNOWN_BY)
    assert len(set(MARKS.values())) == len(KNOWN_BY)


def test_no_sentence_lies_unused():
    text = "".join(
        path.read_text(encoding="utf-8")
        for path in sorted(FOLDER.rglob("*"))
        if path.suffix in (".py", ".j2") and not path.name.endswith("sentences.py")
    )
    built = ("one_", "many_", "h_", "sure_", "for_", "known_", "map_", "prices_words_", "how_", "c_", "gap_", "index_",
             "where_", "change_")  # fmt: skip
    used = set(re.findall(r"\w+", text))
    unused = [key for key in SENTENCES if not key.startswith(built) and key not in used]
    assert unused == []


def test_templates_hold_no_words_of_their_own():
    for path in sorted((FOLDER / "templates").glob("*.j2")):
        bare = re.sub(
            r"\{[{%#].*?[}%#]\}|<[^>]*>|<style>.*?</style>", " ", path.read_text("utf-8"), flags=re.S
        )
        assert set(re.findall(r"[A-Za-z]{3,}", bare)) <= {"Merata", "DOCTYPE"}, path.name


@pytest.mark.parametrize(
    ("value", "digits", "indonesian", "english"),
    [
        (1234.5, 1, "1.234,5", "1,234.5"),
        (0, 0, "0", "0"),
        (-1234567, 0, "−1.234.567", "−1,234,567"),
        (2.5, 0, "3", "3"),
        (0.125, 2, "0,13", "0.13"),
        (None, 0, "–", "–"),
        (float("nan"), 0, "–", "–"),
    ],
)
def test_numbers(value, digits, indonesian, english):
    assert (ID.number(value, digits), EN.number(value, digits)) == (indonesian, english)


@pytest.mark.parametrize(
    ("idr", "indonesian", "english"),
    [
        (1_234_000_000, "Rp 1,23 miliar", "IDR 1.23 billion"),
        (45_600_000_000, "Rp 45,6 miliar", "IDR 45.6 billion"),
        (12_045_000_000_000, "Rp 12,0 triliun", "IDR 12.0 trillion"),
        (612_500_000, "Rp 613 juta", "IDR 613 million"),
        (2_500, "Rp 2,50 ribu", "IDR 2.50 thousand"),
        (0, "Rp 0", "IDR 0"),
        (None, "–", "–"),
    ],
)
def test_money(idr, indonesian, english):
    assert ID.money(idr).replace("\u00a0", " ") == indonesian
    assert EN.money(idr).replace("\u00a0", " ") == english


def test_dates_and_nouns():
    assert ID.day("2025-05-15").replace("\u00a0", " ") == "15 Mei 2025"
    assert EN.day("2025-05-15").replace("\u00a0", " ") == "15 May 2025"
    assert ID.day("Mei 2025") == "Mei 2025"
    assert (EN.villages(1), EN.villages(2)) == ("1\u00a0village", "2\u00a0villages")
    assert (ID.people(1), ID.people(2)) == ("1\u00a0jiwa", "2\u00a0jiwa")


def test_a_chance_never_claims_certainty():
    assert ID.chance(1.0) == EN.chance(0.999) == ">\u00a099%"
    assert EN.chance(0.0) == "<\u00a01%"
    assert EN.chance(0.5) == "50%"


@given(st.integers(-(10**15), 10**15))
def test_a_number_is_read_back_as_it_was(value):
    for tongue, thousands in ((ID, "."), (EN, ",")):
        assert int(tongue.number(value).replace(thousands, "").replace("−", "-")) == value


@pytest.mark.parametrize(
    ("english", "indonesian"),
    [
        ("modelled: -104 dBm", "dimodelkan: -104 dBm"),
        (
            "12 villages whose people nobody counted: 1,500 each.",
            "12 desa yang penduduknya tidak pernah didata: masing-masing 1.500 jiwa.",
        ),
        (
            "reported: no signal (list (2).xlsx, 2021); modelled: no site in reach",
            "dilaporkan: tidak ada sinyal (list (2).xlsx, 2021); dimodelkan: tidak ada menara yang menjangkau",
        ),
        (
            "measured: 1 test, median 3.4 Mbit/s down (x.csv and 2 other sources, 2024)",
            "diukur: 1 uji, median 3,4 Mbit/s unduh (x.csv dan 2 sumber lain, 2024)",
        ),
        (
            "Assumed of leo solar: 60 Mbit/s down, 10 up, 70 ms, there 98.0% of the time.",
            "Diasumsikan tentang satelit LEO dengan tenaga surya: unduh 60 Mbit/s, unggah 10, jeda 70 ms, "
            "beroperasi 98,0% waktu.",
        ),
        ("something new", None),
        ("modelled: -104 dBm; something new", None),
    ],
)  # fmt: skip
def test_what_the_engine_says_is_said_in_indonesian_whole_or_not_at_all(english, indonesian):
    assert in_indonesian(english) == indonesian


def test_every_phrase_names_only_what_it_caught():
    for english, indonesian in PHRASES.items():
        caught = len(re.findall(r"\{[a-z]\}", english))
        assert all(int(place) <= caught for place in re.findall(r"\\(\d+)", indonesian)), english


def test_every_basis_of_a_default_price_is_said_in_indonesian():
    assert [c.basis for c in COMPONENTS.values() if in_indonesian(c.basis) is None] == []


def test_every_rule_and_price_that_a_plan_assumes_is_said_in_indonesian():
    said = [*RULES, *(f"Price assumed: {component.about}." for component in COMPONENTS.values())]
    assert [line for line in said if in_indonesian(line) is None] == []


def test_sentences_that_code_asks_for_are_declared():
    for path in sorted(FOLDER.glob("*.py")):
        declared = OWN_SENTENCES.get(path.name.split("_")[0].removesuffix(".py"), SENTENCES)
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in ("t", "_ID", "_EN")
            ):
                key = node.args[0]
                if isinstance(key, ast.Constant):
                    assert key.value in declared, f"{path.name}: {key.value}"
