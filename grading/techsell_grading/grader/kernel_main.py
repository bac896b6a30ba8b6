"""Started as a program, not imported: an ordinary Python kernel that limits itself before it loads anything else.

`python -I kernel_main.py MEMORY -f CONNECTION`: address space in bytes, then the kernel's own arguments.
"""

from __future__ import annotations

import sys

_FILE_BYTES = 256 << 20


def limit(memory: int) -> None:
    """Cap address space, file size and core dumps where the operating system can; elsewhere do nothing."""
    try:
        import resource
    except ImportError:  # Windows
        return
    for what, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_FSIZE, _FILE_BYTES),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(what)[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        try:
            resource.setrlimit(what, (most, most))
        except (ValueError, OSError):  # macOS refuses some of them
            continue


if __name__ == "__main__":
    limit(int(sys.argv[1]))
    del sys.argv[1]
    from ipykernel import kernelapp

    kernelapp.launch_new_instance()
