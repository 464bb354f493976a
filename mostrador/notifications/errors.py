"""What can go wrong when a message is handed over."""

from mostrador.notifications.choices import Problem


class NotDelivered(Exception):  # noqa: N818 - read aloud: "raise NotDelivered"
    """The SMTP server did not take the message.

    Attributes:
        problem: What happened, in words for people.
        answer: What the server (or the system) said.
        is_final: Trying again cannot help: the server refuses this very message.
    """

    def __init__(self, problem: Problem, answer: str) -> None:
        super().__init__(f"{problem}: {answer}")
        self.problem = problem
        self.answer = answer
        self.is_final = problem == Problem.REFUSED


class NobodyToSendFor(Exception):  # noqa: N818 - read aloud
    """There is no organisation in whose name the message could leave."""
