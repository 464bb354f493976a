"""The work of the desk in the sample office: an incident, fields, rules, views, checklists, a review begun."""

import random
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from mostrador.accounts.queries import access_of
from mostrador.organisations.models import Organisation
from mostrador.people.actions.merging import find_duplicates
from mostrador.sample.actions.office import DAYS, Office
from mostrador.sample.rules import read_desk
from mostrador.tickets.actions import incidents, kinds, quality, routing, rules, tasks
from mostrador.tickets.actions.fields import create_field, save_answers
from mostrador.tickets.actions.merging import merge
from mostrador.tickets.actions.saved_views import Described, create_view
from mostrador.tickets.actions.tickets import write_note
from mostrador.tickets.actions.watching import follow
from mostrador.tickets.choices import Criterion, Happening, TicketKind
from mostrador.tickets.choices import Deed as DeedName
from mostrador.tickets.models import CustomField, Ticket
from mostrador.tickets.rules.automation import Deed
from mostrador.tickets.rules.conditions import Condition, Filter


def make_desk(office: Office) -> None:
    """Leave the desk as its people have it on a working day; the tickets look as old as they were told."""
    words, root = read_desk(), next(iter(office.organisations.values()))
    as_told = {ticket.pk: ticket.last_activity_at for ticket in office.tickets.values()}
    _make_fields(words, root, office)
    _make_task_lists(words, root, office)
    _make_sharing_out(words, root, office)
    _make_views(words, root, office)
    _work_on_tickets(words, office)
    _join_and_divide(words, office)
    _review(words["quality"], root, office)
    find_duplicates()
    for key, moment in as_told.items():
        Ticket.objects.filter(pk=key).update(last_activity_at=moment)


def _make_fields(words: dict[str, Any], root: Organisation, office: Office) -> None:
    made: dict[str, CustomField] = {}
    for each in words["fields"]:
        values = {name: each[name] for name in ("names", "kind", "is_asked", "position")}
        values |= {"topic": office.topics[each["topic"]], "options": each.get("options", [])}
        if "depends_on" in each:
            values |= {"depends_on": made[each["depends_on"]], "depends_value": each["depends_value"]}
        made[each["key"]] = create_field(root, values, actor=office.staff[each["by"]])
    office.fields = {name: field.key for name, field in made.items()}
    for each in words["answers"]:
        answers = {office.fields[name]: value for name, value in each["values"].items()}
        save_answers(office.tickets[each["ticket"]], author=office.staff[each["by"]], answers=answers)


def _make_task_lists(words: dict[str, Any], root: Organisation, office: Office) -> None:
    for each in words["task_lists"]:
        values = {"name": each["name"], "texts": each["texts"], "team": office.teams.get(each["team"])}
        values["topic"] = office.topics[each["topic"]]
        made = tasks.save_task_list(root, values, actor=office.staff[each["by"]])
        office.task_lists[made.name] = made
        if "ticket" in each:
            ticket, author = office.tickets[each["ticket"]], office.staff[each["put_by"]]
            tasks.put_task_list(ticket, made, author=author)
            for task in ticket.tasks.order_by("pk")[: each["done"]]:
                tasks.set_task_done(ticket, task.pk, author=author, is_done=True)


def _make_sharing_out(words: dict[str, Any], root: Organisation, office: Office) -> None:
    for each in words["routing"]:
        settled = {name: each[name] for name in ("mode", "load_limit", "keep_days")}
        routing.set_team_rules(office.teams[each["team"]], **settled, actor=None)
    for each in words["agents"]:
        user = office.staff[each["who"]]
        settled = {"languages": each["languages"], "load_limit": each["load_limit"]}
        routing.set_agent_rules(user, root, **settled, topics=None, actor=office.staff[each["by"]])
    for each in words["rules"]:
        author, task_list = office.staff[each["by"]], office.task_lists[each["tasks"]]
        rule = rules.save_rule(
            root,
            name=each["name"],
            happening=Happening.OPENED,
            conditions=[Condition("topic", "is", str(office.topics[each["topic"]].pk))],
            deeds=[Deed(DeedName.ADD_TAG, each["tag"]), Deed(DeedName.PUT_TASKS, task_list.pk, task_list.name)],
            author=author,
            purpose=each["purpose"],
            responsible=author,
        )
        rules.start_rule(rule, author=author)


def _make_views(words: dict[str, Any], root: Organisation, office: Office) -> None:
    for each in words["views"]:
        conditions = tuple(
            Condition(_field(name, office), operator, value) for name, operator, value in each["conditions"]
        )
        described = Described(
            each["name"],
            Filter(conditions),
            columns=each["columns"],
            is_shared=True,
            team=office.teams.get(each["team"]),
        )
        create_view(root, described, access=access_of(office.staff[each["by"]], root))


def _field(name: str, office: Office) -> str:
    """Return a field of conditions; one's own are named by their key in the file."""
    own = name.removeprefix("custom.")
    return name if own == name else f"custom.{office.fields[own]}"


def _work_on_tickets(words: dict[str, Any], office: Office) -> None:
    staff, tickets = office.staff, office.tickets
    for each in words["deadlines"]:
        ticket = tickets[each["ticket"]]
        today = timezone.localdate(timezone=ZoneInfo(ticket.organisation.time_zone))
        kinds.set_deadline(ticket, author=staff[each["by"]], on=today + timedelta(days=each["in_days"]))
    for each in words["kinds"]:
        kind = TicketKind(each["kind"])
        kinds.change_kind(tickets[each["ticket"]], author=staff[each["by"]], kind=kind, reason=each["reason"])
    for each in words["watchers"]:
        for who in each["who"]:
            follow(tickets[each["ticket"]], user=staff[who])
    for each in words["notes"]:
        write_note(tickets[each["ticket"]], author=staff[each["by"]], text=each["text"])
    for each in words["tasks"]:
        due_on = timezone.localdate() + timedelta(days=each["in_days"]) if "in_days" in each else None
        ticket, author = tickets[each["ticket"]], staff[each["by"]]
        who = staff.get(each.get("who", ""))
        tasks.add_task(ticket, author=author, text=each["text"], assigned_to=who, due_on=due_on)
    for each in words["time"]:
        noted = {"minutes": each["minutes"], "note": each["note"]}
        tasks.add_time(tickets[each["ticket"]], author=staff[each["by"]], **noted)


def _join_and_divide(words: dict[str, Any], office: Office) -> None:
    for each in words["incidents"]:
        first, *others = (office.tickets[key] for key in each["tickets"])
        author = office.staff[each["by"]]
        told = {"title": each["title"], "description": each["description"]}
        incident = incidents.open_incident_from(first, author=author, **told)
        for other in others:
            incidents.attach(other, incident, author=author)
    for each in words["merges"]:
        merge(office.tickets[each["from"]], office.tickets[each["into"]], author=office.staff[each["by"]])


def _review(how: dict[str, Any], root: Organisation, office: Office) -> None:
    """Draw a sample of what was resolved, the same every time it is loaded, and review the first ones."""
    reviewer, today = office.staff[how["by"]], timezone.localdate()
    lot = random.Random(951_2005)  # noqa: S311 - the same on every machine
    since = today - timedelta(days=DAYS)
    sample = quality.draw_sample(root, since=since, until=today, size=how["size"], author=reviewer, lot=lot)
    scores = {Criterion(name): score for name, score in how["scores"].items()}
    for review in sample.reviews.order_by("pk")[: how["reviewed"]]:
        quality.write_review(review, reviewer=reviewer, scores=scores, comment=how["comment"])
