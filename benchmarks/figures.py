"""Tables in Markdown and plots in SVG, from reports."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from nlu.evaluate import VARIETIES, Report

_SIDE, _EDGE = 260, 36


def percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.1f}"


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def engines(found: dict[str, tuple[Report, float]]) -> str:
    """One row an engine: right first, among three, varieties, speed, training seconds."""
    head = ["engine", "right first", "top three", "macro-F1", *VARIETIES, "p50 ms", "p99 ms", "training s"]
    return table(
        head,
        [
            [
                name,
                percent(one.accuracy),
                percent(one.top_3),
                percent(one.macro_f1),
                *(percent(one.by_variety.get(variety)) for variety in VARIETIES),
                one.p50_ms,
                one.p99_ms,
                f"{seconds:.0f}",
            ]
            for name, (one, seconds) in found.items()
        ],
    )


def groups(one: Report) -> str:
    """Recall per kind of intent, weighed by utterances, and the weakest entries."""
    kinds: dict[str, list[tuple[float, float]]] = {}
    for intent, figures in one.by_intent.items():
        kinds.setdefault(intent.partition("/")[0], []).append((figures["recall"], figures["utterances"]))
    rows = [
        (
            kind,
            len(found),
            int(sum(times for _, times in found)),
            percent(sum(recall * times for recall, times in found) / sum(times for _, times in found)),
        )
        for kind, found in sorted(kinds.items())
    ]
    return table(["kind", "intents", "utterances", "recall"], rows)


def safety(one: Report, hard: float | None, ordinary: float | None) -> str:
    return table(
        ["emergencies", "%"],
        [
            ("recognised as such", percent(one.safety_recall)),
            ("the right one", percent(one.safety_right)),
            ("false alarms on lines made to sound like one", percent(hard)),
            ("false alarms on all other lines", percent(ordinary)),
        ],
    )


def weakest(one: Report, most: int = 12) -> str:
    low = sorted(one.by_intent.items(), key=lambda pair: (pair[1]["f1"], pair[0]))[:most]
    return table(
        ["intent", "F1", "precision", "recall"],
        [(name, *(percent(figures[key]) for key in ("f1", "precision", "recall"))) for name, figures in low],
    )


def confusions(one: Report, most: int = 15) -> str:
    return table(
        ["asked", "taken for", "times"], [(pair["intent"], pair["taken_for"], pair["times"]) for pair in one.confusions[:most]]
    )


def plot(title: str, across: str, up: str, points: Sequence[tuple[float, float]], *, diagonal: bool = False) -> str:
    """Points from 0 to 1 joined by a line."""
    full = _SIDE + 2 * _EDGE

    def at(x: float, y: float) -> str:
        return f"{_EDGE + x * _SIDE:.1f},{_EDGE + (1 - y) * _SIDE:.1f}"

    ticks = "".join(
        f'<text x="{_EDGE + t * _SIDE / 4:.0f}" y="{_EDGE + _SIDE + 14}" text-anchor="middle">{t * 25}</text>'
        f'<text x="{_EDGE - 6}" y="{_EDGE + _SIDE - t * _SIDE / 4 + 4:.0f}" text-anchor="end">{t * 25}</text>'
        for t in range(5)
    )
    aim = f'<polyline points="{at(0, 0)} {at(1, 1)}" stroke="#bbb" stroke-dasharray="4" fill="none"/>' if diagonal else ""
    dots = "".join(f'<circle cx="{p.split(",")[0]}" cy="{p.split(",")[1]}" r="3" fill="#0b6"/>' for p in (at(*q) for q in points))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {full} {full}" width="{full}" height="{full}" '
        f'font-family="sans-serif" font-size="10"><title>{title}</title><rect width="100%" height="100%" fill="#fff"/>'
        f'<rect x="{_EDGE}" y="{_EDGE}" width="{_SIDE}" height="{_SIDE}" fill="none" stroke="#888"/>{ticks}{aim}'
        f'<polyline points="{" ".join(at(*q) for q in points)}" stroke="#0b6" stroke-width="2" fill="none"/>{dots}'
        f'<text x="{full / 2}" y="20" text-anchor="middle" font-size="12">{title}</text>'
        f'<text x="{full / 2}" y="{full - 6}" text-anchor="middle">{across}, %</text>'
        f'<text x="12" y="{full / 2}" text-anchor="middle" transform="rotate(-90 12 {full / 2})">{up}, %</text></svg>\n'
    )
