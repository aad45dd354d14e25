"""What the migrations it replaces come to, for databases that have none of them yet."""

import django.db.models.deletion
import gongzhi.foundation.ledger.identity
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [
        ('rulebooks', '0001_initial'),
        ('rulebooks', '0002_states_and_joint_rules'),
        ('rulebooks', '0003_delete_edition'),
    ]

    initial = True

    dependencies = [
        ('regions', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Alignment',
            fields=[
                ('id', models.UUIDField(default=gongzhi.foundation.ledger.identity.uuid7, editable=False, primary_key=True, serialize=False)),
                ('subject', models.CharField(max_length=60)),
                ('reason', models.CharField(max_length=500)),
                ('proposed_at', models.DateTimeField()),
                ('in_force_from', models.DateTimeField(null=True)),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='regions.cooperationarea')),
            ],
        ),
        migrations.CreateModel(
            name='Law',
            fields=[
                ('id', models.UUIDField(default=gongzhi.foundation.ledger.identity.uuid7, editable=False, primary_key=True, serialize=False)),
                ('title', models.CharField(max_length=200)),
                ('article', models.CharField(blank=True, default='', max_length=60)),
                ('change', models.CharField(choices=[('amended', 'amended'), ('repealed', 'repealed')], max_length=8)),
                ('changed_on', models.DateField()),
                ('link', models.CharField(blank=True, default='', max_length=300)),
                ('note', models.CharField(blank=True, default='', max_length=500)),
                ('region', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='regions.region')),
            ],
        ),
        migrations.CreateModel(
            name='RuleSet',
            fields=[
                ('id', models.UUIDField(default=gongzhi.foundation.ledger.identity.uuid7, editable=False, primary_key=True, serialize=False)),
                ('name', models.JSONField()),
                ('area', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='regions.cooperationarea')),
                ('region', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='regions.region')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('area__isnull', True), ('region__isnull', False)), models.Q(('area__isnull', False), ('region__isnull', True)), _connector='OR'), name='rule_set_of_one')],
            },
        ),
        migrations.CreateModel(
            name='Rule',
            fields=[
                ('id', models.UUIDField(default=gongzhi.foundation.ledger.identity.uuid7, editable=False, primary_key=True, serialize=False)),
                ('subject', models.CharField(max_length=60)),
                ('kind', models.CharField(choices=[('binding', 'binding rule'), ('informal', 'informal arrangement')], default='binding', max_length=8)),
                ('title', models.JSONField(default=dict)),
                ('rule_set', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rulebooks.ruleset')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('rule_set', 'subject', 'kind'), name='rule_once')],
            },
        ),
        migrations.CreateModel(
            name='Version',
            fields=[
                ('id', models.UUIDField(default=gongzhi.foundation.ledger.identity.uuid7, editable=False, primary_key=True, serialize=False)),
                ('number', models.IntegerField()),
                ('state', models.CharField(choices=[('draft', 'draft'), ('verified', 'verified'), ('reviewed', 'reviewed'), ('approved', 'approved'), ('proposed', 'proposed to the members'), ('withdrawn', 'withdrawn')], default='draft', max_length=9)),
                ('ending', models.CharField(blank=True, choices=[('superseded', 'superseded'), ('corrected', 'corrected'), ('lapsed', 'lapsed'), ('repealed', 'repealed')], default='', max_length=10)),
                ('table', models.TextField()),
                ('digest', models.CharField(db_index=True, max_length=64)),
                ('effective_from', models.DateTimeField()),
                ('effective_until', models.DateTimeField(null=True)),
                ('recorded_from', models.DateTimeField()),
                ('recorded_until', models.DateTimeField(null=True)),
                ('refinable', models.BooleanField(default=True)),
                ('reason', models.CharField(blank=True, default='', max_length=500)),
                ('authors', models.JSONField(default=list)),
                ('reviewer', models.UUIDField(null=True)),
                ('approver', models.UUIDField(null=True)),
                ('review_on', models.DateField(null=True)),
                ('filing_number', models.CharField(blank=True, default='', max_length=60)),
                ('filed_on', models.DateField(null=True)),
                ('alignment', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rulebooks.alignment')),
                ('corrects', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rulebooks.version')),
                ('rule', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rulebooks.rule')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('rule', 'number'), name='version_once'), models.CheckConstraint(condition=models.Q(('effective_until', None), ('effective_until__gt', models.F('effective_from')), _connector='OR'), name='version_effective')],
            },
        ),
        migrations.CreateModel(
            name='Force',
            fields=[
                ('id', models.UUIDField(default=gongzhi.foundation.ledger.identity.uuid7, editable=False, primary_key=True, serialize=False)),
                ('effective_from', models.DateTimeField()),
                ('effective_until', models.DateTimeField(null=True)),
                ('recorded_from', models.DateTimeField()),
                ('recorded_until', models.DateTimeField(null=True)),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rulebooks.version')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('effective_until', None), ('effective_until__gt', models.F('effective_from')), _connector='OR'), name='force_effective')],
            },
        ),
        migrations.CreateModel(
            name='Adoption',
            fields=[
                ('id', models.UUIDField(default=gongzhi.foundation.ledger.identity.uuid7, editable=False, primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
                ('region', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='regions.region')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rulebooks.version')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('version', 'region'), name='adopted_once')],
            },
        ),
        migrations.CreateModel(
            name='Accepted',
            fields=[
                ('id', models.UUIDField(default=gongzhi.foundation.ledger.identity.uuid7, editable=False, primary_key=True, serialize=False)),
                ('digest', models.CharField(max_length=64)),
                ('finding', models.CharField(max_length=16)),
                ('by', models.UUIDField()),
                ('reason', models.CharField(max_length=500)),
                ('at', models.DateTimeField()),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rulebooks.version')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('version', 'digest', 'finding'), name='accepted_once')],
            },
        ),
    ]
