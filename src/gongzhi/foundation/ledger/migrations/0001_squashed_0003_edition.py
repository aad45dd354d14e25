"""What the migrations it replaces come to, for databases that have none of them yet."""

import django.db.models.deletion
from django.db import migrations, models

from gongzhi.foundation.ledger import guard
from gongzhi.foundation.ledger.identity import uuid7

_KEPT = ("ledger_entry", "ledger_position", "ledger_erasure", "ledger_checkpoint")


def _do(editor, statement: str) -> None:
    editor.execute(statement, None)


def _sqlite(editor) -> None:
    _do(
        editor,
        "CREATE TRIGGER ledger_entry_waits AFTER INSERT ON ledger_entry BEGIN "
        "INSERT INTO ledger_pending (entry_id) VALUES (NEW.id); END",
    )
    for table in _KEPT:
        for event in ("UPDATE", "DELETE"):
            _do(
                editor,
                f"CREATE TRIGGER {table}_no_{event.lower()} BEFORE {event} ON {table} BEGIN "
                f"SELECT RAISE(ABORT, '{table} is append-only'); END",
            )
    for event in ("UPDATE", "DELETE"):
        _do(
            editor,
            f"CREATE TRIGGER ledger_tile_no_{event.lower()} BEFORE {event} ON ledger_tile "
            "WHEN length(OLD.hashes) = 8192 BEGIN SELECT RAISE(ABORT, 'a full tile is append-only'); END",
        )


def _postgresql(editor) -> None:
    _do(
        editor,
        "CREATE FUNCTION ledger_wait() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "INSERT INTO ledger_pending (entry_id) SELECT id FROM added; RETURN NULL; END $$",
    )
    _do(
        editor,
        "CREATE TRIGGER ledger_entry_waits AFTER INSERT ON ledger_entry "
        "REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION ledger_wait()",
    )
    _do(
        editor,
        "CREATE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$",
    )
    for table in _KEPT:
        _do(
            editor,
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION ledger_refuse()",
        )
    _do(
        editor,
        "CREATE TRIGGER ledger_tile_append_only BEFORE UPDATE OR DELETE ON ledger_tile FOR EACH ROW "
        "WHEN (length(OLD.hashes) = 8192) EXECUTE FUNCTION ledger_refuse()",
    )


def create_triggers(apps, editor) -> None:
    {"sqlite": _sqlite, "postgresql": _postgresql}[editor.connection.vendor](editor)


def begin(apps, schema_editor):
    with guard.permitted():
        apps.get_model("ledger", "Edition").objects.create(pk=1, token=uuid7())


class Migration(migrations.Migration):

    replaces = [
        ('ledger', '0001_initial'),
        ('ledger', '0002_append_only'),
        ('ledger', '0003_edition'),
    ]

    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name='Checkpoint',
            fields=[
                ('size', models.BigIntegerField(primary_key=True, serialize=False)),
                ('root', models.BinaryField(max_length=32)),
                ('edge', models.BinaryField()),
                ('note', models.TextField()),
                ('signed', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Entry',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('verb', models.CharField(max_length=60)),
                ('actor', models.UUIDField()),
                ('appointment', models.UUIDField(null=True)),
                ('subject_kind', models.CharField(max_length=40)),
                ('subject', models.UUIDField()),
                ('made_kind', models.CharField(max_length=40, null=True)),
                ('made', models.UUIDField(null=True)),
                ('region', models.UUIDField(null=True)),
                ('cause', models.BigIntegerField(null=True)),
                ('origin', models.CharField(choices=[('here', 'done here'), ('imported', 'imported'), ('generated', 'invented for demonstration'), ('received', 'received from another node')], default='here', max_length=10)),
                ('source', models.CharField(max_length=200, null=True)),
                ('attributed', models.CharField(max_length=200, null=True)),
                ('occurred', models.DateTimeField()),
                ('precision', models.CharField(choices=[('exact', 'exact'), ('day', 'day')], default='exact', max_length=5)),
                ('recorded', models.DateTimeField()),
                ('rules', models.TextField(default='[]')),
                ('audience', models.CharField(choices=[('public', 'public'), ('participants', 'participants'), ('staff', 'staff'), ('sealed', 'sealed')], max_length=12)),
                ('facts', models.TextField(default='{}')),
                ('commitment', models.CharField(default='', max_length=64)),
                ('claim', models.CharField(max_length=64, null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['subject', 'id'], name='entry_subject'), models.Index(fields=['made'], name='entry_made'), models.Index(fields=['verb', 'occurred'], name='entry_verb')],
            },
        ),
        migrations.CreateModel(
            name='Concern',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('person', models.UUIDField()),
                ('entry', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.entry')),
            ],
            options={
                'indexes': [models.Index(fields=['person', 'entry'], name='concern_person')],
            },
        ),
        migrations.CreateModel(
            name='Cursor',
            fields=[
                ('consumer', models.CharField(max_length=60, primary_key=True, serialize=False)),
                ('position', models.BigIntegerField(default=0)),
                ('holder', models.CharField(default='', max_length=60)),
                ('held_until', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Edition',
            fields=[
                ('id', models.SmallIntegerField(primary_key=True, serialize=False)),
                ('token', models.UUIDField()),
            ],
        ),
        migrations.CreateModel(
            name='Position',
            fields=[
                ('position', models.BigIntegerField(primary_key=True, serialize=False)),
                ('entry', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.entry')),
            ],
        ),
        migrations.CreateModel(
            name='Tile',
            fields=[
                ('pk', models.CompositePrimaryKey('level', 'number', blank=True, editable=False, primary_key=True, serialize=False)),
                ('level', models.SmallIntegerField()),
                ('number', models.BigIntegerField()),
                ('hashes', models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name='Undone',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('consumer', models.CharField(max_length=60)),
                ('position', models.BigIntegerField()),
                ('reason', models.CharField(max_length=300)),
                ('attempts', models.SmallIntegerField(default=1)),
                ('next_attempt', models.DateTimeField(null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('consumer', 'position'), name='undone_once')],
            },
        ),
        migrations.CreateModel(
            name='Claim',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('actor', models.UUIDField()),
                ('verb', models.CharField(max_length=60)),
                ('key', models.CharField(max_length=100)),
                ('digest', models.CharField(max_length=64)),
                ('result_kind', models.CharField(default='', max_length=40)),
                ('result', models.CharField(default='', max_length=40)),
                ('made', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('actor', 'verb', 'key'), name='claim_once')],
            },
        ),
        migrations.CreateModel(
            name='Erasure',
            fields=[
                ('entry', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='+', serialize=False, to='ledger.entry')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.entry')),
            ],
        ),
        migrations.CreateModel(
            name='Pending',
            fields=[
                ('entry', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='+', serialize=False, to='ledger.entry')),
            ],
        ),
        migrations.CreateModel(
            name='Private',
            fields=[
                ('entry', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='+', serialize=False, to='ledger.entry')),
                ('salt', models.BinaryField(max_length=32)),
                ('text', models.TextField()),
            ],
        ),
        # Entries wait for a position as soon as they exist, and what is proved never changes.
        migrations.RunPython(create_triggers),
        # One row tells whether anything has changed that seldom does.
        migrations.RunPython(begin, migrations.RunPython.noop),
    ]
