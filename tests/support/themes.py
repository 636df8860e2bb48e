"""The themes with colours of their own."""

from __future__ import annotations

from textual.theme import BUILTIN_THEMES

from readlist.tui.app import DARK, LIGHT

COLOURED = (DARK, LIGHT, *(theme for theme in BUILTIN_THEMES.values() if not theme.ansi))
"""readlist's own, and those of Textual that don't leave the terminal its palette."""
