"""Addresses of the cockpit."""

from django.urls import path

from gongzhi.service.cockpit import views

app_name = "cockpit"
urlpatterns = [
    path("", views.today, name="today"),
    path("loop/", views.loop, name="loop"),
    path("loop/<str:place>/", views.loop, name="loop_of"),
    path("area/<str:code>/", views.area, name="area"),
    path("<str:code>/", views.region, name="region"),
    path("<str:place>/<slug:name>/", views.behind, name="behind"),
]
