"""The rules of automation that a new office begins with."""

from dataclasses import dataclass

from mostrador.tickets.choices import Deed as DeedName
from mostrador.tickets.choices import Happening, State
from mostrador.tickets.rules.automation import Deed
from mostrador.tickets.rules.conditions import Condition

REMINDED = "recordada"
_WAITS_FOR_PERSON = Condition("state", "is", State.WAITING_FOR_PERSON)

REMINDER = {
    "es": "Hace unos días le respondimos y no sabemos si pudo resolverlo.\n\n"
    "Si ya está resuelto, díganoslo en la página de su consulta. Si sigue igual, contéstenos y seguimos.\n\n"
    "Si no tenemos noticias suyas en siete días, cerraremos la consulta {{ referencia }}; podrá volver a escribirnos "
    "cuando quiera.",
    "ca": "Fa uns dies li vam respondre i no sabem si ho ha pogut resoldre.\n\n"
    "Si ja està resolt, digui'ns-ho a la pàgina de la seva consulta. Si continua igual, contesti'ns i seguim.\n\n"
    "Si no tenim notícies seves en set dies, tancarem la consulta {{ referencia }}; podrà tornar a escriure'ns quan "
    "vulgui.",
    "gl": "Hai uns días respondémoslle e non sabemos se o puido resolver.\n\n"
    "Se xa está resolto, dígannolo na páxina da súa consulta. Se segue igual, contéstenos e seguimos.\n\n"
    "Se non temos noticias súas en sete días, pecharemos a consulta {{ referencia }}; poderá volver escribirnos cando "
    "queira.",
    "eu": "Duela egun batzuk erantzun genizun, eta ez dakigu konpondu ahal izan duzun.\n\n"
    "Konponduta badago, esaguzu zure kontsultaren orrian. Berdin jarraitzen badu, erantzun eta aurrera egingo dugu.\n\n"
    "Zazpi egunean zure berririk ez badugu, {{ referencia }} kontsulta itxiko dugu; nahi duzunean idatz diezagukezu "
    "berriro.",
    "en": "We answered you a few days ago and do not know whether it is solved.\n\n"
    "If it is, tell us on the page of your request. If it is not, answer us and we will go on.\n\n"
    "If we do not hear from you in seven days we will close request {{ referencia }}; you can write to us again at any "
    "time.",
}


@dataclass(frozen=True, slots=True)
class FirstRule:
    """One of them. `origin` is its key for ever, so that it is given once."""

    origin: str
    name: str
    purpose: str
    happening: Happening
    conditions: tuple[Condition, ...]
    deeds: tuple[Deed, ...]


FIRST_RULES = (
    FirstRule(
        "remind",
        "Recordar a quien no contesta, a los cinco días",
        "Que nadie pierda su consulta por no haber visto nuestra respuesta.",
        Happening.TIME,
        (
            _WAITS_FOR_PERSON,
            Condition("last_activity_at", "older_than", "5d"),
            Condition("kind", "is", "support"),
        ),
        (Deed(DeedName.WRITE_TO_PERSON, REMINDER), Deed(DeedName.ADD_TAG, REMINDED)),
    ),
    FirstRule(
        "close",
        "Cerrar lo que nadie contestó siete días después de recordarlo",
        "Que la lista enseñe lo que está vivo. La persona lo sabe antes y puede volver a escribir.",
        Happening.TIME,
        (
            _WAITS_FOR_PERSON,
            Condition("tags", "contains", REMINDED),
            Condition("last_activity_at", "older_than", "7d"),
            Condition("kind", "is", "support"),
        ),
        (Deed(DeedName.CLOSE),),
    ),
    FirstRule(
        "answered",
        "Quitar la marca de recordada cuando la persona contesta",
        "Que el plazo de silencio empiece de nuevo.",
        Happening.PERSON_REPLIED,
        (Condition("tags", "contains", REMINDED),),
        (Deed(DeedName.REMOVE_TAG, REMINDED),),
    ),
)
