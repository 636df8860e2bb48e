"""References of any format as papers, marks and a Batch."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, date, datetime
from types import MappingProxyType

from msgspec import Struct
from msgspec.structs import replace

from readlist.model.mark import Mark
from readlist.model.paper import (
    Announcement,
    Link,
    Paper,
    arxiv_id,
    arxiv_version,
    bare_title,
    doi_of,
    fingerprint,
    identifiers_of,
)
from readlist.model.time import more_exact
from readlist.sources.batch import Batch, Skip, feed_name, limit_skips
from readlist.sources.formats.exact_values import KEY, Value, Values, differences, restored, values_of
from readlist.sources.formats.feed_entry import doi_at
from readlist.sources.formats.json_values import as_line, as_paragraphs
from readlist.sources.formats.markup import text_of_html
from readlist.text.clean import clean, clean_line
from readlist.text.dates import WrittenDate
from readlist.text.links import find_links, merge_links, normalize
from readlist.text.titles import names_nothing, qualified, share_identity, title_joins

_AUTHORS = 5_000
_KEYWORDS = 200
_LINKS = 50
_NOTES = 300
_WORDS = 200_000
"""Characters of a title or name that are looked at."""

_ARXIV = re.compile(
    r"(?i)(?:\barxiv(?:\.org/(?:abs|pdf)/|\s*+:|\s++preprint\s)|\A\s*+(?:corr,?\s*+)?abs/)\s*+([^\s,;\[\](){}\"'<>]{5,40})"
)
_ADDRESS = re.compile(r"https?://\S{1,2000}", re.IGNORECASE)
_STAR = frozenset({"starred", "star", "★", "⭐", "☆", "favourite", "favorite", "favourites", "favorites"})
_READ = frozenset({"read"})
_TAG_SIGNS = "_#@/.: \t\ufe0f"

# What programs write into notes: fields without another place, and arXiv's comment.
_FIELD = re.compile(
    r"(?i)(?:_?eprint(?: ?type|class)?|arxiv(?: id)?|publisher|issn|isbn|doi|pmid|pmcid|(?:ads )?bibcode|citation key"
    r"|tex\.[\w.-]+|conference name|container[- ]title|place|event[- ]place|series title|journal abbreviation|mag id"
    r"|s2id|page version id|version number|zbl|oclc|lccn|google-books-id|original[- ]date|accessed|titletranslation"
    r"|citations?(?: count)?|read_status_date|backup publisher)\s*:\s.{0,300}"
)
_STATUS = re.compile(r"(?i)read_status\s*:\s*([\w -]{1,30})")
_PREPRINT = re.compile(r"(?i)(?:arxiv(?: preprint)?[:\s]\s*)+(\S{5,40}?)(?:\s*\[[^\]]{0,100}\])?\.?")
_DOI_LINE = re.compile(r"(?i)doi\s*:\s*\S{7,300}")
_PARAGRAPHS = re.compile(r"\n[^\S\n]*\n\s*")
_COMMENT = re.compile(r"(?i)\AComments?\s*:\s*(?=\S)")
# What bibliographies print after an entry.
_PRINTED = re.compile(
    r"(?i)(?:(?:accepted|published|presented|submitted|to appear|appeared|forthcoming|under review)"
    r"(?: (?:at|in|to|by|for|as)\b.{0,150})?|in press|preprint|\[?online; accessed.{0,60}|accessed:?\s.{0,40}"
    r"|available (?:at|from|online).{0,200}|(?:url|doi|section|type|number|series)\s*:\s.{0,200}"
    r"|\d+ pages?\b.{0,100}|https?://\S+)"
)
# What of it is arXiv's comment in the entry of a paper on arXiv.
_COMMENTED = re.compile(
    r"(?i)(?:accepted|published|presented|submitted|to appear|appeared|forthcoming|under review|\d+ pages?\b).*"
)
_PREPRINTS = re.compile(r"(?i)\b(?:e?-?prints?|arxiv|corr|(?:bio|med|chem)rxiv|ssrn)\b|\Aabs/")
_HTML = re.compile(r"(?is)\s*<(?:p|div|h[1-6]|ul|ol|blockquote|span|strong)\b[^<>]{0,500}>.*</[a-z0-9]{1,12}>\s*")


class Reference(Struct, frozen=True):
    """One reference, its texts clean.

    Attributes:
        where: its place, for messages: `line 12`, `item 3`.
        line: the line it begins in, None where there are none.
        paper: with a key only where one tells it from other works of its title.
        notes: what its owner wrote about it.
        remark: what of it can't be read, in words.
    """

    where: str
    line: int | None
    paper: Paper
    notes: tuple[str, ...] = ()
    starred: bool = False
    read: bool = False
    remark: str = ""

    @property
    def identifiers(self) -> tuple[str, ...]:
        """Every identifier of the paper, strongest first."""
        key, paper = self.paper.key, self.paper
        found = identifiers_of(paper.title, paper.arxiv, paper.doi)
        return (key, *found) if key and not (paper.arxiv or paper.doi) else found

    @property
    def keyed(self) -> Paper:
        """The paper with the key it goes by."""
        return replace(self.paper, key=next(iter(self.identifiers), ""))


class Raw(Struct):
    """What a format says of one reference, as plain text but not yet clean.

    Attributes:
        where: where it is in the file, if not a `line`.
        names: what may hold the paper's arXiv id or DOI: ids, addresses, the journal's name.
        addresses: its own addresses.
        remarks: texts with links in them.
        tags: its keywords, and what its owner tagged it with.
        notes: what its owner wrote.
        printed: notes that may be the owner's, or what a bibliography prints.
        starred: whether a field of its own says that it is starred, `read` likewise.
        links: those whose kind it tells.
        key: a key by the title, where its title is written as it is shown.
        exact: whether the notes are exactly what the owner wrote.
        beside: what readlist's own exports say beside the fields.
        venue: what it is in: journal or book, volume, issue and pages.
        comment: arXiv's comment, where a field of its own has it.
        name: its citation key, for messages.
        lost: whether it would be a loss to skip it.
        marked: whether its tags may be its owner's, and so marks.
    """

    where: str = ""
    line: int | None = None
    title: str = ""
    abstract: str = ""
    authors: Iterable[str] = ()
    published: WrittenDate = WrittenDate()
    names: Sequence[str] = ()
    addresses: Sequence[str] = ()
    remarks: Sequence[str] = ()
    tags: Sequence[str] = ()
    organization: str = ""
    notes: Sequence[str] = ()
    printed: Sequence[str] = ()
    starred: bool = False
    read: bool = False
    links: Sequence[Link] = ()
    key: str = ""
    exact: bool = False
    beside: object = None
    venue: Sequence[str] = ()
    comment: str = ""
    name: str = ""
    lost: bool = True
    marked: bool = True


def reference_of(raw: Raw) -> Reference | Skip:
    """Return a reference, or a `Skip` if it has neither title nor arXiv id nor DOI."""
    title = as_line(text_of_html(raw.title[:_WORDS])) or ""
    whole = [line for text in (*raw.printed, *raw.notes) for line in text.split("\n")[:50]]
    arxiv = next(filter(None, map(_arxiv_in, (*raw.names, *raw.addresses))), "") or next(
        filter(None, map(_preprint, whole)), ""
    )
    labelled = [line for line in whole if _DOI_LINE.fullmatch(line.strip()[:400])]
    doi = next(
        (found for text in (*raw.names, *raw.addresses, *labelled) if (found := clean_line(doi_at(text), 300))), ""
    )
    # By paragraphs: in HTML a blank line is a blank.
    abstract = as_paragraphs("\n\n".join(map(text_of_html, _PARAGRAPHS.split(raw.abstract)))) or ""
    read, comment, notes = _own_words(raw, bool(arxiv))
    versions = [arxiv_version(text.strip()[:100]) for text in (*raw.names, *raw.addresses) if _arxiv_in(text) == arxiv]
    tags = [text_of_html(tag) for tag in raw.tags]
    paper = Paper(
        raw.key if KEY.fullmatch(raw.key) else "",
        title,
        abstract,
        tuple(name for each in raw.authors if (name := clean_line(text_of_html(each), 200)))[:_AUTHORS],
        raw.published.date,
        arxiv,
        doi,
        _links(raw, abstract),
        # Keywords that are marks are left out.
        keywords=_firsts((clean_line(tag, 100) for tag in tags if _tag(tag) not in _STAR | _READ), _KEYWORDS),
        organization=clean_line(text_of_html(raw.organization[:_WORDS]), 200),
        comment=clean_line(comment),
        journal=_journal(raw.venue),
        version=max(versions, default=0) if arxiv else 0,
    )
    if not paper.key and names_nothing(title):
        venue = "|".join(fingerprint(part[:_WORDS]) for part in raw.venue if part.strip())
        paper = replace(paper, key=qualified(paper, venue=venue))
    marks = {_tag(tag) for tag in tags} if raw.marked else set()
    starred, read = raw.starred or bool(marks & _STAR), raw.read or read or bool(marks & _READ)
    reference = Reference(raw.where or f"line {raw.line}", raw.line, paper, notes, starred, read, raw.published.remark)
    if raw.beside:
        reference = _restored(reference, raw.beside)
    if not any((reference.paper.title, reference.paper.arxiv, reference.paper.doi)):
        named = f"“{clean_line(raw.name, 60)}”: " if raw.name.strip() else ""
        return _skip(raw, f"{named}no title, arXiv id or DOI", lost=raw.lost)
    return reference


def _restored(reference: Reference, beside: object) -> Reference:
    """Return a reference with the exact values that readlist added to it, unless its fields were edited since."""
    found = restored(_values(reference), beside)
    note = found.pop("note", None)
    notes = reference.notes if note is None else tuple(filter(None, (note,)))
    marks = {name: found.pop(name) for name in ("starred", "read") if name in found}
    return replace(reference, paper=replace(reference.paper, **found), notes=notes, **marks)


def batch_of(
    found: Iterable[Reference | Skip], *, kind: str, origin: str, made: date, day: date | None = None
) -> Batch:
    """Return the batch of a file of references: each paper once, announced in the order of the file.

    The feed is named after the file.

    Args:
        found: in file order, with what was skipped; several of one paper become one, its fields filled in from the
            later ones.
        kind: what the file is, in words.
        origin: path, for messages.
        made: the file's own date.
        day: the day the user said.
    """
    found = list(found)
    references = [each for each in found if isinstance(each, Reference)]
    kept, repeated = _once(references)
    on = day or made
    then = datetime(on.year, on.month, on.day, tzinfo=UTC)
    # Crossref's answers are CSL-JSON: from standard input both are one feed.
    feed = feed_name(origin, kind.replace("Crossref JSON", "CSL-JSON"))
    items = []
    marks: dict[str, Mark] = {}
    for position, reference in enumerate(kept, 1):
        paper = reference.keyed
        items.append((paper, Announcement(feed, on, position)))
        if reference.notes or reference.starred or reference.read:
            note = "\n\n".join(reference.notes)
            read, starred = (then if each else None for each in (reference.read, reference.starred))
            marks[paper.key] = Mark(read, starred, note, then if note else None)
    skipped = [each for each in found if isinstance(each, Skip)]
    passed = [*skipped, *repeated, *(_skip(each, each.remark) for each in references if each.remark)]
    if not items:
        reason = f" ({passed[0].reason})" if passed else ""
        return Batch(origin, kind, feed, failure=f"{origin}: {kind} without papers{reason}; export it again")
    ordered = sorted(passed, key=lambda skip: skip.line or 0)
    return Batch(origin, kind, feed, on, tuple(items), limit_skips(ordered), marks=MappingProxyType(marks))


def _skip(of: Reference | Raw, reason: str, *, lost: bool = False) -> Skip:
    return Skip(of.line, reason if of.line else f"{of.where}: {reason}", lost=lost)


def tags_in(text: str) -> list[str]:
    """Return the keywords in a line, separated by commas or semicolons."""
    return [tag for part in re.split(r"[,;\n]", text[:_WORDS]) if (tag := part.strip())]


def _tag(tag: str) -> str:
    """Return a tag in normalized form: `_Starred`, `#starred` and `readlist:starred` are one."""
    return tag.strip(_TAG_SIGNS).casefold().removeprefix("readlist:").strip(_TAG_SIGNS)


def _firsts(texts: Iterable[str], limit: int) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, texts)))[:limit]


def _arxiv_in(text: str) -> str:
    """Return the arXiv id that a text is or names: `arXiv:1312.5602 [cs]`, `abs/1803.00653`, an address."""
    text = text.strip()[:2_000]
    if found := arxiv_id(text):
        return found
    return next(filter(None, (arxiv_id(named[1].rstrip(".")) for named in _ARXIV.finditer(text))), "")


def _preprint(line: str) -> str:
    """Return the arXiv id that a line of a note consists of, empty if it says anything else."""
    found = _PREPRINT.fullmatch(line.strip()[:200])
    return arxiv_id(found[1]) if found else ""


def _journal(venue: Sequence[str]) -> str:
    """Return where a paper appeared as a journal reference: `J. Tests 3(2): 1-9`; empty for a preprint."""
    name, volume, issue, pages = (clean_line(text_of_html(part[:_WORDS]), 500) for part in (*venue, "", "", "", "")[:4])
    if not name or _PREPRINTS.search(name):
        return ""
    number = f"{volume}({issue})" if volume and issue else volume or issue
    return " ".join(filter(None, (name, number))) + (f": {pages}" if pages else "")


def _own_words(raw: Raw, on_arxiv: bool) -> tuple[bool, str, tuple[str, ...]]:
    """Return whether the notes say that it was read, arXiv's comment, and what their owner wrote."""
    read, comment = False, raw.comment
    notes: dict[str, None] = {}
    for texts, printed in ((raw.notes, False), (raw.printed, True)):
        for text in texts:
            if raw.exact:
                notes.setdefault(clean(text, limit=len(text) + 1).strip("\n"))
                continue
            if _HTML.fullmatch(text[:_WORDS]):
                text = re.sub(r"(?<!\s)[^\S\n]*+\n[^\S\n]*+\n\s*+", "\n\n", text_of_html(text))
            text = clean(text, limit=len(text) + 1)
            lines = text.split("\n")
            statuses = [found for line in lines if (found := _STATUS.fullmatch(line.strip()))]
            read = read or any(found[1].strip().lower() == "read" for found in statuses)
            own = (line for line in lines if not any(each(line.strip()) for each in _FIELDS))
            note = "\n".join(own).strip("\n ")
            if on_arxiv and (said := _COMMENT.match(note)):
                # arXiv's comment is the first paragraph.
                first, _, note = note.partition("\n\n")
                comment, note = comment or first[said.end() :], note.strip("\n ")
            elif on_arxiv and printed and _COMMENTED.fullmatch(note) and _PRINTED.fullmatch(note):
                comment = comment or note
            if not (printed and _PRINTED.fullmatch(note)):
                notes.setdefault(note)
    return read, comment, tuple(filter(None, notes))


_FIELDS = (_FIELD.fullmatch, _STATUS.fullmatch, _preprint)


def _links(raw: Raw, abstract: str) -> tuple[Link, ...]:
    """Return the links of a reference: its first address as the paper's page, and those its texts name."""
    own = list(raw.links)
    for place, address in enumerate(raw.addresses):
        link = normalize(address)
        if link is not None and not arxiv_id(link.url) and not doi_of(link.url):
            own.append(replace(link, kind="paper") if link.kind == "other" and place == 0 else link)
    # The end of an address in a text is a guess; one that is alone is complete.
    remarks = [text for text in raw.remarks if not _ADDRESS.fullmatch(text) or text not in raw.addresses]
    found = [link for text in (*remarks, abstract) for link in find_links(text)]
    return merge_links(own, found)[:_LINKS]


def _once(references: Iterable[Reference]) -> tuple[list[Reference], list[Skip]]:
    """Return each paper once, and a `Skip` for each reference that was merged."""
    kept: list[Reference] = []
    places: dict[str, list[int]] = {}
    keys: set[str] = set()
    passed: list[Skip] = []
    for reference in references:
        own = reference.identifiers
        # Without a key they end in the title.
        names = dict.fromkeys((*own, *identifiers_of(reference.paper.title)) if reference.paper.key else own)
        place = next((at for name in names for at in places.get(name, ()) if _is_one(kept[at], reference, name)), None)
        if place is None:
            place = len(kept)
            keyed = _with_own_key(reference, own[0], keys)
            own = own if keyed is reference else keyed.identifiers
            keys.add(own[0])
            kept.append(keyed)
        else:
            passed.append(_skip(reference, f"the same paper as {kept[place].where}; merged"))
            kept[place] = _joined(kept[place], reference)
            own = kept[place].identifiers
        for name in dict.fromkeys((*own, *names)):
            known = places.setdefault(name, [])
            known += [place] if place not in known else []
    return kept, passed


def _is_one(one: Reference, other: Reference, name: str) -> bool:
    """Tell whether two references that share an identifier are one paper."""
    if name.startswith("title:"):
        # Two keys for one title: the library that wrote them had two papers.
        keys = {key for each in (one, other) if (key := each.paper.key)}
        apart = len(keys) > 1 and len(set(map(bare_title, keys))) == 1
        return not apart and title_joins(one.paper, other.paper)
    return share_identity(one.identifiers, other.identifiers)


def _with_own_key(reference: Reference, key: str, keys: Collection[str]) -> Reference:
    """Return a reference with a key that no other work with its title has in the file.

    Args:
        reference: the reference.
        key: its strongest identifier.
        keys: those taken.
    """
    if not key.startswith("title:") or key not in keys:
        return reference
    name = first = qualified(reference.paper)
    number = 2
    while name in keys:
        name = f"{first}-{number}" if "-" in first else qualified(reference.paper, by=str(number))
        number += 1
    return replace(reference, paper=replace(reference.paper, key=name))


def _joined(one: Reference, other: Reference) -> Reference:
    """Merge two references of one paper: fields of the first, or of the other if missing; all notes."""
    mine, theirs = one.paper, other.paper
    lacking = ("title", "abstract", "authors", "arxiv", "doi", "organization", "comment", "journal")
    paper = replace(
        mine,
        **{name: getattr(theirs, name) for name in lacking if not getattr(mine, name)},
        published=more_exact(mine.published, theirs.published),
        links=merge_links(mine.links, theirs.links)[:_LINKS],
        keywords=_firsts((*mine.keywords, *theirs.keywords), _KEYWORDS),
    )
    notes = _firsts((*one.notes, *other.notes), _NOTES)
    return replace(one, paper=paper, notes=notes, starred=one.starred or other.starred, read=one.read or other.read)


def supplement(paper: Paper, mark: Mark, read: Iterable[Reference | Skip]) -> dict[str, list[Value]]:
    """Return what an export must add to its fields so that an import gives the same paper and mark.

    Args:
        paper: what is exported.
        mark: what was decided about it.
        read: what an import reads from the fields alone.
    """
    found = next((each for each in read if isinstance(each, Reference)), Reference("", None, Paper("", "")))
    own = values_of(paper, note=mark.note, starred=mark.starred is not None, read=mark.read is not None)
    return differences(own, _values(found))


def _values(reference: Reference) -> Values:
    note = "\n\n".join(reference.notes)
    return values_of(reference.keyed, note=note, starred=reference.starred, read=reference.read)
