from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('privacy', '0004_one_key'),
    ]

    operations = [
        migrations.AlterField(
            model_name='consent',
            name='ground',
            field=models.CharField(blank=True, choices=[('consent', 'Consent'), ('soft_opt_in', 'Existing customer'), ('contract', 'Contract'), ('legal_duty', 'Legal duty'), ('unknown', 'Unknown')], db_default='', max_length=20),
        ),
        migrations.AlterField(
            model_name='consent',
            name='purpose',
            field=models.CharField(blank=True, choices=[('newsletter', 'Newsletter'), ('offers', 'Offers'), ('events', 'Events'), ('fundraising', 'Fundraising'), ('research', 'Research'), ('service', 'Service messages')], db_default='', max_length=20),
        ),
    ]
