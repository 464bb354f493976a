"""A second part held back, written after the first had been looked at and before the rules were tried on it."""

# Lines stand as programs write them.
# ruff: noqa: E501 - lines stand as programs write them

from tests.mailbox.shapes import Samples

SAMPLES = Samples()
add, report = SAMPLES.add, SAMPLES.report

for _name, _headers, _body, _severity, _reason in [
    ("postfix_unverified", "From: MAILER-DAEMON@relay.red.example (Mail Delivery System)\nSubject: Undelivered Mail Returned to Sender",
     "<ramon@lugar.example>: host mx.lugar.example[198.51.100.4] said: 450 4.1.1\n    <ramon@lugar.example>: Recipient address rejected: unverified address:\n    connect to mx.lugar.example[198.51.100.4]:25: Connection timed out\n", "soft", None),
    ("postfix_bounced_local", "From: MAILER-DAEMON@relay.red.example (Mail Delivery System)\nSubject: Undelivered Mail Returned to Sender",
     "<ramon@lugar.example>: unknown user: \"ramon\"\n", "hard", "no_mailbox"),
    ("maildrop_quota", "From: MAILER-DAEMON@relay.red.example (Mail Delivery System)\nSubject: Undelivered Mail Returned to Sender",
     "<ramon@lugar.example>: maildir delivery failed: Sorry, the user's maildir has overdrawn his diskspace quota, please try again later.\n", "soft", "full"),
    ("exim_denied", "From: Mail Delivery System <Mailer-Daemon@srv.red.example>\nSubject: Mail delivery failed: returning message to sender",
     "This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of its\nrecipients. This is a permanent error. The following address(es) failed:\n\n  ramon@lugar.example\n    host mx.lugar.example [198.51.100.4]\n    SMTP error from remote mail server after RCPT TO:<ramon@lugar.example>:\n    550-Verification failed for <atencion@soporte.valdelmar.example>\n    550 Sender verify failed\n", "hard", None),
    ("exim_spam_score", "From: Mail Delivery System <Mailer-Daemon@srv.red.example>\nSubject: Mail delivery failed: returning message to sender",
     "The following address(es) failed:\n\n  ramon@lugar.example\n    SMTP error from remote mail server after end of data:\n    550 High probability of spam\n", "hard", "refused"),
    ("exchange_size", "Return-Path: <>\nFrom: Microsoft Outlook <postmaster@lugar.example>\nSubject: No se puede entregar: Su consulta",
     "No se entregó el mensaje a ramon@lugar.example porque supera el tamaño máximo de mensaje permitido.\n\n#550 5.2.3 RESOLVER.RST.RecipSizeLimit; message too large for this recipient ##\n", "hard", "too_big"),
    ("exchange_nl", "Return-Path: <>\nFrom: postmaster@plaats.example\nSubject: Onbestelbaar: Su consulta",
     "Uw bericht is niet afgeleverd bij ramon@lugar.example.\n\n550 5.1.10 RESOLVER.ADR.RecipientNotFound\n", "hard", "no_mailbox"),
    ("notes_router", "From: Router <router@lugar.example>\nReturn-Path: <>\nSubject: DELIVERY FAILURE: 550 5.1.1 User unknown",
     "Your message\n\n  Subject: Su consulta\n\nwas not delivered to:\n\n  ramon@lugar.example\n\nbecause:\n\n  550 5.1.1 User unknown\n", "hard", "no_mailbox"),
    ("mailer_disabled", "From: Mailer-Daemon@correo.lugar.example\nSubject: Returned mail: service unavailable",
     "<ramon@lugar.example>... Service unavailable: 554 5.2.1 account deactivated\n", "hard", "disabled"),
    ("sophos", "From: Email Appliance <postmaster@filtro.lugar.example>\nSubject: Message rejected",
     "Your message to ramon@lugar.example was rejected because it contains a blocked attachment.\n", "hard", "refused"),
    ("moved_es", "From: postmaster@lugar.example\nSubject: No se ha podido entregar su mensaje",
     "ramon@lugar.example ya no trabaja en esta entidad. Su mensaje no ha sido entregado.\n", "hard", "moved"),
    ("provider_es", "From: Postmaster <postmaster@proveedor.example>\nSubject: Devolución de correo",
     "Su correo no ha podido ser entregado.\nDestinatario: ramon@lugar.example\nCausa: 550 No existe el usuario\n", "hard", "no_mailbox"),
    ("provider_es_2", "Return-Path: <>\nFrom: Gestor de correo <gestor@proveedor.example>\nSubject: Imposible entregar el mensaje",
     "No fue posible entregar su mensaje a ramon@lugar.example porque la cuenta está bloqueada.\n", "hard", "disabled"),
    ("provider_gl", "Return-Path: <>\nFrom: Xestor de correo <postmaster@proveedor.example>\nSubject: Aviso de correo non entregado",
     "A súa mensaxe para ramon@lugar.example non foi entregada: a caixa está chea.\n", "soft", "full"),
    ("temporal_es", "From: MAILER-DAEMON@proveedor.example\nSubject: Retraso en la entrega de su mensaje",
     "Su mensaje para ramon@lugar.example se ha retrasado. Lo seguiremos intentando durante 48 horas.\n", "delayed", None),
    ("fr_delay", "From: MAILER-DAEMON@poste.example\nSubject: Remise différée",
     "Votre message à ramon@lugar.example n'a pas encore été remis. Nouvelle tentative en cours.\n", "delayed", None),
]:  # fmt: skip
    add(
        f"hc_{_name}",
        _headers,
        _body,
        kind="bounce",
        severity=_severity,
        recipients=["ramon@lugar.example"],
        reason=_reason,
    )

report(
    "hc_dsn_utf8",
    "Return-Path: <>\nFrom: MAILER-DAEMON@mx.lugar.example\nSubject: Undelivered Mail Returned to Sender",
    "<ramon@lugar.example>: no mailbox",
    "Reporting-MTA: dns;mx.lugar.example\nArrival-Date: Tue, 3 Nov 2026 09:14:55 +0100\n\nOriginal-Recipient: rfc822;<ramon@lugar.example>\nFinal-Recipient: RFC822 ; ramon@lugar.example\nAction: Failed\nStatus: 5.1.1 (bad destination mailbox address)\nRemote-MTA: dns; mx\n",
    kind="bounce", severity="hard", recipients=["ramon@lugar.example"], status="5.1.1", reason="no_mailbox",
)  # fmt: skip
report(
    "hc_dsn_three",
    "Return-Path: <>\nFrom: MAILER-DAEMON@mx.lugar.example\nSubject: Undelivered Mail Returned to Sender",
    "Tres direcciones.",
    "Reporting-MTA: dns; mx.lugar.example\n\nFinal-Recipient: rfc822; a@lugar.example\nAction: failed\nStatus: 5.1.1\n\nFinal-Recipient: rfc822; b@lugar.example\nAction: failed\nStatus: 5.1.1\n\nFinal-Recipient: rfc822; c@lugar.example\nAction: delivered\nStatus: 2.0.0",
    kind="bounce", severity="hard", recipients=["a@lugar.example", "b@lugar.example"], status="5.1.1",
)  # fmt: skip
report(
    "hc_dsn_expired",
    "Return-Path: <>\nFrom: postmaster@lugar.example\nSubject: Undeliverable: Su consulta",
    "Delivery expired.",
    "Reporting-MTA: dns;mx.lugar.example\n\nFinal-Recipient: rfc822;ramon@lugar.example\nAction: failed\nStatus: 4.4.7\nDiagnostic-Code: smtp;400 4.4.7 Message delayed",
    kind="bounce", severity="soft", recipients=["ramon@lugar.example"], status="4.4.7",
)  # fmt: skip

for _name, _headers, _body in [
    ("es_teletrabajo", "From: Sole <sole@empresa.example>\nSubject: Respuesta automática: RE: Su consulta", "Estoy de baja maternal. Para urgencias: otra@empresa.example."),
    ("en_out", "From: Jim <jim@firm.example>\nSubject: Automatic reply: Your enquiry", "Thank you for your e-mail. I am out of the office and will reply on my return."),
    ("fr_conge", "From: Luc <luc@societe.example>\nSubject: Réponse automatique : Su consulta", "Absent jusqu'au 20. Merci de contacter l'accueil. Message automatique."),
    ("de_urlaub", "From: Uwe <uwe@firma.example>\nSubject: Automatische Antwort: Su consulta\nX-MS-Exchange-Inbox-Rules-Loop: uwe@firma.example\nAuto-Submitted: auto-generated", "Bin im Urlaub."),
    ("caja", "From: Caja <no-responder@caja.example>\nSubject: Hemos recibido su mensaje", "Gracias por escribirnos. Le responderemos en 48 horas. No responda a este correo."),
    ("portal", "From: Portal <no_reply@portal.example>\nSubject: Registro completado", "Este mensaje se ha enviado automáticamente desde el portal."),
    ("jira", "From: Soporte (Jira) <jira@proveedor.example>\nSubject: [SOP-12] Su consulta\nAuto-Submitted: auto-generated\nPrecedence: bulk", "Se ha creado la incidencia."),
    ("eu_oof", "From: Jon <jon@enpresa.example>\nSubject: Erantzun automatikoa: Su consulta", "Ez naiz bulegoan egongo astelehenera arte."),
    ("challenge", "From: Antispam <verificacion@filtro.example>\nSubject: Verifique su dirección de correo", "Su mensaje está en espera. Pulse en el enlace para que sea entregado."),
]:  # fmt: skip
    add(f"hc_{_name}", _headers, _body, kind="auto-reply")

for _name, _subject, _header, _body in [
    ("answers_ack", "RE: Hemos recibido su consulta", "", "Gracias. ¿Cuándo sabré algo? Este mensaje automático dice 48 horas.\n\nRosa\n"),
    ("answers_oof", "Re: Respuesta automática: cita", "", "De acuerdo, espero a que vuelva. Yo estaré fuera hasta el 3.\n"),
    ("bounce_story", "Correo devuelto", "", "El correo que envié al ayuntamiento me ha sido devuelto tres veces. La dirección que pone en la web, registro@pueblo.example, no existe.\n"),
    ("error_text", "Error al enviar", "", "Al enviar el formulario sale: 550 5.7.1 Message rejected. ¿Qué significa?\n"),
    ("full_es", "Cuota superada", "", "Me dice que he superado la cuota del buzón de notificaciones. No sé borrar.\n"),
    ("carta", "No entregado", "", "El cartero dejó un aviso: «no entregado, ausente». Estoy fuera toda la semana.\n"),
    ("teletramite", "Respuesta automática incorrecta", "", "La respuesta automática que mandan tiene el enlace mal.\n"),
    ("fuera", "Fuera de plazo", "", "Me dicen que está fuera de plazo.\n"),
    ("ausente", "Ausente en el reparto", "", "Estaba ausente cuando vino el notificador.\n"),
    ("ca", "Missatge no lliurat", "", "Hola, m'ha sortit que el missatge no s'ha lliurat. Què faig?\n"),
    ("gl", "Erro na entrega", "", "Ao presentar a instancia dáme erro na entrega da solicitude.\n"),
    ("eu", "Bidalketa", "", "Eskaera ezin izan da bidali. Zer egin dezaket?\n"),
    ("pt", "Falha", "", "Não foi possível entregar o documento no portal.\n"),
    ("fr", "Échec", "", "Bonjour, la remise du dossier a échoué. Pouvez-vous m'aider ?\n"),
    ("de", "Zustellung", "", "Guten Tag, der Bescheid wurde nicht zugestellt.\n"),
    ("it", "Consegna", "", "Buongiorno, la raccomandata non è stata consegnata.\n"),
    ("en", "Undelivered parcel", "", "Hello, my parcel from the town hall is still undelivered.\n"),
    ("mail_talk", "Problema con el correo", "", "No me llegan sus correos a ramon@lugar.example. Mi proveedor dice que los rechaza por spam.\n"),
    ("read", "Leído su correo", "", "He leído su correo y adjunto lo que falta.\n"),
    ("accepts", "Aceptada la propuesta", "", "Acepto la propuesta de resolución.\n"),
    ("report", "Informe", "", "Adjunto el informe de dominio que pidieron.\n"),
    ("unsubscribe", "Baja", "", "Quiero darme de baja de la lista de avisos.\n"),
    ("auto_word", "Auto de archivo", "", "He recibido un auto de archivo y no lo entiendo.\n"),
    ("ticket", "Ticket del aparcamiento", "", "Perdí el ticket creado por la máquina.\n"),
    ("confirm_es", "Confirme su correo", "", "Me llega «confirme su correo» y el enlace caduca.\n"),
    ("thanks", "Gracias por su respuesta", "", "Gracias por contactar conmigo, ya está solucionado.\n"),
    ("hours", "Horario", "", "¿La oficina estará cerrada el día 24?\n"),
    ("delivery_en", "Delivery status", "", "What is the status of my certificate delivery?\n"),
]:  # fmt: skip
    add(f"hc_human_{_name}", f"From: Vecino <vecino@casa.example>\nSubject: {_subject}\n{_header}", _body, kind="human")
