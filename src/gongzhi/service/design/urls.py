"""Addresses of the design room."""

from django.urls import path

from gongzhi.service.design import views

app_name = "design"
urlpatterns = [
    path("", views.gallery, name="gallery"),
    path("language/", views.choose_language, name="language"),
    path("type/", views.choose_type, name="type"),
    path("parts/", views.third_parties, name="third_parties"),
]
