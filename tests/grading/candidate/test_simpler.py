"""Does what is nearly plain cross as the nearest plain data, and is that said?"""

from __future__ import annotations

import pytest

_CASES = {
    "a number": ("class A(int): pass\nx = A(3)", 3),
    "a lying number": ("class A(float):\n    def __float__(self): return 9.0\nx = A(3.5)", 3.5),
    "an enumeration of numbers": ("from enum import IntEnum\nclass A(IntEnum):\n    one = 1\nx = A.one", 1),
    "an enumeration of texts": ("from enum import Enum\nclass A(str, Enum):\n    one = 'one'\nx = [A.one]", ["one"]),
    "a named tuple": ("from collections import namedtuple\nx = [namedtuple('A', 'a b')(1, 2)]", [(1, 2)]),
    "a list": ("class A(list):\n    def __iter__(self): return iter([9])\nx = [1, {'k': A([2])}]", [1, {"k": [2]}]),
    "a dict": ("class A(dict): pass\nx = A(a=1)", {"a": 1}),
    "a dict with a function for what is missing": (
        "from collections import defaultdict\nx = defaultdict(lambda: 0, a=1)",
        {"a": 1},
    ),
    "iterators inside": ("x = [map(int, '12'), {'a': 1}.values()]", [[1, 2], [1]]),
    "a view of a dict inside": ("x = ({'a': 1}.keys(),)", (["a"],)),
}


@pytest.mark.parametrize("case", _CASES)
def test_what_is_nearly_plain_crosses_as_the_nearest_plain_data(candidate, case):
    code, value = _CASES[case]
    candidate.run(code)
    answer = candidate.ask("value", name="x")
    assert (answer["kind"], answer["value"]) == ("value", value)
    assert type(answer["simplified"]) is str
    assert type(answer["id"]) is int


def test_tables_and_arrays_of_ones_own_class_cross(candidate):
    candidate.run(
        "import numpy as np\nimport pandas as pd\nfrom enum import Enum\nclass A(str, Enum):\n    one = 'one'\n"
        "class F(pd.DataFrame): pass\nclass M(np.ndarray): pass\n"
        "x = F({'a': [A.one, A.one], 'b': [1, 2]}, index=[5, 6])\ny = np.arange(3).view(M)"
    )
    frame = candidate.ask("value", name="x")["value"]
    assert frame.to_dict() == {"a": {5: "one", 6: "one"}, "b": {5: 1, 6: 2}}
    assert {type(part) for part in frame["a"]} == {str}
    assert candidate.ask("value", name="y")["value"].tolist() == [0, 1, 2]


@pytest.mark.parametrize(
    "code",
    [
        "class A: pass\nx = [A()]",
        "x = [1]\nx.append(x)",
        "x = []\nfor _ in range(500): x = [x]",
        "class A(list): pass\nx = A([A() for _ in range(300_000)])",
        "class A:\n    def __next__(self): raise SystemExit\n    def __iter__(self): return self\nx = [A()]",
    ],
)
def test_what_is_not_even_nearly_plain_is_still_unsupported(candidate, code):
    candidate.run(code)
    assert candidate.ask("value", name="x")["kind"] == "unsupported"
    candidate.run("y = 5")
    assert candidate.ask("value", name="y")["value"] == 5, "it goes on answering"


def test_objects_of_the_learners_own_can_be_handed_back(candidate):
    candidate.run("class A:\n    n = 4\ndef make(): return A()\ndef read(a, k=None): return a.n if k is None else k.n")
    number = candidate.call("make")["id"]
    function = candidate.ask("value", name="read")["id"]
    message = {"id": function, "args": [None], "kwargs": {}, "random": None}
    answer = candidate.ask("call", **message, given=[["args", 0, number]])
    assert (answer["value"], answer["args"], answer["given"]) == (4, [None], 1)
    answer = candidate.ask("call", **message | {"kwargs": {"k": None}}, given=[["kwargs", "k", number]])
    assert (answer["value"], answer["kwargs"]) == (4, {"k": None})
