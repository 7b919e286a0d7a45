"""What may go into a log: kinds of leaves with declared fields, none of which can hold personal data."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from merata.errors import FileError, InputError
from merata.exchange import checkpoints, notes
from merata.exchange.canonical import canonical, parsed

#: The version of the form; a leaf says it, so that a reader of later years knows.
FORM = 1
_WORD = re.compile(r"[a-z0-9](?:[a-z0-9._/-]{0,62}[a-z0-9])?")
#: A number of an identity card or a telephone, also in groups: no name of an office, a fund or a commitment has one.
_LONG_NUMBER = re.compile(r"[0-9]{9}|(?<![0-9])(62|0)8[0-9]{1,2}[._/-]?[0-9]{3,4}[._/-]?[0-9]{3,5}")
_RUN = re.compile(r"[0-9a-f]{10}")  # which can be digits alone
_PATTERNS = {
    "code": r"[0-9]{2}(\.[0-9]{2}(\.[0-9]{2}(\.[0-9]{4})?)?)?",
    "month": r"[0-9]{4}-(0[1-9]|1[0-2])",
    "period": r"[0-9]{4}(-(0[1-9]|1[0-2]))?",
    "hash": r"[0-9a-f]{64}",
    "salted": r"[0-9a-f]{64}",
}
_MOST = 1 << 53


@dataclass(frozen=True)
class Field:
    """A declared field of a kind of leaf."""

    name: str
    type: str
    """One of `TYPES`."""
    says: str
    needed: bool = True


_SALTED = "salted hash of the words, which stand elsewhere"

#: Kinds of leaves. Texts are never in a leaf: a document by its hash, what may have to be forgotten by a salted one.
KINDS: dict[str, tuple[Field, ...]] = {
    "plan": (
        Field("plan", "run", "name of the run that was published"),
        Field("sha256", "hash", "SHA-256 of its plan.json"),
        Field("villages", "count", "villages that it serves", needed=False),
        Field("cost_idr", "idr", "what it costs in all", needed=False),
    ),
    "commitment": (
        Field("commitment", "word", "number of the commitment"),
        Field("state", "word", "made, on-the-way, kept, late, broken, changed, or gone from the site"),
        Field("owner", "word", "short name of the office that promises"),
        Field("village", "code", "official code of the village", needed=False),
        Field("level", "word", "service level that is promised", needed=False),
        Field("due", "date", "by when", needed=False),
        Field("fund", "word", "fund that pays", needed=False),
        Field("words", "salted", _SALTED, needed=False),
    ),
    "change": (
        Field("of", "word", "number of what was changed"),
        Field("what", "word", "kind of what was changed"),
        Field("change", "word", "number of the change itself", needed=False),
        Field("before", "salted", "salted hash of how it was", needed=False),
        Field("after", "salted", "salted hash of how it is", needed=False),
        Field("reason", "salted", "salted hash of the reason", needed=False),
    ),
    "score": (
        Field("period", "period", "month or year"),
        Field("sha256", "hash", "SHA-256 of the file of scores"),
        Field("provider", "word", "short name of the provider; left out for all", needed=False),
    ),
    "statement": (
        Field("period", "period", "month or year"),
        Field("provider", "word", "short name of the provider"),
        Field("sha256", "hash", "SHA-256 of the statement"),
        Field("owed_idr", "idr", "what is owed", needed=False),
    ),
    "document": (
        Field("what", "word", "kind of the document: meeting, report, dataset …"),
        Field("sha256", "hash", "SHA-256 of the published file"),
    ),
    "checkpoint": (
        Field("origin", "origin", "name of the neighbour's log"),
        Field("size", "count", "entries in it"),
        Field("root", "root", "the root over them, in base 64"),
    ),
    "key": (
        Field("old", "key", "public key that no longer signs"),
        Field("new", "key", "public key that signs from now on"),
        Field("why", "why", "changed: the old key signed this; lost: it could not"),
    ),
}


#: Kind of leaf -> fields that tell which one of its kind it is about.
NAMES = {
    "plan": ("plan",),
    "commitment": ("commitment",),
    "change": ("change",),
    "score": ("period",),
    "statement": ("provider", "period"),
    "document": ("what",),
}
_MOST_WORD = 40


def name_of(kind: str, content: Mapping[str, Any]) -> str:
    """Which one of its kind a leaf is about; '' where it does not say."""
    return " ".join(str(content.get(name, "")) for name in NAMES.get(kind, ())).strip()


def word(name: str) -> str:
    """A name as a leaf takes it: a short word. Long numbers, as telephones have them, are left out."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", plain))
    made = re.sub(r"\d{9,}", "", slug)[:_MOST_WORD].strip("-_")
    return made or ("none" if not name else "unnamed")


def _word(value: Any) -> bool:
    return isinstance(value, str) and bool(_WORD.fullmatch(value)) and not _LONG_NUMBER.search(value)


def _run(value: Any) -> bool:
    return _word(value) or (isinstance(value, str) and bool(_RUN.fullmatch(value)))


def _date(value: Any) -> bool:
    try:
        return isinstance(value, str) and dt.date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < _MOST


def _fits(read: Callable[[str], object]) -> Callable[[Any], bool]:
    def fits(value: Any) -> bool:
        try:
            return isinstance(value, str) and bool(read(value))
        except FileError:
            return False

    return fits


#: Types of fields: how it is checked, and what is expected, in words.
TYPES: dict[str, tuple[Callable[[Any], bool], str]] = {
    "word": (_word, "a short name in small letters, digits and . _ / -, without long numbers"),
    "run": (_run, "the name of a run"),
    "date": (_date, "a date like 2026-03-03"),
    "count": (lambda value: _whole(value) and value >= 0, "a whole number, 0 or more"),
    "idr": (_whole, "whole rupiah"),
    "origin": (_fits(notes.check_name), "the name of a log"),
    "root": (_fits(checkpoints.hash_of), "a hash in base 64"),
    "key": (_fits(notes.public_key), "a public key NAME+ID+KEY"),
    "why": (lambda value: value in ("changed", "lost"), "changed or lost"),
    "code": (lambda value: _matches("code", value), "an official code like 64.02.01.2001"),
    "period": (lambda value: _matches("period", value), "a year or a month like 2026-03"),
    "hash": (lambda value: _matches("hash", value), "a SHA-256 of 64 hexadecimal digits"),
    "salted": (lambda value: _matches("salted", value), "a salted hash of 64 hexadecimal digits"),
}


def _matches(pattern: str, value: Any) -> bool:
    return isinstance(value, str) and bool(re.fullmatch(_PATTERNS[pattern], value))


def leaf(kind: str, date: str, region: str, content: Mapping[str, Any]) -> bytes:
    """The bytes of a leaf.

    Parameters
    ----------
    kind
        One of `KINDS`.
    date
        Day on which it was so, YYYY-MM-DD.
    region
        Official code of the region.
    content
        Fields as declared for the kind.

    Raises
    ------
    InputError
        Something is not as declared; it says what was expected.
    """
    check({"form": FORM, "kind": kind, "date": date, "region": region, "content": dict(content)})
    return canonical({"form": FORM, "kind": kind, "date": date, "region": region, "content": dict(content)})


def read(entry: bytes) -> dict[str, Any]:
    """A leaf from its bytes, checked against what is declared.

    Raises
    ------
    FileError, InputError
        It is none.
    """
    said = parsed(entry)
    check(said)
    assert isinstance(said, dict)
    return said


def check(said: Any) -> None:
    """Check a leaf.

    Raises
    ------
    InputError
        Something is not as declared; it says what was expected.
    """
    if not isinstance(said, dict) or set(said) != {"form", "kind", "date", "region", "content"}:
        raise InputError("A leaf has form, kind, date, region and content, and nothing else.")
    if not _whole(said["form"]) or said["form"] != FORM:
        raise InputError(
            f"form: {said['form']!r} is not known here; expected {FORM}. A newer Merata may read it."
        )
    kind, content = said["kind"], said["content"]
    if not isinstance(kind, str) or kind not in KINDS:
        raise InputError(f"kind: {kind!r} is not declared; expected one of {', '.join(KINDS)}.")
    if not isinstance(content, dict):
        raise InputError("content: expected an object of fields.")
    _typed("date", "date", said["date"])
    _typed("region", "code", said["region"])
    _check_content(kind, content)


def _check_content(kind: str, content: dict[str, Any]) -> None:
    declared = {field.name: field for field in KINDS[kind]}
    if unknown := set(content) - set(declared):
        raise InputError(
            f"{kind}: has {', '.join(sorted(unknown))}, which is not declared. Expected {', '.join(declared)}: "
            "what is not declared might be personal, and nothing can be taken out of a log again."
        )
    for field in declared.values():
        if field.name in content:
            _typed(f"{kind}.{field.name}", field.type, content[field.name])
        elif field.needed:
            raise InputError(f"{kind}.{field.name}: missing. Expected {field.says}.")


def _typed(name: str, kind: str, value: Any) -> None:
    fits, expected = TYPES[kind]
    if not fits(value):
        raise InputError(f"{name}: {str(value)[:80]!r} is not {expected}.")
