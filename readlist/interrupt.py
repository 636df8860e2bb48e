"""^C: whether the process was interrupted, even if the exception was swallowed."""

from __future__ import annotations

# No other imports: this must run before any slow import, and `signal` is slow already.
import _signal  # type: ignore[import-not-found]
import sys

INTERRUPTED = 130
"""Exit status of a command ended by ^C, as in shells: 128 + SIGINT."""

_PAUSE = 0.005
"""Seconds until a swallowed interrupt is raised again."""

_state = {"listening": False, "asked": False, "settled": False}


class _Interrupt(KeyboardInterrupt):
    """An interrupt that is raised again when it is swallowed: by a C callback, a finalizer, an `except`."""

    def __del__(self) -> None:
        if _state["asked"] and not _state["settled"]:
            from _thread import start_new_thread

            try:
                start_new_thread(_raise_again, ())
            except RuntimeError:
                # The interpreter is ending.
                return


def listen() -> None:
    """From now on, record an interrupt when it is delivered; if the process ignores it, it still does."""
    _state["listening"] = True
    if _signal.getsignal(_signal.SIGINT) is _signal.default_int_handler:
        _signal.signal(_signal.SIGINT, _note)
    sys.unraisablehook = _report_unraisable


def settle() -> None:
    """Ignore interrupts from now on: the process is ending. Does nothing before `listen`."""
    if _state["listening"]:
        _signal.signal(_signal.SIGINT, _signal.SIG_IGN)
        _state["settled"] = True


def forget() -> None:
    """Forget an interrupt that ended one action, but not the process."""
    _state["asked"] = False


def asked(error: BaseException | None = None) -> bool:
    """Tell whether an interrupt was delivered, or caused an exception.

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
    """Raise an interrupt that looked like another failure.

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
        # Sent to the main thread, it wakes it.
        _signal.pthread_kill(threading.main_thread().ident, _signal.SIGINT)
    else:
        _signal.raise_signal(_signal.SIGINT)


def _report_unraisable(unraisable: sys.UnraisableHookArgs) -> None:
    # An interrupt can't be raised here; it is raised again later.
    if not asked(unraisable.exc_value):
        sys.__unraisablehook__(unraisable)
