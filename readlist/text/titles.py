"""Whether two records are one paper, by identifiers or title, and keys that distinguish works of one title."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

from readlist.model.paper import Link, bare_title, fingerprint, normalize_address
from readlist.model.time import PublicationDate
from readlist.pattern import pattern
from readlist.text.clean import fold

_NAMES_NOTHING = """
abbreviations abouttheauthors abstract acknowledgement acknowledgements acknowledgmentofreviewers
acknowledgments afterword announcement announcements appendix authorcorrection authorindex authorreply
authorresponse authorscorrection authorsreply authorsresponse background backmatter bibliography bookreview
bookreviews calendar callforpapers comment commentary comments conclusion conclusions contents contributors
correction corrections corrigenda corrigendum cover coverpicture datadescriptor dedication discussion
editorial editorials editorsintroduction editorsnote editorsnotes epilogue errata errataandcorrigenda erratum
expressionofconcern foreword fromtheeditor fromtheeditors frontmatter glossary guesteditorial
guesteditorsintroduction inbrief index inmemoriam interview interviews inthisissue introduction
issueinformation keynote letter letters letterstotheeditor lettertotheeditor listofreviewers masthead
motivation news newsandviews newsinbrief note notes notitle obituary opinion organizingcommittee overview
panel perspective perspectives poster posters preface proceedings programcommittee prologue publishernote
publisherscorrection publishersnote references reply researchhighlights response retraction retractionnote
retractionnotice review reviewers reviews subjectindex summary supplementaryinformation supplementarymaterial
tableofcontents titlepage untitled viewpoint welcome
"""
_GENERIC = frozenset(_NAMES_NOTHING.split())
"""Fingerprints of titles of many works."""
_NUMBERED = pattern(r"(?:chapter|part|volume|section|appendix|lecture|issue|supplement|session|day|week)[\divxlc]{1,6}")
_WORD = pattern(r"[^\W_]+")
_SIGNED = pattern(r"(?<![a-z0-9])[a-z](?:\+\+|#)|(?<![\w.])\.net(?![a-z0-9])")
_UNSPACED = pattern(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
# Of the many `utm_` that a word may have the first is tried, and no other: none gets further than the word's end.
_TRACKING = pattern(r"(?i)\b((?:(?!utm_\w)\w)*+)utm_\w++=[^&]*+&?|(?:ref|source|from|fbclid|gclid|rss|via)=[^&]*+&?")
_QUALIFIED = pattern(r"title:[^-]+-[0-9a-f]{10}")
_INITIALS = 3
_WORDS = 3
_LETTERS = 6
_BEGINNING = 60
"""Letters of two abstracts that must agree."""


class _Work(Protocol):
    """What is compared of a record; see `Paper`."""

    @property
    def title(self) -> str: ...

    @property
    def abstract(self) -> str: ...

    @property
    def authors(self) -> tuple[str, ...]: ...

    @property
    def published(self) -> PublicationDate | None: ...

    @property
    def arxiv(self) -> str: ...

    @property
    def doi(self) -> str: ...

    @property
    def links(self) -> tuple[Link, ...]: ...

    @property
    def key(self) -> str: ...


def names_nothing(title: str) -> bool:
    """Tell whether many works have this title: "Editorial", "Introduction", "Chapter 3"."""
    printed = fingerprint(title)
    return printed in _GENERIC or _NUMBERED.fullmatch(printed) is not None


def is_short(title: str) -> bool:
    """Tell whether a title has fewer than three words; of scripts without blanks, fewer than six letters."""
    return len(_WORD.findall(title)) < _WORDS and len(_UNSPACED.findall(title)) < _LETTERS


def share_identity(first: Collection[str], second: Collection[str]) -> bool:
    """Tell whether two papers are one by their identifiers alone.

    A shared arXiv id decides; else a shared DOI does, unless the arXiv ids differ. A title is weak: it doesn't count
    if arXiv ids or DOIs differ, and a title such as "Editorial" only if neither has anything else.
    """
    mine, theirs = set(first), set(second)
    found = mine & theirs
    if mine != theirs:
        found = {name for name in found if not (name.startswith("title:") and name.removeprefix("title:") in _GENERIC)}
    shared = {identifier.partition(":")[0] for identifier in found}
    both = {name.partition(":")[0] for name in mine} & {name.partition(":")[0] for name in theirs}
    if "arxiv" in shared or ("arxiv" not in both and "doi" in shared):
        return True
    return bool(shared) and not both & {"arxiv", "doi"}


def same_paper(identifier: str, one: _Work, other: _Work, *, in_one_feed: bool = False) -> bool:
    """Tell whether two papers that share an identifier are one paper.

    An arXiv id decides by itself. A DOI does unless the arXiv ids differ. A title is weak: see `title_joins`.

    Args:
        identifier: what they share.
        one: a paper.
        other: another.
        in_one_feed: whether one feed announces both.
    """
    if identifier.startswith("arxiv:"):
        return True
    if identifier.startswith("doi:"):
        return not (one.arxiv and other.arxiv) or one.arxiv == other.arxiv
    return title_joins(one, other, in_one_feed=in_one_feed)


def may_be_one(identifier: str, one: _Work, other: _Work, *, in_one_feed: bool = False) -> bool:
    """Tell whether two papers that a third record joins may be one.

    If both have the title that joins them, they must be one by it; else no identifier may differ.
    """
    if not identifier.startswith("title:"):
        return same_paper(identifier, one, other)
    if fingerprint(one.title) == fingerprint(other.title):
        return title_joins(one, other, in_one_feed=in_one_feed)
    if one.arxiv and other.arxiv:
        return one.arxiv == other.arxiv
    return not (one.doi and other.doi) or one.doi == other.doi


def title_joins(one: _Work, other: _Work, *, in_one_feed: bool = False) -> bool:
    """Tell whether the title that two records share makes them one work.

    It does unless something differs: identifiers, first author, years by more than one, pages of one site, items of one
    feed, signs (C, C++, C#). A preprint may be years older than its publication. For a title of few words
    something else must agree, or be unknown of both: first author, abstract or page. A title such as "Editorial" needs
    more, since an editor writes many: abstract or page, or a key made of all details of a reference.

    Args:
        one: a record with the title.
        other: another one.
        in_one_feed: whether one feed announces both.
    """
    if one.arxiv and other.arxiv:
        return one.arxiv == other.arxiv
    if one.doi and other.doi:
        return one.doi == other.doi
    if is_qualified(one.key) and one.key == other.key:
        return True
    if _signs(one.title) != _signs(other.title) or _are_other_items(one, other, in_one_feed=in_one_feed):
        return False
    share_author = bool(one.authors and other.authors) and share_first_author(one.authors, other.authors)
    if one.authors and other.authors and not share_author:
        return False
    # One with another title today had this one before.
    titles = {other.title} if fingerprint(one.title) != fingerprint(other.title) else {one.title, other.title}
    is_preprint = bool(one.arxiv) != bool(other.arxiv) and share_author
    far = bool(one.published and other.published) and abs(_year(one) - _year(other)) > 1
    if far and (not is_preprint or any(map(names_nothing, titles))):
        return False
    if any(map(names_nothing, titles)):
        return _agree(one, other) or _fit(one, other, share_author=share_author)
    if not any(map(is_short, titles)):
        return True
    return share_author or _agree(one, other) or _details(one) == _details(other)


def _year(work: _Work) -> int:
    return work.published.year if work.published else 0


def _are_other_items(one: _Work, other: _Work, *, in_one_feed: bool) -> bool:
    """Tell whether two records have different pages of one site, or different ids of a feed."""
    mine, theirs = _page(one), _page(other)
    if not (mine and theirs) or mine == theirs:
        # A page of many items is not their own; then their ids differ. A key made of a work's details doesn't count: it
        # changes when a year is filled in.
        ids = {work.key for work in (one, other) if work.key not in (bare_title(work.key), qualified(work))}
        return in_one_feed and len(ids) > 1
    return in_one_feed or (mine.partition("/")[0] == theirs.partition("/")[0] and ("pdf" in mine) == ("pdf" in theirs))


def _agree(one: _Work, other: _Work) -> bool:
    """Tell whether two records have a page in common, or the beginning of their abstracts."""
    if _page(one) and _page(one) == _page(other):
        return True
    first, second = (fingerprint(work.abstract[: 4 * _BEGINNING]) for work in (one, other))
    size = min(len(first), len(second), 2 * _BEGINNING)
    return size >= _BEGINNING and first[:size] == second[:size]


def _fit(one: _Work, other: _Work, *, share_author: bool) -> bool:
    """Tell whether two works with a title such as "Editorial" may be one: not if their keys differ.

    A key by such a title alone is from an older readlist, which dropped the year of a reference without a month.
    """
    if one.arxiv or one.doi or other.arxiv or other.doi or (is_qualified(one.key) and is_qualified(other.key)):
        return False
    if _details(one) == _details(other):
        return True
    same_year = not (one.published and other.published) or _year(one) == _year(other)
    return share_author and same_year and is_qualified(one.key) != is_qualified(other.key)


def _details(work: _Work) -> tuple[object, ...]:
    """Return the details of a work apart from its title."""
    return work.arxiv or work.doi, _page(work), work.authors[:1], work.published, bool(work.abstract)


def _page(work: _Work) -> str:
    """Return the address of a work's own page, normalized, without tracking parameters."""
    address = next((link.url for link in work.links if link.kind == "paper"), "")
    path, _, query = address.partition("#")[0].partition("?")
    query = _TRACKING.sub(r"\1", query).rstrip("&")
    return normalize_address(f"{path}?{query}" if query else path)


def _signs(title: str) -> tuple[str, ...]:
    """Return the names in a title that only differ by signs, in order: C++, C#."""
    return tuple(_SIGNED.findall(title.casefold()))


def are_apart(one: _Work, other: _Work) -> bool:
    """Tell whether two works of one title differ: by signs, first authors or years."""
    if not share_signs(one.title, other.title):
        return True
    if one.authors and other.authors and not share_first_author(one.authors, other.authors):
        return True
    return bool(one.published and other.published) and abs(_year(one) - _year(other)) > 1


def share_signs(one: str, other: str) -> bool:
    """Tell whether two titles of the same letters have the same signs: C, C++, C#."""
    return _signs(one) == _signs(other)


def share_first_author(one: Sequence[str], other: Sequence[str]) -> bool:
    """Tell whether the first author of either list is in the other: a capture may have lost the order."""
    first, second = one[0], other[0]
    return any(_alike(first, name) for name in other) or any(_alike(second, name) for name in one)


def _alike(one: str, other: str) -> bool:
    """Tell whether two spellings may be one name: `A. Vaswani`, `Vaswani, Ashish`."""
    short, long = sorted((_parts(one), _parts(other)), key=len)
    if not short or short == long:
        return True
    rest = list(long)
    whole = False
    for part in sorted(short, key=len, reverse=True):
        found = next((each for each in rest if each == part), None)
        if found is None:
            found = next((each for each in rest if each[0] == part[0] and 1 in (len(each), len(part))), None)
        if found is None:
            return False
        whole = whole or (found == part and len(part) > 1)
        rest.remove(found)
    return whole


def _parts(name: str) -> list[str]:
    parts: list[str] = []
    words = _WORD.findall(name[:200])
    for word in words:
        # `Vaswani AN`: initials without points.
        is_initials = word.isascii() and word.isupper() and len(word) < _INITIALS and len(words) > 1
        parts += list(fold(word)) if is_initials else [fold(word)]
    return [part for part in parts if part]


def qualified(work: _Work, *, by: str = "", venue: str = "") -> str:
    """Return a key that distinguishes a work from others of its title: by page, else by first author, year and venue.

    It is the same for the same details. Without details it is the key by the title alone.

    Args:
        work: the work.
        by: another detail, such as its id in a feed; used if it has no page.
        venue: what it is in, normalized: journal, issue and pages.
    """
    detail = _page(work) or by
    if not detail:
        author = " ".join(sorted(_parts(work.authors[0]))) if work.authors else ""
        details = (" ".join(_signs(work.title)), author, str(_year(work) or ""), venue)
        detail = " ".join(filter(None, details))
    bare = f"title:{fingerprint(work.title)}"
    return f"{bare}-{short_hash(detail)}" if detail else bare


def is_qualified(key: str) -> bool:
    """Tell whether a key by title includes details, so that it is the same on every machine."""
    return _QUALIFIED.fullmatch(key) is not None


def short_hash(detail: str) -> str:
    """Return the details' hash in a key: ten hexadecimal digits."""
    from hashlib import blake2b

    return blake2b(detail.encode("utf-8", "replace"), digest_size=5).hexdigest()
