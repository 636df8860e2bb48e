"""Papers as CSL-JSON, for Pandoc, Zotero and citation processors."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from readlist.exports.citation_key import citation_key
from readlist.exports.formats import dumps, is_published, keywords_of
from readlist.model.time import time_text
from readlist.shelf import Entry
from readlist.sources.formats.csl_json import parse_csl
from readlist.sources.formats.reference import supplement
from readlist.text.clean import readable
from readlist.text.names import Name, name_of


def write(entries: Iterable[Entry]) -> Iterator[str]:
    """Yield a JSON list of CSL items (https://github.com/citation-style-language/schema, csl-data.json, 1.0.2).

    A paper with a journal reference, or known by a DOI alone, is an `article-journal`, any other an `article`, CSL's
    word for preprints. The note is `note`, its tags are keywords; `custom` has the key, when it was read and starred,
    arXiv's comment, the links, and as `exact` what an import would change.
    """
    separator = "[\n"
    for entry in entries:
        item = _item(entry)
        if lost := supplement(entry.paper, entry.mark, parse_csl([item])):
            item["custom"]["exact"] = lost
        yield separator + dumps(item, indent=1)
        separator = ",\n"
    yield "\n]\n" if separator != "[\n" else "[]\n"


def _item(entry: Entry) -> dict[str, Any]:
    paper, mark = entry.paper, entry.mark
    words = [*keywords_of(entry), *(["starred"] if mark.starred else [])]
    issued = [int(part) for part in paper.published.isoformat().split("-")] if paper.published else []
    fields = {
        "title": readable(paper.title),
        "author": [_author(name_of(author)) for author in paper.authors],
        "issued": {"date-parts": [issued]} if issued else None,
        "abstract": readable(paper.abstract),
        "DOI": paper.doi,
        "URL": paper.page or next((link.url for link in paper.links), ""),
        "container-title": readable(paper.journal),
        "number": f"arXiv:{paper.arxiv}" if paper.arxiv else "",
        "publisher": "arXiv" if paper.arxiv else "",
        "keyword": ", ".join(word.replace(",", " ") for word in words),
        "note": mark.note,
    }
    custom = {
        "key": paper.key,
        "arxiv": paper.arxiv,
        "read": time_text(mark.read) or None,
        "starred": time_text(mark.starred) or None,
        "organization": paper.organization,
        "comment": paper.comment,
        "links": [{"url": link.target, "kind": link.kind} for link in paper.links],
    }
    return {
        "id": citation_key(paper),
        "type": "article-journal" if is_published(paper) else "article",
        **{name: value for name, value in fields.items() if value},
        "custom": {name: value for name, value in custom.items() if value},
    }


def _author(name: Name) -> dict[str, str]:
    if name.whole:
        return {"literal": name.family}
    parts = {
        "family": name.family,
        "given": name.given,
        "non-dropping-particle": name.particle,
        "suffix": name.suffix,
    }
    return {part: value for part, value in parts.items() if value}
