"""What the site keeps: people and organisations, what was published, the programme, reports, cases, every change."""

from merata.web.models.cases import Case, Outgoing, Phone
from merata.web.models.challenges import Challenge, Confirmation, Hint
from merata.web.models.changes import Change, SiteVersion
from merata.web.models.live import Blackout, PointNow
from merata.web.models.logged import LogEntry
from merata.web.models.measured import (
    Deducted,
    Excuse,
    Outage,
    Owed,
    PlannedWork,
    Scorecard,
    ScoreSet,
    Suspicion,
)
from merata.web.models.meetings import Meeting
from merata.web.models.partners import Comment, CommentRound, FundOffer, Submission
from merata.web.models.people import ApiToken, Invitation, Organisation, User
from merata.web.models.phone_tests import PhoneTest
from merata.web.models.probes import Probe
from merata.web.models.programme import (
    Commitment,
    Contract,
    Payment,
    Photograph,
    Price,
    ServicePoint,
    WeeklyTarget,
)
from merata.web.models.published import FacilityFacts, Publication, VillageFacts, WorkFacts
from merata.web.models.releases import Release
from merata.web.models.reports import Report
from merata.web.models.work import Job

__all__ = [
    "ApiToken",
    "Blackout",
    "Case",
    "Challenge",
    "Change",
    "Comment",
    "CommentRound",
    "Commitment",
    "Confirmation",
    "Contract",
    "Deducted",
    "Excuse",
    "FacilityFacts",
    "FundOffer",
    "Hint",
    "Invitation",
    "Job",
    "LogEntry",
    "Meeting",
    "Organisation",
    "Outage",
    "Outgoing",
    "Owed",
    "Payment",
    "Phone",
    "PhoneTest",
    "Photograph",
    "PlannedWork",
    "PointNow",
    "Price",
    "Probe",
    "Publication",
    "Release",
    "Report",
    "ScoreSet",
    "Scorecard",
    "ServicePoint",
    "SiteVersion",
    "Submission",
    "Suspicion",
    "User",
    "VillageFacts",
    "WeeklyTarget",
    "WorkFacts",
]
