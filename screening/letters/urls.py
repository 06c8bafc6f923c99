"""Addresses about letters."""

from django.urls import path

from screening.letters import views

urlpatterns = [path("letters/", views.my_letters, name="my_letters")]
