"""Addresses of the reviews: a new one, and everything of one below ``/r/<slug>/``, step by step."""

from django.urls import URLPattern, URLResolver, include, path

from screening.home import views as home
from screening.protocol.views import review_new
from screening.publishing.views import published

# In the order of the steps, but for screening: every vote asks for it, and each pattern before it is tried in vain.
steps: list[URLPattern | URLResolver] = [
    path("", include("screening.decisions.urls")),
    path("", home.review_home, name="review_home"),
    path("", include("screening.reviews.urls")),
    path("", include("screening.protocol.urls")),
    path("", include("screening.searches.urls")),
    path("", include("screening.records.urls")),
    path("", include("screening.imports.urls")),
    path("", include("screening.dedupe.urls")),
    path("", include("screening.conflicts.urls")),
    path("", include("screening.letters.urls")),
    path("", include("screening.amendments.urls")),
    path("", include("screening.fulltexts.urls")),
    path("", include("screening.takeovers.urls")),
    path("", include("screening.studies.urls")),
    path("", include("screening.prisma.urls")),
    path("", include("screening.history.urls")),
    path("", include("screening.exports.urls")),
    path("", include("screening.manuscript.urls")),
    path("", include("screening.archive.urls")),
    path("", include("screening.publishing.urls")),
    path("", include("screening.progress.urls")),
]

urlpatterns = [
    path("reviews/new/", review_new, name="review_new"),
    path("r/<slug:slug>/", include(steps)),
    path("published/<str:token>/", published, name="published"),
    path("", include("screening.api.urls")),
]
