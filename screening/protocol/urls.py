"""Addresses of the protocol, below ``/r/<slug>/``."""

from django.urls import path

from screening.protocol import views

urlpatterns = [
    path("protocol/", views.protocol, name="protocol"),
    path("protocol/<int:number>/", views.protocol_version, name="protocol_version"),
    path("protocol/preset/", views.protocol_preset, name="protocol_preset"),
    path("protocol/rules/", views.protocol_rules, name="protocol_rules"),
    path("protocol/freeze/", views.protocol_freeze, name="protocol_freeze"),
    path("protocol/amend/", views.protocol_amend, name="protocol_amend"),
    path("protocol/discard/", views.protocol_discard, name="protocol_discard"),
    path("protocol/criteria/add/", views.criterion_add, name="protocol_criterion_add"),
    path("protocol/criteria/<int:pk>/", views.criterion_edit, name="protocol_criterion"),
    path("protocol/criteria/<int:pk>/move/", views.criterion_move, name="protocol_criterion_move"),
    path("protocol/criteria/<int:pk>/delete/", views.criterion_delete, name="protocol_criterion_delete"),
]
