"""Django's entry for extraction."""

from django.apps import AppConfig


class ExtractionConfig(AppConfig):
    name = "extraction"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Join the worker's list of jobs, once every model is known."""
        from extraction.tasks import join

        join()
