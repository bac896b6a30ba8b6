"""Cells as a notebook runs them: results, display, figures, magics, await, widgets."""

from __future__ import annotations

from base64 import b64decode

import numpy as np
import pytest

PNG = b"\x89PNG\r\n\x1a\n"


def pictures(answer):
    return [o["data"]["image/png"] for o in answer["outputs"] if "image/png" in o.get("data", {})]


def test_the_last_expression_is_shown_with_its_count(candidate):
    candidate.run("x = 20")
    answer = candidate.run("print('before')\nx + 1")
    assert answer["outputs"] == [
        {"output_type": "stream", "name": "stdout", "text": "before\n"},
        {"output_type": "execute_result", "data": {"text/plain": "21"}, "metadata": {}, "execution_count": 2},
    ]
    assert (answer["how"], answer["error"], answer["truncated"]) == ("done", None, False)
    assert 0 < answer["seconds"] < 10


@pytest.mark.parametrize("code", ["3;", "None", "x = 3", "", "  \n", "# only a comment", "if True:\n    3"])
def test_nothing_is_shown_where_a_notebook_shows_nothing(candidate, code):
    answer = candidate.run(code)
    assert (answer["outputs"], answer["error"]) == ([], None)


def test_earlier_results_are_at_hand(candidate):
    candidate.run("20 + 1")
    assert candidate.shown("(_, _1, Out[1], In[1], len(In))") == "(21, 21, 21, '20 + 1', 3)"


def test_prints_errors_and_results_keep_their_order(candidate):
    code = "import sys\nprint(1)\nprint(2, file=sys.stderr)\nprint(3)\ndisplay('four')\nprint(5)"
    said = [o.get("text") or o["data"]["text/plain"] for o in candidate.run(code)["outputs"]]
    assert said == ["1\n", "2\n", "3\n", "'four'", "5\n"]


def test_display_can_be_updated_and_cleared(candidate):
    code = "handle = display('a', display_id=True)\ndisplay('b')\nhandle.update('c')"
    assert [o["data"]["text/plain"] for o in candidate.run(code)["outputs"]] == ["'c'", "'b'"]
    code = "from IPython.display import clear_output\nprint('old')\nclear_output({})\nprint('new')"
    assert candidate.printed(code.format("")) == "new\n"
    assert candidate.printed(code.format("wait=True")) == "new\n"


def test_nothing_that_a_browser_would_run_is_kept(candidate):
    code = "import pandas as pd\nfrom IPython.display import HTML, Javascript\n"
    code += (
        "display(HTML('<b>x</b>'), Javascript('x'))\ndisplay({'text/html': 'x'}, raw=True)\npd.DataFrame({'a': [1]})"
    )
    outputs = candidate.run(code)["outputs"]
    assert [set(o["data"]) for o in outputs] == [{"text/plain"}] * 3
    assert outputs[-1]["data"]["text/plain"] == "   a\n0  1"


def test_a_figure_becomes_a_picture_without_asking(candidate):
    code = "import matplotlib.pyplot as plt\nfig, ax = plt.subplots()\nax.plot([1, 2])\nax.set_title('Flow');"
    (picture,) = pictures(candidate.run(code))
    assert b64decode(picture).startswith(PNG)
    assert candidate.run("1")["outputs"][0]["output_type"] == "execute_result", "a figure is shown once"
    assert candidate.value("fig").axes[0].title == "Flow"


@pytest.mark.parametrize("window", ["inline", "notebook", "widget", "qt"])
def test_every_kind_of_matplotlib_is_inline(candidate, window):
    assert pictures(
        candidate.run(f"%matplotlib {window}\nimport matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()")
    )


def test_a_figure_that_reaches_over_its_edge_is_not_cut(candidate):
    code = "import matplotlib.pyplot as plt\nfig, ax = plt.subplots(figsize=(4, 3), dpi=100)\nax.plot([1, 2])\n{}"
    sizes = []
    for more in ("", "fig.suptitle('above', y=1.2)", "fig.set_facecolor((1, 1, 1, .4))", "fig.text(-.3, .5, 'beside')"):
        data = b64decode(pictures(candidate.run(code.format(more)))[0])
        sizes.append((int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")))
    assert sizes[0][0] <= 400
    assert sizes[0][1] <= 300
    assert sizes[1][1] > 300
    assert sizes[2] == sizes[0]
    assert sizes[3][0] > 400


def test_a_picture_is_as_ipython_draws_it(candidate):
    """The same pixels within the rounding of the box; planted faults (a wrong row, a lost title) make it fail."""
    code = """
import io, base64
import matplotlib.pyplot as plt
import numpy as np
from PIL import Image
from IPython.core.pylabtools import print_figure
fig, ax = plt.subplots()
ax.bar([1, 2], [3, 4])
ax.set_title('Flow')
fig.subplots_adjust(top=.6, left=.3)
ours = get_ipython().display_formatter.formatters['image/png'](fig)
theirs = print_figure(fig, base64=True, bbox_inches='tight')
dark = [255 - np.asarray(Image.open(io.BytesIO(base64.b64decode(p))).convert('L'), float) for p in (ours, theirs)]
shapes = [one.shape for one in dark]
middles = [[(one.sum(side) * np.arange(one.shape[1 - side])).sum() / one.sum() for side in (0, 1)] for one in dark]
sums = [one.sum() for one in dark]
"""
    assert candidate.run(code)["error"] is None
    for name, most in (("shapes", 2), ("middles", 2), ("sums", 0.01 * float(candidate.value("sums")[1]))):
        ours, theirs = candidate.value(name)
        assert np.abs(np.subtract(ours, theirs)).max() <= most, (name, ours, theirs)


def test_an_empty_figure_is_no_picture(candidate):
    assert pictures(candidate.run("import matplotlib.pyplot as plt\nplt.figure();")) == []


def test_magics(candidate):
    assert "Wall time" in candidate.printed("%time x = 1")
    assert "Wall time" in candidate.printed("%%time\ny = 2")
    assert candidate.value("y") == 2
    assert candidate.run("%%capture held\nprint('inside')\ndisplay(3)\n4")["outputs"] == []
    assert candidate.shown("held.stdout, len(held.outputs)") == "('inside\\n', 2)"
    assert "loops" in candidate.printed("%timeit -n 2 -r 2 1 + 1")
    assert candidate.printed("!echo from the shell") == "from the shell\n"
    assert candidate.printed("%%bash\necho from bash") == "from bash\n"
    assert candidate.shown("found = !echo caught\nfound[0]") == "'caught'"
    candidate.run("%%writefile helper.py\nFLOW = 7")
    assert candidate.shown("from helper import FLOW\nFLOW") == "7"
    assert candidate.run("%cd -q .")["error"] is None
    assert candidate.run("print?")["outputs"] == []
    assert candidate.error("%nosuch")[0] == "UsageError"


def test_await_at_the_top_level(candidate):
    assert candidate.shown("import asyncio\nasync def f():\n    await asyncio.sleep(0)\n    return 5\nawait f()") == "5"
    assert candidate.shown("asyncio.run(f())") == "5"
    assert candidate.shown("[await f() for _ in range(2)]") == "[5, 5]"


def test_widgets_without_a_kernel(candidate):
    code = "import ipywidgets as w\nslider = w.IntSlider(value=3)\nslider.value = 4\ndisplay(slider)\nslider"
    outputs = candidate.run(code)["outputs"]
    assert [o["data"]["text/plain"] for o in outputs] == ["IntSlider(value=4)"] * 2
    code = "w.interact(lambda x: print(x), x=(0, 3));\nout = w.Output()\nwith out:\n    print('in')\nw.Button().click()"
    answer = candidate.run(code)
    assert answer["error"] is None
    assert candidate.ask("value", name="slider")["type"] == "IntSlider"


def test_input_is_refused_at_once(candidate):
    name, text = candidate.error("input('How much? ')")
    assert name == "StdinNotImplementedError"
    assert "Put the value into the cell" in text
    assert candidate.error("import getpass\ngetpass.getpass()")[0] == "StdinNotImplementedError"
    assert candidate.shown("import sys\nsys.stdin.read()") == "''"
    assert candidate.error("breakpoint()")[0] == "StdinNotImplementedError"


def test_it_looks_like_a_notebook_from_inside(candidate):
    code = "import os\n(__name__, os.environ['NBGRADER_EXECUTION'], get_ipython().user_ns is globals())"
    assert candidate.shown(code) == "('__main__', 'autograde', True)"
    assert candidate.shown("import pickle\nclass A: pass\ntype(pickle.loads(pickle.dumps(A()))) is A") == "True"
    assert (
        candidate.shown("import inspect\ndef f():\n    return 1\ninspect.getsource(f)")
        == "'def f():\\n    return 1\\n'"
    )
    assert candidate.shown("import threading\nthreading.active_count()") == "1"


def test_files_lie_in_the_working_folder_and_nowhere_else(candidate, tmp_path):
    files = {"data.csv": b"a\n1\n", "sub/more.txt": b"x", "../out.txt": b"", "/abs": b"", "": b"", "sub": b""}
    candidate.control.send({"op": "files", "files": files})
    assert candidate.control.receive(None) == {"ok": True}
    assert sorted(str(p.relative_to(tmp_path)) for p in tmp_path.rglob("*")) == ["data.csv", "sub", "sub/more.txt"]
    assert not (tmp_path.parent / "out.txt").exists()
    assert candidate.shown("import pandas as pd\npd.read_csv('data.csv').a.sum()") == "np.int64(1)"


def test_children_draw_different_random_numbers(server, tmp_path):
    drawn = []
    for _ in range(2):
        child = server.fork(tmp_path)
        drawn.append(child.shown("import random, numpy as np\nrandom.random(), float(np.random.rand())"))
        server.end(child)
    assert drawn[0] != drawn[1]
    assert not set(drawn[0].strip("()").split(", ")) & set(drawn[1].strip("()").split(", "))


def test_an_answer_carries_the_number_of_its_question(candidate):
    candidate.control.send({"op": "run", "code": "1", "limit": 100, "n": 7})
    assert candidate.control.receive(None)["n"] == 7
    assert candidate.ask("names", n=8) == {"names": [], "n": 8}


def test_an_unknown_message_is_answered(candidate):
    assert "nosuch" in candidate.ask("nosuch")["error"]
    candidate.control.send({"op": "run", "code": 3, "limit": 5})
    assert "run" in candidate.control.receive(None)["error"]
