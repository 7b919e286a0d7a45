"""The first page after logging in: what waits for one, by one's rights and reach."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from merata.web.challenges.hints import waiting as hints
from merata.web.challenges.sheets import waits_for as sheet_for
from merata.web.challenges.staff import to_follow
from merata.web.challenges.staff import waiting_for as challenges_for
from merata.web.models import (
    Case,
    Comment,
    FundOffer,
    Job,
    Publication,
    Report,
    ServicePoint,
    Submission,
    User,
)
from merata.web.page import address, language_of
from merata.web.programme.pace import life, stuck
from merata.web.programme.steps import OWN_TURN, waiting_for
from merata.web.rights import may, needs, reach
from merata.web.staff.frame import page
from merata.web.tasks import OPEN


@dataclass(frozen=True)
class Waiting:
    """Something that waits: its sentence (`desk_…`), how many, and where it is done."""

    key: str
    count: int
    link: str


@needs("see programme")
def desk(request: HttpRequest) -> HttpResponse:
    """What waits for the account."""
    user = request.user
    assert isinstance(user, User)
    language = language_of(request)
    points = list(reach(user, ServicePoint.objects.all()).select_related("contract", "provider"))
    found = [
        Waiting("points", len(waiting_for(points, user.role)), address(language, "programme")),
        Waiting("stuck", _stuck(user, points), address(language, "programme")),
        Waiting("cases", _cases(user), address(language, "programme_cases")),
        Waiting("reports", _reports(user), address(language, "programme_reports")),
        Waiting("challenges", challenges_for(user), address(language, "programme_challenges")),
        Waiting("hints", hints(user).count(), address(language, "programme_challenges")),
        Waiting("follow", to_follow(user), address(language, "programme_challenges")),
        Waiting("confirm", sheet_for(user), address(language, "programme_sheet_own")),
        Waiting("decisions", _decisions(user), address(language, "planning")),
        Waiting("submissions", _submissions(user), address(language, "submissions")),
        Waiting("offers", _offers(user), address(language, "offers")),
        Waiting("comments", _comments(user), address(language, "comment_rounds")),
        Waiting("jobs", _jobs(user), address(language, "jobs")),
    ]
    in_service = sum(point.state == "in service" for point in points)
    return page(
        request, "staff/desk.html.j2", waiting=[one for one in found if one.count], points=len(points), works=in_service
    )  # fmt: skip


def _stuck(user: User, points: list[ServicePoint]) -> int:
    if user.role not in OWN_TURN:
        return 0
    waiting = stuck(points, life(points).usual_days, timezone.localdate())
    return sum(one.turn == OWN_TURN[user.role] for one in waiting)


def _reports(user: User) -> int:
    if not may(user, "answer reports"):
        return 0
    return reach(user, Report.objects.exclude(state="answered")).distinct().count()


def _cases(user: User) -> int:
    """Open cases whose next word is the account's: an office's or a provider's."""
    state = {"province": "received", "regency": "received", "provider": "with provider", "village": "mended"}
    if not may(user, "answer reports") or user.role not in state:
        return 0
    return reach(user, Case.objects.filter(state=state[user.role])).count()


def _decisions(user: User) -> int:
    """Plans that somebody else has put forward: nobody decides on one's own."""
    if not may(user, "publish"):
        return 0
    return Publication.objects.filter(state="proposed").exclude(proposed_by=user).count()


def _jobs(user: User) -> int:
    return Job.objects.filter(state__in=OPEN).count() if may(user, "see plans") else 0


def _submissions(user: User) -> int:
    if not may(user, "decide submissions"):
        return 0
    return Submission.objects.filter(state="waiting").exclude(organisation=user.organisation_id).count()


def _offers(user: User) -> int:
    if not may(user, "decide offers"):
        return 0
    return FundOffer.objects.filter(state="offered").exclude(organisation=user.organisation_id).count()


def _comments(user: User) -> int:
    return Comment.objects.filter(look="new").count() if may(user, "answer comments") else 0
