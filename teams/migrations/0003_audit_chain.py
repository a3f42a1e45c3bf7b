from django.db import migrations, models

TABLES = ("teams_auditevent", "teams_auditseal")
REFUSAL = "the audit record is append-only"


def _postgresql() -> list[str]:
    refuse = [
        "CREATE FUNCTION teams_refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$"
        f" BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'restrict_violation'; END $$",
        *(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION teams_refuse_rewriting()"
            for table in TABLES
        ),
    ]
    stamp = [
        "CREATE FUNCTION teams_say_transaction() RETURNS trigger LANGUAGE plpgsql AS $$"
        " BEGIN NEW.xid := pg_current_xact_id()::text::bigint; RETURN NEW; END $$",
        "CREATE TRIGGER teams_auditevent_transaction BEFORE INSERT ON teams_auditevent"
        " FOR EACH ROW EXECUTE FUNCTION teams_say_transaction()",
    ]
    return refuse + stamp


def _sqlite() -> list[str]:
    """INSERT OR REPLACE deletes without a word to the trigger of deletes, so it has its own."""
    refuse = f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    return [
        f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table}{condition} {refuse}"
        for table in TABLES
        for act, condition in (
            ("UPDATE", ""),
            ("DELETE", ""),
            ("INSERT", f" WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id)"),  # noqa: S608
        )
    ]


def _postgresql_undone() -> list[str]:
    return [
        "DROP FUNCTION teams_say_transaction() CASCADE",
        "DROP FUNCTION teams_refuse_rewriting() CASCADE",
    ]


def _sqlite_undone() -> list[str]:
    acts = ("update", "delete", "insert")
    return [f"DROP TRIGGER {table}_no_{act}" for table in TABLES for act in acts]


MADE = {"postgresql": _postgresql, "sqlite": _sqlite}
UNDONE = {"postgresql": _postgresql_undone, "sqlite": _sqlite_undone}


def add_triggers(apps, schema_editor) -> None:
    for statement in MADE[schema_editor.connection.vendor]():
        schema_editor.execute(statement, params=None)


def drop_triggers(apps, schema_editor) -> None:
    for statement in UNDONE[schema_editor.connection.vendor]():
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("teams", "0002_events")]

    operations = [
        migrations.AddField(
            model_name="auditevent",
            name="force",
            field=models.CharField(blank=True, default="", max_length=60),
        ),
        migrations.AddField(
            model_name="auditevent",
            name="xid",
            field=models.BigIntegerField(editable=False, null=True),
        ),
        migrations.AddIndex(
            model_name="auditevent",
            index=models.Index(fields=["force", "-id"], name="auditevent_force"),
        ),
        migrations.AddIndex(
            model_name="auditevent",
            index=models.Index(fields=["at"], name="auditevent_at"),
        ),
        migrations.CreateModel(
            name="AuditSeal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("event_number", models.PositiveBigIntegerField(unique=True)),
                ("parent", models.CharField(max_length=64, unique=True)),
                ("seal", models.CharField(max_length=64, unique=True)),
                ("sealed_at", models.DateTimeField()),
            ],
            options={"ordering": ["pk"]},
        ),
        # After the columns: SQLite makes an altered table anew, without its triggers.
        migrations.RunPython(add_triggers, drop_triggers),
    ]
