from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('contacts', '0002_search_and_speed'),
    ]

    operations = [
        migrations.AlterField(
            model_name='import',
            name='state',
            field=models.CharField(choices=[('draft', 'being prepared'), ('queued', 'in the queue'), ('running', 'under way'), ('done', 'imported'), ('failed', 'failed'), ('cancelled', 'cancelled')], default='draft', max_length=10),
        ),
    ]
