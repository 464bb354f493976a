"""Fixed lists of values of e-mail."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class MailKind(TextChoices):
    """Who or what wrote a mail."""

    HUMAN = "human", _("De una persona")
    BOUNCE = "bounce", _("Aviso de entrega fallida o retrasada")
    AUTO_REPLY = "auto-reply", _("Respuesta automática")
    LIST = "list", _("De una lista de correo")
    RECEIPT = "receipt", _("Confirmación de entrega, de lectura o de asistencia")
    REPORT = "report", _("Informe de un proveedor de correo")


class Way(TextChoices):
    """How mail reaches a mailbox of ours."""

    IMAP = "imap", _("Lo recogemos de un buzón por IMAP")
    POP3 = "pop3", _("Lo recogemos de un buzón por POP3")
    DELIVERED = "delivered", _("Nos lo entrega un servidor de correo o un proveedor")


class Security(TextChoices):
    """How the connection is encrypted (RFC 8314 recommends TLS from the first byte)."""

    TLS = "tls", _("TLS desde el principio (puerto 993 o 995)")
    STARTTLS = "starttls", _("STARTTLS (puerto 143 o 110)")
    NONE = "none", _("Sin cifrar, solo dentro de la propia máquina")


class SignIn(TextChoices):
    """How we sign in at a mail server."""

    PASSWORD = "password", _("Con contraseña")
    MICROSOFT = "microsoft", _("Con OAuth2 de Microsoft 365")
    GOOGLE = "google", _("Con OAuth2 de Google")
    OAUTH2 = "oauth2", _("Con OAuth2 de otro proveedor")


class FetchProblem(TextChoices):
    """Why mail could not be fetched, and what whoever looks after the mailbox can do about it."""

    UNREACHABLE = "unreachable", _("No se pudo conectar con el servidor. Revise su nombre y el puerto.")
    SILENT = "silent", _("El servidor no contestó a tiempo. Si se repite, avise a quien lo administra.")
    CREDENTIALS = "credentials", _("El servidor no acepta el usuario o la contraseña. Escríbalos de nuevo.")
    TOKEN = "token", _("El servidor no acepta el permiso de acceso (OAuth2). Autorice de nuevo el buzón.")
    APPLICATION = (
        "application",
        _("El proveedor no reconoce la aplicación. Revise el identificador, el secreto y los permisos concedidos."),
    )
    ISSUER = "issuer", _("No se pudo obtener el permiso de acceso (OAuth2). Revise la dirección del proveedor.")
    METHOD = "method", _("El servidor no admite esa forma de identificarse. Elija otra, o actívela en el servidor.")
    ENCRYPTION = (
        "encryption",
        _("No se pudo establecer una conexión cifrada. Revise el tipo de cifrado y el puerto."),
    )
    CERTIFICATE = (
        "certificate",
        _("El certificado del servidor no es de confianza. Revise el nombre del servidor, o pida que lo renueven."),
    )
    FOLDER = "folder", _("Una de las carpetas no existe o no se puede abrir. Elija otra en la configuración del buzón.")
    BUSY = "busy", _("El servidor está ocupado o ha limitado el acceso por un tiempo. Se volverá a intentar.")
    CUT_OFF = "cut_off", _("La conexión se cortó a medias. Se volverá a intentar; no se ha perdido nada.")
    PROTOCOL = "protocol", _("El servidor dio una respuesta que no se entiende. Avise a quien lo administra.")
    WITHHELD = "withheld", _("El servidor no entrega alguno de los mensajes; los demás se recogen. Mírelo en el buzón.")
    OURS = (
        "ours",
        _("No se pudo guardar un mensaje, que sigue en el servidor de correo. Avise a quien administra Mostrador."),
    )


class Afterwards(TextChoices):
    """What happens at the server to a message that is safe with us."""

    LEAVE = "leave", _("Se deja donde está")
    MOVE = "move", _("Se mueve a otra carpeta")
    DELETE = "delete", _("Se borra del servidor")


class Via(TextChoices):
    """Through which door a message came."""

    IMAP = "imap", "IMAP"
    POP3 = "pop3", "POP3"
    PIPE = "pipe", _("orden del servidor de correo")
    LMTP = "lmtp", "LMTP"
    SMTP = "smtp", "SMTP"
    HOOK = "hook", _("aviso de un proveedor")
    IMPORT = "import", _("importación")


class MailState(TextChoices):
    """Where a received message is."""

    RECEIVED = "received", _("recibido, sin leer todavía")
    DONE = "done", pgettext_lazy("mail", "atendido")
    FAILED = "failed", _("no se pudo leer")


class Outcome(TextChoices):
    """What became of a received message."""

    OPENED = "opened", _("abrió una consulta")
    ADDED = "added", _("se añadió a su consulta")
    LINKED = "linked", _("abrió una consulta relacionada con otra")
    BOUNCE = "bounce", _("avisa de una entrega")
    NOTED = "noted", _("se anotó en su consulta")
    ASIDE = "aside", _("apartado: no lo escribió una persona")
    DROPPED = "dropped", _("descartado por una regla")
    SPAM = "spam", _("correo no deseado por una regla")
    DUPLICATE = "duplicate", _("ya se había recibido")
    TEST = "test", _("prueba del buzón")
    UNREADABLE = "unreadable", _("no se pudo leer")


# What waits for nobody, and that somebody may still want to look at or turn into a ticket.
KEPT_ASIDE = (Outcome.ASIDE, Outcome.DROPPED, Outcome.SPAM, Outcome.BOUNCE)


class FilterAction(TextChoices):
    """What a filter rule does before a ticket is opened."""

    DROP = "drop", _("Descartarlo")
    SPAM = "spam", _("Apartarlo como correo no deseado")
    TEAM = "team", _("Darlo a un equipo")
    TOPIC = "topic", _("Ponerle un tema")
    TAG = "tag", _("Ponerle una etiqueta")


class CheckStep(TextChoices):
    """What is tried of a mailbox, in this order."""

    CONNECT = "connect", _("Conectar con el servidor")
    SIGN_IN = "sign_in", _("Identificarse")
    FOLDER = "folder", _("Abrir las carpetas")
    SEND = "send", _("Enviar un mensaje al buzón")
    ARRIVE = "arrive", _("Recibir el mensaje")
    READ = "read", _("Leerlo")


class CheckProblem(TextChoices):
    """Why a check failed, besides what servers say of themselves (`FetchProblem`)."""

    NO_SERVER = "no_server", _("No hay servidor de correo de salida: configure SMTP_HOST y repita la prueba.")
    NOT_ARRIVED = (
        "not_arrived",
        _(
            "El mensaje salió y no ha llegado en diez minutos. Mire si está en correo no deseado, si la dirección "
            "es la del buzón y si el servidor de salida lo tiene en cola."
        ),
    )
    NOT_DELIVERED = (
        "not_delivered",
        _(
            "El mensaje salió y no nos lo han entregado en diez minutos. Revise en su servidor de correo que lo de "
            "esta dirección va a la orden, a la dirección LMTP o al aviso que se indican en la página del buzón."
        ),
    )
    NOT_READ = (
        "not_read",
        _(
            "El mensaje llegó y nadie lo ha leído en cinco minutos. Compruebe que los procesos de trabajo están en "
            "marcha."
        ),
    )
    TAKEN_FOR_MAIL = (
        "taken",
        _("El mensaje llegó y se tomó por correo de una persona: algún servidor le quitó la cabecera de prueba."),
    )


class Connection(TextChoices):
    """The ways to a mailbox that people choose among: each asks only for what it needs."""

    MICROSOFT = "microsoft", _("Microsoft 365")
    GOOGLE = "google", _("Google Workspace")
    IMAP = "imap", _("Otro servidor, por IMAP")
    POP3 = "pop3", _("Otro servidor, por POP3")
    OAUTH2 = "oauth2", _("Otro servidor, por IMAP con OAuth2")
    DELIVERED = "entrega", _("Nos lo entrega un servidor de correo o un proveedor")


class Box(TextChoices):
    """What the page of a mailbox lists."""

    ALL = "todos", _("Todos")
    WAITING = "en-espera", _("En espera")
    FAILED = "sin-leer", _("No se pudieron leer")
    ASIDE = "apartados", _("Apartados")


class ImportState(TextChoices):
    """How far the import of an existing mailbox is."""

    WAITING = "waiting", _("en espera")
    RUNNING = "running", _("en marcha")
    DONE = "done", _("terminada")
    STOPPED = "stopped", _("detenida")
    FAILED = "failed", _("interrumpida por un error")


class Authentication(TextChoices):
    """Whether a mail comes from where it says."""

    PROVEN = "proven", _("Comprobado: el correo sale del dominio que figura como remitente.")
    FORGED = "forged", _("Sospechoso: el dominio que figura como remitente no reconoce este correo.")
    UNPROVEN = "unproven", _("Sin comprobar: nada confirma que el remitente sea quien dice ser.")


class Suspicion(TextChoices):
    """How a mail passes for the office's; the words take what people see (`shown`) and what is behind it (`real`)."""

    SENDER_DOMAIN = "sender_domain", _("El remitente escribe desde %(real)s, que se parece a %(shown)s y no lo es.")
    SENDER_ADDRESS = "sender_address", _("El remitente se presenta como %(shown)s, pero escribe desde %(real)s.")
    SENDER_NAME = "sender_name", _("Firma como «%(shown)s», pero escribe desde %(real)s.")
    REPLY_TO = "reply_to", _("Escribe desde %(shown)s, pero las respuestas irían a %(real)s.")
    LINK_DOMAIN = "link_domain", _("Un enlace lleva a %(real)s, que se parece a %(shown)s y no lo es.")
    LINK_TEXT = "link_text", _("Un enlace muestra %(shown)s y lleva a %(real)s.")


class SignatureState(TextChoices):
    """What became of the electronic signature of a mail. Who issued the certificate is not verified: no trust list."""

    INTACT = "intact", _("Firma íntegra: el contenido no ha cambiado desde que se firmó. El emisor no está comprobado.")
    ALTERED = "altered", _("Firma rota: el contenido no es el que se firmó.")
    UNCHECKED = "unchecked", _("Firma sin comprobar: no se puede saber si el contenido es el que se firmó.")
