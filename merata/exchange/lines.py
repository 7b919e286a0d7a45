"""Leaves from lines of JSON, as people and programs write them."""

from __future__ import annotations

import json
from typing import Any

from merata.errors import FileError, InputError
from merata.exchange import leaves
from merata.exchange.salts import Salts

_HASH = "0" * 64
_EXPECTED = '{"kind": …, "date": "2026-03-03", "region": "64.02", "content": {…}}'


def read(text: str, name: str, salts: Salts) -> list[bytes]:
    """Leaves of a text with an object a line. Where a salted hash belongs, `{"text": …}` may stand: it is hashed.

    Parameters
    ----------
    text
        The lines.
    name
        What errors call it.
    salts
        Where new salts are kept.

    Raises
    ------
    FileError
        A line is no leaf; it says which. None of them is taken then.
    """
    # All are checked before the first salt is kept.
    said = [
        _said(line, f"{name}, line {number}")
        for number, line in enumerate(text.splitlines(), 1)
        if line.strip()
    ]
    return [
        leaves.leaf(each["kind"], each["date"], each["region"], each["content"])
        for each in _salted(said, salts)
    ]


def _salted(said: list[dict[str, Any]], salts: Salts) -> list[dict[str, Any]]:
    """The lines with salted hashes in place of words."""
    places = [
        (at, name, words)
        for at, each in enumerate(said)
        for name, value in each["content"].items()
        if (words := _text(value)) is not None
    ]
    made = [{**each, "content": dict(each["content"])} for each in said]
    for (at, name, _), one in zip(places, salts.hashes([words for *_, words in places]), strict=True):
        made[at]["content"][name] = one
    return made


def _said(line: str, where: str) -> dict[str, Any]:
    try:
        said = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise FileError(f"{where}: is no JSON ({error}). Expected {_EXPECTED}.") from None
    if not isinstance(said, dict) or not isinstance(said.get("content"), dict):
        raise FileError(f"{where}: expected {_EXPECTED}.")
    said = {"form": leaves.FORM, **said}
    tried = {name: _HASH if _text(value) is not None else value for name, value in said["content"].items()}
    try:
        leaves.check({**said, "content": tried})
    except InputError as error:
        raise FileError(f"{where}: {error}") from None
    for field in leaves.KINDS[said["kind"]]:
        if field.type != "salted" and _text(said["content"].get(field.name)) is not None:
            expected = leaves.TYPES[field.type][1]
            raise FileError(f"{where}: {said['kind']}.{field.name}: words can't stand here, but {expected}.")
    return said


def _text(value: Any) -> str | None:
    return (
        value["text"]
        if isinstance(value, dict) and isinstance(value.get("text"), str) and len(value) == 1
        else None
    )
