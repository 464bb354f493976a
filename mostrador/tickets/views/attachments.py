"""Files of tickets, for the people of the desk."""

from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from mostrador.accounts.access import StaffRequest, staff_page
from mostrador.shared.uploads import as_download
from mostrador.tickets.actions import tickets as actions
from mostrador.tickets.models import Attachment, Ticket


@require_GET
@staff_page()
def staff_attachment(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Hand out a file of a ticket that this visitor may see. Who read it is recorded."""
    visible = Ticket.objects.visible_to(request.access)
    files = Attachment.objects.filter(message__ticket__in=visible).select_related("message__ticket")
    file = get_object_or_404(files, pk=pk)
    actions.note_reading(file.message.ticket, reader=request.user, file=file)
    return as_download(file.file, name=file.name, content_type=file.content_type)
