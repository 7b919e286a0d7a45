"""Places that a row names, by the place's own name or by what kind of facility it is."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from merata.access.columns import Bools, words
from merata.region.tables import TABLES

_KIND = TABLES["facilities"].column("kind")


def folded(text: str) -> str:
    """Words of a name without case and punctuation."""
    return " ".join(re.findall(r"\w+", text.casefold()))


def by_name(places: pd.DataFrame) -> pd.DataFrame:
    """Places by village: `place` (position), `village_code`, `called` (folded name) and `sort` (kind of facility)."""
    return pd.DataFrame(
        {
            "place": np.arange(len(places)),
            "village_code": words(places["village_code"]),
            "called": [folded(name) for name in words(places["name"])],
            "sort": words(places["kind"]),
        }
    )


def names(pairs: pd.DataFrame) -> Bools:
    """Which pairs of a place (`by_name`) and a row with `where` (folded) are of a row that names that place."""
    kinds = {folded(word): kind for word, kind in _KIND.words.items()} | {
        folded(kind): kind for kind in _KIND.choices
    }
    of_kind = (pairs["sort"] != "") & (pairs["where"].map(kinds) == pairs["sort"])
    found = (pairs["where"] != "") & ((pairs["where"] == pairs["called"]) | of_kind)
    return np.asarray(found.to_numpy(), np.bool_)
