from django.apps import AppConfig


class CommandsConfig(AppConfig):
    name = "gongzhi.service.commands"
    label = "commands"
