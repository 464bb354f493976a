"""Answers as mail programs write them in nine languages, and letters that only look like answers."""

# Lines stand as programs write them.
# ruff: noqa: E501 - lines stand as programs write them

from tests.mailbox.shapes import Samples

SAMPLES = Samples()
WHO = "atencion@soporte.valdelmar.example"
ANSWERED = "Re: [VAL-2026-00042] Su consulta"


def text(name: str, body: str, new: str, subject: str = ANSWERED, is_sure: bool = True) -> None:
    """Add an answer in plain text and the words that are new in it."""
    SAMPLES.add(name, f"From: Persona <persona@hogar.example>\nSubject: {subject}", body, text=new, is_sure=is_sure)


def html(name: str, body: str, new: str, subject: str = ANSWERED, is_sure: bool = True) -> None:
    """Add an answer in HTML only and the words that are new in it."""
    headers = f"From: Persona <persona@hogar.example>\nSubject: {subject}\nContent-Type: text/html; charset=utf-8"
    SAMPLES.add(name, headers, body, text=new, is_sure=is_sure)


# What each program writes above a quote, by language.
ATTRIBUTIONS = {
    "gmail_es": f"El lun, 2 nov 2026 a las 18:05, Oficina (<{WHO}>) escribió:",
    "gmail_ca": f"El dl., 2 de nov. 2026, 18:05, Oficina <{WHO}> va escriure:",
    "gmail_gl": f"O lun, 2 nov 2026 ás 18:05, Oficina (<{WHO}>) escribiu:",
    "gmail_eu": f"Oficina erabiltzaileak hau idatzi du (2026 aza. 2, al. (18:05)) (<{WHO}>):",
    "gmail_en": f"On Mon, 2 Nov 2026 at 18:05, Oficina <{WHO}> wrote:",
    "gmail_pt": f"Oficina <{WHO}> escreveu (segunda, 2/11/2026 à(s) 18:05):",
    "gmail_fr": f"Le lun. 2 nov. 2026 à 18:05, Oficina <{WHO}> a écrit :",
    "gmail_de": f"Am Mo., 2. Nov. 2026 um 18:05 Uhr schrieb Oficina <{WHO}>:",
    "gmail_it": f"Il giorno lun 2 nov 2026 alle ore 18:05 Oficina <{WHO}> ha scritto:",
    "thunderbird_es": "El 2/11/26 a las 18:05, Oficina escribió:",
    "thunderbird_ca": "El 2/11/26 a les 18:05, Oficina ha escrit:",
    "thunderbird_gl": "O 2/11/26 ás 18:05, Oficina escribiu:",
    "thunderbird_eu": "Oficina igorleak hau idatzi zuen (2026/11/02 18:05):",
    "thunderbird_en": "On 02/11/2026 18:05, Oficina wrote:",
    "thunderbird_pt": "Em 02/11/2026 18:05, Oficina escreveu:",
    "thunderbird_fr": "Le 02/11/2026 à 18:05, Oficina a écrit :",
    "thunderbird_de": "Am 02.11.26 um 18:05 schrieb Oficina:",
    "thunderbird_it": "Il 02/11/26 18:05, Oficina ha scritto:",
    "roundcube_es": "El 2026-11-02 18:05, Oficina escribió:",
    "horde_es": f"Oficina <{WHO}> escribió:",
    "horde_citing": f"Citando a Oficina <{WHO}>:",
    "mutt_en": "On Mon, Nov 02, 2026 at 06:05:00PM +0100, Oficina wrote:",
}
for program, line in ATTRIBUTIONS.items():
    text(f"w_{program}", f"Hecho.\n\n{line}\n\n> Buenos días:\n>\n> Pruebe otra vez.\n", "Hecho.")

# The head of the message that Outlook leaves below the answer.
HEADS = {
    "es": ("De", "Enviado el", "Para", "Asunto"),
    "es_web": ("De", "Enviado", "Para", "Asunto"),
    "ca": ("De", "Enviat el", "Per a", "Assumpte"),
    "gl": ("De", "Enviado o", "Para", "Asunto"),
    "eu": ("Nork", "Bidalia", "Nori", "Gaia"),
    "en": ("From", "Sent", "To", "Subject"),
    "pt": ("De", "Enviada em", "Para", "Assunto"),
    "fr": ("De", "Envoyé", "À", "Objet"),
    "de": ("Von", "Gesendet", "An", "Betreff"),
    "it": ("Da", "Inviato", "A", "Oggetto"),
}
for language, (sender, sent, to, about) in HEADS.items():
    head = f"{sender}: Oficina <{WHO}>\n{sent}: 2/11/2026 18:05\n{to}: Persona\n{about}: Su consulta\n"
    text(f"w_outlook_{language}", f"Hecho.\n\n{head}\nBuenos días:\n\nPruebe.\n", "Hecho.")
    text(f"w_outlook_rule_{language}", f"Hecho.\n\n{'_' * 32}\n{head}\nBuenos días.\n", "Hecho.")

ORIGINALS = {
    "es": "-----Mensaje original-----",
    "ca": "-----Missatge original-----",
    "gl": "-----Mensaxe orixinal-----",
    "eu": "-----Jatorrizko mezua-----",
    "en": "-----Original Message-----",
    "pt": "-----Mensagem original-----",
    "fr": "-----Message d'origine-----",
    "de": "-----Ursprüngliche Nachricht-----",
    "it": "-----Messaggio originale-----",
}
for language, line in ORIGINALS.items():
    text(f"w_original_{language}", f"Hecho.\n\n{line}\nDe: {WHO}\nAsunto: Su consulta\n\nBuenos días.\n", "Hecho.")

DEVICES = {
    "iphone_es": "Enviado desde mi iPhone",
    "iphone_ca": "Enviat des del meu iPhone",
    "iphone_gl": "Enviado dende o meu iPhone",
    "iphone_eu": "Nire iPhonetik bidalia",
    "iphone_en": "Sent from my iPhone",
    "iphone_pt": "Enviado do meu iPhone",
    "iphone_fr": "Envoyé de mon iPhone",
    "iphone_de": "Von meinem iPhone gesendet",
    "iphone_it": "Inviato da iPhone",
    "outlook_android": "Obtener Outlook para Android<https://aka.ms/x>",
    "outlook_ios": "Enviado desde Outlook para iOS<https://aka.ms/x>",
    "yahoo_android": "Enviado desde Yahoo Mail para Android",
    "windows_mail": "Enviado desde Correo<https://go.microsoft.example/x> para Windows",
    "samsung": "Enviado desde mi smartphone Samsung Galaxy.",
    "antivirus": "Libre de virus.www.antivirus.example",
}
for program, line in DEVICES.items():
    text(f"w_device_{program}", f"Mañana lo miro.\n\n{line}\n", "Mañana lo miro.")

text(
    "w_attribution_over_lines",
    f"Sí.\n\nEl lunes, 2 de noviembre de 2026, Oficina de Atención a la Ciudadanía de la\nDiputación de Valdelmar <\n"
    f"{WHO}> escribió:\n> Hola\n",
    "Sí.",
)
text(
    "w_apple_es",
    f"Sí.\n\nEnviado desde mi iPad\n\n> El 2 nov 2026, a las 18:05, Oficina <{WHO}> escribió:\n> \n> Hola\n",
    "Sí.",
)
text(
    "w_yahoo_unquoted",
    f"Sí.\n\n    El lunes, 2 de noviembre de 2026, 18:05:12 CET, Oficina <{WHO}> escribió: \n \n Buenos días:\n\n Pruebe.\n",
    "Sí.",
)
text(
    "w_signature_then_quote",
    f"Sí.\n\n-- \nRosa\nTel. 600 000 000\n\nEl lun, 2 nov 2026 a las 18:05, Oficina (<{WHO}>) escribió:\n\n> Hola\n",
    "Sí.",
)
text(
    "w_below_the_quote",
    "El 2/11/26 a las 18:05, Oficina escribió:\n> Buenos días:\n> ¿Pudo entrar?\n\nSí, ya pude.\n\n-- \nRosa\n",
    "Sí, ya pude.",
)
text(
    "w_between_quotes",
    "Contesto debajo.\n\nEl 2/11/26 a las 18:05, Oficina escribió:\n> ¿Navegador?\nFirefox\n> ¿Sistema?\nLinux\n"
    "> Un saludo\n",
    "Contesto debajo.\n\nEl 2/11/26 a las 18:05, Oficina escribió:\n> ¿Navegador?\nFirefox\n> ¿Sistema?\nLinux",
)
text(
    "w_words_on_both_sides",
    "Hola:\n\nEl 2/11/26 a las 18:05, Oficina escribió:\n> ¿Pudo entrar?\n\nSí.\n",
    "Hola:\n\nEl 2/11/26 a las 18:05, Oficina escribió:\n> ¿Pudo entrar?\n\nSí.",
    is_sure=False,
)
text("w_plain_letter", "Buenos días:\n\nNo me llega el aviso.\n", "Buenos días:\n\nNo me llega el aviso.", "Aviso")
text(
    "w_letter_with_head",
    "Solicito lo siguiente.\n\nDe: Rosa\nPara: Alcaldía\nAsunto: Licencia\n\nExpone que…\n",
    "Solicito lo siguiente.\n\nDe: Rosa\nPara: Alcaldía\nAsunto: Licencia\n\nExpone que…",
    "Instancia",
)
text(
    "w_letter_with_list",
    "Pasos:\n- entro\n- firmo\n-- y falla\n\nEnviado por registro el lunes.\n",
    "Pasos:\n- entro\n- firmo\n-- y falla\n\nEnviado por registro el lunes.",
    "Pasos",
)
text(
    "w_letter_quoting_a_person",
    "Mi vecino escribió:\n\n«No funciona desde 2026».\n\n¿Es verdad?\n",
    "Mi vecino escribió:\n\n«No funciona desde 2026».\n\n¿Es verdad?",
    "Pregunta",
)
text(
    "w_changed_subject_but_ours",
    f"Otra cosa: ¿y el plazo?\n\nDe: Oficina <{WHO}>\nEnviado: lunes\nPara: Persona\nAsunto: Su consulta\n\nHola.\n",
    "Otra cosa: ¿y el plazo?",
    "El plazo",
)
text(
    "w_passed_on",
    "Les paso esto.\n\nDe: Otro <otro@otro.example>\nEnviado: lunes\nPara: Persona\nAsunto: Aviso\n\nPague ya.\n",
    "Les paso esto.\n\nDe: Otro <otro@otro.example>\nEnviado: lunes\nPara: Persona\nAsunto: Aviso\n\nPague ya.",
    "RV: Aviso",
)
text(
    "w_passed_on_apple",
    "Miren.\n\nInicio del mensaje reenviado:\n\n> De: Otro <otro@otro.example>\n> Asunto: Aviso\n>\n> Pague ya.\n",
    "Miren.\n\nInicio del mensaje reenviado:\n\n> De: Otro <otro@otro.example>\n> Asunto: Aviso\n>\n> Pague ya.",
    "Miren esto",
)
text("w_empty", "\n\n", "")
text("w_only_a_quote", "> Hola\n> Adiós\n", "> Hola\n> Adiós", is_sure=False)
text(
    "w_quote_without_attribution",
    "De acuerdo.\n\n> Hola\n> Pruebe otra vez\n",
    "De acuerdo.",
)
text("w_greater_than", "El importe es\n> 300 euros\ny no me deja.\n", "El importe es\n> 300 euros\ny no me deja.", "Importe",
     is_sure=False)  # fmt: skip

text(
    "w_apple_letter_without_width",
    f"Sí.\n\n> El 2 nov 2026, a las 18:05, Oficina <{WHO}> escribió:\n> \n\ufeff> Hola\n",
    "Sí.",
)
text(
    "w_answers_in_red",
    f"Les contesto debajo, en rojo.\n\nDe: Oficina <{WHO}>\nEnviado: lunes\nPara: Persona\nAsunto: Su consulta\n\n¿Navegador? Firefox\n",
    f"Les contesto debajo, en rojo.\n\nDe: Oficina <{WHO}>\nEnviado: lunes\nPara: Persona\nAsunto: Su consulta\n\n¿Navegador? Firefox",
    is_sure=False,
)
text(
    "w_legal_notice",
    "Adjunto el acta.\n\nUn saludo\n\nAVISO LEGAL: Este mensaje y sus adjuntos son confidenciales y van dirigidos a su destinatario.\n\n"
    "Antes de imprimir este correo piense en el medio ambiente.\n",
    "Adjunto el acta.\n\nUn saludo",
)
text(
    "w_notice_in_one_sentence",
    "Adjunto el acta.\n\nAquest missatge i els fitxers adjunts poden contenir informació confidencial adreçada només a qui figura\ncom a destinatari. Si l'heu rebut per error, esborreu-lo.\n",
    "Adjunto el acta.",
)
text(
    "w_speaks_of_a_message",
    "Buenos días:\n\nEste mensaje me sale al firmar: «destinatario desconocido». ¿Qué hago?\n",
    "Buenos días:\n\nEste mensaje me sale al firmar: «destinatario desconocido». ¿Qué hago?",
)
text(
    "w_answer_to_what_was_passed_on",
    f"Gracias.\n\nDe: Oficina <{WHO}>\nEnviado: lunes\nPara: Persona\nAsunto: RV: Aviso\n\n---------- Forwarded message ---------\nDe: x\n",
    "Gracias.",
)

html(
    "w_html_gmail_old",
    f'<div dir="ltr">Sí.</div><div class="gmail_extra"><br><div class="gmail_quote">El 2 nov 2026, Oficina &lt;{WHO}&gt; '
    "escribió:<br><blockquote class=gmail_quote>Hola</blockquote></div></div>",
    "Sí.",
)
html(
    "w_html_gmail_signature",
    '<div dir="ltr">Sí.<br clear="all"><div><br></div>-- <br><div dir="ltr" class="gmail_signature">Rosa<br>Tel.</div>'
    f'</div><br><div class="gmail_quote"><div class="gmail_attr">On Mon, Oficina &lt;{WHO}&gt; wrote:</div>'
    "<blockquote class=gmail_quote>Hola</blockquote></div>",
    "Sí.",
)
html(
    "w_html_thunderbird",
    '<p>Sí.</p><div class="moz-cite-prefix">O 2/11/26 ás 18:05, Oficina escribiu:<br></div>'
    '<blockquote type="cite" cite="mid:x"><p>Ola</p></blockquote><div class="moz-signature">-- <br>Rosa</div>',
    "Sí.",
)
html(
    "w_html_apple",
    "<html><body>Sí.<br><br><div dir=ltr id=AppleMailSignature>Enviado desde mi iPhone</div><div><br>El 2 nov 2026, a "
    f"las 18:05, Oficina &lt;{WHO}&gt; escribió:<br><br></div><blockquote type=cite><div>Hola</div></blockquote></body></html>",
    "Sí.",
)
html(
    "w_html_outlook_mobile",
    '<div>Sí.</div><div id="ms-outlook-mobile-signature">Obtener Outlook para iOS</div><hr>'
    f'<div id="divRplyFwdMsg"><b>De:</b> Oficina &lt;{WHO}&gt;<br><b>Enviado:</b> lunes<br><b>Asunto:</b> x</div>'
    "<div>Hola</div>",
    "Sí.",
)
html(
    "w_html_outlook_web_hr",
    f"<div>Sí.</div><div><br></div><hr><div><b>De:</b> Oficina &lt;{WHO}&gt;<br><b>Enviado:</b> lunes<br><b>Para:</b> "
    "Persona<br><b>Asunto:</b> Su consulta<br></div><div>Hola</div>",
    "Sí.",
)
html(
    "w_html_indented_is_no_quote",
    '<div>Pido esto:</div><blockquote style="margin:0 0 0 40px;border:none;padding:0px"><div>Una copia</div></blockquote>',
    "Pido esto:\n\nUna copia",
)
html(
    "w_html_passed_on",
    '<div>Miren</div><div class="gmail_quote"><div class="gmail_attr">---------- Forwarded message ---------<br>De: Otro<br>'
    "Subject: Aviso</div>Pague ya</div>",
    "Miren\n\n---------- Forwarded message ---------\nDe: Otro\nSubject: Aviso\nPague ya",
    "Fwd: Aviso",
)
html(
    "w_html_between_quotes",
    '<div class="gmail_quote"><div class="gmail_attr">El 2 nov 2026, Oficina escribió:</div><blockquote class=gmail_quote>'
    "<div>¿Navegador?</div></blockquote></div><div>Firefox</div><blockquote class=gmail_quote><div>¿Sistema?</div>"
    "</blockquote><div>Linux</div>",
    "El 2 nov 2026, Oficina escribió:\n\n> ¿Navegador?\n\nFirefox\n\n> ¿Sistema?\n\nLinux",
)
