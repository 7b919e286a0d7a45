"""Invitations: a letter with a link that makes one account, once, within days."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.internal.flows.reauthentication import reauthenticate_by_password
from allauth.account.models import Login
from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from merata.web.accounts import letter
from merata.web.changes import keep
from merata.web.models import Invitation, User
from merata.web.page import address, full_address, language_of
from merata.web.rights import CHANGING, has_second_factor, may, needs, second_factor_page
from merata.web.staff.accounts_forms import INVITES, InviteForm, PasswordForm
from merata.web.staff.accounts_pages import shown
from merata.web.words import LANGUAGES, tongue

VALID = dt.timedelta(days=7)
#: What an account takes from its invitation.
TAKEN = ("email", "role", "organisation", "district", "village_code")


def hashed(secret: str) -> str:
    """What is kept of a secret. It is long and random, so that nobody finds it by trying."""
    return hashlib.sha256(secret.encode()).hexdigest()


@needs("invite")
def invite(request: HttpRequest) -> HttpResponse:
    """The form by which somebody is invited."""
    by = request.user
    assert isinstance(by, User)
    form = InviteForm(request.POST or None, by=by, tongue=tongue(language_of(request)))
    if request.method == "POST" and form.is_valid():
        invitation, secret = make(by, **{name: form.cleaned_data[name] for name in TAKEN})
        send(invitation, secret)
        said = tongue(language_of(request))("invite_sent", email=invitation.email)
        messages.success(request, said)
        return HttpResponseRedirect(address(language_of(request), "accounts"))
    return shown(request, "staff/accounts_invite.html.j2", 400 if form.errors else 200, form=form)


@transaction.atomic
def make(by: User | None, **fields: object) -> tuple[Invitation, str]:
    """A new invitation and its secret, which is kept nowhere; an older open one of the address is withdrawn."""
    organisation = fields.get("organisation")
    if organisation is not None and organisation.pk is None:  # type: ignore[attr-defined]
        keep(organisation, by)  # type: ignore[arg-type]
    for older in _open().filter(email=fields["email"]):
        older.withdrawn_at = timezone.now()
        keep(older, by)
    secret = secrets.token_urlsafe(32)
    invitation = Invitation(secret_hash=hashed(secret), by=by, ends_at=timezone.now() + VALID, **fields)
    keep(invitation, by)
    return invitation, secret


def send(invitation: Invitation, secret: str) -> None:
    """The letter with the link."""
    words = {name: tongue(name) for name in LANGUAGES}
    letter(
        invitation.email,
        "letter_invite",
        role={name: word.word("role", invitation.role) for name, word in words.items()},
        until={name: word.moment(invitation.ends_at) for name, word in words.items()},
        link={name: full_address(name, "take_up", secret) for name in LANGUAGES},
    )


@needs("invite")
@require_POST
def withdraw(request: HttpRequest, number: int) -> HttpResponse:
    """Make an open invitation void."""
    by = request.user
    assert isinstance(by, User)
    with transaction.atomic():
        row = _open().select_for_update(of=("self",)).filter(pk=number, role__in=INVITES[by.role]).first()
        if row is None:
            raise Http404(number)
        row.withdrawn_at = timezone.now()
        keep(row, by)
    messages.success(request, tongue(language_of(request))("invite_withdrawn", email=row.email))
    return HttpResponseRedirect(address(language_of(request), "accounts"))


def take_up(request: HttpRequest, secret: str) -> HttpResponse:
    """Where the letter's link leads: choose a password, and one is logged in."""
    invitation = Invitation.objects.filter(secret_hash=hashed(secret)).select_related("organisation").first()
    if invitation is None:
        return shown(request, "account/said.html.j2", 404, what="take_up_unknown")
    if why := _is_void(invitation):
        return shown(request, "account/said.html.j2", 410, what=f"take_up_{why}")
    user = User(**{name: getattr(invitation, name) for name in TAKEN})
    given = request.POST if request.method == "POST" else None
    spoken = language_of(request)
    form = PasswordForm(given, user=user, tongue=tongue(spoken), initial={"language": spoken})
    if form.is_valid():
        return _begin(request, invitation, form)
    # Not as an error in the log, where the address would stand with its secret.
    return shown(request, "account/take_up.html.j2", form=form, invitation=invitation)


def _begin(request: HttpRequest, invitation: Invitation, form: PasswordForm) -> HttpResponse:
    user = form.user
    user.language = form.cleaned_data["language"]
    user.set_password(form.cleaned_data["password1"])
    with transaction.atomic():
        # Of two who take it up at once, the second finds it used.
        locked = Invitation.objects.select_for_update().get(pk=invitation.pk)
        if why := _is_void(locked):
            return shown(request, "account/said.html.j2", 410, what=f"take_up_{why}")
        keep(user, invitation.by)
        locked.taken_at = timezone.now()
        keep(locked, user)
    changes = any(may(user, right) for right in CHANGING)
    further = second_factor_page() if changes and not has_second_factor(user) else None
    login = Login(user=user, email=user.email, redirect_url=further)
    entered: HttpResponse = perform_password_login(request, {"email": user.email}, login)
    reauthenticate_by_password(request)  # who chose the password just now is not asked for it again
    return entered


def _open() -> QuerySet[Invitation]:
    return Invitation.objects.filter(taken_at=None, withdrawn_at=None)


def _is_void(invitation: Invitation) -> str:
    if invitation.taken_at or User.objects.filter(email=invitation.email).exists():
        return "used"
    if invitation.withdrawn_at:
        return "withdrawn"
    return "ended" if invitation.ends_at <= timezone.now() else ""
