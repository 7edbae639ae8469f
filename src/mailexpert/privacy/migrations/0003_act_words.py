from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('privacy', '0002_erased_act'),
    ]

    operations = [
        migrations.AlterField(
            model_name='consent',
            name='act',
            field=models.SmallIntegerField(choices=[(1, 'Signed up'), (2, 'Unsubscribed'), (3, 'Stopped everything'), (4, 'Signed up again'), (5, 'Erased')]),
        ),
    ]
