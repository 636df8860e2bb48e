"""The terms of papers of the library: as the search index has them, as it is asked for them, and as they are read."""

from __future__ import annotations

from collections.abc import Mapping

from readlist.library.rows import Entry
from readlist.library.scores import expression
from readlist.library.search_index import indexed
from readlist.match.features import Features, bare, features_of, kind_of
from readlist.query.lexer import UNSPACED, written_token
from readlist.text.clean import readable


def terms_of(entry: Entry) -> Features:
    """Return the terms of a paper as the search index has them."""
    paper = entry.paper
    return features_of(
        indexed(paper.title), indexed(paper.abstract), tuple(map(readable, paper.authors)), readable(paper.organization)
    )


def expressions(weights: Mapping[str, float]) -> list[tuple[float, str]]:
    """Return weights of terms as the search index takes them: each with what finds papers with its term."""
    return [(weight, expression(kind_of(term), bare(term))) for term, weight in weights.items()]


def written(term: str, entry: Entry) -> str:
    """Return a term of a paper as it is read: names as the paper has them, scripts without blanks without any."""
    words, kind = bare(term), kind_of(term)
    if kind == "author":
        names = (name for name in entry.paper.authors if features_of("", "", (readable(name),)).authors == (term,))
        return next(names, words)
    if kind == "organization":
        return entry.paper.organization
    return written_token(words.replace(" ", "") if UNSPACED.match(words) else words)
