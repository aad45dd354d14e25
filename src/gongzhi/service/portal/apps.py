from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "gongzhi.service.portal"
    label = "portal"
