"""Sessions of an account are ended: when it is closed, and all others when its second factor changes."""

from __future__ import annotations

from typing import Any

from allauth.mfa.signals import authenticator_added, authenticator_removed
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from merata.web.models import User


def end(user: User, but: str | None = None) -> None:
    """End the sessions of an account, but one."""
    for session in Session.objects.filter(expire_date__gte=timezone.now()).iterator():
        if session.session_key != but and session.get_decoded().get(SESSION_KEY) == str(user.pk):
            session.delete()


@receiver([authenticator_added, authenticator_removed])
def _factor_changed(request: HttpRequest, user: User, **_: Any) -> None:
    end(user, request.session.session_key)
