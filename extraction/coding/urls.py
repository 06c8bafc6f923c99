"""Addresses of coding."""

from django.urls import path

from extraction.coding import compare_views, study_views, views

urlpatterns = [
    path("coding/", study_views.coding, name="coding"),
    path("coding/studies/<int:study_id>/", study_views.coding_study, name="coding_study"),
    path("coding/studies/<int:study_id>/texts/", study_views.coding_text_new, name="coding_text_new"),
    path("coding/studies/<int:study_id>/compare/", compare_views.coding_compare, name="coding_compare"),
    path("coding/studies/<int:study_id>/settle/", compare_views.coding_settle, name="coding_settle"),
    path("coding/studies/<int:study_id>/unsettle/", compare_views.coding_unsettle, name="coding_unsettle"),
    path("coding/studies/<int:study_id>/reopen/", compare_views.coding_reopen, name="coding_reopen"),
    path("coding/studies/<int:study_id>/hand-over/", study_views.coding_hand_over, name="coding_hand_over"),
    path("coding/studies/<int:study_id>/pages/", study_views.coding_text_pages, name="coding_text_pages"),
    path("coding/studies/<int:study_id>/<slug:act>/", study_views.coding_turn, name="coding_turn"),
    path("coding/texts/<int:source_id>/", study_views.coding_text, name="coding_text"),
    path("coding/texts/<int:source_id>/mark/", study_views.coding_mark, name="coding_mark"),
    path("coding/texts/<int:source_id>/aside/", study_views.coding_text_aside, name="coding_text_aside"),
    path("codebook/", views.codebook, name="codebook"),
    path("codebook/new/", views.codebook_new, name="codebook_new"),
    path("codebook/mode/", views.codebook_mode, name="codebook_mode"),
    path("codebook/freeze/", views.codebook_freeze, name="codebook_freeze"),
    path("codebook/import/", views.codebook_import, name="codebook_import"),
    path("codebook/sets/", views.codebook_sets, name="codebook_sets"),
    path("codebook/versions/<int:number>/", views.codebook_version, name="codebook_version"),
    path("codebook/codes/", views.code_new, name="code_new"),
    path("codebook/codes/<int:code_id>/", views.code, name="code"),
    path("codebook/codes/<int:code_id>/<slug:act>/", views.code_act, name="code_act"),
    path("codebook/changes/<int:change_id>/undo/", views.code_undo, name="code_undo"),
    path("codebook/file.<slug:ending>", views.codebook_file, name="codebook_file"),
]
