"""Whether a mail comes from where it says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mostrador.mailbox.choices import Authentication
from mostrador.mailbox.rules.authentication import MICROSOFT, OWN_CHECK, Authenticity, authenticity, needs_own_check
from mostrador.mailbox.rules.domains import domain_of, public_suffix, registered_domain
from mostrador.mailbox.rules.mail import Address, Mail

GOOGLE = "mx.google.com"
OURS = "mx.valdelmar.example"
BORDER = ("Received", "from mail.hogar.example (mail.hogar.example [192.0.2.1]) by mx.valdelmar.example (Postfix)")
INSIDE = ("Received", "from localhost by buzones.valdelmar.example with LMTP id x")
ELSEWHERE = ("Received", "from pc (unknown [198.51.100.7]) by mail.hogar.example with ESMTPSA")
SIGNED = ("DKIM-Signature", "v=1; d=hogar.example; s=x; b=y")


def result(value: str) -> tuple[str, str]:
    return "Authentication-Results", value


def mail(*headers: tuple[str, str], sender: str = "ana@hogar.example") -> Mail:
    return Mail(headers=(*headers, ("From", sender)), senders=(Address("", sender),))


ALL_PASS = result(
    f"{OURS}; spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=ana@hogar.example; dkim=pass header.d=hogar.example"
    " header.s=x; dmarc=pass (p=reject) header.from=hogar.example"
)


@pytest.mark.parametrize(
    "headers",
    [
        [INSIDE, ALL_PASS, BORDER, ELSEWHERE],
        [INSIDE, BORDER, ALL_PASS, ELSEWHERE],
        [BORDER, ALL_PASS],
        [
            BORDER,
            result(f"{OURS} 1; dmarc=pass header.from=hogar.example"),
            result(f"{OURS}; spf=pass smtp.mailfrom=hogar.example"),
            result(f"{OURS}; dkim=fail (body hash) header.d=lista.example; dkim=pass header.i=@correo.hogar.example"),
        ],
    ],
)
def test_what_our_server_found_is_believed(headers: list[tuple[str, str]]) -> None:
    found = authenticity(mail(*headers), [OURS])

    assert found == Authenticity("pass", "pass", "pass", by=OURS, aligned=True, domain="hogar.example")
    assert found.verdict == Authentication.PROVEN


def test_the_results_of_google() -> None:
    found = authenticity(
        mail(
            ("Delivered-To", "soporte@valdelmar.example"),
            ("Received", "by 2002:a05:6a10:f3c4:b0:4f2 with SMTP id a4csp123; Fri, 27 Nov 2026"),
            ("ARC-Authentication-Results", "i=1; mx.google.com; dkim=pass header.i=@otro.example"),
            ("Received", "from mail.hogar.example (mail.hogar.example. [192.0.2.1]) by mx.google.com with ESMTPS"),
            result(
                "mx.google.com; dkim=pass header.i=@hogar.example header.s=s1; spf=pass (google.com: domain of"
                " ana@hogar.example designates 192.0.2.1 as permitted sender) smtp.mailfrom=ana@hogar.example;"
                " dmarc=pass (p=NONE sp=NONE dis=NONE) header.from=hogar.example"
            ),
        ),
        [GOOGLE],
    )

    assert found == Authenticity("pass", "pass", "pass", by=GOOGLE, aligned=True, domain="hogar.example")


def test_the_results_of_microsoft_which_do_not_say_whose_they_are() -> None:
    headers = (
        ("Received", "from AM0PR01.eurprd01.prod.outlook.com (::1) by PA4PR01.eurprd01.prod.outlook.com with HTTPS"),
        (
            "Received",
            "from VI1EUR.eop-eur.prod.protection.outlook.com by AM0PR01.eurprd01.prod.outlook.com with Microsoft",
        ),
        result(
            "spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=hogar.example; dkim=none (message not signed)"
            " header.d=none;dmarc=bestguesspass action=none header.from=hogar.example;compauth=pass reason=109"
        ),
        ("Received", "from mail.hogar.example (192.0.2.1) by VI1EUR.mail.protection.outlook.com (10.0.0.1)"),
        result("spf=pass smtp.mailfrom=forged.example; dmarc=pass header.from=forged.example"),
    )

    assert authenticity(mail(*headers), [MICROSOFT]) == Authenticity(
        "pass", "none", "bestguesspass", by=MICROSOFT, aligned=True, domain="hogar.example"
    )
    assert authenticity(mail(*headers), [OURS]).by == ""


@pytest.mark.parametrize(
    "headers",
    [
        [BORDER, ELSEWHERE, ALL_PASS],  # it came with the mail
        [INSIDE, BORDER, ELSEWHERE, BORDER, ALL_PASS],  # with a forged entry of our server too
        [BORDER, result("mx.google.com; dmarc=pass header.from=hogar.example")],  # by somebody else
        [BORDER, result("dmarc=pass header.from=hogar.example")],  # by nobody
        [BORDER, result(f'otro.example; x="; {OURS}; dmarc=pass header.from=hogar.example')],
        [BORDER, result(f"{OURS}; none")],
        [BORDER, result(f"{OURS}; spf=pass (a comment; dmarc=pass header.from=hogar.example) smtp.mailfrom=x.example")],
        [BORDER, result(f'{OURS}; spf=pass smtp.mailfrom="; dmarc=pass header.from=hogar.example; x"@otro.example')],
        [
            BORDER,
            result(f'{OURS}; spf=pass (of "a)b; dmarc=pass header.from=hogar.example"@x.example) smtp.helo=x.example'),
        ],
        [BORDER, result(f"{OURS}; dkim=pass header.d=otro.example; spf=pass smtp.mailfrom=boletin.example")],
        [BORDER, result(f"{OURS}; dmarc=pass header.from=otro.example")],
        [BORDER, result(f"{OURS}; dkim=pass header.d=example")],
        [],
    ],
)
def test_what_proves_nothing(headers: list[tuple[str, str]]) -> None:
    found = authenticity(mail(*headers), [OURS])

    assert not found.aligned
    assert found.verdict == Authentication.UNPROVEN


def test_what_the_domain_disowns_is_called_forged_even_when_another_method_passes() -> None:
    value = f"{OURS}; dmarc=fail (p=none) header.from=hogar.example; spf=pass smtp.mailfrom=hogar.example"

    found = authenticity(mail(BORDER, result(value)), [OURS])

    assert (found.dmarc, found.aligned, found.verdict) == ("fail", False, Authentication.FORGED)


def test_the_real_result_stands_above_the_forged_one_and_they_contradict_each_other() -> None:
    forged = result(f"{OURS}; dmarc=pass header.from=hogar.example")

    found = authenticity(mail(BORDER, result(f"{OURS}; dmarc=fail header.from=hogar.example"), forged), [OURS])

    assert (found.dmarc, found.aligned) == ("", False)


def test_nothing_vouches_for_several_senders() -> None:
    several = Mail(
        headers=(BORDER, ALL_PASS), senders=(Address("", "ana@hogar.example"), Address("", "jefe@valdelmar.example"))
    )

    assert not authenticity(several, [OURS]).aligned


@pytest.mark.parametrize(
    ("signatures", "dkim", "is_aligned"),
    [
        ([("hogar.example", "pass", "")], "pass", True),
        ([("lista.example", "fail", ""), ("correo.hogar.example", "pass", "")], "pass", True),
        ([("lista.example", "pass", "")], "pass", False),
        ([("hogar.example", "fail", "")], "fail", False),
        ([("hogar.example", "temperror", "")], "temperror", False),
    ],
)
def test_our_own_look_at_the_signatures(signatures: list[tuple[str, str, str]], dkim: str, is_aligned: bool) -> None:
    found = authenticity(mail(BORDER, SIGNED), [OURS], signatures)

    assert found == Authenticity(dkim=dkim, by=OWN_CHECK, aligned=is_aligned, domain="hogar.example")


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ([BORDER, SIGNED], True),
        ([BORDER], False),
        ([BORDER, ALL_PASS, SIGNED], False),
        ([BORDER, result(f"{OURS}; spf=pass smtp.mailfrom=hogar.example"), SIGNED], True),
        ([BORDER, ELSEWHERE, ALL_PASS, SIGNED], True),
    ],
)
def test_signatures_are_looked_at_here_only_when_nobody_trusted_did(
    headers: list[tuple[str, str]], expected: bool
) -> None:
    assert needs_own_check(mail(*headers), [OURS]) is expected


@given(st.text(alphabet='abc;()"\\= .@/dmarcpsfkihe\n', max_size=200))
def test_anything_may_stand_in_the_header(value: str) -> None:
    assert authenticity(mail(BORDER, result(f"{OURS};{value}")), [OURS]).domain == "hogar.example"


@pytest.mark.parametrize(
    ("domain", "registered", "suffix"),
    [
        ("correo.valdelmar.es", "valdelmar.es", "es"),
        ("sede.administracion.gob.es", "administracion.gob.es", "gob.es"),
        ("gob.es", "gob.es", "gob.es"),
        ("Correo.PEÑALBA.es.", "xn--pealba-xwa.es", "es"),
        ("localhost", "localhost", "localhost"),
        ("", "", ""),
    ],
)
def test_what_somebody_registered(domain: str, registered: str, suffix: str) -> None:
    assert registered_domain(domain) == registered
    assert public_suffix(domain) == suffix
    assert domain_of("sin-arroba") == ""
