"""A draft open for comments, and a partner's fund, made of rows for pages to show. All made up."""

import datetime as dt

import site_factory
from django.utils import timezone

from merata.web.models import Comment, CommentRound, FundOffer, Organisation, User
from merata.web.page import changed


def comment_round(by, days=10, draft=None, **more):
    """A draft of twelve villages, or another, that is open for comments."""
    draft = draft or site_factory.publication(state="draft", number=None, run_id="fedcba9876")
    ends = timezone.localdate() + dt.timedelta(days=days)
    return CommentRound.objects.create(publication=draft, opened_by=by, ends=ends, **more)


def comment(row, code="99.01.01.2002", **more):
    """A comment on a village."""
    number = Comment.objects.count() + 1
    facts = {
        "reference": f"T{number:07d}",
        "made_by": f"made-{number}",
        "stance": "change",
        "words": f"Kata {number}",
    }
    return Comment.objects.create(round=row, village_code=code, **{**facts, **more})


def fund(organisation, by, fund="Peduli Desa (contoh)", **more):
    """A fund that was accepted."""
    year = timezone.localdate().year
    facts = {"first_year": year, "last_year": year + 2, "idr_per_year": 900_000_000, "state": "accepted"}
    return FundOffer.objects.create(organisation=organisation, by=by, fund=fund, **{**facts, **more})


def everything(draft=None):
    """One of each, for the browser: nobody logs in with its account."""
    company = Organisation.objects.create(name="PT Peduli (contoh)", kind="partner")
    by = User.objects.create_user(
        "mitra@contoh.example", "sandi yang panjang sekali", role="partner", organisation=company
    )
    row = comment_round(by, draft=draft)
    comment(row, look="shown", outcome="noted", answer="Terima kasih.", answered_at=timezone.now())
    comment(row, look="new")
    fund(company, by)
    changed()
