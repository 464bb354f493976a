"""Messages held back: written before the rules that judge them, and not looked at while those were written."""

# Lines stand as programs write them.
# ruff: noqa: E501 - lines stand as programs write them

from tests.mailbox.shapes import OFFICE, Samples

SAMPLES = Samples()
add, report = SAMPLES.add, SAMPLES.report

# Delivery failures by the standard, as different servers fill it in.

report(
    "hb_postfix_unknown_host",
    """
    Return-Path: <>
    From: MAILER-DAEMON@salida.valdelmar.example (Mail Delivery System)
    Subject: Undelivered Mail Returned to Sender
    Auto-Submitted: auto-replied
    """,
    """
    This is the mail system at host salida.valdelmar.example.

    I'm sorry to have to inform you that your message could not
    be delivered to one or more recipients. It's attached below.

    <rosa@corrreo.example>: Host or domain name not found. Name service error for
        name=corrreo.example type=AAAA: Host not found
    """,
    """
    Reporting-MTA: dns; salida.valdelmar.example
    X-Postfix-Queue-ID: 4XyZ01
    Arrival-Date: Tue,  3 Nov 2026 09:14:55 +0100 (CET)

    Final-Recipient: rfc822; rosa@corrreo.example
    Original-Recipient: rfc822;rosa@corrreo.example
    Action: failed
    Status: 5.4.4
    Diagnostic-Code: X-Postfix; Host or domain name not found. Name service error
        for name=corrreo.example type=AAAA: Host not found
    """,
    whole=True,
    kind="bounce", severity="hard", recipients=["rosa@corrreo.example"], status="5.4.4", reason="no_domain",
)  # fmt: skip

report(
    "hb_postfix_delayed",
    """
    Return-Path: <>
    From: MAILER-DAEMON (Mail Delivery System)
    Subject: Delayed Mail (still being retried)
    Auto-Submitted: auto-replied
    """,
    """
    ####################################################################
    # THIS IS A WARNING ONLY.  YOU DO NOT NEED TO RESEND YOUR MESSAGE. #
    ####################################################################

    Your message could not be delivered for more than 4 hour(s).
    It will be retried until it is 5 day(s) old.
    """,
    """
    Reporting-MTA: dns; salida.valdelmar.example

    Final-Recipient: rfc822; pedro@lento.example
    Action: delayed
    Status: 4.4.1
    Diagnostic-Code: X-Postfix; connect to mx.lento.example[198.51.100.7]:25:
        Connection timed out
    Will-Retry-Until: Sun,  8 Nov 2026 09:14:55 +0100 (CET)
    """,
    kind="bounce", severity="delayed", recipients=["pedro@lento.example"], status="4.4.1",
)  # fmt: skip

report(
    "hb_exchange_online_full",
    """
    Return-Path: <>
    From: Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@hospital.example>
    Subject: No se puede entregar: [VAL-2026-00042] Su consulta
    Auto-Submitted: auto-replied
    X-MS-Exchange-Message-Is-Ndr:
    Content-Language: es-ES
    """,
    """
    El buzón de la persona destinataria está lleno y no puede aceptar mensajes ahora.
    Intente reenviar el mensaje más tarde.

    Información de diagnóstico para administradores:
    """,
    """
    Reporting-MTA: dns;AM0PR01MB0001.eurprd01.prod.exchangelabs.example

    Final-recipient: RFC822;nuria@hospital.example
    Action: failed
    Status: 5.2.2
    Diagnostic-code: smtp;554 5.2.2 mailbox full; STOREDRV.Deliver.Exception:QuotaExceededException
    X-Display-Name: Nuria
    """,
    whole=True,
    kind="bounce", severity="soft", recipients=["nuria@hospital.example"], status="5.2.2", reason="full",
)  # fmt: skip

report(
    "hb_gmail_dmarc",
    """
    Return-Path: <>
    From: Mail Delivery Subsystem <mailer-daemon@googlemail.example>
    Subject: Delivery Status Notification (Failure)
    Auto-Submitted: auto-replied
    X-Failed-Recipients: jordi@universitat.example
    """,
    """
    ** Missatge bloquejat **

    El vostre missatge a jordi@universitat.example s'ha bloquejat.
    """,
    """
    Reporting-MTA: dns; googlemail.example
    Arrival-Date: Tue, 03 Nov 2026 00:14:55 -0800 (PST)

    Final-Recipient: rfc822; jordi@universitat.example
    Action: failed
    Status: 5.7.26
    Remote-MTA: dns; mx.universitat.example. (203.0.113.4, the server for the domain universitat.example.)
    Diagnostic-Code: smtp; 550-5.7.26 Unauthenticated email from valdelmar.example is not accepted due to
     550-5.7.26 domain's DMARC policy. 550 5.7.26
    """,
    kind="bounce", severity="hard", recipients=["jordi@universitat.example"], status="5.7.26", reason="refused",
)  # fmt: skip

report(
    "hb_two_recipients_one_delayed",
    """
    Return-Path: <>
    From: postmaster@mx.empresa.example
    Subject: Delivery Status Notification
    """,
    "This is an automatically generated Delivery Status Notification.",
    """
    Reporting-MTA: dns;mx.empresa.example
    Received-From-MTA: dns;salida.valdelmar.example

    Final-Recipient: rfc822;ana@empresa.example
    Action: failed
    Status: 5.1.1

    Final-Recipient: rfc822;luis@empresa.example
    Action: delayed
    Status: 4.2.1
    """,
    kind="bounce", severity="hard", recipients=["ana@empresa.example"], status="5.1.1", reason="no_mailbox",
)  # fmt: skip

report(
    "hb_delivered_success",
    """
    Return-Path: <>
    From: MAILER-DAEMON@mx.notaria.example
    Subject: Successful Mail Delivery Report
    Auto-Submitted: auto-replied
    """,
    "Your message was successfully delivered to the destination(s) listed below.",
    """
    Reporting-MTA: dns; mx.notaria.example

    Final-Recipient: rfc822; notario@notaria.example
    Action: delivered
    Status: 2.0.0
    """,
    kind="receipt",
)  # fmt: skip

report(
    "hb_relayed",
    """
    Return-Path: <>
    From: Microsoft Outlook <postmaster@colegio.example>
    Subject: Retransmitido: Su consulta
    """,
    "Se completó la entrega a estos destinatarios, pero el servidor de destino no envió una notificación de entrega:",
    """
    Reporting-MTA: dns;colegio.example

    Final-Recipient: rfc822;secretaria@colegio.example
    Action: relayed
    Status: 2.0.0
    """,
    kind="receipt",
)  # fmt: skip

report(
    "hb_ses_spam",
    """
    Return-Path: <>
    From: MAILER-DAEMON@eu-west-1.amazonses.example
    Subject: Delivery Status Notification (Failure)
    """,
    """
    An error occurred while trying to deliver the mail to the following recipients:
    maria@buzon.example
    """,
    """
    Reporting-MTA: dns; b224-13.smtp-out.eu-west-1.amazonses.example

    Action: failed
    Final-Recipient: rfc822; maria@buzon.example
    Diagnostic-Code: smtp; 554 5.7.1 [CS] Message blocked. Spam content detected
    Status: 5.7.1
    """,
    whole=True,
    kind="bounce", severity="hard", recipients=["maria@buzon.example"], status="5.7.1", reason="refused",
)  # fmt: skip

report(
    "hb_no_status_field",
    """
    Return-Path: <>
    From: Mail Delivery System <postmaster@mx.taller.example>
    Subject: Mail delivery failed
    """,
    "El mensaje no ha podido ser entregado.",
    """
    Reporting-MTA: dns; mx.taller.example

    Final-Recipient: rfc822; pepe@taller.example
    Action: failed
    Diagnostic-Code: smtp; 552 Message size exceeds fixed maximum message size
    """,
    kind="bounce", severity="hard", recipients=["pepe@taller.example"], reason="too_big",
)  # fmt: skip

report(
    "hb_groupwise_status",
    """
    Return-Path: <>
    From: <postmaster@consell.example>
    Subject: Message status - undeliverable
    """,
    "The message that you sent was undeliverable to the following:\n\tmgarcia (user not found)",
    """
    Reporting-MTA: dns; consell.example

    Final-Recipient: rfc822;mgarcia@consell.example
    Action: failed
    Status: 5.0.0
    """,
    kind="bounce", severity="hard", recipients=["mgarcia@consell.example"],
)  # fmt: skip

report(
    "hb_relay_denied",
    """
    Return-Path: <>
    From: Sistema de correo <mailer-daemon@smtp.acceso.example>
    Subject: Correo no entregado; devuelto al remitente
    """,
    "El sistema de correo no ha podido entregar su mensaje.",
    """
    Reporting-MTA: dns; smtp.acceso.example

    Final-Recipient: rfc822; eva@viejo.example
    Action: failed
    Status: 5.7.1
    Diagnostic-Code: smtp; 554 5.7.1 <eva@viejo.example>: Relay access denied
    """,
    kind="bounce", severity="hard", recipients=["eva@viejo.example"], status="5.7.1",
)  # fmt: skip

# Delivery failures in words only.

add(
    "hb_qmail_quota",
    """
    Return-Path: <>
    From: MAILER-DAEMON@mail.pueblo.example
    Subject: failure notice
    """,
    """
    Hi. This is the qmail-send program at mail.pueblo.example.
    I'm afraid I wasn't able to deliver your message to the following addresses.
    This is a permanent error; I've given up. Sorry it didn't work out.

    <alcaldia@pueblo.example>:
    The users mailfolder is over the allowed quota (size). (#5.2.2)

    --- Below this line is a copy of the message.

    Return-Path: <atencion@soporte.valdelmar.example>
    ORIGINAL

    Buenos días
    """,
    kind="bounce", severity="soft", recipients=["alcaldia@pueblo.example"], status="5.2.2", reason="full",
)  # fmt: skip

add(
    "hb_exim_retry_timeout",
    """
    Return-Path: <>
    From: Mail Delivery System <Mailer-Daemon@vps.alojamiento.example>
    Subject: Mail delivery failed: returning message to sender
    X-Failed-Recipients: ines@taller.example
    Auto-Submitted: auto-replied
    """,
    """
    This message was created automatically by mail delivery software.

    A message that you sent could not be delivered to one or more of its
    recipients. This is a permanent error. The following address(es) failed:

      ines@taller.example
        host mx.taller.example [203.0.113.9]
        SMTP error from remote mail server after initial connection:
        retry timeout exceeded

    ------ This is a copy of the message, including all the headers. ------

    ORIGINAL

    Le contestamos.
    """,
    kind="bounce", severity="soft", recipients=["ines@taller.example"],
)  # fmt: skip

add(
    "hb_exim_warning",
    """
    Return-Path: <>
    From: Mail Delivery System <Mailer-Daemon@vps.alojamiento.example>
    Subject: Warning: message 1kZxyz-0001Ab-CD delayed 24 hours
    Auto-Submitted: auto-replied
    """,
    """
    This message was created automatically by mail delivery software.
    A message that you sent has not yet been delivered to one or more of its
    recipients after more than 24 hours on the queue on vps.alojamiento.example.

    The message identifier is:     1kZxyz-0001Ab-CD
    The subject of the message is: [VAL-2026-00042] Su consulta

    The address to which the message has not yet been delivered is:

      gorka@lanbide.example

    No action is required on your part. Delivery attempts will continue for
    some time.
    """,
    kind="bounce", severity="delayed", recipients=["gorka@lanbide.example"],
)  # fmt: skip

add(
    "hb_domino_english",
    """
    Return-Path: <>
    From: Mail Router <postmaster@diputacion.example>
    Subject: DELIVERY FAILURE: User jlopez (jlopez@diputacion.example) not listed in Domino Directory
    """,
    """
    Your message

      Subject: [VAL-2026-00042] Su consulta

    was not delivered to:

      jlopez@diputacion.example

    because:

      User jlopez (jlopez@diputacion.example) not listed in Domino Directory
    """,
    kind="bounce", severity="hard", recipients=["jlopez@diputacion.example"], reason="no_mailbox",
)  # fmt: skip

add(
    "hb_domino_spanish",
    """
    Return-Path: <>
    From: Encaminador de correo <postmaster@cabildo.example>
    Subject: FALLO EN LA ENTREGA: El usuario mperez no figura en el directorio Domino
    """,
    """
    Su mensaje

      Asunto: Su consulta

    no se ha entregado a:

      mperez@cabildo.example

    debido a:

      El usuario mperez (mperez@cabildo.example) no figura en el directorio Domino
    """,
    kind="bounce", severity="hard", recipients=["mperez@cabildo.example"], reason="no_mailbox",
)  # fmt: skip

add(
    "hb_exchange_2003_text",
    """
    From: System Administrator <postmaster@bufete.example>
    Subject: Undeliverable: Su consulta
    """,
    """
    Your message

      To:      destino@bufete.example
      Subject: Su consulta
      Sent:    Tue, 3 Nov 2026 09:14:55 +0100

    did not reach the following recipient(s):

    destino@bufete.example on Tue, 3 Nov 2026 09:15:00 +0100
        The recipient name is not recognized
            The MTS-ID of the original message is: c=es;a= ;p=bufete
        MSEXCH:IMS:BUFETE:CENTRAL:SRV1 0 (000C05A6) Unknown Recipient
    """,
    kind="bounce", severity="hard", recipients=["destino@bufete.example"], reason="no_mailbox",
)  # fmt: skip

add(
    "hb_exchange_french",
    """
    Return-Path: <>
    From: Microsoft Outlook <postmaster@mairie.example>
    Subject: Non remis : Su consulta
    """,
    """
    Échec de la remise pour les destinataires ou groupes suivants :

    jean@mairie.example
    L'adresse de messagerie que vous avez entrée est introuvable. Vérifiez l'adresse et réessayez.

    Informations de diagnostic pour les administrateurs :

    Serveur de génération : srv.mairie.example

    jean@mairie.example
    Remote Server returned '550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup'

    En-têtes de message d'origine :

    ORIGINAL
    """,
    kind="bounce", severity="hard", recipients=["jean@mairie.example"], status="5.1.10", reason="no_mailbox",
)  # fmt: skip

add(
    "hb_exchange_german",
    """
    Return-Path: <>
    From: postmaster@stadt.example
    Subject: Unzustellbar: Su consulta
    """,
    """
    Fehler bei der Nachrichtenzustellung an folgende Empfänger oder Verteilerlisten:

    hans@stadt.example<mailto:hans@stadt.example>
    Das Postfach des Empfängers ist voll und kann zurzeit keine Nachrichten annehmen.

    Diagnoseinformationen für Administratoren:
    Generierender Server: mx.stadt.example
    hans@stadt.example
    #550 5.2.2 STOREDRV.Deliver: mailbox full ##
    """,
    kind="bounce", severity="soft", recipients=["hans@stadt.example"], status="5.2.2", reason="full",
)  # fmt: skip

add(
    "hb_exchange_italian",
    """
    Return-Path: <>
    From: Amministratore di sistema <postmaster@comune.example>
    Subject: Non recapitabile: Su consulta
    """,
    """
    Impossibile recapitare il messaggio ai seguenti destinatari o gruppi:

    gianni@comune.example
    L'indirizzo di posta elettronica immesso non è stato trovato.

    Informazioni di diagnostica per gli amministratori:
    gianni@comune.example
    #550 5.1.1 RESOLVER.ADR.RecipNotFound; not found ##
    """,
    kind="bounce", severity="hard", recipients=["gianni@comune.example"], status="5.1.1", reason="no_mailbox",
)  # fmt: skip

add(
    "hb_exchange_portuguese",
    """
    Return-Path: <>
    From: postmaster@camara.example
    Subject: Não é possível entregar: Su consulta
    """,
    """
    Falha na entrega para estes destinatários ou grupos:

    joao@camara.example
    O endereço de email introduzido não foi encontrado.

    Informações de diagnóstico para administradores:
    joao@camara.example
    #550 5.1.1 RESOLVER.ADR.RecipNotFound; not found ##
    """,
    kind="bounce", severity="hard", recipients=["joao@camara.example"], status="5.1.1",
)  # fmt: skip

add(
    "hb_sendmail_old",
    """
    From: Mail Delivery Subsystem <MAILER-DAEMON@unix.campus.example>
    Subject: Returned mail: User unknown
    """,
    """
    The original message was received at Tue, 3 Nov 2026 09:14:58 +0100
    from salida.valdelmar.example [192.0.2.10]

       ----- The following addresses had permanent fatal errors -----
    <profesor@campus.example>

       ----- Transcript of session follows -----
    ... while talking to mail.campus.example.:
    >>> RCPT To:<profesor@campus.example>
    <<< 550 <profesor@campus.example>... User unknown
    550 <profesor@campus.example>... User unknown

       ----- Original message follows -----

    ORIGINAL

    Hola
    """,
    kind="bounce", severity="hard", recipients=["profesor@campus.example"], reason="no_mailbox",
)  # fmt: skip

add(
    "hb_courier",
    """
    From: "Courier mail server at mx.granja.example" <@>
    Subject: NOTICE: mail delivery status.
    """,
    """
    This is a delivery status notification from mx.granja.example,
    running the Courier mail server, version 0.65.2.

    The original message was received on Tue, 03 Nov 2026 09:14:58 +0100
    from salida.valdelmar.example (salida.valdelmar.example [192.0.2.10])

    ---------------------------------------------------------------------------

                               UNDELIVERABLE MAIL

    Your message to the following recipients cannot be delivered:

    <vaca@granja.example>:
        mx2.granja.example [198.51.100.77]:
    >>> RCPT TO:<vaca@granja.example>
    <<< 550 Unknown user <vaca@granja.example>
    """,
    kind="bounce", severity="hard", recipients=["vaca@granja.example"], reason="no_mailbox",
)  # fmt: skip

add(
    "hb_imail",
    """
    From: Postmaster <postmaster@hosting.example>
    Subject: Undeliverable Mail
    X-Mailer: <SMTP32 v8.22>
    """,
    """
    Unknown user: quim@hosting.example

    Original message follows.

    ORIGINAL
    """,
    kind="bounce", severity="hard", recipients=["quim@hosting.example"], reason="no_mailbox",
)  # fmt: skip

add(
    "hb_mdaemon",
    """
    From: MDaemon at gestoria.example <MDaemon@gestoria.example>
    Subject: Permanent Delivery Failure
    X-MDDSN-Message: Yes
    """,
    """
    The attached message had PERMANENT fatal delivery errors!

    After one or more unsuccessful delivery attempts the attached message has
    been removed from the mail queue on this server.

    YOUR MESSAGE WAS NOT DELIVERED TO ONE OR MORE RECIPIENTS!

    --> Error: 550 <marta@gestoria.example>, Recipient unknown

    Failed address: marta@gestoria.example

    --- Session Transcript ---
    Tue 2026-11-03 09:14:58: [1:2] --> RCPT To:<marta@gestoria.example>
    Tue 2026-11-03 09:14:58: [1:2] <-- 550 <marta@gestoria.example>, Recipient unknown
    --- End Transcript ---
    """,
    kind="bounce", severity="hard", recipients=["marta@gestoria.example"], reason="no_mailbox",
)  # fmt: skip

add(
    "hb_yahoo_disabled",
    """
    From: MAILER-DAEMON@yahuu.example
    Subject: Failure Notice
    """,
    """
    Sorry, we were unable to deliver your message to the following address.

    <paco@yahuu.example>:
    554: delivery error: dd This user doesn't have a yahuu.example account (paco@yahuu.example) [0]

    --- Below this line is a copy of the message.

    ORIGINAL
    """,
    kind="bounce", severity="hard", recipients=["paco@yahuu.example"], reason="no_mailbox",
)  # fmt: skip

add(
    "hb_spanish_provider_full",
    """
    Return-Path: <>
    From: Correo <postmaster@telecom.example>
    Subject: Aviso: su mensaje no ha podido entregarse
    """,
    """
    Este es un mensaje generado automáticamente por el servidor de correo.

    Su mensaje dirigido a la siguiente dirección no ha podido ser entregado:

        benito@telecom.example

    Motivo: el buzón del destinatario ha superado la cuota de almacenamiento.
    """,
    kind="bounce", severity="soft", recipients=["benito@telecom.example"], reason="full",
)  # fmt: skip

add(
    "hb_spanish_provider_unknown",
    """
    From: "Servicio de correo" <mailer-daemon@alojamientos.example>
    Subject: Error en la entrega del mensaje
    """,
    """
    No se ha podido entregar el mensaje a los siguientes destinatarios:

      sonia@alojamientos.example: el usuario no existe

    Se adjunta una copia del mensaje original.

    ORIGINAL
    """,
    kind="bounce", severity="hard", recipients=["sonia@alojamientos.example"], reason="no_mailbox",
)  # fmt: skip

add(
    "hb_catalan_provider",
    """
    From: Sistema de correu <mailer-daemon@xarxa.example>
    Subject: Correu no lliurat retornat al remitent
    """,
    """
    No s'ha pogut lliurar el vostre missatge a un o més destinataris.

    <neus@xarxa.example>: l'usuari no existeix
    """,
    kind="bounce", severity="hard", recipients=["neus@xarxa.example"], reason="no_mailbox",
)  # fmt: skip

add(
    "hb_x_mms_gateway",
    """
    From: post_master@mensajes.example
    Subject: Undeliverable Message
    """,
    """
    Error: No valid recipients for this MM
    To: 600000000@mensajes.example
    Message could not be delivered to mobile.
    """,
    kind="bounce", severity="hard", recipients=["600000000@mensajes.example"],
)  # fmt: skip

add(
    "hb_james",
    """
    From: postmaster@james.example
    Subject: [BOUNCE]
    """,
    """
    Message bounced by server

    Content:

    Message details:
      Subject: Su consulta
      Sent date: Tue Nov 03 09:14:55 CET 2026
      MAIL FROM: atencion@soporte.valdelmar.example
      RCPT TO: nadie@james.example
      From: atencion@soporte.valdelmar.example
      To: nadie@james.example

    Error message below:
    550 - Requested action not taken: no such user here
    """,
    kind="bounce", severity="hard", recipients=["nadie@james.example"], reason="no_mailbox",
)  # fmt: skip

add(
    "hb_interscan",
    """
    From: "InterScan Messaging Security" <postmaster@clinica.example>
    Subject: Mail could not be delivered
    """,
    """
    ****** Message from InterScan Messaging Security Suite ******

    Sent <<< RCPT TO:<cita@clinica.example>
    Received >>> 550 5.1.1 <cita@clinica.example>... user unknown

    Unable to deliver message to <cita@clinica.example>.
    """,
    kind="bounce", severity="hard", recipients=["cita@clinica.example"], status="5.1.1", reason="no_mailbox",
)  # fmt: skip

add(
    "hb_opensmtpd",
    """
    Return-Path: <>
    From: Mailer Daemon <MAILER-DAEMON@bsd.example>
    Subject: Delivery status notification: error
    """,
    """
        Hi!

        This is the MAILER-DAEMON, please DO NOT REPLY to this email.

        An error has occurred while attempting to deliver a message for
        the following list of recipients:

    puffy@bsd.example: 550 Invalid recipient

        Below is a copy of the original message:

    ORIGINAL
    """,
    kind="bounce", severity="hard", recipients=["puffy@bsd.example"], reason="no_mailbox",
)  # fmt: skip

add(
    "hb_mailmarshal",
    """
    From: postmaster@ministerio.example
    Subject: Undeliverable Mail: Su consulta
    """,
    """
    Your message:
       From:    atencion@soporte.valdelmar.example
       Subject: Su consulta

    Could not be delivered because of

    550 5.1.1 User unknown

    The following recipients were affected:
        buzon@ministerio.example
    """,
    kind="bounce", severity="hard", recipients=["buzon@ministerio.example"], status="5.1.1", reason="no_mailbox",
)  # fmt: skip

add(
    "hb_sns_json",
    """
    From: AWS Notifications <no-reply@sns.amazonaws.example>
    Subject: AWS Notification Message
    """,
    """
    {"notificationType":"Bounce","bounce":{"bounceType":"Permanent","bounceSubType":"General","bouncedRecipients":[{"emailAddress":"tomas@nube.example","action":"failed","status":"5.1.1","diagnosticCode":"smtp; 550 5.1.1 user unknown"}],"timestamp":"2026-11-03T08:15:00.000Z"},"mail":{"source":"atencion@soporte.valdelmar.example","messageId":"0102","destination":["tomas@nube.example"]}}
    """,
    kind="bounce", severity="hard", recipients=["tomas@nube.example"], status="5.1.1", reason="no_mailbox",
)  # fmt: skip

add(
    "hb_html_only_ndr",
    """
    Return-Path: <>
    From: Microsoft Outlook <postmaster@oficina.example>
    Subject: Undeliverable: Su consulta
    Content-Type: text/html; charset=utf-8
    """,
    """
    <html><body><p>Your message to <b>olga@oficina.example</b> couldn't be delivered.</p>
    <p>olga wasn't found at oficina.example.</p>
    <p><b>Original Message Details</b></p>
    <p>Error: <span>550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient olga@oficina.example not found by SMTP
    address lookup</span></p></body></html>
    """,
    kind="bounce", severity="hard", recipients=["olga@oficina.example"], status="5.1.10", reason="no_mailbox",
)  # fmt: skip

add(
    "hb_greylist_warning_text",
    """
    Return-Path: <>
    From: MAILER-DAEMON@zimbra.concello.example (Mail Delivery System)
    Subject: Delayed Mail (still being retried)
    """,
    """
    This is the mail system at host zimbra.concello.example.

    Your message could not be delivered for more than 1 hour(s).
    It will be retried until it is 5 day(s) old.

    <xoan@concello.example>: host mx.concello.example[203.0.113.8] said: 450 4.2.0
        <xoan@concello.example>: Recipient address rejected: Greylisted (in reply to RCPT TO command)
    """,
    kind="bounce", severity="delayed", recipients=["xoan@concello.example"], status="4.2.0",
)  # fmt: skip

add(
    "hb_spam_rejected_barracuda",
    """
    Return-Path: <>
    From: postmaster@barrera.example
    Subject: Message you sent blocked by our bulk email filter
    """,
    """
    Your message to: compras@barrera.example
    was blocked by our Spam Firewall. The email you sent with the following subject has NOT BEEN DELIVERED:

    Subject: Su consulta
    """,
    kind="bounce", severity="hard", recipients=["compras@barrera.example"], reason="refused",
)  # fmt: skip

# Automatic answers.

add(
    "hb_oof_exchange_es",
    """
    From: Marina Soler <marina.soler@empresa.example>
    Subject: Respuesta automática: [VAL-2026-00042] Su consulta
    In-Reply-To: <a@soporte.valdelmar.example>
    Auto-Submitted: auto-generated
    X-Auto-Response-Suppress: All
    """,
    "Estaré fuera de la oficina hasta el 16 de noviembre.",
    kind="auto-reply",
)  # fmt: skip

add(
    "hb_oof_no_headers_ca",
    """
    From: Pere Vila <pere.vila@cooperativa.example>
    Subject: Resposta automàtica: Su consulta
    In-Reply-To: <a@soporte.valdelmar.example>
    """,
    "Sóc fora de l'oficina fins dilluns. Per a temes urgents, escriviu a info@cooperativa.example.",
    kind="auto-reply",
)  # fmt: skip

add(
    "hb_oof_no_headers_gl",
    """
    From: Uxía Rei <uxia@concello.example>
    Subject: Resposta automática: Su consulta
    """,
    "Atópome de vacacións ata o día 20. Responderei ao seu correo á volta.",
    kind="auto-reply",
)  # fmt: skip

add(
    "hb_oof_eu",
    """
    From: Ane Etxea <ane@udala.example>
    Subject: Erantzun automatikoa: Su consulta
    """,
    "Bulegotik kanpo nago azaroaren 16ra arte.",
    kind="auto-reply",
)  # fmt: skip

add(
    "hb_oof_de",
    """
    From: Karl <karl@firma.example>
    Subject: Automatische Antwort: Su consulta
    """,
    "Ich bin bis zum 16. November nicht im Büro. Ihre E-Mail wird nicht weitergeleitet.",
    kind="auto-reply",
)  # fmt: skip

add(
    "hb_oof_fr",
    """
    From: Claire <claire@societe.example>
    Subject: Absence du bureau : Su consulta
    """,
    "Je suis absente du bureau jusqu'au 16 novembre. Ceci est une réponse automatique.",
    kind="auto-reply",
)  # fmt: skip

add(
    "hb_oof_it",
    """
    From: Luca <luca@ditta.example>
    Subject: Fuori sede: Su consulta
    """,
    "Sono fuori ufficio fino al 16 novembre. Questo è un messaggio automatico.",
    kind="auto-reply",
)  # fmt: skip

add(
    "hb_oof_pt",
    """
    From: Rui <rui@empresa.example>
    Subject: Resposta automática: Su consulta
    X-Autoreply: yes
    """,
    "Estou de férias até 16 de novembro.",
    kind="auto-reply",
)  # fmt: skip

add(
    "hb_vacation_sieve",
    """
    From: sergi@poble.example
    Subject: Auto: Su consulta
    Auto-Submitted: auto-replied (vacation)
    """,
    "Torno dilluns.",
    kind="auto-reply",
)  # fmt: skip

add(
    "hb_register_receipt_es",
    """
    From: Registro electrónico <no-reply@registro.valdemonte.example>
    Subject: Justificante de presentación REGAGE26e00000000001
    """,
    """
    Este mensaje se ha generado automáticamente. Por favor, no responda a este correo.

    Su solicitud ha sido registrada el 03/11/2026 con número REGAGE26e00000000001.
    """,
    kind="auto-reply",
)  # fmt: skip

add(
    "hb_register_gl",
    """
    From: Rexistro electrónico <nonresponder@rexistro.example>
    Subject: A súa solicitude foi rexistrada
    """,
    "Esta é unha mensaxe automática, por favor non responda a este correo.",
    kind="auto-reply",
)  # fmt: skip

add(
    "hb_helpdesk_ack_en",
    """
    From: Support <support@software.example>
    Subject: [Ticket #88121] We received your request
    Precedence: bulk
    X-Auto-Response-Suppress: All
    In-Reply-To: <a@soporte.valdelmar.example>
    """,
    "Thank you for contacting us. This is an automated response confirming the receipt of your ticket.",
    kind="auto-reply",
)  # fmt: skip

add(
    "hb_challenge_es",
    """
    From: Filtro antispam <confirmacion@filtro.example>
    Subject: Confirme su mensaje a roberto@filtro.example
    """,
    """
    El destinatario usa un sistema de verificación de remitentes. Para que su mensaje sea entregado,
    pulse en el siguiente enlace: https://filtro.example/c/123
    """,
    kind="auto-reply",
)  # fmt: skip

add(
    "hb_challenge_en",
    """
    From: Bob via Spamwall <bob+challenge@spamwall.example>
    Subject: Please confirm your message (ID: 99)
    X-Delivery-Agent: TMDA/1.1.12
    """,
    """
    This message was created automatically by mail delivery software (TMDA).
    Your message is being held because your address was not recognized.
    To release your message for delivery, please reply to this message.
    """,
    kind="auto-reply",
)  # fmt: skip

# Lists, receipts and reports.

add(
    "hb_list_mailman",
    """
    From: Colega <colega@otro.example>
    Subject: [sedes] Nueva norma
    List-Id: Lista de sedes <sedes.listas.example>
    Precedence: list
    List-Post: <mailto:sedes@listas.example>
    """,
    "¿Habéis visto la nueva norma?",
    kind="list",
)  # fmt: skip

add(
    "hb_newsletter",
    """
    From: Boletín <boletin@federacion.example>
    Subject: Boletín de noviembre
    List-Unsubscribe: <https://federacion.example/baja>
    List-Unsubscribe-Post: List-Unsubscribe=One-Click
    Feedback-ID: 1:2:3:boletin
    """,
    "Las novedades del mes.",
    kind="list",
)  # fmt: skip

add(
    "hb_mdn_read_de",
    """
    From: Hans <hans@stadt.example>
    Subject: Gelesen: Su consulta
    Content-Type: multipart/report; report-type=disposition-notification; boundary="=_m"
    """,
    """
    --=_m
    Content-Type: text/plain; charset=utf-8

    Ihre Nachricht wurde am 3.11.2026 gelesen.

    --=_m
    Content-Type: message/disposition-notification

    Reporting-UA: correo.stadt.example
    Final-Recipient: rfc822;hans@stadt.example
    Original-Message-ID: <uno@soporte.valdelmar.example>
    Disposition: manual-action/MDN-sent-manually; displayed

    --=_m--
    """,
    kind="receipt",
)  # fmt: skip

add(
    "hb_mdn_deleted_unread",
    """
    From: Inés <ines@taller.example>
    Subject: No leído: Su consulta
    Content-Type: multipart/report; boundary="=_m"; report-type="disposition-notification"
    """,
    """
    --=_m
    Content-Type: text/plain; charset=utf-8

    El mensaje fue eliminado sin ser leído el martes, 3 de noviembre de 2026.

    --=_m
    Content-Type: message/disposition-notification

    Final-Recipient: rfc822;ines@taller.example
    Disposition: automatic-action/MDN-sent-automatically; deleted

    --=_m--
    """,
    kind="receipt",
)  # fmt: skip

add(
    "hb_calendar_tentative",
    """
    From: Mikel <mikel@udala.example>
    Subject: Behin-behinekoa: Bilera
    Content-Type: multipart/alternative; boundary="=_c"
    """,
    """
    --=_c
    Content-Type: text/plain; charset=utf-8


    --=_c
    Content-Type: text/calendar; charset=utf-8; method=REPLY

    BEGIN:VCALENDAR
    METHOD:REPLY
    BEGIN:VEVENT
    UID:1
    ATTENDEE;PARTSTAT=TENTATIVE:mailto:mikel@udala.example
    END:VEVENT
    END:VCALENDAR

    --=_c--
    """,
    kind="receipt",
)  # fmt: skip

add(
    "hb_arf_yahoo",
    """
    From: Feedback Loop <feedback@arf.yahuu.example>
    Subject: FW: Su consulta
    Content-Type: multipart/report; report-type=feedback-report; boundary="=_a"
    """,
    """
    --=_a
    Content-Type: text/plain; charset=utf-8

    This is an email abuse report for an email message received from 192.0.2.10.

    --=_a
    Content-Type: message/feedback-report

    Feedback-Type: abuse
    User-Agent: YahuuFBL/1.0
    Version: 0.1
    Original-Rcpt-To: paco@yahuu.example

    --=_a
    Content-Type: message/rfc822

    ORIGINAL

    Hola
    --=_a--
    """,
    kind="report",
    message_id=None,
)  # fmt: skip

add(
    "hb_dmarc_aggregate",
    """
    From: noreply-dmarc-support@gogle.example
    Subject: Report domain: valdelmar.example Submitter: gogle.example Report-ID: 1234567890
    Content-Type: application/zip; name="gogle.example!valdelmar.example!1!2.zip"
    Content-Disposition: attachment; filename="gogle.example!valdelmar.example!1!2.zip"
    Content-Transfer-Encoding: base64
    """,
    "UEsDBAoAAAAAAA==\n",
    kind="report",
)  # fmt: skip

# People, who may write about robots, from odd addresses, or with odd headers.

for _name, _headers, _body in [
    (
        "hb_human_forwards_bounce",
        "From: Elena <elena@hogar.example>\nSubject: RV: Undelivered Mail Returned to Sender",
        "Me ha venido devuelto el correo que les mandé, ¿cuál es la dirección buena?\n\n"
        "De: MAILER-DAEMON@hogar.example\nEnviado: martes, 3 de noviembre de 2026 8:00\nPara: elena@hogar.example\n"
        "Asunto: Undelivered Mail Returned to Sender\n\nThis is the mail system at host mx.hogar.example.\n"
        "<registro@valdelmar.example>: 550 5.1.1 User unknown\n",
    ),
    (
        "hb_human_asks_about_delivery_failure",
        "From: Raúl <raul@hogar.example>\nSubject: Error en la entrega del mensaje",
        "Buenos días: al enviar la instancia me sale «Error en la entrega del mensaje». ¿Qué hago?\n",
    ),
    (
        "hb_human_out_of_office_in_words",
        "From: Lola <lola@hogar.example>\nSubject: Re: [VAL-2026-00042] Su consulta\n"
        "In-Reply-To: <a@soporte.valdelmar.example>",
        "Gracias. Estaré fuera de la oficina hasta el lunes; llámenme a partir de entonces, por favor.\n",
    ),
    (
        "hb_human_postmaster",
        "From: Administrador <postmaster@asociacion.example>\nSubject: Alta de nuestra asociación",
        "Buenas tardes: soy el secretario y quería saber cómo damos de alta la asociación en la sede.\n",
    ),
    (
        "hb_human_asks_automatic_reply",
        "From: Toni <toni@hogar.example>\nSubject: Respuesta automática",
        "Hola: mandé ayer un escrito y no he recibido ninguna respuesta automática. ¿Ha llegado?\n",
    ),
    (
        "hb_human_suppress_header",
        "From: Julia <julia@empresa.example>\nSubject: Factura\nX-Auto-Response-Suppress: DR, OOF, AutoReply",
        "Les adjunto la factura pendiente. Saludos.\n",
    ),
    (
        "hb_human_auto_submitted_no",
        "From: Blas <blas@hogar.example>\nSubject: Duda\nAuto-Submitted: no",
        "¿Puedo firmar desde el móvil?\n",
    ),
    (
        "hb_human_mailbox_full_topic",
        "From: Ada <ada@hogar.example>\nSubject: Buzón lleno",
        "El buzón de la sede me dice que está lleno y que no se ha podido entregar la notificación. ¿Es error mío?\n",
    ),
    (
        "hb_human_english",
        "From: Mary <mary@home.example>\nSubject: Delivery failed",
        "Hello, the courier says the delivery failed because nobody was at the town hall. Can you help?\n",
    ),
    (
        "hb_human_invitation",
        "From: Iker <iker@udala.example>\nSubject: Reunión\nContent-Type: text/calendar; method=REQUEST; charset=utf-8",
        "BEGIN:VCALENDAR\nMETHOD:REQUEST\nBEGIN:VEVENT\nUID:1\nSUMMARY:Reunión\nEND:VEVENT\nEND:VCALENDAR\n",
    ),
    (
        "hb_human_vacation_question",
        "From: Funcionaria <fun@valdelmar.example>\nSubject: Vacaciones",
        "No me deja pedir las vacaciones en el portal: me sale un mensaje automático de error.\n",
    ),
    (
        "hb_human_absent_subject",
        "From: Gus <gus@hogar.example>\nSubject: Fuera de la oficina no puedo entrar",
        "Desde casa no puedo entrar en el expediente, solo en la oficina. Gracias.\n",
    ),
    (
        "hb_human_re_bounce",
        "From: Nora <nora@hogar.example>\nSubject: Re: Mail delivery failed: returning message to sender",
        "Este es el error que les contaba por teléfono: 550 5.1.1 user unknown.\n",
    ),
    (
        "hb_human_noreply_domain_word",
        "From: Sara <sara@noresponder.example>\nSubject: Cita previa",
        "Quisiera cambiar la cita del jueves.\n",
    ),
    (
        "hb_human_null_return_path",
        "Return-Path: <>\nFrom: Teo <teo@hogar.example>\nSubject: Consulta por el padrón",
        "Quiero saber cuánto tarda el volante de empadronamiento.\n",
    ),
]:
    add(_name, _headers, _body, kind="human")

assert OFFICE

# More failures in words.
for _name, _headers, _body, _severity, _reason in [
    (
        "zimbra_es",
        "From: MAILER-DAEMON@correo.ayto.example (Mail Delivery System)\nSubject: Correo no entregado devuelto al remitente",
        "Este es el sistema de correo del equipo correo.ayto.example.\n\nLamento informarle que su mensaje no ha podido ser\nentregado a uno o más destinatarios. Se adjunta a continuación.\n\n<pilar@ayto.example>: usuario desconocido: «pilar»\n",
        "hard",
        "no_mailbox",
    ),
    (
        "ionos",
        "From: Mail Delivery System <mailer-daemon@alojado.example>\nSubject: Mail delivery failed: returning message to sender",
        "A message that you sent could not be delivered to one or more of its recipients.\n\nThe following address(es) failed:\n\npilar@ayto.example:\nSMTP error from remote server for RCPT TO command, host: mx.ayto.example (203.0.113.7) reason: 550 5.1.1 Mailbox does not exist\n",
        "hard",
        "no_mailbox",
    ),
    (
        "outlook_com",
        "Return-Path: <>\nFrom: postmaster@perspectiva.example\nSubject: Undeliverable: Su consulta",
        "Your message to pilar@ayto.example couldn't be delivered.\n\npilar wasn't found at ayto.example.\n\nStatus code: 550 5.1.10\n",
        "hard",
        "no_mailbox",
    ),
    (
        "icloud_full",
        "From: MAILER-DAEMON@nube.example\nSubject: Undelivered Mail Returned to Sender",
        "<pilar@ayto.example>: host mx.nube.example[203.0.113.9] said: 552 5.2.2 <pilar@ayto.example>: user is over quota (in reply to RCPT TO command)\n",
        "soft",
        "full",
    ),
    (
        "kerio",
        "From: Kerio Connect <postmaster@empresa.example>\nSubject: Delivery failed: Su consulta",
        "Delivery of your message failed for the following recipients:\n\n<pilar@ayto.example> 550 5.1.1 Mailbox <pilar@ayto.example> does not exist\n",
        "hard",
        "no_mailbox",
    ),
    (
        "arcor_de",
        "Return-Path: <>\nFrom: Mail-Zustellung <mailer-daemon@post.example>\nSubject: Rückmeldung: Nachricht nicht zustellbar",
        "Ihre Nachricht konnte nicht zugestellt werden.\n\n<pilar@ayto.example>: Empfänger unbekannt\n",
        "hard",
        "no_mailbox",
    ),
    (
        "laposte_fr",
        "Return-Path: <>\nFrom: Service de messagerie <postmaster@poste.example>\nSubject: Message non distribué",
        "Votre message n'a pas pu être distribué à <pilar@ayto.example> : la boîte aux lettres est pleine.\n",
        "soft",
        "full",
    ),
    (
        "aruba_it",
        "Return-Path: <>\nFrom: Mail Delivery System <postmaster@posta.example>\nSubject: Avviso di mancata consegna",
        "Non è stato possibile consegnare il messaggio a pilar@ayto.example: casella inesistente.\n",
        "hard",
        "no_mailbox",
    ),
    (
        "sapo_pt",
        "Return-Path: <>\nFrom: Sistema de correio <postmaster@correio.example>\nSubject: Falha na entrega de mensagem",
        "Não foi possível entregar a sua mensagem a pilar@ayto.example: a caixa de correio está cheia.\n",
        "soft",
        "full",
    ),
    (
        "pec_es",
        "From: Plataforma de correo <mailer-daemon@junta.example>\nSubject: Notificación de estado de entrega (fallo)",
        "No se pudo entregar el siguiente mensaje a pilar@ayto.example debido a que el servidor remoto lo rechazó: 554 5.7.1 Message rejected due to content restrictions\n",
        "hard",
        "refused",
    ),
    (
        "dns_es",
        "From: postmaster@junta.example\nSubject: Mensaje devuelto: destinatario no válido",
        "El mensaje que envió a pilar@aytto.example ha sido devuelto: no se encuentra el dominio aytto.example.\n",
        "hard",
        None,
    ),
    (
        "warning_es",
        "From: MAILER-DAEMON@junta.example\nSubject: Aviso: su mensaje aún no se ha entregado",
        "Su mensaje a pilar@ayto.example lleva 4 horas en cola. No hace falta que lo envíe de nuevo: se seguirá intentando.\n",
        "delayed",
        None,
    ),
    (
        "list_server",
        "From: LISTSERV <owner-nolist@listas.example>\nReturn-Path: <>\nSubject: Undelivered mail: pilar@ayto.example",
        "The enclosed mail file has been found undeliverable: pilar@ayto.example: no such user.\n",
        "hard",
        "no_mailbox",
    ),
    (
        "ca_full",
        "Return-Path: <>\nFrom: Correu <postmaster@consell.example>\nSubject: No s'ha pogut lliurar el missatge",
        "El missatge per a pilar@ayto.example no s'ha pogut lliurar perquè la bústia és plena.\n",
        "soft",
        "full",
    ),
    (
        "eu_full",
        "Return-Path: <>\nFrom: Posta-zerbitzua <postmaster@aldundia.example>\nSubject: Mezua ezin izan da entregatu",
        "pilar@ayto.example helbidera bidalitako mezua ezin izan da entregatu: postontzia beteta dago.\n",
        "soft",
        "full",
    ),
]:
    _to = "pilar@aytto.example" if _name == "dns_es" else "pilar@ayto.example"
    add(f"hb_more_{_name}", _headers, _body, kind="bounce", severity=_severity, recipients=[_to], reason=_reason)

# More programs that answer.
for _name, _headers, _body in [
    (
        "register_ca",
        "From: e-Registre <noreply@registre.example>\nSubject: Justificant de la presentació",
        "Hem rebut la vostra sol·licitud. No respongueu a aquest missatge, s'ha generat automàticament.",
    ),
    (
        "register_eu",
        "From: Erregistro elektronikoa <no-reply@udala.example>\nSubject: Zure eskaera jaso dugu",
        "Mezu hau automatikoki bidali da. Ez erantzun mezu honi.",
    ),
    (
        "register_es_notify",
        "From: Notificaciones <notificaciones@dehu.example>\nSubject: Nueva notificación disponible",
        "Tiene una nueva notificación. Este correo se ha generado automáticamente, no responda a este mensaje.",
    ),
    (
        "ticket_es",
        "From: CAU <cau@proveedor.example>\nSubject: [Incidencia 4521] Hemos recibido su consulta\nAuto-Submitted: auto-generated",
        "Su consulta ha sido registrada.",
    ),
    (
        "exim_autoreply",
        "From: Laia <laia@casa.example>\nSubject: Re: Su consulta\nX-Auto-Reply-From: laia@casa.example\nX-Autorespond: yes",
        "Torno el dia 20.",
    ),
    (
        "cpanel",
        "From: Laia <laia@casa.example>\nSubject: Autorespuesta: Su consulta\nX-Autorespond: Su consulta\nPrecedence: bulk",
        "Gracias por su mensaje.",
    ),
    (
        "gmail_vacation",
        "From: Laia <laia@casa.example>\nSubject: Vacaciones Re: Su consulta\nPrecedence: bulk\nX-Autoreply: yes\nAuto-Submitted: auto-replied",
        "De vacaciones.",
    ),
    (
        "no_longer_works_here",
        "From: Laia <laia@casa.example>\nSubject: Respuesta automática: Su consulta",
        "Ya no trabajo aquí. Este es un mensaje automático. Escriba a otra@casa.example.",
    ),
    (
        "boxbe",
        "From: Boxbe <noreply@boxbe.example>\nSubject: Your message to laia@casa.example is waiting: please confirm your address",
        "Your message is pending because you are not on my guest list. Click the link below.",
    ),
    (
        "holiday_office",
        "From: Oficina <info@colegio.example>\nSubject: Respuesta automática: Su consulta\nIn-Reply-To: <a@soporte.valdelmar.example>",
        "La oficina permanecerá cerrada del 1 al 31 de agosto.",
    ),
]:
    add(f"hb_more_{_name}", _headers, _body, kind="auto-reply")

for _name, _headers, _body, _kind in [
    (
        "read_en",
        "From: Bob <bob@firm.example>\nSubject: Read: Su consulta",
        "Your message\n\n   To: Bob\n   Subject: Su consulta\n   Sent: Tuesday\n\nwas read on Tuesday, November 3, 2026 9:20:00 AM.",
        "receipt",
    ),
    (
        "return_receipt_thunderbird",
        "From: Bob <bob@firm.example>\nSubject: Acuse de recibo (mostrado) - Su consulta",
        "Este es un acuse de recibo del correo que envió. Este acuse de recibo no garantiza que el mensaje haya sido leído o comprendido.",
        "receipt",
    ),
    (
        "calendar_top",
        "From: Bob <bob@firm.example>\nSubject: Aceptada: Reunión\nContent-Type: text/calendar; method=REPLY; charset=utf-8",
        "BEGIN:VCALENDAR\nMETHOD:REPLY\nEND:VCALENDAR\n",
        "receipt",
    ),
    (
        "yahoo_group",
        "From: Vecina <vecina@casa.example>\nSubject: [barrio] Farolas\nMailing-List: list barrio@grupos.example; contact x",
        "¿Quién avisa?",
        "list",
    ),
    (
        "bulletin",
        "From: BOP <bop@provincia.example>\nSubject: Boletín de hoy\nList-Id: <bop.provincia.example>\nAuto-Submitted: no",
        "Sumario.",
        "list",
    ),
]:
    add(f"hb_more_{_name}", _headers, _body, kind=_kind)

# More people.
for _name, _subject, _header, _body in [
    (
        "complains_undelivered_notification",
        "Notificación no entregada",
        "",
        "En la sede pone «no se ha podido entregar la notificación». Yo estaba en casa.\n",
    ),
    (
        "asks_about_receipt",
        "Acuse de recibo",
        "",
        "¿Me pueden mandar el acuse de recibo de mi solicitud? Gracias por contactar conmigo ayer.\n",
    ),
    ("asks_justificante", "Justificante de presentación", "", "No encuentro el justificante de presentación.\n"),
    ("says_automatic", "Aviso", "", "Me dicen que este correo es automático pero necesito hablar con alguien.\n"),
    (
        "out_until",
        "Re: Cita",
        "In-Reply-To: <a@soporte.valdelmar.example>",
        "No puedo: estoy fuera hasta el día 20. ¿Puede ser el 21?\n",
    ),
    (
        "english_out",
        "Re: Appointment",
        "In-Reply-To: <a@soporte.valdelmar.example>",
        "I am away until Monday, can we do Tuesday?\n",
    ),
    (
        "quotes_bounce_below",
        "Re: [VAL-2026-00042] Su consulta",
        "",
        "El correo que les mandé volvió:\n\n> Mail delivery failed: returning message to sender\n> 550 5.1.1 User unknown\n",
    ),
    ("returned_letter", "Devuelto al remitente", "", "La carta certificada figura como devuelta al remitente.\n"),
    (
        "auto_car",
        "Auto: impuesto de circulación",
        "",
        "Quiero pagar el impuesto del auto. Estoy fuera del municipio.\n",
    ),
    ("confirm_email", "Confirmación de correo", "", "¿Cómo confirmo mi correo en la sede? El enlace no llega.\n"),
    (
        "verify_identity",
        "Verificación de correo",
        "",
        "Me pide verificar el correo y al pulsar en el enlace da error.\n",
    ),
    ("gl", "Correo devolto", "", "O correo que lles mandei foi devolto, cal é o bo?\n"),
    ("eu", "Mezua", "", "Ez dut mezurik jaso. Ezin izan da sinatu.\n"),
    ("delayed_case", "Expediente retrasado", "", "Mi expediente se ha retrasado seis meses.\n"),
    ("mail_user_agent", "Undeliverable", "User-Agent: Thunderbird", "What does undeliverable mean in your notice?\n"),
    ("forward_es", "RV: No se puede entregar: Solicitud", "", "Me sale esto al escribirles, ¿qué hago?\n"),
    ("abuse", "Abuse report", "", "Hola, quiero poner una queja por abuso de autoridad.\n"),
    ("list_word", "Lista de espera", "Precedence: normal", "¿En qué puesto estoy?\n"),
    ("administrator_name", "Consulta", "X-Mailer: Outlook", "Soy administrador de fincas.\n"),
    ("read_it", "Leído", "In-Reply-To: <a@soporte.valdelmar.example>", "Leído y conforme, gracias.\n"),
]:
    add(
        f"hb_more_human_{_name}",
        f"From: Vecina <vecina@casa.example>\nSubject: {_subject}\n{_header}",
        _body,
        kind="human",
    )
