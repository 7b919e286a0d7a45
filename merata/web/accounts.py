"""How allauth makes accounts here: only by invitation."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Nobody signs up by oneself."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """No: an account begins with an invitation."""
        return False
