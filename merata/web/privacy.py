"""What is kept of a person: shown, taken along, erased; and what is forgotten as time goes by."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from axes.models import AccessAttempt
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.utils import timezone

from merata.errors import MissingError
from merata.web import phone_tests
from merata.web.cases.life import forget_phones
from merata.web.letters import forget as forget_letters
from merata.web.models import Challenge, Change, Hint, Invitation, Phone, Report, User
from merata.web.page import changed
from merata.web.partners.comments import forget_words
from merata.web.sessions import held
from merata.web.sms.queue import forget as forget_messages
from merata.web.staff.accounts import close

#: How long something is kept that nobody needs any more.
COUNTS = "web_counts"  # as the settings call the table
ATTEMPTS, INVITATIONS, WORDS = timedelta(days=1), timedelta(days=30), timedelta(days=730)
PHOTOS, PHONES, SENT = timedelta(days=180), timedelta(days=90), timedelta(days=30)


def kept(email: str) -> dict[str, Any]:
    """All that is kept of the person with an address, as plain data.

    Raises
    ------
    MissingError
        Nothing is kept of this address.
    """
    user = User.objects.filter(email=email.strip().lower()).first()
    invitations = Invitation.objects.filter(email__iexact=email.strip())
    if user is None and not invitations.exists():
        raise MissingError(f"Nothing is kept of {email}.")
    return {
        "account": _account(user) if user else None,
        "invitations": [
            {"role": row.role, "made_at": row.made_at.isoformat(), "ends_at": row.ends_at.isoformat()}
            for row in invitations
        ],
        "wrong_log_ins": [
            {"at": row.attempt_time.isoformat(), "from": row.ip_address}
            for row in AccessAttempt.objects.filter(username__iexact=email.strip())
        ],
    }


def _account(user: User) -> dict[str, Any]:
    return {
        "email": user.email,
        "role": user.role,
        "organisation": user.organisation.name if user.organisation else "",
        "district": user.district,
        "village_code": user.village_code,
        "language": user.language,
        "made_at": user.made_at.isoformat(),
        "open": user.is_active,
        "sessions": [
            {"began": _iso(one.began), "last_used": _iso(one.seen), "browser": one.device}
            for one in held(user)
        ],
        "second_factor": Authenticator.objects.filter(user=user).exists(),
        "challenges": [
            {"reference": row.reference, "made_at": row.made_at.isoformat(), "words": row.words}
            for row in Challenge.objects.filter(by=user)
        ],
        "tokens": [{"name": row.name, "made_at": row.made_at.isoformat()} for row in user.tokens.all()],
        "changes": [
            {"at": row.at.isoformat(), "what": f"{row.model} {row.key}", "why": row.why}
            for row in Change.objects.filter(by=user)
        ],
    }


def _iso(when: datetime | None) -> str:
    return when.isoformat() if when else ""


@transaction.atomic
def erase(email: str) -> None:
    """Close the account of an address, and put a number in its place; what it did stays, without the person.

    Raises
    ------
    MissingError
        Nothing is kept of this address.
    """
    kept(email)
    address = email.strip().lower()
    Invitation.objects.filter(email__iexact=address).delete()
    AccessAttempt.objects.filter(username__iexact=address).delete()
    if user := User.objects.filter(email=address).first():
        close(user, None, "dihapus atas permintaan")
        user.tokens.all().delete()
        Authenticator.objects.filter(user=user).delete()
        EmailAddress.objects.filter(user=user).delete()
        user.set_unusable_password()
        user.email = f"{user.pk}@erased.invalid"
        user.save()


def forget() -> None:
    """Erase what nobody needs any more: of sessions, attempts, invitations, old reports, phones and messages."""
    now = timezone.now()
    Session.objects.filter(expire_date__lt=now).delete()
    AccessAttempt.objects.filter(attempt_time__lt=now - ATTEMPTS).delete()
    Invitation.objects.filter(ends_at__lt=now - INVITATIONS).delete()
    forget_letters()
    forget_phones()
    phone_tests.forget(now)
    Phone.objects.filter(added_at__lt=now - PHONES).delete()
    forget_messages(now - SENT)
    _forget_photos(now)
    _forget_challengers(now)
    _forget_counts(now)
    if forget_words(now - WORDS):
        changed()
    if (
        Report.objects.filter(arrived_at__lt=now - WORDS)
        .exclude(words="", answer="")
        .update(words="", answer="")
    ):
        changed()


def _forget_photos(now: datetime) -> None:
    """The pictures of old reports, files and all."""
    for row in Report.objects.filter(arrived_at__lt=now - PHOTOS).exclude(photo=""):
        row.photo.delete(save=False)
        row.save(update_fields=["photo"])


def _forget_challengers(now: datetime) -> None:
    """What people wrote and sent with challenges that are long over; what was decided, and why, stays."""
    old = Challenge.objects.filter(made_at__lt=now - WORDS).exclude(state__in=("open", "rebutted"))
    if Hint.objects.filter(made_at__lt=now - WORDS).exclude(words="").update(words=""):
        changed()
    for row in old.exclude(words="", file="", answer_file=""):
        for file in (row.file, row.answer_file):
            # One that joined another has the other's answer: its file is perhaps gone already.
            if file.name:
                file.storage.delete(file.name)
        Challenge.objects.filter(pk=row.pk).update(words="", file="", answer_file="")
        changed()


def _forget_counts(now: datetime) -> None:
    """Counts against guessing name machines; the cache itself takes them away only when it is full."""
    if COUNTS not in connection.introspection.table_names():
        return
    over = connection.ops.adapt_datetimefield_value(now.replace(microsecond=0))
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {COUNTS} WHERE expires < %s", [over])  # noqa: S608
