"""What a class hands in: for each task some right answers and some wrong ones, in proportions as they happen."""

from __future__ import annotations

import json
import random
from typing import Any

__all__ = ["hand_in"]

_CLEAN = (
    """\
def clean(frame):
    good = frame.dropna(subset=["flow", "power"])
    good = good[(good["flow"] >= 0) & (good["power"] >= 0)]
    return good.reset_index(drop=True)""",
    """\
def clean(frame):
    keep = frame["flow"].ge(0) & frame["power"].ge(0)  # a missing value is not >= 0
    return frame.loc[keep].reset_index(drop=True)""",
    """\
def clean(frame):
    return frame.query("flow >= 0 and power >= 0").reset_index(drop=True)""",
    """\
def clean(frame):
    return frame.dropna(subset=["flow", "power"])""",
    """\
def clean(frame):
    frame.loc[frame["flow"].isna(), "flow"] = -1.0
    return frame[frame["flow"] >= 0].reset_index(drop=True)""",
)
_VOLUME = (
    'def volume(frame):\n    return frame.groupby("pump")["flow"].sum()',
    'def volume(frame):\n    return frame.pivot_table(index="pump", values="flow", aggfunc="sum")["flow"]',
    """\
def volume(frame):
    totals = {}
    for pump, part in frame.groupby("pump"):
        totals[pump] = part["flow"].sum()
    return pd.Series(totals)""",
    'def volume(frame):\n    return frame.groupby("pump")["flow"].mean()',
)
_SPECIFIC = (
    """\
def specific(frame):
    total = frame.groupby("pump")[["power", "flow"]].sum()
    return (total["power"] / total["flow"]).sort_values(ascending=False)""",
    """\
def specific(frame):
    grouped = frame.groupby("pump")
    need = grouped["power"].sum() / grouped["flow"].sum()
    return need.sort_values(ascending=False)""",
    """\
def specific(frame):
    ratio = frame.assign(ratio=frame["power"] / frame["flow"])
    return ratio.groupby("pump")["ratio"].mean().sort_values(ascending=False)""",
)
_DAILY = (
    """\
def daily(frame):
    return frame.pivot_table(index="day", columns="pump", values="flow", aggfunc="sum", fill_value=0.0)""",
    """\
def daily(frame):
    table = frame.groupby(["day", "pump"])["flow"].sum().unstack()
    return table.fillna(0.0)""",
    """\
def daily(frame):
    return frame.groupby(["day", "pump"])["flow"].sum().unstack()""",
)
_CHART = (
    """\
def chart(table):
    figure, axes = plt.subplots(figsize=(6, 4))
    for pump in table.columns:
        axes.plot(table.index, table[pump], label=pump)
    axes.set_title("Litres a day")
    axes.set_ylabel("litres")
    axes.legend()
    return axes.get_title(), axes.get_ylabel(), len(axes.lines)""",
    """\
def chart(table):
    figure, axes = plt.subplots(figsize=(6, 4))
    table.plot(ax=axes, title="What the pumps moved", ylabel="Litres a day")
    return axes.get_title(), axes.get_ylabel(), len(axes.lines)""",
    """\
def chart(table):
    figure, axes = plt.subplots(figsize=(6, 4))
    axes.plot(table.index, table)
    return axes.get_title(), axes.get_ylabel(), len(axes.lines)""",
)
_CLOSED = "made, axes = plt.subplots(figsize=(6, 4))\n    plt.close(made)"
_FIGURE = tuple(
    text.replace("chart", "figure").replace("figure, axes = plt.subplots(figsize=(6, 4))", _CLOSED) for text in _CHART
)
_WORST = (
    """\
cleaned = clean(readings)
need = specific(cleaned)
worst = need.index[0]
saving = (need.iloc[0] - need.iloc[-1]) * volume(cleaned)[worst] / 1000 * 365 / 14
figure, axes = plt.subplots(figsize=(5, 3))
axes.bar(need.index, need)
axes.set_title(f"{worst} costs most")
axes.set_ylabel("Wh for a litre")
plt.show()""",
    """\
need = specific(clean(readings))
print(need.round(2))
worst = str(need.idxmax())
saving = float((need.max() - need.min()) * volume(clean(readings))[worst] / 1000 * 365 / 14)
need.plot.bar(figsize=(5, 3), ylabel="Wh for a litre");""",
    """\
bill = clean(readings).groupby("pump")["power"].sum()
worst = bill.idxmax()
saving = (bill.max() - bill.min()) / 1000
bill.plot.bar(figsize=(5, 3));""",
)
_TASKS = {
    "clean": _CLEAN,
    "volume": _VOLUME,
    "specific": _SPECIFIC,
    "daily": _DAILY,
    "chart": _CHART,
    "figure": _FIGURE,
    "worst": _WORST,
}
_UNTOUCHED = 0.06
_NOTES = ("# my first try was wrong, this one works", "readings['flow'].describe()", "import math\nmath.pi")


def hand_in(released: dict[str, Any], number: int) -> str:
    """The released notebook as learner `number` hands it in; the same each time. Number 0 has everything right."""
    draw = random.Random(1000 + number)
    content = json.loads(json.dumps(released))
    for cell in content["cells"]:
        task, _, what = cell["metadata"].get("nbgrader", {}).get("grade_id", "").rpartition("_")
        if what == "answer" and task in _TASKS:
            if number == 0:
                cell["source"] = _TASKS[task][0]
            elif draw.random() > _UNTOUCHED:
                cell["source"] = draw.choice(_TASKS[task])
    if draw.random() < 0.4 and number:
        own = {"cell_type": "code", "metadata": {}, "source": draw.choice(_NOTES), "id": f"own-{number}"}
        content["cells"].insert(4, own | {"execution_count": None, "outputs": []})
    return json.dumps(content, indent=1)
