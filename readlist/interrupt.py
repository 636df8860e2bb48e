"""^C: whether the process was asked to end, whatever became of the exception that said so."""

from __future__ import annotations

# Nothing else: it is to listen before anything that takes time is imported, and `signal` is that already.
import _signal  # type: ignore[import-not-found]
import sys

INTERRUPTED = 130
"""Exit status of a command ended by ^C, as shells have it: 128 and the number of SIGINT."""

_PAUSE = 0.005
"""Seconds until an interrupt that something swallowed is raised once more."""

_state = {"listening": False, "asked": False, "settled": False}


class _Interrupt(KeyboardInterrupt):
    """An interrupt that comes again when it is dropped on its way: by a callback of C, a finalizer, an `except`."""

    def __del__(self) -> None:
        if _state["asked"] and not _state["settled"]:
            from _thread import start_new_thread

            try:
                start_new_thread(_raise_again, ())
            except RuntimeError:
                # The interpreter ends: nothing is left to interrupt.
                return


def listen() -> None:
    """From now on, note an interrupt when it is delivered; where the process ignores it, that stays so."""
    _state["listening"] = True
    if _signal.getsignal(_signal.SIGINT) is _signal.default_int_handler:
        _signal.signal(_signal.SIGINT, _note)
    sys.unraisablehook = _report_unraisable


def settle() -> None:
    """Ignore what comes from now on: how the process ends is decided. Does nothing unless it listens."""
    if _state["listening"]:
        _signal.signal(_signal.SIGINT, _signal.SIG_IGN)
        _state["settled"] = True


def forget() -> None:
    """Forget an interrupt that ended one thing, and not the process."""
    _state["asked"] = False


def asked(error: BaseException | None = None) -> bool:
    """Tell whether an interrupt was delivered, or whether an exception came of one.

    Python and its libraries may wrap it (`RuntimeError: Error calling __set_name__ …`), or drop it and raise an
    exception of their own (`sqlite3`: "user-defined function raised exception").
    """
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        one = waiting.pop()
        if one is None or id(one) in seen:
            continue
        if isinstance(one, KeyboardInterrupt):
            return True
        seen.add(id(one))
        waiting += [one.__cause__, one.__context__]
    return _state["asked"]


def check() -> None:
    """Go on with an interrupt that was taken for another failure.

    Raises:
        KeyboardInterrupt: an interrupt was delivered.
    """
    if _state["asked"] and not _state["settled"]:
        raise _Interrupt


def _note(_number: int, _frame: object) -> None:
    _state["asked"] = True
    raise _Interrupt


def _raise_again() -> None:
    import threading
    import time

    time.sleep(_PAUSE)
    if not _state["asked"] or _state["settled"]:
        return
    if hasattr(_signal, "pthread_kill"):
        # Sent to the main thread, it wakes that from whatever it waits for.
        _signal.pthread_kill(threading.main_thread().ident, _signal.SIGINT)
    else:
        _signal.raise_signal(_signal.SIGINT)


def _report_unraisable(unraisable: sys.UnraisableHookArgs) -> None:
    # An interrupt has no place in it where it could be raised; it comes again.
    if not asked(unraisable.exc_value):
        sys.__unraisablehook__(unraisable)
