"""The site's tables: what the models say is what the migrations make."""

from django.core.management import call_command


def test_no_change_of_a_model_lacks_its_migration(db, settings):
    settings.MIGRATION_MODULES = {}  # the tests' own tables are made without them
    call_command("makemigrations", "web", check=True, dry_run=True, verbosity=0)
