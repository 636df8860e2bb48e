"""Whether two records are one paper, by their identifiers or by a title, and what tells works of one title apart."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Protocol

from readlist.model.paper import Link, bare_title, fingerprint, sameness
from readlist.model.time import PublicationDate
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
"""Fingerprints of titles that many works bear."""
_NUMBERED = re.compile(
    r"(?:chapter|part|volume|section|appendix|lecture|issue|supplement|session|day|week)[\divxlc]{1,6}"
)
_WORD = re.compile(r"[^\W_]+")
_SIGNED = re.compile(r"(?<![a-z0-9])[a-z](?:\+\+|#)|(?<![\w.])\.net(?![a-z0-9])")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
_TRACKING = re.compile(r"(?i)(?:utm_\w+|ref|source|from|fbclid|gclid|rss|via)=[^&]*&?")
_QUALIFIED = re.compile(r"title:[^-]+-[0-9a-f]{10}")
_INITIALS = 3
_WORDS = 3
_LETTERS = 6
_BEGINNING = 60
"""Letters of an abstract that must agree before two are taken to be one."""


class Titled(Protocol):
    """What is compared of a record."""

    @property
    def title(self) -> str:
        """Its title."""

    @property
    def abstract(self) -> str:
        """Its abstract."""

    @property
    def authors(self) -> tuple[str, ...]:
        """Its authors, in order as far as known."""

    @property
    def published(self) -> PublicationDate | None:
        """When it was published."""

    @property
    def arxiv(self) -> str:
        """Its arXiv id."""

    @property
    def doi(self) -> str:
        """Its DOI."""

    @property
    def links(self) -> tuple[Link, ...]:
        """Its links."""

    @property
    def key(self) -> str:
        """Its key, or empty."""


def names_nothing(title: str) -> bool:
    """Tell whether many works are called so: "Editorial", "Introduction", "Chapter 3"."""
    printed = fingerprint(title)
    return printed in _GENERIC or _NUMBERED.fullmatch(printed) is not None


def is_short(title: str) -> bool:
    """Tell whether a title has fewer than three words; of scripts without blanks, fewer than six letters."""
    return len(_WORD.findall(title)) < _WORDS and len(_UNSPACED.findall(title)) < _LETTERS


def share_identity(first: Collection[str], second: Collection[str]) -> bool:
    """Tell whether two papers are one by their identifiers alone.

    A shared arXiv id decides; else a shared DOI does, unless the arXiv ids differ. A title is weak: it doesn't count
    against different arXiv ids or DOIs, and one that names nothing only where nothing else is known of either.
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


def same_paper(identifier: str, one: Titled, other: Titled, *, in_one_feed: bool = False) -> bool:
    """Tell whether two papers that share an identifier are one paper.

    An arXiv id decides by itself. A DOI does unless the arXiv ids differ. A title is weak: there are two papers
    called "Attention", so it counts only where nothing speaks against it (see `title_joins`).

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


def may_be_one(identifier: str, one: Titled, other: Titled, *, in_one_feed: bool = False) -> bool:
    """Tell whether two papers that a third record shows to be one may be so.

    Where that one is known by its title, they must be one by it too if they bear it both; else no identifier may
    speak against it.
    """
    if not identifier.startswith("title:"):
        return same_paper(identifier, one, other)
    if fingerprint(one.title) == fingerprint(other.title):
        return title_joins(one, other, in_one_feed=in_one_feed)
    if one.arxiv and other.arxiv:
        return one.arxiv == other.arxiv
    return not (one.doi and other.doi) or one.doi == other.doi


def title_joins(one: Titled, other: Titled, *, in_one_feed: bool = False) -> bool:
    """Tell whether the title that two records share makes them one work.

    It does if nothing speaks against it: other identifiers, another first author, years more than one apart, another
    page of the same site or another item of the same feed, signs that tell titles apart (C, C++, C#). A preprint may
    be years older than what was published of it. For a title of few words something else must agree too, or be
    unknown of both: first author, abstract or page. One that names nothing needs more, as an editor writes one
    editorial after another: abstract or page, or a key made of all that a reference says.

    Args:
        one: a record that is known by the title.
        other: another that bears it.
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
    # One that goes by another title today was known by this one before.
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


def _year(work: Titled) -> int:
    return work.published.year if work.published else 0


def _are_other_items(one: Titled, other: Titled, *, in_one_feed: bool) -> bool:
    """Tell whether two records are known by other addresses that stand side by side, or other ids of a feed."""
    mine, theirs = _page(one), _page(other)
    if not (mine and theirs) or mine == theirs:
        # A page that many items lead to is none of their own; then their ids tell them apart. A key made of what is
        # known of a work says no more than that; it changes when a year is filled in.
        ids = {work.key for work in (one, other) if work.key not in (bare_title(work.key), qualified(work))}
        return in_one_feed and len(ids) > 1
    return in_one_feed or (mine.partition("/")[0] == theirs.partition("/")[0] and ("pdf" in mine) == ("pdf" in theirs))


def _agree(one: Titled, other: Titled) -> bool:
    """Tell whether two records have a page in common, or the beginning of their abstracts."""
    if _page(one) and _page(one) == _page(other):
        return True
    first, second = (fingerprint(work.abstract[: 4 * _BEGINNING]) for work in (one, other))
    size = min(len(first), len(second), 2 * _BEGINNING)
    return size >= _BEGINNING and first[:size] == second[:size]


def _fit(one: Titled, other: Titled, *, share_author: bool) -> bool:
    """Tell whether two works whose title names nothing may be one: not if their keys tell them apart.

    A key by such a title alone is that of an older readlist, which kept no year of a reference without a month.
    """
    if one.arxiv or one.doi or other.arxiv or other.doi or (is_qualified(one.key) and is_qualified(other.key)):
        return False
    if _details(one) == _details(other):
        return True
    same_year = not (one.published and other.published) or _year(one) == _year(other)
    return share_author and same_year and is_qualified(one.key) != is_qualified(other.key)


def _details(work: Titled) -> tuple[object, ...]:
    """Return what is known of a work beside its title."""
    return work.arxiv or work.doi, _page(work), work.authors[:1], work.published, bool(work.abstract)


def _page(work: Titled) -> str:
    """Return the address of a work's own page, comparable, without what only tells where a reader came from."""
    address = next((link.url for link in work.links if link.kind == "paper"), "")
    path, _, query = address.partition("#")[0].partition("?")
    query = _TRACKING.sub("", query).rstrip("&")
    return sameness(f"{path}?{query}" if query else path)


def _signs(title: str) -> tuple[str, ...]:
    """Return the names in a title that only signs tell apart, in order."""
    return tuple(_SIGNED.findall(title.casefold()))


def are_apart(one: Titled, other: Titled) -> bool:
    """Tell whether something speaks against two works of one title being one: signs, first authors or years."""
    if not share_signs(one.title, other.title):
        return True
    if one.authors and other.authors and not share_first_author(one.authors, other.authors):
        return True
    return bool(one.published and other.published) and abs(_year(one) - _year(other)) > 1


def share_signs(one: str, other: str) -> bool:
    """Tell whether two titles of the same letters bear the same signs: C, C++, C#."""
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


def qualified(work: Titled, *, by: str = "", venue: str = "") -> str:
    """Return a key that tells a work from others of its title: by its page, else by first author, year and venue.

    It is the same wherever the same is known of the work. Where nothing is known it is the key by the title alone.

    Args:
        work: the work.
        by: what else tells it apart, such as its id in a feed; taken where it has no page.
        venue: what it is in, comparable: journal, issue and pages.
    """
    detail = _page(work) or by
    if not detail:
        author = " ".join(sorted(_parts(work.authors[0]))) if work.authors else ""
        told = (" ".join(_signs(work.title)), author, str(_year(work) or ""), venue)
        detail = " ".join(filter(None, told))
    bare = f"title:{fingerprint(work.title)}"
    return f"{bare}-{short_hash(detail)}" if detail else bare


def is_qualified(key: str) -> bool:
    """Tell whether a key by a title is one that details tell from others of that title, the same on every machine."""
    return _QUALIFIED.fullmatch(key) is not None


def short_hash(detail: str) -> str:
    """Return what is put behind a title's fingerprint: ten hexadecimal digits."""
    from hashlib import blake2b

    return blake2b(detail.encode("utf-8", "replace"), digest_size=5).hexdigest()
