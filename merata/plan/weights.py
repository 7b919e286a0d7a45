"""How much places count beside each other, before people, chance and what they have now."""

from __future__ import annotations

from merata.region.settings import Settings

#: The kind of a facility with which a village starts, and that of a settlement.
OFFICE = "village office"
PEOPLE = "people"
#: How many times a place with no service at all counts beside one whose service is too weak.
UNSERVED = 3.0
#: What a facility counts that is neither office nor school nor health post.
OTHER_WEIGHT = 1.0


def kind_weight(kind: str, settings: Settings) -> float:
    """How much a facility of a kind counts."""
    plan = settings.plan
    known = {
        OFFICE: plan.office_weight,
        "district office": plan.office_weight,
        "school": plan.school_weight,
        "health post": plan.health_post_weight,
    }
    return known.get(kind, OTHER_WEIGHT)
