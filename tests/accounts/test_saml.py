"""Signing in with a SAML provider, as Cl@ve is one: its answers are made and signed here."""

import base64
import html
import re
import zlib
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from onelogin.saml2.utils import OneLogin_Saml2_Utils
from pytest_django import Settings

from mostrador.accounts.models import User
from mostrador.organisations.models import Organisation
from tests import make

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse

HOST = "sede.example"
SP = f"http://{HOST}/cuenta/saml/clave"
IDP = "https://pasarela.clave.example/idp"
PERSON = "http://es.minhafp.clave/PersonIdentifier"

ANSWER = """<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"
 xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="{response_id}" Version="2.0" IssueInstant="{now}"
 Destination="{acs}" InResponseTo="{request_id}"><saml:Issuer>{idp}</saml:Issuer>
<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>
{assertion}</samlp:Response>"""
ASSERTION = """<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="{assertion_id}" Version="2.0"
 IssueInstant="{now}"><saml:Issuer>{idp}</saml:Issuer><saml:Subject>
<saml:NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:transient">de-paso</saml:NameID>
<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">
<saml:SubjectConfirmationData NotOnOrAfter="{until}" Recipient="{acs}" InResponseTo="{request_id}"/>
</saml:SubjectConfirmation>
</saml:Subject><saml:Conditions NotBefore="{since}" NotOnOrAfter="{until}"><saml:AudienceRestriction>
<saml:Audience>{audience}</saml:Audience></saml:AudienceRestriction></saml:Conditions>
<saml:AuthnStatement AuthnInstant="{now}" SessionIndex="s1"><saml:AuthnContext><saml:AuthnContextClassRef>
urn:oasis:names:tc:SAML:2.0:ac:classes:X509</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>
<saml:AttributeStatement><saml:Attribute Name="{person}"><saml:AttributeValue>{identity}</saml:AttributeValue>
</saml:Attribute></saml:AttributeStatement></saml:Assertion>"""


class Idp:
    """A provider's key and certificate, and the answers that it signs."""

    def __init__(self) -> None:
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "idp")])
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(datetime(2026, 1, 1, tzinfo=UTC))
            .not_valid_after(datetime(2036, 1, 1, tzinfo=UTC))
            .sign(key, hashes.SHA256())
        )
        self.certificate = certificate.public_bytes(serialization.Encoding.PEM).decode()
        self.key = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ).decode()

    def answer(
        self, request_id: str, *, identity: str, signed: bool = True, age: timedelta = timedelta(0), **other: str
    ) -> str:
        now = timezone.now() - age
        values = {
            "assertion_id": "_afirmacion",
            "response_id": "_respuesta",
            "request_id": request_id,
            "identity": identity,
            "person": PERSON,
            "idp": IDP,
            "acs": f"{SP}/acs/",
            "audience": f"{SP}/metadatos/",
            "now": _instant(now),
            "since": _instant(now - timedelta(minutes=1)),
            "until": _instant(now + timedelta(minutes=5)),
        } | other
        assertion = ASSERTION.format(**values)
        if signed:
            assertion = OneLogin_Saml2_Utils.add_sign(assertion, self.key, self.certificate).decode()
        return ANSWER.format(assertion=assertion, **values)


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.fixture(scope="module")
def idp() -> Idp:
    return Idp()


@pytest.fixture
def office(db: None, settings: Settings, idp: Idp) -> Organisation:
    cache.clear()
    settings.SOCIALACCOUNT_PROVIDERS = {
        "saml": {
            "APPS": [
                {
                    "provider_id": "clave",
                    "name": "Cl@ve",
                    "client_id": "clave",
                    "settings": {
                        "attribute_mapping": {"uid": PERSON},
                        "idp": {"entity_id": IDP, "sso_url": f"{IDP}/sso", "x509cert": idp.certificate},
                        "advanced": {"want_assertion_signed": True},
                    },
                }
            ]
        }
    }
    return make.organisation(host=HOST)


@pytest.fixture
def browser() -> Client:
    return Client(headers={"Host": HOST})


def begin(browser: Client) -> str:
    """Press the button of the page for signing in; return the number of the request that goes to the provider."""
    page = browser.get("/cuenta/entrar/").content.decode()
    button = re.search(r'action="(/cuenta/saml/clave/entrar/[^"]*)"', page)
    assert button is not None
    leaving = browser.post(html.unescape(button[1])).content.decode()
    target = re.search(r'content="0; url=([^"]+)"', leaving)
    assert target is not None
    address = urlsplit(html.unescape(target[1]))
    assert f"{address.scheme}://{address.netloc}{address.path}" == f"{IDP}/sso"
    request = zlib.decompress(base64.b64decode(parse_qs(address.query)["SAMLRequest"][0]), -15).decode()
    found = re.search(r'ID="([^"]+)"', request)
    assert found is not None
    return found[1]


def come_back(browser: Client, answer: str) -> "_MonkeyPatchedWSGIResponse":
    """The provider's page posts the answer to us."""
    posted = browser.post("/cuenta/saml/clave/acs/", {"SAMLResponse": base64.b64encode(answer.encode()).decode()})
    assert posted["Location"] == "/cuenta/saml/clave/acs/fin/"
    return browser.get(posted["Location"])


def linked_user(office: Organisation, identity: str = "ES/ES/12345678Z") -> User:
    user = make.user(office)
    SocialAccount.objects.create(user=user, provider="clave", uid=identity)
    return user


def test_a_signed_answer_for_a_linked_identity_lets_in(browser: Client, office: Organisation, idp: Idp) -> None:
    user = linked_user(office)

    response = come_back(browser, idp.answer(begin(browser), identity="ES/ES/12345678Z"))

    assert response["Location"] == "/gestion/"
    assert browser.session["_auth_user_id"] == str(user.pk)


def test_an_identity_without_account_is_refused_calmly(browser: Client, office: Organisation, idp: Idp) -> None:
    response = come_back(browser, idp.answer(begin(browser), identity="ES/ES/00000000T"))

    assert response["Location"] == "/cuenta/identidad-desconocida/"
    assert "_auth_user_id" not in browser.session


def test_answers_that_are_not_the_providers_are_refused(browser: Client, office: Organisation, idp: Idp) -> None:
    linked_user(office)
    identity = "ES/ES/12345678Z"

    forged = {
        "signed by somebody else": Idp().answer(begin(browser), identity=identity),
        "not signed": idp.answer(begin(browser), identity=identity, signed=False),
        "changed after signing": idp.answer(begin(browser), identity="ES/ES/00000000T").replace(
            "00000000T", "12345678Z"
        ),
        "for another office": idp.answer(begin(browser), identity=identity, audience="https://otra.example/"),
        "too old": idp.answer(begin(browser), identity=identity, age=timedelta(hours=1)),
        "to a question we did not ask": idp.answer("_inventado", identity=identity),
        "from another provider": idp.answer(begin(browser), identity=identity, idp="https://otro.example/idp"),
    }

    for answer in forged.values():
        response = come_back(browser, answer)
        assert response.status_code in {401, 403}
        assert "_auth_user_id" not in browser.session


def test_an_answer_serves_once(browser: Client, office: Organisation, idp: Idp) -> None:
    linked_user(office)
    answer = idp.answer(begin(browser), identity="ES/ES/12345678Z")
    come_back(browser, answer)
    browser.post("/cuenta/salir/")

    response = come_back(browser, answer)

    assert response.status_code in {401, 403}
    assert "_auth_user_id" not in browser.session


def test_our_metadata_tells_the_provider_where_to_answer(browser: Client, office: Organisation) -> None:
    response = browser.get("/cuenta/saml/clave/metadatos/")

    assert response["Content-Type"] == "text/xml"
    assert f'entityID="{SP}/metadatos/"' in response.content.decode()
    assert f'Location="{SP}/acs/"' in response.content.decode()


def test_rubbish_is_refused(browser: Client, office: Organisation) -> None:
    for rubbish in ("", "no es base64", base64.b64encode(b"<no-xml").decode()):
        posted = browser.post("/cuenta/saml/clave/acs/", {"SAMLResponse": rubbish})

        assert browser.get(posted["Location"]).status_code == 401
