import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('tickets', '0004_workspace_parts'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='rule',
            name='purpose',
            field=models.CharField(blank=True, max_length=300, verbose_name='para qué'),
        ),
        migrations.AddField(
            model_name='rule',
            name='responsible',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='responsable'),
        ),
        migrations.AlterField(
            model_name='rule',
            name='happening',
            field=models.CharField(choices=[('opened', 'al abrirse una consulta'), ('person_replied', 'cuando la persona escribe'), ('replied', 'cuando respondemos'), ('noted', 'cuando se escribe una nota interna'), ('assigned', 'cuando cambia quién la lleva'), ('transferred', 'cuando pasa a otro equipo'), ('classified', 'cuando se dice de qué trata'), ('state_changed', 'cuando cambia de quién depende'), ('resolved', 'cuando se resuelve'), ('solved_by_person', 'cuando la persona dice que está resuelta'), ('reopened', 'cuando se reabre'), ('kind_changed', 'cuando cambia de clase'), ('merged', 'cuando otra consulta se une a ella'), ('level_warned', 'cuando queda poco para que venza un nivel de servicio'), ('level_breached', 'cuando vence un nivel de servicio'), ('time', 'con el tiempo: se comprueba cada diez minutos')], max_length=24, verbose_name='cuándo'),
        ),
        migrations.AlterField(
            model_name='rulerun',
            name='happening',
            field=models.CharField(choices=[('opened', 'al abrirse una consulta'), ('person_replied', 'cuando la persona escribe'), ('replied', 'cuando respondemos'), ('noted', 'cuando se escribe una nota interna'), ('assigned', 'cuando cambia quién la lleva'), ('transferred', 'cuando pasa a otro equipo'), ('classified', 'cuando se dice de qué trata'), ('state_changed', 'cuando cambia de quién depende'), ('resolved', 'cuando se resuelve'), ('solved_by_person', 'cuando la persona dice que está resuelta'), ('reopened', 'cuando se reabre'), ('kind_changed', 'cuando cambia de clase'), ('merged', 'cuando otra consulta se une a ella'), ('level_warned', 'cuando queda poco para que venza un nivel de servicio'), ('level_breached', 'cuando vence un nivel de servicio'), ('time', 'con el tiempo: se comprueba cada diez minutos')], max_length=24),
        ),
    ]
