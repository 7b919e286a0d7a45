"""Every address of the site and every call of its API, with who may ask for it: found, not written down.

What this finds is what the reference shows and what the tests attack, so that a new page can be forgotten by neither.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from merata.web.api.addresses import api
from merata.web.api.doors import Token
from merata.web.models.people import ROLES
from merata.web.rights import CHANGING, EVERYBODY, ONESELF, RIGHTS

#: Where the API's own calls begin: they are listed by `calls`.
_API = "api/v1/"
_ENGLISH = "en/"


@dataclass(frozen=True)
class Entrance:
    """An address with its parameters, as `<int:number>`; `right` is of RIGHTS, EVERYBODY or ONESELF; else forgotten."""

    route: str
    view: Any
    right: str

    @property
    def roles(self) -> tuple[str, ...]:
        """The roles whose accounts are let in; all of them where no right is needed."""
        return RIGHTS.get(self.right, ROLES)

    @property
    def open(self) -> bool:
        """Whether no account is needed."""
        return self.right == EVERYBODY

    @property
    def with_factor(self) -> bool:
        """Whether only an account with a second factor is let in."""
        return self.right in CHANGING


@dataclass(frozen=True)
class Call:
    """A call of the API: open where it takes no token, else for tokens with a scope, of accounts with a right."""

    method: str
    route: str
    scopes: tuple[str, ...] = ()
    rights: tuple[str, ...] = ()

    @property
    def open(self) -> bool:
        """Whether no token is needed."""
        return not self.scopes

    @property
    def roles(self) -> tuple[str, ...]:
        """The roles whose tokens are let in."""
        return tuple(role for role in ROLES if self.open or any(role in RIGHTS[r] for r in self.rights))


def entrances() -> list[Entrance]:
    """All addresses but the API's calls and the English twins, which are the same views once more."""
    return [
        Entrance(route, view, getattr(view, "right", ""))
        for route, view in _found(get_resolver().url_patterns)
        if not route.startswith(_ENGLISH) and not _is_call(route, view)
    ]


def _found(patterns: Sequence[URLPattern | URLResolver], before: str = "") -> Iterator[tuple[str, Any]]:
    for one in patterns:
        route = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from _found(one.url_patterns, route)
        else:
            yield route, one.callback


def _is_call(route: str, view: Any) -> bool:
    """Whether django-ninja answers there: its views are marked by nothing of ours."""
    return route.startswith(_API) and not hasattr(view, "right")


def calls() -> list[Call]:
    """All calls of the API, from what it is made of."""
    return [
        Call(method, route, *_asked(operation.auth_callbacks))
        for prefix, router in api._routers
        for route, operation in _operations(prefix, router)
        for method in operation.methods
    ]


def _operations(prefix: str, router: Any) -> Iterator[tuple[str, Any]]:
    for path, view in router.path_operations.items():
        for operation in view.operations:
            yield f"/{_API}{prefix.strip('/')}{path.lstrip('/')}", operation


def _asked(doors: Sequence[Any]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The scopes and rights that a call asks for."""
    for door in doors:
        if isinstance(door, Token):
            return door.scopes, door.rights
    return (), ()


__all__ = ["EVERYBODY", "ONESELF", "Call", "Entrance", "calls", "entrances"]
