from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("matters", "0005_search")]

    operations = [
        migrations.AddField(
            model_name="task", name="possible", field=models.BooleanField(default=True)
        ),
    ]
