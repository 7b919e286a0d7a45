"""The forms of what hangs on measurements: contests, force majeure, planned work."""

from __future__ import annotations

from typing import Any

from django import forms

from merata.web.models import Excuse, Organisation, PlannedWork, ServicePoint, User
from merata.web.programme.forms import Spoken
from merata.web.programme.places import districts
from merata.web.rights import reach
from merata.web.words import Tongue

_FORMATS = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%d/%m/%Y %H.%M", "%d/%m/%Y %H:%M"]


def _moment() -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(widget=widget, input_formats=_FORMATS)


class ContestForm(Spoken, forms.Form):
    """Why an outage should not count, and what shows it."""

    hints = ("words", "file")
    words = forms.CharField(max_length=2000, widget=forms.Textarea(attrs={"rows": 5}))
    file = forms.FileField(required=False)

    def __init__(self, *args: Any, t: Tongue, **options: Any) -> None:
        super().__init__(*args, **options)
        self.speak(t)


class _Whose(Spoken, forms.Form):
    """A time, and whose links it concerns."""

    provider = forms.ModelChoiceField(Organisation.objects.filter(kind="provider"), required=False)
    point = forms.ModelChoiceField(ServicePoint.objects.none(), required=False)
    district = forms.ChoiceField(required=False)
    begins = _moment()
    ends = _moment()

    def __init__(self, *args: Any, t: Tongue, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.own = user.organisation if user.role == "provider" else None
        if user.role == "provider":
            del self.fields["provider"]
        self.speak(t)
        self.narrow("point", reach(user, ServicePoint.objects.filter(state__in=("in service", "suspended"))))
        everywhere = [("", t("programme_all")), *((name, name) for name in districts())]
        self.fields["district"].choices = everywhere  # type: ignore[attr-defined]

    def whose(self) -> dict[str, Any]:
        """The fields of the row."""
        said = self.cleaned_data
        provider = self.own or said.get("provider") or (said["point"].provider if said["point"] else None)
        return {
            "provider": provider,
            **{name: said[name] for name in ("point", "district", "begins", "ends")},
        }


class MajeureForm(_Whose):
    """What nobody answers for."""

    hints = ("words", "file")
    words = forms.CharField(max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))
    file = forms.FileField(required=False)

    def row(self) -> Excuse:
        """What is put forward, not kept yet."""
        return Excuse(**self.whose())


class WorkForm(_Whose):
    """Work on links that is told beforehand."""

    hints = ("begins",)
    what = forms.CharField(max_length=300)

    def row(self) -> PlannedWork:
        """The work, not kept yet."""
        return PlannedWork(what=self.cleaned_data["what"], **self.whose())
