"""Entries that were there before count at the instant of their generation's hold, as all later ones do."""

from django.db import migrations

FILL = [
    # The one change that rows of the ledger ever see: a column they did not have gets its value.
    "ALTER TABLE accounts_ledgerentry DISABLE TRIGGER append_only",
    """
    UPDATE accounts_ledgerentry e SET counted_at = coalesce(
        (SELECT h.created_at FROM accounts_ledgerentry h WHERE h.key = 'hold:' || e.generation_id), e.created_at
    )
    """,
    "ALTER TABLE accounts_ledgerentry ENABLE TRIGGER append_only",
]


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_teams_grants_and_days")]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
