import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, OuterRef, Subquery


def say_what_entries_answer(apps, schema_editor):
    """Entries of the present round were moved along with their extraction; those that nobody began answer nothing."""
    extractions = apps.get_model('extraction', 'Extraction').objects.filter(pk=OuterRef('extraction'))
    begun = apps.get_model('extraction', 'Entry').objects.exclude(state='assigned')
    begun.filter(round=F('extraction__round')).update(version=Subquery(extractions.values('version')[:1]))


class Migration(migrations.Migration):

    dependencies = [
        ('extraction', '0005_a_name_once_below_each_code'),
    ]

    operations = [
        migrations.AddField(
            model_name='entry',
            name='version',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='extraction.formversion'),
        ),
        migrations.RunPython(say_what_entries_answer, migrations.RunPython.noop),
    ]
