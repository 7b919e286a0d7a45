"""Accounts and open invitations: who has which role, changed and closed here."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone

from merata.web.accounts import letter
from merata.web.changes import keep, note
from merata.web.models import Invitation, User
from merata.web.page import address, language_of
from merata.web.rights import needs
from merata.web.sessions import end
from merata.web.staff.accounts_forms import INVITES, RoleForm
from merata.web.staff.accounts_pages import shown
from merata.web.words import LANGUAGES, tongue

_ON_A_PAGE = 100


@needs("invite")
def accounts(request: HttpRequest) -> HttpResponse:
    """All accounts, and the invitations that nobody has taken up yet."""
    with_factor = Exists(Authenticator.objects.filter(user=OuterRef("pk")))
    rows = User.objects.select_related("organisation").annotate(factor=with_factor)
    waiting = Invitation.objects.filter(taken_at=None, withdrawn_at=None, ends_at__gt=timezone.now())
    return shown(
        request,
        "staff/accounts.html.j2",
        rows=Paginator(rows, _ON_A_PAGE).get_page(request.GET.get("page")),
        waiting=waiting.select_related("organisation"),
        mine=INVITES[_who(request).role],
    )


@needs("invite")
def account(request: HttpRequest, number: int) -> HttpResponse:
    """One account: its role and reach changed, closed, opened again."""
    by = _who(request)
    row = User.objects.select_related("organisation").filter(pk=number, role__in=INVITES[by.role]).first()
    if row is None:
        raise Http404(number)
    given = request.POST if request.POST.get("do") == "role" else None
    initial = {name: getattr(row, name) for name in ("role", "organisation", "district", "village_code")}
    form = RoleForm(given, by=by, tongue=tongue(language_of(request)), initial=initial)
    if request.method == "POST" and row != by and (said := _do(request, row, by, form)):
        messages.success(request, tongue(language_of(request))(said, email=row.email))
        return HttpResponseRedirect(address(language_of(request), "accounts"))
    status = 400 if request.method == "POST" else 200
    return shown(
        request,
        "staff/accounts_one.html.j2",
        status,
        row=row,
        form=form,
        own=row == by,
        factor=is_mfa_enabled(row),
    )


def _do(request: HttpRequest, row: User, by: User, form: RoleForm) -> str:
    """What a post asks for; the key of what to say, or nothing where it can't be done."""
    why = request.POST.get("why", "")
    match request.POST.get("do"):
        case "close":
            close(row, by, why)
            return "accounts_was_closed"
        case "open":
            row.is_active = True
            keep(row, by, why=why)
            return "accounts_was_opened"
        case "factor":
            take_factor_off(row, by, why)
            return "accounts_factor_off"
        case "role" if form.is_valid():
            change_role(row, by, form, why)
            return "accounts_kept"
    return ""


@transaction.atomic
def change_role(row: User, by: User, form: RoleForm, why: str) -> None:
    """Give an account another role and reach."""
    given = form.cleaned_data
    organisation = given["organisation"]
    if organisation is not None and organisation.pk is None:
        keep(organisation, by, why=why)
    row.role, row.organisation = given["role"], organisation
    row.district, row.village_code = given["district"], given["village_code"]
    keep(row, by, why=why)


@transaction.atomic
def close(row: User, by: User | None, why: str = "") -> None:
    """Close an account: nobody logs in by it, its sessions end, its tokens are withdrawn."""
    row.is_active = False
    keep(row, by, why=why)
    for held in row.tokens.filter(withdrawn_at=None):
        held.withdrawn_at = timezone.now()
        keep(held, by, why=why)
    end(row)


@transaction.atomic
def take_factor_off(row: User, by: User, why: str = "") -> None:
    """Let somebody whose phone is lost set up a second factor anew, after logging in by the password alone."""
    Authenticator.objects.filter(user=row).delete()
    end(row)
    letter(row.email, "letter_told", what={name: tongue(name)("said_factor_off") for name in LANGUAGES})
    note("user", str(row.pk), {"second_factor": True}, {"second_factor": False}, by, why=why)


def _who(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
