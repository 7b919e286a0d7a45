"""The names of a publication's villages and districts, kept in memory: a publication never changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.http import Http404
from django.utils.text import slugify

from merata.region.spelling import fold
from merata.web.models import Publication, VillageFacts


@dataclass(frozen=True)
class Place:
    """A village as it is looked for."""

    code: str
    name: str
    district: str
    folded: str
    """Its name without what people write in many ways."""


@dataclass(frozen=True)
class Names:
    """All villages of a publication, and its districts by the word that stands in their address."""

    places: dict[str, Place]
    """By code."""
    districts: dict[str, str]
    """By slug, in the order of their names."""

    def name(self, code: str) -> str:
        """The name of the village with a code; the code where the publication does not know it."""
        return self.places[code].name if code in self.places else code

    def district_of(self, code: str) -> str:
        """The district of the village with a code, empty where it is not known."""
        return self.places[code].district if code in self.places else ""

    def district(self, slug: str) -> str:
        """The district at an address; the page is not there when there is none."""
        if slug not in self.districts:
            raise Http404(slug)
        return self.districts[slug]


def names(publication: Publication) -> Names:
    """The names of a publication: one query the first time, none later."""
    # With the time of its loading: a database that was made anew counts its rows from one again.
    return _names(publication.pk, publication.loaded_at)


@lru_cache(maxsize=8)
def _names(publication: int, loaded_at: datetime) -> Names:
    rows = VillageFacts.objects.filter(publication=publication).values_list("code", "name", "district")
    places = {code: Place(code, name, district, fold(name)) for code, name, district in rows}
    districts = sorted({place.district for place in places.values()})
    return Names(places, {slugify(district): district for district in districts})
