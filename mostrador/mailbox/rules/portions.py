"""How much is read at once."""

from collections.abc import Iterable, Iterator


def in_groups(sizes: Iterable[tuple[int, int]], most_bytes: int) -> Iterator[list[int]]:
    """Return keys in their order, in groups that are not larger together; what is larger alone is a group.

    Args:
        sizes: Keys with their sizes in bytes.
        most_bytes: Of a group.
    """
    group: list[int] = []
    together = 0
    for key, size in sizes:
        if group and together + size > most_bytes:
            yield group
            group, together = [], 0
        group.append(key)
        together += size
    if group:
        yield group
