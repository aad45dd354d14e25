from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('matters', '0007_parts_by_body'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='callback',
            name='call_back_once',
        ),
        migrations.AddConstraint(
            model_name='callback',
            constraint=models.UniqueConstraint(fields=('submission', 'matter', 'round'), name='call_back_once'),
        ),
        migrations.RemoveConstraint(
            model_name='rating',
            name='rating_once',
        ),
        migrations.AddConstraint(
            model_name='rating',
            constraint=models.UniqueConstraint(fields=('submission', 'matter', 'round'), name='rating_once'),
        ),
    ]
