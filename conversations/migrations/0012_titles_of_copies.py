from django.db import migrations, models

# Forks have their origin's title; copies of what was shared came without a generation of their own.
MARK = """
    UPDATE conversations_conversation c SET title_from = 'copy'
    WHERE c.title_from = 'words' AND (c.forked_from_id IS NOT NULL OR EXISTS (
        SELECT FROM conversations_message m
        LEFT JOIN conversations_generation g ON g.reply_id = m.id
        WHERE m.conversation_id = c.id AND m.role = 'assistant' AND g.id IS NULL
    ))
"""


class Migration(migrations.Migration):
    dependencies = [("conversations", "0011_title_calls")]

    operations = [
        migrations.AlterField(
            model_name="conversation",
            name="title_from",
            field=models.CharField(
                choices=[
                    ("words", "the first words"),
                    ("model", "the model"),
                    ("owner", "its owner"),
                    ("copy", "what it is a copy of"),
                ],
                db_default="words",
                default="words",
                max_length=6,
            ),
        ),
        migrations.RunSQL(MARK, migrations.RunSQL.noop),
    ]
