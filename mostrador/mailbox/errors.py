"""What can go wrong with e-mail that comes in, and with the servers it comes from."""


class ComesTooEarly(Exception):  # noqa: N818 - read aloud
    """A message answers another one that was received and has not been read yet."""


class NotReached(Exception):  # noqa: N818 - read aloud: "raise NotReached"
    """The server of a mailbox, or the one that gives its access tokens, did not do what was asked.

    Attributes:
        problem: What happened: a value of `choices.FetchProblem`.
        answer: What the server (or the system) said.
    """

    def __init__(self, problem: str, answer: str) -> None:
        super().__init__(f"{problem}: {answer}")
        self.problem = problem
        self.answer = answer


class NotGiven(Exception):  # noqa: N818 - read aloud
    """The server is there but will not hand over this one message; the others can still be fetched.

    Attributes:
        answer: What the server said.
    """

    def __init__(self, answer: str) -> None:
        super().__init__(answer)
        self.answer = answer
