"""Background work of tickets."""

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from mostrador.accounts.models import User
from mostrador.tickets.actions import (
    bulk,
    by_mail,
    contacts,
    desk_replies,
    drafts,
    emails,
    escalation,
    follow_up,
    incidents,
    mentions,
    opinions,
    presence,
    retention,
    routing,
    rule_runs,
    searching,
    watching,
)
from mostrador.tickets.models import Ticket

# A person waits for these: whatever went wrong is tried again after 4 s, 16 s, 1, 4, 17 minutes, 1 and 5 hours.
UNTIL_IT_IS_WRITTEN = RetryStrategy(max_attempts=8, exponential_wait=4)


@app.task(name="tickets.tell_person", retry=UNTIL_IT_IS_WRITTEN)
def tell_person(message_id: int) -> None:
    """Write the e-mail about one message. Run twice, the second finds it written."""
    emails.tell_person(message_id)


@app.periodic(cron="7 * * * *")
@app.task(name="tickets.close_resolved", queueing_lock="tickets.close_resolved")
def close_resolved(timestamp: int) -> None:
    """Close what has been resolved for long. Hourly; safe to run any number of times."""
    retention.close_resolved()


@app.periodic(cron="23 * * * *")
@app.task(name="tickets.forget_what_expired", queueing_lock="tickets.forget_what_expired")
def forget_what_expired(timestamp: int) -> None:
    """Delete expired links, drafts with their files, old acts on many. Hourly; safe to run any number of times."""
    retention.forget_expired_links()
    drafts.delete_expired_drafts()
    bulk.forget_old_acts()
    desk_replies.forget_empty_drafts()
    presence.forget_old_presence()


@app.periodic(cron="43 2 * * *")
@app.task(name="tickets.erase_old_tickets", queueing_lock="tickets.erase_old_tickets")
def erase_old_tickets(timestamp: int) -> None:
    """Erase words and files whose time is over, by the rule of each kind. Nightly; safe to run any number of times."""
    retention.erase_old_tickets()


@app.periodic(cron="17 3 * * *")
@app.task(name="tickets.keep_search_fresh", queueing_lock="tickets.keep_search_fresh")
def keep_search_fresh(timestamp: int) -> None:
    """Index what an interrupted import left out, and learn the words of late. Nightly; safe to run any time."""
    searching.index_what_is_missing()
    searching.learn_lexemes()


@app.task(name="tickets.send_private_link", retry=UNTIL_IT_IS_WRITTEN)
def send_private_link(ticket_id: int) -> None:
    """Write the e-mail with a fresh private link. Run twice, the person gets two that both work."""
    follow_up.send_private_link(Ticket.objects.select_related("organisation", "person").get(pk=ticket_id))


@app.task(name="tickets.apply_rules", retry=UNTIL_IT_IS_WRITTEN)
def apply_rules(ticket_id: int, what: str, chain: str = "", actor: int = 0) -> None:
    """Apply the rules of automation that wait for what happened."""
    rule_runs.apply_rules(ticket_id, what, chain=[int(key) for key in chain.split(",") if key], actor_id=actor or None)


@app.periodic(cron="*/10 * * * *")
@app.task(name="tickets.apply_rules_of_time", queueing_lock="tickets.apply_rules_of_time")
def apply_rules_of_time(timestamp: int) -> None:
    """Apply the rules that wait for time to pass. Safe to run any number of times."""
    rule_runs.apply_rules_of_time()


@app.periodic(cron="* * * * *")
@app.task(name="tickets.watch_clocks", queueing_lock="tickets.watch_clocks")
def watch_clocks(timestamp: int) -> None:
    """Warn and escalate, count again, raise what comes near its end. Every minute; safe to run any number of times."""
    escalation.recount_clocks()
    escalation.resume_terms()
    escalation.watch_clocks()
    escalation.raise_urgent()


@app.periodic(cron="*/2 * * * *")
@app.task(name="tickets.route_waiting", queueing_lock="tickets.route_waiting")
def route_waiting(timestamp: int) -> None:
    """Share out what waits without anybody in teams that are at work. Every two minutes; safe to run any time."""
    routing.route_waiting()


@app.task(name="tickets.route_waiting_now")
def route_waiting_now() -> None:
    """Do the same because the rules of a team have changed. Safe to run any number of times."""
    routing.route_waiting()


@app.task(name="tickets.give_back")
def give_back(routing_id: int) -> None:
    """Share out what waits with somebody who has gone away. Run twice, the second finds nothing."""
    routing.give_back(routing_id)


@app.task(name="tickets.run_bulk")
def run_bulk(act_id: int) -> None:
    """Do an act on many tickets. Run twice, the second does what the first left."""
    bulk.run(act_id)


@app.task(name="tickets.undo_bulk")
def undo_bulk(act_id: int, user_id: int) -> None:
    """Undo it. Run twice, the second undoes what the first left."""
    bulk.undo(act_id, by=User.objects.get(pk=user_id))


@app.task(name="tickets.send_reply", retry=UNTIL_IT_IS_WRITTEN)
def send_reply(reply_id: int) -> None:
    """Send an answer of the desk whose moment to take it back is over. Run twice, the second finds it sent."""
    desk_replies.send_if_due(reply_id)


@app.periodic(cron="* * * * *")
@app.task(name="tickets.send_due_replies", queueing_lock="tickets.send_due_replies")
def send_due_replies(timestamp: int) -> None:
    """Send what is due and was not sent by its own job. Every minute; safe to run any number of times."""
    desk_replies.send_all_due()


@app.task(name="tickets.tell_not_sent", retry=UNTIL_IT_IS_WRITTEN)
def tell_not_sent(reply_id: int) -> None:
    """Write about an answer that was not sent. Run twice, the second finds it written."""
    desk_replies.tell_not_sent(reply_id)


@app.task(name="tickets.mail_not_delivered", retry=UNTIL_IT_IS_WRITTEN)
def mail_not_delivered(message_id: int, at: str, is_blocked: int) -> None:
    """Tell the desk in the ticket that an e-mail was refused or given up on. Run twice, the second finds it told."""
    by_mail.note_not_delivered(message_id, at=at, is_blocked=bool(is_blocked))


@app.task(name="tickets.tell_mentioned", retry=UNTIL_IT_IS_WRITTEN)
def tell_mentioned(mention_id: int) -> None:
    """Write to somebody whom a note names. Run twice, the second finds it written."""
    mentions.tell_mentioned(mention_id)


@app.task(name="tickets.tell_watchers", retry=UNTIL_IT_IS_WRITTEN)
def tell_watchers(message_id: int) -> None:
    """Write to those who follow a ticket. Run twice, the second finds it written."""
    watching.tell_watchers(message_id)


@app.task(name="tickets.tell_of_opinion", retry=UNTIL_IT_IS_WRITTEN)
def tell_of_opinion(opinion_id: int) -> None:
    """Write about a second opinion to those asked, or about its answer. Run twice, the second finds it written."""
    opinions.tell_of_opinion(opinion_id)


@app.task(name="tickets.answer_incident", retry=UNTIL_IT_IS_WRITTEN)
def answer_incident(reply_id: int) -> None:
    """Answer everybody whose ticket an incident caused. Run twice or stopped halfway, each ticket is answered once."""
    incidents.answer_incident(reply_id)


@app.periodic(cron="*/5 * * * *")
@app.task(name="tickets.resume_replies", queueing_lock="tickets.resume_replies")
def resume_replies(timestamp: int) -> None:
    """Go on with answers to everybody that a worker left half done. Safe to run any number of times."""
    incidents.resume_replies()


@app.periodic(cron="*/10 * * * *")
@app.task(name="tickets.drop_ended_representatives", queueing_lock="tickets.drop_ended_representatives")
def drop_ended_representatives(timestamp: int) -> None:
    """Stop answering to whoever no longer represents the person. Every ten minutes; safe to run any number of times."""
    contacts.drop_ended_representatives()
