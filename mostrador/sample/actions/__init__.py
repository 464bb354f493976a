"""Loading the sample office, through the actions that people use, and taking it away again."""

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from mostrador.accounts.models import Membership, User
from mostrador.audit.actions import record
from mostrador.feedback.models import Survey
from mostrador.help_centre.models import Article
from mostrador.notifications.models import OutgoingMessage
from mostrador.people.models import Person
from mostrador.sample import queries
from mostrador.sample.actions.articles import make_articles, make_editing
from mostrador.sample.actions.bodies import make_calendars, make_organisations, make_staff, make_structure
from mostrador.sample.actions.desk import make_desk
from mostrador.sample.actions.mail import make_mail, remove_mail
from mostrador.sample.actions.office import Office
from mostrador.sample.actions.readers import make_older, make_readings, make_searches
from mostrador.sample.actions.tickets import load_tickets
from mostrador.sample.rules import read_office
from mostrador.shared.errors import ActionRefused
from mostrador.tickets.actions.setting_up import set_up_desk
from mostrador.tickets.models import Attachment, Ticket, TicketDraft


@transaction.atomic
def load_sample() -> None:
    """Make the sample office: bodies, staff, articles, and tickets of the last 90 days.

    Raises:
        ActionRefused: It is here already, or one of its host names is taken.
    """
    if queries.sample_organisations():
        raise ActionRefused(_("La oficina de muestra ya está cargada. Quítela antes con «mostrador sample --remove»."))
    words, office = read_office(), Office()
    with translation.override("es"):
        make_organisations(words, office)
        make_structure(words, office)
        make_calendars(words, office)
        make_staff(words, office)
        set_up_desk(next(each for each in office.organisations.values() if each.parent_id is None))
        make_articles(office)
        make_editing(office)
    load_tickets(office)
    with translation.override("es"):
        make_desk(office)
        make_mail(office)
    make_older(office)
    make_readings(office)
    make_searches(office)


@transaction.atomic
def remove_sample() -> int:
    """Take the sample office away with everything that belongs to it; return how many organisations there were.

    The audit record of what was done there stays, as it must.
    """
    gone = queries.sample_organisations()
    owned = {"organisation__in": gone}
    for attachment in Attachment.objects.filter(message__ticket__organisation__in=gone):
        attachment.file.delete(save=False)
    remove_mail(gone)
    Survey.objects.filter(**owned).delete()
    OutgoingMessage.objects.filter(**owned).delete()
    TicketDraft.objects.filter(**owned).delete()
    Ticket.objects.filter(**owned).update(merged_into=None)
    Ticket.objects.filter(**owned).delete()
    Person.objects.filter(**owned).delete()
    Article.objects.filter(**owned).delete()
    staff = set(Membership.objects.filter(**owned).values_list("user_id", flat=True))
    Membership.objects.filter(**owned).delete()
    for organisation in gone:
        record("sample.removed", organisation, organisation=organisation)
        organisation.delete()
    User.objects.filter(pk__in=staff, memberships__isnull=True).delete()
    return len(gone)
