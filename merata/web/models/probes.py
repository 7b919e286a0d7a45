"""Probes on the links: whose point each stands at, from when, and the key that it signs with."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from merata.web.models.programme import ServicePoint


class Probe(models.Model):
    """A probe of a service point. One that moves, or is set up anew, is another: whatever it says is of one place."""

    point = models.ForeignKey(ServicePoint, models.PROTECT, related_name="probes")
    code_hash = models.CharField(
        max_length=64, unique=True, help_text="Of the code that it enrols with, once"
    )
    code_ends_at = models.DateTimeField()
    key = models.CharField(max_length=300, blank=True, help_text="Sealed; empty until it has enrolled")
    made_at = models.DateTimeField(auto_now_add=True)
    enrolled_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True, help_text="From then on nothing of it is taken")

    class Meta:
        ordering: ClassVar[list[str]] = ["-pk"]

    def __str__(self) -> str:
        return f"{self.pk}"
