"""What servers and programs say, in the languages in which they say it: failures, delays, absences, receipts.

Patterns for lower-cased text. Each group holds words in Spanish, Catalan, Galician, Basque, English, Portuguese,
French, German and Italian, besides some fixed words of servers.
"""

import re
from collections.abc import Sequence


def _any(*words: str) -> re.Pattern[str]:
    return re.compile("|".join(words), re.DOTALL)


def _words(*words: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(words)})", re.DOTALL)


# A message did not arrive: in subjects and in the text.
FAILED = _any(
    # Spanish, Catalan, Galician, Basque
    r"no se (?:puede|pudo|ha podido|han podido|podrá) entregar|no ha(?:n)? podido (?:ser )?entrega\w+|no entregado",
    r"no (?:se ha|se pudo|fue|ha sido|pudo ser) (?:\w+ )?entrega(?:do|da|r)|imposible (?:de )?entregar|"
    r"no pudo entregarse",
    r"(?:correo|mensaje|e-?mail) (?:devuelto|rechazado|rebotado|bloqueado)|devuelto al remitente|entrega fallida",
    r"(?:fallo|error|problemas?) (?:en|de|al) (?:la )?(?:entrega|entregar|envío)\b|no entrega|"
    r"no ha llegado a (?:su|sus) dest",
    r"no (?:es pot|s['’]ha pogut|s['’]han pogut|ha pogut ser) lliura|no lliurat|retornat al remitent|error (?:de|"
    r"en el) lliurament",
    r"non se (?:pode|puido|deu) entregar|non (?:foi )?entregad|devolto ao remitente|(?:erro|fallo) (?:na|de) entrega",
    r"ezin (?:izan )?(?:da|dira|du|zen) .{0,20}(?:entregatu|banatu|helarazi|bidali)|entregatu (?:gabe|ezin)|"
    r"ez da (?:entregatu|iritsi)",
    # English
    r"undeliver(?:able|ed)|not (?:be |been )?(?:successfully )?delivered|(?:could ?n[o']t|cannot|can't|"
    r"unable to) (?:be )?deliver",
    r"returned (?:e?-?mail|message|to sender)|return to sender|(?:mail|message|e-?mail)? ?deliver(?:y|"
    r"ing) (?:has )?(?:fail|problem|error)",
    r"delivery status notification|failure (?:notice|notification|delivery)|delivery (?:report|status|failure)|"
    r"non-?deliver",
    r"wasn't delivered|weren't able to deliver|wasn't able to deliver|did(?: not|n't) reach|fail(?:ed|ure) (?:to|"
    r"in) (?:deliver|send)",
    r"permanent (?:fatal )?(?:delivery )?(?:error|failure)|mail system error|error sending your|\[bounce\]|"
    r"bounced (?:by|mail|message)",
    r"has been (?:rejected|returned|bounced|blocked)|was (?:rejected|returned|bounced|blocked)|"
    r"message you sent blocked|can't accept",
    r"could not be (?:sent|completed)|fatal errors|delivery errors|delivery problems|trouble delivering|"
    r"no valid recipients",
    r"error (?:has occurred )?while (?:attempting|trying) to deliver|undelivered|rejected (?:your|"
    r"the following) (?:message|recipient)",
    r"may not exist, or you may not have permission|message (?:delivery )?(?:has )?failed|problem delivering|"
    r"error mail report",
    # Portuguese, French, German, Italian
    r"não (?:foi|é|pode|pôde) (?:possível |ser )?(?:entreg|enviad)\w*|não entregue|falha (?:na|de) entrega|"
    r"devolvid[ao] ao remetente",
    r"não foi possível (?:a )?entreg|erro (?:na|de) entrega|impossível entregar",
    r"non (?:remis|distribu|délivr|livr|acheminé)|échec de (?:la )?(?:remise|distribution|livraison)|n['’](?:a|"
    r"ont) (?:pas )?pu être (?:remis|distribu|délivr|envoy|livr|achemin)",
    r"retour(?:né)? à l['’]expéditeur|impossible de (?:remettre|distribuer|délivrer)|courrier en retour",
    r"unzustellbar|nicht (?:zugestellt|zustellbar|ausgeliefert|übermittelt)|zustell(?:ung|"
    r"fehler)\w* .{0,30}(?:fehl|nicht|unmöglich)|fehler bei der (?:nachrichten)?zustellung",
    r"zustellung (?:ist )?(?:fehlgeschlagen|gescheitert)|unzustellbarkeit|zurückgewiesen",
    r"non (?:recapita|consegna)\w+|mancat[ao] (?:recapito|consegna)|impossibile (?:recapitare|consegnare)|"
    r"errore (?:di|nella) (?:consegna|recapito)",
    r"non (?:è stato|ha potuto essere|può essere) (?:possibile )?(?:recapita|consegna)",
    # others
    r"onbestelbaar|niet (?:worden )?(?:be|af)gele[vw]er|nie dostarczon|nebyl\w* doruč|kunde inte levereras|"
    r"kunne ikke leveres",
    r"недоставлен|не (?:может быть|удалось) достав|配信(?:不能|エラー|に失敗|できません)|"
    r"不達|送信できません|無法(?:投|传|傳)|退信|系统退信",
)
# It is only late.
DELAYED = _any(
    r"delayed (?:mail|message|delivery)|(?:message|delivery|mail) (?:is |has been )?delayed|"
    r"delay(?:ed)? (?:notification|\d)|delivery delay",
    r"will (?:be|continue to be) retried|will (?:keep|continue) (?:to )?try|attempts will continue|"
    r"still being retried|keep(?:s)? trying|retry for",
    r"this is a warning (?:message )?only|not yet been delivered|warning: (?:could not send|message \S+ delayed)|"
    r"\(delay(?:ed)?\)|"
    r"hasn't been delivered yet|still trying",
    r"entrega (?:retrasada|demorada|aplazada)|(?:se ha|está) (?:retrasad|demorad)\w+|mensaje (?:retrasado|"
    r"demorado)|(?:aún|todavía) no (?:se )?ha",
    r"se(?:guirá|guiremos)? (?:intentando|reintentando|reintentará)|volverá a intentar|"
    r"no es necesario (?:que )?(?:lo )?(?:reenv|vuelva a env)",
    r"lliurament (?:ajornat|endarrerit|retardat)|encara no s['’]ha|es continuarà intentant|entrega (?:atrasada|"
    r"demorada)|aínda non se",
    r"atzeratuta|atzeratu (?:egin )?da|oraindik ez da|entrega atrasad|ainda não foi|remise (?:retardée|différée)|"
    r"n['’]a pas encore",
    r"zustellung verzögert|verzöger(?:t|ung)|noch nicht zugestellt|recapito (?:ritardato|in ritardo)|"
    r"consegna (?:ritardata|rimandata)|non è ancora",
)
# Where a bounce begins to repeat the message that bounced.
ORIGINAL_BELOW = re.compile(
    r"^(?:received|return-path): |^.{0,60}(?:(?:original|returned|unsent|rejected) (?:message|mail)(?! details|"
    r" was received| identifier)|"
    r"copy of (?:the|your) (?:original )?(?:message|mail)|"
    r"header of the original|headers? of (?:the|your) (?:original )?message|below this line|unsent message|"
    r"message headers? follow|"
    r"(?:mensaje|missatge|mensagem) original|copia (?:del|de su) mensaje|còpia del missatge|mensaxe orixinal|"
    r"jatorrizko mezua|"
    r"encabezados? (?:del|originales)|cabeceras? (?:del|originales)|en-têtes de message|message d['’]origine|"
    r"kopfzeilen der|ursprüngliche nachricht|intestazioni (?:del|originali)|messaggio originale|cabeçalhos?).{0,60}$",
    re.MULTILINE,
)
TRANSCRIPT = re.compile(
    r"(?:not|no se ha|no ha sido) (?:be |been )?(?:delivered|entregado) (?:to|a):|following recipients?(?:\(s\))?:|"
    r"rcpt to:|transcript of session|said: [45]\d\d|(?<![\d.])[45]\d\d[- ]#?\(?[45]\.\d{1,2}\.\d{1,3}|"
    r"smtp error|remote server returned|\(#[45]\.\d\.\d\)|diagnostic information|qmail-send|status: [45]\.\d|"
    r"generating server|"
    r"(?:^|\s|:|')(?:5[05]\d|4[25]\d)[ -].{0,80}(?:user|recipient|mailbox|address|unknown|rejected|denied|spam|"
    r"block|quota|full)",
    re.MULTILINE,
)

# Why, most telling first; the names are those of `choices.BounceReason`.
REASONS: Sequence[tuple[str, re.Pattern[str]]] = (
    (
        "too_big",
        _any(
            r"(?:message|mail) (?:size |length )?(?:is )?(?:too (?:big|large|long)|exceeds)|(?:message|mail) size|"
            r"too large|size exceeds",
            r"demasiado grande|tamaño (?:máximo|del mensaje)|excede el tamaño|massa gran|demasiado grand|"
            r"trop (?:gros|"
            r"volumineux)|zu groß|troppo grande|handiegia",
        ),
    ),
    (
        "full",
        _any(
            r"(?:mail)?box (?:is |has been )?(?:temporarily )?full|over[ -]?quota|quota|storage|mailfolder|"
            r"no space left|disk full|mailbox size|exceeds allowed size",
            r"(?:buzón|casilla|bandeja).{0,60}llen[oa]|cuota|bústia.{0,40}plena|caixa.{0,30}(?:cheia|chea)|"
            r"postontzia.{0,20}beteta",
            r"boîte.{0,60}(?:pleine|saturée)|postfach.{0,60}voll|mailbox.{0,10}voll|casella.{0,60}piena",
        ),
    ),
    ("loop", _any(r"mail loop|loops? (?:back|detected)|looping|too many hops|hop count|routing loop|bucle")),
    (
        "no_domain",
        _any(
            r"(?:host|domain)(?: or domain)?(?: name)? (?:is )?(?:not found|unknown|invalid)|unknown (?:host|domain)|"
            r"no such (?:host|domain)|nxdomain",
            r"unrout(?:e)?able|no mx|name service error|couldn't find any host|domain.{0,60}(?:does(?: no|n')t exist|"
            r"couldn't be found|not exist)|dns (?:error|failure|lookup)",
            r"bad destination system|illegal host|nullmx|null mx|name or service not known|host not found",
            r"dominio.{0,60}(?:no existe|no se |desconocid|non existe)|domini .{0,40}(?:no existeix|desconegut)|"
            r"domeinua.{0,30}ez",
        ),
    ),
    (
        "moved",
        _any(
            r"has (?:been )?moved|user has moved|no longer (?:works|employed|with us|at this|in use|valid)|"
            r"new address is|address (?:has )?changed",
            r"ya no (?:trabaja|usa|utiliza|está en us)|ha cambiado de (?:dirección|correo)|ja no (?:treballa|"
            r"utilitza)|xa non (?:traballa|usa)",
        ),
    ),
    (
        "disabled",
        _any(
            r"(?:mailbox|account|user|recipient|address).{0,40}(?:disabled|inactive|suspended|deactivated|locked|"
            r"expired|not active|over-?quota)",
            r"disabled (?:mailbox|account|user|recipient|address)|inactive (?:user|account|mailbox)",
            r"(?:cuenta|buzón|usuario).{0,40}(?:desactivad|deshabilitad|bloquead|suspendid|inactiv|de baja|cancelad)|"
            r"compte.{0,30}(?:desactivat|suspès|inactiu)",
            r"conta.{0,30}(?:desativad|desactivad|suspens)|compte.{0,30}(?:désactivé|suspendu)|"
            r"konto.{0,30}(?:deaktiviert|gesperrt)",
        ),
    ),
    (
        "restricted",
        _any(
            r"restricted|only accepts? (?:mail|messages)|not authorized to send|resolver\.rst|"
            r"sender not authenticated|not accepting (?:mail|messages) from",
            r"(?:do(?:es)?(?: not|n't)|no) (?:have )?permission|not permitted to (?:send|relay to)|senders? (?:is |"
            r"are )?not allowed|requires? (?:that all )?senders?",
            r"no tiene permiso|solo acepta|únicamente (?:admite|acepta)|no admite correo|només accepta|so acepta",
        ),
    ),
    ("later", _any(r"gr[ea]ylist|lista gris")),
    (
        "refused",
        _any(
            r"\bspam|unsolicited|black ?list|block ?list|\brbl\b|dnsbl|spamhaus|reputation|dmarc|\bspf\b|dkim|"
            r"unauthenticated|virus|malware|banned",
            r"relay(?:ing)? (?:access )?(?:denied|not)|bulk email|content (?:rejected|filter|detected|policy)|"
            r"(?:message|mail|e-?mail) (?:was |has been )?(?:blocked|rejected|refused)",
            r"no deseado|lista negra|(?:contenido|política).{0,40}(?:rechaz|no permit)|correu brossa|correo lixo|"
            r"courrier indésirable|indesej",
        ),
    ),
    (
        "no_mailbox",
        _any(
            r"unknown (?:or illegal )?(?:user|recipient|address|mailbox|local|alias|account)|no such (?:user|"
            r"recipient|mailbox|person|address|account|local|email)",
            r"(?:user|recipient|mailbox|address|account|alias|addressee|destination)\b.{0,80}?(?:not found|"
            r"does(?: not|n't| not) (?:exist|like)|unknown|not exist|isn't|invalid|no longer exist|not recogni[sz]ed|"
            r"unavailable|is not (?:a )?valid|not listed|not known|cannot be found|non-?existent)",
            r"invalid (?:recipient|mailbox|address|user|local)|not listed in|recip(?:ient)?notfound|by that name|"
            r"does(?:n't| not) have (?:a|an) .{0,60}account",
            r"wasn't found|couldn't (?:be )?f(?:ou|i)nd|can't be found|(?:address|recipient).{0,40} rejected|"
            r"bad destination mailbox|no valid recipients|not our customer|requested action not taken",
            r"no mailbox|unable to find|address you entered|rcp-p2|does not like recipient|not a known user|"
            r"is not a user|isn't a known",
            r"(?:usuario|dirección|buzón|destinatario|cuenta|persona).{0,80}?(?:no existe|desconocid|no (?:ha sido |"
            r"fue )?(?:encontrad|reconocid)|no se (?:ha |pudo )?(?:encontr|reconoc)|no figura|inexistente|"
            r"no es válid|"
            r"no está dad)",
            r"no (?:existe|se (?:ha )?encontr\w+|se encuentra|se pudo encontrar).{0,60}(?:dirección|destinatario|"
            r"buzón|usuario|cuenta)|(?:usuario|dirección|buzón|destinatario) (?:desconocid|incorrect|errón|inválid)",
            r"(?:usuari|adreça|bústia|destinatari|compte).{0,60}?"
            r"(?:no existeix|desconegu|no s['’]ha trobat|no es troba)",
            r"(?:usuario|enderezo|caixa|conta).{0,60}?(?:non existe|descoñecid|non se atop)|ez da existitzen|"
            r"ezezagun|"
            r"ez da aurkitu|existitzen ez",
            r"(?:utilizador|usuário|endereço|destinatário|caixa).{0,60}?(?:não existe|desconhecid|não foi encontrad|"
            r"inexistente|inválid)",
            r"(?:utilisateur|adresse|destinataire|boîte).{0,80}?(?:inconnu|introuvable|n['’]existe pas|"
            r"n['’]a pas été trouv)",
            r"(?:benutzer|empfänger|adresse|postfach|konto).{0,80}?(?:unbekannt|nicht gefunden|existiert nicht|"
            r"ungültig)|unbekannter empfänger",
            r"(?:utente|indirizzo|destinatario|casella|account).{0,80}?(?:sconosciut|inesistente|"
            r"non (?:è stat[oa] )?trovat|non esiste)",
        ),
    ),
    (
        "unreachable",
        _any(
            r"connection (?:timed? ?out|refused|reset|lost|dropped)|timed? ?out|no route to host|unreachable|"
            r"(?:could|"
            r"can)(?:n't| ?not) connect|unable to connect",
            r"not responding|no answer from|lost connection|retry time|too old|queue\.expired|message expired|"
            r"delivery time expired|never answered|server (?:is )?down|connect to",
            r"no (?:se )?(?:pudo|ha podido|puede) conectar|tiempo de espera|no responde|sin respuesta|"
            r"no s['’]ha pogut connectar|ezin izan da konektatu",
        ),
    ),
    (
        "later",
        _any(
            r"try (?:again|it) later|temporar(?:y|ily)|too many (?:connections|messages|recipients)|rate limit|"
            r"throttl|deferred|busy|insufficient (?:system )?resources",
            r"más tarde|temporal(?:mente)?|més tard|máis tarde|beranduago|mais tarde|plus tard|später|più tardi",
        ),
    ),
    (
        "refused",
        _any(
            r"policy|block(?:ed|ing)|access denied|not (?:permitted|allowed|authori[sz]ed|accepted)|rejected|refused|"
            r"denied",
            r"bloquead|bloquejat|blokeatu|bloqué|blockiert|bloccat|rechazad|rebutjat|rexeitad|baztertu|recusad|"
            r"refusé|"
            r"abgelehnt|rifiutat|denegad",
        ),
    ),
)
REASON_BY_STATUS: Sequence[tuple[str, re.Pattern[str]]] = (
    ("no_domain", re.compile(r".\.(?:1\.2|4\.4|1\.10\.d)$")),
    ("no_mailbox", re.compile(r".\.1\.(?:0|1|3|10|15)$")),
    ("moved", re.compile(r".\.1\.6$")),
    ("disabled", re.compile(r"5\.2\.1$")),
    ("full", re.compile(r".\.2\.2$|.\.3\.1$")),
    ("too_big", re.compile(r".\.(?:2\.3|3\.4)$")),
    ("loop", re.compile(r".\.4\.(?:6|14)$")),
    ("unreachable", re.compile(r".\.4\.(?:0|1|2|3|7|316)$")),
    ("restricted", re.compile(r".\.7\.(?:124|129|133|134)$|5\.7\.2$")),
    ("refused", re.compile(r"5\.7\.\d+$")),
    ("later", re.compile(r"4\.[27]\.\d+$")),
)

# Who writes bounces: by the part of the address before the @, and by the name.
DAEMON = re.compile(
    r"^(?:mailer[-_.]?daemon|mail[-_.]?daemon|mailer|mdaemon|microsoftexchange[0-9a-f]+|mail[-_.]?delivery.*|"
    r"mailerdaemon.*|daemon)$"
)
POSTMASTER = re.compile(
    r"^(?:post[-_.]?master|mailadmin|mail[-_.]?admin\w*|bounces?(?:[-+=].*)?|mailsystem|mail[-_.]?router|"
    r".*-bounces?)$"
)
# People may have such addresses too: more must speak for a server.
OF_OFFICE = re.compile(
    r"^(?:admin(?:istrator|istrador|istrateur)?|(?:mail|smtp|e?mail)?[-_.]?(?:gate(?:way)?|relay|server|router)|"
    r"mail|smtp|system|"
    r"notes\w*|lotus\w*|exchange|listserv|anti-?(?:virus|spam)|filtro|filter|correo|correu|sistemas?|informatica)$"
)
NAME_OF_SERVER = _any(
    r"mail(?:er)?[- ]?(?:delivery|daemon|system|router|server)|delivery (?:sub)?system|system administrator|"
    r"\bpostmaster\b|microsoft (?:outlook|exchange)",
    r"administrador del (?:sistema|correo|servidor)|sistema de (?:entrega|corre[ou]|e-?mail)|servicio de correo|"
    r"servei de correu|servizo de correo|posta (?:sistema|zerbitzua)",
    r"systemadministrator|administrateur (?:du )?syst|amministratore (?:di )?sistem|encaminador de corre[ou]|"
    r"interscan|mail security|antispam|e-?mail security",
)
NO_REPLY = re.compile(
    r"^(?:.*[-_.+])?(?:no[-_.]?repl(?:y|ies)|do[-_.]?not[-_.]?reply|no[-_.]?respon(?:der|da|d|gueu|eu|dre)|"
    r"non[-_.]?respon(?:der|da)|"
    r"no[-_.]?contest(?:ar|e|eu)|nao[-_.]?responda|ne[-_.]?pas[-_.]?repondre|nicht[-_.]?antworten|"
    r"non[-_.]?rispondere|ez[-_.]?erantzun|"
    r"auto(?:matico|matic|mated|reply|responder|respuesta)?)(?:[-_.+].*)?$"
)
SENDS_ALONE = re.compile(
    r"^(?:.*[-_.+])?(?:notifica\w*|notifications?|avisos?|alert[as]s?|registro|rexistro|registre|confirmacion|"
    r"challenge)(?:[-_.+].*)?$"
)

# A program answered.
AUTO_SUBJECT = re.compile(
    r"^[\s\W]*(?:(?:respuesta|resposta|réponse|risposta|contestación) (?:autom[áàa]tica|"
    r"automatique)|"
    r"erantzun automatikoa|automat(?:ic|ed) (?:reply|response|answer)|auto[- ]?(?:reply|response|responder|"
    r"respond|respuesta|resposta)|automatische (?:antwort|rückantwort)|"
    r"out[- ]of[- ](?:the[- ])?office(?: (?:auto-?reply|reply|message|notification|re))?|ooo|fuera de (?:la |"
    r"mi )?oficina|fora de l['’]oficina|fóra da oficina|fora do escritório|"
    r"bulegotik kanpo|absence du bureau|message d['’]absence|abwesenheits?(?:notiz|assistent|meldung|"
    r"nachricht)?|fuori (?:sede|ufficio)|"
    r"(?:mensaje|aviso|nota|missatge) d(?:e |['’])(?:ausencia|absència|vacaciones)|"
    r".{0,60} (?:(?:is|will be) out of (?:the )?office|está fuera de la oficina|est absente? du bureau|"
    r"ist nicht im (?:büro|haus)|è fuori ufficio)|"
    r"i(?:'m| am)(?: currently)? (?:out of (?:the )?office|on (?:vacation|holiday|leave)).{0,60})\s*(?:[:：]|\bre:|"
    r"$|[-–(\[<])"
)
WEAK_AUTO_SUBJECT = re.compile(
    r"^[\s\W]*(?:auto|absence|automático|automàtic|vacation|vacaciones|vacances|vacacións|on (?:holiday|leave|"
    r"vacation)|"
    r"away|ausente|ausencia|absent|absència|oporretan|férias|"
    r"urlaub|in ferie|assente|i am (?:away|out)|away from my mail)\s*[:：]"
)
IS_AUTOMATIC = _words(
    r"est[eao] (?:es |correo|mensaje|e-?mail|respuesta|notificación|buzón|aviso).{0,40}(?:automátic|"
    r"generad[oa] (?:de forma )?autom)|mensaje (?:automático|generado)[.:]|"
    r"(?:generad|enviad)[oa] (?:de forma |de manera )?autom[áa]ticamente|"
    r"de forma automática por",
    r"no (?:responda|conteste|responder|contestar)(?: directamente)? a est|respuesta automática de|(?:buzón|"
    r"cuenta|dirección).{0,40}no (?:se )?atend|no atendid[oa]",
    r"aquest .{0,30}automàtic|aquesta .{0,40}automàtica|no (?:respongueu|responeu|contesteu|respongui|contesti|"
    r"responguis).{0,12}aquest|generat automàticament",
    r"est[ae] (?:é|e) unh?a? ?(?:mensaxe|resposta|correo).{0,10}automátic|non (?:responda|conteste|"
    r"respondas).{0,5}a est|xerad[oa] automaticamente",
    r"(?:mezu|erantzun|posta) (?:hau )?automatiko|(?:mezu|erantzun) automatiko|ez erantzun|automatikoki (?:sortu|"
    r"bidali)",
    r"this is an? auto|automatically (?:generated|sent|created)|automated (?:message|response|reply|e?-?mail|"
    r"notification)|do not (?:reply|respond)|auto-?generated|unmonitored|not monitored",
    r"est[ae] é um ?a? (?:mensagem|resposta|e-?mail).{0,5}automátic|não responda|gerad[oa] automaticamente|"
    r"enviad[oa] automaticamente",
    r"(?:ceci|il s['’]agit d['’]?).{0,25}automatique|(?:merci de )?ne pas répondre|généré automatiquement|"
    r"message automatique",
    r"automatisch (?:generiert|erstellt|erzeugt|versandt|versendet)|dies ist eine automat|"
    r"antworten sie (?:bitte )?nicht|bitte (?:antworten sie )?nicht (?:auf diese|antworten)",
    r"quest[oa] (?:è )?.{0,30}automatic|generat[oa] automaticamente|(?:si prega di )?non rispondere",
)
IS_AWAY = _words(
    r"(?:estaré|estoy|estaremos|me encuentro|me encontraré|voy a estar|permaneceré) .{0,40}(?:fuera|ausente|"
    r"de vacaciones|de permiso|de baja)",
    r"(?:sóc|soc|estic|estaré|seré|em trobo) .{0,30}(?:fora d|absent|de vacances|de permís|de baixa)|no (?:estaré|"
    r"estoy|estaré) (?:disponible|localizable|en la oficina)",
    r"(?:atópome|atoparame|estarei|estou) .{0,30}(?:fóra|de vacacións|ausente|de permiso|de férias|fora d)|"
    r"bulegotik kanpo|oporretan|kanpoan (?:nago|egongo)|ez naiz .{0,20}egongo",
    r"\bi(?:'m| am| will be|'ll be) .{0,40}(?:out of|away|on (?:holiday|vacation|leave|annual|maternity|"
    r"parental))|limited access to (?:my )?e-?mail|while i am (?:away|out)",
    r"je (?:suis|serai) .{0,50}(?:absent|en congé|en vacances|hors du)|ich (?:bin|"
    r"befinde) .{0,80}(?:nicht im (?:büro|haus)|abwesend|urlaub|außer haus)|(?:sono|sarò) .{0,40}(?:fuori|assente|"
    r"in ferie)",
    r"(?:oficina|servicio|ayuntamiento|centro).{0,30}(?:permanecerá|estará) cerrad|a la vuelta|cuando (?:vuelva|"
    r"regrese)|nire itzulera|à mon retour|al mio rientro|upon my return",
)
IS_ACKNOWLEDGED = _words(
    r"(?:hemos|se ha) recibido (?:correctamente )?(?:su|tu|el)|(?:su|tu) (?:mensaje|correo|solicitud|consulta|"
    r"petición|incidencia|escrito|registro|queja) (?:ha sido|ha quedado|se ha) \w+",
    r"acuse de recib|justificante de (?:presentación|registro|entrada)|confirmación de (?:recepción|registro|"
    r"presentación|entrada|lectura)|gracias por (?:contactar|ponerse|su |escribir|comunicar)",
    r"hem rebut|(?:la vostra|el vostre|la seva|el seu) .{0,25}ha estat|justificant de|gràcies per (?:contactar|"
    r"escriure|posar)|rebut de registre|acusament",
    r"recibimos (?:o|a) (?:seu|súa)|(?:a súa|o seu) .{0,25}foi|xustificante de|grazas por (?:contactar|escribir|"
    r"poñer)",
    r"jaso dugu|zure .{0,40}(?:jaso|erregistratu)|jasotze-agiria|ziurtagiria|erregistro-agiria|eskerrik asko gurekin",
    r"we(?:'ve| have)? received your|your (?:request|ticket|message|e-?mail|case|enquiry|inquiry) (?:has been|was|"
    r"is)|thank(?:s| you) for (?:contacting|your|getting in touch)|acknowledg",
    r"recebemos (?:o|a) (?:seu|sua)|agradecemos o seu|nous avons (?:bien )?reçu|accusé de réception|"
    r"wir haben ihre|eingangsbestätigung|vielen dank für ihre|abbiamo ricevuto|ricevuta di",
    r"\[?(?:ticket|case|caso|incidencia) ?(?:id|n[ºo.])?:? ?#?\d+\]?.{0,40}(?:creado|created|abierto|opened|"
    r"received|recibid)",
)
CHALLENGE_SUBJECT = _words(
    r"confirm (?:your|this|the|delivery)|confirme su|confirmeu el|confirma(?:ción|r) (?:de(?:l)? )?(?:remitente|"
    r"correo|mensaje|envío)|verif\w+ .{0,25}(?:remitente|sender|address|correo|e-?mail)",
    r"sender (?:verification|confirmation)|requires? (?:your )?(?:confirmation|verification|approval)|"
    r"confirmation (?:required|needed)|challenge|boxbe|spam ?arrest|validación del? (?:remitente|correo)",
    r"please (?:confirm|verify)|bestätigen sie|confirmez|confermi|confirme (?:a|o) (?:sua|seu)",
)
CHALLENGE_BODY = _words(
    r"(?:message|mail|mensaje|correo|missatge).{0,80}(?:held|on hold|retenid|en espera|pending|waiting|quarantine|"
    r"cuarentena|retingut)|release your (?:message|e?-?mail)",
    r"(?:verificación|validación|autenticación) de remitentes|sistema (?:anti-?spam|de verificación|"
    r"de confirmación)|(?:para que|so that|in order for) .{0,60}(?:sea|be|llegue) ?(?:entregad|deliver)?",
    r"prove (?:that )?you are|one[- ]time|not recognized|not on my (?:guest|approved|safe|white) ?list|"
    r"lista (?:blanca|de remitentes)|click (?:the|on the|this) link|anti-?spam|junk mail",
)
READ_SUBJECT = re.compile(
    r"^\s*(?:leído|leido|llegit|lido|lida|lu|irakurri(?:ta)?|read|gelesen|letto|not read|no leído|sin leer|"
    r"no llegit|non lido|não lida|non lu|ungelesen|non letto|"
    r"read(?:ing)? (?:receipt|notification)|return receipt(?: \(displayed\))?|acuse de recibo(?: \(mostrado\))?|"
    r"confirmación de lectura|confirmació de lectura|lesebestätigung|"
    r"accusé de (?:lecture|réception)|conferma di lettura|confirmação de leitura|"
    r"irakurri izanaren agiria)\s*(?:[:：\-–]|\s:|$)"
)
READ_BODY = _words(
    r"fue (?:leído|eliminado|mostrado)|se (?:leyó|mostró|eliminó)|ha sido (?:leído|leída|mostrado|mostrada)|"
    r"va ser llegit|s['’]ha (?:llegit|mostrat)|foi lid[ao]|irakurri (?:da|zen|du)",
    r"was (?:read|displayed|deleted)|has been (?:read|displayed)|this is a (?:return|read)? ?receipt|"
    r"return receipt|a été (?:lu|affiché)|wurde .{0,60}(?:gelesen|angezeigt)|è stato (?:letto|visualizzato)",
    r"acuse de recibo del correo|no garantiza que .{0,40}(?:leído|comprendido)|no guarantee that the",
)
REPORT_SUBJECT = re.compile(
    r"^\W*(?:\[preview\] )?(?:report domain: ?[\w-]+\.\S+(?: submitter|$)|complaint about message from \d)"
)
REPORT_FILE = re.compile(r"^[\w.-]+!(?:[\w.-]+!)\d+!\d+(?:![\w.-]+)?\.(?:xml|zip|gz|json)(?:\.gz)?$")
