"""The ledger and the audit trail are written once: the database refuses to change or delete a row of theirs."""

from django.db import migrations

TABLES = ("accounts_ledgerentry", "accounts_posting", "accounts_auditentry")

# Row-level: TRUNCATE, which empties a test database, is let through.
FORWARDS = [
    """
    CREATE FUNCTION accounts_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
    END $$
    """,
    *(
        f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION accounts_refuse_change()"
        for table in TABLES
    ),
]
BACKWARDS = [
    *(f"DROP TRIGGER append_only ON {table}" for table in TABLES),
    "DROP FUNCTION accounts_refuse_change()",
]


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
