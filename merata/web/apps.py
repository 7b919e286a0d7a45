"""The web room as Django knows it."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """One application: all of the site's tables are of one house."""

    name = "merata.web"
    label = "web"
    verbose_name = "Merata"

    def ready(self) -> None:
        """Listen to what matters for security."""
        import merata.web.security
        import merata.web.sessions  # noqa: F401
