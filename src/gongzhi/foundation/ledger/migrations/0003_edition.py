"""One row tells whether anything has changed that seldom does."""

from importlib import import_module

from django.db import migrations, models

_whole = import_module("gongzhi.foundation.ledger.migrations.0001_squashed_0003_edition")


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0002_append_only'),
    ]

    operations = [
        migrations.CreateModel(
            name='Edition',
            fields=[
                ('id', models.SmallIntegerField(primary_key=True, serialize=False)),
                ('token', models.UUIDField()),
            ],
        ),
        migrations.RunPython(_whole.begin, migrations.RunPython.noop),
    ]
