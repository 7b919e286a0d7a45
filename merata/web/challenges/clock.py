"""The clock of challenges: tells whose turn it is at once and before the end, and concedes for who is silent."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from merata.web.challenges.facts import GOING
from merata.web.challenges.life import concede_by_silence, may_answer, may_decide
from merata.web.letters import post
from merata.web.models import Challenge, User
from merata.web.page import changed, full_address
from merata.web.words import tongue

#: Who has to act is reminded once, so long before.
BEFORE = dt.timedelta(days=7)
_AT_ONCE = 500
_MOST_LINES = 50


def strike(now: dt.datetime | None = None) -> int:
    """Do what is due of all challenges; answers for how many. Safe in several workers at once."""
    now = now or timezone.now()
    rows = Challenge.objects.filter(state="open", joins=None, due_at__lte=now)[:_AT_ONCE]
    silent = sum(concede_by_silence(row) is not None for row in rows)
    return silent + _tell(now)


@transaction.atomic
def _tell(now: dt.datetime) -> int:
    """One letter to each who has to answer or to decide, about all that came and all that is due soon."""
    soon = Q(told=0) | Q(told=1, due_at__lte=now + BEFORE)
    due = Challenge.objects.filter(soon, state__in=GOING, joins=None)
    if not due.exists():
        return 0
    changed()
    rows = list(due.select_for_update().order_by("due_at", "pk")[:_AT_ONCE])
    letters: dict[User, list[Challenge]] = defaultdict(list)
    for row in rows:
        row.told = 2 if row.due_at and row.due_at <= now + BEFORE else 1
        for user in whose_turn(row):
            letters[user].append(row)
    Challenge.objects.bulk_update(rows, ["told"])
    for user, mine in letters.items():
        _letter(user, mine)
    return len(rows)


def whose_turn(row: Challenge) -> list[User]:
    """The accounts whose turn it is: the party's, or those of offices that may decide."""
    people = User.objects.filter(is_active=True, role__in=("province", "regency", "provider"))
    if row.state == "open" and row.party_id:
        return list(people.filter(organisation=row.party_id))
    its_turn = may_answer if row.state == "open" else may_decide
    return [one for one in people if its_turn(one, row)]


def _letter(user: User, rows: Iterable[Challenge]) -> None:
    t = tongue("en" if user.language == "en" else "id")
    mine = list(rows)
    lines = [
        t("challenge_letter_line", reference=row.reference, fact=t.word("challenge", row.fact),
          state=t.word("challenge_state", row.state), due=t.moment(row.due_at),
          link=full_address(t.language, "programme_challenge", row.pk))
        for row in mine[:_MOST_LINES]
    ]  # fmt: skip
    text = "\n\n".join([t("challenge_letter_top", count=len(mine)), *lines])
    post(user.email, t("challenge_letter_subject", count=len(mine)), text)
