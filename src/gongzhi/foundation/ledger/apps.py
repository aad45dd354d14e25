from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class LedgerConfig(AppConfig):
    name = "gongzhi.foundation.ledger"
    label = "ledger"
    verbose_name = _("Ledger")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from gongzhi.foundation.ledger import guard

        guard.install()
        # The registries of acts, rules and consumers are complete from the first moment on.
        autodiscover_modules("acts", "rules", "consumers")
