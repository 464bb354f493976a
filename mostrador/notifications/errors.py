"""What can go wrong when a message is handed over."""


class NotDelivered(Exception):  # noqa: N818 - read aloud: "raise NotDelivered"
    """The SMTP server did not take the message.

    Attributes:
        problem: What happened: a value of `choices.Problem`.
        answer: What the server (or the system) said.
        is_final: Trying again cannot help: the server refuses this very message.
        refused: What it said about each recipient, where it refused all of them one by one.
    """

    def __init__(
        self, problem: str, answer: str, *, is_final: bool = False, refused: "dict[str, NotDelivered] | None" = None
    ) -> None:
        super().__init__(f"{problem}: {answer}")
        self.problem = problem
        self.answer = answer
        self.is_final = is_final
        self.refused = refused or {}


class NobodyToSendFor(Exception):  # noqa: N818 - read aloud
    """There is no organisation in whose name the message could leave."""
