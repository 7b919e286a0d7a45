"""Who may call, and how often: tokens with scopes, and limits by machine and by token."""

from __future__ import annotations

import time

from django.core.cache import caches
from django.http import HttpRequest
from ninja.security import HttpBearer
from ninja.throttling import BaseThrottle

from merata.web.accounts import client_address
from merata.web.api.problems import ProblemError
from merata.web.models import ApiToken, User
from merata.web.rights import may
from merata.web.staff.tokens import holder

_WINDOW = 60  # s


class Token(HttpBearer):
    """A token that is valid and has one of the scopes, of an account with one of the rights, which the request gets."""

    def __init__(self, *scopes: str, rights: tuple[str, ...]) -> None:
        super().__init__()
        self.scopes, self.rights = scopes, rights

    def authenticate(self, request: HttpRequest, token: str) -> ApiToken | None:
        """The token, or nothing where it is not valid."""
        found = holder(token)
        if found is None:
            return None
        if not set(self.scopes) & set(found.scopes):
            raise ProblemError(403, "problem_scope", scope=self.scopes[0])
        request.user = found.user
        if not any(may(found.user, right) for right in self.rights):
            raise ProblemError(403, "problem_right")
        return found


def allowed(request: HttpRequest, right: str) -> User:
    """The account that a token acts for, where it has a right.

    Raises
    ------
    ProblemError
        It has not.
    """
    user = request.user
    if not isinstance(user, User) or not may(user, right):
        raise ProblemError(403, "problem_right")
    return user


class Limit(BaseThrottle):
    """So many calls a minute of one machine, or of one token, counted in one of the site's caches."""

    def __init__(self, most: int, counts: str) -> None:
        self.most, self.counts = most, counts

    def allow_request(self, request: HttpRequest) -> bool:
        """Whether this call is still within the limit."""
        token: ApiToken | None = getattr(request, "auth", None)
        who = f"token-{token.pk}" if token else client_address(request)
        key = f"api-calls:{who}:{int(time.time() // _WINDOW)}"
        counts = caches[self.counts]
        counts.add(key, 0, timeout=2 * _WINDOW)
        return counts.incr(key) <= self.most

    def wait(self) -> float:
        """Seconds until calls are counted anew."""
        return _WINDOW - time.time() % _WINDOW


#: Reading without a token: each server process counts for itself, as a count in the database would cost more than the
#: answer does.
OPEN = Limit(300, "pages")
#: Whatever is done by token, all that writes among it: all processes count together.
BY_TOKEN = Limit(600, "default")
