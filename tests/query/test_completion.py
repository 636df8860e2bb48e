"""What a query may go on as."""

from __future__ import annotations

from readlist.query.completion import complete, completions, typed_tag


def test_completion_by_example() -> None:
    def known(field: str, beginning: str) -> list[str]:
        return {"feed": ["HF daily", "arXiv"], "tag": ["cited", "Code", "todo"]}.get(field, ["Ada Author"])

    for text, whole in (
        ("ti", "title:"), ("-ti", "-title:"), ("(abs", "(abstract:"), ("is:", None), ("is:s", "is:starred"),
        ("is:read,st", "is:read,starred"), ("sort:up", "sort:upvotes"), ("feed:ar", "feed:arXiv"),
        ("feed:H", 'feed:"HF daily"'),
        ('feed:"H', 'feed:"HF daily"'), ('author:"Ada', 'author:"Ada Author"'), ("title:x", None), ("zzz", None),
        ("has:code upv", "has:code upvotes:"),
        ("feed:da", 'feed:"HF daily"'), ('x feed:"dai', 'x feed:"HF daily"'), ("(author:Auth", '(author:"Ada Author"'),
        ('author:"auth', 'author:"Ada Author"'), ("author:ada", 'author:"Ada Author"'), ("a OR", None), ("NOT", None),
        ("feed:arXiv", None), ('author:"Ada Author', None), ("AND", None),
        ("tag:", "tag:cited"), ("-tag:c", "-tag:cited"), ("tag:cited,co", "tag:cited,code"), ("tag:todo", None),
        ("tag:#t", "tag:#todo"), ("tag:z", None), ("ta", "tag:"),
        ("title", "title:"), ('"a phrase', None), ("", None), ("upvotes:", None), ("date:7", None),
    ):  # fmt: skip
        assert complete(text, known) == whole, text


def test_the_tag_that_is_typed() -> None:
    for text, begun in (
        ("tag:", ""), ("x -tag:Ci", "ci"), ("(tags:a,#B", "b"), ('tag:"c', "c"), ("tag:a ", None), ("tag", None),
        ("title:a", None),
    ):  # fmt: skip
        assert typed_tag(text) == begun, text


def test_every_field_and_value_is_offered() -> None:
    def feeds() -> list[str]:
        return ['"HF daily"', "arXiv"]

    assert {"title:", "is:", "upvotes:", "sort:"} <= set(completions("ti", feeds))
    assert completions("has:co", feeds)[:2] == ["has:code", "has:project"]
    assert "is:read,starred" in completions("is:read,st", feeds)
    assert "sort:upvotes" in completions("sort:", feeds)
    assert completions("feed:", feeds) == ['feed:"HF daily"', "feed:arXiv"]
    assert completions("tag:x,", feeds, lambda: ["cited"]) == ["tag:x,cited"]
    assert completions("title:x", feeds) == []
