"""Sessions of an account: which there are, and ended: by whose it is, when it is closed, when its factor changes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from allauth.mfa.signals import authenticator_added, authenticator_removed
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from merata.web.models import User

#: What browsers and systems call themselves -> as people know them; the first that is found.
_BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("UCBrowser", "UC Browser"),
             ("Firefox", "Firefox"), ("FxiOS", "Firefox"), ("Chrome", "Chrome"), ("CriOS", "Chrome"),
             ("Safari", "Safari"))  # fmt: skip
_SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "Mac"),
            ("Linux", "Linux"))  # fmt: skip


@dataclass(frozen=True)
class Held:
    """One session. `name` stands for it on pages: its key, by which one is logged in, does not leave the cookie."""

    name: str
    began: datetime | None
    seen: datetime | None
    device: str
    here: bool


def device_of(request: HttpRequest) -> str:
    """The kind of browser and system, so that one knows one's own sessions; nothing that tells two phones apart."""
    said = request.headers.get("User-Agent", "")
    found = (next((word for sign, word in signs if sign in said), "") for signs in (_BROWSERS, _SYSTEMS))
    return ", ".join(word for word in found if word)


def held(user: User, own: str | None = None) -> list[Held]:
    """The sessions of an account, the one whose key is `own` first, then by when they were last used."""
    found = [
        Held(
            name=_name(session),
            began=_moment(data.get("began")),
            seen=_moment(data.get("seen")),
            device=str(data.get("device", "")),
            here=session.session_key == own,
        )
        for session, data in _of(user)
    ]
    return sorted(found, key=lambda one: (not one.here, -one.seen.timestamp() if one.seen else 0.0))


def end(user: User, but: str | None = None) -> None:
    """End the sessions of an account, but one."""
    for session, _ in _of(user):
        if session.session_key != but:
            session.delete()


def end_named(user: User, name: str) -> bool:
    """End the one session of an account that has a name; False where there is none."""
    found = [session for session, _ in _of(user) if _name(session) == name]
    for session in found:
        session.delete()
    return bool(found)


def _of(user: User) -> Iterator[tuple[Session, dict[str, Any]]]:
    for session in Session.objects.filter(expire_date__gte=timezone.now()).iterator():
        data = session.get_decoded()
        if data.get(SESSION_KEY) == str(user.pk):
            yield session, data


def _name(session: Session) -> str:
    return hashlib.sha256(session.session_key.encode()).hexdigest()[:16]


def _moment(seconds: int | None) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds else None


@receiver([authenticator_added, authenticator_removed])
def _factor_changed(request: HttpRequest, user: User, **_: Any) -> None:
    end(user, request.session.session_key)
