"""The filter rules of a mailbox in words, and what one of them would have matched."""

from dataclasses import dataclass

from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from mostrador.mailbox.choices import FilterAction, MailKind, MailState
from mostrador.mailbox.models import FilterRule, IncomingMail, Mailbox
from mostrador.mailbox.queries.reading import MOST_BYTES
from mostrador.mailbox.rules.filters import decide
from mostrador.mailbox.rules.reading import read
from mostrador.mailbox.rules.robots import verdict

TRIED = 50
# All that is read for one trial: the page must answer.
MOST_BYTES_TRIED = 20_000_000


@dataclass(frozen=True, slots=True)
class Trial:
    """What a rule would have matched, and how many messages it was tried on."""

    matched: list[IncomingMail]
    tried: int


def condition_words(rule: FilterRule) -> list[str]:
    """Return what a mail must be like, in words."""
    said = [
        (rule.sender, _("El remitente es o contiene «%(what)s»")),
        (rule.recipient, _("El destinatario es o contiene «%(what)s»")),
        (rule.subject, _("El asunto contiene «%(what)s»")),
        (rule.words, _("El texto contiene alguna de estas palabras: %(what)s")),
    ]
    words = [sentence % {"what": value} for value, sentence in said if value]
    if rule.kind:
        words.append(_("Clase de correo: %(kind)s") % {"kind": MailKind(rule.kind).label})
    return words


def action_words(rule: FilterRule) -> str:
    """Return what is done, in words."""
    target = {
        FilterAction.TEAM: rule.team.name if rule.team else "",
        FilterAction.TOPIC: rule.topic.name if rule.topic else "",
        FilterAction.TAG: rule.tag,
    }.get(FilterAction(rule.action), "")
    label = str(FilterAction(rule.action).label)
    return f"{label}: {target}" if target else label


def trial(box: Mailbox, rule: FilterRule) -> Trial:
    """Try a rule, kept or not, on the last fifty messages of a mailbox, reading each of them anew. One query."""
    rows = IncomingMail.objects.filter(mailbox=box, state=MailState.DONE).exclude(file="").order_by("-pk")
    matched, tried, left = [], 0, MOST_BYTES_TRIED
    asked = rule.as_values()
    for mail in rows[:TRIED]:
        left -= mail.size_bytes
        if left < 0:
            break
        if mail.size_bytes > MOST_BYTES or not default_storage.exists(mail.file):
            continue
        tried += 1
        with default_storage.open(mail.file) as file:
            found = read(file.read())
        if decide([asked], found, verdict(found), mail.envelope_to).by:
            matched.append(mail)
    return Trial(matched, tried)
