"""Closed days say what was spent by kind, and from which instant on days are open. No day is closed yet."""

from decimal import Decimal

from django.db import migrations, models


def dollars():
    return models.DecimalField(decimal_places=12, default=Decimal("0"), max_digits=20)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_fill_counted_at")]

    operations = [
        migrations.RemoveField("spendday", "calls"),
        *(
            migrations.RenameField("spendday", f"{kind}_tokens", kind)
            for kind in ("prompt", "cached", "completion", "reasoning")
        ),
        *(
            migrations.AddField("spendday", f"part_{kind}", dollars())
            for kind in ("cached", "new", "thinking", "answer")
        ),
        migrations.RemoveField("books", "open_from"),
        migrations.AddField("books", "open_from", models.DateTimeField(null=True)),
    ]
