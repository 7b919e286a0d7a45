"""The first accounts of a site: invited by whoever has the region's folder, at the command line."""

from __future__ import annotations

from django.utils.translation import override

from merata.errors import InputError
from merata.web.models import User
from merata.web.page import full_address
from merata.web.staff.accounts_forms import InviteForm
from merata.web.staff.accounts_invite import TAKEN, make, send
from merata.web.words import tongue


def invite(email: str, role: str, organisation: str, district: str, village_code: str) -> str:
    """Invite somebody by the same form as in the site, and return the link that the letter has too.

    Raises
    ------
    InputError
        What the form would refuse: an address that has an account, a role without its district.
    """
    where = {"district": district, "village_code": village_code}
    asked = {"email": email, "role": role, "organisation_new": organisation, **where}
    with override("en"):  # as all that the command line says
        form = InviteForm(asked, by=User(role="province"), tongue=tongue("en"))
        if not form.is_valid():
            raise InputError(
                "; ".join(f"{name}: {' '.join(map(str, said))}" for name, said in form.errors.items())
            )
    invitation, secret = make(None, **{name: form.cleaned_data[name] for name in TAKEN})
    send(invitation, secret)
    return full_address("id", "take_up", secret)
