"""Who may publish what, and what becomes out of date by it."""


def needs_another_person(*, publisher: int | None, writers: set[int | None], other_editors: int) -> bool:
    """Tell whether somebody else must look at a text before it is published.

    Args:
        publisher: Key of whoever publishes; None is the product itself (the sample, an import, a moment reached).
        writers: Keys of whoever wrote the draft last and whoever asked for its review.
        other_editors: How many other people of the organisation could review it; a town hall with one editor publishes
            without review.
    """
    return publisher is not None and publisher in writers and other_editors > 0
