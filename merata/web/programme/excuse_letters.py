"""Letters of contests and force majeure: offices hear of each, who put it forward of the decision."""

from __future__ import annotations

from merata.web.letters import post
from merata.web.models import Excuse, User
from merata.web.page import full_address
from merata.web.rights import RIGHTS
from merata.web.words import tongue


def put_forward(row: Excuse) -> None:
    """Tell those who may decide it; in the transaction that keeps it."""
    for user in User.objects.filter(is_active=True, role__in=RIGHTS["decide excuses"]).exclude(pk=row.by_id):
        _write(user, "excuse_letter", row)


def decided(row: Excuse) -> None:
    """Tell who put it forward, and the others of the provider whose outage it is."""
    mine = User.objects.filter(is_active=True, role="provider", organisation=row.provider_id or 0)
    for user in (mine | User.objects.filter(is_active=True, pk=row.by_id)).distinct():
        _write(user, "excuse_decided_letter", row)


def _write(user: User, key: str, row: Excuse) -> None:
    t = tongue("en" if user.language == "en" else "id")
    of, when = _of(row), t.moment(row.begins)
    state, kind = t.word("excuse_state", row.state), t.word("excuse_kind", row.kind)
    link = full_address(t.language, "programme_excuse", row.pk)
    subject = t(f"{key}_subject", kind=kind, of=of, when=when, state=state)
    text = t(
        f"{key}_text", kind=kind, of=of, when=when, until=t.moment(row.ends), state=state, reason=row.reason
    )
    post(user.email, subject, f"{text}\n\n{t('dark_end', link=link)}")


def _of(row: Excuse) -> str:
    """Whose outage it is: the point's code, the district's or the provider's name."""
    return row.point.code if row.point else row.district or (row.provider.name if row.provider else "")
