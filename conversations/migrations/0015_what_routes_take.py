from django.db import migrations, models

# As they are connected from now on: Routeway has no word for "do not think", DeepSeek fixes top-p.
KNOWN = """
    UPDATE conversations_route r SET efforts = '["low", "high", "max"]'
    FROM conversations_provider p WHERE p.id = r.provider_id AND p.kind = 'routeway';
    UPDATE conversations_route r SET lacks = '["top_p"]'
    FROM conversations_provider p WHERE p.id = r.provider_id AND p.kind = 'deepseek';
"""


class Migration(migrations.Migration):
    dependencies = [("conversations", "0014_search_rows")]

    operations = [
        migrations.AddField("generation", "passed_over", models.JSONField(db_default=[], default=list)),
        migrations.AddField("provider", "tried_at", models.DateTimeField(null=True)),
        migrations.AddField("provider", "well_since", models.DateTimeField(null=True)),
        migrations.AddField("route", "context_window", models.PositiveIntegerField(null=True)),
        migrations.AddField("route", "efforts", models.JSONField(null=True)),
        migrations.AddField("route", "lacks", models.JSONField(db_default=[], default=list)),
        migrations.AddField("route", "longest_reply", models.PositiveIntegerField(null=True)),
        migrations.RunSQL(KNOWN, migrations.RunSQL.noop),
    ]
