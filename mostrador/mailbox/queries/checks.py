"""How the check of a mailbox goes, in words."""

from dataclasses import dataclass

from mostrador.mailbox.choices import CheckProblem, CheckStep, FetchProblem, Way
from mostrador.mailbox.models import Mailbox, MailboxCheck
from mostrador.notifications.choices import Problem

SMTP = "smtp:"


@dataclass(frozen=True, slots=True)
class StepRow:
    """One step: "done", "now", "failed" or "later"."""

    label: str
    state: str


def steps_of(box: Mailbox) -> list[CheckStep]:
    """Return what is tried of a mailbox: to one that is delivered nobody signs in."""
    if box.way == Way.DELIVERED:
        return [CheckStep.SEND, CheckStep.ARRIVE, CheckStep.READ]
    steps = list(CheckStep)
    if box.way == Way.POP3:  # it knows no folders
        steps.remove(CheckStep.FOLDER)
    return steps


def step_rows(check: MailboxCheck) -> list[StepRow]:
    """Return the steps in their order."""
    steps = steps_of(check.mailbox)
    place = steps.index(CheckStep(check.step)) if check.step in steps else len(steps)
    here = "failed" if check.ended_at else "now"
    return [
        StepRow(str(step.label), "done" if number < place else here if number == place else "later")
        for number, step in enumerate(steps)
    ]


def problem_words(check: MailboxCheck) -> str:
    """Return why it failed and what to do."""
    problem = check.problem
    if problem.startswith(SMTP):
        return str(Problem(problem.removeprefix(SMTP)).label)
    known = CheckProblem if problem in CheckProblem.values else FetchProblem
    return str(known(problem).label) if problem else ""


def latest_check(box: Mailbox) -> MailboxCheck | None:
    """Return the last check of a mailbox. One query."""
    return box.checks.order_by("-pk").first()
