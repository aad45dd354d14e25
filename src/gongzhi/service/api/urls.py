"""Addresses of the API. Pages use `api:file` too."""

from __future__ import annotations

from django.urls import path

from gongzhi.service.api.application import api
from gongzhi.service.api.problems import not_found
from gongzhi.service.design.files import served

app_name = "api"
urlpatterns = [
    path("files/<uuid:key>", served, name="file"),
    path("v1/", api.urls),
    path("<path:rest>", not_found),
]
