"""The room's registration with Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DesignConfig(AppConfig):
    """Look, manner and shared components."""

    name = "gongzhi.service.design"
    label = "design"
    verbose_name = _("Look and manner")
