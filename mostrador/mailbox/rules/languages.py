"""In which language a text is written, told from its commonest words.

Own, because no library of ours knows Galician and Basque without a model larger than the product.
"""

import re

_COMMON = {
    "es": "el la los las de que y en un una por con para no se del al es lo como más pero sus le ya o este sí porque "
    "esta entre cuando muy sin sobre también me hasta hay donde quien desde todo nos durante uno ni contra ese eso mí "
    "gracias hola buenos días saludo saludos usted puedo tengo quiero he ha",
    "ca": "el la els les de que i en un una per amb per a no es del al és com més però seus ja o aquest aquesta perquè "
    "entre quan molt sense sobre també em fins hi ha on qui des tot ens dels als això jo meu meva sóc soc puc tinc "
    "vull gràcies hola bon dia salutacions vostè ho li va",
    "gl": "o a os as de que e en un unha por con para non se do da dos das ao á é como máis pero seus xa este esta "
    "porque entre cando moi sen sobre tamén me ata hai onde quen desde todo nos no na teño podo quero grazas ola bos "
    "días saúdos vostede foi unha unhas",
    "eu": "eta da ez du bat dut dira izan den zen baina ere hau hori nire zure dago egin nahi behar dela duen bai "
    "edo beste gabe arte oso egun eskerrik asko kaixo agur on naiz zait dizut baino honetan dago nola non zergatik "
    "dituzte genuen ditut daiteke",
    "en": "the of and to in is that for it was on with as be at by this have from or not are but you your an they "
    "which we can has been will would there their what if my me please thank thanks hello regards dear our could",
    "pt": "o a os as de que e em um uma por com para não se do da dos das ao é como mais mas seus já este esta porque "
    "entre quando muito sem sobre também me até há onde quem desde tudo nos no na tenho posso quero obrigado obrigada "
    "olá bom dia cumprimentos você foi pela pelo são",
    "fr": "le la les de que et en un une par avec pour ne pas se du au est ce comme plus mais ses déjà ou cette parce "
    "entre quand très sans sur aussi me où qui depuis tout nous vous je il elle des dans merci bonjour cordialement "
    "suis ai sont votre mon",
    "de": "der die das und in den von zu mit sich des auf für ist im dem nicht ein eine als auch es an werden aus er "
    "hat dass sie nach wird bei einer um am sind noch wie einem über so zum war haben nur oder aber ich wir ihr bitte "
    "danke hallo grüße mein kann",
    "it": "il la i le di che e in un una per con non si del al è lo come più ma suoi già o questo questa perché tra "
    "quando molto senza su anche mi fino dove chi da tutto ci gli della sono ho ha grazie buongiorno saluti cordiali "
    "posso vorrei nel",
}
_LANGUAGES_OF: dict[str, list[str]] = {}
for _language, _words in _COMMON.items():
    for _one in dict.fromkeys(_words.split()):
        _LANGUAGES_OF.setdefault(_one, []).append(_language)
_WORD = re.compile(r"[^\W\d_]+")
_MOST_LETTERS = 4000
_FEWEST_POINTS = 1.0


def guess(text: str) -> str:
    """Return es, ca, gl, eu, en, pt, fr, de or it; "" when the text is too short to tell."""
    points: dict[str, float] = {}
    for word in _WORD.findall(text[:_MOST_LETTERS].lower()):
        languages = _LANGUAGES_OF.get(word, ())
        for language in languages:
            points[language] = points.get(language, 0) + 1 / len(languages)
    first, second, *_ = [*sorted(points, key=points.__getitem__, reverse=True), "", ""]
    enough = points.get(first, 0) >= _FEWEST_POINTS and points[first] > points.get(second, 0)
    return first if enough else ""
