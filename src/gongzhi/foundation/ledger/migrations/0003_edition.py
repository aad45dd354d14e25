"""One row tells whether anything has changed that seldom does."""

from django.db import migrations, models

from gongzhi.foundation.ledger import guard
from gongzhi.foundation.ledger.identity import uuid7


def begin(apps, schema_editor):
    with guard.permitted():
        apps.get_model("ledger", "Edition").objects.create(pk=1, token=uuid7())


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
        migrations.RunPython(begin, migrations.RunPython.noop),
    ]
