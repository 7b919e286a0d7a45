"""Canonical JSON (RFC 8785): one content, one sequence of bytes, so that its hash means something."""

from __future__ import annotations

import json
from typing import Any

import rfc8785

from merata.errors import FileError


def canonical(content: Any) -> bytes:
    """The canonical bytes of content: objects, lists, texts, whole numbers within 2^53, true, false, null.

    Raises
    ------
    FileError
        It holds what JSON can't say exactly.
    """
    try:
        return rfc8785.dumps(content)
    except (rfc8785.CanonicalizationError, RecursionError, TypeError, UnicodeError) as error:
        raise FileError(f"This can't be written as canonical JSON: {error}.") from error


def parsed(data: bytes) -> Any:
    """The content of bytes that are canonical JSON.

    Raises
    ------
    FileError
        They are no JSON, or not in its canonical form: a key twice, say, or a space.
    """
    try:
        content = json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise FileError(f"Expected JSON (RFC 8785): {error}.") from error
    if canonical(content) != data:
        raise FileError("Expected canonical JSON (RFC 8785): sorted keys, each once, no spaces.")
    return content
