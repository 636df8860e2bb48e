"""The short forms and addresses that people write for a feed, parsed into one, and the times they write."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from readlist.config.categories import category, nearest
from readlist.config.source import near, plain
from readlist.model.feed import Feed, Kind

NAME_LENGTH = 60
_QUERY_LENGTH = 2_000

_HUGGING_FACE = "a listing: trending, daily, a day 2026-08-01, a week 2026-W31, a month 2026-08, or search:WORDS"
_FORMS = "write hf:daily, hf:search:WORDS, arxiv:cs.LG, or the http(s) address of a feed"
_AGE = re.compile(r"(\d{1,6})\s*(min(?:utes?)?|[mhdwy]|hours?|days?|weeks?|months?|years?)?", re.IGNORECASE)
_DAYS = {"d": 1, "day": 1, "w": 7, "week": 7, "m": 30, "month": 30, "y": 365, "year": 365}


class FeedError(ValueError):
    """What was written names no feed: one line that says why and what to write."""


def feed_of(text: str, name: str = "", keep: int | None = None) -> Feed:
    """Return the feed that a short form `hf:…` or `arxiv:…` or an address means; without a name it is made from that.

    Addresses of Hugging Face Papers and of arXiv's lists are understood.

    Raises:
        FeedError: it is none, or can't be asked for.
    """
    text = text.strip()
    if not text.isprintable():
        raise FeedError(f"`{plain(text[:60])}` has characters that no feed has")
    if len(text) > _QUERY_LENGTH:
        raise FeedError(f"it is longer than {_QUERY_LENGTH} characters")
    scheme, colon, rest = (part.strip() for part in text.partition(":"))
    of_scheme: Callable[[str], tuple[Kind, str]] | None = _SCHEMES.get(scheme.lower()) if colon else None
    if of_scheme is None:
        raise FeedError(f"no feed is meant by `{plain(text[:60])}`; {_meant(text)}")
    kind, query = of_scheme(text if scheme.lower() in ("http", "https") else rest)
    return Feed(checked_name(name) if name.strip() else _name(kind, query), kind, query, keep)


def query_of(kind: Kind, query: str) -> str:
    """Return what a feed of a kind asks for in its one form.

    Raises:
        FeedError: there is no such thing to ask for.
    """
    if kind == "rss" and not re.match(r"\s*https?:", query, re.IGNORECASE):
        raise FeedError(f"`{plain(query[:60])}` is no http or https address")
    query = query.strip()
    if kind != "rss":
        return (_hugging_face if kind == "huggingface" else _arxiv)(query)[1]
    # It is asked as it stands, whatever page it is the address of.
    _address(query)
    return query


def short(feed: Feed) -> str:
    """Return the short form of a feed, from which `feed_of` makes it again."""
    return feed.query if feed.kind == "rss" else f"{'hf' if feed.kind == 'huggingface' else 'arxiv'}:{feed.query}"


def checked_name(name: str) -> str:
    """Return a name on one line, without double quotes: a search puts it between them.

    Raises:
        FeedError: it is empty, too long, or can't be shown.
    """
    name = " ".join(name.replace('"', "'").split())
    if not name or len(name) > NAME_LENGTH or not name.isprintable():
        raise FeedError(f"a name has 1 to {NAME_LENGTH} characters that can be shown, not `{plain(name[:60])}`")
    return name


def keep_of(text: str) -> int | None:
    """Return a time to keep papers in days: `90d`, `12w`, `6m`, `1y`, None for `forever`.

    Raises:
        FeedError: it is none.
    """
    if text.strip().lower() in ("forever", "for ever", "always"):
        return None
    found = _AGE.fullmatch(text.strip())
    unit = (found[2] or "d").lower() if found else ""
    factor = _DAYS.get(unit if len(unit) == 1 else unit.rstrip("s"))
    if found is None or factor is None or not 0 < (days := int(found[1]) * factor) < 100_000:
        raise FeedError("a time to keep papers is written 90d, 12w, 6m, 1y or forever")
    return days


def age_of(text: str) -> timedelta | None:
    """Return the age from which feeds are fetched at start: `30min`, `6h`, `1d`, None for `never`.

    Raises:
        FeedError: it is none.
    """
    if text.strip().lower() == "never":
        return None
    found = _AGE.fullmatch(text.strip())
    unit = (found[2] or "").lower() if found else ""
    hours = {"m": 1 / 60, "h": 1.0, "d": 24.0, "w": 168.0}.get(unit[:1]) if not unit.startswith("mo") else None
    if found is None or hours is None or int(found[1]) * hours > 24 * 3_650:
        raise FeedError("an age is written 30min, 6h, 1d or never")
    return timedelta(hours=int(found[1]) * hours)


def _hugging_face(query: str) -> tuple[Kind, str]:
    words = re.fullmatch(r"(search|q)\s*[:=]\s*(.*)", query, re.IGNORECASE)
    if words:
        if not words[2].strip():
            raise FeedError("hf:search: needs words, as in hf:search:flow matching")
        return "huggingface", f"search:{words[2].strip()}"
    named = re.sub(r"\A(?:(?:date|day|week|month|daily)[:=/]\s*)(?=\d)", "", query, flags=re.IGNORECASE)
    if named.lower() in ("trending", "daily"):
        return "huggingface", named.lower()
    found = re.fullmatch(r"(\d{4})-(?:[wW](\d\d?)|(\d\d)(?:-(\d\d))?)", named)
    if not found:
        if re.match(r"\d", named):
            raise FeedError(f"`{plain(named[:60])}` is no day 2026-08-01, week 2026-W31 or month 2026-08")
        nearest = near(named, ("trending", "daily", "search"))
        hint = f"; did you mean hf:{nearest}?" if nearest else f"; hf: takes {_HUGGING_FACE}"
        raise FeedError(f"Hugging Face Papers has no listing `{plain(named[:60])}`{hint}")
    year, week, month, day = (int(part) if part else 0 for part in found.groups())
    try:
        if week:
            date.fromisocalendar(year, week, 1)
            return "huggingface", f"{year:04}-W{week:02}"
        date(year, month, day or 1)
    except ValueError as error:
        raise FeedError(f"{named} is not in the calendar") from error
    return "huggingface", named


def _arxiv(query: str) -> tuple[Kind, str]:
    daily = re.fullmatch(r"(?:daily|new|rss)\s*:\s*(.*)", query, re.IGNORECASE)
    quoted = re.fullmatch(r"""(["'])(?=.*\b(?:ti|au|abs|co|jr|cat|rn|id|all):)(.*)\1""", query)
    if quoted:
        # As one writes it for a shell.
        query = quoted[2].strip()
    names = [name for name in re.split(r"[\s,+]+", daily[1] if daily else query) if name]
    if not names:
        raise FeedError("arxiv: needs a category, as in arxiv:cs.LG, or a search, as in arxiv:all:diffusion")
    known = list(map(category, names))
    if all(known):
        return "arxiv", ("daily:" if daily else "") + "+".join(known)
    wrong = next(name for name in names if not category(name))
    # A mistyped category would be searched for as a word, and find nothing for ever.
    if daily or (len(names) == 1 and re.fullmatch(r"[A-Za-z-]{2,8}\.[A-Za-z-]{1,9}", wrong)):
        meant = nearest(wrong)
        hint = f"did you mean {meant}?" if meant else "https://arxiv.org/category_taxonomy lists them"
        raise FeedError(f"arXiv has no category `{plain(wrong[:60])}`; {hint}")
    return "arxiv", " ".join(query.split())


def web_address(text: str) -> str:
    """Return the address that one of a feed reader's scheme means: `feed://host/path`, `feed:https://host/path`."""
    found = re.match(r"\s*feeds?:(?://(?=https?:))?(https?:)?/*", text, re.IGNORECASE)
    return f"{found[1] or 'https:'}//{text[found.end() :].strip()}" if found else text


def _address(text: str) -> tuple[Kind, str]:
    try:
        parts = urlsplit(text)
        # The port is read for its check.
        host = (parts.hostname or "") if parts.port != 0 else ""
    except ValueError:
        host = ""
    if not host or " " in text or not re.fullmatch(r"[\w.:-]+", host):
        raise FeedError(f"`{plain(text[:60])}` is no address; {_FORMS}")
    name = host.removeprefix("www.")
    if name in ("huggingface.co", "hf.co") and re.match(r"/papers(?:/|\Z)", parts.path):
        return _papers_page(parts)
    if name in ("arxiv.org", "export.arxiv.org", "rss.arxiv.org"):
        return _arxiv_page(parts) or ("rss", text)
    return "rss", text


def _papers_page(parts: SplitResult) -> tuple[Kind, str]:
    """Return what a page of Hugging Face Papers lists."""
    given = {name: values[0] for name, values in parse_qs(parts.query).items()}
    if "q" in given:
        return _hugging_face(f"search:{given['q']}")
    path = parts.path.strip("/").split("/")[1:]
    named = next((given[name] for name in ("date", "week", "month") if name in given), path[-1] if path else "daily")
    if path and re.fullmatch(r"\d{4}\.\d{4,5}(v\d+)?", path[0]):
        raise FeedError("this is the page of one paper; `readlist add` takes it, or `a` in the list")
    return _hugging_face(unquote(named))


def _arxiv_page(parts: SplitResult) -> tuple[Kind, str] | None:
    """Return what an address of arXiv lists: a daily list, an answer of its API; None for any other."""
    path = [part for part in unquote(parts.path).split("/") if part]
    if path[:1] == ["list"] and len(path) > 1 and category(path[1]):
        return _arxiv(path[1])
    if path[:1] in (["rss"], ["atom"]) and len(path) > 1:
        return _arxiv(f"daily:{path[1].removesuffix('.xml')}")
    asked = parse_qs(parts.query).get("search_query") if path[:2] == ["api", "query"] else None
    if path[:1] in (["abs"], ["pdf"]):
        raise FeedError("this is the page of one paper; `readlist add` takes it, or `a` in the list")
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


def _meant(text: str) -> str:
    """Return what may have been meant."""
    if text.lower() in ("trending", "daily"):
        return f"did you mean hf:{text.lower()}?"
    if category(text):
        return f"did you mean arxiv:{category(text)}?"
    if re.fullmatch(r"[\w-]+(?:\.[\w-]+)+(?:/\S*)?", text):
        return f"did you mean https://{text}?"
    scheme, colon, _ = text.partition(":")
    nearest = near(scheme, ("arxiv", "huggingface", "https")) if colon else ""
    return f"did you mean {nearest}:…?" if nearest else _FORMS


def _name(kind: Kind, query: str) -> str:
    """Return a name for what is asked."""
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
