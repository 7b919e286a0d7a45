"""The forms of promises and meetings."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError

from merata.web.models import Commitment, Meeting, Organisation
from merata.web.programme.forms import Spoken, day_field
from merata.web.programme.places import places
from merata.web.words import Tongue


def _many_lines(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class MeetingForm(Spoken, forms.ModelForm[Meeting]):
    """What a draft of a meeting says; its actions have a form of their own."""

    hints = ("present", "agenda", "decisions")
    held_on = day_field()
    next_on = day_field(required=False)

    class Meta:  # noqa: D106
        model = Meeting
        fields = ("held_on", "title", "host", "present", "agenda", "decisions", "next_on")
        widgets: ClassVar = {
            "present": _many_lines(4),
            "agenda": _many_lines(6),
            "decisions": _many_lines(6),
        }

    def __init__(self, *args: Any, t: Tongue, **options: Any) -> None:
        super().__init__(*args, **options)
        self.t = t
        self.speak(t)

    def clean(self) -> dict[str, Any]:
        """The next meeting comes after this one."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        held_on, next_on = values.get("held_on"), values.get("next_on")
        if held_on and next_on and next_on <= held_on:
            self.add_error("next_on", self.t("next_before_meeting"))
        return values


class ActionForm(Spoken, forms.Form):
    """One action that a meeting agreed: what, who, by when, where."""

    hints = ("action",)
    action = forms.CharField(max_length=300)
    owner = forms.ModelChoiceField(Organisation.objects.all())
    due_by = day_field()
    village_code = forms.CharField(max_length=13, required=False)

    def __init__(self, *args: Any, t: Tongue, **options: Any) -> None:
        super().__init__(*args, **options)
        self.t = t
        self.speak(t)

    def clean_village_code(self) -> str:
        """A village of the region, or none."""
        code = str(self.cleaned_data["village_code"]).strip()
        if code and code not in places([code]):
            raise ValidationError(self.t("no_such_village", code=code))
        return code

    def said(self) -> dict[str, Any]:
        """The action as a draft holds it."""
        values = self.cleaned_data
        due_by: dt.date = values["due_by"]
        return {
            "action": values["action"], "owner_id": values["owner"].pk, "village_code": values["village_code"],
            "due_by": due_by.isoformat(),
        }  # fmt: skip


class ChangePromiseForm(Spoken, forms.Form):
    """What is promised in the place of a promise, and why."""

    action = forms.CharField(max_length=300)
    owner = forms.ModelChoiceField(Organisation.objects.all(), required=False)
    due_by = day_field()
    why = forms.CharField(max_length=300)

    def __init__(self, *args: Any, row: Commitment, t: Tongue, **options: Any) -> None:
        was = {"action": row.action, "owner": row.owner, "due_by": row.due_on}
        super().__init__(*args, **{**options, "initial": was})
        if not row.meeting_id:
            del self.fields["action"]  # what a plan promises at a place, another plan changes
        self.speak(t)

    def values(self) -> dict[str, Any]:
        """What the later promise says."""
        return {name: value for name, value in self.cleaned_data.items() if name != "why"}
