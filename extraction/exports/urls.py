"""The address of the file of every value, below `/r/<slug>/`."""

from django.urls import path

from extraction.exports import views

urlpatterns = [path("extraction/values.<slug:ending>", views.extraction_file, name="extraction_file")]
