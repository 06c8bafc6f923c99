"""Django's entry for the site itself: its commands and template tags."""

from django.apps import AppConfig


class ReviewappConfig(AppConfig):
    name = "reviewapp"
    label = "site"
    default_auto_field = "django.db.models.BigAutoField"
