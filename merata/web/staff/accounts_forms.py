"""The forms of accounts: which role, of which organisation, where it reaches; passwords."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import ResetPasswordForm
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.http import HttpRequest

from merata.web.accounts import later, letter
from merata.web.models import Organisation, User, VillageFacts
from merata.web.models.people import ROLES
from merata.web.public.current import newest
from merata.web.words import Tongue

#: Role -> roles of those whom it may invite, and whose accounts it may change.
INVITES: dict[str, tuple[str, ...]] = {
    "province": ROLES,
    "regency": ("regency", "district", "village", "provider", "partner", "reader"),
}
#: Roles that belong to an organisation of the same kind.
_OF_ORGANISATIONS = ("province", "regency", "provider", "partner")


class RoleForm(forms.Form):
    """What an account may do and where: role, organisation, district or village."""

    role = forms.ChoiceField(error_messages={"required": later("error_choose")})
    organisation = forms.ModelChoiceField(Organisation.objects.all(), required=False, empty_label="–")
    organisation_new = forms.CharField(max_length=120, required=False)
    district = forms.ChoiceField(required=False)
    village_code = forms.CharField(max_length=13, required=False)

    def __init__(self, *args: Any, by: User, tongue: Tongue, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        nothing = [("", "–")]
        roles = [(role, tongue.word("role", role)) for role in INVITES[by.role]]
        _choices(self.fields["role"], nothing + roles)
        _choices(self.fields["district"], nothing + [(name, name) for name in _districts()])

    def clean(self) -> dict[str, Any]:
        """What the role needs is there, and nothing else is kept."""
        given = super().clean() or {}
        role = given.get("role", "")
        self._clean_organisation(role, given)
        if role != "district":
            given["district"] = ""
        elif not given.get("district"):
            self.add_error("district", later("error_district"))
        if role != "village":
            given["village_code"] = ""
        elif not _is_village(given.get("village_code", "")):
            self.add_error("village_code", later("error_village"))
        return given

    def _clean_organisation(self, role: str, given: dict[str, Any]) -> None:
        chosen, name = given.get("organisation"), given.get("organisation_new", "").strip()
        if not chosen and name:
            chosen = Organisation.objects.filter(name__iexact=name).first()
            chosen = chosen or Organisation(name=name, kind=role if role != "reader" else "partner")
        if role in _OF_ORGANISATIONS:
            if chosen is None:
                self.add_error("organisation", later("error_organisation"))
            elif chosen.kind != role:
                self.add_error("organisation", later("error_organisation_kind"))
        given["organisation"] = chosen


class InviteForm(RoleForm):
    """Whom to invite, as what."""

    email = forms.EmailField(max_length=254)
    field_order = ("email",)

    def clean_email(self) -> str:
        """An address without an account, written small."""
        email = str(self.cleaned_data["email"]).lower()
        if User.objects.filter(email=email).exists():
            raise forms.ValidationError(later("error_has_account"))
        return email


class PasswordForm(forms.Form):
    """A new account's password, twice, and its language."""

    password1 = forms.CharField(
        strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )
    password2 = forms.CharField(
        strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )
    language = forms.ChoiceField()

    def __init__(self, *args: Any, user: User, tongue: Tongue, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        _choices(self.fields["language"], [(word, tongue.word("tongue", word)) for word in ("id", "en")])

    def clean_password1(self) -> str:
        """A password by the rules."""
        password = str(self.cleaned_data["password1"])
        validate_password(password, self.user)
        return password

    def clean(self) -> dict[str, Any]:
        """Both are the same."""
        given = super().clean() or {}
        if given.get("password1") and given["password1"] != given.get("password2"):
            self.add_error("password2", later("error_differ"))
        return given


def _choices(field: forms.Field, choices: list[tuple[str, str]]) -> None:
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices


def _districts() -> list[str]:
    publication = newest()
    rows = VillageFacts.objects.filter(publication=publication).exclude(district="")
    return list(rows.order_by("district").values_list("district", flat=True).distinct())


def _is_village(code: str) -> bool:
    return bool(code) and VillageFacts.objects.filter(publication=newest(), code=code).exists()


class ForgottenForm(ResetPasswordForm):  # type: ignore[misc]  # allauth has no types
    """Asks for a letter by which a forgotten password is set anew."""

    def save(self, request: HttpRequest, **options: Any) -> str:
        """Put the letter into the queue; for an address without an account one to nobody, which takes as long."""
        if not self.users:
            letter("", "letter_reset", link=request.build_absolute_uri())
        return str(super().save(request, **options))
