"""`__main__` as tests import it, or as `unittest.mock.patch("__main__.name")` changes it: the names of the tests."""

from __future__ import annotations

from types import ModuleType
from typing import Any

from .names import Names

__all__ = ["MainModule"]


class MainModule(ModuleType):
    """`__main__` as tests import it: the same names."""

    def __init__(self, names: Names) -> None:
        super().__init__("__main__")
        ModuleType.__setattr__(self, "_names", names)

    def __getattr__(self, name: str) -> Any:
        names: Names = ModuleType.__getattribute__(self, "_names")
        try:
            return names[name]
        except KeyError:
            raise AttributeError(f"module '__main__' has no attribute '{name}'") from None

    def __setattr__(self, name: str, value: Any) -> None:
        self._names[name] = value

    def __delattr__(self, name: str) -> None:
        try:
            del self._names[name]
        except KeyError:
            raise AttributeError(name) from None

    def __dir__(self) -> list[str]:
        return list(self._names.own())

    @property
    def __dict__(self) -> Any:  # type: ignore[override]  # `vars(__main__)` and `patch` look here
        return ModuleType.__getattribute__(self, "_names")
