"""Bounces, automatic answers, lists, receipts and reports; and people whom rules must not take for robots."""

# Lines stand as programs write them.
# ruff: noqa: E501 - lines stand as programs write them

from tests.mailbox.shapes import Samples

SAMPLES = Samples()
add, report = SAMPLES.add, SAMPLES.report

# --- Delivery failures by the standard: one of each kind of code.

for code, diagnostic, severity, reason in [
    ("5.1.1", "550 5.1.1 <ana@correo.example>: Recipient address rejected: User unknown in virtual mailbox table", "hard", "no_mailbox"),
    ("5.1.2", "550 5.1.2 Host unknown", "hard", "no_domain"),
    ("5.1.6", "551 5.1.6 User has moved; please try <nueva@otro.example>", "hard", "moved"),
    ("5.1.10", "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient ana@correo.example not found by SMTP address lookup", "hard", "no_mailbox"),
    ("5.2.1", "550 5.2.1 The email account that you tried to reach is disabled.", "hard", "disabled"),
    ("5.2.2", "552 5.2.2 The email account that you tried to reach is over quota.", "soft", "full"),
    ("4.2.2", "452 4.2.2 Mailbox full", "soft", "full"),
    ("5.2.3", "550 5.2.3 RESOLVER.RST.RecipSizeLimit; message too large for this recipient", "hard", "too_big"),
    ("5.3.4", "552 5.3.4 Message size exceeds fixed limit", "hard", "too_big"),
    ("5.4.1", "550 5.4.1 Recipient address rejected: Access denied. AS(201806281)", "hard", None),
    ("4.4.1", "connect to mx.correo.example[203.0.113.1]:25: Connection refused", "soft", "unreachable"),
    ("4.4.7", "550 4.4.7 QUEUE.Expired; message expired", "soft", "unreachable"),
    ("5.4.6", "554 5.4.6 Too many hops", "hard", "loop"),
    ("5.7.1", "554 5.7.1 Service unavailable; Client host [192.0.2.10] blocked using zen.spamhaus.example", "hard", "refused"),
    ("5.7.133", "550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup; authentication required", "hard", "restricted"),
    ("4.7.1", "451 4.7.1 Greylisting in action, please come back later", "soft", "later"),
    ("5.7.23", "550 5.7.23 The message was rejected because of Sender Policy Framework violation", "hard", "refused"),
]:  # fmt: skip
    report(
        f"r_dsn_{code.replace('.', '_')}_{reason}",
        """
        Return-Path: <>
        From: MAILER-DAEMON@salida.valdelmar.example (Mail Delivery System)
        Subject: Undelivered Mail Returned to Sender
        Auto-Submitted: auto-replied
        """,
        f"This is the mail system at host salida.valdelmar.example.\n\n<ana@correo.example>: {diagnostic}",
        f"""
        Reporting-MTA: dns; salida.valdelmar.example

        Final-Recipient: rfc822; ana@correo.example
        Action: failed
        Status: {code}
        Diagnostic-Code: smtp; {diagnostic}
        """,
        kind="bounce", severity=severity, recipients=["ana@correo.example"], status=code,
        reason=reason,
    )  # fmt: skip

# Exchange names the failure in the reader's language.
for language, subject, text in [
    ("es", "No se puede entregar: Su consulta", "No se pudo entregar el mensaje a estos destinatarios o grupos:"),
    ("ca", "No es pot lliurar: Su consulta", "No s'ha pogut lliurar a aquests destinataris o grups:"),
    ("gl", "Non se pode entregar: Su consulta", "Erro na entrega a estes destinatarios ou grupos:"),
    ("eu", "Ezin da entregatu: Su consulta", "Ezin izan da mezua hartzaile edo talde hauei entregatu:"),
    ("en", "Undeliverable: Su consulta", "Delivery has failed to these recipients or groups:"),
    ("pt", "Não é possível entregar: Su consulta", "Falha na entrega a estes destinatários ou grupos:"),
    ("fr", "Non remis : Su consulta", "Échec de la remise à ces destinataires ou groupes :"),
    (
        "de",
        "Unzustellbar: Su consulta",
        "Fehler bei der Nachrichtenzustellung an folgende Empfänger oder Verteilerlisten:",
    ),
    ("it", "Non recapitabile: Su consulta", "Recapito non riuscito per questi destinatari o gruppi:"),
]:
    report(
        f"r_exchange_{language}",
        f"""
        Return-Path: <>
        From: Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@correo.example>
        Subject: {subject}
        X-MS-Exchange-Message-Is-Ndr:
        In-Reply-To: <r_exchange_{language}@soporte.valdelmar.example>
        """,
        f"{text}\n\nana@correo.example",
        """
        Reporting-MTA: dns;srv1.correo.example

        Final-recipient: RFC822;ana@correo.example
        Action: failed
        Status: 5.1.1
        Diagnostic-code: smtp;550 5.1.1 RESOLVER.ADR.RecipNotFound; not found
        """,
        whole=True, kind="bounce", severity="hard", recipients=["ana@correo.example"], status="5.1.1", reason="no_mailbox",
    )  # fmt: skip
    add(
        f"r_exchange_words_{language}",
        f"From: postmaster@correo.example\nSubject: {subject}",
        f"{text}\n\nana@correo.example\n\nana@correo.example\n#550 5.1.1 RESOLVER.ADR.RecipNotFound; not found ##\n",
        kind="bounce", severity="hard", recipients=["ana@correo.example"], status="5.1.1", reason="no_mailbox",
    )  # fmt: skip

report(
    "r_exchange_delayed",
    "Return-Path: <>\nFrom: postmaster@correo.example\nSubject: Entrega retrasada: Su consulta",
    "La entrega a estos destinatarios o grupos se ha retrasado:\n\nana@correo.example\n\nNo es necesario que lo reenvíe.",
    """
    Reporting-MTA: dns;srv1.correo.example

    Final-Recipient: rfc822;ana@correo.example
    Action: delayed
    Status: 4.4.7
    Will-Retry-Until: Thu, 5 Nov 2026 09:15:00 +0100
    """,
    kind="bounce", severity="delayed", recipients=["ana@correo.example"], status="4.4.7",
)  # fmt: skip
report(
    "r_gmail",
    "Return-Path: <>\nFrom: Mail Delivery Subsystem <mailer-daemon@googlemail.example>\nSubject: Delivery Status Notification (Failure)\nX-Failed-Recipients: ana@gemail.example",
    "** No se ha encontrado la dirección **\n\nTu mensaje no se ha entregado a ana@gemail.example porque no se ha encontrado la dirección.",
    """
    Reporting-MTA: dns; googlemail.example
    Received-From-MTA: dns; atencion@soporte.valdelmar.example

    Final-Recipient: rfc822; ana@gemail.example
    Action: failed
    Status: 5.1.1
    Diagnostic-Code: smtp; 550-5.1.1 The email account that you tried to reach does not exist.
    """,
    kind="bounce", severity="hard", recipients=["ana@gemail.example"], status="5.1.1", reason="no_mailbox",
)  # fmt: skip
report(
    "r_original_recipient_wins",
    "Return-Path: <>\nFrom: MAILER-DAEMON@mx.correo.example\nSubject: Undelivered Mail Returned to Sender",
    "<interno7@buzones.correo.example> (expanded from <ana@correo.example>): mailbox full",
    """
    Reporting-MTA: dns; mx.correo.example

    Final-Recipient: rfc822; interno7@buzones.correo.example
    Original-Recipient: rfc822;ana@correo.example
    Action: failed
    Status: 5.2.2
    """,
    kind="bounce", severity="soft", recipients=["ana@correo.example"], status="5.2.2", reason="full",
)  # fmt: skip
report(
    "r_general_status_precise_words",
    "Return-Path: <>\nFrom: Mail Delivery Subsystem <MAILER-DAEMON@mx.correo.example>\nSubject: Returned mail: see transcript for details",
    "   ----- The following addresses had permanent fatal errors -----\n<ana@correo.example>",
    """
    Reporting-MTA: dns; mx.correo.example

    Final-Recipient: RFC822; ana@correo.example
    Action: failed
    Status: 5.0.0
    Diagnostic-Code: SMTP; 550 5.1.1 <ana@correo.example>... User unknown
    Last-Attempt-Date: Tue, 3 Nov 2026 09:15:00 +0100
    """,
    kind="bounce", severity="hard", recipients=["ana@correo.example"], status="5.1.1", reason="no_mailbox",
)  # fmt: skip
report(
    "r_delivered",
    "Return-Path: <>\nFrom: MAILER-DAEMON@mx.correo.example\nSubject: Entregado: Su consulta",
    "Su mensaje se ha entregado a estos destinatarios: ana@correo.example",
    "Reporting-MTA: dns; mx.correo.example\n\nFinal-Recipient: rfc822; ana@correo.example\nAction: delivered\nStatus: 2.1.5",
    kind="receipt",
)  # fmt: skip

# --- Delivery failures in words only.

WORDS = [
    ("qmail", "From: MAILER-DAEMON@mail.correo.example", "failure notice",
     "Hi. This is the qmail-send program at mail.correo.example.\nI'm afraid I wasn't able to deliver your message to the following addresses.\n\n<ana@correo.example>:\n203.0.113.4 does not like recipient.\nRemote host said: 550 5.1.1 <ana@correo.example>: Recipient address rejected: User unknown\nGiving up on 203.0.113.4.\n\n--- Below this line is a copy of the message.\n\nORIGINAL\n\nHola\n",
     "hard", "5.1.1", "no_mailbox"),
    ("qmail_no_host", "From: MAILER-DAEMON@mail.correo.example", "failure notice",
     "Hi. This is the qmail-send program.\n\n<ana@correo.example>:\nSorry, I couldn't find any host named correo.example. (#5.1.2)\n\n--- Below this line is a copy of the message.\n\nORIGINAL\n",
     "hard", "5.1.2", "no_domain"),
    ("exim", "From: Mail Delivery System <Mailer-Daemon@mail.correo.example>\nX-Failed-Recipients: ana@correo.example", "Mail delivery failed: returning message to sender",
     "This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of its\nrecipients. This is a permanent error. The following address(es) failed:\n\n  ana@correo.example\n    Unrouteable address\n\n------ This is a copy of the message, including all the headers. ------\n\nORIGINAL\n",
     "hard", "", "no_domain"),
    ("exim_quota", "From: Mail Delivery System <Mailer-Daemon@mail.correo.example>", "Mail delivery failed: returning message to sender",
     "The following address(es) failed:\n\n  ana@correo.example\n    mailbox is full: retry timeout exceeded\n\n------ This is a copy of the message's headers. ------\n\nORIGINAL\n",
     "soft", "", "full"),
    ("sendmail", "From: Mail Delivery Subsystem <MAILER-DAEMON@unix.correo.example>", "Returned mail: see transcript for details",
     "The original message was received at Tue, 3 Nov 2026 09:14:58 +0100\nfrom salida [192.0.2.10]\n\n   ----- The following addresses had permanent fatal errors -----\n<ana@correo.example>\n    (reason: 550 5.2.1 Mailbox disabled for this recipient)\n\n   ----- Transcript of session follows -----\n... while talking to mx.correo.example.:\n>>> RCPT To:<ana@correo.example>\n<<< 550 5.2.1 Mailbox disabled for this recipient\n",
     "hard", "5.2.1", "disabled"),
    ("sendmail_warning", "From: Mail Delivery Subsystem <MAILER-DAEMON@unix.correo.example>", "Warning: could not send message for past 4 hours",
     "    **********************************************\n    **      THIS IS A WARNING MESSAGE ONLY      **\n    **  YOU DO NOT NEED TO RESEND YOUR MESSAGE  **\n    **********************************************\n\n   ----- The following addresses had transient non-fatal errors -----\n<ana@correo.example>\n",
     "delayed", "", None),
    ("yahoo", "From: MAILER-DAEMON@yahuu.example", "Failure Notice",
     "Sorry, we were unable to deliver your message to the following address.\n\n<ana@correo.example>:\nRemote host said: 552 1 Requested mail action aborted, mailbox not found [RCPT_TO]\n\n--- Below this line is a copy of the message.\n\nORIGINAL\n",
     "hard", "", "no_mailbox"),
    ("domino_fr", "From: Routeur <postmaster@correo.example>", "Échec de remise : Utilisateur inconnu",
     "Votre message\n\n  Objet : Su consulta\n\nn'a pas pu être remis à :\n\n  ana@correo.example\n\nmotif :\n\n  Utilisateur ana (ana@correo.example) introuvable dans l'annuaire\n",
     "hard", "", "no_mailbox"),
    ("groupwise", "From: <Mailer-Daemon@correo.example>", "Message status - undeliverable",
     "The message that you sent was undeliverable to the following:\n\tana@correo.example (552 mailbox quota exceeded)\n",
     "soft", "", "full"),
    ("gmx", "From: GMX Mailer Daemon <mailer-daemon@gmixe.example>", "Mail delivery failed: returning message to sender",
     "This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of\nits recipients. The following address\nfailed:\n\n\"ana@correo.example\":\nSMTP error from remote server after RCPT command:\nhost: mx.correo.example\n5.1.1 <ana@correo.example>... User Unknown\n\n--- The header of the original message is following. ---\n\nORIGINAL\n",
     "hard", "5.1.1", "no_mailbox"),
    ("zoho", "From: mailer-daemon@mail.zojo.example", "Undelivered Mail Returned to Sender",
     "This message was created automatically by mail delivery software.\n A message that you sent could not be delivered to one or more of its recipients. This is a permanent error.\n\nana@correo.example Invalid Address, ERROR_CODE :550, ERROR_CODE :5.1.1 User unknown\n",
     "hard", "5.1.1", "no_mailbox"),
    ("surf", "From: Postmaster <postmaster@filtro.example>", "Message could not be delivered",
     "Your message could not be sent.\nA transcript of the attempts to send the message follows.\nThe number of attempts made: 1\nAddressed To: ana@correo.example\n\nFailed to send to identified host,\nana@correo.example: [203.0.113.5], 550 ana@correo.example... No such user\n\n--- Message non-deliverable.\n",
     "hard", "", "no_mailbox"),
    ("mailfoundry", "From: Mail Gateway <MAILER-DAEMON@filtro.example>", "Message delivery has failed",
     "Unable to deliver message to: <ana@correo.example>\nDelivery failed for the following reason:\nServer mx.correo.example[203.0.113.2] failed with: 550 <ana@correo.example> No such user here\n\nThis has been a permanent failure.  No further delivery attempts will be made.\n",
     "hard", "", "no_mailbox"),
    ("es_full", "From: Administrador del sistema <postmaster@correo.example>", "Mensaje devuelto",
     "Su mensaje no pudo ser entregado al destinatario:\n\n  ana@correo.example\n\nEl buzón del usuario está lleno.\n",
     "soft", "", "full"),
    ("es_domain", "Return-Path: <>\nFrom: Correo <correo@proveedor.example>", "Fallo en la entrega",
     "No se ha podido entregar su mensaje a <ana@correo.example>.\nMotivo: el dominio correo.example no existe.\n",
     "hard", "", "no_domain"),
    ("es_spam", "From: antispam <no-reply@filtro.example>", "Su mensaje ha sido bloqueado: correo rechazado",
     "El correo que envió a ana@correo.example no ha sido entregado: nuestro filtro lo ha clasificado como correo no deseado.\n",
     "hard", "", "refused"),
    ("es_retry", "Return-Path: <>\nFrom: Servidor de correo <postmaster@correo.example>", "Aviso: entrega demorada",
     "Su mensaje a ana@correo.example todavía no se ha entregado. Se seguirá intentando durante 3 días.\n",
     "delayed", "", None),
    ("gl_unknown", "From: Sistema de correo <mailer-daemon@correo.example>", "Correo non entregado",
     "Non se puido entregar a mensaxe:\n\n<ana@correo.example>: o usuario non existe\n",
     "hard", "", "no_mailbox"),
    ("eu_unknown", "From: Posta-sistema <mailer-daemon@correo.example>", "Mezua ez da entregatu",
     "Ezin izan da mezua entregatu:\n\n<ana@correo.example>: erabiltzailea ez da existitzen\n",
     "hard", "", "no_mailbox"),
    ("pt_unknown", "Return-Path: <>\nFrom: Correio <postmaster@correo.example>", "Mensagem não entregue",
     "A mensagem não foi entregue a <ana@correo.example>: utilizador desconhecido.\n",
     "hard", "", "no_mailbox"),
    ("de_full", "Return-Path: <>\nFrom: Mailserver <postmaster@correo.example>", "Mail konnte nicht zugestellt werden",
     "Ihre Nachricht an ana@correo.example konnte nicht zugestellt werden: Das Postfach ist voll.\n",
     "soft", "", "full"),
    ("it_unknown", "Return-Path: <>\nFrom: Posta <postmaster@correo.example>", "Mancato recapito",
     "Il messaggio non è stato recapitato a ana@correo.example: utente sconosciuto.\n",
     "hard", "", "no_mailbox"),
    ("group", "From: Mail Delivery Subsystem <mailer-daemon@grupos.example>", "Delivery Status Notification (Failure)",
     "We're writing to let you know that the group you tried to contact (ana@correo.example) may not exist, or you may not have permission to post messages to the group.\n",
     "hard", "", None),
    ("unknown_words", "Return-Path: <>\nFrom: MAILER-DAEMON@correo.example", "Gunnermeldung 44",
     "xyzzy: ana@correo.example\n", "hard", "", None),
    ("mimecast", "From: MIME Filter Administrator <postmaster@filtro.example>", "[Postmaster] Email Delivery Failure",
     "Your email message was not delivered to the following recipient(s):\n\nana@correo.example\n\nReason: 550 Envelope blocked - User Entry - policy\n",
     "hard", "", "refused"),
    ("php_mailer_from_user", "From: Correo web <web@correo.example>", "Mail delivery failed: returning message to sender",
     "A message that you sent could not be delivered to one or more of its recipients.\n\n  ana@correo.example\n    SMTP error from remote mail server after RCPT TO:<ana@correo.example>: 550 5.1.1 User unknown\n\n------ This is a copy of the message ------\n\nORIGINAL\n",
     "hard", "5.1.1", "no_mailbox"),
]  # fmt: skip
for name, headers, subject, body, severity, status, reason in WORDS:
    add(
        f"r_{name}", f"{headers}\nSubject: {subject}", body,
        kind="bounce", severity=severity, recipients=["ana@correo.example"], status=status,
        reason=reason,
    )  # fmt: skip

# --- Programs that answer.

AWAY = {
    "es": ("Respuesta automática: Su consulta", "Me encuentro de vacaciones hasta el 16 de noviembre."),
    "es_2": ("Fuera de la oficina: Su consulta", "No estaré disponible hasta el lunes."),
    "ca": ("Resposta automàtica: Su consulta", "Estaré de vacances fins dilluns."),
    "gl": ("Resposta automática: Su consulta", "Estarei fóra da oficina ata o luns."),
    "eu": ("Erantzun automatikoa: Su consulta", "Oporretan nago azaroaren 16ra arte."),
    "en": ("Automatic reply: Su consulta", "I am out of the office until 16 November."),
    "en_2": ("Out of Office: Su consulta", "I will be on leave with limited access to email."),
    "pt": ("Resposta automática: Su consulta", "Estou ausente até segunda-feira."),
    "fr": ("Réponse automatique : Su consulta", "Je suis en congé jusqu'au 16 novembre."),
    "de": ("Abwesenheitsnotiz: Su consulta", "Ich bin bis zum 16. November im Urlaub."),
    "it": ("Risposta automatica: Su consulta", "Sono in ferie fino al 16 novembre."),
}
for name, (subject, body) in AWAY.items():
    who = "From: Ana <ana@correo.example>"
    add(f"r_away_{name}", f"{who}\nSubject: {subject}", body, kind="auto-reply")
    add(
        f"r_away_headers_{name}",
        f"{who}\nSubject: {subject}\nAuto-Submitted: auto-replied\nX-Auto-Response-Suppress: All",
        "…",
        kind="auto-reply",
    )

for name, subject, body in [
    ("es", "Acuse de recibo de su solicitud", "Mensaje generado automáticamente. Hemos recibido su solicitud."),
    ("ca", "Justificant de registre", "Aquest és un missatge automàtic. Hem rebut la vostra sol·licitud."),
    ("gl", "Xustificante de rexistro", "Esta é unha mensaxe automática. Recibimos a súa solicitude."),
    ("eu", "Erregistro-agiria", "Mezu hau automatikoki sortu da. Zure eskaera jaso dugu."),
    ("en", "We received your request", "This is an automated message. Your request has been received."),
    ("pt", "Recebemos o seu pedido", "Esta é uma mensagem automática. Recebemos o seu pedido."),
    ("fr", "Accusé de réception", "Ceci est un message automatique. Nous avons bien reçu votre demande."),
    ("de", "Eingangsbestätigung", "Diese Nachricht wurde automatisch erstellt. Wir haben Ihre Anfrage erhalten."),
    ("it", "Ricevuta di protocollo", "Questo è un messaggio automatico. Abbiamo ricevuto la sua richiesta."),
]:
    add(
        f"r_register_{name}", f"From: Registro <no-reply@registro.example>\nSubject: {subject}", body, kind="auto-reply"
    )

for name, header in [
    ("x_autoreply", "X-Autoreply: yes"),
    ("precedence", "Precedence: auto_reply"),
    ("precedence_junk_answer", "Precedence: junk\nIn-Reply-To: <a@soporte.valdelmar.example>"),
    ("vacation", "X-Mailer: vacation 1.2.7"),
    ("auto_generated", "Auto-Submitted: auto-generated"),
    ("auto_notified", 'Auto-Submitted: auto-notified; owner-email="x@y.example"'),
    ("autorespond", "X-Autorespond: Su consulta"),
    ("tmda", "X-TMDA-Fingerprint: abc"),
]:
    add(
        f"r_header_{name}",
        f"From: Ana <ana@correo.example>\nSubject: Su consulta\n{header}",
        "Gracias.",
        kind="auto-reply",
    )

add(
    "r_challenge",
    "From: Filtro <ana@correo.example>\nSubject: Verificación de remitente requerida",
    "Su mensaje está retenido. Para que sea entregado, pulse en el enlace.\n",
    kind="auto-reply",
)
add(
    "r_away_null_sender",
    "Return-Path: <>\nFrom: Ana <ana@correo.example>\nSubject: Auto: Error en la entrega",
    "Estoy fuera hasta el lunes.\n",
    kind="auto-reply",
)

# --- Lists, receipts, calendars and reports.

for name, header in [
    ("google_group", "List-ID: <sedes.grupos.example>\nPrecedence: list\nMailing-list: list sedes@grupos.example"),
    ("unsubscribe", "List-Unsubscribe: <mailto:baja@boletin.example>"),
    ("bulk", "Precedence: bulk"),
    ("mailman", "X-BeenThere: sedes@listas.example\nX-Mailman-Version: 2.1.39"),
]:
    add(
        f"r_list_{name}",
        f"From: Boletín <boletin@boletin.example>\nSubject: Noticias\n{header}",
        "Novedades.",
        kind="list",
    )

add(
    "r_mdn",
    'From: Ana <ana@correo.example>\nSubject: Leído: Su consulta\nContent-Type: multipart/report; report-type=disposition-notification; boundary="=_m"',
    "--=_m\nContent-Type: text/plain\n\nSe ha leído.\n\n--=_m\nContent-Type: message/disposition-notification\n\n"
    "Final-Recipient: rfc822;ana@correo.example\nOriginal-Message-ID: <r_mdn@soporte.valdelmar.example>\n"
    "Disposition: manual-action/MDN-sent-manually; displayed\n\n--=_m--\n",
    kind="receipt", message_id="<r_mdn@soporte.valdelmar.example>",
)  # fmt: skip
for name, subject, body in [
    ("es", "Leído: Su consulta", "Su mensaje fue leído el martes, 3 de noviembre de 2026 9:20:00."),
    ("ca", "Llegit: Su consulta", "El vostre missatge va ser llegit el dimarts."),
    ("en", "Read: Su consulta", "Your message was read on Tuesday, November 3, 2026."),
    ("de", "Gelesen: Su consulta", "Ihre Nachricht wurde am 3.11.2026 gelesen."),
]:
    add(f"r_read_words_{name}", f"From: Ana <ana@correo.example>\nSubject: {subject}", body, kind="receipt")
for answer in ("ACCEPTED", "DECLINED"):
    add(
        f"r_calendar_{answer.lower()}",
        f'From: Ana <ana@correo.example>\nSubject: {answer}: Cita\nContent-Type: multipart/mixed; boundary="=_c"',
        "--=_c\nContent-Type: text/plain\n\nAna ha contestado a la invitación.\n\n--=_c\n"
        "Content-Type: text/calendar; method=REPLY; charset=UTF-8\n\nBEGIN:VCALENDAR\nMETHOD:REPLY\nBEGIN:VEVENT\n"
        f"ATTENDEE;PARTSTAT={answer}:mailto:ana@correo.example\nEND:VEVENT\nEND:VCALENDAR\n\n--=_c--\n",
        kind="receipt",
    )
add(
    "r_arf",
    'From: <fbl@proveedor.example>\nSubject: Abuse report\nContent-Type: multipart/report; boundary="=_a"; report-type="feedback-report"',
    "--=_a\nContent-Type: text/plain\n\nThis is an email abuse report.\n\n--=_a\nContent-Type: message/feedback-report\n\n"
    "Feedback-Type: abuse\nUser-Agent: FBL/1\nVersion: 1\n\n--=_a\nContent-Type: text/rfc822-headers\n\nORIGINAL\n\n--=_a--\n",
    kind="report",
)
add(
    "r_dmarc",
    "From: dmarc@proveedor.example\nSubject: Report Domain: valdelmar.example Submitter: proveedor.example Report-ID: <1@x>",
    "Informe adjunto.\n",
    kind="report",
)
add(
    "r_tlsrpt",
    "From: tls@proveedor.example\nSubject: Report Domain: valdelmar.example\nTLS-Report-Domain: valdelmar.example",
    "Informe adjunto.\n",
    kind="report",
)

# --- People.

PEOPLE = [
    ("plain", "Consulta", "", "Buenos días: ¿cómo pido el volante?\n"),
    ("answer", "Re: [VAL-2026-00042] Su consulta", "In-Reply-To: <a@soporte.valdelmar.example>", "Gracias, ya está.\n"),
    ("forwards_bounce", "Fwd: Undelivered Mail Returned to Sender", "", "Miren qué me llega.\n\n---------- Forwarded message ---------\nFrom: Mail Delivery System <MAILER-DAEMON@x.example>\nSubject: Undelivered Mail Returned to Sender\n\n<a@b.example>: 550 5.1.1 User unknown\n"),
    ("pastes_bounce", "Mi correo no llega", "", "Hola, me sale esto:\n\nThis is the mail system at host mx.x.example.\nyour message could not be delivered\n<a@b.example>: 550 5.1.1 User unknown\n\n¿Me ayudan?\n"),
    ("subject_of_bounce", "Undelivered Mail Returned to Sender", "", "¿Esto qué es? Me ha llegado al escribirles.\n"),
    ("quotes_our_automatic", "Re: Hemos recibido su consulta", "In-Reply-To: <a@soporte.valdelmar.example>", "Perfecto, gracias.\n\nEl lun, 2 nov 2026 a las 18:05, Oficina (<a@b.example>) escribió:\n\n> Este es un mensaje automático, no responda a este correo.\n> Hemos recibido su consulta.\n"),
    ("on_holiday", "Re: Su consulta", "In-Reply-To: <a@soporte.valdelmar.example>", "Estoy de vacaciones hasta el lunes, a la vuelta les mando el papel.\n"),
    ("asks_automatic_message", "Mensaje automático", "", "Me llegó un mensaje automático de ustedes pero el enlace no va.\n"),
    ("read_subject", "Leído", "", "He leído su respuesta y no estoy de acuerdo.\n"),
    ("read_colon", "Leído: y no entendido", "", "He leído la carta y no la entiendo. ¿Me llaman?\n"),
    ("absence_subject", "Ausencia de respuesta", "", "Llevo un mes sin respuesta.\n"),
    ("holiday_subject", "Vacaciones escolares", "", "¿Abre el registro en vacaciones? Estaré fuera de la ciudad.\n"),
    ("confirms", "Confirmar cita", "", "Quiero confirmar la cita del jueves, ¿hace falta algo?\n"),
    ("full_mailbox", "Mi buzón está lleno", "", "No puedo recibir la notificación, el buzón está lleno y no se ha podido entregar.\n"),
    ("suppress", "Escrito", "X-Auto-Response-Suppress: All", "Adjunto el escrito.\n"),
    ("auto_no", "Escrito", "Auto-Submitted: no", "Adjunto el escrito.\n"),
    ("bounced_cheque", "Recibo devuelto", "", "El banco me dice que el recibo ha sido devuelto al remitente. ¿Cómo pago?\n"),
    ("letter_returned", "Carta devuelta", "", "La carta fue devuelta: «no se ha podido entregar, dirección desconocida». ¿La reenvían?\n"),
    ("basque", "Kontsulta", "", "Egun on, ezin izan dut eskaera bidali. Lagunduko didazue?\n"),
    ("catalan", "Error en enviar", "", "No he pogut enviar la instància: no s'ha pogut lliurar, em diu.\n"),
    ("ticket_opened", "Incidencia 1234 abierta", "", "Abrí la incidencia 1234 y nadie contesta.\n"),
    ("spam_complaint", "Abuso", "", "Quiero denunciar un abuso: me llega spam en su nombre.\n"),
    ("report_domain", "Re: Report domain", "", "¿Nos explican qué es este informe?\n"),
]  # fmt: skip
for name, subject, header, body in PEOPLE:
    add(f"r_human_{name}", f"From: Ana <ana@correo.example>\nSubject: {subject}\n{header}", body, kind="human")
add(
    "r_human_no_reply_form",
    "From: Formulario <no-reply@web.example>\nReply-To: ana@correo.example\nSubject: Contacto",
    "Nombre: Ana\nMensaje: ¿Hay plazo?\n",
    kind="human",
)
add(
    "r_human_postmaster",
    "From: Pau <postmaster@poble.example>\nSubject: Migració del domini",
    "Bon dia, canviem els servidors dijous.\n",
    kind="human",
)
add(
    "r_human_administrator",
    "From: Administrador del sistema <sistemas@pueblo.example>\nSubject: Acceso a la sede",
    "¿Nos dan acceso a la sede?\n",
    kind="human",
)
add("r_human_no_from", "From: \nSubject: Anónimo", "No quiero decir quién soy.\n", kind="human")
