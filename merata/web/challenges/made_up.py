"""Made-up challenges for the worked example: one in each state, and an SMS that waits to be completed.

Those that hold are about payments and a promise: what they are followed by changes nothing that a run rests on.
"""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from merata.web.cases.numbers import new_reference
from merata.web.challenges.claims import Claim, checked
from merata.web.challenges.life import answer, concede_by_silence, decide, reverse, take, withdraw
from merata.web.models import Challenge, Commitment, Hint, Payment, Publication, User, VillageFacts

_MADE_UP = "(contoh rekaan, tidak ada yang nyata)"
_WHY = f"Menurut kuitansi {_MADE_UP}."


def make_up(publication: Publication, office: User, decider: User, proof: bytes) -> int:
    """Make them of the first villages and payments; how many.

    Parameters
    ----------
    office, decider
        An account of the office whose data it is, and one of another office.
    proof
        A picture that says itself that it is made up.
    """
    villages = list(publication.villages.order_by("code")[:6])
    for place, village in enumerate(villages):
        row = _taken(
            village, fact="people", people=str((village.people or 100) + 40 + place), evidence="visit"
        )
        if row is not None:
            _on_its_way(row, place, office, decider, proof)
    for place, one in enumerate(_payments()):
        _settled(publication, one, place, office, decider, proof)
    _promise(publication, office)
    Hint.objects.create(
        reference=new_reference("T"), village_code=villages[0].code,
        words=f"menara di hulu sudah lama roboh {_MADE_UP}",
    )  # fmt: skip
    return Challenge.objects.count()


def _taken(of: VillageFacts | Publication, **given: Any) -> Challenge | None:
    words = {"words": f"Kami hitung sendiri {_MADE_UP}.", "evidence_on": timezone.localdate().isoformat()}
    found = checked({**words, **given}, of)
    if not isinstance(found, Claim):  # nothing of it was published in this made-up plan
        return None
    return take(found, f"made up {Challenge.objects.count()}", way="web")


def _on_its_way(row: Challenge, place: int, office: User, decider: User, proof: bytes) -> None:
    """The first two wait for an answer, the others go on from there: nothing of them holds."""
    if place == 2:
        withdraw(row)
    elif place == 3:
        decide(row, decider, "set aside", f"Bukan tentang data {_MADE_UP}.")
    elif place > 3:
        _rebutted(row, office, proof)
        if place == 5:
            decide(row, decider, "rejected", f"Daftar kantor lebih baru {_MADE_UP}.")


def _rebutted(row: Challenge, office: User, proof: bytes) -> Challenge:
    picture = SimpleUploadedFile("daftar.jpg", proof, "image/jpeg")
    return answer(row, office, "rebut", f"Daftar kami menyebut angka lain {_MADE_UP}.", picture)


def _payments() -> list[Payment]:
    """Payments of different contracts and months, four at most."""
    found: dict[tuple[int, object], Payment] = {}
    for one in Payment.objects.select_related("contract").order_by("pk")[:400]:
        found.setdefault((one.contract_id, one.month), one)
    return list(found.values())[:4]


def _settled(
    publication: Publication, paid: Payment, place: int, office: User, decider: User, proof: bytes
) -> None:
    """Conceded, conceded by silence, upheld, and taken back."""
    row = _taken(
        publication, fact="payment", contract=paid.contract.number, month=f"{paid.month:%Y-%m}", sum="paid",
        idr="1000000", evidence="recomputed",
    )  # fmt: skip
    if row is None:
        return
    if place == 0:
        answer(row, office, "concede", _WHY)
    elif place == 1:
        Challenge.objects.filter(pk=row.pk).update(due_at=timezone.now())
        concede_by_silence(row)
    else:
        row = decide(_rebutted(row, office, proof), decider, "upheld", _WHY)
        if place == 3:
            reverse(row, decider, f"Kuitansinya dari bulan lain {_MADE_UP}.")


def _promise(publication: Publication, office: User) -> None:
    """A promise of the office that stands there as kept, and was not."""
    kept = Commitment.objects.filter(state="kept", owner=office.organisation, replaced_by=None).first()
    if kept is None:
        return
    of: VillageFacts | Publication | None = publication
    if kept.village_code:
        of = publication.villages.filter(code=kept.village_code).select_related("publication").first()
    if of is not None and (
        row := _taken(of, fact="promise", promise=str(kept.pk), really="not kept", evidence="visit")
    ):
        answer(row, office, "concede", f"Belum selesai {_MADE_UP}.")
