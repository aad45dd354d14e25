"""What the migrations it replaces come to, for databases that have none of them yet."""

import django.db.models.deletion
import django.db.models.functions.text
import gongzhi.foundation.ledger.identity
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [
        ('parties', '0001_initial'),
        ('parties', '0002_telephone'),
    ]

    initial = True

    dependencies = [
        ('regions', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Role',
            fields=[
                ('id', models.UUIDField(default=gongzhi.foundation.ledger.identity.uuid7, editable=False, primary_key=True, serialize=False)),
                ('code', models.CharField(max_length=40, unique=True)),
                ('name', models.JSONField()),
                ('grants', models.JSONField()),
            ],
        ),
        migrations.CreateModel(
            name='Organisation',
            fields=[
                ('id', models.UUIDField(default=gongzhi.foundation.ledger.identity.uuid7, editable=False, primary_key=True, serialize=False)),
                ('code', models.CharField(max_length=60, unique=True)),
                ('name', models.JSONField()),
                ('aliases', models.JSONField(default=list)),
                ('kind', models.CharField(choices=[('government', 'government body'), ('judicial', 'judicial body'), ('party', 'Party organisation'), ('platform', 'platform company'), ('enterprise', 'enterprise'), ('social', 'social organisation'), ('committee', 'self-governing committee'), ('community', 'online community')], max_length=12)),
                ('functions', models.JSONField(default=list)),
                ('phone', models.CharField(blank=True, max_length=30)),
                ('invented', models.BooleanField(default=False)),
                ('dissolved', models.DateTimeField(null=True)),
                ('region', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='regions.region')),
                ('superior', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organisation')),
            ],
        ),
        migrations.CreateModel(
            name='Person',
            fields=[
                ('id', models.UUIDField(default=gongzhi.foundation.ledger.identity.uuid7, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(blank=True, max_length=100)),
                ('phone', models.CharField(blank=True, max_length=30)),
                ('email', models.EmailField(blank=True, max_length=254)),
                ('invented', models.BooleanField(default=False)),
                ('erased', models.DateTimeField(null=True)),
                ('home', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='regions.region')),
            ],
            options={
                'indexes': [models.Index(django.db.models.functions.text.Replace(django.db.models.functions.text.Replace(django.db.models.functions.text.Replace(django.db.models.functions.text.Replace(django.db.models.functions.text.Replace(django.db.models.functions.text.Replace(django.db.models.functions.text.Replace(models.F('phone'), models.Value(' ')), models.Value('(')), models.Value(')')), models.Value('/')), models.Value('.')), models.Value('+')), models.Value('-')), condition=models.Q(('phone', ''), _negated=True), name='person_digits')],
            },
        ),
        migrations.CreateModel(
            name='Post',
            fields=[
                ('id', models.UUIDField(default=gongzhi.foundation.ledger.identity.uuid7, editable=False, primary_key=True, serialize=False)),
                ('title', models.JSONField()),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organisation')),
                ('role', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.role')),
            ],
        ),
        migrations.CreateModel(
            name='Appointment',
            fields=[
                ('id', models.UUIDField(default=gongzhi.foundation.ledger.identity.uuid7, editable=False, primary_key=True, serialize=False)),
                ('regions', models.JSONField(default=list)),
                ('grids', models.JSONField(default=list)),
                ('since', models.DateTimeField()),
                ('until', models.DateTimeField(null=True)),
                ('area', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='regions.cooperationarea')),
                ('deputy_for', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.appointment')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.person')),
                ('post', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.post')),
            ],
            options={
                'indexes': [models.Index(fields=['person', 'until'], name='appointment_person')],
            },
        ),
        migrations.CreateModel(
            name='Charge',
            fields=[
                ('id', models.UUIDField(default=gongzhi.foundation.ledger.identity.uuid7, editable=False, primary_key=True, serialize=False)),
                ('function', models.CharField(max_length=40)),
                ('region', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='regions.region')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organisation')),
            ],
            options={
                'indexes': [models.Index(fields=['function', 'region'], name='charge_where')],
                'constraints': [models.UniqueConstraint(fields=('organisation', 'function', 'region'), name='charge_once')],
            },
        ),
    ]
