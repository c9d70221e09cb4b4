"""Tools: which of them a model may call, and what came of their calls."""

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def known_to_take_tools(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("conversations", "Model").objects.filter(slug="deepseek-v4-flash").update(takes_tools=True)


class Migration(migrations.Migration):

    dependencies = [
        ("conversations", "0015_what_routes_take"),
    ]

    operations = [
        migrations.AddField(
            model_name="conversation",
            name="tools",
            field=models.JSONField(db_default=[], default=list),
        ),
        migrations.AddField(
            model_name="generation",
            name="tools",
            field=models.JSONField(db_default=[], default=list),
        ),
        migrations.AddField(
            model_name="message",
            name="hops",
            field=models.JSONField(db_default=[], default=list),
        ),
        migrations.AddField(
            model_name="model",
            name="takes_tools",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.RunPython(known_to_take_tools, migrations.RunPython.noop),
    ]
