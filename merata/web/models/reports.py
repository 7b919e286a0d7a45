"""What people say of a link: broken, slow, no password. Without an account and without a name."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from merata.web.models.cases import Case, Phone
from merata.web.models.people import pairs
from merata.web.models.programme import ServicePoint

KINDS = ("broken", "slow", "no password", "no power", "request", "praise")
STATES = ("new", "passed on", "answered")


class Report(models.Model):
    """One report. `made_by` is the phone's own random number of it, so that a repeated sending counts once."""

    reference = models.CharField(max_length=12, unique=True)
    made_by = models.CharField(max_length=40, unique=True)
    village_code = models.CharField(max_length=13, db_index=True)
    point = models.ForeignKey(ServicePoint, models.SET_NULL, related_name="reports", null=True, blank=True)
    case = models.ForeignKey(Case, models.PROTECT, related_name="reports", null=True, blank=True)
    kind = models.CharField(max_length=12, choices=pairs(KINDS))
    words = models.CharField(max_length=500, blank=True)
    photo = models.ImageField(upload_to="reports/", blank=True)
    happened_at = models.DateTimeField(null=True, blank=True)
    arrived_at = models.DateTimeField(auto_now_add=True)
    way = models.CharField(max_length=4, choices=pairs(("web", "sms")), default="web")
    phone = models.ForeignKey(Phone, models.SET_NULL, related_name="reports", null=True, blank=True)
    asked_at = models.DateTimeField(
        null=True, blank=True, help_text="When it was last asked whether it works"
    )
    works_again = models.BooleanField(null=True, blank=True, help_text="What the reporter last said to that")
    state = models.CharField(max_length=12, choices=pairs(STATES), default="new")
    answer = models.CharField(max_length=500, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-pk"]
