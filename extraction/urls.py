"""Addresses of extraction and synthesis, below ``/r/<slug>/`` of a review, step by step."""

from django.urls import URLPattern, URLResolver, include, path

steps: list[URLPattern | URLResolver] = []

urlpatterns = [path("r/<slug:slug>/", include(steps))]
