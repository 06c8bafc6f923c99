"""Addresses of imports, below `/r/<slug>/`."""

from django.urls import path

from screening.imports import views

urlpatterns = [
    path("searches/<int:number>/upload/", views.upload, name="imports_upload"),
    path("searches/<int:number>/describe/", views.describe, name="imports_describe"),
    path("searches/<int:number>/forget/", views.forget_file, name="imports_forget"),
    path("records/<int:number>/title/", views.title, name="record_title"),
    path("imports/<int:import_id>/", views.report, name="import_report"),
    path("imports/<int:import_id>/rejected.csv", views.rejected_csv, name="import_rejected"),
    path("imports/<int:import_id>/rejected/settle/", views.settle_rows, name="import_rejected_settle"),
    path("imports/<int:import_id>/encoding/", views.encoding, name="import_encoding"),
    path("imports/<int:import_id>/columns/", views.columns, name="import_columns"),
    path("imports/<int:import_id>/accept/", views.accept, name="import_accept"),
    path("imports/<int:import_id>/again/", views.again, name="import_again"),
    path("imports/<int:import_id>/cancel/", views.cancel, name="import_cancel"),
    path("imports/<int:import_id>/edit/", views.edit, name="import_edit"),
    path("imports/<int:import_id>/undo/", views.undo, name="import_undo"),
    path("imports/<int:import_id>/restore/", views.restore, name="import_restore"),
]
