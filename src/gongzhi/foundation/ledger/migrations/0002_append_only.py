"""Triggers: entries wait for a position as soon as they exist, and what is proved never changes."""

from importlib import import_module

from django.db import migrations

_whole = import_module("gongzhi.foundation.ledger.migrations.0001_squashed_0003_edition")


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]
    operations = [migrations.RunPython(_whole.create_triggers)]
