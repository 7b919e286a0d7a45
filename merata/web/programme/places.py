"""Names of villages and their districts, for pages of many rows: as the newest publication has them in memory."""

from __future__ import annotations

from collections.abc import Iterable

from merata.web.public.current import newest
from merata.web.public.names import Place, names

__all__ = ["Place", "codes_like", "codes_of", "districts", "places"]


def places(codes: Iterable[str] | None = None) -> dict[str, Place]:
    """Village code -> the village as it is called; of all villages where no codes are given."""
    publication = newest()
    known = names(publication).places if publication else {}
    if codes is None:
        return known
    return {code: known[code] for code in sorted(set(codes)) if code in known}


def codes_like(words: str) -> list[str]:
    """The codes of villages whose name or code holds some words."""
    sought = words.casefold()
    return [code for code, place in places().items() if sought in place.name.casefold() or sought in code]


def codes_of(district: str) -> list[str]:
    """The codes of a district's villages."""
    return [code for code, place in places().items() if place.district == district]


def districts() -> list[str]:
    """The names of all districts."""
    return sorted({place.district for place in places().values() if place.district})
