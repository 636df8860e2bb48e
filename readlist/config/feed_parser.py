"""Feeds and times as people write them, parsed: short forms, addresses, the tables of config.toml (pure)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from msgspec.structs import replace

from readlist.config.toml_file import TomlFile, closest, escape, show, suggest
from readlist.model.feed import ADDED, DAILY, KINDS, SAMPLE, Feed, Kind, category, closest_category, is_daily
from readlist.pattern import pattern

NAME_LENGTH = 60
_QUERY_LENGTH = 2_000

RESERVED_NAMES = {ADDED.casefold(), SAMPLE.casefold()}
"""Names that no followed feed may have, case-folded."""

_KEYS = ("name", "kind", "query", "keep", "replacements")

_LISTINGS = "trending, daily, a day (2026-08-01), a week (2026-W31), a month (2026-08) or search:WORDS"
_FORMS = "use hf:daily, hf:search:WORDS, arxiv:cs.LG, or the http(s) address of a feed"
_ONE_PAPER = "this is the page of one paper; to add it, use `readlist add`, or `a` in the list"
_AGE = pattern(r"(\d{1,6})\s*(min(?:utes?)?|[mhdwy]|hours?|days?|weeks?|months?|years?)?", re.IGNORECASE)
_DAYS = {"d": 1, "day": 1, "w": 7, "week": 7, "m": 30, "month": 30, "y": 365, "year": 365}


class FeedError(ValueError):
    """Invalid feed or time: one line that says why and what to write."""

    def about(self, text: str) -> str:
        """Return the line with the text it is about, which is named once."""
        return str(self) if f"`{text}`" in str(self) else f"{text}: {self}"


def parse_feed(text: str, name: str = "", keep: int | None = None) -> Feed:
    """Return the feed of a short form, `hf:…` or `arxiv:…`, or of an address; a missing name is made from the query.

    Pages of Hugging Face Papers and arXiv's lists give feeds of those kinds.

    Raises:
        FeedError: it is not a feed.
    """
    text = text.strip()
    if not text.isprintable():
        raise FeedError(f"`{escape(text[:60])}` has unprintable characters")
    if len(text) > _QUERY_LENGTH:
        raise FeedError(f"longer than {_QUERY_LENGTH} characters")
    scheme, colon, rest = (part.strip() for part in text.partition(":"))
    of_scheme: Callable[[str], tuple[Kind, str]] | None = _SCHEMES.get(scheme.lower()) if colon else None
    if of_scheme is None:
        raise FeedError(f"unknown feed `{escape(text[:60])}`; {_hint(text)}")
    kind, query = of_scheme(text if scheme.lower() in ("http", "https") else rest)
    return Feed(_check_name(name) if name.strip() else _name(kind, query), kind, query, keep)


def check_query(kind: Kind, query: str) -> str:
    """Return a feed's query, normalized.

    Raises:
        FeedError: it is invalid for this kind.
    """
    if kind == "rss" and not re.match(r"\s*https?:", query, re.IGNORECASE):
        raise FeedError(f"`{escape(query[:60])}` is not an http(s) address")
    query = query.strip()
    if kind != "rss":
        return (_hugging_face if kind == "huggingface" else _arxiv)(query)[1]
    # Kept as it is, also where it is the address of a page of Hugging Face or arXiv.
    _address(query)
    return query


def short_form(feed: Feed) -> str:
    """Return the short form of a feed; `parse_feed` is the inverse."""
    return feed.query if feed.kind == "rss" else f"{'hf' if feed.kind == 'huggingface' else 'arxiv'}:{feed.query}"


def _check_name(name: str) -> str:
    """Return a name on one line and without double quotes, as a search puts it between them.

    Raises:
        FeedError: it is empty, too long or unprintable.
    """
    name = " ".join(name.replace('"', "'").split())
    if not name or len(name) > NAME_LENGTH or not name.isprintable():
        raise FeedError(f"invalid feed name `{escape(name[:60])}`; use 1 to {NAME_LENGTH} printable characters")
    return name


def parse_keep(text: str) -> int | None:
    """Return how many days to keep papers: `90d`, `12w`, `6m`, `1y`; None for `forever`.

    Raises:
        FeedError: it is not such a time.
    """
    if text.strip().lower() in ("forever", "for ever", "always"):
        return None
    found = _AGE.fullmatch(text.strip())
    unit = (found[2] or "d").lower() if found else ""
    factor = _DAYS.get(unit if len(unit) == 1 else unit.rstrip("s"))
    if found is None or factor is None or not 0 < (days := int(found[1]) * factor) < 100_000:
        raise FeedError(f"`{escape(text[:60])}` is not a time; use 90d, 12w, 6m, 1y or forever")
    return days


def parse_age(text: str) -> timedelta | None:
    """Return the age at which feeds are fetched at start: `30min`, `6h`, `1d`; None for `never`.

    Raises:
        FeedError: it is not an age.
    """
    if text.strip().lower() == "never":
        return None
    found = _AGE.fullmatch(text.strip())
    unit = (found[2] or "").lower() if found else ""
    hours = {"m": 1 / 60, "h": 1.0, "d": 24.0, "w": 168.0}.get(unit[:1]) if not unit.startswith("mo") else None
    if found is None or hours is None or int(found[1]) * hours > 24 * 3_650:
        raise FeedError(f"`{escape(text[:60])}` is not an age; use 30min, 6h, 1d or never")
    return timedelta(hours=int(found[1]) * hours)


def _hugging_face(query: str) -> tuple[Kind, str]:
    words = re.fullmatch(r"(search|q)\s*[:=]\s*(.*)", query, re.IGNORECASE)
    if words:
        if not words[2].strip():
            raise FeedError("hf:search: needs words, such as hf:search:flow matching")
        return "huggingface", f"search:{words[2].strip()}"
    named = re.sub(r"\A(?:(?:date|day|week|month|daily)[:=/]\s*)(?=\d)", "", query, flags=re.IGNORECASE)
    if named.lower() in ("trending", "daily"):
        return "huggingface", named.lower()
    found = re.fullmatch(r"(\d{4})-(?:[wW](\d\d?)|(\d\d)(?:-(\d\d))?)", named)
    if not found:
        if re.match(r"\d", named):
            raise FeedError(f"`{escape(named[:60])}` is not a day (2026-08-01), week (2026-W31) or month (2026-08)")
        likely = closest(named, ("trending", "daily", "search"))
        hint = f"did you mean hf:{likely}?" if likely else f"use {_LISTINGS}"
        raise FeedError(f"unknown Hugging Face listing `{escape(named[:60])}`; {hint}")
    year, week, month, day = (int(part) if part else 0 for part in found.groups())
    try:
        if week:
            date.fromisocalendar(year, week, 1)
            return "huggingface", f"{year:04}-W{week:02}"
        date(year, month, day or 1)
    except ValueError as error:
        raise FeedError(f"`{named}` is not in the calendar") from error
    return "huggingface", named


def _arxiv(query: str) -> tuple[Kind, str]:
    daily = re.fullmatch(r"(?:daily|new|rss)\s*:\s*(.*)", query, re.IGNORECASE)
    quoted = re.fullmatch(r"""(["'])(?=.*\b(?:ti|au|abs|co|jr|cat|rn|id|all):)(.*)\1""", query)
    if quoted:
        # Quoted as for a shell.
        query = quoted[2].strip()
    names = [name for name in re.split(r"[\s,+]+", daily[1] if daily else query) if name]
    if not names:
        raise FeedError("arxiv: needs a category, such as arxiv:cs.LG, or a search, such as arxiv:all:diffusion")
    known = list(map(category, names))
    if all(known):
        return "arxiv", ("daily:" if daily else "") + "+".join(known)
    wrong = next(name for name in names if not category(name))
    # A mistyped category would be taken for a search, which never finds anything.
    if daily or (len(names) == 1 and re.fullmatch(r"[A-Za-z-]{2,8}\.[A-Za-z-]{1,9}", wrong)):
        likely = closest_category(wrong)
        hint = f"did you mean {likely}?" if likely else "see https://arxiv.org/category_taxonomy"
        raise FeedError(f"unknown arXiv category `{escape(wrong[:60])}`; {hint}")
    return "arxiv", " ".join(query.split())


def web_address(text: str) -> str:
    """Return the web address in one of a feed reader's scheme: `feed://host/path`, `feed:https://host/path`."""
    found = re.match(r"\s*feeds?:(?://(?=https?:))?(https?:)?/*", text, re.IGNORECASE)
    return f"{found[1] or 'https:'}//{text[found.end() :].strip()}" if found else text


def _address(text: str) -> tuple[Kind, str]:
    try:
        parts = urlsplit(text)
        # Reading the port checks it.
        host = (parts.hostname or "") if parts.port != 0 else ""
    except ValueError:
        host = ""
    if not host or " " in text or not re.fullmatch(r"[\w.:-]+", host):
        raise FeedError(f"`{escape(text[:60])}` is not an address; {_FORMS}")
    name = host.removeprefix("www.")
    if name in ("huggingface.co", "hf.co") and re.match(r"/papers(?:/|\Z)", parts.path):
        return _papers_page(parts)
    if name in ("arxiv.org", "export.arxiv.org", "rss.arxiv.org"):
        return _arxiv_page(parts) or ("rss", text)
    return "rss", text


def _papers_page(parts: SplitResult) -> tuple[Kind, str]:
    """Return the feed of a page of Hugging Face Papers."""
    given = {name: values[0] for name, values in parse_qs(parts.query).items()}
    if "q" in given:
        return _hugging_face(f"search:{given['q']}")
    path = parts.path.strip("/").split("/")[1:]
    named = next((given[name] for name in ("date", "week", "month") if name in given), path[-1] if path else "daily")
    if path and re.fullmatch(r"\d{4}\.\d{4,5}(v\d+)?", path[0]):
        raise FeedError(_ONE_PAPER)
    return _hugging_face(unquote(named))


def _arxiv_page(parts: SplitResult) -> tuple[Kind, str] | None:
    """Return the feed of an address of arXiv: a list, its RSS, or its API; None for any other page."""
    path = [part for part in unquote(parts.path).split("/") if part]
    if path[:1] == ["list"] and len(path) > 1 and category(path[1]):
        return _arxiv(f"{DAILY}{path[1]}" if path[2:3] == ["new"] else path[1])
    if path[:1] in (["rss"], ["atom"]) and len(path) > 1:
        return _arxiv(f"daily:{path[1].removesuffix('.xml')}")
    asked = parse_qs(parts.query).get("search_query") if path[:2] == ["api", "query"] else None
    if path[:1] in (["abs"], ["pdf"]):
        raise FeedError(_ONE_PAPER)
    return _arxiv(asked[0]) if asked else None


_SCHEMES: dict[str, Callable[[str], tuple[Kind, str]]] = {
    "hf": _hugging_face,
    "huggingface": _hugging_face,
    "arxiv": _arxiv,
    "http": _address,
    "https": _address,
    "rss": _address,
    "atom": _address,
    "feed": lambda text: _address(web_address(f"feed:{text}")),
    "feeds": lambda text: _address(web_address(f"feeds:{text}")),
}


def _hint(text: str) -> str:
    """Return what to write instead."""
    if text.lower() in ("trending", "daily"):
        return f"did you mean hf:{text.lower()}?"
    if category(text):
        return f"did you mean arxiv:{category(text)}?"
    if re.fullmatch(r"[\w-]+(?:\.[\w-]+)+(?:/\S*)?", text):
        return f"did you mean https://{text}?"
    scheme, colon, _ = text.partition(":")
    likely = closest(scheme, ("arxiv", "huggingface", "https")) if colon else ""
    return f"did you mean {likely}:…?" if likely else _FORMS


def _name(kind: Kind, query: str) -> str:
    """Return the name of a feed that was given none."""
    if kind == "huggingface":
        name = f"HF {query.removeprefix('search:')}"
    elif kind == "arxiv":
        name = f"arXiv daily {query.removeprefix('daily:')}" if query.startswith("daily:") else f"arXiv {query}"
    else:
        parts = urlsplit(query)
        rest = parts.path.rstrip("/") + (f"?{parts.query}" if parts.query else "")
        name = parts.netloc.rpartition("@")[2].removeprefix("www.") + unquote(rest, errors="replace")
    name = "".join(character if character.isprintable() else " " for character in name.replace('"', "'"))
    return name if len(name) <= NAME_LENGTH else name[: NAME_LENGTH - 1] + "…"


def check_feeds(file: TomlFile, value: object) -> tuple[Feed, ...]:
    """Return the feeds of a settings file: tables of name, kind, query and keep, or short forms.

    Raises:
        ConfigError: one is wrong; with its line.
    """
    feeds: dict[str, Feed] = {}
    for place, item in enumerate(file.check_list(value, "feeds")):
        try:
            feed = _check_feed(file, place, item)
        except FeedError as error:
            raise file.error(("feeds", place), f"feed {place + 1}: {error}") from error
        if feed.name.casefold() in feeds:
            raise file.error(("feeds", place, "name"), f"two feeds are named `{feed.name}`; rename one")
        feeds[feed.name.casefold()] = feed
    return tuple(feeds.values())


def _check_feed(file: TomlFile, place: int, item: object) -> Feed:
    if isinstance(item, str):
        return parse_feed(item)
    if not isinstance(item, dict):
        raise FeedError(f"must be a table or a short form in quotes, not {show(item)}")
    file.check_keys(item, _KEYS, ("feeds", place), " in a feed")
    for name, value in item.items():
        if name == "replacements":
            continue
        if not isinstance(value, str) and (name != "keep" or isinstance(value, bool) or not isinstance(value, int)):
            wanted = "a time in quotes or a number of days" if name == "keep" else "text in quotes"
            raise file.error(("feeds", place, name), f"a feed's `{name}` must be {wanted}, not {show(value)}")
    try:
        keep = parse_keep(str(item["keep"])) if "keep" in item else None
    except FeedError as error:
        raise file.error(("feeds", place, "keep"), f"`keep`: {error}") from error
    if "query" not in item:
        raise FeedError('needs a `query`, such as query = "cs.LG"')
    name = _check_name(item["name"]) if "name" in item else ""
    if name.casefold() in RESERVED_NAMES:
        raise file.error(("feeds", place, "name"), f"the name `{name}` is reserved; choose another")
    if "kind" in item:
        kind = _check_kind(file, place, item["kind"])
        feed = Feed(name, kind, check_query(kind, item["query"]), keep)
        feed = feed if name else parse_feed(short_form(feed), "", keep)
    else:
        feed = parse_feed(item["query"], name, keep)
    return replace(feed, replacements=_check_replacements(file, place, item, feed))


def _check_replacements(file: TomlFile, place: int, item: Mapping[str, object], feed: Feed) -> bool:
    value = item.get("replacements", False)
    at = ("feeds", place, "replacements")
    if not isinstance(value, bool):
        raise file.error(at, f"a feed's `replacements` must be true or false, not {show(value)}")
    if value and not is_daily(feed):
        raise file.error(at, "`replacements` is for the daily lists of arXiv, such as arxiv:daily:cs.LG")
    return value


def _check_kind(file: TomlFile, place: int, written: str) -> Kind:
    kind = next((kind for kind in KINDS if kind == {"hf": "huggingface", "atom": "rss"}.get(written, written)), None)
    if kind is None:
        at = ("feeds", place, "kind")
        raise file.error(at, f"unknown kind of feed `{escape(written)}`{suggest(written, KINDS)}")
    return kind
