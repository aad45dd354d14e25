from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "gongzhi.service.accounts"
    label = "accounts"
