"""Addresses of the appraisal."""

from django.urls import path

from extraction.appraisal import views

urlpatterns = [
    path("appraisal/", views.appraisal, name="appraisal"),
    path("appraisal/new/", views.appraisal_new, name="appraisal_new"),
    path("appraisal/<int:form_id>/file.<slug:ending>", views.appraisal_file, name="appraisal_file"),
]
