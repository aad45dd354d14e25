from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PartiesConfig(AppConfig):
    name = "gongzhi.foundation.parties"
    label = "parties"
    verbose_name = _("Parties")

    def ready(self) -> None:
        from gongzhi.foundation.parties import reach

        reach.install()
