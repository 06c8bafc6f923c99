"""Addresses of searches, below `/r/<slug>/`."""

from django.urls import path

from screening.searches import views

urlpatterns = [
    path("searches/", views.searches, name="searches"),
    path("searches/new/", views.search_new, name="search_new"),
    path("searches/<int:number>/edit/", views.search_edit, name="search_edit"),
    path("searches/<int:number>/remove/", views.search_remove, name="search_remove"),
]
