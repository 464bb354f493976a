"""A mailbox, in the sections of its page, and the address that answers for it."""

import re
from typing import Any

from django import forms
from django.core.validators import EmailValidator, MaxValueValidator, MinValueValidator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mostrador.mailbox.choices import Afterwards, Connection, Security, Way
from mostrador.mailbox.clients.oauth import MICROSOFT_APPLICATION_SCOPES, MICROSOFT_SCOPES
from mostrador.mailbox.models import Mailbox
from mostrador.mailbox.queries.mailboxes import senders_of
from mostrador.mailbox.rules.connections import PASSWORD_IS_OF, PRESETS, SECRET_IS_OF
from mostrador.notifications.models import Sender
from mostrador.organisations.models import Organisation, Team, Topic
from mostrador.organisations.queries import teams_of, topic_options
from mostrador.shared.formats import language_name
from mostrador.shared.forms import Combobox

MOST_QUIET_HOURS = 24 * 60
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[?[0-9A-Fa-f:.]+\]?")
_SELECTOR = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?")


class LinesField(forms.CharField):
    """Several values, one a line; cleaned to a list without repetitions."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", forms.Textarea(attrs={"rows": 2}))
        super().__init__(**options)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        return list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))


def _secret(label: Any, hint: Any = "") -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": "new-password"})
    return forms.CharField(label=label, help_text=hint, required=False, strip=False, max_length=2000, widget=widget)


class MailboxForm(forms.Form):
    """One mailbox. Which fields it has depends on how its mail arrives; passwords are never shown again."""

    name = forms.CharField(label=_("Nombre"), help_text=_("Para reconocerlo aquí: «Soporte», «Padrón»…"), max_length=80)
    address = forms.EmailField(label=_("Dirección"), help_text=_("Aquella a la que escribe la gente."), max_length=254)
    aliases = LinesField(
        label=_("Otras direcciones suyas"),
        help_text=_("Una en cada línea. Lo que llega a ellas es de este buzón."),
        required=False,
    )
    team = forms.TypedChoiceField(label=_("Equipo"), required=False, coerce=int, empty_value=None)
    topic = forms.TypedChoiceField(label=_("Tema"), required=False, coerce=int, empty_value=None, widget=Combobox)
    language = forms.ChoiceField(
        label=_("Idioma"), help_text=_("El de las respuestas a quien no deja ver en qué idioma escribe.")
    )
    sender = forms.TypedChoiceField(
        label=_("Se responde desde"), required=False, coerce=int, empty_value=None, widget=forms.RadioSelect
    )
    sends_acknowledgement = forms.BooleanField(
        label=_("Enviar acuse de recibo"),
        help_text=_("Con la referencia, a quien abre una consulta. Nunca a robots ni a listas de correo."),
        required=False,
    )

    host = forms.CharField(label=_("Servidor"), help_text=_("Por ejemplo, imap.ejemplo.es"), max_length=200)
    port = forms.IntegerField(label=_("Puerto"), validators=[MinValueValidator(1), MaxValueValidator(65535)])
    security = forms.ChoiceField(label=_("Cifrado"), choices=Security.choices, widget=forms.RadioSelect)
    user = forms.CharField(label=_("Usuario"), help_text=_("Casi siempre es la dirección completa."), max_length=200)
    password = _secret(_("Contraseña"))
    oauth_tenant = forms.CharField(
        label=_("Directorio (inquilino)"),
        help_text=_("Su identificador o su dominio, como aparece en Microsoft Entra: ejemplo.onmicrosoft.com."),
        max_length=100,
    )
    oauth_client = forms.CharField(
        label=_("Identificador de la aplicación"),
        help_text=_("El que da el proveedor al registrar la aplicación (client ID)."),
        max_length=200,
    )
    oauth_secret = _secret(_("Secreto de la aplicación"))
    oauth_scope = forms.ChoiceField(
        label=_("Quién da el permiso"),
        choices=[
            (MICROSOFT_SCOPES, _("Quien tiene la contraseña del buzón, una vez, en la página siguiente")),
            (MICROSOFT_APPLICATION_SCOPES, _("Quien administra el directorio, a la aplicación")),
        ],
        widget=forms.RadioSelect,
    )
    oauth_token_url = forms.URLField(
        label=_("Dirección que da los permisos"),
        help_text=_("La de «token» del proveedor, con https://."),
        max_length=200,
        assume_scheme="https",
    )
    scopes = forms.CharField(
        label=_("Permisos que se piden (scope)"),
        help_text=_("Separados por espacios, como los escribe el proveedor."),
        max_length=300,
        required=False,
    )

    oauth_refresh = _secret(
        _("Permiso duradero (refresh token)"),
        _("Solo si el proveedor da uno. Vacío: se pide en nombre de la aplicación."),
    )

    folders = LinesField(
        label=_("Carpetas que se recogen"),
        help_text=_("Una en cada línea. La de entrada se llama INBOX en todos los servidores."),
    )
    existing = forms.ChoiceField(
        label=_("Lo que ya hay en el buzón"),
        choices=[
            ("leave", _("Se deja como está: se recoge lo que llegue desde ahora")),
            ("take", _("Se recoge también: cada mensaje abre una consulta y recibe su acuse")),
        ],
        help_text=_("Lo anterior se puede traer después, como historial y sin escribir a nadie."),
        initial="leave",
        widget=forms.RadioSelect,
    )
    afterwards = forms.ChoiceField(
        label=_("Qué se hace en el servidor con lo recogido"),
        help_text=_("Nada se mueve ni se borra antes de estar a salvo aquí."),
        choices=Afterwards.choices,
        widget=forms.RadioSelect,
    )
    done_folder = forms.CharField(
        label=_("Carpeta de lo ya recogido"),
        help_text=_("Solo si se mueve. Si no existe, se crea."),
        max_length=200,
        required=False,
    )

    trusted_servers = LinesField(
        label=_("Servidores cuyas comprobaciones creemos"),
        help_text=_(
            "Los nombres con que su servidor firma la cabecera Authentication-Results, uno en cada línea. "
            "Sin ellos, de SPF y DMARC solo se sabe lo que comprobamos nosotros."
        ),
        required=False,
    )
    quiet_alarm_hours = forms.IntegerField(
        label=_("Avisar si no llega nada en (horas)"),
        help_text=_("Vacío: se aprende de las semanas anteriores, y las horas sin abrir no cuentan."),
        required=False,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_QUIET_HOURS)],
    )

    def __init__(
        self, organisation: Organisation, connection: Connection, data: Any = None, *, box: Mailbox | None = None
    ) -> None:
        self.organisation, self.connection, self.box = organisation, connection, box
        super().__init__(data, initial=_initial(organisation, connection, box))
        for name in set(self.fields) - {name for _title, names in self._names() for name in names}:
            del self.fields[name]
        self._offer()

    def _names(self) -> list[tuple[str, list[str]]]:
        """Return the sections with the names of their fields."""
        preset = PRESETS[self.connection]
        server = {
            Connection.MICROSOFT: ["user", "oauth_tenant", "oauth_client", "oauth_secret", "oauth_scope"],
            Connection.GOOGLE: ["user", "oauth_client", "oauth_secret"],
            Connection.IMAP: ["host", "port", "security", "user", "password"],
            Connection.POP3: ["host", "port", "security", "user", "password"],
            Connection.OAUTH2: [
                *("host", "port", "security", "user", "oauth_token_url", "oauth_client", "oauth_secret"),
                *("scopes", "oauth_refresh"),
            ],
            Connection.DELIVERED: [],
        }[self.connection]
        existing = ["existing"] if self.box is None else []
        afterwards = {
            Way.IMAP: ["folders", *existing, "afterwards", "done_folder"],
            Way.POP3: [*existing, "afterwards"],
        }.get(preset.way, [])
        sections = [
            (gettext("La dirección"), ["name", "address", "aliases"]),
            (gettext("Quién atiende"), ["team", "topic", "language"]),
            (gettext("Cómo llega el correo"), server),
            (gettext("Qué se recoge y qué se hace después"), afterwards),
            (gettext("Cómo se responde"), ["sender", "sends_acknowledgement"]),
            (gettext("Confianza y avisos"), ["trusted_servers", "quiet_alarm_hours"]),
        ]
        return [(title, names) for title, names in sections if names]

    def sections(self) -> list[tuple[str, list[Any]]]:
        """Return the sections with their fields, to be drawn."""
        return [(title, [self[name] for name in names]) for title, names in self._names()]

    def _offer(self) -> None:
        """Fill the lists of choices, and say what an empty password means."""
        kept = self.box.team_id if self.box else None
        teams = [(str(team.pk), team.name) for team in teams_of(self.organisation, kept=kept)]
        self._choices("team", [("", gettext("El que recibe las consultas nuevas")), *teams])
        topics = topic_options(self.organisation, kept=self.box.topic if self.box else None)
        self._choices("topic", [("", gettext("Sin tema: lo dice quien lo atiende")), *topics])
        self._choices("language", [(code, language_name(code)) for code in self.organisation.languages])
        own = self.box.address.lower() if self.box else ""
        others = [(str(one.pk), one.address) for one in senders_of(self.organisation) if one.address.lower() != own]
        self._choices("sender", [("", gettext("La dirección del buzón")), *others])
        if "afterwards" in self.fields and PRESETS[self.connection].way == Way.POP3:  # it knows no folders
            self._choices("afterwards", [each for each in Afterwards.choices if each[0] != Afterwards.MOVE])
        if "oauth_refresh" in self.fields and self.box and self.box.oauth_refresh_sealed:
            self.fields["oauth_refresh"].help_text = gettext("Hay una guardada y no se enseña. Vacío, sigue la misma.")
        for name in {"password", "oauth_secret"} & set(self.fields):
            if self._knows(name):
                self.fields[name].help_text = gettext("Hay una guardada y no se enseña. Vacío, sigue la misma.")
            else:
                self.fields[name].required = True

    def _choices(self, name: str, choices: list[Any]) -> None:
        field: Any = self.fields[name]
        field.choices = choices

    def _knows(self, name: str) -> bool:
        box = self.box
        return bool(box and {"password": box.password_sealed, "oauth_secret": box.oauth_secret_sealed}[name])

    def clean_aliases(self) -> list[str]:
        """Refuse what is no address."""
        return self._addresses("aliases")

    def _addresses(self, name: str) -> list[str]:
        check = EmailValidator(gettext("Hay una línea que no es una dirección de correo."))
        for address in self.cleaned_data[name]:
            check(address)
        return [address.lower() for address in self.cleaned_data[name]]

    def clean_host(self) -> str:
        """Refuse addresses of web pages."""
        host: str = self.cleaned_data["host"].strip()
        if not _HOST.fullmatch(host):
            raise forms.ValidationError(gettext("Escriba solo el nombre del servidor, sin https:// ni barras."))
        return host

    def clean_team(self) -> Team | None:
        """Return the team."""
        key = self.cleaned_data["team"]
        return Team.objects.get(pk=key) if key else None

    def clean_topic(self) -> Topic | None:
        """Return the topic."""
        key = self.cleaned_data["topic"]
        return Topic.objects.get(pk=key) if key else None

    def clean_sender(self) -> Sender | None:
        """Return the address, none for the mailbox's own."""
        key = self.cleaned_data["sender"]
        return Sender.objects.get(pk=key) if key else None

    def clean(self) -> dict[str, Any]:
        """Ask for the folder where a message is moved; plain connections only within this machine."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("afterwards") == Afterwards.MOVE and not data.get("done_folder"):
            self.add_error("done_folder", gettext("Diga a qué carpeta se mueve."))
        if data.get("done_folder") and data["done_folder"] in data.get("folders", []):
            self.add_error("done_folder", gettext("Esa carpeta es una de las que se recogen: elija otra."))
        if data.get("security") == Security.NONE and data.get("host") not in {"localhost", "127.0.0.1", "::1"}:
            self.add_error("security", gettext("Sin cifrar, la contraseña viajaría a la vista: elija TLS o STARTTLS."))
        if "scopes" in data:
            data["oauth_scope"] = data.pop("scopes")
        if self.connection == Connection.OAUTH2 and not data.get("oauth_token_url", "https:").startswith("https:"):
            self.add_error("oauth_token_url", gettext("Tiene que empezar por https://."))
        self._ask_anew(data)
        return data

    def _ask_anew(self, data: dict[str, Any]) -> None:
        """Ask for a secret that is kept before it goes to another server, user or issuer."""
        typed = data | {"sign_in": PRESETS[self.connection].sign_in}
        other_server = gettext("Ha cambiado el servidor o el usuario: escriba también la contraseña.")
        other_issuer = gettext("Ha cambiado quién da los permisos: escriba también el secreto.")
        kinds = (("password", PASSWORD_IS_OF, other_server), ("oauth_secret", SECRET_IS_OF, other_issuer))
        for name, is_of, sentence in kinds:
            if name not in self.fields or data.get(name) or not self._knows(name):
                continue
            if any(typed[each] != getattr(self.box, each) for each in is_of if each in typed):
                self.add_error(name, sentence)


def _initial(organisation: Organisation, connection: Connection, box: Mailbox | None) -> dict[str, Any]:
    preset = PRESETS[connection]
    if box is None:
        return {
            "language": organisation.default_language,
            "sends_acknowledgement": True,
            "port": preset.port,
            "security": preset.security,
            "folders": ["INBOX"],
            "existing": "leave",
            "afterwards": Afterwards.LEAVE,
            "oauth_scope": MICROSOFT_SCOPES,
        }
    names = (
        *("name", "address", "aliases", "language", "sends_acknowledgement", "host", "port", "security", "user"),
        *("oauth_tenant", "oauth_client", "oauth_token_url", "folders", "afterwards", "done_folder"),
        *("trusted_servers", "quiet_alarm_hours"),
    )
    known = {name: getattr(box, name) for name in names}
    if PRESETS[connection].way != box.way:  # it is about to arrive another way
        known |= {"host": "", "port": preset.port, "security": preset.security}
    own = box.sender.address.lower() == box.address.lower()
    return known | {
        "team": box.team_id or "",
        "topic": box.topic_id or "",
        "sender": "" if own else box.sender_id,
        "oauth_scope": box.oauth_scope or MICROSOFT_SCOPES,
        "scopes": box.oauth_scope,
    }


class SecretForm(forms.Form):
    """With what a provider signs: ours, or its own."""

    secret = _secret(
        _("La clave que da el proveedor"),
        _("Solo si la da él, como Mailgun (HTTP webhook signing key). Vacío: se crea una aquí."),
    )


class SenderForm(forms.Form):
    """How an address sends."""

    name = forms.CharField(
        label=_("Nombre del remitente"),
        help_text=_("El que ve quien recibe. Vacío: el de la entidad."),
        max_length=120,
        required=False,
    )
    has_plus = forms.BooleanField(
        label=_("Su servidor acepta direcciones con «+»"),
        help_text=_(
            "Lo que se envía a soporte+algo@… llega a soporte@…. Así cada respuesta y cada devolución "
            "encuentra su consulta aunque le hayan quitado todo lo demás. Pruébelo antes."
        ),
        required=False,
    )
    per_minute = forms.IntegerField(
        label=_("Mensajes por minuto, como máximo"),
        help_text=_("El límite de su proveedor. Vacío: sin límite."),
        required=False,
        validators=[MinValueValidator(1), MaxValueValidator(10_000)],
    )
    is_default = forms.BooleanField(
        label=_("Usarla también para lo que no es de ningún buzón"),
        help_text=_("Avisos, encuestas y respuestas a lo que llegó por la web."),
        required=False,
    )

    def __init__(self, sender: Sender, data: Any = None) -> None:
        names = ("name", "has_plus", "per_minute", "is_default")
        super().__init__(data, initial={name: getattr(sender, name) for name in names})


class SelectorForm(forms.Form):
    """Under which name a DKIM key is published."""

    selector = forms.CharField(
        label=_("Selector"),
        help_text=_("Una palabra corta, distinta de las que ya use el dominio; por ejemplo, mostrador."),
        max_length=63,
        initial="mostrador",
    )

    def clean_selector(self) -> str:
        """Return it in lower case."""
        selector: str = self.cleaned_data["selector"].strip().lower()
        if not _SELECTOR.fullmatch(selector):
            raise forms.ValidationError(gettext("Solo letras sin acento, números y guiones."))
        return selector
