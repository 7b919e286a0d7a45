"""What findings and settings say in English has its Indonesian: every sentence that the code can write is tried."""

import ast
import re
from pathlib import Path

import pytest

import merata.region
from merata.publish.phrases import in_indonesian
from merata.publish.phrases_findings import CLAUSES, COUNTED, FINDINGS
from merata.publish.phrases_settings import CLASHES, DECIDED, SETTINGS
from merata.region.findings import SEVERITIES
from merata.region.settings_rules import DecideSettings, contradictions, outside, unknown
from merata.region.tables import TABLES

ROOM = Path(merata.region.__file__).parent
#: What stands in sentences where a number would not do, by the code that writes it.
STANDS = {
    "also": ", and so in 2 more rows", "listed": " (rows 3–7, 9)", "self._listed(at)": " (rows 3–7)",
    "self._listed(rest)": "",
    "done": "Taken as 99.01 Sungai (Muara), the same but for its spelling",
    "rows": "rows 5, 9 and 3 more", "rows_text(self.totals)": "row 5", "rows_text(empty)": "rows 5, 9",
    "_title(layer, n)": "row 7 (Sungai, 99.01)", "given": "'Sungai' in the district 'Muara' with the code 99.01",
    "how": "swapped", "by": "village", "example": "'1' and '2' is longitude 1.5, latitude -2.5",
    "again_in": "a.xlsx, row 3", "coordinates.py village": "village 99.01.01.2001, which the row names",
    "place": "99.01.01.2001 Sungai (Muara)", "spelt": "",
    "likeness": "85% alike", "said": "declares no projection", "lacking": "village or code",
    "coordinates.py count": "2 rows", "more": "more rows lie outside of their village",
    "_ORDER": "longitude and the latitude in their places", "expected": "0 or more",
    "match.why[0].upper()": "N", "match.why[1:]": "o village has such a name", "wanted": "per month",
    "'s' if len(holes) > 1 else ''": "s", "'s' if count > 1 else ''": "s", "parts": "3 villages, 2 power lines",
    "what": "points", "other": "they are districts", "o.share": "3.0%", "turned.done": "",
}  # fmt: skip


def sample(node, file=""):
    """A sentence of the code with something in each of its holes; None where it is no sentence of its own."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if not isinstance(node, ast.JoinedStr):
        return None
    return "".join(
        part.value if isinstance(part, ast.Constant) else filled(part, file) for part in node.values
    )


def filled(hole, file):
    code = ast.unparse(hole.value)
    if code.startswith("count("):
        words = [arg.value for arg in hole.value.args[1:]]
        return f"7 {words[1] if len(words) > 1 else words[0] + 's'}"
    return STANDS.get(f"{file} {code}", STANDS.get(code, "7"))


def sentence(text):
    """As the readers of maps write what they found."""
    return text[:1].upper() + text[1:] + ("" if text[-1:] in ".!?…" else ".")


def written():
    """(place in the code, sentence) of all that findings say: what was found, and what was done."""
    for path in sorted(ROOM.glob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            said = [
                n
                for n, arg in enumerate(call.args)
                if isinstance(arg, ast.Constant) and arg.value in SEVERITIES
            ]
            for arg in call.args[said[0] + 1 :][:3] if said else ():
                yield f"{path.name}:{call.lineno}", arg
        for line in (node for node in ast.walk(tree) if isinstance(node, ast.Assign)):
            if ast.unparse(line.targets[0]) in ("what", "done", "what, done", "why") and path.name in FINDERS:
                for value in line.value.elts if isinstance(line.value, ast.Tuple) else [line.value]:
                    yield f"{path.name}:{line.lineno}", value


#: What is put into other sentences, which are tried; and a column.
PARTS = re.compile("more rows (have|lie)|Words of the report")
#: Modules whose `what`, `done` and `why` are what findings say.
FINDERS = {
    "_map_rows.py", "_projection.py", "_table_rows.py", "_typed.py", "build.py", "coordinates.py", "names.py",
    "polygons.py", "terrain.py", "landcover.py", "understand.py",
}  # fmt: skip
#: What is no sentence that a page shows: how to settle a finding stands in findings.csv only; names of tables.
SETTLES = re.compile(
    r"(If|Mend|Add|Nothing|Take|Fetch|Ask|Call|Look|Look whether|Remove|Known|Correct|Give|Fill|Save|Say|Best|"
    r"Write|Answer|Point|Tiles)\b.*"
)
SAID = [
    (place, text)
    for place, node in written()
    if (text := sample(node, place.partition(":")[0])) and " " in text.strip() and not PARTS.match(text)
]


@pytest.mark.parametrize(("place", "text"), SAID, ids=[f"{place} {text[:30]}" for place, text in SAID])
def test_what_a_finding_says_has_its_indonesian(place, text):
    if SETTLES.fullmatch(sentence(text)):
        return
    told = next((said for one in (text, sentence(text)) if (said := in_indonesian(one))), None)
    told = told or clause(text)
    assert told, text
    assert not re.search(r"\b(the|with|and|of|is|are|not|without|it|was|were|rows?)\b", told), told


def clause(text):
    """A clause of another sentence: why a name is doubtful, why areas are no villages."""
    whole = in_indonesian(f"Which village is '7'? {text[:1].upper()}{text[1:]}.")
    return whole if whole and text[1:10] not in whole else None


def test_enough_sentences_were_found():
    assert len(SAID) > 120


def test_every_table_has_its_word():
    assert set(COUNTED) >= set(TABLES)


@pytest.mark.parametrize("texts", [FINDINGS, SETTINGS, CLAUSES, CLASHES])
def test_no_hole_is_lost(texts):
    for english, indonesian in texts.items():
        holes = len(re.findall(r"\{[a-z]\}", english))
        assert {int(n) for n in re.findall(r"\\(\d+)", indonesian)} == set(range(1, holes + 1)), english


def test_what_a_decision_may_have_wrong_is_said_in_indonesian():
    def row(decision, reason="banjir, jalan putus", **values):
        return DecideSettings(decision=decision, reason=reason, **values)

    code = "99.01.01.2001"
    clashing = [
        [row("force", village=code), row("forbid", village=code)],
        [row("fix", village=code, year=2026), row("postpone", village=code, year=2028)],
        [row("fix", village=code, year=2026, fund="APBD"), row("fix", village=code, year=2027)],
        [
            row("force", village=code, option="leo", year=2025),
            row("fix", village=code, option="leo", year=2027),
        ],
    ]
    said = [text for rows in clashing for text in contradictions(rows)]
    assert len(said) >= len(clashing)
    from merata.region.settings_rules import FairSettings

    said += outside(FairSettings(floor={"2040": 0.5}), [row("fix", village=code, year=2040)], 2025, 2030)
    said += [
        unknown("village", "x", {"y"}),
        unknown("option", "leoo", {"leo"}),
        unknown("fund", "abc", {"abd"}),
    ]
    for text in said:
        told = in_indonesian(text)
        assert told, text
        assert not re.search(r"\b(the|rows?|asks|fixes|about|village|option)\b", told), told
    assert "banjir, jalan putus" in in_indonesian(said[0]), "reasons stay as they were written"
    assert "wajib" in in_indonesian(said[0])
    assert set(DECIDED) == {"force", "forbid", "fix", "postpone", "promised"}


def settings_say():
    """Every sentence with which the settings refuse a value."""
    for name in ("settings", "settings_plan", "settings_rules"):
        for node in ast.walk(ast.parse((ROOM / f"{name}.py").read_text(encoding="utf-8"))):
            refuses = isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call)
            if refuses and ast.unparse(node.exc.func) == "ValueError" and (text := sample(node.exc.args[0])):
                yield text


def test_what_forms_of_settings_refuse_is_said_in_indonesian():
    texts = [text.replace("7 needs", "fix needs").replace("with 7", "with force") for text in settings_say()]
    texts = ["force" + text[1:] if text.startswith("7 of an option") else text for text in texts]
    assert len(texts) > 15
    for text in texts:
        if not text.startswith("'7' 7;"):  # the region's projection: no form asks for it
            assert in_indonesian(text), text
