"""The limits an installation starts with: $5 a person and $100 the organisation, a month. Both can be changed."""

import uuid
from decimal import Decimal

from django.db import migrations

ORGANISATION, USER = 1, 3
ORGANISATION_ID = uuid.UUID(int=0)


def add(apps, schema_editor):
    Budget = apps.get_model("accounts", "Budget")
    for scope, scope_id, limit in ((ORGANISATION, ORGANISATION_ID, 100), (USER, None, 5)):
        Budget.objects.get_or_create(
            scope=scope, scope_id=scope_id, window="month", defaults={"limit": Decimal(limit)}
        )


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_append_only")]

    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
