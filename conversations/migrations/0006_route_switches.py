from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def mark(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Until now the environment's providers had the routes that it states and no others."""
    routes = apps.get_model("conversations", "Route").objects
    routes.filter(provider__is_from_environment=True).update(is_from_environment=True)


class Migration(migrations.Migration):
    dependencies = [("conversations", "0005_settings_forks_ratings_deletion")]

    operations = [
        migrations.AddField("route", "is_enabled", models.BooleanField(db_default=True, default=True)),
        migrations.AddField("route", "is_from_environment", models.BooleanField(db_default=False, default=False)),
        migrations.AddIndex("attempt", models.Index(fields=["started_at"], name="attempts_by_time")),
        migrations.AddIndex(
            "attempt",
            models.Index(
                condition=models.Q(("fault_code", ""), _negated=True),
                fields=["provider", "-started_at"],
                name="attempts_failed",
            ),
        ),
        migrations.RunPython(mark, migrations.RunPython.noop, elidable=True),
    ]
