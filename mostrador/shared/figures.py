"""What a share that was observed says of all."""

import math

_Z = 1.959963984540054  # two-sided 95 % of the normal distribution


def wilson_interval(hits: int, total: int) -> tuple[float, float] | None:
    """Return the 95 % Wilson score interval of a share, or None without observations.

    Source: E. B. Wilson (1927), Journal of the American Statistical Association 22, 209-212.
    """
    if total == 0:
        return None
    share, z2 = hits / total, _Z * _Z
    centre = (share + z2 / (2 * total)) / (1 + z2 / total)
    half = _Z / (1 + z2 / total) * math.sqrt(share * (1 - share) / total + z2 / (4 * total * total))
    # Rounding must not push an end beyond the share itself.
    return max(0.0, min(centre - half, share)), min(1.0, max(centre + half, share))
