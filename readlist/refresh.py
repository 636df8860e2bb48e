"""Refreshing: each feed is asked in turn, and one that fails never stops the rest."""
