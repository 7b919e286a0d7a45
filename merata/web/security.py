"""The log of what matters for security: who came in, who was refused, what was changed about accounts; no secret."""

from __future__ import annotations

import logging
from typing import Any

from allauth.account.signals import password_changed, password_reset
from allauth.mfa.signals import authentication_failed as code_failed
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from allauth.mfa.utils import is_mfa_enabled
from axes.signals import user_locked_out
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db.models.signals import post_save
from django.dispatch import receiver
from django.http import HttpRequest

from merata.web.models import Change, User

_log = logging.getLogger(__name__)

#: Rows whose changes are told here, beside the list of changes.
_TOLD = ("user", "invitation", "apitoken")


def tell(
    what: str, request: HttpRequest | None = None, user: Any = None, bad: bool = False, **more: Any
) -> None:
    """One line: what happened, to whose account (by number), from which machine."""
    from merata.web.accounts import client_address

    facts = {
        "account": user.pk if isinstance(user, User) else "-",
        "from": client_address(request) if request else "-",
        **more,
    }
    level = logging.WARNING if bad else logging.INFO
    _log.log(level, "%s %s", what, " ".join(f"{name}={value}" for name, value in facts.items()))


@receiver(user_logged_in)
def _entered(request: HttpRequest, user: User, **_: Any) -> None:
    tell("logged in", request, user, factors=2 if is_mfa_enabled(user) else 1)


@receiver(user_logged_out)
def _left(request: HttpRequest, user: User | None, **_: Any) -> None:
    tell("logged out", request, user)


@receiver(user_login_failed)
def _failed(credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any) -> None:
    # Not what was typed: people write passwords into the wrong field.
    address = str(credentials.get("email") or credentials.get("username") or "").strip().lower()
    tell("wrong password", request, User.objects.filter(email=address).first(), bad=True)


@receiver(code_failed)
def _wrong_code(request: HttpRequest, user: User, **_: Any) -> None:
    tell("wrong code", request, user, bad=True)


@receiver(user_locked_out)
def _locked(request: HttpRequest, **_: Any) -> None:
    tell("locked out", request, bad=True)


@receiver([password_changed, password_reset])
def _password(request: HttpRequest, user: User, **_: Any) -> None:
    tell("password changed", request, user)


@receiver([authenticator_added, authenticator_removed, authenticator_reset])
def _factor(signal: Any, request: HttpRequest, user: User, authenticator: Any, **_: Any) -> None:
    word = {id(authenticator_added): "added", id(authenticator_removed): "removed"}.get(id(signal), "reset")
    tell(f"second factor {word}", request, user, kind=authenticator.type)


@receiver(post_save, sender=Change)
def _changed(instance: Change, **_: Any) -> None:
    """What was changed about accounts, invitations and tokens: which fields; of the role, from what to what."""
    if instance.model not in _TOLD:
        return
    facts = {"fields": ",".join(sorted(instance.before.keys() | instance.after.keys()))}
    if "role" in instance.after:
        facts["role"] = f"{instance.before.get('role', '-')}>{instance.after['role']}"
    tell(f"{instance.model} {instance.key} changed", None, instance.by, False, **facts)
