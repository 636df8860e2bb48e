"""Formats that are not read are refused by their names; what only looks like one of them is read as before."""

from __future__ import annotations

import io
import sqlite3
import zipfile
from pathlib import Path

import pytest

from readlist.sources import reader
from readlist.sources.batch import Batch

REFWORKS = "RT Journal Article\nSR Electronic\nID 7\nA1 Bell, Ada\nT1 A kettle\nYR 2019\nAB It boils.\n"
REFER = "%0 Journal Article\n%T A kettle\n%A Bell, Ada\n%D 2019\n%X It boils.\n"
WOS = "PT J\nAU Bell, A\n   Du, C\nTI A kettle\nSO KETTLES\nPY 2019\nER\n\nEF\n"
YAML = "references:\n- author:\n  - family: Bell\n  id: bell2019\n  title: A kettle\n  type: article-journal\n"
PAGE = """Kettles That Listen: Boiling by Ear

We let kettles listen. A small network hears the water boil and stops in time, in nine of ten kitchens. Our
method outperforms the best earlier model on three benchmarks. Code is available at https://github.com/lab/kettles.

Slow Pots: A Study of Simmering

We propose a neural network that predicts when a pot simmers. Experiments on two datasets show that it outperforms the
baselines by a wide margin, and we release the model and the data.
"""


def read(folder: Path, data: bytes | str, name: str = "input.txt") -> Batch:
    file = folder / name
    file.write_bytes(data.encode() if isinstance(data, str) else data)
    (batch,) = reader.read([file])
    return batch


@pytest.mark.parametrize(
    ("text", "name", "what"),
    [
        (REFWORKS, "a.txt", "RefWorks' tagged format; export it as BibTeX, RIS or CSL-JSON"),
        (f"\n{REFWORKS}", "a.ris", "RefWorks' tagged format; "),
        (REFER, "a.enw", "EndNote's tagged format (refer); "),
        (f"\n\n{REFER}", "a.txt", "EndNote's tagged format (refer); "),
        (WOS, "a.txt", "Web of Science's tagged format; "),
        (f"FN Clarivate Analytics Web of Science\nVR 1.0\n{WOS}", "a.ciw", "Web of Science's tagged format; "),
        (f"FN ISI Export Format\nVR 1.0\n{WOS}", "a.txt", "Web of Science's tagged format; "),
        (YAML, "a.yaml", "CSL YAML; export it as CSL-JSON"),
        (f"---\n{YAML}...\n", "a.yaml", "CSL YAML; "),
        ("- id: bell\n  type: book\n  title: A kettle\n", "a.md", "CSL YAML; "),
        ('"Key","Item Type","Publication Year","Author","Title"\n"A","book","2019","Bell","A kettle"\n', "a.csv",
         "Zotero's CSV; export it as"),
        ("PMID,Title,Authors,Citation\n1,A kettle,Bell A,Kettles. 2019\n", "a.csv", "PubMed's CSV; "),
        ("Authors,Title,Publication,Volume,Year\nBell,A kettle,Kettles,1,2019\n", "a.csv", "a table (CSV); "),
        ("Titre;Title;Year;DOI\nx;A kettle;2019;10.1000/x\n", "a.txt", "a table (CSV); "),
        ("PT\tAU\tTI\tSO\tPY\nJ\tBell, A\tA kettle\tKETTLES\t2019\n", "a.txt", "Web of Science's table; "),
        ("{\\rtf1 Hello}", "a.txt", "rich text (RTF); save it as plain text"),
        ('{"meta": {"state": {"schema": 1}}, "marks": {}}', "state.json", "readlist's marks (state.json); "),
    ],
)  # fmt: skip
def test_a_text_of_another_program_is_named(tmp_path: Path, text: str, name: str, what: str) -> None:
    batch = read(tmp_path, text, name)
    assert batch.items == () and batch.failure.startswith(f"{tmp_path / name}: {what}")
    assert "\n" not in batch.failure


@pytest.mark.parametrize("name", ["a.xml", "a.txt", "a"])
@pytest.mark.parametrize("declaration", ["", '<?xml version="1.0" encoding="UTF-8"?>\n'])
@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("<xml><records><record><ref-type>17</ref-type></record></records></xml>", "EndNote XML; "),
        ('<modsCollection xmlns="http://www.loc.gov/mods/v3"><mods/></modsCollection>', "MODS XML; "),
        ('<mods:modsCollection xmlns:mods="http://www.loc.gov/mods/v3"/>', "MODS XML; "),
        ("<PubmedArticleSet><PubmedArticle/></PubmedArticleSet>", "PubMed XML; save it as “PubMed” (.nbib)"),
        (
            '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"\n'
            ' xmlns:z="http://www.zotero.org/namespaces/export#"></rdf:RDF>',
            "Zotero RDF; ",
        ),
        ('<article xmlns:xlink="x" article-type="research-article"><front/></article>', "JATS XML; "),
    ],
)
def test_xml_of_another_program_is_named(tmp_path: Path, declaration: str, text: str, name: str, what: str) -> None:
    assert read(tmp_path, declaration + text, name).failure.startswith(f"{tmp_path / name}: {what}")


def archive(*names: str, first: str = "") -> bytes:
    """A zip archive of some files, the first of them stored as it is."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as file:
        if first:
            file.writestr(zipfile.ZipInfo("mimetype"), first)
        for name in names:
            file.writestr(name, "words " * 10_000)
    return data.getvalue()


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (archive("[Content_Types].xml", "word/document.xml"), "a Word document; "),
        (archive("[Content_Types].xml", "xl/workbook.xml"), "an Excel workbook; "),
        (archive("content.xml", first="application/vnd.oasis.opendocument.text"), "an office document; "),
        (archive("a.xhtml", first="application/epub+zip"), "an e-book (EPUB); "),
        (archive("word/list.txt"), "a zip archive; unpack it first"),
        (archive("page.txt"), "a zip archive; unpack it first"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500, "an office document; "),
        (b"7z\xbc\xaf\x27\x1c\0", "compressed (7z); "),
    ],
)
def test_a_document_of_a_program_is_named(tmp_path: Path, data: bytes, what: str) -> None:
    assert read(tmp_path, data).failure.startswith(f"{tmp_path / 'input.txt'}: {what}")


def test_a_database_is_named(tmp_path: Path) -> None:
    file = tmp_path / "zotero.sqlite"
    with sqlite3.connect(file) as connection:
        connection.execute("create table items (id)")
    connection.close()
    (batch,) = reader.read([file])
    assert batch.failure.startswith(f"{file}: a SQLite database; export it as")


def test_a_page_to_log_in_is_named(tmp_path: Path) -> None:
    page = '<!DOCTYPE html><html><title>Log in</title><body><form><input type="password"></form></body></html>'
    batch = read(tmp_path, page, "daily.html")
    assert batch.failure == (f"{tmp_path / 'daily.html'}: a login page; log in with a browser and save the page again")


@pytest.mark.parametrize(
    "before",
    [
        "% Reading list\n% Ada Bell\n% 3 July 2026\n\n",
        "RT Journal Article of the week is this one\n\n",
        "RT @lab: two kettles\n\n",
        "PT J is a tag of no use here\n\n",
        "FN 2187 is a trooper\n\n",
        "%T is how refer begins a title\n\n",
        "Title, authors, year, and a word about each\n\n",
        "---\ntitle: My week\n---\n\n",
        "- id: the first word\n- type: the second word\n\n",
        "---\nreferences:\n- id: a\n  type: book\n  title: A pot\n---\n\n",
    ],
)
@pytest.mark.parametrize("name", ["a.txt", "a.md"])
def test_a_page_that_begins_a_little_like_one_is_read(tmp_path: Path, before: str, name: str) -> None:
    plain, begun = read(tmp_path, PAGE, name), read(tmp_path, before + PAGE, name)
    assert begun.failure == ""
    assert {paper.title for paper, _ in plain.items} <= {paper.title for paper, _ in begun.items}


@pytest.mark.parametrize(
    "data",
    [
        b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">'
        b'<item rdf:about="https://lab.example/1"><title>A kettle</title><link>https://lab.example/1</link>'
        b"<description>See www.zotero.org/namespaces/export</description></item></rdf:RDF>",
        b"<rss><channel><item><title>A kettle</title><link>https://lab.example/1</link></item></channel></rss>",
        b"TY  - JOUR\nTI  - A kettle\nN1  - RT Journal Article\nER  - \n",
        b"@article{a, title = {A kettle}, annote = {%0 Journal Article}}",
    ],
)
def test_good_files_are_read_as_before(tmp_path: Path, data: bytes) -> None:
    batch = read(tmp_path, data)
    assert (batch.failure, [paper.title for paper, _ in batch.items]) == ("", ["A kettle"])
