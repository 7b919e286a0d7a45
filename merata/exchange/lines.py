"""Leaves from lines of JSON, as people and programs write them."""

from __future__ import annotations

import json
from typing import Any

from merata.errors import FileError, InputError, MerataError
from merata.exchange import leaves
from merata.exchange.salts import Salts

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
    numbered = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    # All are checked before the first salt is kept.
    said = [_said(line, f"{name}, line {number}") for number, line in numbered]
    return [
        _leaf(each, f"{name}, line {number}", salts) for (number, _), each in zip(numbered, said, strict=True)
    ]


def _said(line: str, where: str) -> dict[str, Any]:
    try:
        said = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise FileError(f"{where}: is no JSON ({error}). Expected {_EXPECTED}.") from None
    if not isinstance(said, dict) or not isinstance(said.get("content"), dict):
        raise FileError(f"{where}: expected {_EXPECTED}.")
    said = {"form": leaves.FORM, **said}
    tried = {name: "0" * 64 if _text(value) is not None else value for name, value in said["content"].items()}
    try:
        leaves.check({**said, "content": tried})
    except InputError as error:
        raise FileError(f"{where}: {error}") from None
    return said


def _leaf(said: dict[str, Any], where: str, salts: Salts) -> bytes:
    content = {
        name: value if (text := _text(value)) is None else salts.hash(text)
        for name, value in said["content"].items()
    }
    try:
        return leaves.leaf(said["kind"], said["date"], said["region"], content)
    except MerataError as error:
        raise FileError(f"{where}: {error}") from None


def _text(value: Any) -> str | None:
    return (
        value["text"]
        if isinstance(value, dict) and isinstance(value.get("text"), str) and len(value) == 1
        else None
    )
