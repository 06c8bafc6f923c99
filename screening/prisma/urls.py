"""Addresses of the PRISMA flow."""

from django.urls import path

from screening.prisma import views

urlpatterns = [
    path("prisma/", views.prisma, name="prisma"),
    path("prisma/columns/", views.prisma_columns, name="prisma_columns"),
    path("prisma/columns/<slug:kind>/", views.prisma_columns_file, name="prisma_columns_file"),
    path("prisma/records/", views.prisma_box, name="prisma_box"),
    path("prisma/download/<slug:kind>/", views.prisma_file, name="prisma_file"),
]
