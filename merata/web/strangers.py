"""JSON that anybody may send: read within bounds, and refused in one way whatever is wrong with it."""

from __future__ import annotations

import json
from typing import Any


def read_json(body: bytes, most: int) -> Any:
    """What `body` says, of `most` bytes at most.

    Raises
    ------
    ValueError
        It is longer, or no JSON; or it is nested so deeply that reading it would break off.
    """
    if len(body) > most:
        raise ValueError(f"longer than {most} bytes")
    try:
        return json.loads(body)
    except RecursionError:
        raise ValueError("nested too deeply") from None
