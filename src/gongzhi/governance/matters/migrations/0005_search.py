"""PostgreSQL: an index over every two characters that stand together in titles and submissions, and over each."""

from importlib import import_module

from django.db import migrations

_whole = import_module("gongzhi.governance.matters.migrations.0001_squashed_0010_things_and_photos")


class Migration(migrations.Migration):
    dependencies = [("matters", "0004_knowledge")]
    operations = [_whole.index_what_is_said]
