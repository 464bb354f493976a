"""Answers held back: written before the rules that cut them, and not looked at while those were written."""

# Lines stand as programs write them.
# ruff: noqa: E501, W291, W293 - lines stand as programs write them

from tests.mailbox.shapes import Samples

SAMPLES = Samples()


def text(name: str, body: str, new: str, subject: str = "Re: [VAL-2026-00042] Su consulta") -> None:
    """Add an answer in plain text and the words that are new in it."""
    SAMPLES.add(name, f"From: Persona <persona@hogar.example>\nSubject: {subject}", body, text=new)


def html(name: str, body: str, new: str, subject: str = "Re: [VAL-2026-00042] Su consulta") -> None:
    """Add an answer in HTML only and the words that are new in it."""
    SAMPLES.add(
        name,
        f"From: Persona <persona@hogar.example>\nSubject: {subject}\nContent-Type: text/html; charset=utf-8",
        body,
        text=new,
    )


text(
    "hw_gmail_es",
    """
    Muchas gracias, ya me funciona.

    El mar, 3 nov 2026 a las 9:14, Atención ciudadana (<
    atencion@soporte.valdelmar.example>) escribió:

    > Buenos días:
    >
    > Pruebe a vaciar la memoria del navegador.
    """,
    "Muchas gracias, ya me funciona.",
)
text(
    "hw_gmail_ca",
    """
    Encara no va.

    Missatge de Atenció ciutadana <atencion@soporte.valdelmar.example> del dia dt., 3 de nov. 2026 a les 9:14:

    > Bon dia:
    > Proveu-ho de nou.
    """,
    "Encara no va.",
)
text(
    "hw_gmail_gl",
    """
    Moitas grazas.

    O mar, 3 nov 2026 ás 9:14, Atención cidadá (<atencion@soporte.valdelmar.example>) escribiu:

    > Bos días:
    """,
    "Moitas grazas.",
)
text(
    "hw_gmail_eu",
    """
    Eskerrik asko, konponduta dago.

    Herritarren Arreta (<atencion@soporte.valdelmar.example>) erabiltzaileak hau idatzi du (2026 aza. 3, ar. (09:14)):

    > Egun on:
    """,
    "Eskerrik asko, konponduta dago.",
)
text(
    "hw_thunderbird_eu",
    """
    Ez dabil oraindik.

    2026(e)ko azaroaren 3a 09:14(e)an, Herritarren Arreta igorleak idatzi zuen:
    > Egun on:
    > Saiatu berriro.
    """,
    "Ez dabil oraindik.",
)
text(
    "hw_outlook_desktop_es",
    """
    Adjunto la captura que me pedían.

    Un saludo,
    Rosa

    De: Atención ciudadana <atencion@soporte.valdelmar.example>
    Enviado el: martes, 3 de noviembre de 2026 9:14
    Para: Persona <persona@hogar.example>
    Asunto: [VAL-2026-00042] Su consulta

    Buenos días:
    Envíenos una captura.
    """,
    "Adjunto la captura que me pedían.\n\nUn saludo,\nRosa",
)
text(
    "hw_outlook_web_line",
    """
    Ya está resuelto.

    ________________________________
    De: Atención ciudadana <atencion@soporte.valdelmar.example>
    Enviado: martes, 3 de noviembre de 2026 9:14
    Para: Persona <persona@hogar.example>
    Asunto: Su consulta

    Buenos días.
    """,
    "Ya está resuelto.",
)
text(
    "hw_outlook_original_message",
    """
    Sigue igual.

    -----Mensaje original-----
    De: Atención ciudadana [mailto:atencion@soporte.valdelmar.example]
    Enviado el: martes, 3 de noviembre de 2026 9:14
    Para: Persona
    Asunto: Su consulta

    Buenos días.
    """,
    "Sigue igual.",
)
text(
    "hw_apple_ca",
    """
    D'acord, gràcies.

    Enviat des del meu iPhone

    > El 3 nov 2026, a les 9:14, Atenció ciutadana <atencion@soporte.valdelmar.example> va escriure:
    >
    > Bon dia.
    """,
    "D'acord, gràcies.",
)
text(
    "hw_apple_fr",
    """
    Merci beaucoup.

    > Le 3 nov. 2026 à 09:14, Accueil <atencion@soporte.valdelmar.example> a écrit :
    >
    > Bonjour,
    """,
    "Merci beaucoup.",
)
text(
    "hw_german",
    """
    Vielen Dank, es klappt.

    Am 03.11.26 um 09:14 schrieb Bürgerservice:
    > Guten Tag,
    """,
    "Vielen Dank, es klappt.",
)
text(
    "hw_italian",
    """
    Grazie, ora funziona.

    Il giorno mar 3 nov 2026 alle ore 09:14 Servizio <atencion@soporte.valdelmar.example> ha scritto:

    > Buongiorno,
    """,
    "Grazie, ora funziona.",
)
text(
    "hw_portuguese",
    """
    Obrigado.

    Atendimento <atencion@soporte.valdelmar.example> escreveu no dia terça, 3/11/2026 à(s) 09:14:

    > Bom dia:
    """,
    "Obrigado.",
)
text(
    "hw_yahoo_es",
    """
    Perfecto, muchas gracias.
     En martes, 3 de noviembre de 2026, 09:14:55 CET, Atención ciudadana <atencion@soporte.valdelmar.example> escribió:

     Buenos días:

    Pruebe de nuevo.
    """,
    "Perfecto, muchas gracias.",
)
text(
    "hw_interleaved",
    """
    El 3/11/26 a las 9:14, Atención ciudadana escribió:
    > ¿Qué navegador usa?

    Firefox.

    > ¿Y qué sistema?

    Windows 11.
    """,
    "El 3/11/26 a las 9:14, Atención ciudadana escribió:\n> ¿Qué navegador usa?\n\nFirefox.\n\n"
    "> ¿Y qué sistema?\n\nWindows 11.",
)
text(
    "hw_signature_dashes",
    """
    ¿Hay plazo?

    -- 
    Rosa Pérez
    Tel. 600 000 000
    """,
    "¿Hay plazo?",
)
text(
    "hw_android_es",
    """
    Lo probaré mañana.

    Enviado desde mi Samsung Galaxy smartphone.


    -------- Mensaje original --------
    De: Atención ciudadana <atencion@soporte.valdelmar.example>
    Fecha: 3/11/26 9:14 (GMT+01:00)
    A: Persona <persona@hogar.example>
    Asunto: Su consulta

    Buenos días.
    """,
    "Lo probaré mañana.",
)
text(
    "hw_nothing_to_cut",
    """
    Buenos días:

    El 3 de noviembre mi madre escribió:
    una instancia que no aparece. Pasos:
    - entré en la sede
    - firmé

    Gracias,
    Rosa
    """,
    "Buenos días:\n\nEl 3 de noviembre mi madre escribió:\nuna instancia que no aparece. Pasos:\n"
    "- entré en la sede\n- firmé\n\nGracias,\nRosa",
    subject="Instancia perdida",
)
text(
    "hw_only_quote",
    """
    El mar, 3 nov 2026 a las 9:14, Atención (<atencion@soporte.valdelmar.example>) escribió:

    > Buenos días.
    """,
    "El mar, 3 nov 2026 a las 9:14, Atención (<atencion@soporte.valdelmar.example>) escribió:\n\n> Buenos días.",
)
text(
    "hw_forward_keeps",
    """
    Les reenvío lo que me ha llegado.

    ---------- Forwarded message ---------
    De: Notificaciones <no-reply@sede.example>
    Date: mar, 3 nov 2026 a las 9:14
    Subject: Tiene una notificación
    To: <persona@hogar.example>

    Tiene una notificación pendiente.
    """,
    "Les reenvío lo que me ha llegado.\n\n---------- Forwarded message ---------\n"
    "De: Notificaciones <no-reply@sede.example>\nDate: mar, 3 nov 2026 a las 9:14\n"
    "Subject: Tiene una notificación\nTo: <persona@hogar.example>\n\nTiene una notificación pendiente.",
    subject="Fwd: Tiene una notificación",
)
html(
    "hw_html_gmail",
    """
    <div dir="ltr">Ya funciona, <b>gracias</b>.</div><br><div class="gmail_quote gmail_quote_container">
    <div dir="ltr" class="gmail_attr">El mar, 3 nov 2026 a las 9:14, Atención (&lt;<a
    href="mailto:atencion@soporte.valdelmar.example">atencion@soporte.valdelmar.example</a>&gt;) escribió:<br></div>
    <blockquote class="gmail_quote" style="margin:0px"><p>Buenos días</p></blockquote></div>
    """,
    "Ya funciona, gracias.",
)
html(
    "hw_html_outlook_web",
    """
    <html><head><style>p {margin:0}</style></head><body dir="ltr">
    <div class="elementToProof">Sigue sin ir.</div>
    <div id="appendonsend"></div><hr style="display:inline-block;width:98%" tabindex="-1">
    <div id="divRplyFwdMsg" dir="ltr"><font face="Calibri"><b>De:</b> Atención<br><b>Enviado:</b> martes<br>
    <b>Asunto:</b> Su consulta</font></div><div>Buenos días</div></body></html>
    """,
    "Sigue sin ir.",
)
html(
    "hw_html_thunderbird_interleaved",
    """
    <html><body><div class="moz-cite-prefix">El 3/11/26 a las 9:14, Atención escribió:<br></div>
    <blockquote type="cite" cite="mid:a@b"><p>¿Qué navegador usa?</p></blockquote>
    <p>Firefox.</p>
    <blockquote type="cite" cite="mid:a@b"><p>¿Y el sistema?</p></blockquote><p>Linux.</p></body></html>
    """,
    "El 3/11/26 a las 9:14, Atención escribió:\n\n> ¿Qué navegador usa?\n\nFirefox.\n\n> ¿Y el sistema?\n\nLinux.",
)
html(
    "hw_html_outlook_desktop",
    """
    <html><body lang="ES"><div class="WordSection1"><p class="MsoNormal">Adjunto el documento.</p>
    <p class="MsoNormal">&nbsp;</p>
    <div><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm">
    <p class="MsoNormal"><b>De:</b> Atención &lt;atencion@soporte.valdelmar.example&gt; <br>
    <b>Enviado el:</b> martes, 3 de noviembre de 2026 9:14<br><b>Para:</b> Persona<br><b>Asunto:</b> Su consulta</p>
    </div></div><p class="MsoNormal">Buenos días</p></div></body></html>
    """,
    "Adjunto el documento.",
)
html(
    "hw_html_yahoo",
    """
    <div class="yahoo-style-wrap"><div dir="ltr">De acuerdo.</div></div><div id="ydp1yahoo_quoted_1"
    class="ydp1yahoo_quoted"><div>En martes, 3 de noviembre de 2026, Atención escribió:</div><div>Buenos días</div></div>
    """,
    "De acuerdo.",
)

text(
    "hw_outlook_mobile_es",
    """
    Ok, lo envío hoy.

    Obtener Outlook para iOS<https://aka.ms/o0ukef>
    ________________________________
    De: Atención ciudadana <atencion@soporte.valdelmar.example>
    Enviado: Tuesday, November 3, 2026 9:14:55 AM
    Para: Persona <persona@hogar.example>
    Asunto: [VAL-2026-00042] Su consulta

    Buenos días.
    """,
    "Ok, lo envío hoy.",
)
text(
    "hw_apple_en_wrapped",
    """
    Thanks, it works.

    Sent from my iPad

    > On 3 Nov 2026, at 09:14, Citizen service <atencion@soporte.valdelmar.example> wrote:
    > 
    > Good morning,
    > try again.
    """,
    "Thanks, it works.",
)
text(
    "hw_thunderbird_gl_long",
    """
    Boas, segue sen ir.

    O 3/11/26 ás 09:14, Atención cidadá da Deputación de Valdelmar (Oficina de
    asistencia) escribiu:
    > Bos días:
    """,
    "Boas, segue sen ir.",
)
text(
    "hw_two_levels",
    """
    Perfecto.

    El mar, 3 nov 2026 a las 9:14, Atención (<atencion@soporte.valdelmar.example>) escribió:

    > Pruebe ahora.
    >
    > El lun, 2 nov 2026 a las 20:00, Persona (<persona@hogar.example>) escribió:
    >
    >> No me va.
    """,
    "Perfecto.",
)
text(
    "hw_outlook_ca_desktop",
    """
    Bon dia,

    Ja ho tinc.

    De: Atenció ciutadana <atencion@soporte.valdelmar.example> 
    Enviat el: dimarts, 3 de novembre de 2026 9:14
    Per a: Persona <persona@hogar.example>
    Tema: Su consulta

    Bon dia.
    """,
    "Bon dia,\n\nJa ho tinc.",
)
text(
    "hw_bold_head",
    """
    Recibido, gracias.

    *De:* Atención ciudadana <atencion@soporte.valdelmar.example>
    *Enviado:* martes, 3 de noviembre de 2026 9:14
    *Para:* Persona
    *Asunto:* Su consulta

    Buenos días.
    """,
    "Recibido, gracias.",
)
text(
    "hw_answers_inside",
    """
    > Necesitamos su NIF y el número de expediente.
    El NIF es el que consta.
    El expediente, 2026/17.
    > ¿Tiene certificado?
    No.
    """,
    "> Necesitamos su NIF y el número de expediente.\nEl NIF es el que consta.\nEl expediente, 2026/17.\n"
    "> ¿Tiene certificado?\nNo.",
)
text(
    "hw_letter_with_signature_words",
    """
    Muy señores míos:

    Solicito copia del expediente.

    Atentamente,
    Rosa Pérez
    """,
    "Muy señores míos:\n\nSolicito copia del expediente.\n\nAtentamente,\nRosa Pérez",
    subject="Copia",
)
text(
    "hw_sent_by_registered_post",
    """
    No me contestan.

    Enviado desde la oficina de correos el lunes.
    """,
    "No me contestan.\n\nEnviado desde la oficina de correos el lunes.",
    subject="Queja",
)
text(
    "hw_yahoo_mobile",
    """
    Vale.

    Enviado desde Yahoo Mail para Android 
     
      El mar., 3 nov. 2026 a la(s) 9:14, Atención<atencion@soporte.valdelmar.example> escribió:   Buenos días:
    Pruebe.
    """,
    "Vale.",
)
html(
    "hw_html_protonmail",
    """
    <div style="font-family: Arial">De acuerdo.</div><div class="protonmail_signature_block"><div
    class="protonmail_signature_block-user protonmail_signature_block-empty"></div></div><div
    class="protonmail_quote">El martes, 3 de noviembre de 2026 a las 9:14, Atención escribió:<br>
    <blockquote class="protonmail_quote" type="cite"><p>Buenos días</p></blockquote></div>
    """,
    "De acuerdo.",
)
html(
    "hw_html_new_outlook",
    """
    <html><body><div class="elementToProof">Hecho.</div><div id="Signature"><p>Rosa Pérez</p></div>
    <div id="mail-editor-reference-message-container"><div><b>De:</b> Atención<br><b>Fecha:</b> martes<br>
    <b>Asunto:</b> Su consulta</div><p>Buenos días</p></div></body></html>
    """,
    "Hecho.",
)
html(
    "hw_html_plain_new_mail",
    "<p>Buenos días:</p><ul><li>Primero</li><li>Segundo</li></ul><p>Gracias</p>",
    "Buenos días:\n\n- Primero\n- Segundo\n\nGracias",
    subject="Dos dudas",
)
html(
    "hw_html_samsung",
    """
    <div>Gracias</div><div id="composer_signature"><div>Enviado desde mi Galaxy</div></div><div><br></div><div>--------
    Mensaje original --------</div><div>De: Atención &lt;atencion@soporte.valdelmar.example&gt;</div><div>Fecha: 3/11/26
    9:14</div><div>Para: Persona</div><div>Asunto: Su consulta</div><div>Buenos días</div>
    """,
    "Gracias",
)
html(
    "hw_html_gmail_bottom",
    """
    <div class="gmail_quote"><div class="gmail_attr">El mar, 3 nov 2026 a las 9:14, Atención escribió:<br></div>
    <blockquote class="gmail_quote"><p>¿Pudo entrar?</p></blockquote></div><div>Sí, gracias.</div>
    """,
    "Sí, gracias.",
)
