"""IPython's shell as a notebook kernel has it, without a kernel: it shows into a `Stage` and writes nothing to disk.

It is made once, before any fork. No history database (it would be a thread and a file), no profile folder, no
tracebacks in colour; errors are described by `trouble`, which asks nothing of the error that could hurt.
"""

from __future__ import annotations

import atexit
import builtins
import getpass
import sys
from collections.abc import Generator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, NoReturn, Protocol, cast

from IPython.core.compilerop import CachingCompiler
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.error import StdinNotImplementedError
from IPython.core.formatters import DisplayFormatter
from IPython.core.interactiveshell import InteractiveShell
from traitlets import Type
from traitlets.config import Config

from .collector import SHOWN

__all__ = ["CELL_FILE", "Shell", "Stage", "make_shell"]

CELL_FILE = "/cell/{}.py"
"""the file name of a cell's code; the scorer knows the form from syntax errors: `(3.py, line 1)`"""

_NO_INPUT = "input() cannot be answered while a notebook is graded. Put the value into the cell instead."

_ExcInfo = tuple[type[BaseException] | None, BaseException | None, TracebackType | None]


class Stage(Protocol):
    """Where the running cell shows things."""

    def show(self, kind: str, data: object, *, count: int = 0, display_id: object = None) -> None: ...
    def update(self, display_id: object, data: object) -> None: ...
    def clear(self, *, wait: bool) -> None: ...
    def fail(self, error: BaseException) -> None: ...


class _Nowhere:
    def show(self, kind: str, data: object, *, count: int = 0, display_id: object = None) -> None:
        pass

    def update(self, display_id: object, data: object) -> None:
        pass

    def clear(self, *, wait: bool) -> None:
        pass

    def fail(self, error: BaseException) -> None:
        pass


class _Compiler(CachingCompiler):
    """Names cells by their number and keeps their lines, for tracebacks."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.sources: dict[str, list[str]] = {}

    def get_code_name(self, raw_code: str, transformed_code: str, number: int) -> str:
        name = CELL_FILE.format(int(number))
        run, written = transformed_code.splitlines(), raw_code.splitlines()
        while len(written) > len(run) and not written[0].strip():  # IPython drops empty lines at the top
            del written[0]
        self.sources[name] = written if len(written) == len(run) else run
        return name


class _DisplayHook(DisplayHook):
    """Shows the value of the last expression; the bookkeeping of `_` and `Out` is IPython's own."""

    def write_output_prompt(self) -> None:
        pass

    def write_format_data(self, format_dict: Any, md_dict: Any = None) -> None:
        cast(Shell, self.shell).stage.show("execute_result", format_dict, count=self.prompt_count)

    def log_output(self, format_dict: Any) -> None:
        pass

    def finish_displayhook(self) -> None:
        self._is_active = False


class _DisplayPublisher(DisplayPublisher):
    """`display()` and its relatives."""

    def publish(
        self,
        data: Any,
        metadata: Any = None,
        source: Any = None,
        *,
        transient: Any = None,
        update: bool = False,
        **kwargs: Any,
    ) -> None:
        identity = transient.get("display_id") if isinstance(transient, dict) else None
        if update:
            self.shell.stage.update(identity, data)
        else:
            self.shell.stage.show("display_data", data, display_id=identity)

    def clear_output(self, wait: bool = False) -> None:
        self.shell.stage.clear(wait=bool(wait))


class Shell(InteractiveShell):
    """The shell. `stage` is set by whoever runs a cell."""

    displayhook_class = Type(_DisplayHook)
    display_pub_class = Type(_DisplayPublisher)
    compiler_class = Type(_Compiler)
    stage: Stage = _Nowhere()

    @property
    def sources(self) -> dict[str, list[str]]:
        """The lines of each cell by its file name."""
        return cast(_Compiler, self.compile).sources

    def no_stage(self) -> None:
        """From here on nothing is shown anywhere."""
        self.stage = _Nowhere()

    # -- nothing on disk, nothing of the surroundings ------------------------------------------------------------

    def init_ipython_dir(self, ipython_dir: Any) -> None:
        pass

    def init_profile_dir(self, profile_dir: Any) -> None:
        self.db = {}

    def init_virtualenv(self) -> None:
        pass

    def init_sys_modules(self) -> None:
        """Left to the forked child: the server keeps its own `__main__`."""

    def init_hooks(self) -> None:
        super().init_hooks()  # type: ignore[no-untyped-call]
        # As in a notebook that nobody watches: help texts go nowhere.
        self.set_hook("show_in_pager", lambda *_, **__: None, 99)  # type: ignore[no-untyped-call]

    # -- errors ---------------------------------------------------------------------------------------------------

    def showtraceback(
        self,
        exc_tuple: _ExcInfo | None = None,
        filename: str | None = None,
        tb_offset: int | None = None,
        exception_only: bool = False,
        running_compiled_code: bool = False,
    ) -> None:
        kind, error, trace = exc_tuple or sys.exc_info()
        error = error if error is not None else getattr(sys, "last_value", None)
        if isinstance(error, BaseException):
            sys.last_type, sys.last_value, sys.last_traceback = kind, error, trace
            self.stage.fail(error)

    def showsyntaxerror(self, filename: str | None = None, running_compiled_code: bool = False) -> None:
        self.showtraceback()

    def _format_exception_for_storage(self, exception: Any, *_: Any, **__: Any) -> dict[str, Any]:
        return {"ename": "", "evalue": "", "traceback": []}  # IPython would format every error a second time

    # -- output ---------------------------------------------------------------------------------------------------

    @contextmanager
    def _tee(self, channel: str) -> Generator[None]:
        yield  # IPython would keep a second copy of everything printed, without a bound

    # -- things that need a person or a window ------------------------------------------------------------------------

    def ask_exit(self) -> NoReturn:
        raise SystemExit

    def enable_gui(self, gui: Any = None) -> None:
        pass

    def enable_matplotlib(self, gui: Any = None) -> Any:
        """Figures are pictures, whichever window was asked for."""
        return super().enable_matplotlib("inline")  # type: ignore[no-untyped-call]

    def system(self, cmd: str) -> None:
        """Run a shell command; what it prints is caught like everything else."""
        self.system_raw(cmd)  # type: ignore[no-untyped-call]


def make_shell() -> Shell:
    """The one shell of this process; `get_ipython()` finds it."""
    config = Config()
    config.HistoryManager.enabled = False  # otherwise a database and a thread
    config.HistoryManager.hist_file = ":memory:"
    config.InteractiveShell.colors = "nocolor"
    config.InteractiveShell.cache_size = 1000
    config.InteractiveShell.history_load_length = 0
    shell = Shell.instance(config=config)
    cast(DisplayFormatter, shell.display_formatter).active_types = list(SHOWN)
    builtins.input = getpass.getpass = _refuse_input
    atexit.unregister(shell.atexit_operations)
    return shell


def _refuse_input(*_: object, **__: object) -> str:
    """As a notebook kernel without a person behind it."""
    raise StdinNotImplementedError(_NO_INPUT)
