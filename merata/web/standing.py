"""Where each village stands: served, promised, late or without a plan; from what is known, promised and built."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils import timezone

from merata.publish.sureness import PROBABLE
from merata.web.memory import remembered, remembers
from merata.web.models import Commitment, Publication, ServicePoint, VillageFacts

#: States of a promise that nobody waits for any more: kept, or dropped by a later plan that says why.
CLOSED = ("kept", "changed")
STANDS = ("served", "promised", "late", "unserved")


@dataclass(frozen=True)
class Standing:
    """The villages of a publication, and where each stands."""

    villages: list[VillageFacts]
    stands: dict[str, str]
    """By code."""

    def count(self) -> Counter[str]:
        """Villages by where they stand."""
        return Counter(self.stands.values())

    def people(self) -> Counter[str]:
        """People of the villages by where they stand."""
        counted: Counter[str] = Counter()
        for village in self.villages:
            counted[self.stands[village.code]] += village.people or 0
        return counted


#: What pages need of many villages: the long texts and borders are left in the database.
_LIGHT = (
    "code",
    "name",
    "district",
    "people",
    "access_now",
    "known_by",
    "chance_below",
    "year",
    "option",
    "x",
    "y",
)


def standing(publication: Publication, district: str = "", codes: Collection[str] | None = None) -> Standing:
    """Where all villages of a publication stand, those of a district, or those with `codes`.

    Three queries, however many they are; none where another page has asked already.
    """
    if not district and codes is None:
        return remembered(("standing", publication.pk), lambda: _standing(publication.villages.all()))
    if not remembers():
        return _standing(_chosen(publication.villages.all(), district, codes))
    whole = standing(publication)
    rows = [
        row
        for row in whole.villages
        if (not district or row.district == district) and (codes is None or row.code in codes)
    ]
    return Standing(rows, {row.code: whole.stands[row.code] for row in rows})


def _chosen(
    villages: QuerySet[VillageFacts], district: str, codes: Collection[str] | None
) -> QuerySet[VillageFacts]:
    if district:
        villages = villages.filter(district=district)
    return villages if codes is None else villages.filter(code__in=codes)


def _standing(villages: QuerySet[VillageFacts]) -> Standing:
    rows = list(villages.only("publication_id", *_LIGHT))
    working, late = _working(), _late()
    return Standing(rows, {row.code: stands(row, row.code in working, row.code in late) for row in rows})


def of_village(village: VillageFacts, points: Iterable[ServicePoint], promises: Iterable[Commitment]) -> str:
    """Where one village stands, from its own rows."""
    working = any(point.state == "in service" for point in points)
    today = timezone.localdate()
    return stands(village, working, any(is_late(promise, today) for promise in promises))


def stands(village: VillageFacts, working: bool, late: bool) -> str:
    """Served where its link works or it probably has what is promised; late where a promise's year went by."""
    if working or (village.chance_below is not None and village.chance_below < PROBABLE):
        return "served"
    if late:
        return "late"
    return "promised" if village.year else "unserved"


def _working() -> set[str]:
    return set(ServicePoint.objects.filter(state="in service").values_list("village_code", flat=True))


def _late() -> set[str]:
    today = timezone.localdate()
    # An action of a meeting (it has no level) is no link that the village waits for.
    overdue = Commitment.objects.filter(replaced_by=None).filter(due_before(today)).exclude(level="")
    open_ones = overdue.exclude(state__in=CLOSED)
    return set(open_ones.values_list("village_code", flat=True))


def due_before(day: dt.date) -> Q:
    """What tells promises whose last day lies before a day: of those without one the last day of the year."""
    return Q(due_by__lt=day) | Q(due_by=None, year__lt=day.year)


def is_late(promise: Commitment, today: dt.date) -> bool:
    """Whether a promised level's last day went by, and it is neither kept nor replaced."""
    open_one = promise.replaced_by_id is None and promise.state not in CLOSED
    return bool(open_one and promise.level and promise.due_on < today)
