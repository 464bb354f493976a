"""Bounces of servers, gateways and filters that keep to no standard, each with the words that it is known by."""

# Lines stand as programs write them.
# ruff: noqa: E501 - lines stand as programs write them

from tests.mailbox.shapes import Samples

SAMPLES = Samples()
ANA = ["ana@correo.example"]

SERVERS = [
    ("fatal_errors", "MAILER-DAEMON@correo.example", "FAILURE NOTICE :",
     "  ----- The following addresses had permanent fatal errors -----\n\n>>>ana@correo.example <ana@correo.example>\n\n  ----- original message follows -----\n\nORIGINAL\n", "hard", None),
    ("bigfoot", "Mail Delivery Subsystem <MAILER-DAEMON@correo.example>", "Returned mail: User unknown",
     "   ----- The following addresses had permanent fatal errors -----\n<ana@correo.example>\n\n   ----- Transcript of session follows -----\n<<< 553 Invalid recipient ana@correo.example (Mode: normal)\n", "hard", "no_mailbox"),
    ("kundenserver", "Mail Delivery System <mailer-daemon@servidor.example>", "Mail delivery failed: returning message to sender",
     "This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of\nits recipients. The following addresses failed:\n\n<ana@correo.example>\n    550 no such mailbox\n\n--- The header of the original message is following. ---\n\nORIGINAL\n", "hard", "no_mailbox"),
    ("fml", "owner-sedes@listas.example", "Error Mail Report from fml",
     "Your mail could not be delivered.\n<ana@correo.example> is an unknown user.\n550 unknown user ana@correo.example\n\nOriginal mail as follows:\n\n  ORIGINAL\n", "hard", "no_mailbox"),
    ("sendmail_5", "Mail Delivery Subsystem <MAILER-DAEMON@viejo.example>", "Returned mail: Host unknown",
     "   ----- Transcript of session follows -----\nWhile talking to smtp.correo.example:\n>>> RCPT To:<ana@correo.example>\n<<< 550 Host unknown\n550 <ana@correo.example>... Host unknown\n\n   ----- Unsent message follows -----\nORIGINAL\n", "hard", "no_domain"),
    ("delivery_errors", "MAILER-DAEMON@correo.example", "Returned Mail",
     "The original message was received at Tue, 3 Nov 2026 09:14:55 +0100\nfrom atencion\n\n---The following addresses had delivery errors---\n\nana@correo.example [User unknown]\n", "hard", "no_mailbox"),
    ("unable_following", "MAILER-DAEMON@correo.example", "Delivery failure",
     "Unable to deliver message to the following address(es).\n\n<ana@correo.example>:\nThis user doesn't have a correo.example account (ana@correo.example) [0]\n\n--- Original message follows.\n\nORIGINAL\n", "hard", "no_mailbox"),
    ("smtp_storage", "Mail Delivery System <postmaster@correo.example>", "Delivery status notification",
     "This message was created automatically by mail delivery software.\n\nYour message did not reach the following recipients:\n\n* ana@correo.example\n\nSMTP:Exceeded storage allocation\n", "soft", "full"),
    ("trouble_delivering", "Mail System <mailsystem@correo.example>", "There was an error sending your mail",
     "We had trouble delivering your message. Full details follow:\n\nSubject: 'Su consulta'\n\n1 error(s):\n\nSMTP Server <mx.correo.example> rejected recipient <ana@correo.example>\n  (Error following RCPT command). It responded as follows: [550 5.1.1 User unknown]\n", "hard", "no_mailbox"),
    ("problems", "Mail Delivery Subsystem <postmaster@filtro.example>", "Delivery Status",
     "--- The following addresses had delivery problems ---\n\n<ana@correo.example>   (User unknown ana@correo.example)\n", "hard", "no_mailbox"),
    ("dragonfly", "MAILER-DAEMON <>", "Mail delivery failed",
     "Message from cola to ana@correo.example has failed: 550 5.1.1 User unknown\n\nORIGINAL\n", "hard", "no_mailbox"),
    ("m_filter", "MAILER-DAEMON@correo.example", "failure notice",
     "-------server message\n550 5.1.1 unknown user <ana@correo.example>\n\n-------original message\nORIGINAL\n", "hard", "no_mailbox"),
    ("mobile", "Postmaster@movil.example", "Mail System Error - Returned Mail",
     "The user(s) account is temporarily over quota.\n\n<ana@correo.example>\n", "soft", "full"),
    ("exchange_2007", "Microsoft Exchange <postmaster@correo.example>", "Undeliverable: Su consulta",
     "Delivery has failed to these recipients or distribution lists:\n\nana@correo.example<mailto:ana@correo.example>\nThe recipient's mailbox is full and can't accept messages now.\n\nDiagnostic information for administrators:\n\nGenerating server: correo.example\n\nana@correo.example\n#< #5.2.2 smtp;552 5.2.2 mailbox full> #SMTP#\n\nOriginal message headers:\n\nORIGINAL\n", "soft", "full"),
    ("workmail", "postmaster@trabajo.example", "Undeliverable message",
     "Technical report:\n\nYour message couldn't be delivered to ana@correo.example: 550 5.1.1 user unknown\n", "hard", "no_mailbox"),
    ("esmtp_es", "Servicio de Correo <MAILER-DAEMON@correo.example>", "Correo devuelto",
     "El servidor no pudo entregar su correo a:\n\n   ana@correo.example (550 usuario desconocido)\n", "hard", "no_mailbox"),
    ("quota_es", "postmaster@correo.example", "Entrega fallida: Su consulta",
     "Su correo para ana@correo.example no se ha entregado porque ha excedido su cuota de disco.\n", "soft", "full"),
    ("timeout_es", "postmaster@correo.example", "No se pudo entregar su mensaje",
     "Su mensaje para ana@correo.example no se pudo entregar después de 5 días: no se pudo conectar con el servidor.\n", "soft", "unreachable"),
    ("baja_es", "postmaster@correo.example", "Mensaje no entregado",
     "Mensaje no entregado a ana@correo.example: la cuenta ha sido dada de baja.\n", "hard", "disabled"),
    ("external_es", "Microsoft Outlook <postmaster@correo.example>", "No se puede entregar: Su consulta",
     "No se entregó el mensaje a ana@correo.example porque el buzón solo acepta mensajes de su organización.\n\n550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForMailbox\n", "hard", "restricted"),
    ("big_es", "postmaster@correo.example", "Error en la entrega",
     "No se ha podido entregar el mensaje a ana@correo.example: es demasiado grande (máximo 10 MB).\n", "hard", "too_big"),
    ("loop", "postmaster@correo.example", "Undeliverable mail",
     "Your mail to ana@correo.example could not be delivered: 554 mail loop detected\n", "hard", "loop"),
    ("virus", "MailScanner <postmaster@correo.example>", "Warning: Message rejected",
     "Your message to ana@correo.example was rejected: virus found\n", "hard", "refused"),
    ("verp", "sedes-bounces@listas.example", "Undelivered mail returned to sender",
     "The message to <ana@correo.example> was not delivered: host not found\n", "hard", "no_domain"),
    ("defers_en", "MAILER-DAEMON@correo.example", "Delivery Delayed",
     "Your message to ana@correo.example has been delayed and we are still trying.\n", "delayed", None),
    ("defers_ca", "MAILER-DAEMON@correo.example", "Lliurament ajornat",
     "El missatge a ana@correo.example encara no s'ha lliurat. Es continuarà intentant.\n", "delayed", None),
    ("defers_de", "MAILER-DAEMON@correo.example", "Zustellung verzögert",
     "Ihre Nachricht an ana@correo.example konnte noch nicht zugestellt werden.\n", "delayed", None),
    ("temporary", "MAILER-DAEMON@correo.example", "Undelivered Mail Returned to Sender",
     "<ana@correo.example>: host mx.correo.example[203.0.113.3] said: 421 Service busy, try again later\n", "soft", "later"),
]  # fmt: skip
for name, sender, subject, body, severity, reason in SERVERS:
    SAMPLES.add(
        f"o_{name}", f"From: {sender}\nSubject: {subject}", body,
        kind="bounce", severity=severity, recipients=ANA, reason=reason,
    )  # fmt: skip

# Standard in its parts but not in how these are put together.
STATUS = "Reporting-MTA: dns; mx.correo.example\n\nFinal-Recipient: rfc822; ana@correo.example\nAction: failed\nStatus: 5.1.1\n"
SAMPLES.add(
    "o_mixed_with_status",
    'From: MAILER-DAEMON@correo.example\nSubject: Aviso\nContent-Type: multipart/mixed; boundary="=_m"',
    f"--=_m\nContent-Type: text/plain\n\nAviso.\n\n--=_m\nContent-Type: message/delivery-status\n\n{STATUS}\n--=_m--\n",
    kind="bounce", severity="hard", recipients=ANA, status="5.1.1",
)  # fmt: skip
SAMPLES.add(
    "o_report_without_status",
    'From: ana@correo.example\nSubject: Aviso\nContent-Type: multipart/report; report-type=delivery-status; boundary="=_m"',
    "--=_m\nContent-Type: text/plain\n\n<ana2@correo.example>: no such user\n\n--=_m--\n",
    kind="bounce", severity="hard", recipients=["ana2@correo.example"], reason="no_mailbox",
)  # fmt: skip
SAMPLES.add(
    "o_person_attaches_bounce",
    'From: Ana <ana@correo.example>\nSubject: Fwd: Undelivered Mail\nContent-Type: multipart/mixed; boundary="=_m"',
    "--=_m\nContent-Type: text/plain; charset=utf-8\n\nMiren lo que me llega.\n\n--=_m\nContent-Type: message/rfc822\n\n"
    "From: MAILER-DAEMON@x.example\nSubject: Undelivered Mail\nContent-Type: multipart/report;\n"
    ' report-type=delivery-status; boundary="=_n"\n\n--=_n\nContent-Type: message/delivery-status\n\n'
    f"{STATUS}\n--=_n--\n\n--=_m--\n",
    kind="human",
)
SAMPLES.add(
    "o_status_of_unnamed_server",
    'From: Envios <envios@proveedor.example>\nSubject: Aviso\nContent-Type: multipart/mixed; boundary="=_m"',
    f"--=_m\nContent-Type: text/plain\n\nAviso.\n\n--=_m\nContent-Type: message/delivery-status\n\n{STATUS}\n--=_m--\n",
    kind="bounce", severity="hard", recipients=ANA, status="5.1.1",
)  # fmt: skip
SAMPLES.add(
    "o_auto_submitted_words",
    "From: Correo <correo@proveedor.example>\nSubject: Mensaje no entregado\nAuto-Submitted: auto-replied",
    "Su mensaje a ana@correo.example no ha podido ser entregado: usuario desconocido.\n",
    kind="bounce", severity="hard", recipients=ANA, reason="no_mailbox",
)  # fmt: skip
SAMPLES.add(
    "o_parcel_not_delivered",
    "From: Paquetes <no-reply@paquetes.example>\nSubject: Su envío 1234",
    "No se ha podido entregar su paquete por estar usted ausente. Este es un mensaje automático.\n",
    kind="auto-reply",
)
SAMPLES.add(
    "o_person_pastes_whole_bounce",
    "From: Ana <ana@correo.example>\nSubject: Undelivered Mail Returned to Sender\nUser-Agent: Mozilla Thunderbird",
    "This is the mail system at host x.example. Your message could not be delivered.\n\n<a@b.example>: 550 5.1.1 User unknown\n",
    kind="human",
)
SAMPLES.add(
    "o_person_answers_bounce_as_postmaster",
    "From: Pau <postmaster@poble.example>\nSubject: Re: Correu retornat",
    "Bon dia: hem vist que el vostre missatge no s'ha pogut lliurar per un error nostre. Ja està.\n",
    kind="human",
)
SAMPLES.add(
    "o_person_shows_bounce_inline",
    'From: Ana <ana@correo.example>\nSubject: Fwd: Undelivered Mail\nContent-Type: multipart/mixed; boundary="=_m"',
    f"--=_m\nContent-Type: text/plain\n\nMiren.\n\n--=_m\nContent-Type: message/delivery-status\n\n{STATUS}\n--=_m--\n",
    kind="human",
)
for name, subject, body in [
    ("out_of_office", "Out of office", "I am on leave until Monday."),
    ("lotus", "Ana Gil is out of the office (vuelve el 16/11)", "I will be out of the office until 16/11."),
    ("exact_es", "Fuera de la oficina", "Estaré fuera de la oficina hasta el lunes."),
]:
    SAMPLES.add(f"o_away_{name}", f"From: Ana <ana@correo.example>\nSubject: {subject}", body, kind="auto-reply")
SAMPLES.add(
    "o_absence_of_a_child",
    "From: Claire <claire@correo.example>\nSubject: Absence : mon fils",
    "Bonjour, je serai absente mardi, mon fils aussi.\n",
    kind="human",
)
SAMPLES.add(
    "o_daemon_without_domain",
    "From: MAILER-DAEMON (Mail Delivery System)\nSubject: Aviso",
    "No se ha podido entregar el mensaje:\n\n<ana@correo.example>: usuario desconocido\n",
    kind="bounce", severity="hard", recipients=ANA, reason="no_mailbox",
)  # fmt: skip
SAMPLES.add(
    "o_daemon_in_envelope",
    "Return-Path: <MAILER-DAEMON@correo.example>\nFrom: Correo <correo@correo.example>\nSubject: Aviso",
    "No se ha podido entregar el mensaje:\n\n<ana@correo.example>: usuario desconocido\n",
    kind="bounce", severity="hard", recipients=ANA, reason="no_mailbox",
)  # fmt: skip
SAMPLES.add(
    "o_complaint_as_data",
    "From: AWS Notifications <no-reply@sns.example>\nSubject: AWS Notification Message",
    '{"notificationType":"Complaint","complaint":{"complainedRecipients":[{"emailAddress":"ana@correo.example"}]}}\n',
    kind="report",
)
SAMPLES.add(
    "o_router_of_an_office",
    "From: Administrator@correo.example\nSubject: DELIVERY FAILURE: User ana not listed",
    "Your message\n\n  Subject: Su consulta\n\nwas not delivered to:\n\n  ana@correo.example\n\nbecause:\n\n  User ana not listed in public Name & Address Book\n",
    kind="bounce", severity="hard", recipients=ANA, reason="no_mailbox",
)  # fmt: skip
SAMPLES.add(
    "o_administrator_of_mail",
    "From: Mail_Administrator@correo.example\nSubject: Mail System Error - Returned Mail",
    "This Message was undeliverable due to the following reason:\n\nThe user(s) account is disabled.\n\n<ana@correo.example>\n",
    kind="bounce", severity="hard", recipients=ANA, reason="disabled",
)  # fmt: skip
SAMPLES.add(
    "o_moderated_list",
    "From: sedes-bounces@listas.example\nSubject: Request to mailing list Sedes rejected\nPrecedence: bulk\nList-Id: <sedes.listas.example>",
    "Your request to the Sedes mailing list has been rejected by the list moderator.\n",
    kind="list",
)
SAMPLES.add(
    "o_person_of_systems",
    "From: Sistemas <sistemas@pueblo.example>\nSubject: Error en la entrega",
    "Buenos días: a nuestros vecinos les sale «error en la entrega» al presentar la instancia.\n",
    kind="human",
)
SAMPLES.add(
    "o_away_i_am",
    "From: Bob <bob@firm.example>\nSubject: I am out of the office until Monday",
    "I will be out of the office until Monday.",
    kind="auto-reply",
)
