from django.apps import AppConfig


class CockpitConfig(AppConfig):
    name = "gongzhi.service.cockpit"
    label = "cockpit"
