from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "gongzhi.service.desk"
    label = "desk"
