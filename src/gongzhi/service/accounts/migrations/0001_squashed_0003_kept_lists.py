"""What the migrations it replaces come to, for databases that have none of them yet."""

import django.db.models.deletion
import gongzhi.foundation.ledger.identity
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [
        ('accounts', '0001_initial'),
        ('accounts', '0002_recovery_codes'),
        ('accounts', '0003_kept_lists'),
    ]

    initial = True

    dependencies = [
        ('parties', '0002_telephone'),
    ]

    operations = [
        migrations.CreateModel(
            name='Account',
            fields=[
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('id', models.UUIDField(default=gongzhi.foundation.ledger.identity.uuid7, editable=False, primary_key=True, serialize=False)),
                ('username', models.CharField(max_length=60, unique=True)),
                ('totp_secret', models.CharField(blank=True, max_length=200)),
                ('totp_last_step', models.BigIntegerField(default=0)),
                ('recovery_codes', models.JSONField(default=list)),
                ('lists', models.JSONField(default=list)),
                ('is_active', models.BooleanField(default=True)),
                ('opened_at', models.DateTimeField()),
                ('person', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.person')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Failure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name_hash', models.CharField(max_length=64)),
                ('address_hash', models.CharField(max_length=64)),
                ('at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(fields=['name_hash', 'at'], name='failure_name'), models.Index(fields=['address_hash', 'at'], name='failure_address')],
            },
        ),
    ]
