"""Closed days counted titles and trials among replies: they are opened, and closed anew at night."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("accounts", "0008_price_lists")]

    operations = [
        migrations.RunSQL(
            ["DELETE FROM accounts_spendday", "UPDATE accounts_books SET open_from = NULL"],
            migrations.RunSQL.noop,
        )
    ]
