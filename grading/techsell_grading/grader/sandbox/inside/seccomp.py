"""The system calls that graded code may not make, as a filter that the kernel runs (seccomp mode 2).

What is refused: looking into or changing other processes, new namespaces and mounts, kernel facilities that keep
memory or data beyond the life of a process (System V and POSIX queues, keys, memory files, io_uring), and sockets
other than Unix and internet ones. A refused call returns an error; nothing is killed, so that a library which merely
tries falls back to something else.

Source: Linux `seccomp(2)`, `linux/filter.h`; numbers from `asm/unistd_64.h` (x86_64) and `asm-generic/unistd.h`
(aarch64). The filter stays for ever and is inherited by every descendant.
"""

from __future__ import annotations

import ctypes
import errno
import platform
import struct
from collections.abc import Iterator

__all__ = ["ARCHITECTURES", "install", "instructions"]

ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
"""machine name -> AUDIT_ARCH number"""

_X86, _ARM = 0, 1
_X32 = 0x40000000
"""on x86_64, system calls from here on are the 32-bit pointer variant, which would walk past the numbers below"""

_REFUSED: dict[str, tuple[int | None, int | None]] = {
    # looking into other processes, or acting on them
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "kcmp": (312, 272),
    "pidfd_getfd": (438, 438),
    "process_madvise": (440, 440),
    "process_mrelease": (448, 448),
    "move_pages": (279, 239),
    "migrate_pages": (256, 238),
    "perf_event_open": (298, 241),
    # namespaces and mounts
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    # memory and data that outlive a process, or that no limit of a process counts
    "shmget": (29, 194),
    "shmat": (30, 196),
    "shmctl": (31, 195),
    "shmdt": (67, 197),
    "msgget": (68, 186),
    "msgsnd": (69, 189),
    "msgrcv": (70, 188),
    "msgctl": (71, 187),
    "semget": (64, 190),
    "semop": (65, 193),
    "semctl": (66, 191),
    "semtimedop": (220, 192),
    "mq_open": (240, 180),
    "mq_unlink": (241, 181),
    "mq_timedsend": (242, 182),
    "mq_timedreceive": (243, 183),
    "mq_notify": (244, 184),
    "mq_getsetattr": (245, 185),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    # kernel machinery that no exercise needs, and where holes were found again and again
    "bpf": (321, 280),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "fanotify_init": (300, 262),
    "lookup_dcookie": (212, 18),
    "nfsservctl": (180, 42),
    "modify_ldt": (154, None),
    "uselib": (134, None),
    # the machine as a whole
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
    "reboot": (169, 142),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "acct": (163, 89),
    "quotactl": (179, 60),
    "quotactl_fd": (443, 443),
    "settimeofday": (164, 170),
    "clock_settime": (227, 112),
    "adjtimex": (159, 171),
    "clock_adjtime": (305, 266),
    "sethostname": (170, 161),
    "setdomainname": (171, 162),
    "syslog": (103, 116),
    "vhangup": (153, 58),
    "iopl": (172, None),
    "ioperm": (173, None),
}
"""name -> number on x86_64, on aarch64; None where it does not exist"""

_SELF_ONLY = {
    "sched_setaffinity": (203, 122),
    "sched_setscheduler": (144, 119),
    "sched_setparam": (142, 118),
    "sched_setattr": (314, 274),
    "prlimit64": (302, 261),
}
"""Allowed for the calling process (first argument 0) and nobody else. In a user namespace the server has the same user
as the learner's code, which could otherwise slow it down for everybody who comes after."""

_CLONE, _CLONE3 = (56, 220), (435, 435)
_NAMESPACES = 0x02000000 | 0x04000000 | 0x08000000 | 0x10000000 | 0x20000000 | 0x40000000 | 0x00020000
_SOCKETS = ((41, 198), (53, 199))
_FAMILIES = (1, 2, 10)
"""AF_UNIX, AF_INET, AF_INET6. Others reach past the network namespace (AF_VSOCK) or into odd corners of the kernel."""
_SETSOCKOPT, _SOL_SOCKET, _SO_LINGER = (54, 208), 1, 13
_SETPRIORITY, _IOPRIO_SET, _PERSONALITY = (141, 140), (251, 30), (135, 92)
_QUERY = 0xFFFFFFFF

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER_AT, _ARCH_AT, _ARGUMENTS_AT = 0, 4, 16
_ALLOW, _ERROR = 0x7FFF0000, 0x00050000
_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _MODE_FILTER = 38, 22, 2

Step = tuple[int, int, int, int]


def instructions(machine: str) -> tuple[Step, ...]:
    """The filter as (code, jump if true, jump if false, number).

    Raises:
        KeyError: a machine whose numbers are not known here, see `ARCHITECTURES`.
    """
    arch, place = ARCHITECTURES[machine], _X86 if machine == "x86_64" else _ARM
    steps: list[Step] = [(_LOAD, 0, 0, _ARCH_AT), (_EQUAL, 1, 0, arch), _refuse(errno.EPERM)]
    steps.append((_LOAD, 0, 0, _NUMBER_AT))
    if place == _X86:
        steps += [(_AT_LEAST, 0, 1, _X32), _refuse(errno.EPERM)]
    for numbers in _REFUSED.values():
        number = numbers[place]
        if number is not None:
            steps += [(_EQUAL, 0, 1, number), _refuse(errno.EPERM)]
    steps += [
        (_EQUAL, 0, 1, _CLONE3[place]),
        _refuse(errno.ENOSYS),
    ]  # its flags lie in memory; libraries use clone then
    for rule in _looked_into(place):
        steps += rule
    steps.append((_RETURN, 0, 0, _ALLOW))
    return tuple(steps)


def install() -> None:
    """Put the filter on this process and all that it will start.

    Raises:
        OSError: the kernel refuses filters.
        KeyError: unknown machine.
    """
    steps = instructions(platform.machine())
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in steps))
    program = struct.pack("HxxxxxxP", len(steps), ctypes.addressof(code))
    libc = ctypes.CDLL(None, use_errno=True)
    held = ctypes.create_string_buffer(program)
    for words in ((_PR_SET_NO_NEW_PRIVS, 1, None), (_PR_SET_SECCOMP, _MODE_FILTER, ctypes.byref(held))):
        if libc.prctl(ctypes.c_int(words[0]), ctypes.c_ulong(words[1]), words[2], None, None) != 0:
            number = ctypes.get_errno()
            raise OSError(number, f"the kernel refuses a system call filter: {errno.errorcode.get(number, number)}")


def _refuse(number: int) -> Step:
    return (_RETURN, 0, 0, _ERROR | number)


def _looked_into(place: int) -> Iterator[list[Step]]:
    """Rules that depend on arguments; each finds the number loaded, and leaves it so when it does not match."""
    yield _rule(_CLONE[place], [_argument(0), (_ANY_BIT, 0, 1, _NAMESPACES), _refuse(errno.EPERM)])
    for numbers in _SOCKETS:
        known = [(_EQUAL, len(_FAMILIES) - at, 0, family) for at, family in enumerate(_FAMILIES)]
        yield _rule(numbers[place], [_argument(0), *known, _refuse(errno.EAFNOSUPPORT)])
    # Whoever closes a lingering socket waits. It can be sent to the grader, which then waits for as long as it says.
    level: list[Step] = [_argument(1), (_EQUAL, 0, 3, _SOL_SOCKET)]
    yield _rule(_SETSOCKOPT[place], [*level, _argument(2), (_EQUAL, 0, 1, _SO_LINGER), _refuse(errno.EPERM)])
    for numbers in _SELF_ONLY.values():
        yield _rule(numbers[place], [_argument(0), (_EQUAL, 1, 0, 0), _refuse(errno.EPERM)])
    # (what, who): only PRIO_PROCESS = 0 and IOPRIO_WHO_PROCESS = 1 of oneself; the others mean groups and users.
    for numbers, process in ((_SETPRIORITY, 0), (_IOPRIO_SET, 1)):
        both: list[Step] = [_argument(0), (_EQUAL, 0, 2, process), _argument(1), (_EQUAL, 1, 0, 0)]
        yield _rule(numbers[place], [*both, _refuse(errno.EPERM)])
    yield _rule(_PERSONALITY[place], [_argument(0), (_EQUAL, 1, 0, _QUERY), _refuse(errno.EPERM)])


def _rule(number: int, body: list[Step]) -> list[Step]:
    """`body` for one system call; falling out of its end allows the call."""
    return [(_EQUAL, 0, len(body) + 1, number), *body, (_RETURN, 0, 0, _ALLOW)]


def _argument(position: int) -> Step:
    """Loads the low half of an argument (both machines are little-endian; the calls here take 32-bit numbers)."""
    return (_LOAD, 0, 0, _ARGUMENTS_AT + 8 * position)
