"""The doors through which a mail server or a provider gives us the mail of one mailbox."""

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _

from mostrador.mailbox.models import Mailbox


@dataclass(frozen=True, slots=True)
class Door:
    """One of them: what it is for, and what is written where."""

    title: str
    text: str
    value: str


def doors_of(box: Mailbox) -> list[Door]:
    """Return the doors of a mailbox, the surest first."""
    return [_by_lmtp(box), _by_pipe(box), _by_hook(box)]


def _by_lmtp(box: Mailbox) -> Door:
    title = _("Un servidor de correo, por LMTP o SMTP")
    if not settings.MAIL_LISTEN:
        text = _("Diga en la configuración en qué dirección se escucha y reinicie el programa. Por ejemplo:")
        return Door(title, text, "MAIL_LISTEN=lmtp://127.0.0.1:8024")
    text = _("En su servidor, lo que llegue a esta dirección se lleva a:")
    return Door(title, text, "\n".join(f"{box.address}  →  {place}" for place in settings.MAIL_LISTEN))


def _by_pipe(box: Mailbox) -> Door:
    user = box.address.partition("@")[0]
    return Door(
        _("Una orden, en esta misma máquina"),
        _("Para Postfix: esta línea en /etc/aliases, y después «newaliases». El guion está en la guía de operación."),
        f'{user}: "|/usr/local/bin/to-mostrador --mailbox {box.address}"',
    )


def _by_hook(box: Mailbox) -> Door:
    address = box.organisation.link("mailbox:hook", key=box.pk)
    with_password = address.replace("://", f"://mostrador:{_('SECRETO')}@", 1)
    return Door(
        _("Un proveedor, por HTTP"),
        _("Lo que se pone en el proveedor para el correo que llega, con el mensaje entero:"),
        f"Mailgun:   {address}mime\nSendGrid:  {with_password}\n{_('otro')}:      {address}",
    )
