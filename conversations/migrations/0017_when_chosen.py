"""When a conversation's model and effort were chosen: Retry repeats what a reply was asked for before that."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("conversations", "0016_tools"),
    ]

    operations = [
        migrations.AddField(
            model_name="conversation",
            name="effort_picked_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="conversation",
            name="model_picked_at",
            field=models.DateTimeField(null=True),
        ),
    ]
