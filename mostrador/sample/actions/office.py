"""What has been made of the sample office so far."""

from dataclasses import dataclass, field

from mostrador.accounts.models import User
from mostrador.help_centre.models import Article
from mostrador.organisations.models import Organisation, Procedure, Team, Topic
from mostrador.tickets.models import TaskList, Ticket

DAYS = 90


@dataclass
class Office:
    """What has been made so far, by the keys of the sample's files."""

    organisations: dict[str, Organisation] = field(default_factory=dict)
    teams: dict[str, Team] = field(default_factory=dict)
    topics: dict[str, Topic] = field(default_factory=dict)
    procedures: dict[str, Procedure] = field(default_factory=dict)
    staff: dict[str, User] = field(default_factory=dict)
    hosts: dict[str, str] = field(default_factory=dict)
    articles: dict[str, Article] = field(default_factory=dict)
    tickets: dict[str, Ticket] = field(default_factory=dict)
    fields: dict[str, str] = field(default_factory=dict)
    task_lists: dict[str, TaskList] = field(default_factory=dict)
