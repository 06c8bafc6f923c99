"""Addresses of conflicts and rulings."""

from django.urls import path

from screening.conflicts import views

urlpatterns = [
    path("conflicts/", views.conflicts, name="conflicts"),
    path("conflicts/<int:item_id>/", views.conflict, name="conflict"),
    path("conflicts/<int:item_id>/comment/", views.conflict_comment, name="conflict_comment"),
    path("conflicts/<int:item_id>/position/", views.conflict_position, name="conflict_position"),
    path("conflicts/<int:item_id>/escalate/", views.conflict_escalate, name="conflict_escalate"),
    path("conflicts/<int:item_id>/take-back/", views.conflict_take_back, name="conflict_take_back"),
    path("conflicts/<int:item_id>/read/", views.conflict_read, name="conflict_read"),
    path("conflicts/<int:item_id>/reason/", views.conflict_reason, name="conflict_reason"),
    path("rulings/", views.rulings, name="rulings"),
    path("rulings/<int:item_id>/", views.ruling, name="ruling"),
    path("rulings/<int:item_id>/read/", views.ruling_read, name="ruling_read"),
    path("rulings/<int:item_id>/later/", views.ruling_later, name="ruling_later"),
    path("rulings/<int:item_id>/give/", views.ruling_give, name="ruling_give"),
]
