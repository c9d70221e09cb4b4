"""Context windows that nobody has stated are known as such."""

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

ASSUMED = 131_072


def told_apart(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """A model that was made from its name at a server still has that name, and the window that was assumed."""
    model, route = (apps.get_model("conversations", name) for name in ("Model", "Route"))
    for known in model.objects.filter(context_window=ASSUMED):
        if route.objects.filter(model=known, upstream_model__startswith=known.name).exists():
            known.is_window_assumed = True
            known.save(update_fields=["is_window_assumed"])


class Migration(migrations.Migration):

    dependencies = [
        ("conversations", "0017_when_chosen"),
    ]

    operations = [
        migrations.AddField(
            model_name="model",
            name="is_window_assumed",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.RunPython(told_apart, migrations.RunPython.noop),
    ]
