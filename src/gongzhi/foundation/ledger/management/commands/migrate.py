"""Django's ``migrate``, permitted to write: it rebuilds tables and carries their rows over."""

from __future__ import annotations

from typing import Any

from django.core.management.commands.migrate import Command as Migrate

from gongzhi.foundation.ledger import guard


class Command(Migrate):
    """Bring the database to the shape that this version needs."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate under the guard's permission."""
        with guard.permitted():
            super().handle(*args, **options)
