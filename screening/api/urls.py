"""Addresses of the API, its description, and the page of one's tokens. None of them is below a review's address."""

from django.contrib.auth.decorators import login_not_required
from django.urls import URLPattern, URLResolver, include, path, re_path

from screening.api import views
from screening.api.site import api

# "api-root" is the library's own, for pages of its own that are off.
operations = [one for one in api.urls[0] if getattr(one, "name", "") != "api-root"]
for operation in operations:
    # A token is the sign-in here, so the pages' sign-in is not asked for: `access.Token` stands before each operation.
    if isinstance(operation, URLPattern):
        operation.callback = login_not_required(views.told(operation.callback))

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/", views.api_reference, name="api_reference"),
    path("api/v1/openapi.json", views.api_description, name="api_description"),
    path("api/v1/", include((operations, "api"))),
    re_path(r"^api/v1/", views.api_nowhere, name="api_nowhere"),
    path("account/tokens/", views.api_tokens, name="api_tokens"),
    path("account/tokens/<int:token_id>/revoke/", views.api_token_revoke, name="api_token_revoke"),
]
