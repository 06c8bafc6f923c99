"""The site: settings, addresses, accounts, the worker, and the command line."""

from reviewapp.celery import app as celery_app

__all__ = ["celery_app"]
