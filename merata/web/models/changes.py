"""Every change of the programme: who, when, why, before and after. Undone by a later one, never erased."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from merata.web.models.people import Organisation, User, pairs

WAYS = ("form", "bulk", "file", "api", "plan", "undo", "command", "clock", "report")


class Change(models.Model):
    """One change of one object. Rows are only ever added."""

    at = models.DateTimeField(auto_now_add=True, db_index=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", null=True, blank=True)
    way = models.CharField(max_length=8, choices=pairs(WAYS))
    why = models.CharField(max_length=300, blank=True)
    model = models.CharField(max_length=40)
    key = models.CharField(max_length=40)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    batch = models.CharField(max_length=32, blank=True, db_index=True, help_text="What was changed in one go")
    undoes = models.OneToOneField("self", models.PROTECT, related_name="undone_by", null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-pk"]
        indexes: ClassVar = [models.Index("model", "key", name="changes_of_one_object")]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep a new row; an older one stays as it is."""
        if not self._state.adding:
            raise TypeError("A change that happened is not changed: write a later one that undoes it.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Refused."""
        raise TypeError("A change that happened is not erased.")


class SiteVersion(models.Model):
    """One row that counts all changes of what everybody sees: a page made under an older count is made anew."""

    number = models.PositiveBigIntegerField(default=0)
