"""The model that new conversations get, so that pages work from the first request on."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def add(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("conversations", "Model").objects.get_or_create(
        slug="deepseek-v4-flash",
        defaults={
            "name": "DeepSeek V4 Flash",
            "short_name": "V4 Flash",
            "context_window": 1_048_576,
            "efforts": ["off", "low", "high", "max"],
            "default_effort": "high",
            "is_default": True,
        },
    )


class Migration(migrations.Migration):
    dependencies = [("conversations", "0001_initial")]

    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
