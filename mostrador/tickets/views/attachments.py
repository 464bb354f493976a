"""Files of tickets, for the people of the desk."""

from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from mostrador.accounts.access import StaffRequest, staff_page
from mostrador.shared.uploads import as_download
from mostrador.tickets.models import Attachment, Ticket


@require_GET
@staff_page()
def staff_attachment(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Hand out a file of a ticket that this visitor may see."""
    visible = Ticket.objects.visible_to(request.access)
    file = get_object_or_404(Attachment.objects.filter(message__ticket__in=visible), pk=pk)
    return as_download(file.file, name=file.name, content_type=file.content_type)
