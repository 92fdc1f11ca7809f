"""The table of results."""
from dataclasses import dataclass, field
from typing import Dict, Optional


@dataclass
class Row:
    """One measurement: ours against rivals, in one unit. The ratio is ours divided by the rival's."""
    area: str
    case: str
    unit: str
    ours: float
    rivals: Dict[str, float] = field(default_factory=dict)
    # The ratio that DESIGN.md asks for against the first rival: at least for what should be high, else at most.
    goal: Optional[float] = None
    high_is_good: bool = True
    note: str = ""
    # An absolute limit for our own value instead of a ratio.
    limit: Optional[float] = None
    # Ratios asked for against further rivals.
    goals: Dict[str, float] = field(default_factory=dict)

    def ratio(self, rival):
        theirs = self.rivals[rival]
        return self.ours / theirs if theirs > 0 else float("nan")

    def verdict(self):
        checks = []
        wanted = dict(self.goals)
        if self.goal is not None and self.rivals:
            wanted[next(iter(self.rivals))] = self.goal
        for rival, goal in wanted.items():
            ratio = self.ratio(rival)
            if ratio != ratio or ratio < 0:
                return "noise"  # an overhead below zero: the machine was too busy to tell
            checks.append(ratio >= goal if self.high_is_good else ratio <= goal)
        if self.limit is not None:
            checks.append(self.ours >= self.limit if self.high_is_good else self.ours <= self.limit)
        if not checks:
            return ""
        return "met" if all(checks) else "MISSED"

    def goal_text(self):
        sign = ">=" if self.high_is_good else "<="
        parts = []
        if self.goal is not None:
            parts.append(f"{sign} {self.goal:g}x")
        parts += [f"{sign} {goal:g}x {rival}" for rival, goal in self.goals.items()]
        if self.limit is not None:
            parts.append(f"{sign} {self.limit:g} {self.unit}")
        return ", ".join(parts)


def number(value):
    if value != value:
        return "-"
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    if abs(value) >= 100:
        return f"{value:.0f}"
    if abs(value) >= 10:
        return f"{value:.1f}"
    return f"{value:.2f}"


def times(ratio):
    return "-" if ratio != ratio or ratio < 0 else f"{ratio:.2f}x"


def cells(row):
    return [row.case, row.unit, number(row.ours),
            "; ".join(f"{name}: {number(value)}" for name, value in row.rivals.items()) or "-",
            "; ".join(times(row.ratio(name)) for name in row.rivals) or "-",
            row.goal_text() or "-", row.verdict() or "-"]


HEAD = ["case", "unit", "Trunkline", "rivals", "ratio", "goal", "result"]


def plain(row):
    case, unit, ours, rivals, ratio, goal, verdict = cells(row)
    return f"  {case:<52} {ours:>10} {unit:<8} {rivals:<44} {ratio:<14} {goal:<28} {verdict}"


def markdown(rows):
    lines = []
    area = None
    for row in rows:
        if row.area != area:
            area = row.area
            lines += ["", f"### {area}", "", "| " + " | ".join(HEAD) + " |",
                      "|---|---|---:|---|---|---|---|"]
        lines.append("| " + " | ".join(cells(row)) + " |")
    notes = []
    for row in rows:
        if row.note and (row.area, row.note) not in notes:
            notes.append((row.area, row.note))
    if notes:
        lines += ["", "Notes:", ""] + [f"- {area}: {note}" for area, note in notes]
    return "\n".join(lines[1:]) + "\n"
