"""Addresses of publications, below `/r/<slug>/`; `published` is the one that needs no account."""

from django.urls import path

from screening.publishing import views

urlpatterns = [
    path("publications/", views.publications, name="publications"),
    path("publications/new/", views.publication_new, name="publication_new"),
    path("publications/<int:publication_id>/revoke/", views.publication_revoke, name="publication_revoke"),
]
