"""What `readlist doctor --match` says: what the match was learned from, and how good it is on the user's own stars."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from readlist.cli.output import ProgressBar
from readlist.services import Progress
from readlist.services.recommendation import ENOUGH_JUDGED, said_of, share_of
from readlist.text.clean import counted

if TYPE_CHECKING:
    from readlist.shelf import Shelf
    from readlist.shelf.hindsight import Hindsight
    from readlist.shelf.match_shelf import Reliability


class MatchFinding(NamedTuple):
    """The verdict on one thing, as `readlist doctor` prints it."""

    name: str
    verdict: Literal["good", "warning"]
    text: str
    hint: str = ""


def examine_match(shelf: Shelf) -> tuple[dict[str, Any], list[MatchFinding]]:
    """Learn, and judge the last stars; returns the facts, and the verdict on each thing."""
    shelf.match.learn()
    known = shelf.match.reliability()
    with ProgressBar() as bar:
        past = shelf.match.past(lambda done, total: bar.report(Progress(done, total, "stars", "judging your stars")))
    facts = {
        "stars": known.stars,
        "certainty": known.certainty,
        "confidence": round(known.confidence, 3) if known.certainty in ("unsure", "sure") else None,
        "judged": past.stars,
        "best_tenth": past.best,
        "best_tenth_by_upvotes": past.by_upvotes,
        "best_tenth_by_chance": round(past.by_chance, 1),
    }
    return {"match": facts}, [_certainty(known), _past(past)]


def _certainty(known: Reliability) -> MatchFinding:
    learned = f"learned from {counted(known.stars, 'starred or noted paper')}"
    share = f"a star is above {share_of(known)} of 100 other papers, judged by the other stars"
    match known.certainty:
        case "none":
            return MatchFinding("match", "warning", "nothing is starred or noted yet", "star a few papers")
        case "guess":
            return MatchFinding("match", "warning", f"{learned}: a guess", "star a few more papers")
        case "unsure":
            return MatchFinding("match", "warning", f"{learned}, which have little in common yet: {share}")
        case "sure":
            return MatchFinding("match", "good", f"{learned}: {share}")


def _past(past: Hindsight) -> MatchFinding:
    if not past.stars:
        text = "no star can be judged yet: that takes three earlier stars, and ten papers on its day"
        return MatchFinding("past", "warning", text)
    good = past.stars >= ENOUGH_JUDGED and past.best > max(past.by_chance, past.by_upvotes)
    return MatchFinding("past", "good" if good else "warning", said_of(past))
