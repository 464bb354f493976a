"""The outbox at /gestion/correo/."""

import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import DjangoAssertNumQueries, Settings

from mostrador.accounts.choices import Role
from mostrador.accounts.models import User
from mostrador.audit.models import Event
from mostrador.notifications.actions import erase_personal_data
from mostrador.notifications.choices import DeliveryState, Problem
from mostrador.notifications.models import AddressHealth, OutgoingMessage
from mostrador.notifications.queries import PAGE, personal_data_of
from mostrador.organisations.models import Organisation
from tests import make


@pytest.fixture
def administrator(organisation: Organisation, client: Client) -> User:
    """Signed in."""
    user = make.user(organisation, Role.ADMINISTRATOR)
    client.force_login(user)
    return user


def dead_letter(organisation: Organisation) -> OutgoingMessage:
    message = make.email(organisation)
    message.state, message.problem, message.last_error = DeliveryState.DEAD, Problem.REFUSED, "550 No such person"
    message.next_attempt_at = None
    message.save()
    return message


def test_without_a_mail_server_messages_are_listed_and_can_be_read(
    organisation: Organisation, client: Client, administrator: User
) -> None:
    message = make.email(organisation)

    page = client.get("/gestion/correo/").content.decode()

    assert "El correo no sale" in page
    assert f"/gestion/correo/{message.pk}/" in page
    assert "guardado aquí" in page


def test_an_empty_outbox_says_what_will_be_here(client: Client, administrator: User) -> None:
    assert "Todavía no hay mensajes" in client.get("/gestion/correo/").content.decode()


def test_a_message_shows_its_words_its_headers_and_what_went_wrong(
    organisation: Organisation, client: Client, administrator: User
) -> None:
    message = dead_letter(organisation)
    OutgoingMessage.objects.update(text="Abra https://sede.example/x?y=1.\n<script>alert(1)</script>\n\nGracias")

    page = client.get(f"/gestion/correo/{message.pk}/").content.decode()

    assert '<a href="https://sede.example/x?y=1" rel="noreferrer">https://sede.example/x?y=1</a>.' in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "rechazó el mensaje" in page
    assert "550 No such person" in page
    assert message.message_id.strip("<>") in page


def test_reading_a_message_is_recorded(organisation: Organisation, client: Client, administrator: User) -> None:
    message = make.email(organisation)

    client.get(f"/gestion/correo/{message.pk}/")

    event = Event.objects.get(verb="notifications.read")
    assert (event.actor_id, event.subject_id, event.subject_label) == (administrator.pk, message.pk, "")


def test_reading_it_with_its_format_is_recorded_too(
    organisation: Organisation, client: Client, administrator: User
) -> None:
    message = make.email(organisation)

    client.get(f"/gestion/correo/{message.pk}/formato/")

    assert Event.objects.get(verb="notifications.read").subject_id == message.pk


def test_the_way_into_an_account_is_read_by_its_owner_and_who_administers_wherever_they_work(
    organisation: Organisation, settings: Settings
) -> None:
    settings.EMAIL_BACKEND = "mostrador.notifications.adapters.OutboxBackend"
    child = make.organisation(host="hija.example", parent=organisation)
    above = make.user(organisation, Role.ADMINISTRATOR, with_descendants=True)
    below, colleague = make.user(child, Role.ADMINISTRATOR), make.user(child)
    at_the_child: dict[str, Any] = {"SERVER_NAME": "hija.example"}
    links = {}
    for person in (above, colleague):
        Client(**at_the_child).post("/cuenta/contrasena/olvidada/", {"email": person.email})
        links[person] = OutgoingMessage.objects.get(to=person.email)

    def reads(reader: User, owner: User) -> tuple[bool, int]:
        reading = Client(**at_the_child)
        reading.force_login(reader)
        page = reading.get(f"/gestion/correo/{links[owner].pk}/")
        return "/cuenta/contrasena/" in page.text, reading.get(
            f"/gestion/correo/{links[owner].pk}/formato/"
        ).status_code

    namesake = make.person(child, email=above.email)  # asking for a person's data is no way round it
    assert personal_data_of(namesake).records == []
    assert reads(below, above) == (False, 404)
    assert reads(below, colleague) == (True, 200)
    assert reads(above, above) == (True, 200)
    assert reads(above, colleague) == (True, 200)


def test_the_formatted_message_is_a_document_that_may_run_and_load_nothing(
    organisation: Organisation, client: Client, administrator: User
) -> None:
    message = make.email(organisation)

    response = client.get(f"/gestion/correo/{message.pk}/formato/")

    assert response.content.decode() == message.html
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert re.search(r"sandbox (?!.*allow-scripts)", policy)
    assert "script-src" not in policy


def test_the_list_is_read_page_by_page_in_both_directions(
    organisation: Organisation, client: Client, administrator: User
) -> None:
    keys = [make.email(organisation).pk for _ in range(PAGE + 2)][::-1]

    def listed(address: str) -> tuple[list[int], dict[str, str]]:
        page = client.get(address).content.decode()
        rows = [int(key) for key in re.findall(r'href="/gestion/correo/(\d+)/"', page)]
        return rows, dict(re.findall(r'rel="(prev|next)" href="([^"]+)"', page))

    first, links = listed("/gestion/correo/")
    second, back = listed(links["next"])
    again, _ = listed(back["prev"])

    assert (first, second, again) == (keys[:PAGE], keys[PAGE:], keys[:PAGE])
    assert set(links) == {"next"}
    assert set(back) == {"prev"}


def test_the_number_of_queries_does_not_grow_with_the_list(
    organisation: Organisation,
    client: Client,
    administrator: User,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    make.email(organisation)
    client.get("/gestion/correo/")
    with django_assert_num_queries(6):
        client.get("/gestion/correo/")
    make.email(organisation)
    make.email(organisation)

    with django_assert_num_queries(6):
        client.get("/gestion/correo/")


def test_a_tab_shows_only_what_could_not_be_sent(
    organisation: Organisation, client: Client, administrator: User
) -> None:
    dead, kept = dead_letter(organisation), make.email(organisation)

    page = client.get("/gestion/correo/?estado=sin-enviar").content.decode()

    assert f"/gestion/correo/{dead.pk}/" in page
    assert f"/gestion/correo/{kept.pk}/" not in page


@pytest.mark.parametrize("query", ["estado=otro", "antes=x", "despues=-1", "antes=99999999999999999999999", "antes=²"])
def test_an_address_typed_wrong_shows_the_list(client: Client, administrator: User, query: str) -> None:
    assert client.get(f"/gestion/correo/?{query}").status_code == 200


def test_a_dead_letter_can_be_sent_again(
    organisation: Organisation, client: Client, administrator: User, settings: Settings
) -> None:
    message = dead_letter(organisation)
    settings.SMTP_HOST = "correo.example"

    response = client.post(f"/gestion/correo/{message.pk}/reenviar/")

    message.refresh_from_db()
    assert response["Location"] == f"/gestion/correo/{message.pk}/"
    assert (message.state, message.attempts, message.problem) == (DeliveryState.QUEUED, 0, "")
    assert ProcrastinateJob.objects.filter(task_name="notifications.deliver", args={"message_id": message.pk}).exists()
    assert Event.objects.filter(verb="notifications.resent", actor_id=administrator.pk).exists()


def test_without_a_mail_server_nothing_is_sent_again(
    organisation: Organisation, client: Client, administrator: User
) -> None:
    message = make.email(organisation)

    page = client.post(f"/gestion/correo/{message.pk}/reenviar/", follow=True).content.decode()

    message.refresh_from_db()
    assert message.state == DeliveryState.KEPT
    assert "No hay servidor de correo configurado" in page


def test_a_dead_letter_can_be_discarded(organisation: Organisation, client: Client, administrator: User) -> None:
    message = dead_letter(organisation)

    client.post(f"/gestion/correo/{message.pk}/descartar/")

    message.refresh_from_db()
    assert message.state == DeliveryState.DISCARDED
    assert Event.objects.filter(verb="notifications.discarded").exists()


def test_a_test_message_goes_to_whoever_asks(
    organisation: Organisation, client: Client, administrator: User, settings: Settings
) -> None:
    settings.SMTP_HOST = "correo.example"

    client.post("/gestion/correo/prueba/")

    assert OutgoingMessage.objects.get().to == administrator.email


@pytest.mark.parametrize("address", ["", "{pk}/", "{pk}/formato/"])
def test_an_agent_may_not_read_the_outbox(organisation: Organisation, client: Client, address: str) -> None:
    message = make.email(organisation)
    client.force_login(make.user(organisation, Role.AGENT))

    assert client.get(f"/gestion/correo/{address.format(pk=message.pk)}").status_code == 403


@pytest.mark.parametrize("address", ["{pk}/", "{pk}/formato/", "{pk}/reenviar/", "{pk}/descartar/"])
def test_a_message_of_another_organisation_does_not_exist(client: Client, administrator: User, address: str) -> None:
    message = make.email(make.organisation())
    path = f"/gestion/correo/{address.format(pk=message.pk)}"

    response = client.post(path) if "ar/" in address else client.get(path)

    assert response.status_code == 404
    message.refresh_from_db()
    assert message.state == DeliveryState.KEPT


@pytest.mark.parametrize(
    ("folder", "state"),
    [
        ("sin-enviar", DeliveryState.DEAD),
        ("devueltos", DeliveryState.BOUNCED),
        ("devueltos", DeliveryState.BLOCKED),
        ("retenidos", DeliveryState.HELD),
    ],
)
def test_each_tab_shows_and_counts_what_waits_for_somebody(
    organisation: Organisation, client: Client, administrator: User, folder: str, state: DeliveryState
) -> None:
    kept, wanted = make.email(organisation), make.email(organisation)
    OutgoingMessage.objects.filter(pk=wanted.pk).update(
        state=state, next_attempt_at=None, bounce_severity="hard", bounce_reason="no_mailbox", bounced_to=[wanted.to]
    )

    page = client.get(f"/gestion/correo/?estado={folder}").text

    assert f'href="/gestion/correo/{wanted.pk}/"' in page
    assert f'href="/gestion/correo/{kept.pk}/"' not in page
    assert "La dirección no existe." in page
    assert re.search(rf'estado={folder}"[^>]*>\s*[^<]*<[^>]*>1<', page)


def test_a_message_that_came_back_says_for_whom_and_why(
    organisation: Organisation, client: Client, administrator: User
) -> None:
    message = make.email(organisation)
    OutgoingMessage.objects.update(
        state=DeliveryState.BOUNCED,
        next_attempt_at=None,
        cc=["luis@casa.example"],
        bounced_to=["luis@casa.example"],
        bounce_severity="hard",
        bounce_reason="full",
        bounce_said="552 5.2.2 <Full>",
    )

    page = client.get(f"/gestion/correo/{message.pk}/").text

    assert "No llegó a luis@casa.example. El buzón está lleno." in page
    assert "552 5.2.2 &lt;Full&gt;" in page


def troubled(organisation: Organisation, address: str, **fields: Any) -> AddressHealth:
    known = {"hard_bounces": 2, "reason": "no_mailbox", "said": "550 No", "blocked_at": timezone.now()}
    return AddressHealth.objects.create(organisation=organisation, address=address, **known | fields)


def test_addresses_with_problems_are_listed_and_allowed_again(
    organisation: Organisation, client: Client, administrator: User
) -> None:
    health = troubled(organisation, "ana@casa.example")
    troubled(organisation, "eva@casa.example", hard_bounces=0, blocked_at=None, complained_at=timezone.now())
    troubled(organisation, "bien@casa.example", hard_bounces=0, blocked_at=None)

    page = client.get("/gestion/correo/direcciones/").text
    client.post(f"/gestion/correo/direcciones/{health.pk}/permitir/")

    assert "No se le envía nada" in page
    assert "2 devoluciones definitivas" in page
    assert "Solo lo que escribe una persona" in page
    assert "bien@casa.example" not in page
    client.get("/gestion/correo/")  # says what was done
    assert "ana@casa.example" not in client.get("/gestion/correo/direcciones/").text


def test_without_problems_the_page_says_what_will_be_there(client: Client, administrator: User) -> None:
    assert "Ninguna dirección con problemas" in client.get("/gestion/correo/direcciones/").text


def test_the_list_of_addresses_asks_as_often_for_one_as_for_three(
    organisation: Organisation,
    client: Client,
    administrator: User,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for numbers in ((1,), (2, 3)):
        for number in numbers:
            troubled(organisation, f"a{number}@casa.example")
        client.get("/gestion/correo/direcciones/")
        with django_assert_num_queries(5):
            client.get("/gestion/correo/direcciones/")


def test_addresses_of_another_organisation_do_not_exist(client: Client, administrator: User) -> None:
    health = troubled(make.organisation(), "ana@casa.example")

    assert "ana@casa.example" not in client.get("/gestion/correo/direcciones/").text
    assert client.post(f"/gestion/correo/direcciones/{health.pk}/permitir/").status_code == 404


def test_who_is_erased_leaves_nothing_of_their_address(organisation: Organisation) -> None:
    person = make.person(organisation, email="Ana@casa.example")
    troubled(organisation, "ana@casa.example")

    erase_personal_data(person)

    assert not AddressHealth.objects.exists()
