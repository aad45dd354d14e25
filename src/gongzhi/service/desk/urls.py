"""Addresses of the desk."""

from django.urls import path

from gongzhi.service.desk import views

app_name = "desk"
urlpatterns = [
    path("", views.mine, name="mine"),
    path("list/<slug:tab>/", views.mine, name="list"),
    path("list/<slug:tab>/table.csv", views.export, name="export"),
    path("together/", views.together, name="together"),
    path("take-in/", views.take_in, name="take_in"),
    path("matter/<uuid:key>/", views.matter, name="matter"),
    path("matter/<uuid:key>/<slug:name>/", views.do, name="do"),
    path("matter/<uuid:key>/proof/<int:entry>/", views.proof, name="proof"),
]
