from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('matters', '0006_what_cannot_be_done'),
        ('parties', '0002_telephone'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='part',
            name='part_organisation',
        ),
        migrations.AddIndex(
            model_name='part',
            index=models.Index(fields=['organisation', 'matter', 'released_at'], name='part_held'),
        ),
    ]
