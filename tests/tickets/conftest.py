"""Rows that most tests of the desk need."""

import pytest
import time_machine
from django.test import Client

from mostrador.accounts.models import User
from mostrador.organisations.models import Organisation
from mostrador.tickets.models import Ticket
from mostrador.tickets.queries.desk import forget_numbers
from tests import make
from tests.tickets.desk import MONDAY, agent_of


@pytest.fixture(autouse=True)
def _no_numbers_kept() -> None:
    """Tests change tickets behind the back of what counts them."""
    forget_numbers()


@pytest.fixture
def agent(organisation: Organisation) -> User:
    """Somebody of the team that takes new tickets."""
    return agent_of(organisation)


@pytest.fixture
def ticket(organisation: Organisation) -> Ticket:
    """Opened on Monday at nine, not answered."""
    with time_machine.travel(MONDAY, tick=False):
        return make.ticket(organisation)


@pytest.fixture
def desk(client: Client, agent: User) -> Client:
    """The browser of an agent."""
    client.force_login(agent)
    return client
