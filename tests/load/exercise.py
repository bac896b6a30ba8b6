"""The exercise of the benchmark: a module on pump readings as a trainer would write it for a class that knows pandas.

Two sizes, chosen by the variable `TECHSELL_LOAD_MODULE`:

long    six tasks, 14 grade cells, a table of 224 rows to read, figures that are shown: every picture is drawn
short   three tasks, 7 grade cells, small tables; a figure is made and described, as in this course, and not shown

Every test compares plain values, so that the same notebook is graded by nbgrader's autograder and by ours.
"""

from __future__ import annotations

import os
import random
from typing import Any

__all__ = ["MODULE", "POINTS", "SIZES", "TASKS", "VARIABLE", "notebook", "readings"]

MODULE = "pumps"
VARIABLE = "TECHSELL_LOAD_MODULE"
SIZES = ("long", "short")

_SETUP = """\
%matplotlib inline
import matplotlib.pyplot as plt
import pandas as pd

readings = pd.read_csv("readings.csv")
readings.head()"""

_CLEAN = """\
def clean(frame):
    \"\"\"The rows with a flow and a power, neither of them below zero; numbered from 0.\"\"\"
    ### BEGIN SOLUTION
    good = frame.dropna(subset=["flow", "power"])
    good = good[(good["flow"] >= 0) & (good["power"] >= 0)]
    return good.reset_index(drop=True)
    ### END SOLUTION"""
_CLEAN_TEST = """\
sample = pd.DataFrame({"pump": ["A", "B", "C"], "flow": [1.0, None, 3.0], "power": [2.0, 2.0, 2.0]})
assert list(clean(sample)["pump"]) == ["A", "C"], "clean: a row without a flow stays in\""""
_CLEAN_HIDDEN = """\
### BEGIN HIDDEN TESTS
odd = pd.DataFrame({"pump": list("ABCD"), "flow": [1.0, -1.0, 3.0, 0.0], "power": [2.0, 2.0, -2.0, None]})
cleaned = clean(odd)
assert list(cleaned["pump"]) == ["A"], "clean: readings below zero are faults of the sensor"
assert list(cleaned.index) == [0], "clean: the rows are numbered from 0"
### END HIDDEN TESTS"""
_CLEAN_KEPT = """\
### BEGIN HIDDEN TESTS
given = pd.DataFrame({"pump": list("AB"), "flow": [1.0, None], "power": [2.0, 2.0]})
copy = given.copy(deep=True)
clean(given)
assert given.equals(copy), "clean: the table that was given must stay as it was"
### END HIDDEN TESTS"""

_VOLUME = """\
def volume(frame):
    \"\"\"Litres that each pump moved: a Series with the pump as its index.\"\"\"
    ### BEGIN SOLUTION
    return frame.groupby("pump")["flow"].sum()
    ### END SOLUTION"""
_VOLUME_TEST = """\
small = pd.DataFrame({"pump": ["A", "B", "A"], "flow": [1.0, 5.0, 2.0], "power": [1.0, 1.0, 1.0]})
assert volume(small)["A"] == 3.0, "volume: the hours of a pump add up\""""
_VOLUME_ANOTHER = """\
### BEGIN HIDDEN TESTS
two = pd.DataFrame({"pump": list("ABB"), "flow": [1.0, 2.0, 3.0], "power": [1.0, 1.0, 1.0]})
assert volume(two).to_dict() == {"A": 1.0, "B": 5.0}, "volume: a sum for each pump"
### END HIDDEN TESTS"""
_VOLUME_HIDDEN = """\
### BEGIN HIDDEN TESTS
found = volume(clean(readings))
good = readings.dropna(subset=["flow", "power"])
good = good[(good["flow"] >= 0) & (good["power"] >= 0)]
for pump in sorted(good["pump"].unique()):
    wanted = good.loc[good["pump"] == pump, "flow"].sum()
    assert abs(found[pump] - wanted) < 1e-6, f"volume: {pump} moved another amount"
### END HIDDEN TESTS"""

_SPECIFIC = """\
def specific(frame):
    \"\"\"Watt-hours for a litre, for each pump, the thirstiest first.\"\"\"
    ### BEGIN SOLUTION
    total = frame.groupby("pump")[["power", "flow"]].sum()
    return (total["power"] / total["flow"]).sort_values(ascending=False)
    ### END SOLUTION"""
_SPECIFIC_TEST = """\
pair = pd.DataFrame({"pump": ["A", "B"], "flow": [2.0, 4.0], "power": [2.0, 8.0]})
assert list(specific(pair)) == [2.0, 1.0], "specific: power divided by flow, the largest first\""""
_SPECIFIC_HIDDEN = """\
### BEGIN HIDDEN TESTS
uneven = pd.DataFrame({"pump": list("AABB"), "flow": [1.0, 9.0, 5.0, 5.0], "power": [9.0, 1.0, 4.0, 4.0]})
of_both = specific(uneven)
assert abs(of_both["A"] - 1.0) < 1e-9, "specific: a mean of ratios counts idle hours as much as full ones"
assert list(of_both.index) == ["A", "B"], "specific: the thirstiest first"
### END HIDDEN TESTS"""

_DAILY = """\
def daily(frame):
    \"\"\"Litres a day: a row for each day, a column for each pump.\"\"\"
    ### BEGIN SOLUTION
    table = frame.pivot_table(index="day", columns="pump", values="flow", aggfunc="sum")
    return table.fillna(0.0)
    ### END SOLUTION"""
_DAILY_TEST = """\
table = daily(clean(readings))
assert table.shape == (14, 4), "daily: 14 days and 4 pumps\""""
_DAILY_HIDDEN = """\
### BEGIN HIDDEN TESTS
gaps = pd.DataFrame({"day": [1, 2, 2], "pump": list("ABB"), "flow": [1.0, 2.0, 4.0], "power": [1.0, 1.0, 1.0]})
by_day = daily(gaps)
assert by_day["B"].tolist() == [0.0, 6.0], "daily: a pump that stood still moved 0 litres, not nothing"
### END HIDDEN TESTS"""

_CHART = """\
def chart(table):
    \"\"\"One line for each pump; returns the title, the label of the y axis and the number of lines.\"\"\"
    figure, axes = plt.subplots(figsize=(6, 4))
    ### BEGIN SOLUTION
    for pump in table.columns:
        axes.plot(table.index, table[pump], label=pump)
    axes.set_title("Litres a day")
    axes.set_ylabel("litres")
    axes.legend()
    ### END SOLUTION
    return axes.get_title(), axes.get_ylabel(), len(axes.lines)"""
_CHART_TEST = """\
title, label, lines = chart(daily(clean(readings)))
assert lines == 4, "chart: one line for each pump\""""
_CHART_HIDDEN = """\
### BEGIN HIDDEN TESTS
title, label, lines = chart(pd.DataFrame({"A": [1.0, 2.0]}))
assert lines == 1, "chart: as many lines as there are pumps"
assert "litre" in label.lower(), "chart: the y axis does not say what it shows"
assert title.strip(), "chart: a figure has a title"
### END HIDDEN TESTS"""

_FIGURE = """\
def figure(table):
    \"\"\"A Figure: litres by day, one line for each pump, labelled.\"\"\"
    made, axes = plt.subplots(figsize=(6, 4))
    plt.close(made)
    ### BEGIN SOLUTION
    for pump in table.columns:
        axes.plot(table.index, table[pump], label=pump)
    axes.set_title("Litres a day")
    axes.set_ylabel("litres")
    ### END SOLUTION
    return axes.get_title(), axes.get_ylabel(), len(axes.lines)"""
_FIGURE_TEST = """\
title, label, lines = figure(pd.DataFrame({"A": [1.0, 2.0], "B": [2.0, 3.0]}))
assert lines == 2, "figure: one line for each pump\""""
_FIGURE_HIDDEN = """\
### BEGIN HIDDEN TESTS
title, label, lines = figure(pd.DataFrame({"A": [1.0, 2.0]}))
assert "litre" in label.lower(), "figure: the y axis does not say what it shows"
assert title.strip(), "figure: a figure has a title"
### END HIDDEN TESTS"""

_WORST = """\
cleaned = clean(readings)
# The pump that needs most for a litre, and what it would save in a year (kWh) if it were as good as the best.
worst, saving = "", 0.0
### BEGIN SOLUTION
need = specific(cleaned)
worst = need.index[0]
saving = (need.iloc[0] - need.iloc[-1]) * volume(cleaned)[worst] / 1000 * 365 / 14
figure, axes = plt.subplots(figsize=(5, 3))
axes.bar(need.index, need)
axes.set_title(f"{worst} costs most")
axes.set_ylabel("Wh for a litre")
plt.show()
### END SOLUTION"""
_WORST_TEST = """\
assert worst in set(readings["pump"]), "worst: name one of the pumps\""""
_WORST_HIDDEN = """\
### BEGIN HIDDEN TESTS
assert worst == "P-14", "worst: divide by what each pump moved before you compare"
### END HIDDEN TESTS"""
_WORST_SAVING = """\
### BEGIN HIDDEN TESTS
valid = readings.dropna(subset=["flow", "power"])
valid = valid[(valid["flow"] >= 0) & (valid["power"] >= 0)]
sums = valid.groupby("pump")[["power", "flow"]].sum()
ratio = sums["power"] / sums["flow"]
year = (ratio.max() - ratio.min()) * sums.loc[ratio.idxmax(), "flow"] / 1000 * 365 / 14
float(round(4.0 * max(0.0, 1.0 - abs(saving - year) / year), 2))
### END HIDDEN TESTS"""

_LONG = (
    ("clean", _CLEAN, "clean(readings).shape", (("", _CLEAN_TEST, 2), ("faults_stay", _CLEAN_HIDDEN, 3),
                                                ("changes_what_it_is_given", _CLEAN_KEPT, 1))),
    ("volume", _VOLUME, "volume(clean(readings))", (("", _VOLUME_TEST, 2), ("leaves_pumps_out", _VOLUME_HIDDEN, 3))),
    ("specific", _SPECIFIC, "specific(clean(readings))",
     (("", _SPECIFIC_TEST, 2), ("mean_of_ratios", _SPECIFIC_HIDDEN, 4))),
    ("daily", _DAILY, "daily(clean(readings)).head()", (("", _DAILY_TEST, 2), ("gaps_stay_empty", _DAILY_HIDDEN, 3))),
    ("chart", _CHART, "chart(daily(clean(readings)))", (("", _CHART_TEST, 2), ("says_too_little", _CHART_HIDDEN, 3))),
    ("worst", _WORST, "worst, saving",
     (("", _WORST_TEST, 1), ("largest_bill", _WORST_HIDDEN, 3), ("saving", _WORST_SAVING, 4))),
)  # fmt: skip

_SHORT = (
    ("volume", _VOLUME, "volume(readings.head(20))", (("", _VOLUME_TEST, 2), ("takes_the_mean", _VOLUME_ANOTHER, 3))),
    ("specific", _SPECIFIC, "specific(readings.head(20))",
     (("", _SPECIFIC_TEST, 2), ("mean_of_ratios", _SPECIFIC_HIDDEN, 4))),
    ("figure", _FIGURE, "figure(readings.head(8)[['flow']])",
     (("", _FIGURE_TEST, 2), ("says_too_little", _FIGURE_HIDDEN, 3))),
)  # fmt: skip
TASKS = {"long": _LONG, "short": _SHORT}[os.environ.get(VARIABLE, SIZES[0])]

_PUMPS = (("P-11", 52.0, 3.1), ("P-12", 61.0, 2.9), ("P-13", 90.0, 3.0), ("P-14", 38.0, 4.4))
"""name, litres in a full shift, watt-hours for a litre"""

POINTS = float(sum(points for *_, checks in TASKS for _, _, points in checks))


def notebook() -> dict[str, Any]:
    """The author's notebook, solutions and hidden tests included (nbgrader's metadata, schema 3)."""
    cells = [_cell("markdown", "# Pumps\n\nFour pumps, two weeks, a reading a shift. Which one costs too much?")]
    cells.append(_cell("code", _SETUP, "setup", locked=True))
    for number, (task, answer, trial, checks) in enumerate(TASKS, start=1):
        cells.append(_cell("markdown", f"## {number} · {task}", f"{task}_task", locked=True))
        cells.append(_cell("code", answer, f"{task}_answer", solution=True))
        cells.append(_cell("code", f"# Try it.\n{trial}"))
        for slip, test, points in checks:
            name = f"{task}__{slip}" if slip else task
            cells.append(_cell("code", test, name, points, grade=True, locked=True))
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
    kernel = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    return {"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}


def _cell(kind: str, source: str, name: str = "", points: float | None = None, **flags: bool) -> dict[str, Any]:
    metadata: dict[str, Any] = {}
    if name:
        flags = {"grade": False, "solution": False, "locked": False, "task": False, **flags}
        metadata["nbgrader"] = {"grade_id": name, "schema_version": 3, **flags}
        if points is not None:
            metadata["nbgrader"]["points"] = points
    cell: dict[str, Any] = {"cell_type": kind, "metadata": metadata, "source": source}
    return cell | ({"execution_count": None, "outputs": []} if kind == "code" else {})


def readings() -> str:
    """The table beside the notebook: four shifts a day of four pumps, some readings missing or impossible."""
    draw = random.Random(14)
    lines = ["day,shift,pump,flow,power"]
    for day in range(1, 15):
        for shift in range(1, 5):
            for pump, flow, need in _PUMPS:
                moved = max(0.0, flow * (0.6 if shift == 4 else 1.0) + draw.gauss(0, 3))
                used = moved * need + draw.gauss(0, 2)
                kind = draw.random()
                shown = "" if kind < 0.03 else f"{-moved:.2f}" if kind < 0.05 else f"{moved:.2f}"
                lines.append(f"{day},{shift},{pump},{shown},{used:.2f}")
    return "\n".join(lines) + "\n"
