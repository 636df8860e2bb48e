"""The desktop around the terminal: clipboard and browser; the only home of pyperclip."""

from readlist.tui.desktop.browser import open_url
from readlist.tui.desktop.clipboard import Copied, clipboard_report, copy, paste
from readlist.tui.desktop.surroundings import DEADLINE

__all__ = ["DEADLINE", "Copied", "clipboard_report", "copy", "open_url", "paste"]
