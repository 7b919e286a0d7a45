"""Every sentence of the site, key -> (Indonesian, English), and the words of choices. One module a part of the site."""

from __future__ import annotations

from merata.publish.choices import CHOICES as OF_TABLES
from merata.publish.sentences import SENTENCES as OF_REPORTS
from merata.web.sentences.accounts import ACCOUNTS
from merata.web.sentences.accounts import CHOICES as OF_ACCOUNTS
from merata.web.sentences.beside import BESIDE
from merata.web.sentences.beside import CHOICES as OF_OTHERS
from merata.web.sentences.cases import CASES
from merata.web.sentences.cases import CHOICES as OF_CASES
from merata.web.sentences.centre import CENTRE
from merata.web.sentences.challenges import CHALLENGES
from merata.web.sentences.challenges import CHOICES as OF_CHALLENGES
from merata.web.sentences.common import COMMON
from merata.web.sentences.data import CHOICES as OF_WORK
from merata.web.sentences.data import DATA
from merata.web.sentences.learned import CHOICES as OF_LEARNED
from merata.web.sentences.learned import LEARNED_HERE
from merata.web.sentences.logged import CHOICES as OF_THE_LOG
from merata.web.sentences.logged import LOGGED
from merata.web.sentences.model_contests import MODEL_CONTESTS
from merata.web.sentences.owed import CHOICES as OF_WHAT_IS_OWED
from merata.web.sentences.owed import OWED
from merata.web.sentences.partners import CHOICES as OF_PARTNERS
from merata.web.sentences.partners import PARTNERS
from merata.web.sentences.phone_tests import CHOICES as OF_PHONE_TESTS
from merata.web.sentences.phone_tests import PHONE_TESTS
from merata.web.sentences.plan_settings import PLAN_SETTINGS
from merata.web.sentences.plans import CHOICES as OF_PLANS
from merata.web.sentences.plans import PLANS
from merata.web.sentences.programme import CHOICES as OF_PROGRAMME
from merata.web.sentences.programme import PROGRAMME
from merata.web.sentences.promises import CHOICES as OF_PROMISES
from merata.web.sentences.promises import PROMISES
from merata.web.sentences.public import CHOICES as OF_OPEN_PAGES
from merata.web.sentences.public import PUBLIC
from merata.web.sentences.releases import CHOICES as OF_RELEASES
from merata.web.sentences.releases import RELEASES
from merata.web.sentences.reports import CHOICES as OF_THE_REPORTS
from merata.web.sentences.reports import REPORTS
from merata.web.sentences.scores import CHOICES as OF_SCORES
from merata.web.sentences.scores import SCORES
from merata.web.sentences.staff import CHOICES as OF_STAFF
from merata.web.sentences.staff import STAFF
from merata.web.sentences.statistics import CHOICES as OF_STATISTICS
from merata.web.sentences.statistics import STATISTICS

_PARTS = (
    ACCOUNTS,
    BESIDE,
    CASES,
    CENTRE,
    CHALLENGES,
    COMMON,
    MODEL_CONTESTS,
    PROGRAMME,
    DATA,
    LEARNED_HERE,
    LOGGED,
    OWED,
    PARTNERS,
    PHONE_TESTS,
    PLAN_SETTINGS,
    PLANS,
    PROMISES,
    PUBLIC,
    RELEASES,
    REPORTS,
    SCORES,
    STAFF,
    STATISTICS,
)


def _joined() -> dict[str, tuple[str, str]]:
    """All parts in one; the report's sentences lie under them, so that both say the same words."""
    own: dict[str, tuple[str, str]] = {}
    for part in _PARTS:
        if twice := own.keys() & part.keys():
            raise ValueError(f"Sentences with the same key: {', '.join(sorted(twice))}")
        own |= part
    return {**OF_REPORTS, **own}


SENTENCES = _joined()

#: group -> choice -> (Indonesian, English): those of the engine's tables and those of the site.
CHOICES: dict[str, dict[str, tuple[str, str]]] = {
    **OF_TABLES,
    **OF_PROGRAMME,
    **OF_PROMISES,
    **OF_WORK,
    **OF_PLANS,
    **OF_OPEN_PAGES,
    **OF_RELEASES,
    **OF_THE_REPORTS,
    **OF_PARTNERS,
    **OF_PHONE_TESTS,
    **OF_THE_LOG,
    **OF_LEARNED,
    **OF_OTHERS,
    **OF_SCORES,
    **OF_WHAT_IS_OWED,
    **OF_STAFF,
    **OF_STATISTICS,
    **OF_CASES,
    **OF_CHALLENGES,
    **OF_ACCOUNTS,
}
