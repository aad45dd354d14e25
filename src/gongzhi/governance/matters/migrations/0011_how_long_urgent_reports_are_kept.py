from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('matters', '0010_things_and_photos'),
    ]

    operations = [
        migrations.AddField(
            model_name='urgent',
            name='keep_until',
            field=models.DateField(null=True),
        ),
        migrations.AddIndex(
            model_name='urgent',
            index=models.Index(condition=models.Q(('keep_until', None), _negated=True), fields=['keep_until'], name='urgent_kept'),
        ),
    ]
