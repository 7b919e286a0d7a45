"""All plans that were ever published: they stay readable for ever."""

from __future__ import annotations

from django.db.models import QuerySet

from merata.web.models import Publication


def published() -> QuerySet[Publication]:
    """All plans that were ever published, newest first; those withdrawn later too."""
    return Publication.objects.filter(state__in=("published", "withdrawn")).exclude(number=None)


def numbers() -> list[int]:
    """Their numbers, newest first."""
    return [number for number in published().values_list("number", flat=True) if number is not None]
