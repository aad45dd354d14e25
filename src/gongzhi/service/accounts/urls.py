"""Addresses of accounts."""

from django.urls import path

from gongzhi.service.accounts import views

app_name = "accounts"
urlpatterns = [
    path("", views.mine, name="mine"),
    path("sign-in/", views.sign_in, name="sign_in"),
    path("sign-in/code/", views.code, name="code"),
    path("sign-out/", views.sign_out, name="sign_out"),
    path("post/", views.switch, name="switch"),
    path("password/", views.password, name="password"),
    path("people/", views.people, name="people"),
    path("second-factor/", views.second_factor, name="second_factor"),
]
