"""The forms of what a contract deducts for, and of what the same would cost elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError

from merata.region.tables import KNOWN_BY
from merata.web.measured import TERMS
from merata.web.models import Contract, Price
from merata.web.programme.forms import Spoken
from merata.web.words import Tongue

#: What may be deducted for, in the order of the form; and for each so much of it.
WHAT = ("availability", "down_mbps", "up_mbps", "latency", "repair")
PER = ("percent", "hour", "lost")
#: So many empty rows are there for new rules.
SPARE = 3
_FIELDS = ("what", "limit", "share", "per", "cap")


class TermsForm(Spoken, forms.ModelForm[Contract]):
    """Caps, grace, and what is due for time that is suspended or without evidence. A change of money has a reason."""

    hints = TERMS
    why = forms.CharField(max_length=300)

    class Meta:  # noqa: D106
        model = Contract
        fields = TERMS

    def __init__(self, *args: Any, t: Tongue, **options: Any) -> None:
        super().__init__(*args, **options)
        self.speak(t)
        self.fields["why"].help_text = t("hint_why_terms")


class RuleForm(forms.Form):
    """A step by which is deducted: a row of deductions.csv. An empty row is none."""

    what = forms.ChoiceField(required=False)
    limit = forms.FloatField(min_value=0, max_value=1e6, required=False)
    share = forms.FloatField(min_value=0, max_value=100, required=False)
    per = forms.ChoiceField(required=False)
    cap = forms.FloatField(min_value=0, max_value=1, required=False)

    def __init__(self, *args: Any, t: Tongue, **options: Any) -> None:
        super().__init__(*args, **options)
        self.t = t
        for name in _FIELDS:
            self.fields[name].label = t(f"f_rule_{name}")
        choices: dict[str, Sequence[str]] = {"what": ("", *WHAT), "per": ("", *PER)}
        for name, keys in choices.items():
            self.fields[name].choices = [  # type: ignore[attr-defined]
                (key, t.word(f"rule_{name}", key) if key else t("rule_once") if name == "per" else "–")
                for key in keys
            ]

    def clean(self) -> dict[str, Any]:
        """A row that says of what says from where and how much as well."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if values.get("what"):
            for name in ("limit", "share"):
                if values.get(name) is None and name not in self.errors:
                    self.add_error(name, self.t("rule_lacks"))
        return values

    def rule(self) -> dict[str, Any]:
        """The row; nothing where it is empty."""
        return (
            {name: self.cleaned_data.get(name) for name in _FIELDS} if self.cleaned_data.get("what") else {}
        )


class Rules:
    """The rows of a contract's table of deductions, as one form."""

    def __init__(self, data: Any, rows: Sequence[dict[str, Any]], t: Tongue) -> None:
        self.t = t
        count = len(rows) + SPARE
        if data is not None:
            count = sum(name.startswith("rule") and name.endswith("-what") for name in data)
        self.forms = [
            RuleForm(data, prefix=f"rule{i}", initial=rows[i] if i < len(rows) else None, t=t)
            for i in range(min(count, 60))
        ]

    def is_valid(self) -> bool:
        """Whether each row can be, and all of them together."""
        if any(form.errors for form in self.forms):
            return False
        told = [form for form in self.forms if form.rule()]
        for place, name, key in _faults([form.rule() for form in told]):
            told[place].add_error(name, ValidationError(self.t(f"rule_{key.replace(' ', '_')}")))
        return all(not form.errors for form in told)

    def rows(self) -> list[dict[str, Any]]:
        """The rules, as the contract keeps them."""
        return [rule for form in self.forms if (rule := form.rule())]


def _faults(rules: list[dict[str, Any]]) -> Iterator[tuple[int, str, str]]:
    """Row, field and fault of rules that can't be: by the engine's own rules, and said once."""
    import pandas as pd  # here: pages need no tables

    from merata.assure import terms

    seen: set[tuple[Any, ...]] = set()
    for place, rule in enumerate(rules):
        step = tuple(rule[name] for name in ("what", "per", "limit"))
        if step in seen:
            yield place, "limit", "twice"
        seen.add(step)
    rows = pd.DataFrame(rules, columns=list(_FIELDS)).assign(contract="")
    rows[["limit", "share", "cap"]] = rows[["limit", "share", "cap"]].astype(float)
    for name, wrong, key in terms.faults(rows) if rules else ():
        yield from ((int(place), name, key) for place in rows.index[wrong])


class PriceForm(Spoken, forms.ModelForm[Price]):
    """What one offers the same for."""

    hints = ("install_idr", "known_by")
    why = forms.CharField(max_length=300, required=False)

    class Meta:  # noqa: D106
        model = Price
        fields: ClassVar = ("provider", "option", "kind", "monthly_idr", "install_idr", "known_by")

    def __init__(self, *args: Any, t: Tongue, **options: Any) -> None:
        super().__init__(*args, **options)
        self.speak(t)
        self.fields["kind"].help_text = t("hint_price_kind")
        self.fields["known_by"].choices = [(key, t.word("known", key)) for key in KNOWN_BY]  # type: ignore[attr-defined]
        options_field: Any = self.fields["option"]
        options_field.choices = [("", t("programme_all")), *options_field.choices]
