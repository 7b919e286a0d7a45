"""The ways out of the site beside letters, from the environment: a gateway of SMS, and the operator's own program."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from merata.errors import SettingsError

_HERE = ("127.0.0.1", "localhost", "::1")
_SHORTEST = 16


@dataclass(frozen=True)
class Ways:
    """Where news of cases go; empty: by letters only."""

    hook: str = ""
    hook_secret: str = ""
    sms_url: str = ""
    sms_body: str = ""
    sms_header: str = ""
    sms_secret: str = ""
    sms_numbers: tuple[str, ...] = ()


def ways(environment: Mapping[str, str]) -> Ways:
    """The ways that the environment's variables set.

    Raises
    ------
    SettingsError
        An address is not https, a secret is short, or the template is no template.
    """
    of = {name: environment.get(f"MERATA_{name}", "").strip() for name in (
        "HOOK", "HOOK_SECRET", "SMS_URL", "SMS_BODY", "SMS_HEADER", "SMS_SECRET", "SMS_NUMBER",
    )}  # fmt: skip
    for name in ("HOOK", "SMS_URL"):
        _address(f"MERATA_{name}", of[name])
    for name in ("HOOK_SECRET", "SMS_SECRET"):
        secret(of[name], f"MERATA_{name}")
    if of["HOOK"] and not of["HOOK_SECRET"]:
        raise SettingsError("MERATA_HOOK needs MERATA_HOOK_SECRET, with which its messages are signed.")
    if of["SMS_URL"]:
        _template(of["SMS_BODY"])
    own = tuple(number.strip() for number in of["SMS_NUMBER"].split(",") if number.strip())
    return Ways(
        of["HOOK"], of["HOOK_SECRET"], of["SMS_URL"], of["SMS_BODY"], of["SMS_HEADER"], of["SMS_SECRET"], own
    )


def secret(said: str, variable: str) -> str:
    """A secret as a variable says it; '' where it is not set.

    Raises
    ------
    SettingsError
        It is short.
    """
    if said and len(said.strip()) < _SHORTEST:
        raise SettingsError(f"{variable} is short: expected {_SHORTEST} characters or more.")
    return said.strip()


def contact(said: str) -> str:
    """Whom to tell of a hole in the site, as an address that programs know: mailto: or https://; empty where not set.

    Raises
    ------
    SettingsError
        It is neither.
    """
    said = said.strip()
    if said and re.fullmatch(r"(mailto:)?[^@\s:/]+@[^@\s:/]+", said):
        return f"mailto:{said.removeprefix('mailto:')}"
    if said and not re.fullmatch(r"https://[^\s/]+(/\S*)?", said):
        raise SettingsError("MERATA_SECURITY is neither an e-mail address nor an https:// address.")
    return said


def _address(name: str, address: str) -> None:
    parts = urlsplit(address)
    plain = parts.scheme == "http" and parts.hostname in _HERE
    if address and not (parts.scheme == "https" and parts.hostname) and not plain:
        raise SettingsError(f"{name} is not an https:// address (http:// is for this machine only).")


def _template(text: str) -> None:
    """Check that the gateway's template is JSON, or a form, and has a place for the number and the text."""
    if text.startswith("{"):
        try:
            json.loads(text)
        except ValueError:
            raise SettingsError("MERATA_SMS_BODY begins with { but is no JSON.") from None
    if "{number}" not in text or "{text}" not in text:
        raise SettingsError(
            'MERATA_SMS_BODY lacks {number} or {text}: expected {"to": "{number}", "text": "{text}"}, or '
            "to={number}&text={text}, as the gateway has it."
        )
