"""Addresses of extraction and synthesis, below ``/r/<slug>/`` of a review, step by step."""

from django.urls import URLPattern, URLResolver, include, path

steps: list[URLPattern | URLResolver] = [
    path("", include("extraction.tables.urls")),
    path("", include("extraction.entries.urls")),
    path("", include("extraction.consensus.urls")),
    path("", include("extraction.appraisal.urls")),
    path("", include("extraction.coding.urls")),
    path("", include("extraction.synthesis.urls")),
    path("", include("extraction.exports.urls")),
]

urlpatterns = [path("r/<slug:slug>/", include(steps))]
