"""Addresses of what a reviewer keeps for herself."""

from django.urls import path

from screening.decisions.own import views

urlpatterns = [
    path("words/", views.words, name="words"),
    path("words/review/", views.words_review, name="words_review"),
    path("words/own/", views.words_own, name="words_own"),
    path("words/view/", views.words_view, name="words_view"),
    path("screening/mine/", views.my_records, name="my_records"),
    path("screening/time/", views.my_time, name="my_time"),
    path("screening/<int:number>/highlights/", views.screening_highlights, name="screening_highlights"),
    path("screening/<int:number>/tags/", views.screening_tags, name="screening_tags"),
]
