"""Whether what is in force has changed is told by the ledger's edition."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0003_edition'),
        ('rulebooks', '0002_states_and_joint_rules'),
    ]

    operations = [
        migrations.DeleteModel(
            name='Edition',
        ),
    ]
