from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "gongzhi.service.api"
    label = "api"
