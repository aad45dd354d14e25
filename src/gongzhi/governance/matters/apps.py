from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MattersConfig(AppConfig):
    name = "gongzhi.governance.matters"
    label = "matters"
    verbose_name = _("Matters")

    def ready(self) -> None:
        from gongzhi.governance.matters import cited

        cited.declare_all()
