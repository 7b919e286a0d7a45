"""How accounts are kept here: only by invitation, in words of our own, wrong passwords counted, letters bilingual."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.functional import lazy

from merata.web.letters import post
from merata.web.models import User
from merata.web.page import address, language_of, render
from merata.web.sealed import seal, unseal
from merata.web.words import LANGUAGES, Language, tongue

#: What allauth has to say, by its template, in our words; what is not here is not worth a sentence.
_SAID = {
    "account/messages/logged_out.txt": "said_logged_out",
    "account/messages/password_changed.txt": "said_password_changed",
    "mfa/messages/totp_activated.txt": "said_factor_on",
    "mfa/messages/totp_deactivated.txt": "said_factor_off",
    "mfa/messages/recovery_codes_generated.txt": "said_codes_made",
}
#: What is told by letter to whom an account belongs, so that nobody changes it unnoticed.
_TOLD = {
    "account/email/password_changed": "said_password_changed",
    "account/email/password_reset": "said_password_changed",
    "mfa/email/totp_activated": "said_factor_on",
    "mfa/email/totp_deactivated": "said_factor_off",
    "mfa/email/recovery_codes_generated": "said_codes_made",
}


def _say(key: str) -> str:
    return tongue("en" if translation.get_language() == "en" else "id")(key)


#: A sentence in the language that is spoken when it is shown, for the errors of forms.
later = lazy(_say, str)


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Nobody signs up by oneself; no page tells whether an address has an account."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": later("error_log_in"),
        "too_many_login_attempts": later("error_too_many"),
        "enter_current_password": later("error_password_now"),
        "incorrect_password": later("error_password_now"),
        "rate_limited": later("error_too_many"),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """No: an account begins with an invitation."""
        return False

    def is_ajax(self, request: HttpRequest) -> bool:
        """No: all pages are pages."""
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """The desk, in the language of the account where the address does not ask for English."""
        return address(spoken_by(request), "desk")

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        """The front page."""
        return address(language_of(request), "home")

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """The account's own page."""
        return address(language_of(request), "account")

    def reauthenticate(self, user: User, password: str) -> bool:
        """Whether it is the account's password; wrong ones are counted as when logging in."""
        found = self.authenticate(context.request, email=user.email, password=password)
        return found is not None and found.pk == user.pk

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        """Say in our words what allauth did."""
        key = _SAID.get(message_template or "")
        if text := message or (key and tongue(language_of(request))(key)):
            messages.add_message(request, level, text, extra_tags=extra_tags)

    def send_password_reset_mail(self, user: User, email: str, context: dict[str, Any]) -> None:
        """The letter by which a forgotten password is set anew."""
        letter(user.email, "letter_reset", link=context["password_reset_url"])

    def send_notification_mail(
        self, template_prefix: str, user: User, context: Any = None, email: str | None = None
    ) -> None:
        """Tell whom an account belongs to what was changed about it."""
        if key := _TOLD.get(template_prefix):
            letter(user.email, "letter_told", what={name: tongue(name)(key) for name in LANGUAGES})


class SecondFactor(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    """The second factor, in our words; what codes are made of lies sealed in the database."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": later("error_code"),
        "rate_limited": later("error_too_many"),
        "cannot_generate_recovery_codes": later("error_no_factor"),
    }

    def encrypt(self, text: str) -> str:
        """As it is kept."""
        return seal(text, "second factor")

    def decrypt(self, encrypted_text: str) -> str:
        """As it is used."""
        return unseal(encrypted_text, "second factor")


def letter(to: str, key: str, **values: str | Mapping[Language, str]) -> None:
    """A letter in both languages, Indonesian first; a value may differ by language. It leaves in the background."""
    texts = []
    for name in LANGUAGES:
        own = {part: value if isinstance(value, str) else value[name] for part, value in values.items()}
        texts.append(tongue(name)(key, **own, site=settings.SITE))
    subject = " / ".join(tongue(name)(f"{key}_subject") for name in LANGUAGES)
    post(to, f"{settings.ACCOUNT_EMAIL_SUBJECT_PREFIX}{subject}", "\n\n—\n\n".join(texts))


def spoken_by(request: HttpRequest) -> Language:
    """English under /en/, else the language of the account."""
    user = request.user
    if language_of(request) == "en" or (isinstance(user, User) and user.language == "en"):
        return "en"
    return "id"


def login_name(request: HttpRequest, credentials: Mapping[str, Any] | None) -> str:
    """The address that somebody tries to log in with, written small, as axes counts it."""
    given = (credentials or {}).get("email") or request.POST.get("login") or ""
    return str(given).strip().lower()


def client_address(request: HttpRequest) -> str:
    """The machine that asks. Behind a proxy, which a site with https has: what the proxy itself added."""
    passed_on = str(request.META.get("HTTP_X_FORWARDED_FOR", "")).rsplit(",", 1)[-1].strip()
    return passed_on if settings.SECURE and passed_on else str(request.META.get("REMOTE_ADDR", ""))


def locked_out(request: HttpRequest, response: Any, credentials: Any) -> HttpResponse:
    """The page for whom axes refuses after many wrong passwords: when to try again."""
    again = timezone.now() + dt.timedelta(hours=settings.AXES_COOLOFF_TIME)
    page = render(
        request, "account/locked_out.html.j2", 429, again=again, reset=reverse("account_reset_password")
    )
    page["Retry-After"] = str(round(settings.AXES_COOLOFF_TIME * 3600))
    page["Cache-Control"] = "no-store, private"
    return page


def too_many(request: HttpRequest) -> HttpResponse:
    """429: allauth's limits for a whole machine or account are reached."""
    return render(request, "error.html.j2", status=429, what="too_many")
