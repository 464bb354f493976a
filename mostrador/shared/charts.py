"""Charts as SVG made on the server: no script, no inline style, readable in print. The table behind is the page's."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count

from markupsafe import Markup

WIDTH, HEIGHT = 640, 220  # units of the drawing; it scales with the page
LEFT, RIGHT, TOP, BOTTOM = 72, 12, 14, 32
_number = count(1)


@dataclass(frozen=True)
class Point:
    """One place of the horizontal axis; no value leaves a gap."""

    label: str
    value: float | None


def line_chart(
    points: Sequence[Point], *, title: str, description: str, written: Callable[[float], str], top: float | None = None
) -> Markup:
    """Return a line over time.

    Args:
        points: From left to right.
        title: What is shown.
        description: What a person who does not see it should know.
        written: How a value of the vertical axis is written.
        top: Where the axis ends; by default a round number above the highest value.
    """
    highest = max((point.value for point in points if point.value is not None), default=0)
    ceiling = top or nice_ceiling(highest)
    places = [(_across(place, len(points)), _up(point.value, ceiling)) for place, point in enumerate(points)]
    key = f"chart-{next(_number)}"
    return Markup(
        '<svg class="chart" role="img" viewBox="0 0 {} {}" aria-labelledby="{}-title {}-text">'
        '<title id="{}-title">{}</title><desc id="{}-text">{}</desc>{}{}{}</svg>'
    ).format(
        *(WIDTH, HEIGHT, key, key, key, title, key, description),
        _grid(ceiling, written),
        _axis(points),
        _line(places),
    )


def nice_ceiling(value: float) -> float:
    """Return the round number at or above `value` where an axis ends: 1, 2, 4, 5 or 8 times a power of ten."""
    if value <= 0:
        return 1
    power: float = 10 ** math.floor(math.log10(value))
    return next(step * power for step in (1, 2, 4, 5, 8, 10) if step * power >= value * 0.999999)


def nice_minutes(value: float) -> float:
    """Return a round duration at or above `value`, in minutes, where an axis of time ends."""
    steps = (10, 20, 30, 60, 120, 240, 480, 720, 1440)
    return next((step for step in steps if step >= value), nice_ceiling(value / 1440) * 1440)


def _across(place: int, total: int) -> float:
    inside = WIDTH - LEFT - RIGHT
    return LEFT + (inside / 2 if total == 1 else inside * place / (total - 1))


def _up(value: float | None, ceiling: float) -> float | None:
    if value is None:
        return None
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / ceiling


def _grid(ceiling: float, written: Callable[[float], str]) -> Markup:
    lines = []
    for part in (0, 0.5, 1):
        y = HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * part
        lines.append(
            Markup(
                '<line class="chart-grid" x1="{}" x2="{}" y1="{:.1f}" y2="{:.1f}"/>'
                '<text class="chart-label" x="{}" y="{:.1f}" text-anchor="end">{}</text>'
            ).format(LEFT, WIDTH - RIGHT, y, y, LEFT - 8, y + 4, written(ceiling * part))
        )
    return Markup("").join(lines)


def _axis(points: Sequence[Point]) -> Markup:
    shown = sorted({0, len(points) // 2, len(points) - 1}) if len(points) > 2 else range(len(points))
    anchors = {0: "start", len(points) - 1: "end"}
    return Markup("").join(
        Markup('<text class="chart-label" x="{:.1f}" y="{}" text-anchor="{}">{}</text>').format(
            _across(place, len(points)), HEIGHT - 8, anchors.get(place, "middle"), points[place].label
        )
        for place in shown
    )


def _line(places: Sequence[tuple[float, float | None]]) -> Markup:
    parts: list[list[tuple[float, float]]] = [[]]
    for x, y in places:
        if y is None:
            parts.append([])
        else:
            parts[-1].append((x, y))
    drawn = [part for part in parts if part]
    lines = Markup("").join(
        Markup('<polyline class="chart-line" fill="none" points="{}"/>').format(
            " ".join(f"{x:.1f},{y:.1f}" for x, y in part)
        )
        for part in drawn
        if len(part) > 1
    )
    # A lone value has no line to be seen by; the last one is marked, because it is the one people look for.
    dots = [part[0] for part in drawn if len(part) == 1] + [part[-1] for part in drawn[-1:] if len(part) > 1]
    return lines + Markup("").join(
        Markup('<circle class="chart-dot" cx="{:.1f}" cy="{:.1f}" r="3.5"/>').format(x, y) for x, y in dots
    )
