"""How mail programs mark what they quote: attribution lines, heads of quoted messages and signatures.

Spanish, Catalan, Galician, Basque, English, Portuguese, French, German and Italian, and the commonest words of others.
"""

import re

# At the end of an attribution: «… escribió:».
_WROTE = (
    r"escribi[óo]|ha escrito|va escriure|ha escrit|escriv[íi]|escribiu|idatzi (?:du|zuen|dute|zuten)|"
    r"wrote|writes|has written|escreveu|(?:a )?écrit|a ecrit|schrieb|hat geschrieben|ha scritto|scrisse|"
    r"schreef|napisał\(?a?\)?|napsal\(a\)|skrev|kirjoitti|a scris|написал\(?а?\)?|пишет"
)
_ATTRIBUTION = re.compile(
    rf"^(?:.*\b(?:{_WROTE})\b.*|"
    r"(?:missatge de|citando a|citant a?|quoting|zitat von|en réponse à|mensaje de)\b.+)[:：]\s*$",
    re.IGNORECASE | re.DOTALL,
)
# Yahoo's programs for telephones go on in the same line: «El mar., … <ana@correo.example> escribió:   Buenos días».
_RUN_ON = re.compile(
    rf"^\s*(?:el|en|o|on|le|am|il|em)\b.{{5,300}}<\S{{1,100}}@\S{{1,100}}>.{{0,20}}\b(?:{_WROTE})[:：]\s{{2,}}\S",
    re.IGNORECASE,
)
_CLOCK = re.compile(r"\b\d{1,2}\s?[:.h]\s?\d{2}\b")
_YEAR = re.compile(r"\b(?:19|20)\d{2}\b|\b\d{1,2}[/.-]\d{1,2}[/.-]\d{2}\b")
_ADDRESS = re.compile(r"(?<![\w.+'-])[\w.+'-]{1,100}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,12}")
_OPENER = re.compile(
    r"^(?:el|en|o|on|le|am|il|em|op|den|dnia|dne|at|missatge|mensaje|quoting|citando|citant|zitat|\d{4})\b",
    re.IGNORECASE,
)
LINES_OF_ATTRIBUTION = 4

# Labels at the head of a quoted message, by what they say.
_LABELS = {
    "from": (
        "de|from|von|da|nork|nondik|igorlea|bidaltzailea|remitente|remetente|expéditeur|absender|mittente|od|van|от"
    ),
    "sent": (
        r"enviado|enviado el|enviat|enviat el|enviada|enviada em|enviado em|fecha|data|date|sent|envoyé|envoyé le|"
        r"gesendet|gesendet am|datum|inviato|inviato il|bidalia|bidaltze-data|bidaltze data|noiz|verzonden|"
        r"fecha y hora"
    ),
    "to": "para|to|per a|a|à|an|nori|nora|hartzailea|destinatario|destinatari|destinataire|aan|do",
    "subject": "asunto|assumpte|gaia|subject|assunto|objet|betreff|oggetto|onderwerp|temat|tema",
    "cc": (
        r"cc|c\.c\.|copia|kopia|kopie|con copia|bcc|cco|responder a|reply-to|importancia|importance|adjuntos?|"
        "attachments?"
    ),
}
_LABEL = re.compile(
    r"^[>\s]*[*_]{0,2}(?:"
    + "|".join(f"(?P<{name}>{words})" for name, words in _LABELS.items())
    + r")\s?[*_]{0,2}\s?[:：][*_]{0,2}(?:\s+|$)(?P<said>.*)$",
    re.IGNORECASE,
)
LINES_OF_HEAD = 10

_ORIGINAL = (
    r"mensaje original|missatge original|mensaxe orixinal|jatorrizko mezua|original message|original mail|"
    r"mensagem original|message d['’]origine|message original|ursprüngliche nachricht|originalnachricht|"
    r"messaggio originale|oorspronkelijk bericht|original appointment|cita original"
)
_FORWARDED = (
    r"mensaje reenviado|missatge reenviat|mensaxe reenviada|mensaxe remitida|birbidalitako mezua|forwarded message|"
    r"forwarded by|mensagem (?:re)?encaminhada|message transféré|message transmis|weitergeleitete nachricht|"
    r"messaggio inoltrato|doorgestuurd bericht"
)
_SEPARATOR = re.compile(rf"^[>\s]*(?:[-_=*]\s?){{2,}}\s*(?:{_ORIGINAL})\s*:?\s*(?:[-_=*]\s?){{0,}}$", re.IGNORECASE)
_FORWARD = re.compile(
    rf"^\s*(?:(?:[-_=*]\s?){{2,}}\s*(?:{_FORWARDED}).*|begin forwarded message:|inicio del mensaje reenviado:|"
    r"inici del missatge reenviat:|début du message (?:réexpédié|transféré) ?:|"
    r"anfang der weitergeleiteten nachricht:|"
    r"inizio messaggio inoltrato:|início da mensagem (?:re)?encaminhada:)\s*$",
    re.IGNORECASE,
)
_RULE = re.compile(r"^\s*(?:_{5,}|-{5,}|={5,}|\*{5,})\s*$")

_ANSWERED = re.compile(
    r"^\s*(?:re|r|aw|antw|sv|rif|ris|odp|res|rép|erantzuna|resp)\s?(?:\[\d+\])?\s?[:：]", re.IGNORECASE
)
_PASSED_ON = re.compile(r"^\s*(?:fwd?|rv|tr|wg|i|enc|rm|reenv|birb|doorst)\s?[:：]", re.IGNORECASE)

_SIGNATURE = re.compile(r"^(?:--|—|__)\s?$")
LINES_OF_SIGNATURE = 20
_PROGRAMS = (
    r"i?phone|ipad|android|samsung|galaxy|huawei|xiaomi|redmi|oppo|motorola|nokia|blackberry|windows|outlook|"
    r"yahoo|gmail|"
    r"proton|tutanota|thunderbird|bluemail|k-9|spark|mailbird|zimbra|e?mail|correo para|correu de|m[óòo]bil|m[óo]vil|"
    r"mobile?|handy|smartphone|tel[ée]fono|tel[éèe]phone|telefon|telefonoa|tableta?|tablette|mugikor\w*|sakelako\w*|"
    r"portable|cellulare|telem[óo]vel|dispositivo|movistar|vodafone|orange"
)
_DEVICE = re.compile(
    r"^[\s_*<-]*(?:(?:enviado|enviat|enviada|sent|envoyé|gesendet|inviato|inviata|verzonden|escrito|escrit|remitido|"
    r"diese nachricht wurde)\s"
    r"(?:desde|des|dende|from|with|depuis|à partir|von|mit|dal|da|do|de|vanaf|con|amb|por|via)\b"
    rf".{{0,60}}\b(?:{_PROGRAMS})\b.{{0,120}}|von meinem .{{0,40}}\b(?:{_PROGRAMS})\b.{{0,40}}gesendet.{{0,10}}|"
    rf".{{0,20}}\b(?:{_PROGRAMS})[\w-]{{0,6}}\s.{{0,15}}\b(?:bidalia|bidalita)[.\s]*|"
    r"(?:obtener|obteniu|obtén|obter|get|télécharger|obtenir|holen sie sich|scarica|lortu)\s.{0,10}outlook\b.{0,120}|"
    r"(?:libre de virus|lliure de virus|virus-free|sin virus|sans virus|virenfrei|privo di virus)\b.{0,120})$",
    re.IGNORECASE,
)

# What offices add below every mail: a title, or a long sentence that speaks of secrecy.
_NOTICE = re.compile(
    r"^[\W_]*(?:aviso (?:legal|de confidencialidad|de privacidad)|avís (?:legal|de confidencialitat)|"
    r"aviso de confidencialidade|lege[- ]oharra|nota (?:legal|de confidencialidad)|disclaimer|confidentiality notice|"
    r"legal notice|cláusula de confidencialidad|antes de imprimir est|abans d['’]imprimir aquest|"
    r"please consider the environment)",
    re.IGNORECASE,
)
_LONG_NOTICE = re.compile(
    r"^[\W_]*(?:est[ae] (?:mensaje|mensaxe|mensagem|correo|e-?mail)|aquest (?:missatge|correu)|"
    r"mezu (?:elektroniko )?hau|"
    r"la información (?:contenida|incluida)|a información contida|la informació continguda|this (?:e-?mail|message)|"
    r"the information contained|ce (?:message|courriel)|diese (?:e-?mail|nachricht)|quest[oa] (?:messaggio|"
    r"e-?mail))\b.*"
    r"(?:confiden|konfidentz|isilpeko|vertraulich|riservat|intended (?:recipient|solely|only))",
    re.IGNORECASE | re.DOTALL,
)
LETTERS_OF_NOTICE = 120
# The author says that answers stand among the quoted lines.
_AMONG = re.compile(
    r"(?:contest|respond|coment|respon|erantzun|answer|reply|comment|rispond|antwort|répond)\w*.{0,40}"
    r"(?:debajo|abajo|en rojo|en azul|en negrita|entre (?:las )?líneas|en (?:el|su) (?:propio |mismo )?(?:texto|"
    r"correo|mensaje)|"
    r"a sota|en vermell|abaixo|vermello|azpian|gorriz|inline|in-line|below|in red|ci-dessous|en rouge|unten|"
    r"in rot|sotto|in rosso)|"
    r"\b(?:see|siehe|voir|ver|vea|vean|mire) (?:my (?:answers?|comments?) )?(?:inline|below|unten|ci-dessous|"
    r"más abajo|abajo|debajo)",
    re.IGNORECASE,
)


def is_attribution(line: str, *, full: bool) -> bool:
    """Tell whether a line says who wrote what follows; `full` asks for a moment and an address besides."""
    if full and _RUN_ON.match(line[:500]):
        return bool(_YEAR.search(line) and _CLOCK.search(line))
    if len(line) > 500 or not line.rstrip().endswith((":", "：")) or not _ATTRIBUTION.match(line):
        return False
    return not full or bool(_YEAR.search(line) and (_CLOCK.search(line) or _ADDRESS.search(line)))


def opens_attribution(line: str) -> bool:
    """Tell whether an attribution can begin with a line: «El lunes, …»."""
    return bool(_OPENER.match(line.strip()))


def label(line: str) -> tuple[str, str]:
    """Return which part of a message's head a line is ("from", "sent", "to", "subject", "cc") and what it says."""
    found = _LABEL.match(line) if len(line) < 1000 else None
    if not found:
        return "", ""
    return next(name for name in _LABELS if found[name]), found["said"]


def addresses(text: str) -> set[str]:
    """Return the mail addresses in a text, in lower case."""
    return {address.lower() for address in _ADDRESS.findall(text)}


def is_separator(line: str) -> bool:
    """Tell whether a line announces the original message: «-----Mensaje original-----»."""
    return bool(_SEPARATOR.match(line))


def is_rule(line: str) -> bool:
    """Tell whether a line is only a drawn line."""
    return bool(_RULE.match(line))


def is_forward(line: str) -> bool:
    """Tell whether a line announces a message that is passed on."""
    return bool(_FORWARD.match(line))


def is_answered(subject: str) -> bool:
    """Tell whether a subject is that of an answer."""
    return bool(_ANSWERED.match(subject))


def is_passed_on(subject: str) -> bool:
    """Tell whether a subject is that of a message passed on."""
    return bool(_PASSED_ON.match(subject))


def is_signature(line: str) -> bool:
    """Tell whether a line parts the signature from the words: «-- »."""
    return bool(_SIGNATURE.match(line))


def is_device(line: str) -> bool:
    """Tell whether a program wrote the line: «Enviado desde mi iPhone»."""
    return bool(_DEVICE.match(line))


def is_notice(paragraph: str) -> bool:
    """Tell whether a paragraph is the legal notice that an office adds below its mail."""
    return bool(
        _NOTICE.match(paragraph) or (len(paragraph) >= LETTERS_OF_NOTICE and _LONG_NOTICE.match(paragraph[:2000]))
    )


def says_answers_below(text: str) -> bool:
    """Tell whether the author says that answers stand among what is quoted: «le contesto en rojo»."""
    return bool(_AMONG.search(text))
