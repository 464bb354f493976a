"""Write the corpus of reading: messages for every way in which mail is right or broken, and what they say.

`python -m tests.mailbox.make_reading_corpus` writes `corpus/reading/*.eml` and `expected.json` beside them. What is
expected stands here, written by hand beside each message; it is never taken from the reader.
Everybody and every domain is invented.
"""

import base64
import binascii
import hashlib
import json
import quopri
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from asn1crypto import cms as asn1_cms

from tests.mailbox import winmail

FOLDER = Path(__file__).parent / "corpus" / "reading"
EXPECTED = FOLDER / "expected.json"

Expected = dict[str, Any]
Case = tuple[str, bytes, Expected]

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
PDF = b"%PDF-1.4\n" + bytes(range(256)) * 3 + b"\n%%EOF\n"
HEAD = {
    "From": "Ana Ruiz <ana.ruiz@correo.example>",
    "To": "ayuda@diputacionvaldelmar.example",
    "Subject": "Consulta",
    "Date": "Tue, 03 Mar 2026 10:15:00 +0100",
    "Message-ID": "<m1@correo.example>",
    "MIME-Version": "1.0",
}
ANA = ["Ana Ruiz", "ana.ruiz@correo.example"]
DESK = ["", "ayuda@diputacionvaldelmar.example"]

# A sentence in every charset that its language was written in.
SENTENCES = {
    "utf-8": "No puedo firmar la solicitud con mi DNIe: «error 403» — ¿qué hago? 😟",
    "iso-8859-1": "¿Dónde está el certificado? Ñandú, cigüeña, façade.",
    "iso-8859-15": "La tasa es de 12,50 €, según la sede electrónica.",
    "windows-1252": "La tasa es de 12,50 € – ¿cómo la pago? “Gracias”…",
    "macintosh": "¿Cómo pido cita? Mañana no podré.",
    "cp850": "El trámite está en la página de atención.",
    "iso-8859-2": "Dzień dobry, proszę o pomoc. Źródło błędu: łączność.",
    "windows-1250": "Dobrý den, prosím o pomoc s přihlášením – „děkuji“.",
    "iso-8859-3": "Saluton, mi ĉeestas kaj ŝatas ĝin ĵaŭde.",
    "iso-8859-4": "Sveiki, lūdzu palīdziet. Ačiū už pagalbą.",
    "iso-8859-5": "Здравствуйте, у меня вопрос о сертификате.",
    "koi8-r": "Здравствуйте, я не могу войти в систему.",
    "koi8-u": "Доброго дня, як отримати довідку? Ґанок, їжак, єдність.",
    "windows-1251": "Добрый день, подскажите пожалуйста – как подать заявление?",
    "iso-8859-6": "مرحبا، عندي سؤال حول الشهادة",
    "windows-1256": "مرحبا، لا أستطيع الدخول إلى الموقع",
    "iso-8859-7": "Καλημέρα, έχω μια ερώτηση για το πιστοποιητικό.",
    "windows-1253": "Καλημέρα, δεν μπορώ να υπογράψω – ευχαριστώ.",
    "iso-8859-8-i": "שלום, יש לי שאלה על התעודה",
    "windows-1255": "שלום, אני לא מצליח להיכנס לאתר",
    "iso-8859-9": "Merhaba, şifremi unuttum, lütfen yardım ediniz.",
    "windows-1254": "İyi günler, başvurumu göremiyorum – teşekkürler.",
    "windows-1257": "Labas rytas, noriu paklausti – ačiū, žinoma.",
    "windows-1258": "Chào anh, đâu là trang này?",
    "iso-8859-10": "Góðan daginn, ég þarf hjálp með æðið.",
    "iso-8859-13": "Tere, mul on küsimus šokolaadi kohta, žürii.",
    "iso-8859-14": "Ŵyt ti'n gallu helpu? Ŷd yw'r ateb.",
    "iso-8859-16": "Bună ziua, am o întrebare: și țară, ăsta.",
    "tis-620": "สวัสดี ฉันมีคำถาม",
    "gb2312": "您好，我有一个问题。",
    "gbk": "您好，這個證書不能用。",
    "gb18030": "您好，我不能登录。㐀",
    "hz-gb-2312": "您好，我有问题",
    "big5": "您好，我有一個問題。",
    "euc-kr": "안녕하세요, 질문이 있습니다.",
    "ks_c_5601-1987": "안녕하세요, 로그인할 수 없습니다.",
    "shift_jis": "こんにちは、質問があります。",
    "euc-jp": "こんにちは、ログインできません。",
    "iso-2022-jp": "こんにちは、証明書について教えてください。",
    "utf-7": "¿Cómo firmo? Pagué 12 € + 3.",
    "utf-16": "¿Cómo firmo? Ñandú.",
    "utf-16le": "¿Cómo firmo con el móvil?",
    "utf-16be": "¿Cómo firmo con la tableta?",
}
PYTHON_NAMES = {"iso-8859-8-i": "iso-8859-8", "ks_c_5601-1987": "cp949", "hz-gb-2312": "hz", "gbk": "gbk"}
SEVEN_BITS = {"utf-7", "hz-gb-2312", "iso-2022-jp"}
NEEDS_BASE64 = {"utf-16", "utf-16le", "utf-16be"}


def message(body: bytes | str = b"", /, **fields: str | bytes | None) -> bytes:
    """Build a message: the usual fields, changed or left out (None) by keywords with "_" for "-"."""
    end = _bytes(fields.pop("end", None) or b"\r\n")
    head: dict[str, str | bytes | None] = {**HEAD, **{_name(key): value for key, value in fields.items()}}
    lines = [name.encode() + b": " + _bytes(value) for name, value in head.items() if value is not None]
    return end.join(lines) + end + end + (_bytes(body) if end == b"\n" else _bytes(body).replace(b"\n", b"\r\n"))


def _name(key: str) -> str:
    known = {"Message_ID": "Message-ID", "MIME_Version": "MIME-Version"}
    return known.get(key, key.replace("_", "-"))


def _bytes(value: str | bytes) -> bytes:
    return value if isinstance(value, bytes) else value.encode()


def coded(text: str | bytes, coding: str = "base64") -> bytes:
    data = _bytes(text)
    return base64.encodebytes(data) if coding == "base64" else quopri.encodestring(data)


def part(kind: str, body: bytes | str, **fields: str) -> bytes:
    head = "".join(f"{_name(key)}: {value}\n" for key, value in fields.items())
    return f"Content-Type: {kind}\n{head}\n".encode() + _bytes(body)


def several(kind: str, *parts: bytes, boundary: str = "limite") -> bytes:
    """Return the body of a multipart."""
    mark = f"--{boundary}".encode()
    return b"".join(mark + b"\n" + one + b"\n" for one in parts) + mark + b"--\n"


def multipart(kind: str, *parts: bytes, boundary: str = "limite", **fields: str | bytes | None) -> bytes:
    kind = f'multipart/{kind}; boundary="{boundary}"'
    return message(several(kind, *parts, boundary=boundary), Content_Type=kind, **fields)


def word(text: str, charset: str, coding: str = "b") -> str:
    data = text.encode(PYTHON_NAMES.get(charset, charset))
    if coding == "b":
        return f"=?{charset}?B?{base64.b64encode(data).decode()}?="
    return f"=?{charset}?Q?{''.join(f'={byte:02X}' for byte in data)}?="


def file(name: str, kind: str, content: bytes) -> list[Any]:
    """Return how an attachment is expected."""
    return [name, kind, len(content), hashlib.sha256(content).hexdigest()]


def charsets_as_declared() -> Iterator[Case]:
    for at, (charset, sentence) in enumerate(SENTENCES.items()):
        data = sentence.encode(PYTHON_NAMES.get(charset, charset))
        codings = ["base64"] if charset in NEEDS_BASE64 else ["7bit" if charset in SEVEN_BITS else "8bit"]
        codings += [] if charset in NEEDS_BASE64 else [("base64", "quoted-printable")[at % 2]]
        for coding in codings:
            body = data if coding.endswith("bit") else coded(data, coding)
            fields: dict[str, str | bytes | None] = {}
            subject = "Consulta"
            if charset not in NEEDS_BASE64 | {"utf-7", "hz-gb-2312"}:
                fields["Subject"], subject = word(sentence, charset, "bq"[at % 2]), sentence
            raw = message(
                body, Content_Type=f"text/plain; charset={charset}", Content_Transfer_Encoding=coding, **fields
            )
            yield f"charset-{charset}-{coding}", raw, {"text": sentence, "subject": subject, "defects": []}


def plain(body: bytes, charset: str | None, **fields: str | bytes | None) -> bytes:
    kind = "text/plain" + (f"; charset={charset}" if charset else "")
    return message(body, Content_Type=kind, Content_Transfer_Encoding="8bit", **fields)


def charsets_as_they_come() -> Iterator[Case]:
    es = "¿Dónde está la señora Núñez?"
    euro = "Son 12 € – “gracias”"
    ru = SENTENCES["koi8-r"] + " " + SENTENCES["windows-1251"].replace("–", "-")
    mixed = "Canción: ".encode() + "corazón y mañana".encode("cp1252")
    rows: list[tuple[str, bytes, str | None, str, list[str]]] = [
        ("utf8-said-latin1", es.encode(), "iso-8859-1", es, ["charset-wrong"]),
        ("utf8-said-cp1252", es.encode(), "windows-1252", es, ["charset-wrong"]),
        ("utf8-said-ascii", es.encode(), "us-ascii", es, ["charset-wrong"]),
        ("utf8-said-gb2312", "一二三四五六七 ¿ñ?".encode(), "gb2312", "一二三四五六七 ¿ñ?", ["charset-wrong"]),
        ("utf8-said-koi8", "Привет, как дела".encode(), "koi8-r", "Привет, как дела", ["charset-wrong"]),
        ("utf8-said-iso-8859-15", euro.encode(), "iso-8859-15", euro, ["charset-wrong"]),
        ("latin1-said-utf8", es.encode("latin-1"), "utf-8", es, ["charset-wrong"]),
        ("latin1-said-ascii", es.encode("latin-1"), "us-ascii", es, []),
        ("cp1252-said-latin1", euro.encode("cp1252"), "iso-8859-1", euro, []),
        ("cp1252-said-iso-8859-15", "“Ñ” – …".encode("cp1252"), "iso-8859-15", "“Ñ” – …", []),
        ("gbk-said-gb2312", "這個證書".encode("gbk"), "gb2312", "這個證書", []),
        ("cp949-said-euc-kr", "똠방각하".encode("cp949"), "euc-kr", "똠방각하", []),
        ("cp932-said-shift-jis", "①㈱".encode("cp932"), "shift_jis", "①㈱", []),
        ("utf8-not-declared", es.encode(), None, es, ["charset-missing"]),
        ("latin1-not-declared", es.encode("latin-1"), None, es, ["charset-missing"]),
        ("cp1252-not-declared", euro.encode("cp1252"), None, euro, ["charset-missing"]),
        ("koi8-not-declared", ru.encode("koi8-r"), None, ru, ["charset-missing"]),
        ("cp1251-not-declared", ru.encode("cp1251"), None, ru, ["charset-missing"]),
        ("iso2022jp-not-declared", "質問があります".encode("iso-2022-jp"), None, "質問があります", ["charset-missing"]),
        ("iso2022jp-said-ascii", "質問です".encode("iso-2022-jp"), "us-ascii", "質問です", ["charset-wrong"]),
        (
            "utf16-not-declared",
            "Hola, ¿qué tal?".encode("utf-16-le"),
            None,
            "Hola, ¿qué tal?",
            ["charset-missing", "nul"],
        ),
        ("unknown-8bit", es.encode(), "unknown-8bit", es, ["charset-unknown"]),
        ("x-unknown", es.encode("latin-1"), "x-unknown", es, ["charset-unknown"]),
        ("default", es.encode("latin-1"), "_autodetect_all", es, ["charset-unknown"]),
        ("label-utf8", es.encode(), "utf8", es, []),
        ("label-UTF_8", es.encode(), "UTF_8", es, []),
        ("label-with-3d", es.encode(), '3D"utf-8"', es, []),
        ("label-in-quotes", es.encode(), "'utf-8'", es, []),
        ("label-with-comma", es.encode("latin-1"), "iso-8859-1,", es, []),
        ("label-glued", es.encode("cp1252"), "windows-1252http-equivcontent-type", es, []),
        ("label-latin1", es.encode("latin-1"), "latin1", es, []),
        ("label-iso8859-1", es.encode("latin-1"), "ISO8859_1", es, []),
        ("label-cp-850", es.encode("cp850"), "cp-850", es, []),
        ("label-unicode-1-1-utf-7", b"Hola, se+APE-ora", "unicode-1-1-utf-7", "Hola, señora", []),
        ("label-rot13", b"Hola, esto se lee tal cual", "rot13", "Hola, esto se lee tal cual", []),
        ("label-base64", es.encode(), "base64", es, ["charset-unknown"]),
        ("label-idna", es.encode(), "idna", es, ["charset-unknown"]),
        ("label-unicode-escape", b"C:\\nuevo\\u00", "unicode_escape", "C:\\nuevo\\u00", []),
        ("label-empty", es.encode(), '""', es, ["charset-missing"]),
        ("ebcdic-said-but-ascii", b"Hola, buenos dias", "cp037", "Hola, buenos dias", []),
        ("utf16-said-but-ascii", b"Hola, buenos dias.", "utf-16", "Hola, buenos dias.", []),
        ("utf16-said-but-utf8", es.encode(), "utf-16", es, ["charset-wrong"]),
        ("utf7-said-but-telephone", b"Llame al +34 600 000 000, c+", "utf-7", "Llame al +34 600 000 000, c+", []),
        ("utf7-said-but-utf8", es.encode(), "utf-7", es, ["charset-wrong"]),
        ("mixed-said-utf8", mixed, "utf-8", "Canción: corazón y mañana", ["charset-mixed"]),
        ("mixed-not-declared", mixed, None, "Canción: corazón y mañana", ["charset-missing"]),
        (
            "mixed-said-latin1",
            "Canción de Ñandú. ".encode() + "¿Mañana?".encode("latin-1"),
            "iso-8859-1",
            "Canción de Ñandú. ¿Mañana?",
            ["charset-mixed"],
        ),
        ("utf8-cut-in-a-letter", "Hola, señor".encode() + b"\xc3", "utf-8", "Hola, señorÃ", ["charset-mixed"]),
        ("gb2312-damaged", "您好".encode("gbk") + b"\xff Hola", "gb2312", "您好ÿ Hola", ["charset-mixed"]),
        ("big5-damaged", "您好".encode("big5") + b"\xff Hola", "big5", "您好ÿ Hola", ["charset-mixed"]),
        ("capitals-between-quotes", "el «CAFÉ»".encode("latin-1"), "iso-8859-1", "el «CAFÉ»", []),
        (
            "cyrillic-utf8-damaged",
            "Здравствуйте, я не могу".encode() + b"\xd0",
            "utf-8",
            "Здравствуйте, я не могуÐ",
            ["charset-wrong"],
        ),
        ("gbk-said-utf8", SENTENCES["gb2312"].encode("gbk"), "utf-8", SENTENCES["gb2312"], ["charset-wrong"]),
        ("koi8-said-utf8", ru.encode("koi8-r"), "utf-8", ru, ["charset-wrong"]),
        ("byte-order-mark", b"\xef\xbb\xbfHola, se\xc3\xb1ora", "utf-8", "Hola, señora", []),
        ("byte-order-mark-said-latin1", b"\xef\xbb\xbfse\xc3\xb1ora", "iso-8859-1", "señora", []),
        ("nul-bytes", b"Ho\0la, se\0\xc3\xb1ora\0", "utf-8", "Hola, señora", ["nul"]),
        ("control-characters", b"Hola\x07 \x1b[1mAna\x1b[0m", "us-ascii", "Hola\x07 \x1b[1mAna\x1b[0m", []),
    ]
    for name, body, charset, text, defects in rows:
        yield f"charset-{name}", plain(body, charset), {"text": text, "defects": defects}
    page = '<html><head><meta http-equiv="Content-Type" content="text/html; charset=koi8-r"></head><p>Привет</p></html>'
    yield (
        "charset-of-the-page",
        message(page.encode("koi8-r"), Content_Type="text/html", Content_Transfer_Encoding="8bit"),
        {"text": "Привет", "defects": []},
    )
    page = '<table style="color: red" class="tabla">' + "<tr><td>" + SENTENCES["koi8-r"] + "</td></tr></table>"
    yield (
        "charset-of-a-page-not-declared",
        message(page.encode("koi8-r"), Content_Type="text/html", Content_Transfer_Encoding="8bit"),
        {"text": SENTENCES["koi8-r"], "defects": ["charset-missing"]},
    )
    page = "<html><head><meta charset='iso-8859-1'></head><body>¿Qué?</body></html>"
    yield (
        "charset-of-the-page-wrong",
        message(page.encode(), Content_Type="text/html; charset=utf-8", Content_Transfer_Encoding="8bit"),
        {"text": "¿Qué?", "defects": []},
    )


def subjects() -> Iterator[Case]:
    es = "Petición de señalización"
    half = base64.b64encode("señal".encode())
    rows: list[tuple[str, bytes | str, str, list[str]]] = [
        ("8-bit-utf8", es.encode(), es, ["header-8-bit"]),
        ("8-bit-latin1", es.encode("latin-1"), es, ["header-8-bit"]),
        ("8-bit-cp1252", "Son 5 € – «ñ»".encode("cp1252"), "Son 5 € – «ñ»", ["header-8-bit"]),
        ("8-bit-mixed", "Canción ".encode() + "mañana".encode("latin-1"), "Canción mañana", ["header-8-bit"]),
        ("q", "=?utf-8?Q?Petici=C3=B3n_de_se=C3=B1alizaci=C3=B3n?=", es, []),
        ("b", word(es, "utf-8"), es, []),
        ("lower-case", "=?utf-8?q?Petici=c3=b3n_de_se=c3=b1alizaci=c3=b3n?=", es, []),
        ("split-in-a-letter-q", "=?utf-8?Q?Petici=C3?=\r\n =?utf-8?Q?=B3n?=", "Petición", []),
        (
            "split-in-a-letter-b",
            f"=?utf-8?B?{base64.b64encode(b'Petici' + bytes([0xC3])).decode()}?= "
            f"=?UTF-8?B?{base64.b64encode(bytes([0xB3]) + b'n').decode()}?=",
            "Petición",
            [],
        ),
        ("split-in-base64", f"=?utf-8?B?{half[:3].decode()}?= =?utf-8?B?{half[3:].decode()}?=", "señal", []),
        ("padding-missing", "=?utf-8?B?c2XDsWFs?= =?utf-8?B?IG1hbA?=", "señal mal", []),
        ("no-space-between", "=?utf-8?Q?se=C3=B1?==?utf-8?Q?al?=", "señal", []),
        ("glued-to-text", "Re:=?utf-8?Q?se=C3=B1al?=(2)", "Re:señal(2)", []),
        ("space-inside-q", "=?utf-8?Q?Petici=C3=B3n de se=C3=B1al?=", "Petición de señal", []),
        ("folded-inside", "=?utf-8?Q?Petici=C3=B3n\r\n de se=C3=B1al?=", "Petición de señal", []),
        ("not-closed", "=?utf-8?Q?Petici=C3=B3n", "Petición", []),
        ("unknown-charset", "=?x-nadie?Q?Petici=C3=B3n?=", "Petición", []),
        ("wrong-charset", "=?utf-8?Q?Petici=F3n?=", "Petición", []),
        ("wrong-charset-2", "=?iso-8859-1?Q?Petici=C3=B3n?=", "Petición", []),
        ("language", "=?utf-8*es?Q?Petici=C3=B3n?=", "Petición", []),
        ("two-charsets", f"{word('¿Qué', 'iso-8859-1', 'q')} {word(' tal?', 'utf-8')}", "¿Qué tal?", []),
        ("text-between", f"{word('¿Qué', 'utf-8')} tal {word('señora?', 'utf-8')}", "¿Qué tal señora?", []),
        ("q-and-b", "=?utf-8?Q?se=C3=B1?= =?utf-8?B?YWw=?=", "señal", []),
        ("question-mark-inside", "=?utf-8?Q?=C2=BFQu=C3=A9_tal??=", "¿Qué tal?", []),
        ("empty-word", "Hola =?utf-8?Q??= Ana", "Hola  Ana", []),
        ("raw-letters-inside", "=?utf-8?Q?Petici=C3=B3n_señal?=", "Petición señal", ["header-8-bit"]),
        ("coded-line-break", "=?utf-8?Q?Hola=0D=0ABcc:_x@x.example?=", "Hola Bcc: x@x.example", []),
        ("iso-2022-jp", word("質問があります", "iso-2022-jp"), "質問があります", []),
        ("gb2312", word("您好，我有一个问题", "gb2312"), "您好，我有一个问题", []),
        ("bad-base64", "=?utf-8?B?c2XDsW!Fs?=", "señal", []),
        ("unknown-coding", "=?utf-8?X?hola?=", "=?utf-8?X?hola?=", []),
        ("not-a-word", "a =? b ?= c", "a =? b ?= c", []),
        ("folded", "Una consulta\r\n muy\r\n\tlarga", "Una consulta muy larga", []),
        ("empty", "", "", []),
        ("spaces", "   Hola   ", "Hola", []),
        ("nul", b"Ho\0la", "Hola", ["nul"]),
        ("very-long", "palabra " * 500, ("palabra " * 500).strip(), []),
        ("emoji-as-surrogates", "=?utf-8?Q?=F0=9F=98=80_hola?=", "😀 hola", []),
    ]
    for name, subject, expected, defects in rows:
        yield f"subject-{name}", plain(b"Hola", "utf-8", Subject=subject), {"subject": expected, "defects": defects}
    gb = plain("您好".encode("gbk"), "gb2312", Subject="问题在这里".encode("gbk"))
    yield "subject-8-bit-gb2312", gb, {"subject": "问题在这里", "text": "您好", "defects": ["header-8-bit"]}
    yield "subject-missing", plain(b"Hola", "utf-8", Subject=None), {"subject": "", "defects": []}


def people() -> Iterator[Case]:
    rows: list[tuple[str, str | bytes, list[list[str]]]] = [
        ("bare", "ana@correo.example", [["", "ana@correo.example"]]),
        ("angled", "<ana@correo.example>", [["", "ana@correo.example"]]),
        ("comment", "ana@correo.example (Ana Ruiz)", [["Ana Ruiz", "ana@correo.example"]]),
        ("quoted", '"Ruiz, Ana" <ana@correo.example>', [["Ruiz, Ana", "ana@correo.example"]]),
        ("escaped", '"Ana \\"la jefa\\" Ruiz" <ana@correo.example>', [['Ana "la jefa" Ruiz', "ana@correo.example"]]),
        ("comma-not-quoted", "Ruiz, Ana <ana@correo.example>", [["Ruiz, Ana", "ana@correo.example"]]),
        ("encoded", f"{word('Núñez, Íñigo', 'utf-8')} <i@correo.example>", [["Núñez, Íñigo", "i@correo.example"]]),
        ("encoded-in-quotes", f'"{word("Núñez", "utf-8", "q")}" <i@correo.example>', [["Núñez", "i@correo.example"]]),
        ("encoded-comma-q", "=?utf-8?Q?N=C3=BA=C3=B1ez,_I?= <i@correo.example>", [["Núñez, I", "i@correo.example"]]),
        ("encoded-address", f"<{word('ana@correo.example', 'utf-8', 'q')}>", [["", "ana@correo.example"]]),
        ("8-bit", "Íñigo Núñez <i@correo.example>".encode("latin-1"), [["Íñigo Núñez", "i@correo.example"]]),
        ("two", "a@x.example, B <b@x.example>", [["", "a@x.example"], ["B", "b@x.example"]]),
        ("semicolons", "A <a@x.example>; B <b@x.example>", [["A", "a@x.example"], ["B", "b@x.example"]]),
        ("same-name", '"ana@x.example" <ana@x.example>', [["ana@x.example", "ana@x.example"]]),
        ("apostrophes", "'ana@x.example' <ana@x.example>", [["ana@x.example", "ana@x.example"]]),
        ("mailto", "Ana <mailto:ana@x.example>", [["Ana", "ana@x.example"]]),
        ("route", "Ana <@uno.example,@dos.example:ana@x.example>", [["Ana", "ana@x.example"]]),
        ("spaces", "Ana < ana @x.example >", [["Ana", "ana@x.example"]]),
        ("capitals", "Ana <Ana.Ruiz@X.Example>", [["Ana", "Ana.Ruiz@x.example"]]),
        ("quoted-local", '"ana ruiz"@x.example', [["", '"ana ruiz"@x.example']]),
        ("plus", "ana+avisos@x.example", [["", "ana+avisos@x.example"]]),
        ("unicode-domain", "Ana <ana@España.example>".encode(), [["Ana", "ana@españa.example"]]),
        ("not-closed", "Ana <ana@x.example", [["Ana", "ana@x.example"]]),
        ("no-address", "Ana Ruiz", [["Ana Ruiz", ""]]),
        ("null", "<>", [["", ""]]),
        ("folded", "Ana\r\n Ruiz\r\n\t<ana@x.example>", [["Ana Ruiz", "ana@x.example"]]),
        ("twice", "ana@x.example, ana@x.example", [["", "ana@x.example"]]),
        ("nested-comment", "ana@x.example (Ana (la de Tasas))", [["Ana (la de Tasas)", "ana@x.example"]]),
    ]
    for name, written, expected in rows:
        yield f"people-from-{name}", plain(b"Hola", "utf-8", From=written), {"from": expected, "text": "Hola"}
    yield (
        "people-no-from",
        plain(b"Hola", "utf-8", From=None),
        {"from": [], "to": [DESK], "defects": ["sender-missing"]},
    )
    yield "people-empty-from", plain(b"Hola", "utf-8", From=""), {"from": [], "defects": ["sender-missing"]}
    repeated = plain(b"Hola", "utf-8").replace(b"To: ", b"From: Eva <eva@x.example>\r\nTo: ", 1)
    yield (
        "people-several-from-fields",
        repeated,
        {"from": [ANA, ["Eva", "eva@x.example"]], "defects": ["several-senders"]},
    )
    groups: list[tuple[str, str, list[list[str]]]] = [
        ("undisclosed", "undisclosed-recipients:;", []),
        ("group", "Vecinos: a@x.example, B <b@x.example>;", [["", "a@x.example"], ["B", "b@x.example"]]),
        ("group-and-more", "Vecinos: a@x.example; , c@x.example", [["", "a@x.example"], ["", "c@x.example"]]),
        ("group-quoted", '"Grupo de vecinos": a@x.example;', [["", "a@x.example"]]),
        ("empty", "", []),
        ("commas", ", ,a@x.example,,", [["", "a@x.example"]]),
    ]
    for name, written, expected in groups:
        yield f"people-to-{name}", plain(b"Hola", "utf-8", To=written), {"to": expected, "from": [ANA]}
    many = ", ".join(f"Vecino {n} <v{n}@x.example>" for n in range(300))
    expected = [[f"Vecino {n}", f"v{n}@x.example"] for n in range(300)]
    yield "people-300-in-copy", plain(b"Hola", "utf-8", Cc=many), {"cc": expected}


def dates_written() -> Iterator[Case]:
    good = {
        "usual": ("Tue, 3 Mar 2026 10:15:00 +0100", "2026-03-03T10:15:00+01:00"),
        "no-weekday": ("3 Mar 2026 10:15:00 +0100", "2026-03-03T10:15:00+01:00"),
        "no-seconds": ("Tue, 3 Mar 2026 10:15 +0100", "2026-03-03T10:15:00+01:00"),
        "named-zone": ("Tue, 3 Mar 2026 10:15:00 GMT", "2026-03-03T10:15:00+00:00"),
        "european-zone": ("Fri, 3 Jul 2026 10:15:00 CEST", "2026-07-03T10:15:00+02:00"),
        "no-zone": ("Tue, 3 Mar 2026 10:15:00", "2026-03-03T10:15:00+00:00"),
        "unknown-zone": ("Tue, 3 Mar 2026 10:15:00 -0000", "2026-03-03T10:15:00+00:00"),
        "comment": ("Tue, 3 Mar 2026 10:15:00 +0100 (CET)", "2026-03-03T10:15:00+01:00"),
        "two-digit-year": ("Tue, 3 Mar 26 10:15:00 +0100", "2026-03-03T10:15:00+01:00"),
        "spanish": ("mar, 3 ene 2026 10:15:00 +0100", "2026-01-03T10:15:00+01:00"),
        "spanish-long": ("3 de agosto de 2026 10:15:00 +0200", "2026-08-03T10:15:00+02:00"),
        "iso": ("2026-03-03T10:15:00+01:00", "2026-03-03T10:15:00+01:00"),
        "iso-z": ("2026-03-03 10:15:00Z", "2026-03-03T10:15:00+00:00"),
        "impossible-zone": ("Tue, 3 Mar 2026 10:15:00 +9900", "2026-03-03T10:15:00+00:00"),
        "huge-zone": ("Tue, 3 Mar 2026 10:15:00 +99999999999999999999", "2026-03-03T10:15:00+00:00"),
        "folded": ("Tue, 3 Mar 2026\r\n 10:15:00 +0100", "2026-03-03T10:15:00+01:00"),
        "unix": ("Tue Mar  3 10:15:00 2026", "2026-03-03T10:15:00+00:00"),
        "leap-second": ("Wed, 31 Dec 2025 23:59:60 +0000", "2025-12-31T23:59:59+00:00"),
        "canaries": ("Fri, 3 Jul 2026 10:15:00 WEST", "2026-07-03T10:15:00+01:00"),
    }
    for name, (written, expected) in good.items():
        yield f"date-{name}", plain(b"Hola", "utf-8", Date=written), {"date": expected, "defects": []}
    bad = {
        "impossible-day": "Tue, 32 Mar 2026 10:15:00 +0100",
        "impossible-month": "Tue, 3 Foo 2026 10:15:00 +0100",
        "impossible-hour": "Tue, 3 Mar 2026 99:99:99 +0100",
        "year-0": "Tue, 3 Mar 0000 10:15:00 +0100",
        "year-1601": "Mon, 1 Jan 1601 00:00:00 +0000",
        "year-20026": "Tue, 3 Mar 20026 10:15:00 +0100",
        "words": "ayer por la tarde",
    }
    for name, written in bad.items():
        yield f"date-{name}", plain(b"Hola", "utf-8", Date=written), {"date": None, "defects": ["date-broken"]}
    yield "date-missing", plain(b"Hola", "utf-8", Date=None), {"date": None, "defects": ["date-missing"]}


HOLA = part("text/plain; charset=utf-8", "Hola, señora.")
PAGE = part("text/html; charset=utf-8", "<p>Hola, <b>señora</b>.</p>")
PICTURE = part(
    "image/png; name=foto.png",
    coded(PNG),
    Content_Transfer_Encoding="base64",
    Content_ID="<foto@x>",
    Content_Disposition="inline; filename=foto.png",
)
DOCUMENT = part(
    "application/pdf",
    coded(PDF),
    Content_Transfer_Encoding="base64",
    Content_Disposition="attachment; filename=informe.pdf",
)
DOCUMENT_FILE = file("informe.pdf", "application/pdf", PDF)
PICTURE_FILE = file("foto.png", "image/png", PNG)
HOLA_TEXT = "Hola, señora."


def structures() -> Iterator[Case]:
    both = several("", HOLA, PAGE, boundary="dentro")
    inside = part('multipart/alternative; boundary="dentro"', both)
    fine: list[tuple[str, bytes, Expected]] = [
        ("text-only", message("Hola, señora.\n", Content_Type="text/plain; charset=utf-8"), {"text": HOLA_TEXT}),
        (
            "page-only",
            message("<p>Hola, <b>señora</b>.</p>", Content_Type="text/html; charset=utf-8"),
            {"text": HOLA_TEXT, "html": "<p>Hola, <b>señora</b>.</p>"},
        ),
        ("empty-body", message(""), {"text": "", "html": "", "files": []}),
        ("only-blank-lines", message("\n\n  \n"), {"text": "", "files": []}),
        ("line-feeds", message("Hola\nAna\n", end=b"\n"), {"text": "Hola\nAna"}),
        ("line-feeds-in-the-header-only", message("Hola").replace(b"\r\n", b"\n", 3), {"text": "Hola"}),
        (
            "carriage-returns-only",
            message("Hola\nAna").replace(b"\r\n", b"\r"),
            {"text": "Hola\nAna", "subject": "Consulta"},
        ),
        ("no-mime", message("Hola", MIME_Version=None), {"text": "Hola"}),
        ("alternative", multipart("alternative", HOLA, PAGE), {"text": HOLA_TEXT, "html_has": ["<b>señora</b>"]}),
        (
            "alternative-page-first",
            multipart("alternative", PAGE, HOLA),
            {"text": HOLA_TEXT, "html_has": ["<b>señora</b>"]},
        ),
        (
            "alternative-empty-text",
            multipart("alternative", part("text/plain", "\n"), PAGE),
            {"text": HOLA_TEXT, "html_has": ["<b>"]},
        ),
        (
            "alternative-two-texts",
            multipart("alternative", part("text/plain", "Uno"), part("text/plain", "Dos")),
            {"text": "Uno\n\nDos"},
        ),
        (
            "related",
            multipart("related", part("text/html", '<p>Vea <img src="cid:foto@x"></p>'), PICTURE),
            {"text": "Vea", "files": [PICTURE_FILE], "inline": ["foto.png"]},
        ),
        (
            "mixed",
            multipart("mixed", inside, DOCUMENT),
            {"text": HOLA_TEXT, "html_has": ["señora"], "files": [DOCUMENT_FILE], "inline": []},
        ),
        (
            "text-after-picture",
            multipart("mixed", part("text/plain", "Antes"), PICTURE, part("text/plain", "Después".encode("latin-1"))),
            {"text": "Antes\n\nDespués", "files": [PICTURE_FILE]},
        ),
        (
            "page-after-document",
            multipart("mixed", part("text/html", "<p>Antes</p>"), DOCUMENT, part("text/html", "<p>Luego</p>")),
            {"text": "Antes\n\nLuego", "html_has": ["Antes", "Luego"]},
        ),
        (
            "footer-of-a-list",
            multipart("mixed", inside, part("text/plain", "--\nLista <vecinos>")),
            {"text": HOLA_TEXT + "\n\n--\nLista <vecinos>", "html_has": ["señora", "--<br>\nLista &lt;vecinos&gt;"]},
        ),
        (
            "text-as-attachment",
            multipart("mixed", HOLA, part("text/plain", "acta", Content_Disposition='attachment; filename="acta.txt"')),
            {"text": HOLA_TEXT, "files": [file("acta.txt", "text/plain", b"acta")]},
        ),
        (
            "text-named-inline",
            multipart("mixed", HOLA, part("text/plain; name=acta.txt", "acta", Content_Disposition="inline")),
            {"text": HOLA_TEXT, "files": [file("acta.txt", "text/plain", b"acta")]},
        ),
        (
            "only-a-document",
            message(coded(PDF), Content_Type="application/pdf; name=a.pdf", Content_Transfer_Encoding="base64"),
            {"text": "", "files": [file("a.pdf", "application/pdf", PDF)]},
        ),
        (
            "body-as-attachment",
            message("Hola, Ana", Content_Type="text/plain", Content_Disposition="attachment"),
            {"text": "Hola, Ana", "files": []},
        ),
        ("two-returns", message("Hola\r\nAna\r\n"), {"text": "Hola\nAna", "subject": "Consulta"}),
        (
            "enriched",
            message("<bold>Hola</bold>, <<Ana>", Content_Type="text/enriched"),
            {"text": "Hola, <Ana>"},
        ),
        ("html-as-plain", message("<html><body>Hola</body></html>", Content_Type="text/plain"), {"text": "Hola"}),
        (
            "digest",
            multipart("digest", b"\nSubject: Uno\n\nHola uno", b"\nSubject: Dos\n\nHola dos"),
            {
                "files": [
                    file("Uno.eml", "message/rfc822", b"Subject: Uno\r\n\r\nHola uno"),
                    file("Dos.eml", "message/rfc822", b"Subject: Dos\r\n\r\nHola dos"),
                ]
            },
        ),
        (
            "csv-without-name",
            multipart("mixed", HOLA, part("text/csv", "a;b")),
            {"files": [file("text-1.csv", "text/csv", b"a;b")]},
        ),
        (
            "nested-alternatives",
            multipart(
                "mixed", part('multipart/related; boundary="medio"', several("", inside, PICTURE, boundary="medio"))
            ),
            {"text": HOLA_TEXT, "files": [PICTURE_FILE]},
        ),
        (
            "apple-page-among-files",
            multipart(
                "alternative",
                HOLA,
                part(
                    'multipart/mixed; boundary="medio"',
                    several(
                        "", part("text/html", "<p>Uno</p>"), DOCUMENT, part("text/html", "<p>Dos</p>"), boundary="medio"
                    ),
                ),
            ),
            {"text": HOLA_TEXT, "html_has": ["Uno", "Dos"], "files": [DOCUMENT_FILE]},
        ),
    ]
    for name, raw, expected in fine:
        yield f"parts-{name}", raw, expected
    thousand = multipart("mixed", *(part("text/plain; charset=utf-8", f"Parte número {n}") for n in range(1000)))
    yield "parts-1000", thousand, {"text": "\n\n".join(f"Parte número {n}" for n in range(1000)), "defects": []}
    files = multipart("mixed", HOLA, *(part(f"text/csv; name={n}.csv", f"{n}") for n in range(300)))
    yield "parts-300-files", files, {"files": [file(f"{n}.csv", "text/csv", str(n).encode()) for n in range(300)]}
    deep = HOLA
    for n in range(40):
        deep = part(f'multipart/mixed; boundary="b{n}x"', several("", deep, boundary=f"b{n}x"))
    yield "parts-40-deep", b"Subject: Hondo\n" + deep, {"text": HOLA_TEXT, "subject": "Hondo"}


def broken_structures() -> Iterator[Case]:
    mixed = multipart("mixed", HOLA, DOCUMENT)
    said = b'; boundary="limite"'
    whole = {"text": HOLA_TEXT, "files": [DOCUMENT_FILE]}
    cut = mixed.replace(b"--limite--\r\n", b"")
    rows: list[tuple[str, bytes, Expected]] = [
        ("boundary-not-said", mixed.replace(said, b""), whole | {"defects": ["boundary-missing"]}),
        ("boundary-said-wrong", mixed.replace(said, b"; boundary=otro"), whole | {"defects": ["boundary-wrong"]}),
        ("boundary-not-closed", cut, whole | {"defects": ["boundary-not-closed"]}),
        (
            "boundary-never-there",
            message("Hola, Ana", Content_Type="multipart/mixed; boundary=limite"),
            {"text": "Hola, Ana", "defects": ["boundary-missing"]},
        ),
        ("boundary-with-spaces-behind", mixed.replace(b"--limite\r\n", b"--limite  \r\n"), whole | {"defects": []}),
        (
            "boundary-not-quoted-with-odd-letters",
            mixed.replace(b'"limite"', b"=_x?(1)").replace(b"--limite", b"--=_x?(1)"),
            whole,
        ),
        (
            "boundary-begins-like-another",
            multipart(
                "mixed",
                part("multipart/alternative; boundary=limite2", several("", HOLA, boundary="limite2")),
                DOCUMENT,
            ),
            whole,
        ),
        (
            "type-missing",
            mixed.replace(b"Content-Type: multipart/mixed" + said + b"\r\n", b""),
            whole | {"defects": ["boundary-missing"]},
        ),
        (
            "inner-not-closed",
            multipart(
                "mixed", part("multipart/alternative; boundary=x", b"--x\n" + HOLA + b"\n--x\n" + PAGE), DOCUMENT
            ),
            whole | {"html_has": ["<b>"], "defects": ["boundary-not-closed"]},
        ),
        (
            "words-before-the-first-part",
            multipart("mixed", HOLA).replace(b"\r\n\r\n--limite", b"\r\n\r\nUn aviso importante\r\n--limite", 1),
            {"text": "Un aviso importante\n\n" + HOLA_TEXT, "defects": ["text-outside-parts"]},
        ),
        (
            "usual-words-before-the-first-part",
            multipart("mixed", HOLA).replace(
                b"\r\n\r\n--limite", b"\r\n\r\nThis is a multi-part message in MIME format.\r\n--limite", 1
            ),
            {"text": HOLA_TEXT, "defects": []},
        ),
        (
            "words-behind-the-last-part",
            multipart("mixed", HOLA) + b"Pie de la lista\r\n",
            {"text": HOLA_TEXT + "\n\nPie de la lista", "defects": ["text-outside-parts"]},
        ),
        ("part-without-header", multipart("mixed", b"\nHola"), {"text": "Hola", "defects": []}),
        ("part-without-empty-line", multipart("mixed", b"Hola a todos"), {"text": "Hola a todos"}),
        (
            "part-that-begins-like-a-header",
            multipart("mixed", b"Nota: esto\nes texto\n\ny esto"),
            {"text": "Nota: esto\nes texto\n\ny esto"},
        ),
        (
            "whole-in-base64",
            message(
                coded(several("", HOLA, DOCUMENT).replace(b"\n", b"\r\n")),
                Content_Type='multipart/mixed; boundary="limite"',
                Content_Transfer_Encoding="base64",
            ),
            whole | {"defects": ["encoded-multipart"]},
        ),
        ("no-header-at-all", b"Hola, esto es solo texto.\n\nY otro.", {"text": "Hola, esto es solo texto.\n\nY otro."}),
        ("nothing-at-all", b"", {"text": "", "from": [], "files": []}),
        ("header-only", message("").rstrip(), {"text": "", "subject": "Consulta"}),
        (
            "header-without-end",
            message("").rstrip() + b"\r\nHola sin linea vacia\r\nAdios",
            {"text": "Hola sin linea vacia\nAdios"},
        ),
        (
            "mailbox-separator",
            b"From ana@x.example Tue Mar  3 10:15:00 2026\n" + message("Hola", end=b"\n"),
            {"text": "Hola", "subject": "Consulta"},
        ),
        ("empty-lines-first", b"\r\n\r\n" + message("Hola"), {"text": "Hola", "subject": "Consulta"}),
        ("byte-order-mark-first", b"\xef\xbb\xbf" + message("Hola"), {"text": "Hola", "from": [ANA]}),
        ("blank-inside-header-line", message("Hola").replace(b"To: ", b"To : "), {"to": [DESK], "text": "Hola"}),
        (
            "line-that-is-no-field",
            message("Hola").replace(b"Date: ", b"una linea suelta\r\nDate: "),
            {"text": "Hola", "date": "2026-03-03T10:15:00+01:00", "defects": ["header-broken"]},
        ),
        (
            "type-nonsense",
            message("Hola", Content_Type="esto no es un tipo"),
            {"text": "Hola", "defects": ["type-broken"]},
        ),
        ("type-empty", message("Hola", Content_Type=""), {"text": "Hola"}),
        ("type-text", message("Hola", Content_Type="text"), {"text": "Hola"}),
        (
            "type-twice",
            message("Hola", Content_Type="text/plain").replace(
                b"Content-Type", b"Content-Type: text/plain\r\nContent-Type", 1
            ),
            {"text": "Hola"},
        ),
        ("type-in-capitals", message("<p>Hola</p>", Content_Type="TEXT/HTML; CHARSET=UTF-8"), {"text": "Hola"}),
        ("type-comment", message("Hola", Content_Type="text/plain (texto); charset=utf-8 (si)"), {"text": "Hola"}),
        (
            "encoding-unknown",
            message("Hola", Content_Transfer_Encoding="x-nadie"),
            {"text": "Hola", "defects": ["encoding-unknown"]},
        ),
        ("nul-in-boundary", mixed.replace(b"--limite\r\n", b"--limite\0\r\n", 1), {"files": [DOCUMENT_FILE]}),
    ]
    for name, raw, expected in rows:
        yield f"broken-{name}", raw, expected


def transfer_encodings() -> Iterator[Case]:
    es = "Hola, señora Núñez, ¿qué tal está usted en esta mañana de marzo?"
    code = coded(es * 3)
    lines = code.splitlines()

    def base(body: bytes) -> bytes:
        return message(body, Content_Type="text/plain; charset=utf-8", Content_Transfer_Encoding="base64")

    def quoted(body: bytes, charset: str = "utf-8") -> bytes:
        kind = f"text/plain; charset={charset}"
        return message(body, Content_Type=kind, Content_Transfer_Encoding="quoted-printable")

    footer = b"Este mensaje fue enviado a la lista de vecinos"
    rows: list[tuple[str, bytes, Expected]] = [
        ("base64-one-line", base(b"".join(lines)), {"text": es * 3, "defects": []}),
        ("base64-without-padding", base(coded(es[:-1]).rstrip(b"=\n")), {"text": es[:-1], "defects": ["base64-bad"]}),
        ("base64-junk-inside", base(code[:70] + b"!*" + code[70:]), {"text": es * 3, "defects": ["base64-bad"]}),
        ("base64-spaces", base(b" " + b" \n ".join(lines)), {"text": es * 3, "defects": []}),
        ("base64-one-letter-too-many", base(coded("Hola").rstrip(b"\n=") + b"QUJDR"), {"text": "HolaAC", "skip": True}),
        (
            "base64-two-pieces",
            base(coded("Hola, señora.") + coded(" Adiós, señora.")),
            {"text": "Hola, señora. Adiós, señora."},
        ),
        (
            "base64-footer-behind",
            base(code + b"\n" + footer),
            {"text": es * 3 + "\n\n" + footer.decode(), "defects": ["base64-bad"]},
        ),
        (
            "base64-said-but-text",
            base("Hola, señora.\n¿Qué tal?".encode()),
            {"text": "Hola, señora.\n¿Qué tal?", "defects": ["base64-none"]},
        ),
        ("base64-empty", base(b""), {"text": "", "defects": []}),
        (
            "quoted-usual",
            quoted(b"se=C3=B1ora con un rengl=C3=B3n =\nlargo=3D"),
            {"text": "señora con un renglón largo=", "defects": []},
        ),
        ("quoted-lower-case", quoted(b"se=c3=b1ora"), {"text": "señora"}),
        ("quoted-bad-code", quoted(b"100=XX =ZZ se=C3=B1ora ="), {"text_has": ["100=XX", "=ZZ señora"]}),
        ("quoted-raw-letters", quoted("señora se=C3=B1ora".encode()), {"text": "señora señora"}),
        ("quoted-latin1", quoted(b"se=F1ora", "iso-8859-1"), {"text": "señora"}),
        ("quoted-address", quoted(b"https://x.example/?id=3D12&a=3Db"), {"text": "https://x.example/?id=12&a=b"}),
        ("quoted-lone-return", quoted(b"uno=\rdos\ntres"), {"text_has": ["uno", "dos", "tres"]}),
        ("quoted-blanks-behind", quoted(b"una pa=  \nlabra y o=\t\ntra"), {"text": "una palabra y otra"}),
        ("quoted-two-returns", quoted(b"una pa=\r\nlabra\r\notra"), {"text": "una palabra\notra"}),
        (
            "quoted-in-capitals",
            message(
                b"se=C3=B1ora", Content_Type="text/plain; charset=utf-8", Content_Transfer_Encoding="QUOTED-PRINTABLE "
            ),
            {"text": "señora"},
        ),
        (
            "coding-in-quotes",
            message(coded(es), Content_Type="text/plain; charset=utf-8", Content_Transfer_Encoding='"base64"'),
            {"text": es},
        ),
        (
            "coding-with-comment",
            message(coded(es), Content_Type="text/plain; charset=utf-8", Content_Transfer_Encoding="base64 (si)"),
            {"text": es},
        ),
    ]
    for name, raw, expected in rows:
        if not expected.pop("skip", False):
            yield f"code-{name}", raw, expected


def _uu(name: str, content: bytes) -> bytes:
    pieces = (content[at : at + 45] for at in range(0, len(content), 45))
    return b"begin 644 " + name.encode() + b"\n" + b"".join(map(binascii.b2a_uu, pieces)) + b"`\nend\n"


def _y(name: str, content: bytes) -> bytes:
    codes = [(byte + 42) % 256 for byte in content]
    data = b"".join(bytes((61, (code + 64) % 256)) if code in (0, 10, 13, 61) else bytes((code,)) for code in codes)
    return (
        f"=ybegin line=128 size={len(content)} name={name}\r\n".encode()
        + data
        + f"\r\n=yend size={len(content)}\r\n".encode()
    )


def files_inside() -> Iterator[Case]:
    data = _uu("plano final.png", PNG)
    yield (
        "inside-uuencode",
        message(b"Adjunto el plano.\n\n" + data + b"\nUn saludo"),
        {"text": "Adjunto el plano.\n\n\nUn saludo", "files": [file("plano final.png", "image/png", PNG)]},
    )
    yield (
        "inside-uuencode-two",
        message(_uu("a.png", PNG) + _uu("b.pdf", PDF)),
        {
            "text": "",
            "files": [file("a.png", "image/png", PNG), file("b.pdf", "application/pdf", PDF)],
        },
    )
    stripped = b"\n".join(line.rstrip() for line in data.splitlines()) + b"\n"
    yield "inside-uuencode-blanks-cut", message(stripped), {"files": [file("plano final.png", "image/png", PNG)]}
    yield (
        "inside-uuencode-damaged",
        message(data.replace(b"\nM", b"\n\x7fz", 1)),
        {"text_has": ["begin 644 plano final.png"], "files": []},
    )
    yield (
        "inside-uuencode-not-closed",
        message(b"Hola\nbegin 644 a.png\n" + data.split(b"\n")[1]),
        {"text_has": ["Hola", "begin 644"], "files": []},
    )
    yield (
        "inside-begin-as-a-word",
        message("Para empezar,\nbegin 100 cosas\nsin fin"),
        {"text": "Para empezar,\nbegin 100 cosas\nsin fin"},
    )
    yield (
        "inside-uuencode-as-coding",
        multipart("mixed", HOLA, part("image/png; name=p.png", data, Content_Transfer_Encoding="x-uuencode")),
        {"text": HOLA_TEXT, "files": [file("p.png", "image/png", PNG)]},
    )
    kind = {"Content-Type": "text/plain"}
    head = message("", Content_Type=kind["Content-Type"], Content_Transfer_Encoding="8bit")
    yield (
        "inside-yenc",
        head + b"El plano:\r\n" + _y("plano.pdf", PDF) + b"Fin",
        {
            "text": "El plano:\nFin",
            "files": [file("plano.pdf", "application/pdf", PDF)],
        },
    )


def names_of_files() -> Iterator[Case]:
    rows: list[tuple[str, str, str]] = [
        ("quoted", 'attachment; filename="mi informe.pdf"', "mi informe.pdf"),
        ("not-quoted-with-spaces", "attachment; filename=mi informe.pdf", "mi informe.pdf"),
        ("rfc2231", "attachment; filename*=utf-8''a%C3%B1o%202026.pdf", "año 2026.pdf"),
        ("rfc2231-latin1", "attachment; filename*=iso-8859-1'es'a%F1o.pdf", "año.pdf"),
        (
            "rfc2231-in-pieces",
            "attachment; filename*0*=utf-8''a%C3%B1o;\r\n filename*1*=%20mil;\r\n filename*2=.pdf",
            "año mil.pdf",
        ),
        ("rfc2231-pieces-out-of-order", "attachment; filename*1=dos.pdf; filename*0=uno", "unodos.pdf"),
        ("rfc2231-letter-split", "attachment; filename*0*=utf-8''a%C3; filename*1*=%B1o.pdf", "año.pdf"),
        ("rfc2231-and-plain", "attachment; filename=ano.pdf; filename*=utf-8''a%C3%B1o.pdf", "año.pdf"),
        ("encoded-word", f'attachment; filename="{word("año.pdf", "utf-8")}"', "año.pdf"),
        ("encoded-words-split", 'attachment; filename="=?utf-8?Q?a=C3?= =?utf-8?Q?=B1o.pdf?="', "año.pdf"),
        ("8-bit", 'attachment; filename="año.pdf"', "año.pdf"),
        ("path-windows", 'attachment; filename="C:\\Users\\Ana\\informe.pdf"', "informe.pdf"),
        ("path-up", 'attachment; filename="../../etc/passwd"', "passwd"),
        ("escaped", 'attachment; filename="el \\"bueno\\".pdf"', 'el "bueno".pdf'),
        ("turned", 'attachment; filename="informe\u202efdp.exe"', "informefdp.exe"),
        ("very-long", f"attachment; filename={'a' * 300}.pdf", "a" * 196 + ".pdf"),
        ("semicolon-inside", 'attachment; filename="a;b.pdf"', "a;b.pdf"),
        ("quote-not-closed", 'attachment; filename="informe.pdf', "informe.pdf"),
        ("none", "attachment", "application-1.pdf"),
        ("capitals", 'ATTACHMENT; FILENAME="A.PDF"', "A.PDF"),
    ]
    for name, disposition, expected in rows:
        raw = multipart(
            "mixed",
            HOLA,
            part("application/pdf", coded(PDF), Content_Transfer_Encoding="base64", Content_Disposition=disposition),
        )
        yield f"name-{name}", raw, {"files": [file(expected, "application/pdf", PDF)], "text": HOLA_TEXT}


INVITATION = "BEGIN:VCALENDAR\nMETHOD:REQUEST\nBEGIN:VEVENT\nSUMMARY:Cita en Tasas\nEND:VEVENT\nEND:VCALENDAR\n"


def enclosed() -> Iterator[Case]:
    crlf = INVITATION.replace("\n", "\r\n").encode()
    calendar = part('text/calendar; method=REQUEST; charset="utf-8"', INVITATION.rstrip("\n"))
    yield (
        "enclosed-invitation",
        multipart("alternative", HOLA, PAGE, calendar),
        {
            "text": HOLA_TEXT,
            "html_has": ["<b>"],
            "files": [file("invite.ics", "text/calendar", crlf.rstrip())],
            "parts": ["text/calendar"],
        },
    )
    yield (
        "enclosed-forwarded-without-a-word",
        multipart(
            "mixed", part("text/plain", "\n"), part("message/rfc822", "Subject: Uno\n\nLo que decía Eva".encode())
        ),
        {"text": "Lo que decía Eva", "html": "", "file_names": ["Uno.eml"]},
    )
    yield (
        "enclosed-invitation-alone",
        message(INVITATION, Content_Type="text/calendar; method=REQUEST"),
        {
            "text": "",
            "files": [file("invite.ics", "text/calendar", crlf)],
            "parts": ["text/calendar"],
        },
    )
    inner = message("Adiós", Subject=word("Reenvío", "utf-8"), Content_Type="text/plain; charset=utf-8")
    yield (
        "enclosed-message",
        multipart("mixed", HOLA, b"Content-Type: message/rfc822\n\n" + inner.replace(b"\r\n", b"\n")),
        {
            "text": HOLA_TEXT,
            "files": [file("Reenvío.eml", "message/rfc822", inner)],
            "parts": ["message/rfc822"],
        },
    )
    yield (
        "enclosed-message-in-base64",
        multipart("mixed", HOLA, part("message/rfc822", coded(inner), Content_Transfer_Encoding="base64")),
        {
            "files": [file("Reenvío.eml", "message/rfc822", inner)],
        },
    )
    outer = b"Subject: Capa\r\nContent-Type: message/rfc822\r\n\r\n"
    yield (
        "enclosed-message-thrice",
        outer * 2 + inner,
        {"subject": "Capa", "files": [file("Capa.eml", "message/rfc822", outer + inner)]},
    )
    status = "Reporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; x@y.example\nAction: failed\nStatus: 5.1.1"
    yield (
        "enclosed-delivery-status",
        multipart(
            'report; report-type="delivery-status"',
            HOLA,
            part("message/delivery-status", status),
            part("text/rfc822-headers", "Subject: Uno"),
        ),
        {"text": HOLA_TEXT, "parts": ["message/delivery-status", "text/rfc822-headers"]},
    )
    signature = b"0\x82firma"
    yield (
        "enclosed-signed-smime",
        multipart(
            'signed; protocol="application/pkcs7-signature"; micalg=sha-256',
            HOLA,
            part("application/pkcs7-signature; name=smime.p7s", coded(signature), Content_Transfer_Encoding="base64"),
        ),
        {
            "text": HOLA_TEXT,
            "protections": ["signed-smime"],
            "files": [file("smime.p7s", "application/pkcs7-signature", signature)],
        },
    )
    envelope = asn1_cms.ContentInfo(
        {
            "content_type": "signed_data",
            "content": asn1_cms.SignedData(
                {
                    "version": "v1",
                    "digest_algorithms": [],
                    "encap_content_info": {
                        "content_type": "data",
                        "content": HOLA.replace(b"\n", b"\r\n"),
                    },
                    "signer_infos": [],
                }
            ),
        }
    ).dump()
    kind = "application/pkcs7-mime; smime-type=signed-data; name=smime.p7m"
    yield (
        "enclosed-signed-opaque",
        message(coded(envelope), Content_Type=kind, Content_Transfer_Encoding="base64"),
        {
            "text": HOLA_TEXT,
            "protections": ["signed-smime"],
            "files": [file("smime.p7m", "application/pkcs7-mime", envelope)],
        },
    )
    secret = b"0\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03secreto"
    kind = "application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m"
    yield (
        "enclosed-encrypted-smime",
        message(coded(secret), Content_Type=kind, Content_Transfer_Encoding="base64"),
        {
            "text": "",
            "protections": ["encrypted-smime"],
            "files": [file("smime.p7m", "application/pkcs7-mime", secret)],
        },
    )
    pgp = "-----BEGIN PGP SIGNATURE-----\n\nabcd\n-----END PGP SIGNATURE-----"
    yield (
        "enclosed-signed-pgp",
        multipart('signed; protocol="application/pgp-signature"', HOLA, part("application/pgp-signature", pgp)),
        {
            "text": HOLA_TEXT,
            "protections": ["signed-pgp"],
        },
    )
    yield (
        "enclosed-encrypted-pgp",
        multipart(
            'encrypted; protocol="application/pgp-encrypted"',
            part("application/pgp-encrypted", "Version: 1"),
            part("application/octet-stream; name=encrypted.asc", "-----BEGIN PGP MESSAGE-----"),
        ),
        {"text": "", "protections": ["encrypted-pgp"]},
    )
    inline = "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nHola\n" + pgp
    yield "enclosed-signed-pgp-inline", message(inline), {"text": inline, "protections": ["signed-pgp"]}


def tnef() -> Iterator[Case]:
    def outlook(data: bytes, *before: bytes, kind: str = "application/ms-tnef; name=winmail.dat") -> bytes:
        return multipart("mixed", *before, part(kind, coded(data), Content_Transfer_Encoding="base64"))

    pair = [
        winmail.attachment("informe año.pdf", PDF, "application/pdf"),
        winmail.attachment("foto.png", PNG, "image/png"),
    ]
    both = [file("informe año.pdf", "application/pdf", PDF), file("foto.png", "image/png", PNG)]
    yield "tnef-files", outlook(winmail.stream(*pair), HOLA), {"text": HOLA_TEXT, "files": both, "defects": []}
    yield (
        "tnef-as-octet-stream",
        outlook(winmail.stream(*pair), HOLA, kind="application/octet-stream; name=Winmail.dat"),
        {"files": both},
    )
    yield (
        "tnef-page",
        outlook(winmail.stream(winmail.page("<p>Hola, señora.</p>"))),
        {"text": HOLA_TEXT, "html": "<p>Hola, señora.</p>", "files": []},
    )
    yield "tnef-text", outlook(winmail.stream(winmail.text("Hola, señora."))), {"text": HOLA_TEXT, "files": []}
    rtf = rb"{\rtf1\ansi\ansicpg1252\fromhtml1 {\*\htmltag64 <p>}Hola, se\'f1ora.\htmlrtf \par\htmlrtf0 "
    rtf += rb"{\*\htmltag72 </p>}}"
    yield (
        "tnef-page-in-rich-text",
        outlook(winmail.stream(winmail.rich_text(rtf))),
        {"text": HOLA_TEXT, "html": "<p>Hola, señora.</p>"},
    )
    rtf = rb"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}Hola, se\'f1ora.\par \u191?Qu\'e9?}"
    yield "tnef-rich-text", outlook(winmail.stream(winmail.rich_text(rtf))), {"text": "Hola, señora.\n¿Qué?"}
    inner = winmail.stream(winmail.text("Hola por dentro"), *pair[:1])
    yield (
        "tnef-enclosed-message",
        outlook(winmail.stream(winmail.attachment("Otro", inner, "application/ms-tnef")), HOLA),
        {"text": HOLA_TEXT, "file_names": ["informe año.pdf", "Otro.txt"], "defects": []},
    )
    whole = winmail.stream(*pair)
    cut = whole[:-130]
    yield (
        "tnef-cut",
        outlook(cut, HOLA),
        {
            "text": HOLA_TEXT,
            "file_names": ["informe año.pdf", "CORTO~1.DAT", "winmail.dat"],
            "defects": ["tnef-bad"],
        },
    )
    yield (
        "tnef-nonsense",
        outlook(b"esto no es un winmail.dat", HOLA),
        {
            "text": HOLA_TEXT,
            "files": [file("winmail.dat", "application/ms-tnef", b"esto no es un winmail.dat")],
            "defects": ["tnef-bad"],
        },
    )


def pages() -> Iterator[Case]:
    rows = {
        "paragraphs": ("<p>Uno</p><p>Dos</p>", "Uno\n\nDos"),
        "breaks": ("Uno<br>Dos<br/>Tres", "Uno\nDos\nTres"),
        "lists": ("<p>Falta:</p><ul><li>DNI<li>Tasa</ul>", "Falta:\n\n- DNI\n- Tasa"),
        "tables": ("<table><tr><td>Uno</td><td>Dos</td></tr><tr><td>Tres</td></tr></table>", "Uno Dos\n\nTres"),
        "quotations": ("<p>Sí</p><blockquote>Uno<br>Dos</blockquote>", "Sí\n\n> Uno\n> Dos"),
        "nested-quotations": ("A<blockquote>B<blockquote>C</blockquote></blockquote>", "A\n\n> B\n>\n>> C"),
        "links": ('<a href="https://x.example/a">aquí</a>', "aquí <https://x.example/a>"),
        "links-shown": ('<a href="https://x.example/">x.example</a>', "x.example"),
        "signs": ("Ruiz &amp; Hijos &lt;3 &euro; &#8364; &nbsp;ok", "Ruiz & Hijos <3 € € ok"),
        "silent": ("<style>p{}</style><script>var a;</script><title>T</title><p>Hola</p><!-- no -->", "Hola"),
        "not-closed": ("<p>Uno<p>Dos <b>tres", "Uno\n\nDos tres"),
        "outlook": ("<p class=MsoNormal>Hola<o:p></o:p></p><![if !x]><p>Ana</p><![endif]>", "Hola\n\nAna"),
        "picture": ('<p>Vea <img alt="Plano" src="cid:x"></p>', "Vea Plano"),
        "formatted": ("<pre>a  b<br>  c</pre>", "a b\nc"),
    }
    for name, (page, text) in rows.items():
        yield f"page-{name}", message(page, Content_Type="text/html; charset=utf-8"), {"text": text, "html": page}
    yield "page-5000-deep", message("<div>" * 5000 + "Hola", Content_Type="text/html"), {"text": "Hola"}


def identifiers() -> Iterator[Case]:
    raw = message("Hola", In_Reply_To="<a@x> (de Ana)", References="<1@x>\r\n <2@x> <a@x>")
    yield (
        "identifiers",
        raw,
        {"message_id": "<m1@correo.example>", "in_reply_to": ["<a@x>"], "references": ["<1@x>", "<2@x>", "<a@x>"]},
    )
    raw = message("Hola", Message_ID="m1@correo.example", References="<1@x><2@x>,<1@x>")
    yield "identifiers-odd", raw, {"message_id": "m1@correo.example", "references": ["<1@x>", "<2@x>"]}
    yield "identifiers-missing", message("Hola", Message_ID=None), {"message_id": "", "references": []}
    yield (
        "identifiers-folded",
        message("Hola", Message_ID="\r\n <largo@correo.example>"),
        {"message_id": "<largo@correo.example>"},
    )


LANGUAGES = {
    "es": "Buenos días, no puedo firmar la solicitud que quiero presentar en la sede. Gracias.",
    "ca": "Bon dia, no puc signar la sol·licitud que vull presentar a la seu amb el meu certificat. Gràcies.",
    "gl": "Bos días, non podo asinar a solicitude que quero presentar na sede co meu certificado. Grazas.",
    "eu": "Egun on, ezin dut sinatu egoitzan aurkeztu nahi dudan eskaera. Eskerrik asko.",
    "en": "Hello, I can not sign the application that I want to submit. Thank you for your help.",
    "pt": "Bom dia, não consigo assinar o pedido que quero apresentar com o meu certificado. Obrigado.",
    "fr": "Bonjour, je ne peux pas signer la demande que je veux déposer avec mon certificat. Merci.",
    "de": "Guten Tag, ich kann den Antrag nicht unterschreiben, den ich mit dem Zertifikat stellen möchte. Danke.",
    "it": "Buongiorno, non posso firmare la domanda che vorrei presentare con il mio certificato. Grazie.",
}


def languages() -> Iterator[Case]:
    for language, text in LANGUAGES.items():
        yield (
            f"language-{language}",
            message(text, Content_Type="text/plain; charset=utf-8"),
            {"text": text, "language": language},
        )
    yield "language-too-short", message("12345"), {"language": ""}


def cases() -> Iterator[Case]:
    """Return every message with what it says."""
    for kind in (
        *(charsets_as_declared, charsets_as_they_come, subjects, people, dates_written, structures, broken_structures),
        *(transfer_encodings, files_inside, names_of_files, enclosed, tnef, pages, identifiers, languages),
    ):
        yield from kind()


def main() -> None:
    """Write the corpus anew."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for old in FOLDER.glob("*.eml"):
        old.unlink()
    expected: dict[str, Expected] = {}
    for name, raw, says in cases():
        assert name not in expected, name
        (FOLDER / f"{name}.eml").write_bytes(raw)
        expected[name] = says
    EXPECTED.write_text(json.dumps(expected, ensure_ascii=False, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
