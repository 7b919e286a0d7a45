"""Tokens for programs: made on a page, shown once, only their hash kept, withdrawn with a click."""

from __future__ import annotations

import datetime as dt
import secrets
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from merata.web.accounts import later
from merata.web.changes import keep
from merata.web.models import ApiToken, User
from merata.web.page import address, language_of
from merata.web.rights import needs
from merata.web.staff.accounts_invite import hashed
from merata.web.staff.accounts_pages import shown
from merata.web.words import Tongue, tongue

SCOPES = ("read", "points", "challenges")
#: What a token begins with, so that one that lies about in a file is found and known.
_MARK = "merata_"
_LONGEST = dt.timedelta(days=366)
#: How often a token's last use is written down: not at every call.
_NOTE_EVERY = dt.timedelta(minutes=1)


class TokenForm(forms.Form):
    """What a token is for, and until when."""

    name = forms.CharField(max_length=80)
    scopes = forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple)
    ends_on = forms.DateField(widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))

    def __init__(self, *args: Any, tongue: Tongue, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["scopes"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(scope, tongue.word("scope", scope)) for scope in SCOPES]

    def clean_ends_on(self) -> dt.date:
        """A day within a year: no token is for ever."""
        day: dt.date = self.cleaned_data["ends_on"]
        today = timezone.localdate()
        if not today < day <= today + _LONGEST:
            raise forms.ValidationError(later("error_end_date"))
        return day


@needs("make tokens")
def tokens(request: HttpRequest) -> HttpResponse:
    """One's own tokens, and the form that makes one."""
    user = request.user
    assert isinstance(user, User)
    given = request.POST if request.method == "POST" else None
    soon = timezone.localdate() + dt.timedelta(days=90)
    form = TokenForm(
        given, tongue=tongue(language_of(request)), initial={"ends_on": soon, "scopes": ["read"]}
    )
    made, secret = None, ""
    if form.is_valid():
        made, secret = make(
            user, form.cleaned_data["name"], form.cleaned_data["scopes"], form.cleaned_data["ends_on"]
        )
    rows = list(user.tokens.all())
    return shown(
        request, "staff/accounts_tokens.html.j2", 400 if form.errors else 200,
        form=form, rows=[(row, state(row)) for row in rows], made=made, secret_of=secret,
    )  # fmt: skip


def make(user: User, name: str, scopes: list[str], ends_on: dt.date) -> tuple[ApiToken, str]:
    """A token that holds until the end of a day, and what a program sends; that is kept nowhere."""
    secret = _MARK + secrets.token_urlsafe(32)
    end = timezone.make_aware(dt.datetime.combine(ends_on, dt.time.max))
    row = ApiToken(user=user, name=name, scopes=list(scopes), secret_hash=hashed(secret), ends_at=end)
    keep(row, user)
    return row, secret


def state(row: ApiToken) -> str:
    """Whether a token is valid, ended or withdrawn."""
    if row.withdrawn_at:
        return "withdrawn"
    return "ended" if row.ends_at <= timezone.now() else "valid"


@needs("make tokens")
@require_POST
def withdraw(request: HttpRequest, number: int) -> HttpResponse:
    """Make one of one's own tokens void."""
    user = request.user
    assert isinstance(user, User)
    row = user.tokens.filter(pk=number, withdrawn_at=None).first()
    if row is None:
        raise Http404(number)
    row.withdrawn_at = timezone.now()
    keep(row, user)
    messages.success(request, tongue(language_of(request))("tokens_withdrawn", name=row.name))
    return HttpResponseRedirect(address(language_of(request), "tokens"))


def holder(secret: str) -> ApiToken | None:
    """The token that a program shows, where it is valid and its account open; its use is noted."""
    now = timezone.now()
    row = _valid(now).filter(secret_hash=hashed(secret)).select_related("user__organisation").first()
    if row is not None:
        stale = Q(used_at=None) | Q(used_at__lt=now - _NOTE_EVERY)
        ApiToken.objects.filter(stale, pk=row.pk).update(used_at=now)
    return row


def _valid(now: dt.datetime) -> QuerySet[ApiToken]:
    return ApiToken.objects.filter(withdrawn_at=None, ends_at__gt=now, user__is_active=True)
