"""What fits the user: learned from stars, notes and what was read without a star. Pure: no clock, no I/O, no chance."""

from readlist.match.features import Features, features_of
from readlist.match.likeness import Likeness, shared
from readlist.match.model import Frequencies, Model, count
from readlist.match.reason import Contribution, Reason, parts_of, reason_for

__all__ = [
    "Contribution",
    "Features",
    "Frequencies",
    "Likeness",
    "Model",
    "Reason",
    "count",
    "features_of",
    "parts_of",
    "reason_for",
    "shared",
]
