"""Chooses, sorts and pages service points by what an address asks for; what it can't mean is left out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from merata.plan.options import OPTIONS
from merata.web.models import Organisation, ServicePoint
from merata.web.models.programme import POINT_STATES
from merata.web.programme.places import codes_like, codes_of, districts

Points = QuerySet[ServicePoint]
PER_PAGE = 50
#: States in which nothing is awaited.
SETTLED = ("in service", "replaced", "ended")
SORTS = ("code", "village_code", "option", "provider__name", "state", "since", "due")


def late(rows: Points) -> Points:
    """Those whose next step is overdue."""
    return rows.filter(due__lt=timezone.localdate()).exclude(state__in=SETTLED)


def _provider(rows: Points, value: str) -> Points:
    return rows.filter(provider_id=int(value)) if value.isdecimal() and len(value) < 16 else rows


def _state(rows: Points, value: str) -> Points:
    return rows.filter(state=value) if value in POINT_STATES else rows


def _option(rows: Points, value: str) -> Points:
    return rows.filter(option=value) if value in OPTIONS else rows


def _village(rows: Points, value: str) -> Points:
    return rows.filter(Q(village_code__in=codes_like(value)) | Q(code__iexact=value))


def _ticked(rows: Points, value: str) -> Points:
    return rows.filter(pk__in=[int(part) for part in value.split(",") if part.isdecimal() and len(part) < 16])


#: Name in the address -> how it chooses.
FILTERS: dict[str, Callable[[Points, str], Points]] = {
    "keadaan": _state,
    "penyedia": _provider,
    "kecamatan": lambda rows, value: rows.filter(village_code__in=codes_of(value)),
    "desa": _village,
    "cara": _option,
    "terlambat": lambda rows, value: late(rows),
    "titik": _ticked,
}


def asked(query: Mapping[str, str]) -> dict[str, str]:
    """What an address asks for, without what it leaves open."""
    found = {name: query.get(name, "").replace("\0", "").strip()[:400] for name in FILTERS}
    return {name: value for name, value in found.items() if value}


def chosen(rows: Points, wanted: Mapping[str, str]) -> Points:
    """The rows that are asked for."""
    for name, value in wanted.items():
        rows = FILTERS[name](rows, value)
    return rows


def in_order(rows: Points, sort: str) -> Points:
    """Rows in the order asked for; a minus before it turns it round."""
    name = sort.removeprefix("-")
    return rows.order_by(sort, "code") if name in SORTS else rows.order_by("code")


def shown(rows: Points) -> Points:
    """Rows with what every list of points says of them; in the order of their codes, where nobody asked for another."""
    # What is counted is grouped, and groups leave the order of the model aside.
    ordered = rows if rows.query.order_by else rows.order_by("code")
    counted = ordered.annotate(photograph_count=Count("photographs"))
    return counted.select_related("provider", "contract", "commitment", "replaced_by")


def paged(rows: QuerySet[Any] | Sequence[Any], number: str) -> Page[Any]:
    """One page of rows; the nearest one where there is no such page."""
    return Paginator(rows, PER_PAGE).get_page(number)


def query_of(wanted: Mapping[str, str], **more: str) -> str:
    """What is asked for as the end of an address."""
    return urlencode({name: value for name, value in {**wanted, **more}.items() if value})


def choices() -> dict[str, list[Any]]:
    """What the filters can be set to."""
    return {
        "states": list(POINT_STATES),
        "options": list(OPTIONS),
        "providers": list(Organisation.objects.filter(kind="provider")),
        "districts": districts(),
    }
