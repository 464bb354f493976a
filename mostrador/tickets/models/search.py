"""What the desk's search reads: the words of every ticket, apart from the wide row that changes all day."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from mostrador.tickets.models.tickets import Ticket


class TicketWords(models.Model):
    """The words of one ticket: its subject and error code, and everything said and noted in it."""

    ticket = models.OneToOneField(Ticket, on_delete=models.CASCADE, primary_key=True, related_name="+")
    # Organisation and month of opening (`rules.searching.bucket`): a search looks at the newest months first.
    bucket = models.IntegerField()
    words = SearchVectorField()

    class Meta:
        verbose_name = _("palabras de una consulta")
        verbose_name_plural = _("palabras de las consultas")
        indexes = [
            # Both in one index; without a pending list, which every search would have to read.
            GinIndex(fields=["bucket", "words"], name="ticket_words", fastupdate=False),
        ]

    def __str__(self) -> str:
        return f"of ticket #{self.ticket_id}"


class TicketLexeme(models.Model):
    """A stem that tickets of late contain, for correcting what was typed in the search."""

    word = models.CharField(max_length=60, primary_key=True)
    tickets = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("palabra conocida")
        verbose_name_plural = _("palabras conocidas")
        indexes = [GinIndex(OpClass(F("word"), name="gin_trgm_ops"), name="ticket_lexeme_like")]

    def __str__(self) -> str:
        return self.word
