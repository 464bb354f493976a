"""Fixed lists of values."""

from django.db.models import IntegerChoices
from django.utils.translation import gettext_lazy as _


class Score(IntegerChoices):
    """What somebody thought of the help they got; 4 and 5 count as satisfied."""

    VERY_BAD = 1, _("Muy mala")
    BAD = 2, _("Mala")
    FAIR = 3, _("Regular")
    GOOD = 4, _("Buena")
    VERY_GOOD = 5, _("Muy buena")
