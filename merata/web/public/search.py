"""Finds a village by its name as it is spoken, or by its code."""

from __future__ import annotations

import re

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from rapidfuzz import fuzz, process

from merata.region.spelling import fold
from merata.web.models import Publication
from merata.web.page import address, language_of, render
from merata.web.public.current import shown
from merata.web.public.names import Names, Place, names
from merata.web.standing import standing

#: Villages that a search shows at most.
MOST = 12
#: How alike two folded names must be, 0 to 100, for one to be a slip of the other.
_ALIKE = 68
_LONGEST = 80
_DISTRICT_FOLLOWS = re.compile(r"\s*(?:,|\bkec\b\.?|\bkecamatan\b|\bdistrict\b)\s*", re.IGNORECASE)


@shown
def search(request: HttpRequest, publication: Publication) -> HttpResponse:
    """What was found for ?q=; the village's own page where it can only be one."""
    asked = " ".join(request.GET.get("q", "").split())[:_LONGEST]
    known = names(publication)
    hits = find(known, asked)
    if len(hits) == 1 and exact(hits[0], asked) and not hasattr(request, "links"):
        return HttpResponseRedirect(address(language_of(request), "village", hits[0].code))
    found = standing(publication, codes=[hit.code for hit in hits])
    return render(
        request,
        "public/search.html.j2",
        publication=publication,
        asked=asked,
        hits=[(hit, found.stands[hit.code]) for hit in hits],
        districts=_districts(known, asked),
    )


def find(known: Names, asked: str) -> list[Place]:
    """The villages that `asked` may mean, likeliest first, no more than MOST."""
    if not re.search(r"[^\W_]", asked):
        return []
    if not re.search(r"[^\W\d_]", asked):
        return _by_code(known, re.sub(r"\D", "", asked))
    name, _, district = _DISTRICT_FOLLOWS.sub("\n", asked, count=1).partition("\n")
    pool = list(known.places.values())
    if district and name:
        there = _like(district, list(known.districts.values()))
        pool = [place for place in pool if place.district in there] or pool
    return _by_name(pool, fold(name or district))


def exact(hit: Place, asked: str) -> bool:
    """True when `asked` is the village's name or whole code, however it is spelt."""
    digits = re.sub(r"\D", "", asked)
    name = _DISTRICT_FOLLOWS.split(asked)[0]
    return hit.folded == fold(name) or digits == re.sub(r"\D", "", hit.code)


def _by_code(known: Names, digits: str) -> list[Place]:
    return [
        place for code, place in sorted(known.places.items()) if code.replace(".", "").startswith(digits)
    ][:MOST]


def _by_name(pool: list[Place], folded: str) -> list[Place]:
    same = [place for place in pool if place.folded == folded]
    if len(same) == 1 and len(folded) > 3:
        return same
    scored = process.extract(
        folded, [place.folded for place in pool], scorer=_score, score_cutoff=_ALIKE, limit=MOST
    )
    return [pool[at] for _, _, at in scored]


def _score(asked: str, name: str, **_: object) -> float:
    """0 to 100: the same, begins so, has it in it, or is nearly so."""
    if asked == name:
        return 100.0
    near = float(fuzz.ratio(asked, name))
    if len(asked) < 2:
        return 90.0 if name.startswith(asked) else 0.0
    if name.startswith(asked):
        return max(near, 94.0)
    return max(near, 88.0) if asked in name else near


def _like(district: str, all_of_them: list[str]) -> set[str]:
    folded = fold(district)
    return {name for name in all_of_them if folded in fold(name) or fuzz.ratio(folded, fold(name)) >= 80}


def _districts(known: Names, asked: str) -> list[tuple[str, str]]:
    """Districts of that name as (slug, name); all of them when nothing was asked."""
    if not asked:
        return list(known.districts.items())
    like = _like(asked, list(known.districts.values())) if len(fold(asked)) > 2 else set()
    return [(slug, name) for slug, name in known.districts.items() if name in like]
