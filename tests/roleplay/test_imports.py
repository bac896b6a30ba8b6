"""Is the engine cheap to import?"""

from __future__ import annotations

import subprocess
import sys

HEAVY = "pydantic numpy pandas ipywidgets ruamel matplotlib typer rich psutil sqlite3"


def test_the_engine_loads_without_heavy_libraries() -> None:
    code = (
        "import sys, time; began = time.perf_counter();"
        "import techsell.roleplay, techsell.roleplay.engine, techsell.roleplay.conversation;"
        "import techsell.roleplay.assess, techsell.roleplay.terminal;"
        "took = (time.perf_counter() - began) * 1000;"
        f"found = sorted(set({HEAVY!r}.split()) & set(sys.modules));"
        "print(found, f'{took:.0f} ms')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    sys.stdout.write(f"import of the engine: {done.stdout}")
    assert done.stdout.startswith("[] "), done.stdout


def test_everything_promised_is_there() -> None:
    import techsell.roleplay as room

    assert sorted(room.__all__) == sorted(room._HOMES)
    for name in room.__all__:
        assert getattr(room, name) is not None
    assert set(room.__all__) <= set(dir(room))
    assert not hasattr(room, "no_such_thing")
