"""Who may do what, and to which rows: declared once, asked by every page and every call of the API."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, TypeVar

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern

from merata.web.models import (
    Case,
    Challenge,
    Commitment,
    Contract,
    Deducted,
    Excuse,
    FundOffer,
    Hint,
    Meeting,
    Owed,
    Payment,
    Photograph,
    PlannedWork,
    Price,
    Probe,
    Publication,
    Report,
    ServicePoint,
    Submission,
    User,
    VillageFacts,
    WeeklyTarget,
)

_OFFICES = ("province", "regency")
_EVERYBODY = ("province", "regency", "district", "village", "provider", "partner", "reader")

#: Right -> roles that have it. Those in CHANGING ask for a second factor.
RIGHTS: dict[str, tuple[str, ...]] = {
    "see programme": _EVERYBODY,
    "see data": ("province", "regency", "reader"),
    "see plans": ("province", "regency", "district", "reader"),
    "see changes": ("province", "regency", "district", "village", "provider", "reader"),
    "add data": _OFFICES,
    "change plans": _OFFICES,
    "publish": _OFFICES,
    "change programme": _OFFICES,
    "report promises": (*_OFFICES, "district", "village", "provider", "partner"),
    "record points": (*_OFFICES, "provider"),
    "place probes": _OFFICES,  # a provider does not measure itself
    "step points": ("province", "regency", "village", "provider"),
    "answer reports": ("province", "regency", "district", "village", "provider"),
    "see suspicions": _OFFICES,
    "plan work": (*_OFFICES, "provider"),
    "contest outages": ("provider",),
    "send predictions": ("partner",),
    "propose majeure": (*_OFFICES, "provider"),
    "decide excuses": _OFFICES,
    "challenge": ("province", "regency", "district", "village", "provider", "partner"),
    "answer challenges": (*_OFFICES, "provider"),
    "complete hints": (*_OFFICES, "district", "village"),
    "decide challenges": _OFFICES,
    "confirm village": ("village",),
    "see confirmations": (*_OFFICES, "district", "reader"),
    "see submissions": (*_OFFICES, "provider", "partner"),
    "submit data": ("provider", "partner"),
    "decide submissions": _OFFICES,
    "answer comments": _OFFICES,
    "see offers": (*_OFFICES, "partner"),
    "offer funds": ("partner",),
    "decide offers": _OFFICES,
    "invite": _OFFICES,
    "make tokens": ("province", "regency", "provider", "partner"),
}
CHANGING = (
    "add data", "change plans", "publish", "change programme", "record points", "place probes", "step points",
    "answer reports", "plan work", "contest outages", "propose majeure", "decide excuses", "invite", "make tokens",
    "report promises", "send predictions", "challenge", "answer challenges", "complete hints", "decide challenges",
    "confirm village", "submit data", "decide submissions", "answer comments", "offer funds", "decide offers",
)  # fmt: skip

#: Who may ask for an address that needs no right: everybody, or any account for what is its own.
EVERYBODY, ONESELF = "everybody", "oneself"

_M = TypeVar("_M", bound=Model)
_View = Callable[..., HttpResponse]


def may(user: Any, right: str) -> bool:
    """Whether an account has a right; nobody without an account has any."""
    return bool(isinstance(user, User) and user.is_active and user.role in RIGHTS[right])


def reach(user: User, rows: QuerySet[_M]) -> QuerySet[_M]:
    """Those of `rows` that an account's role reaches: a provider's own points, an officer's own village.

    Raises
    ------
    LookupError
        It is not declared how rows of this kind are reached: none may be shown by mistake.
    """
    where = _WHERE[rows.model]
    if where.parties and user.role not in _OFFICES:
        return rows.filter(where.parties(user))
    if user.role in (*_OFFICES, "partner", "reader"):
        return rows
    if user.role == "provider":
        return rows.filter(where.provider(user)) if where.provider else rows.none()
    if not where.village:
        return rows.none()
    own = Q(**{where.owner: user.organisation_id or 0}) if where.owner else Q(pk__in=())
    if user.role == "village":
        return rows.filter(own | Q(**{where.village: user.village_code or None}))
    return rows.filter(own | Q(**{f"{where.village}__in": _codes_of(user.district)}))


class _Where:
    """How rows of a kind hang on a village and on a provider; by neither: offices alone see them."""

    def __init__(
        self,
        village: str = "",
        provider: str | Callable[[User], Q] = "",
        owner: str = "",
        parties: Callable[[User], Q] | None = None,
    ) -> None:
        self.village = village
        #: Goes before all others, for all but offices: what is for nobody but those that it names.
        self.parties = parties
        #: What points to the organisation whose own it is, wherever its village lies.
        self.owner = owner
        self.provider: Callable[[User], Q] | None = None
        if isinstance(provider, str) and provider:
            self.provider = lambda user: Q(**{provider: user.organisation_id or 0})
        elif callable(provider):
            self.provider = provider


def _of_served_villages(user: User) -> Q:
    """What a village's people say is for the provider of its only point, or for all that serve it."""
    own = ServicePoint.objects.filter(provider=user.organisation_id or 0)
    return Q(point__in=own) | Q(point=None, village_code__in=own.values("village_code"))


def _promised_or_fulfilled(user: User) -> Q:
    """A provider sees what it promised itself, and what its points fulfil."""
    return Q(owner=user.organisation_id or 0) | Q(points__provider=user.organisation_id or 0)


def _of_the_parties(user: User) -> Q:
    """What people wrote in a challenge is for who made it and for the party whose data it is."""
    mine = Q(by=user)
    if user.organisation_id:
        mine |= Q(party=user.organisation_id) | Q(organisation=user.organisation_id)
    return mine


def _of_the_sender(user: User) -> Q:
    """What an organisation sent or offered is for itself, whatever its kind."""
    return Q(organisation=user.organisation_id or 0)


_WHERE: dict[type[Model], _Where] = {
    Submission: _Where(parties=_of_the_sender),
    FundOffer: _Where(parties=_of_the_sender),
    Challenge: _Where(parties=_of_the_parties),
    Hint: _Where("village_code"),
    ServicePoint: _Where("village_code", "provider"),
    Photograph: _Where("point__village_code", "point__provider"),
    Probe: _Where("point__village_code", "point__provider"),
    Commitment: _Where("village_code", _promised_or_fulfilled, "owner"),
    Meeting: _Where(),
    Contract: _Where("", "provider"),
    Payment: _Where("", "contract__provider"),
    Owed: _Where("", "provider"),
    Deducted: _Where("", "provider"),
    PlannedWork: _Where("", "provider"),
    Excuse: _Where("", "provider"),
    Report: _Where("village_code", _of_served_villages),
    Case: _Where("village_code", "provider"),
    VillageFacts: _Where("code"),
    WeeklyTarget: _Where("", "provider"),
    Price: _Where(),
}


def _codes_of(district: str) -> QuerySet[VillageFacts, str]:
    newest = Publication.objects.filter(state="published").order_by("-number").values("pk")[:1]
    return VillageFacts.objects.filter(publication__in=newest, district=district or None).values_list(
        "code", flat=True
    )


def needs(right: str) -> Callable[[_View], _View]:
    """A page for accounts with a right; who changes things has a second factor, or sets one up first."""

    def protect(view: _View) -> _View:
        @wraps(view)
        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if not may(request.user, right):
                raise PermissionDenied(right)
            if right in CHANGING and not has_second_factor(request.user):
                return HttpResponseRedirect(second_factor_page())
            response = view(request, *args, **kwargs)
            response.headers.setdefault("Cache-Control", "no-store, private")
            return response

        answer.right = right  # type: ignore[attr-defined]  # read by the test that asks every page for its right
        return answer

    return protect


def for_all(addresses: Iterable[URLPattern], who: str = EVERYBODY) -> list[URLPattern]:
    """Addresses that need no right, marked as such: what is not marked and asks for no right is a mistake."""
    marked = list(addresses)
    for one in marked:
        one.callback.right = who  # type: ignore[attr-defined]  # read where addresses are listed
    return marked


def has_second_factor(user: Any) -> bool:
    """Whether the account has a second factor, or needs none; a session of an account with one began with it."""
    from allauth.mfa.utils import is_mfa_enabled

    return not settings.SECOND_FACTOR or bool(is_mfa_enabled(user))


def second_factor_page() -> str:
    """Where a second factor is set up."""
    from django.urls import reverse

    return reverse("mfa_activate_totp")
