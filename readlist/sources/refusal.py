"""Formats of papers that readlist does not read: what each is, and what to do instead."""

from __future__ import annotations

import csv
import re
from itertools import pairwise

NOTES = "notes written by readlist; import their edits with `readlist import` on the command line"
TABLE = "a table (CSV)"
_HEAD = 65_536
_LINES = 30
_EXPORT = "export it as BibTeX, RIS or CSL-JSON"
_PASSWORD = re.compile(r"""<input\b[^<>]{0,500}\btype\s*=\s*["']?password\b""", re.IGNORECASE)

# By the first characters.
_BEGINNINGS = (
    (re.compile(r"\{\\rtf"), "rich text (RTF); save it as plain text"),
    (
        re.compile(r"(?:[\w-]++: [^\n]*\n|[ \t][^\n]*\n){1,30}?Content-Type:\s*multipart/related", re.IGNORECASE),
        "a web archive (MHTML); save the page as “HTML only” or as text",
    ),
    (
        re.compile(r'[0-9a-f]{8} [0-9a-f]{8} \{[^\n]{0,200}"readlist-journal"'),
        "readlist's journal of marks; merge the state.json beside it with `readlist sync`",
    ),
)
_REFWORKS_TYPE = re.compile(
    r"RT (?:Abstract|Artwork|Bills|Book|Case|Computer|Conference|Dissertation|Generic|Grant|Hearing|Journal|Laws"
    r"|Magazine|Map|Monograph|Motion|Music|Newspaper|Online|Patent|Personal|Report|Resolution|Sound|Thesis|Unpublished"
    r"|Video|Web)\b[^\n]{0,40}"
)
_REFWORKS_TAG = re.compile(
    r"(?:SR|ID|A[1-6]|T[1-3]|J[FO]|YR|FD|K1|AB|NO|VO|IS|SP|OP|PB|PP|SN|LA|UL|LK|DO|DB|DS|OL) \S.*"
)
_REFER_TAG = re.compile(r"%([0-9A-Z!@$&*()\[\]~^>?+]) \S.*")
_WOS_HEAD = re.compile(r"FN (?:Clarivate|Thomson|ISI)\b.*")
_WOS_TYPE = re.compile(r"PT [A-Z]")
_WOS_TAG = re.compile(r"(?:A[BFU]|B[AEN]|CA|C1|CR|DE|DI|DT|EM|GP|ID|JI|LA|P[DMUY]|SN|SO|TC|TI|UT|VL|WC) \S.*")
_YAML_LIST = re.compile(r"(?:---\s*\n)?(?:references:[ \t]*\n)?[ \t]*- [\w-]{1,30}:(?:[ \t][^\n]*)?\n")
_YAML_TYPE = re.compile(
    r"^[ -]{2,8}type:[ \t]*['\"]?(?:article|book|chapter|paper|report|thesis|webpage|post|manuscript|dataset|software"
    r"|entry)[\w-]{0,20}['\"]?[ \t]*$",
    re.MULTILINE,
)
_YAML_FIELD = re.compile(r"^[ -]{2,8}(?:id|title|author|issued|DOI|container-title):", re.MULTILINE)
_YAML_END = re.compile(r"^(?:\.\.\.|---)[ \t]*$", re.MULTILINE)

# By the root's local name in lower case; an ambiguous one with a pattern of its content.
_ROOTS = {
    "modscollection": "MODS XML", "mods": "MODS XML", "marc": "MARC XML", "pubmedarticleset": "PubMed XML",
    "pubmedbookarticleset": "PubMed XML", "crossref_result": "Crossref XML", "doi_records": "Crossref XML",
    "dblp": "dblp XML", "dblpperson": "dblp XML", "oai-pmh": "an answer of OAI-PMH", "tei": "TEI XML",
}  # fmt: skip
_ROOTS_WITH = (
    ("xml", re.compile(rb"<records>|<record>"), "EndNote XML"),
    ("records", re.compile(rb"<ref-type\b|<foreign-keys>|<database\b"), "EndNote XML"),
    (
        "rdf",
        re.compile(rb"xmlns:\w+\s*=\s*.https?://(?:www\.zotero\.org/namespaces|purl\.org/net/biblio)"),
        "Zotero RDF",
    ),
    ("sources", re.compile(rb"officeDocument/2006/bibliography"), "Word's list of sources"),
    ("collection", re.compile(rb"loc\.gov/MARC21"), "MARC XML"),
    ("article", re.compile(rb"<article\b[^<>]*\sarticle-type\s*=|//NLM//DTD J"), "JATS XML"),
    ("file", re.compile(rb"bibtexml"), "BibTeXML"),
)
_TABLES = (
    (frozenset({"item type", "publication year"}), "Zotero's CSV"),
    (frozenset({"pmid", "citation"}), "PubMed's CSV"),
    (frozenset({"author full names", "source title"}), "Scopus' CSV"),
    (frozenset({"pt", "au", "ti", "so"}), "Web of Science's table"),
    (frozenset({"cites", "authors"}), "Publish or Perish's CSV"),
)
_TITLES = frozenset({"title", "article title", "document title", "paper title"})
_COLUMNS = frozenset(
    {"author", "authors", "author(s)", "doi", "year", "publication year", "journal", "journal/book", "source title",
     "publication", "publisher", "abstract", "abstract note", "item type", "url", "link", "issn", "isbn", "volume",
     "pages", "keywords", "tags", "date", "citations", "cites"}
)  # fmt: skip


def of_text(text: str) -> str:
    """Return what a text is that readlist does not read, and what to do; empty for other text."""
    for start, reason in _BEGINNINGS:
        if start.match(text, 0, _HEAD):
            return reason
    head = text[:_HEAD]
    lines = [line.rstrip() for line in head.split("\n") if line.strip()][:_LINES]
    for is_it, name in _TAGGED.items():
        if is_it(lines):
            return f"{name}; {_EXPORT}"
    if _is_csl_yaml(text):
        return "CSL YAML; export it as CSL-JSON (`pandoc refs.yaml -t csljson -o refs.json`)"
    table = _table(lines)
    return f"{table}; {_EXPORT}" if table else ""


def of_xml(root: str, data: bytes) -> str:
    """Return what XML is that readlist does not read, and what to do; empty for other XML.

    Args:
        root: the local name of its root element in lower case.
        data: the file.
    """
    head = data[:_HEAD].replace(b"\0", b"")
    name = _ROOTS.get(root) or next(
        (name for its, inside, name in _ROOTS_WITH if its == root and inside.search(head)), ""
    )
    if name == "PubMed XML":
        return f"{name}; save it as “PubMed” (.nbib)"
    return f"{name}; {_EXPORT}" if name else ""


def of_json(data: object) -> str:
    """Return what JSON is a store of readlist or an answer without works, and what to do; empty for other JSON."""
    if not isinstance(data, dict):
        return ""
    if isinstance(data.get("marks"), dict) and isinstance(data.get("meta"), dict):
        return "readlist's marks (state.json); merge them with `readlist sync`"
    answer = data.get("message-type")
    if isinstance(answer, str) and "message" in data and answer not in ("work", "work-list"):
        return f"Crossref JSON of type {answer}, without works; ask the API for works"
    return ""


def of_page(text: str) -> str:
    """Return what a web page is that was saved by mistake, and what to do; empty for another page."""
    if _PASSWORD.search(text, 0, _HEAD * 4):
        return "a login page; log in with a browser and save the page again"
    return ""


def _is_refworks(lines: list[str]) -> bool:
    place = next((place for place, line in enumerate(lines[:9]) if _REFWORKS_TYPE.fullmatch(line)), None)
    return place is not None and sum(map(bool, map(_REFWORKS_TAG.fullmatch, lines[place + 1 :]))) >= 2


def _is_refer(lines: list[str]) -> bool:
    tags = [found[1] for line in lines if (found := _REFER_TAG.fullmatch(line))]
    begins = bool(lines) and _REFER_TAG.fullmatch(lines[0]) is not None
    return begins and len(tags) > 1 and bool({"0", "A"} & {*tags}) and bool({"T", "0"} & {*tags})


def _is_web_of_science(lines: list[str]) -> bool:
    if lines and _WOS_HEAD.fullmatch(lines[0]):
        return True
    return sum(map(bool, map(_WOS_TAG.fullmatch, lines))) >= 2 and any(
        _WOS_TYPE.fullmatch(line) and _WOS_TAG.fullmatch(following) for line, following in pairwise(lines[:4])
    )


_TAGGED = {
    _is_refworks: "RefWorks' tagged format",
    _is_refer: "EndNote's tagged format (refer)",
    _is_web_of_science: "Web of Science's tagged format",
}


def _is_csl_yaml(text: str) -> bool:
    """Tell whether a text is a list of citations in YAML, not the front matter of a Markdown page."""
    begun = _YAML_LIST.match(text, len(text[:_HEAD]) - len(text[:_HEAD].lstrip()))
    if not begun:
        return False
    end = _YAML_END.search(text, begun.end())
    if end and text[end.end() :].strip():
        return False
    head = text[:_HEAD]
    return bool(_YAML_TYPE.search(head) and _YAML_FIELD.search(head))


def _table(lines: list[str]) -> str:
    """Return what a table of papers is by its header; empty for other text."""
    for delimiter in ",;\t":
        if len(lines) < 2 or lines[0].count(delimiter) < 3 or not lines[1].count(delimiter):
            continue
        try:
            (cells,) = csv.reader([lines[0][:_HEAD]], delimiter=delimiter)
        except (csv.Error, ValueError):
            continue
        names = {cell.strip().strip('"').casefold() for cell in cells}
        known = next((name for columns, name in _TABLES if columns <= names), "")
        if known:
            return known
        if names & _TITLES and len(names & _COLUMNS) > 1 and all(len(name) < 40 for name in names):
            return TABLE
    return ""
