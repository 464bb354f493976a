"""Everything that changes organisations, one module for each thing changed; views call `actions.add_day(…)`."""

from mostrador.organisations.actions.bodies import create_organisation, describe_organisation, move_organisation
from mostrador.organisations.actions.calendars import (
    Imported,
    add_day,
    compute_year,
    confirm_year,
    import_days,
    remove_day,
    restore_day,
    withdraw_confirmation,
)
from mostrador.organisations.actions.hosts import add_host, make_host_primary, remove_host
from mostrador.organisations.actions.hours import remove_timetable, restore_timetable, save_timetable
from mostrador.organisations.actions.legal_pages import write_legal_page
from mostrador.organisations.actions.procedures import (
    create_procedure,
    describe_procedure,
    restore_procedure,
    retire_procedure,
)
from mostrador.organisations.actions.teams import create_team, describe_team, restore_team, retire_team
from mostrador.organisations.actions.themes import change_logo, change_theme, remove_logo, restore_logo
from mostrador.organisations.actions.topics import create_topic, describe_topic, restore_topic, retire_topic

__all__ = [
    "Imported",
    "add_day",
    "add_host",
    "change_logo",
    "change_theme",
    "compute_year",
    "confirm_year",
    "create_organisation",
    "create_procedure",
    "create_team",
    "create_topic",
    "describe_organisation",
    "describe_procedure",
    "describe_team",
    "describe_topic",
    "import_days",
    "make_host_primary",
    "move_organisation",
    "remove_day",
    "remove_host",
    "remove_logo",
    "remove_timetable",
    "restore_day",
    "restore_logo",
    "restore_procedure",
    "restore_team",
    "restore_timetable",
    "restore_topic",
    "retire_procedure",
    "retire_team",
    "retire_topic",
    "save_timetable",
    "withdraw_confirmation",
    "write_legal_page",
]
