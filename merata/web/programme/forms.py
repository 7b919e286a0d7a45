"""The forms of the programme: their fields, in the words of the page's language."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone

from merata.plan.options import OPTIONS
from merata.web.models import Commitment, Contract, Organisation, Payment, ServicePoint, WeeklyTarget
from merata.web.models.programme import POWER_BY
from merata.web.programme.places import places
from merata.web.programme.said import RefusedError
from merata.web.words import Tongue


def day_field(**options: Any) -> forms.DateField:
    """A day, as browsers send it and as people write it."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(widget=widget, input_formats=["%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y"], **options)


class Spoken(forms.BaseForm):
    """What all forms share: labels `f_<field>` and hints `hint_<field>` in the page's language, choices narrowed."""

    hints: ClassVar[tuple[str, ...]] = ()

    def speak(self, t: Tongue) -> None:
        """Give every field its words."""
        self.label_suffix = ""
        for name, field in self.fields.items():
            field.label = t(f"f_{name}")
            field.help_text = t(f"hint_{name}") if name in self.hints else ""
            if isinstance(field, forms.ModelChoiceField):
                field.empty_label = t("programme_choose_none")
            if name == "power_by":
                field.choices = [(key, t.word("power_by", key)) for key in POWER_BY]  # type: ignore[attr-defined]
            if name == "option":
                field.choices = [(key, t.word("option", key)) for key in OPTIONS]  # type: ignore[attr-defined]

    def refuse(self, refused: RefusedError, t: Tongue) -> None:
        """Put each thing that is wrong beside its field."""
        for problem in refused.problems:
            at = problem.at if problem.at in self.fields else None
            self.add_error(at, ValidationError(problem.said(t)))

    def narrow(self, name: str, rows: QuerySet[Any]) -> None:
        """Let a field choose among some rows only."""
        if field := self.fields.get(name):
            field.queryset = rows  # type: ignore[attr-defined]


class PointForm(Spoken, forms.ModelForm[ServicePoint]):
    """Fields of a service point that go without a step; those that the account may not change are left out."""

    hints = ("in_building", "fee_idr_per_month", "due", "contract_from")
    due = day_field(required=False)
    contract_from = day_field(required=False)
    tested_on = day_field(required=False)
    why = forms.CharField(max_length=300, required=False)

    class Meta:  # noqa: D106
        model = ServicePoint
        fields = (
            "place", "kind", "option", "provider", "contract", "contract_from", "commitment", "fee_idr_per_month",
            "due", "equipment", "power", "in_building", "tested_on", "test_down_mbps", "test_up_mbps",
            "test_latency_ms", "note",
        )  # fmt: skip
        widgets: ClassVar = {"note": forms.Textarea(attrs={"rows": 3})}

    def keep_fields(self, names: Iterable[str], t: Tongue) -> None:
        """Leave the fields that may be changed, and let them choose what fits the point."""
        for name in [name for name in self.fields if name not in (*names, "why")]:
            del self.fields[name]
        self.speak(t)
        _narrow(self, self.instance)

    def changed_values(self) -> dict[str, Any]:
        """The fields with their new values; a day that was said of another contract is not said of a new one."""
        values = {name: self.cleaned_data[name] for name in self.fields if name != "why"}
        if "contract" in self.changed_data and "contract_from" not in self.changed_data:
            values["contract_from"] = None
        return values


class NewPointForm(Spoken, forms.ModelForm[ServicePoint]):
    """A service point that is put forward by hand."""

    hints = ("village_code",)

    class Meta:  # noqa: D106
        model = ServicePoint
        fields = ("code", "village_code", "place", "kind", "option", "note")
        widgets: ClassVar = {"note": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, t: Tongue, **options: Any) -> None:
        super().__init__(*args, **options)
        self.t = t
        self.speak(t)

    def clean_village_code(self) -> str:
        """A village of the region."""
        code = str(self.cleaned_data["village_code"])
        if code not in places([code]):
            raise ValidationError(self.t("no_such_village", code=code))
        return code


class StepForm(Spoken, forms.ModelForm[ServicePoint]):
    """One step of a point: its day, and what the step asks for."""

    hints = ("due",)
    on = day_field(initial=timezone.localdate)
    due = day_field(required=False)
    tested_on = day_field(required=False)
    why = forms.CharField(max_length=300, required=False)

    class Meta:  # noqa: D106
        model = ServicePoint
        fields = (
            "provider", "contract", "fee_idr_per_month", "power", "in_building", "equipment", "tested_on",
            "test_down_mbps", "test_up_mbps", "test_latency_ms", "replaced_by", "due",
        )  # fmt: skip

    field_order = ("on",)

    def keep_fields(self, names: Iterable[str], t: Tongue) -> None:
        """Leave what the step asks for."""
        for name in [name for name in self.fields if name not in (*names, "on", "why")]:
            del self.fields[name]
        self.speak(t)
        if "due" in self.fields:
            self.initial["due"] = None
        _narrow(self, self.instance)

    def given(self) -> dict[str, Any]:
        """What the step is told."""
        return {name: self.cleaned_data[name] for name in self.fields if name not in ("on", "why")}

    def _post_clean(self) -> None:
        """The row is checked where it is changed, in `step`."""


def _narrow(form: Spoken, point: ServicePoint) -> None:
    form.narrow("provider", Organisation.objects.filter(kind="provider"))
    form.narrow("contract", Contract.objects.select_related("provider"))
    live = Commitment.objects.filter(village_code=point.village_code, replaced_by=None).exclude(option="")
    form.narrow("commitment", live)
    others = ServicePoint.objects.filter(village_code=point.village_code).exclude(pk=point.pk)
    form.narrow("replaced_by", others)


class ContractForm(Spoken, forms.ModelForm[Contract]):
    """A contract with a provider."""

    hints = ("fee_idr_per_month", "availability", "repair_hours", "notice_hours", "power_by")
    starts = day_field()
    ends = day_field()
    why = forms.CharField(max_length=300, required=False)

    class Meta:  # noqa: D106
        model = Contract
        fields = (
            "number", "provider", "fund", "starts", "ends", "fee_idr_per_month", "down_mbps", "up_mbps",
            "availability", "repair_hours", "latency_ms", "notice_hours", "power_by",
        )  # fmt: skip

    def __init__(self, *args: Any, t: Tongue, **options: Any) -> None:
        super().__init__(*args, **options)
        self.t = t
        self.speak(t)
        self.narrow("provider", Organisation.objects.filter(kind="provider"))

    def clean(self) -> dict[str, Any]:
        """The end comes after the start; the provider of a contract that points hang on stays."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        starts, ends = values.get("starts"), values.get("ends")
        if starts and ends and ends < starts:
            self.add_error("ends", self.t("ends_before_starts"))
        if self.instance.pk and "provider" in self.changed_data and self.instance.points.exists():
            self.add_error("provider", self.t("provider_has_points"))
        return values


class PaymentForm(Spoken, forms.ModelForm[Payment]):
    """One payment under a contract."""

    hints = ("month", "point")
    month = day_field()
    paid_on = day_field()

    class Meta:  # noqa: D106
        model = Payment
        fields = ("contract", "point", "month", "amount_idr", "fund", "paid_on", "reference")

    def __init__(self, *args: Any, t: Tongue, **options: Any) -> None:
        super().__init__(*args, **options)
        self.t = t
        self.speak(t)
        self.narrow("point", ServicePoint.objects.exclude(contract=None))

    def clean(self) -> dict[str, Any]:
        """A payment is for a whole month, and for a point of its contract."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if values.get("month"):
            values["month"] = values["month"].replace(day=1)
        point, contract = values.get("point"), values.get("contract")
        if point and contract and point.contract_id != contract.pk:
            self.add_error("point", self.t("point_of_other_contract", number=contract.number))
        if (values.get("amount_idr") or 0) == 0 and "amount_idr" not in self.errors:
            self.add_error("amount_idr", self.t("amount_is_nothing"))
        return values


class TargetForm(Spoken, forms.ModelForm[WeeklyTarget]):
    """How many points should be in service by the end of a week."""

    hints = ("monday",)
    monday = day_field()

    class Meta:  # noqa: D106
        model = WeeklyTarget
        fields = ("monday", "provider", "in_service")

    def __init__(self, *args: Any, t: Tongue, **options: Any) -> None:
        super().__init__(*args, **options)
        self.t = t
        self.speak(t)
        self.narrow("provider", Organisation.objects.filter(kind="provider"))
        self.fields["provider"].empty_label = t("all_providers")  # type: ignore[attr-defined]
        self.fields["in_service"].label = t("f_target")

    def clean_monday(self) -> Any:
        """The Monday of the week that any of its days means."""
        day = self.cleaned_data["monday"]
        return day - dt.timedelta(days=day.weekday())

    def _post_clean(self) -> None:
        """A second target of a week takes the place of the first: the page finds the row and checks it."""


class BulkForm(Spoken, forms.Form):
    """What many points change to in one go; what is left empty stays as it is."""

    hints = ("due",)
    to = forms.ChoiceField(required=False)
    on = day_field(required=False)
    provider = forms.ModelChoiceField(Organisation.objects.filter(kind="provider"), required=False)
    contract = forms.ModelChoiceField(Contract.objects.select_related("provider"), required=False)
    fee_idr_per_month = forms.IntegerField(min_value=0, required=False)
    due = day_field(required=False)
    equipment = forms.CharField(max_length=200, required=False)
    power = forms.CharField(max_length=80, required=False)
    note = forms.CharField(max_length=2000, required=False)
    why = forms.CharField(max_length=300)

    def __init__(self, *args: Any, t: Tongue, states: Iterable[str], **options: Any) -> None:
        super().__init__(*args, **options)
        self.speak(t)
        stays = ("", t("stays_as_it_is"))
        self.fields["to"].choices = [stays, *((s, t.word("point_state", s)) for s in states)]  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        """The fields that are to change, with their new values."""
        kept = {name: self.cleaned_data.get(name) for name in self.fields if name not in ("to", "on", "why")}
        return {name: value for name, value in kept.items() if value not in (None, "")}
