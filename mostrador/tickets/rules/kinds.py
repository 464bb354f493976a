"""The kinds of tickets, which the law treats differently: terms, who may see them, and what the person is told.

Only what was read at the source is a legal term; where no norm is known the answer goes by the service level.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mostrador.organisations.rules.legal_terms import Term, Unit
from mostrador.tickets.choices import TicketKind

Words = str | Promise
# How long a suspended term waits for the person's clarification (RD 951/2005, art. 16; RD 1112/2018, art. 12.4).
CLARIFICATION = Term(10, Unit.WORKING_DAYS)


@dataclass(frozen=True, slots=True)
class KindRule:
    """What holds for one kind everywhere.

    Attributes:
        slug: Its word in addresses: `?clase=queja`.
        term: Within which the law wants it answered; None where no norm is known.
        term_words: The term in words.
        source: Norm and article of the term.
        suspension: Why the term may be suspended, with its source; "" when it may not.
        extension: By how much it may be extended, once, before it ends; None when it may not.
        extension_source: Norm and article of the extension.
        is_restricted: Whether only its team and whoever supervises may see it.
        closes_by_silence: Whether the desk may close it because the person does not answer: not what the law wants
            answered.
        silence: What it means by law that nobody answered within the term; "" when nothing is known.
        offered: Whether it is offered to the public until an organisation says otherwise.
        asks_deadline: Whether the form asks for the end of the person's own term.
        title, question, hint, send, received: Words of the form: what is being written, the first question and its
            help, the button that sends it, the heading of the page that says so.
        acknowledgement: What the person is told at once.
        reply: What an answer begins with; the desk completes it.
    """

    slug: str
    term: Term | None
    term_words: Words
    source: Words
    suspension: Words
    extension: Term | None
    extension_source: Words
    is_restricted: bool
    closes_by_silence: bool
    silence: Words
    offered: bool
    asks_deadline: bool
    title: Words
    question: Words
    hint: Words
    send: Words
    received: Words
    acknowledgement: Words
    reply: Words


_TWENTY_DAYS = Term(20, Unit.WORKING_DAYS)
_SERVICE = _("el que promete el nivel de servicio")
_SUSPENDED_951 = _("pedir a la persona que aclare lo que dice, en diez días hábiles (RD 951/2005, artículo 16)")

KINDS: dict[TicketKind, KindRule] = {
    TicketKind.SUPPORT: KindRule(
        slug="consulta",
        term=None,
        term_words=_SERVICE,
        source="",
        suspension="",
        extension=None,
        extension_source="",
        is_restricted=False,
        closes_by_silence=True,
        silence="",
        offered=True,
        asks_deadline=True,
        title=_("Escribir una consulta"),
        question=_("¿Qué le ocurre?"),
        hint="",
        send=_("Enviar la consulta"),
        received=_("Hemos recibido su consulta"),
        acknowledgement=_("Una persona del equipo de soporte leerá su consulta y le responderá."),
        reply=_("Gracias por escribirnos. Para resolverlo, haga lo siguiente:"),
    ),
    TicketKind.SUGGESTION: KindRule(
        slug="sugerencia",
        term=_TWENTY_DAYS,
        term_words=_("veinte días hábiles"),
        source=_("Real Decreto 951/2005, artículo 16.1"),
        suspension=_SUSPENDED_951,
        extension=None,
        extension_source="",
        is_restricted=False,
        closes_by_silence=False,
        silence="",
        offered=True,
        asks_deadline=False,
        title=_("Enviar una sugerencia"),
        question=_("¿Qué mejoraría?"),
        hint=_("Cuente qué cambiaría y para qué serviría. No hace falta que sepa cómo se haría."),
        send=_("Enviar la sugerencia"),
        received=_("Hemos recibido su sugerencia"),
        acknowledgement=_("Estudiaremos su sugerencia y le diremos qué vamos a hacer con ella."),
        reply=_("Gracias por su sugerencia. La hemos estudiado y esto es lo que vamos a hacer:"),
    ),
    TicketKind.COMPLAINT: KindRule(
        slug="queja",
        term=_TWENTY_DAYS,
        term_words=_("veinte días hábiles"),
        source=_("Real Decreto 951/2005, artículo 16.1"),
        suspension=_SUSPENDED_951,
        extension=None,
        extension_source="",
        is_restricted=False,
        closes_by_silence=False,
        silence="",
        offered=True,
        asks_deadline=False,
        title=_("Presentar una queja"),
        question=_("¿De qué se queja?"),
        hint=_("Cuente qué pasó, cuándo y en qué servicio. No es un recurso ni detiene plazos."),
        send=_("Enviar la queja"),
        received=_("Hemos recibido su queja"),
        acknowledgement=_("Comprobaremos lo que nos cuenta y le daremos una respuesta razonada."),
        reply=_("Hemos comprobado lo que nos cuenta en su queja. Le explicamos qué pasó y qué hemos hecho:"),
    ),
    TicketKind.ACCESSIBILITY_COMMUNICATION: KindRule(
        slug="accesibilidad",
        term=None,
        term_words=_SERVICE,
        source=_("Real Decreto 1112/2018, artículos 10 y 11"),
        suspension="",
        extension=None,
        extension_source="",
        is_restricted=False,
        closes_by_silence=False,
        silence="",
        offered=True,
        asks_deadline=False,
        title=_("Comunicar un problema de accesibilidad"),
        question=_("¿Qué no puede usar o leer?"),
        hint=_("Cuente en qué página está y con qué lee o maneja el equipo: lector de pantalla, teclado, lupa…"),
        send=_("Enviar la comunicación"),
        received=_("Hemos recibido su comunicación"),
        acknowledgement=_("Revisaremos la página y le diremos qué vamos a corregir."),
        reply=_("Hemos revisado lo que nos comunicó. Esto es lo que hemos encontrado y corregido:"),
    ),
    TicketKind.ACCESSIBILITY_COMPLAINT: KindRule(
        slug="queja-accesibilidad",
        term=_TWENTY_DAYS,
        term_words=_("veinte días hábiles"),
        source=_("Real Decreto 1112/2018, artículo 12.3"),
        suspension=_("pedir a la persona que aclare lo que dice, en diez días hábiles (RD 1112/2018, artículo 12.4)"),
        extension=None,
        extension_source="",
        is_restricted=False,
        closes_by_silence=False,
        silence=_("no se acepta lo pedido (RD 1112/2018, artículo 12.6)"),
        offered=True,
        asks_deadline=False,
        title=_("Presentar una queja de accesibilidad o pedir información accesible"),
        question=_("¿De qué se queja o qué información necesita?"),
        hint=_("Diga qué página o documento es y en qué formato lo necesita."),
        send=_("Enviar la queja"),
        received=_("Hemos recibido su queja de accesibilidad"),
        acknowledgement=_("Le diremos si aceptamos lo que pide, por qué y cuándo estará corregido."),
        reply=_(
            "Respondemos a su queja de accesibilidad: si la aceptamos, los motivos, las medidas que tomamos, cuándo "
            "estarán hechas y cómo puede reclamar si no está de acuerdo:"
        ),
    ),
    TicketKind.ACCESSIBILITY_CLAIM: KindRule(
        slug="reclamacion-accesibilidad",
        term=Term(2, Unit.MONTHS),
        term_words=_("dos meses"),
        source=_("Real Decreto 1112/2018, artículo 13"),
        suspension="",
        extension=None,
        extension_source="",
        is_restricted=False,
        closes_by_silence=False,
        silence=_("se entiende desestimada (RD 1112/2018, artículo 13)"),
        offered=True,
        asks_deadline=False,
        title=_("Presentar una reclamación de accesibilidad"),
        question=_("¿Qué reclama?"),
        hint=_(
            "Es para quien presentó una queja de accesibilidad y no está de acuerdo con la respuesta, o no la tuvo."
        ),
        send=_("Enviar la reclamación"),
        received=_("Hemos recibido su reclamación"),
        acknowledgement=_("La unidad responsable de accesibilidad estudiará su reclamación y le responderá."),
        reply=_("La unidad responsable de accesibilidad ha estudiado su reclamación y resuelve lo siguiente:"),
    ),
    TicketKind.DATA_PROTECTION: KindRule(
        slug="datos-personales",
        term=Term(1, Unit.MONTHS),
        term_words=_("un mes"),
        source=_("Reglamento (UE) 2016/679, artículo 12.3"),
        suspension="",
        extension=Term(2, Unit.MONTHS),
        extension_source=_("Reglamento (UE) 2016/679, artículo 12.3"),
        is_restricted=True,
        closes_by_silence=False,
        silence="",
        offered=True,
        asks_deadline=False,
        title=_("Ejercer un derecho sobre sus datos personales"),
        question=_("¿Qué pide sobre sus datos?"),
        hint=_("Por ejemplo: saber qué datos tenemos, corregirlos, borrarlos u oponerse a que los usemos."),
        send=_("Enviar la petición"),
        received=_("Hemos recibido su petición"),
        acknowledgement=_("Solo verán su petición las personas que se ocupan de la protección de datos."),
        reply=_("Respondemos a su petición sobre sus datos personales:"),
    ),
    TicketKind.PHISHING: KindRule(
        slug="suplantacion",
        term=None,
        term_words=_SERVICE,
        source="",
        suspension="",
        extension=None,
        extension_source="",
        is_restricted=False,
        closes_by_silence=True,
        silence="",
        offered=True,
        asks_deadline=False,
        title=_("Avisar de una suplantación"),
        question=_("¿Qué ha recibido o visto?"),
        hint=_("Copie el mensaje, quién lo firma y la dirección a la que lleva. No abra el enlace ni dé sus claves."),
        send=_("Enviar el aviso"),
        received=_("Hemos recibido su aviso"),
        acknowledgement=_(
            "Lo comprobaremos y avisaremos a quien corresponda. No abra el enlace ni conteste al mensaje."
        ),
        reply=_("Gracias por avisarnos. Esto es lo que hemos comprobado:"),
    ),
}
BY_SLUG: dict[str, TicketKind] = {rule.slug: kind for kind, rule in KINDS.items()}


def rule_of(kind: str) -> KindRule:
    """Return what holds for a kind."""
    return KINDS[TicketKind(kind)]


def kind_of_slug(slug: str) -> TicketKind:
    """Return the kind that an address names, support for anything else."""
    return BY_SLUG.get(slug, TicketKind.SUPPORT)
