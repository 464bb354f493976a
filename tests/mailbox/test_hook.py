"""A provider posts what has come to it: signed by us, by Mailgun, or with a password as SendGrid does."""

import hmac
import os
import re
import subprocess
import time
from base64 import b64encode
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.core.handlers.wsgi import WSGIRequest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from mostrador.mailbox.choices import Via
from mostrador.mailbox.models import IncomingMail, Mailbox
from mostrador.mailbox.models.mailboxes import sealed
from mostrador.mailbox.rules.hooks import fields_of, is_signed, knows_password, signature
from mostrador.organisations.models import Organisation
from tests.journeys.product import running_product, wait_for
from tests.mailbox.doors import MESSAGE, mailbox

SECRET = "un secreto largo"
BOUNDARY = "xYzZY"
REPOSITORY = Path(__file__).resolve().parents[2]
MAKE_MAILBOX = """
from mostrador.mailbox.models.mailboxes import sealed
from mostrador.organisations.models import Organisation
from tests.mailbox.doors import mailbox
sample = Organisation.objects.get(parent__isnull=True)
print(mailbox(organisation=sample, hook_secret_sealed=sealed("{secret}")).pk)
"""


@pytest.fixture
def ours(organisation: Organisation, settings: Settings, tmp_path: Path) -> Mailbox:
    """A mailbox whose secret a provider knows."""
    settings.MEDIA_ROOT = tmp_path
    cache.clear()
    return mailbox(organisation=organisation, hook_secret_sealed=sealed(SECRET))


def address(key: int, end: str = "/") -> str:
    return f"/correo/entrada/{key}{end}"


def post(key: int, body: bytes, *, said: str | None = None, **headers: str) -> Any:
    """Post a message signed as our manual says."""
    said = signature(body, secret=SECRET, at=int(time.time())) if said is None else said
    client = Client(enforce_csrf_checks=True)
    signed = {"X-Mostrador-Signature": said} | {name.replace("_", "-"): value for name, value in headers.items()}
    return client.post(address(key), body, content_type="message/rfc822", headers=signed)


def form(**fields: bytes) -> bytes:
    parts = [
        b'--%s\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (BOUNDARY.encode(), name.encode(), value)
        for name, value in fields.items()
    ]
    return b"".join(parts) + b"--%s--\r\n" % BOUNDARY.encode()


def post_form(key: int, body: bytes, *, end: str = "/", **headers: str) -> Any:
    kind = f"multipart/form-data; boundary={BOUNDARY}"
    return Client(enforce_csrf_checks=True).generic("POST", address(key, end), body, content_type=kind, headers=headers)


def mailgun(
    message: bytes, *, token: str = "t" * 50, at: float | None = None, secret: str = SECRET
) -> dict[str, bytes]:
    moment = str(int(time.time() if at is None else at))
    signed = hmac.new(secret.encode(), (moment + token).encode(), "sha256").hexdigest()
    known = {"sender": b"ana@correo.example", "recipient": b"soporte@sede.example", "body-mime": message}
    return known | {"timestamp": moment.encode(), "token": token.encode(), "signature": signed.encode()}


def kept() -> list[bytes]:
    found = []
    for name in IncomingMail.objects.order_by("pk").values_list("file", flat=True):
        with default_storage.open(name) as file:
            found.append(file.read())
    return found


# --- Signed by us -----------------------------------------------------------------------------------------


def test_a_signed_message_is_kept_byte_for_byte(ours: Mailbox) -> None:
    answer = post(ours.pk, MESSAGE, x_envelope_from="ana@correo.example", x_envelope_to="soporte+1@sede.example")

    assert (answer.status_code, answer.content) == (200, b"It is safe.\n")
    [mail] = IncomingMail.objects.all()
    assert (mail.mailbox, mail.via) == (ours, Via.HOOK)
    assert (mail.envelope_from, mail.envelope_to) == ("ana@correo.example", ["soporte+1@sede.example"])
    assert kept() == [MESSAGE]


def test_a_message_that_comes_again_is_kept_once(ours: Mailbox) -> None:
    answers = [post(ours.pk, MESSAGE).status_code for _ in range(2)]

    assert answers == [200, 200]
    assert kept() == [MESSAGE]


@pytest.mark.parametrize(
    "said",
    [
        "",
        "t=,v1=",
        "v1=00",
        "t=99999999999999,v1=00",
        "t=1,v1=é",
        "nonsense",
        "t=²,v1=00",
        "t=NOW,v1=ñ",
    ],
)
def test_what_is_not_signed_is_refused(ours: Mailbox, said: str) -> None:
    said = said.replace("NOW", str(int(time.time())))

    answer = post(ours.pk, MESSAGE, said=said.encode().decode("latin-1"))

    assert answer.status_code == 401
    assert kept() == []


def test_a_signature_of_another_body_secret_or_time_is_refused(ours: Mailbox) -> None:
    now = int(time.time())
    others = [
        signature(MESSAGE + b".", secret=SECRET, at=now),
        signature(MESSAGE, secret="otro", at=now),
        signature(MESSAGE, secret=SECRET, at=now - 301),
        signature(MESSAGE, secret=SECRET, at=now + 400),
    ]

    assert [post(ours.pk, MESSAGE, said=said).status_code for said in others] == [401] * 4
    assert kept() == []


def test_a_message_above_the_limit_is_refused(ours: Mailbox, settings: Settings) -> None:
    settings.MAIL_MAX_BYTES = len(MESSAGE)

    assert post(ours.pk, MESSAGE + b".").status_code == 413
    assert post(ours.pk, MESSAGE).status_code == 200


def test_mailboxes_that_are_not_here_not_in_use_or_without_secret_are_not_found(ours: Mailbox) -> None:
    elsewhere = mailbox("otro@sede.example", hook_secret_sealed=sealed(SECRET))
    silent = mailbox("sin@sede.example", organisation=ours.organisation)
    closed = mailbox(
        "fin@sede.example", organisation=ours.organisation, hook_secret_sealed=sealed(SECRET), is_active=False
    )

    answers = [post(key, MESSAGE).status_code for key in (elsewhere.pk, silent.pk, closed.pk, 0, 10**12)]

    assert answers == [404] * 5


def test_nothing_but_a_post_is_answered(ours: Mailbox) -> None:
    assert Client().get(address(ours.pk)).status_code == 405


def test_no_message_in_it_is_told(ours: Mailbox) -> None:
    assert post(ours.pk, b"").status_code == 400


def test_a_storage_that_cannot_be_written_has_the_message_brought_again(ours: Mailbox, tmp_path: Path) -> None:
    (tmp_path / "mail").write_text("in the way")

    answer = post(ours.pk, MESSAGE)

    assert (answer.status_code, answer["Retry-After"]) == (503, "60")
    assert not IncomingMail.objects.exists()


def test_the_manual_s_words_bring_a_large_message_into_the_whole_product(tmp_path: Path) -> None:
    manual = (REPOSITORY / "docs/operating/mail.md").read_text(encoding="utf-8")
    [words] = re.findall(r"```sh\n(t=\$\(date.*?)```", manual, re.DOTALL)
    (tmp_path / "message.eml").write_bytes(MESSAGE + (b"x" * 76 + b"\r\n") * (50 * 1024**2 // 78))

    with running_product() as product:
        key = product.run("shell", "-c", MAKE_MAILBOX.format(secret=SECRET)).split()[-1]
        environment = {"SECRET": SECRET, "ADDRESS": product.address + address(int(key)), "PATH": os.environ["PATH"]}
        script = words.replace("ADDRESS", '"$ADDRESS"')
        done = subprocess.run(  # noqa: S603 - the manual's own words
            ["/bin/sh", "-c", script], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120
        )
        came = "FROM mailbox_incomingmail m LEFT JOIN tickets_ticket t ON t.id = m.ticket_id WHERE m.via = 'hook'"
        wait_for(lambda: product.rows(f"SELECT m.state {came}") == [("done",)], pause=0.5)
        said = product.rows(f"SELECT t.subject {came}")

    assert done.stdout == "It is safe.\n"
    assert said == [("No puedo firmar",)]


# --- By providers -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoded", [False, True], ids=["multipart", "urlencoded"])
def test_mailgun_brings_whole_messages(ours: Mailbox, encoded: bool) -> None:
    message = b"\x00\xff\r\n" + MESSAGE + b"--" + BOUNDARY.encode()[:2] + b"x" * 4_000_000
    fields = mailgun(message)
    if encoded:
        kind = "application/x-www-form-urlencoded"
        answer: Any = Client().generic("POST", address(ours.pk, "/mime"), urlencode(fields).encode(), content_type=kind)
    else:
        answer = post_form(ours.pk, form(**fields), end="/mime")

    assert answer.status_code == 200
    assert kept() == [message]
    [mail] = IncomingMail.objects.all()
    assert (mail.envelope_from, mail.envelope_to) == ("ana@correo.example", ["soporte@sede.example"])


def test_a_signature_of_mailgun_s_stands_for_one_message(ours: Mailbox) -> None:
    first = post_form(ours.pk, form(**mailgun(MESSAGE)))
    again = post_form(ours.pk, form(**mailgun(MESSAGE)))
    forged = post_form(ours.pk, form(**mailgun(b"Subject: otro\r\n\r\n")))

    assert [answer.status_code for answer in (first, again, forged)] == [200, 200, 401]
    assert kept() == [MESSAGE]


def test_a_false_or_old_signature_of_mailgun_s_is_refused(ours: Mailbox) -> None:
    false = post_form(ours.pk, form(**mailgun(MESSAGE, secret="otro")))
    old = post_form(ours.pk, form(**mailgun(MESSAGE, at=time.time() - 24 * 3600 - 10)))
    bare = post_form(ours.pk, form(**{"body-mime": MESSAGE}))

    assert [answer.status_code for answer in (false, old, bare)] == [401] * 3


def test_sendgrid_brings_whole_messages_with_a_password(ours: Mailbox) -> None:
    said = {"Authorization": "Basic " + b64encode(f"mostrador:{SECRET}".encode()).decode()}
    wrong = {"Authorization": "Basic " + b64encode(b"mostrador:otro").decode()}

    answers = [post_form(ours.pk, form(to=b"soporte@sede.example", email=MESSAGE), **each) for each in (wrong, said)]

    assert [answer.status_code for answer in answers] == [401, 200]
    assert kept() == [MESSAGE]


def test_each_provider_s_message_is_taken_only_from_its_own_field(ours: Mailbox) -> None:
    said = {"Authorization": "Basic " + b64encode(f"mostrador:{SECRET}".encode()).decode()}
    forged = b"Subject: otro\r\n\r\n"

    by_mailgun = post_form(ours.pk, form(email=forged, **mailgun(MESSAGE)))
    by_sendgrid = post_form(ours.pk, form(**{"body-mime": forged}), **said)

    assert [by_mailgun.status_code, by_sendgrid.status_code] == [200, 400]
    assert kept() == [MESSAGE]


def test_a_wrong_password_is_refused_before_anything_is_read(ours: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(WSGIRequest, "read", lambda *_: pytest.fail("read"))

    answer = post_form(ours.pk, form(email=MESSAGE), Authorization="Basic " + b64encode(b"mostrador:otro").decode())

    assert answer.status_code == 401


def test_no_more_is_read_than_is_taken_of_a_body_without_a_length(
    ours: Mailbox, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.MAIL_MAX_BYTES = 10
    asked: list[int] = []

    def endless(_: WSGIRequest, size: int = -1) -> bytes:
        asked.append(size)
        return b"x" * size

    monkeypatch.setattr(WSGIRequest, "read", endless)
    kind = f"multipart/form-data; boundary={BOUNDARY}"
    answers = [
        Client().generic("POST", address(ours.pk), b"", CONTENT_TYPE=each, CONTENT_LENGTH="")
        for each in ("message/rfc822", kind)
    ]

    assert [answer.status_code for answer in answers] == [413, 413]
    assert asked == [11, 10 * 3 + 256 * 1024 + 1]


def test_a_parsed_message_is_refused_with_a_sentence(ours: Mailbox) -> None:
    said = {"Authorization": "Basic " + b64encode(f"mostrador:{SECRET}".encode()).decode()}

    answer = post_form(ours.pk, form(subject=b"Hola", text=b"Hola"), **said)

    assert answer.status_code == 400
    assert b"whole message" in answer.content


# --- Reading ----------------------------------------------------------------------------------------------


@given(st.dictionaries(st.from_regex(r"[a-z-]{1,9}", fullmatch=True), st.binary()))
def test_a_form_s_fields_are_read_byte_for_byte(fields: dict[str, bytes]) -> None:
    assert fields_of(f'multipart/form-data; boundary="{BOUNDARY}"', form(**fields)) == fields
    assert fields_of("application/x-www-form-urlencoded", urlencode(fields).encode()) == fields


@given(st.binary(), st.text())
def test_rubbish_is_never_an_error(body: bytes, said: str) -> None:
    fields_of(f"multipart/form-data; boundary={BOUNDARY}", f"--{BOUNDARY}".encode() + body)
    fields_of("multipart/form-data", body)
    fields_of("application/x-www-form-urlencoded", body)

    assert not is_signed(said, body, secret=SECRET, now=0)
    assert not knows_password(said, secret=SECRET)
    assert not knows_password(f"Basic {said}", secret=SECRET)
