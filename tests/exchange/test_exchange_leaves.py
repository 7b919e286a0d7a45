"""What may go into the log: declared fields, nothing personal; words by salted hashes that can be forgotten."""

import json
import stat

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from merata.errors import FileError, InputError, MerataError, MissingError
from merata.exchange import leaves, lines, notes
from merata.exchange.canonical import canonical
from merata.exchange.salts import Salts

HASH = "ab" * 32
OLD, NEW = (notes.SecretKey.of("contoh.example/log", notes.LOG, seed * 32).public for seed in (b"o", b"n"))
#: One of each kind, with every field.
WHOLE = {
    "plan": {"plan": "0123456789", "sha256": HASH, "villages": 230, "cost_idr": 45_000_000_000},
    "commitment": {"commitment": "k-1", "state": "made", "owner": "dinas-kominfo", "village": "64.02.01.2001",
                   "level": "working", "due": "2027-06-30", "fund": "apbd", "words": HASH},
    "change": {"of": "k-1", "what": "commitment", "change": "12", "before": HASH, "after": HASH,
               "reason": HASH},
    "score": {"period": "2026-03", "sha256": HASH, "provider": "contoh-satelit"},
    "statement": {"period": "2026", "provider": "contoh-satelit", "sha256": HASH, "owed_idr": 0},
    "document": {"what": "meeting", "sha256": HASH},
    "checkpoint": {"origin": "tetangga.example/log", "size": 3, "root": notes.b64(bytes(32))},
    "key": {"old": str(OLD), "new": str(NEW), "why": "changed"},
}  # fmt: skip


def test_every_kind_is_tried_with_every_field():
    assert {kind: [field.name for field in fields] for kind, fields in leaves.KINDS.items()} == {
        kind: list(content) for kind, content in WHOLE.items()
    }
    assert {field.type for fields in leaves.KINDS.values() for field in fields} <= set(leaves.TYPES)


@pytest.mark.parametrize("kind", WHOLE)
def test_a_leaf_is_read_as_it_was_made(kind):
    made = leaves.leaf(kind, "2026-03-03", "64.02", WHOLE[kind])
    assert leaves.read(made) == {
        "form": 1, "kind": kind, "date": "2026-03-03", "region": "64.02", "content": WHOLE[kind]
    }  # fmt: skip


@pytest.mark.parametrize("kind", WHOLE)
def test_what_is_not_declared_or_is_missing_is_refused(kind):
    for field in leaves.KINDS[kind]:
        content = {name: value for name, value in WHOLE[kind].items() if name != field.name}
        if field.needed:
            with pytest.raises(InputError, match=field.name):
                leaves.leaf(kind, "2026-03-03", "64.02", content)
        else:
            leaves.leaf(kind, "2026-03-03", "64.02", content)
    with pytest.raises(InputError, match="might be personal"):
        leaves.leaf(kind, "2026-03-03", "64.02", {**WHOLE[kind], "note": "x"})


PERSONAL = [
    "Ibu Contoh",
    "ibu contoh",
    "081234567890",
    "k-6402012001700001",
    "a@contoh.example",
    "+62 812",
    "0812-3456-789",
    "628123456789",
    "dinas-0812.345.6789",
    "Jl. Contoh 5",
    "x" * 200,
]


def test_words_stand_only_where_their_hash_belongs(tmp_path):
    said = {
        "kind": "document",
        "date": "2026-03-03",
        "region": "64.02",
        "content": {"what": {"text": "x"}, "sha256": HASH},
    }
    with pytest.raises(FileError, match=r"line 1: document.what"):
        lines.read(json.dumps(said), "file", Salts(tmp_path / "salts.json"))
    said["content"] = {"what": "x", "sha256": {"text": "x"}}
    with pytest.raises(FileError, match=r"line 1: document.sha256"):
        lines.read(json.dumps(said), "file", Salts(tmp_path / "salts.json"))


@pytest.mark.parametrize("text", PERSONAL)
def test_no_field_takes_names_numbers_or_words(text):
    for kind, content in WHOLE.items():
        for name, value in content.items():
            if (kind, name) != ("checkpoint", "origin"):
                with pytest.raises(InputError):
                    leaves.leaf(kind, "2026-03-03", "64.02", {**content, name: text})
            if not isinstance(value, str):
                with pytest.raises(InputError):
                    leaves.leaf(kind, "2026-03-03", "64.02", {**content, name: True})


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=4,
)


@settings(max_examples=50)
@given(ANYTHING)
def test_whatever_stands_there_is_taken_or_refused_in_words(said):
    frame = {"form": 1, "kind": "plan", "date": "2026-03-03", "region": "64.02", "content": WHOLE["plan"]}
    for tried in (said, *({**frame, name: said} for name in frame), {**frame, "content": {"plan": said}}):
        try:
            entry = canonical(tried)
        except FileError:
            continue
        if entry != canonical(frame):
            with pytest.raises(MerataError):
                leaves.read(entry)


def test_forgotten_words_can_not_be_told(tmp_path):
    salts = Salts(tmp_path / "salts.json")
    one, two = salts.hashes(["Jalan diperbaiki dulu"] * 2)
    assert one != two
    assert salts.shows(one, "Jalan diperbaiki dulu")
    assert not salts.shows(one, "Jalan diperbaiki nanti")
    assert stat.S_IMODE(salts.path.stat().st_mode) == 0o600
    assert salts.forget(one)
    assert not salts.forget(one)
    with pytest.raises(MissingError, match="Forgotten"):
        salts.shows(one, "Jalan diperbaiki dulu")
    assert salts.shows(two, "Jalan diperbaiki dulu")
    salts.path.chmod(0o644)
    with pytest.raises(FileError, match="chmod 600"):
        salts.salt(two)


def test_lines_say_where_they_are_wrong_and_keep_no_salt_then(tmp_path):
    salts = Salts(tmp_path / "salts.json")
    good = {"kind": "commitment", "date": "2026-03-03", "region": "64.02",
            "content": {**WHOLE["commitment"], "words": {"text": "Sinyal sampai balai desa"}}}  # fmt: skip
    bad = {**good, "date": "3 March"}
    for wrong in (
        json.dumps(bad),
        "{",
        "[]",
        json.dumps({**good, "name": "x"}),
        json.dumps({**good, "content": 1}),
    ):
        with pytest.raises(FileError, match=r"file, line 3: "):
            lines.read(f"{json.dumps(good)}\n\n{wrong}\n", "file", salts)
    assert not salts.path.exists()
    (entry,) = lines.read(json.dumps(good), "file", salts)
    assert b"balai" not in entry
    assert salts.shows(leaves.read(entry)["content"]["words"], "Sinyal sampai balai desa")
