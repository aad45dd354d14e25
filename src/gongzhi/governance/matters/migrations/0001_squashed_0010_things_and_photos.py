"""What the migrations it replaces come to, for databases that have none of them yet."""

import django.db.models.deletion
import gongzhi.foundation.ledger.identity
from django.db import migrations, models

_DONE = (
    """
    CREATE FUNCTION matters_pairs(said text) RETURNS text[] LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
    DECLARE
      letters text[] := string_to_array(upper(said), NULL);
      found text[] := letters;
      before text := '';
      letter text;
    BEGIN
      FOREACH letter IN ARRAY letters LOOP
        found := found || (before || letter);
        before := letter;
      END LOOP;
      RETURN found;
    END $$
    """,
    "CREATE INDEX matter_said ON matters_matter USING gin (matters_pairs(title))",
    "CREATE INDEX submission_said ON matters_submission USING gin (matters_pairs(text))",
    # So that what is rare is known to be rare: otherwise the newest are read through in search of it.
    "ALTER INDEX matter_said ALTER COLUMN 1 SET STATISTICS 500",
    "ALTER INDEX submission_said ALTER COLUMN 1 SET STATISTICS 500",
    "ANALYZE matters_matter",
    "ANALYZE matters_submission",
)
_UNDONE = (
    "DROP INDEX submission_said",
    "DROP INDEX matter_said",
    "DROP FUNCTION matters_pairs(text)",
)


def _on_postgresql(statements):
    def run(apps, editor) -> None:
        if editor.connection.vendor == "postgresql":
            for statement in statements:
                editor.execute(statement, None)

    return run


index_what_is_said = migrations.RunPython(_on_postgresql(_DONE), _on_postgresql(_UNDONE))


class Migration(migrations.Migration):

    replaces = [
        ('matters', '0001_initial'),
        ('matters', '0002_handling_together'),
        ('matters', '0003_tasks_and_accounts'),
        ('matters', '0004_knowledge'),
        ('matters', '0005_search'),
        ('matters', '0006_what_cannot_be_done'),
        ('matters', '0007_parts_by_body'),
        ('matters', '0008_said_once_of_each_matter'),
        ('matters', '0009_duty_roster_and_urgent_reports'),
        ('matters', '0010_things_and_photos'),
    ]

    initial = True

    dependencies = [
        ('files', '0001_initial'),
        ('parties', '0002_telephone'),
        ('regions', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Article',
            fields=[
                ('id', models.UUIDField(default=gongzhi.foundation.ledger.identity.uuid7, editable=False, primary_key=True, serialize=False)),
                ('readers', models.CharField(choices=[('public', 'everybody'), ('staff', 'staff only')], default='public', max_length=6)),
                ('title', models.JSONField()),
                ('text', models.JSONField()),
                ('keywords', models.JSONField(default=list)),
                ('words', models.TextField(blank=True)),
                ('number', models.SmallIntegerField(default=1)),
                ('written_at', models.DateTimeField()),
                ('reviewed_at', models.DateTimeField()),
                ('review_on', models.DateField()),
                ('expires_on', models.DateField(null=True)),
                ('reminded_at', models.DateTimeField(null=True)),
                ('retired_at', models.DateTimeField(null=True)),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organisation')),
                ('region', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='regions.region')),
            ],
            options={
                'indexes': [models.Index(fields=['region', 'retired_at'], name='article_region'), models.Index(fields=['retired_at', 'review_on'], name='article_review')],
            },
        ),
        migrations.CreateModel(
            name='Category',
            fields=[
                ('id', models.UUIDField(default=gongzhi.foundation.ledger.identity.uuid7, editable=False, primary_key=True, serialize=False)),
                ('code', models.CharField(max_length=60)),
                ('name', models.JSONField()),
                ('hint', models.JSONField(default=dict)),
                ('refer_to', models.JSONField(default=dict)),
                ('order', models.IntegerField(default=0)),
                ('retired', models.DateTimeField(null=True)),
                ('parent', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='matters.category')),
                ('region', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='regions.region')),
            ],
            options={
                'ordering': ['order', 'code'],
                'constraints': [models.UniqueConstraint(fields=('region', 'code'), name='category_once')],
            },
        ),
        migrations.CreateModel(
            name='Thing',
            fields=[
                ('id', models.UUIDField(default=gongzhi.foundation.ledger.identity.uuid7, editable=False, primary_key=True, serialize=False)),
                ('code', models.CharField(max_length=40, unique=True)),
                ('kind', models.CharField(choices=[('cover', 'cover'), ('lamp', 'lamp'), ('pole', 'pole'), ('pipe', 'pipe'), ('sign', 'sign'), ('other', 'something else')], max_length=8)),
                ('lon', models.FloatField(null=True)),
                ('lat', models.FloatField(null=True)),
                ('place', models.CharField(blank=True, max_length=200)),
                ('since', models.DateTimeField()),
                ('retired_at', models.DateTimeField(null=True)),
                ('reason', models.CharField(blank=True, max_length=300)),
                ('grid', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='regions.grid')),
                ('keeper', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organisation')),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organisation')),
                ('region', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='regions.region')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('retired_at', None)), fields=['lat', 'lon'], name='thing_point')],
            },
        ),
        migrations.CreateModel(
            name='Matter',
            fields=[
                ('id', models.UUIDField(default=gongzhi.foundation.ledger.identity.uuid7, editable=False, primary_key=True, serialize=False)),
                ('number', models.CharField(max_length=30, unique=True)),
                ('kind', models.CharField(choices=[('consult', 'ask a question'), ('help', 'ask for help'), ('complain', 'complain'), ('report', 'report wrongdoing'), ('suggest', 'suggest'), ('praise', 'praise')], max_length=10)),
                ('title', models.CharField(max_length=120)),
                ('lon', models.FloatField(null=True)),
                ('lat', models.FloatField(null=True)),
                ('state', models.CharField(choices=[('open', 'waiting to be dispatched'), ('dispatched', 'being handled'), ('answered', 'answered, to be closed'), ('closed', 'closed'), ('merged', 'handled together with another')], default='open', max_length=10)),
                ('bound', models.BooleanField(default=False)),
                ('urgency', models.CharField(choices=[('ordinary', 'ordinary'), ('urgent', 'urgent'), ('emergency', 'emergency')], default='ordinary', max_length=10)),
                ('stopped', models.CharField(blank=True, max_length=10)),
                ('outcome', models.CharField(blank=True, choices=[('answered', 'handled and answered'), ('direct', 'answered at once'), ('declined', 'not taken in'), ('withdrawn', 'withdrawn')], max_length=10)),
                ('round', models.SmallIntegerField(default=1)),
                ('returns', models.SmallIntegerField(default=0)),
                ('reopenings', models.SmallIntegerField(default=0)),
                ('failures', models.SmallIntegerField(default=0)),
                ('answered_by', models.UUIDField(null=True)),
                ('undecided', models.CharField(blank=True, max_length=300)),
                ('opened_at', models.DateTimeField()),
                ('dispatched_at', models.DateTimeField(null=True)),
                ('answered_at', models.DateTimeField(null=True)),
                ('closed_at', models.DateTimeField(null=True)),
                ('precision', models.CharField(choices=[('exact', 'exact'), ('day', 'day')], default='exact', max_length=5)),
                ('due_at', models.DateTimeField(null=True)),
                ('answer', models.TextField(blank=True)),
                ('sealed', models.BooleanField(default=False)),
                ('origin', models.CharField(default='here', max_length=10)),
                ('archived_at', models.DateTimeField(null=True)),
                ('keep_until', models.DateField(null=True)),
                ('answering', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organisation')),
                ('category', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='matters.category')),
                ('first_receiver', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organisation')),
                ('grid', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='regions.grid')),
                ('lead', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organisation')),
                ('region', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='regions.region')),
                ('thing', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='matters.thing')),
            ],
            options={
                'indexes': [models.Index(fields=['region', 'state', 'due_at'], name='matter_region'), models.Index(fields=['lead', 'state', 'due_at'], name='matter_lead'), models.Index(fields=['first_receiver', 'state'], name='matter_first'), models.Index(fields=['state', 'due_at'], name='matter_due'), models.Index(fields=['region', 'opened_at'], name='matter_opened'), models.Index(fields=['opened_at', 'id'], name='matter_newest')],
            },
        ),
        migrations.CreateModel(
            name='Instruction',
            fields=[
                ('id', models.UUIDField(default=gongzhi.foundation.ledger.identity.uuid7, editable=False, primary_key=True, serialize=False)),
                ('text', models.TextField()),
                ('given_at', models.DateTimeField()),
                ('due_at', models.DateTimeField(null=True)),
                ('report', models.TextField(blank=True)),
                ('done_at', models.DateTimeField(null=True)),
                ('giver', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organisation')),
                ('to', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organisation')),
                ('matter', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='matters.matter')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Handover',
            fields=[
                ('id', models.UUIDField(default=gongzhi.foundation.ledger.identity.uuid7, editable=False, primary_key=True, serialize=False)),
                ('is_across', models.BooleanField(default=False)),
                ('step', models.CharField(choices=[('offered', 'offered'), ('returned', 'returned'), ('arbitration', 'to be arbitrated'), ('conference', 'in conference'), ('superiors', 'before the superiors'), ('accepted', 'accepted'), ('designated', 'bound by designation'), ('withdrawn', 'withdrawn')], default='offered', max_length=12)),
                ('reason', models.TextField(blank=True)),
                ('objection', models.TextField(blank=True)),
                ('rule', models.CharField(blank=True, max_length=64)),
                ('row', models.SmallIntegerField(null=True)),
                ('basis', models.CharField(blank=True, max_length=300)),
                ('offered_at', models.DateTimeField()),
                ('returned_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('arbiter', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organisation')),
                ('asked', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organisation')),
                ('designated', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organisation')),
                ('giver', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organisation')),
                ('proposed', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organisation')),
                ('matter', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='matters.matter')),
            ],
            options={
                'indexes': [models.Index(fields=['asked', 'step'], name='handover_asked'), models.Index(fields=['arbiter', 'step'], name='handover_arbiter'), models.Index(fields=['giver', 'step'], name='handover_giver')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('step__in', ['offered', 'returned', 'arbitration', 'conference', 'superiors'])), fields=('matter',), name='handover_one_live')],
            },
        ),
        migrations.CreateModel(
            name='Extension',
            fields=[
                ('id', models.UUIDField(default=gongzhi.foundation.ledger.identity.uuid7, editable=False, primary_key=True, serialize=False)),
                ('asked_by', models.UUIDField()),
                ('days', models.SmallIntegerField()),
                ('reason', models.TextField()),
                ('asked_at', models.DateTimeField()),
                ('told_at', models.DateTimeField(null=True)),
                ('decided_at', models.DateTimeField(null=True)),
                ('granted', models.BooleanField(null=True)),
                ('due_at', models.DateTimeField(null=True)),
                ('rule', models.CharField(blank=True, max_length=64)),
                ('basis', models.CharField(blank=True, max_length=300)),
                ('asker', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organisation')),
                ('matter', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='matters.matter')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Deadline',
            fields=[
                ('id', models.UUIDField(default=gongzhi.foundation.ledger.identity.uuid7, editable=False, primary_key=True, serialize=False)),
                ('clock', models.CharField(choices=[('contact', 'contact'), ('answer', 'answer'), ('interim', 'interim answer'), ('finish', 'finish'), ('take', 'take over or return'), ('arbitrate', 'decide who leads'), ('confer', 'agree in conference'), ('superior', 'answer of the superiors'), ('support', 'report of a supporting body'), ('arrive', 'arrival on the spot'), ('instruction', 'carry out an instruction'), ('verify', 'verification'), ('call_back', 'call-back'), ('urgent', 'first report to the superior')], max_length=12)),
                ('part', models.UUIDField(null=True)),
                ('due_at', models.DateTimeField()),
                ('precision', models.CharField(choices=[('exact', 'exact'), ('day', 'day')], default='exact', max_length=5)),
                ('met_at', models.DateTimeField(null=True)),
                ('void', models.BooleanField(default=False)),
                ('paused_at', models.DateTimeField(null=True)),
                ('nearly_at', models.DateTimeField(null=True)),
                ('overdue_at', models.DateTimeField(null=True)),
                ('rule', models.CharField(blank=True, max_length=64)),
                ('row', models.SmallIntegerField(null=True)),
                ('basis', models.CharField(blank=True, max_length=300)),
                ('measure', models.CharField(blank=True, max_length=30)),
                ('holder', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organisation')),
                ('matter', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='matters.matter')),
            ],
            options={
                'indexes': [models.Index(fields=['due_at'], name='deadline_due'), models.Index(condition=models.Q(('holder__isnull', False), ('met_at', None), ('overdue_at', None)), fields=['due_at'], name='deadline_ticking')],
            },
        ),
        migrations.CreateModel(
            name='Conference',
            fields=[
                ('id', models.UUIDField(default=gongzhi.foundation.ledger.identity.uuid7, editable=False, primary_key=True, serialize=False)),
                ('invited', models.JSONField(default=list)),
                ('about', models.CharField(max_length=300)),
                ('meets_at', models.DateTimeField()),
                ('minutes', models.TextField(blank=True)),
                ('minuted_at', models.DateTimeField(null=True)),
                ('convenor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organisation')),
                ('matter', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='matters.matter')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Accusal',
            fields=[
                ('id', models.UUIDField(default=gongzhi.foundation.ledger.identity.uuid7, editable=False, primary_key=True, serialize=False)),
                ('person', models.UUIDField(db_index=True, null=True)),
                ('organisation', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organisation')),
                ('matter', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='matters.matter')),
            ],
        ),
        migrations.CreateModel(
            name='AccountLine',
            fields=[
                ('id', models.UUIDField(default=gongzhi.foundation.ledger.identity.uuid7, editable=False, primary_key=True, serialize=False)),
                ('amount', models.DecimalField(decimal_places=2, max_digits=14)),
                ('what_for', models.CharField(max_length=200)),
                ('evidence', models.CharField(max_length=200)),
                ('at', models.DateTimeField()),
                ('body', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organisation')),
                ('matter', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='matters.matter')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('amount', 0), _negated=True), name='account_line_not_nothing')],
            },
        ),
        migrations.CreateModel(
            name='Merging',
            fields=[
                ('id', models.UUIDField(default=gongzhi.foundation.ledger.identity.uuid7, editable=False, primary_key=True, serialize=False)),
                ('submissions', models.JSONField(default=list)),
                ('clocks', models.JSONField(default=list)),
                ('former', models.CharField(max_length=10)),
                ('merged_at', models.DateTimeField()),
                ('undone_at', models.DateTimeField(null=True)),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='matters.matter')),
                ('target', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='matters.matter')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('undone_at', None)), fields=('source',), name='merging_one_live')],
            },
        ),
        migrations.CreateModel(
            name='Muster',
            fields=[
                ('id', models.UUIDField(default=gongzhi.foundation.ledger.identity.uuid7, editable=False, primary_key=True, serialize=False)),
                ('grounds', models.TextField()),
                ('arrive_by', models.DateTimeField()),
                ('called_at', models.DateTimeField()),
                ('conclusion', models.TextField(blank=True)),
                ('concluded_at', models.DateTimeField(null=True)),
                ('caller', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organisation')),
                ('matter', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='matters.matter')),
            ],
            options={
                'indexes': [models.Index(fields=['caller', 'called_at'], name='muster_caller')],
            },
        ),
        migrations.CreateModel(
            name='Judgement',
            fields=[
                ('id', models.UUIDField(default=gongzhi.foundation.ledger.identity.uuid7, editable=False, primary_key=True, serialize=False)),
                ('mark', models.SmallIntegerField()),
                ('text', models.TextField(blank=True)),
                ('at', models.DateTimeField()),
                ('judge', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organisation')),
                ('judged', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organisation')),
                ('muster', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='matters.muster')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('muster', 'judge', 'judged'), name='judgement_once'), models.CheckConstraint(condition=models.Q(('mark__gte', 1), ('mark__lte', 5)), name='judgement_mark')],
            },
        ),
        migrations.CreateModel(
            name='Opinion',
            fields=[
                ('id', models.UUIDField(default=gongzhi.foundation.ledger.identity.uuid7, editable=False, primary_key=True, serialize=False)),
                ('reason', models.TextField(blank=True)),
                ('at', models.DateTimeField(null=True)),
                ('handover', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='matters.handover')),
                ('names', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organisation')),
                ('superior', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organisation')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('handover', 'superior'), name='opinion_once')],
            },
        ),
        migrations.CreateModel(
            name='Part',
            fields=[
                ('id', models.UUIDField(default=gongzhi.foundation.ledger.identity.uuid7, editable=False, primary_key=True, serialize=False)),
                ('role', models.CharField(choices=[('first_receiver', 'first receiver'), ('lead', 'lead'), ('support', 'support'), ('asked', 'asked to take over'), ('arbiter', 'asked to decide who leads'), ('watcher', 'watches until it is done')], max_length=14)),
                ('since', models.DateTimeField()),
                ('task', models.CharField(blank=True, max_length=500)),
                ('due_at', models.DateTimeField(null=True)),
                ('arrived_at', models.DateTimeField(null=True)),
                ('reported_at', models.DateTimeField(null=True)),
                ('report', models.TextField(blank=True)),
                ('released_at', models.DateTimeField(null=True)),
                ('muster', models.UUIDField(null=True)),
                ('point', models.UUIDField(null=True)),
                ('matter', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='matters.matter')),
                ('organisation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organisation')),
            ],
            options={
                'indexes': [models.Index(fields=['organisation', 'matter', 'released_at'], name='part_held'), models.Index(fields=['matter'], name='part_matter')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('role', 'support'), _negated=True), fields=('matter', 'organisation', 'role'), name='part_once')],
            },
        ),
        migrations.CreateModel(
            name='Pause',
            fields=[
                ('id', models.UUIDField(default=gongzhi.foundation.ledger.identity.uuid7, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('suspended', 'suspended'), ('shelved', 'on the public list of the unresolved')], max_length=10)),
                ('reason', models.TextField()),
                ('rule', models.CharField(blank=True, max_length=64)),
                ('basis', models.CharField(blank=True, max_length=300)),
                ('since', models.DateTimeField()),
                ('until', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organisation')),
                ('matter', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='matters.matter')),
            ],
            options={
                'indexes': [models.Index(fields=['ended_at', 'until'], name='pause_until')],
            },
        ),
        migrations.CreateModel(
            name='Question',
            fields=[
                ('id', models.UUIDField(default=gongzhi.foundation.ledger.identity.uuid7, editable=False, primary_key=True, serialize=False)),
                ('text', models.TextField()),
                ('raised_at', models.DateTimeField()),
                ('settled_at', models.DateTimeField(null=True)),
                ('reply', models.TextField(blank=True)),
                ('article', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='matters.article')),
                ('asker', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organisation')),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organisation')),
                ('region', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='regions.region')),
            ],
            options={
                'indexes': [models.Index(fields=['owner', 'settled_at'], name='question_owner')],
            },
        ),
        migrations.CreateModel(
            name='Shift',
            fields=[
                ('id', models.UUIDField(default=gongzhi.foundation.ledger.identity.uuid7, editable=False, primary_key=True, serialize=False)),
                ('person', models.UUIDField()),
                ('kind', models.CharField(choices=[('leader', 'leader on duty'), ('officer', 'officer on duty')], max_length=7)),
                ('since', models.DateTimeField()),
                ('until', models.DateTimeField()),
                ('beside', models.BooleanField(default=False)),
                ('note', models.TextField(blank=True)),
                ('handed_at', models.DateTimeField(null=True)),
                ('taken_at', models.DateTimeField(null=True)),
                ('cancelled_at', models.DateTimeField(null=True)),
                ('body', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organisation')),
                ('holder', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.appointment')),
            ],
            options={
                'indexes': [models.Index(fields=['body', 'until'], name='shift_body')],
                'constraints': [models.CheckConstraint(condition=models.Q(('until__gt', models.F('since'))), name='shift_lasts')],
            },
        ),
        migrations.CreateModel(
            name='Submission',
            fields=[
                ('id', models.UUIDField(default=gongzhi.foundation.ledger.identity.uuid7, editable=False, primary_key=True, serialize=False)),
                ('number', models.CharField(max_length=30, unique=True)),
                ('kind', models.CharField(choices=[('consult', 'ask a question'), ('help', 'ask for help'), ('complain', 'complain'), ('report', 'report wrongdoing'), ('suggest', 'suggest'), ('praise', 'praise')], max_length=10)),
                ('channel', models.CharField(choices=[('portal', 'portal'), ('hotline', 'hotline'), ('wechat', 'WeChat account'), ('media', 'media account'), ('patrol', 'grid patrol'), ('counter', 'counter'), ('api', 'programming interface'), ('open311', 'Open311'), ('email', 'e-mail'), ('file', 'file'), ('sensor', 'sensor')], max_length=10)),
                ('text', models.TextField()),
                ('lon', models.FloatField(null=True)),
                ('lat', models.FloatField(null=True)),
                ('place', models.CharField(blank=True, max_length=200)),
                ('confidential', models.BooleanField(default=False)),
                ('answer_by', models.CharField(choices=[('page', 'on the follow-up page'), ('email', 'by e-mail'), ('phone', 'by telephone')], default='page', max_length=6)),
                ('language', models.CharField(default='zh-hans', max_length=7)),
                ('urgency', models.CharField(choices=[('ordinary', 'ordinary'), ('urgent', 'urgent'), ('emergency', 'emergency')], default='ordinary', max_length=10)),
                ('people', models.IntegerField(default=1)),
                ('vulnerable', models.BooleanField(default=False)),
                ('hide_number', models.BooleanField(default=False)),
                ('represents', models.BooleanField(default=False)),
                ('chases', models.SmallIntegerField(default=0)),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('filed_at', models.DateTimeField()),
                ('precision', models.CharField(choices=[('exact', 'exact'), ('day', 'day')], default='exact', max_length=5)),
                ('sealed', models.BooleanField(default=False)),
                ('origin', models.CharField(default='here', max_length=10)),
                ('source', models.CharField(max_length=200, null=True, unique=True)),
                ('digest', models.CharField(blank=True, max_length=64)),
                ('erased', models.DateTimeField(null=True)),
                ('category', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='matters.category')),
                ('grid', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='regions.grid')),
                ('matter', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='matters.matter')),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.person')),
                ('received_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organisation')),
                ('region', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='regions.region')),
                ('thing', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='matters.thing')),
            ],
            options={
                'indexes': [models.Index(fields=['region', 'filed_at'], name='submission_region')],
            },
        ),
        migrations.CreateModel(
            name='Rating',
            fields=[
                ('id', models.UUIDField(default=gongzhi.foundation.ledger.identity.uuid7, editable=False, primary_key=True, serialize=False)),
                ('round', models.SmallIntegerField()),
                ('by_call', models.BooleanField(default=False)),
                ('resolved', models.BooleanField(null=True)),
                ('satisfied', models.SmallIntegerField(null=True)),
                ('text', models.TextField(blank=True)),
                ('at', models.DateTimeField()),
                ('plea', models.CharField(blank=True, choices=[('', 'not asked'), ('open', 'to be decided'), ('granted', 'left out'), ('refused', 'counted')], max_length=8)),
                ('plea_reason', models.TextField(blank=True)),
                ('plea_at', models.DateTimeField(null=True)),
                ('decided_by', models.UUIDField(null=True)),
                ('decided_at', models.DateTimeField(null=True)),
                ('matter', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='matters.matter')),
                ('plea_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organisation')),
                ('rated', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organisation')),
                ('submission', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='matters.submission')),
            ],
            options={
                'indexes': [models.Index(fields=['rated', 'at'], name='rating_rated')],
                'constraints': [models.UniqueConstraint(fields=('submission', 'matter', 'round'), name='rating_once')],
            },
        ),
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.UUIDField(default=gongzhi.foundation.ledger.identity.uuid7, editable=False, primary_key=True, serialize=False)),
                ('code', models.CharField(max_length=20)),
                ('at', models.DateTimeField()),
                ('delivery', models.CharField(choices=[('waiting', 'waits on the follow-up page'), ('sent', 'sent'), ('failed', 'could not be delivered')], default='waiting', max_length=8)),
                ('entry', models.BigIntegerField()),
                ('submission', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='matters.submission')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('submission', 'entry'), name='notice_once')],
            },
        ),
        migrations.CreateModel(
            name='CallBack',
            fields=[
                ('id', models.UUIDField(default=gongzhi.foundation.ledger.identity.uuid7, editable=False, primary_key=True, serialize=False)),
                ('round', models.SmallIntegerField()),
                ('reply', models.CharField(choices=[('waiting', 'still to be called'), ('reached', 'reached'), ('unreached', 'not reached'), ('refused', 'did not want to say')], default='waiting', max_length=10)),
                ('tries', models.SmallIntegerField(default=0)),
                ('since', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('caller', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organisation')),
                ('matter', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='matters.matter')),
                ('submission', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='matters.submission')),
            ],
            options={
                'indexes': [models.Index(fields=['caller', 'reply', 'since'], name='call_back_waiting')],
                'constraints': [models.UniqueConstraint(fields=('submission', 'matter', 'round'), name='call_back_once')],
            },
        ),
        migrations.CreateModel(
            name='Attachment',
            fields=[
                ('id', models.UUIDField(default=gongzhi.foundation.ledger.identity.uuid7, editable=False, primary_key=True, serialize=False)),
                ('file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='files.file')),
                ('submission', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='matters.submission')),
            ],
        ),
        migrations.CreateModel(
            name='Task',
            fields=[
                ('id', models.UUIDField(default=gongzhi.foundation.ledger.identity.uuid7, editable=False, primary_key=True, serialize=False)),
                ('lines', models.JSONField(default=list)),
                ('text', models.CharField(max_length=300)),
                ('set_at', models.DateTimeField()),
                ('due_at', models.DateTimeField(null=True)),
                ('rule', models.CharField(blank=True, max_length=64)),
                ('basis', models.CharField(blank=True, max_length=300)),
                ('result', models.TextField(blank=True)),
                ('possible', models.BooleanField(default=True)),
                ('done_at', models.DateTimeField(null=True)),
                ('refused_at', models.DateTimeField(null=True)),
                ('reason', models.TextField(blank=True)),
                ('asker', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organisation')),
                ('body', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organisation')),
                ('grid', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='regions.grid')),
                ('region', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='regions.region')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('done_at', None), ('refused_at', None)), fields=['grid', 'due_at'], name='task_open')],
            },
        ),
        migrations.CreateModel(
            name='TaskPhoto',
            fields=[
                ('id', models.UUIDField(default=gongzhi.foundation.ledger.identity.uuid7, editable=False, primary_key=True, serialize=False)),
                ('file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='files.file')),
                ('task', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='matters.task')),
            ],
        ),
        migrations.CreateModel(
            name='Urgent',
            fields=[
                ('id', models.UUIDField(default=gongzhi.foundation.ledger.identity.uuid7, editable=False, primary_key=True, serialize=False)),
                ('title', models.CharField(blank=True, max_length=120)),
                ('known_at', models.DateTimeField()),
                ('due_at', models.DateTimeField(null=True)),
                ('rule', models.CharField(blank=True, max_length=64)),
                ('basis', models.CharField(blank=True, max_length=300)),
                ('first_at', models.DateTimeField()),
                ('last_at', models.DateTimeField()),
                ('reports', models.SmallIntegerField(default=1)),
                ('final_at', models.DateTimeField(null=True)),
                ('acknowledged_at', models.DateTimeField(null=True)),
                ('instructed_at', models.DateTimeField(null=True)),
                ('body', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organisation')),
                ('matter', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='matters.matter')),
                ('region', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='regions.region')),
                ('superior', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organisation')),
            ],
            options={
                'indexes': [models.Index(fields=['superior', 'first_at'], name='urgent_superior'), models.Index(fields=['body', 'first_at'], name='urgent_body'), models.Index(condition=models.Q(('matter', None), _negated=True), fields=['matter'], name='urgent_matter')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('final_at', None)), fields=('body', 'matter'), name='urgent_once')],
            },
        ),
        migrations.CreateModel(
            name='Verification',
            fields=[
                ('id', models.UUIDField(default=gongzhi.foundation.ledger.identity.uuid7, editable=False, primary_key=True, serialize=False)),
                ('round', models.SmallIntegerField()),
                ('passed', models.BooleanField()),
                ('text', models.TextField(blank=True)),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organisation')),
                ('matter', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='matters.matter')),
            ],
            options={
                'indexes': [models.Index(fields=['matter', 'round'], name='verification_round')],
            },
        ),
        # PostgreSQL: an index over every two characters that stand together in titles and submissions,
        # and over each. An extension for this exists, but its trigrams do not find Chinese words of two.
        index_what_is_said,
    ]
