"""Answers of arXiv's API and of Hugging Face Papers, made up."""

from __future__ import annotations

from tests.support.http import Answer


def entry(number: int, day: str = "2026-08-05", extra: str = "") -> str:
    """One entry of an answer of arXiv's API."""
    return f"""
    <entry><id>http://arxiv.org/abs/2608.{number:05}v2</id>
      <updated>2026-08-06T01:00:00Z</updated><published>{day}T17:59:58Z</published>
      <title>Paper {number} on
        $\\ell_p$ norms</title>
      <summary>  We study norms.
 They are at https://github.com/lab/norms{number} and small.</summary>
      <author><name>Ada Author</name></author><author><name>Ben Writer</name></author>
      <category term="cs.LG" scheme="http://arxiv.org/schemas/atom"/><category term="68T05"/>
      <link href="http://arxiv.org/abs/2608.{number:05}v2" rel="alternate" type="text/html"/>
      <link title="pdf" href="http://arxiv.org/pdf/2608.{number:05}v2" rel="related" type="application/pdf"/>
      {extra}
    </entry>"""


def answer(*entries: str, total: int | None = None) -> Answer:
    """An answer of the API with these entries."""
    body = (
        '<?xml version="1.0" encoding="UTF-8"?><feed xmlns="http://www.w3.org/2005/Atom" '
        'xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/" xmlns:arxiv="http://arxiv.org/schemas/atom">'
        "<title>ArXiv Query</title><id>http://arxiv.org/api/x</id><updated>2026-08-05T00:00:00-04:00</updated>"
        f"<opensearch:totalResults>{len(entries) if total is None else total}</opensearch:totalResults>"
        f"{''.join(entries)}</feed>"
    )
    return Answer(200, {"Content-Type": "application/atom+xml", "ETag": '"1"'}, body.encode())


def record(number: int, day: str = "2026-08-05", **fields: object) -> dict[str, object]:
    """One item of the daily papers, as the API gives it."""
    paper = {
        "id": f"2608.{number:05}", "title": f"Paper {number}", "summary": f"We wrote paper {number}.",
        "authors": [{"name": "Ada Author"}], "publishedAt": "2026-08-01T00:00:00.000Z", "upvotes": number,
        "submittedOnDailyAt": f"{day}T00:00:00.000Z", **fields,
    }  # fmt: skip
    return {"paper": paper, "title": paper["title"], "publishedAt": "2026-07-31T20:00:00.000Z", "numComments": 1}
