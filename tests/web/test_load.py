"""A run becomes one draft of a publication, whoever loads it."""

import copy

from merata.web import load
from merata.web.models import Publication


def test_a_run_that_two_load_at_the_same_moment_is_one_draft(published):
    """Both have looked whether it is there, and read it; the later one finds that of the earlier."""
    mine = copy.copy(published)
    mine.pk, mine.number = None, 2
    assert load._keep(load._Read(mine, [], [], [])) == published
    mine.run_id = "fedcba9876"
    assert load._keep(load._Read(mine, [], [], [])).run_id == "fedcba9876"
    assert Publication.objects.count() == 2
