"""A made-up coordination meeting for the worked example: its record, and what became of its actions."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from merata.web.changes import keep
from merata.web.models import Commitment, Meeting, Organisation, Publication, User
from merata.web.programme.meeting_steps import add_action, publish
from merata.web.programme.promise_steps import take

_MADE_UP = "contoh rekaan, tidak ada yang nyata"
#: What is to be done, whose it is, and how many days from now it is due.
_ACTIONS = (
    ("Daftar menara terbaru dikirim sebagai tabel", "provider", -10),
    ("Listrik dermaga disambung sebelum antena dipasang", "regency", 12),
    ("Jadwal pemasangan tiga bulan ke depan diumumkan", "regency", 45),
    ("Tiang bersama di hulu disepakati", "provider", -3),
)
#: Of which of them something is known: its state, and by what.
_BECAME = {0: ("kept", "surat 12/CONTOH"), 1: ("on the way", "")}
_AGO = dt.timedelta(days=40)


def make_up(publication: Publication, host: User, provider: Organisation | None) -> Meeting:
    """Hold a made-up meeting some weeks ago, publish its record, and take some of its actions on.

    Parameters
    ----------
    host
        An account of the office that asked for it.
    provider
        Whose the other actions are; none: the host's.
    """
    assert host.organisation is not None
    village = publication.villages.order_by("code").first()
    meeting = Meeting(
        held_on=timezone.localdate() - _AGO, title=f"Rapat koordinasi internet desa ({_MADE_UP})",
        host=host.organisation, present="\n".join(sorted({host.organisation.name, str(provider or host.organisation)})),
        agenda="Titik yang terlambat\nListrik di hulu\nRencana tahun depan",
        decisions="Titik yang terlambat dibahas tiap bulan\nTiang dipakai bersama",
        next_on=timezone.localdate() + _AGO,
    )  # fmt: skip
    keep(meeting, host)
    whose = {"provider": provider or host.organisation, "regency": host.organisation}
    for what, who, days in _ACTIONS:
        action = {
            "action": what, "owner_id": whose[who].pk, "village_code": village.code if village else "",
            "due_by": (timezone.localdate() + dt.timedelta(days=days)).isoformat(),
        }  # fmt: skip
        add_action(meeting, host, action)
    meeting = publish(meeting, host)
    actions = list(Commitment.objects.filter(meeting=meeting).order_by("pk"))
    for place, (state, evidence) in _BECAME.items():
        take(actions[place], host, state, evidence=evidence)
    return meeting
