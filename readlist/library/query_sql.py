"""A checked query → one SQL statement."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import TypeAlias

from readlist.library.rows import microseconds
from readlist.model.view import Sort
from readlist.query import Query
from readlist.query.terms import And, Counted, Dated, Flag, Identified, InFeed, Not, Or, Term, Words

Statement: TypeAlias = tuple[str, tuple[str | int, ...]]
"""SQL and its parameters."""

_COLUMN_OF = {"title": "title", "abstract": "abstract", "author": "authors", "note": "note", "org": "organization",
              "kw": "keywords"}  # fmt: skip
_ANYWHERE = "{title abstract authors note}"
_FLAGS = {
    ("is", "unread"): "not p.read",
    ("is", "read"): "p.read",
    ("is", "starred"): "p.starred",
    ("is", "noted"): "p.noted",
    ("is", "new"): (
        "+p.id in (select id from paper where added > coalesce("
        "(select cast(value as integer) from meta where name = 'last_visit'), -1))"
    ),
    ("has", "code"): "p.has_code",
    ("has", "project"): "p.has_project",
    ("has", "note"): "p.noted",
    ("has", "abstract"): "p.has_abstract",
}
# Who names a feed wholly means that one, though other names hold it too.
_IN_FEED = (
    "+p.id in (select paper_id from announcement where feed in (select name from feed where folded(name) = ? "
    "or (instr(folded(name), ?) and not exists (select 1 from feed where folded(name) = ?))))"
)
_MATCHES = "+p.id in (select rowid from search where search match ?)"


# One index a sort order holds all its columns and the flags (schema.py). It is named in the statement, since
# without statistics SQLite would now and then prefer another way; ties end at the id, so every order is stable.
_ORDERS: dict[Sort, tuple[str, str]] = {
    "feed": ("paper_by_feed", "p.day desc, p.feed, p.position, p.id"),
    "date": ("paper_by_date", "coalesce(p.published, p.day) desc, p.id"),
    "title": ("paper_by_title", "p.title_folded, p.id"),
    "upvotes": ("paper_by_upvotes", "p.upvotes desc, p.id"),
    "stars": ("paper_by_stars", "p.stars desc, p.id"),
    "comments": ("paper_by_comments", "p.comments desc, p.id"),
    "added": ("paper_by_added", "p.added desc, p.id"),
}
# How much a word counts where it stands; the columns are those of `rows.SEARCH_COLUMNS`.
_RELEVANCE = "bm25(search, 10.0, 2.0, 5.0, 5.0, 3.0, 3.0), p.id"


def ids_statement(query: Query, sort: Sort, limit: int | None = None) -> Statement:
    """Return the statement for the ids of the papers found, in order: one row of one text, ids between commas.

    One row, because fetching 100,000 of them takes longer than finding them, and takes the interpreter's lock as
    often. The text is null when nothing is found. (SQLite feeds an aggregate in the order of its subquery.)

    Args:
        query: what is asked for; without terms every paper.
        sort: the order.
        limit: the most ids, None for all. With a limit the order's index is walked until there are enough;
            without, the words are looked up first and what they find is sorted.
    """
    wanted, conditions = _divided(query)
    index, order = _ORDERS.get(sort, _ORDERS["feed"])
    if sort == "relevance" and wanted:
        # All that is found has to be weighed before the first is known.
        source, order = "search join paper p on p.id = search.rowid", _RELEVANCE
        conditions.insert(0, ("search match ?", (wanted,)))
    elif wanted and limit is None:
        source = "search s cross join paper p on p.id = s.rowid"
        conditions.insert(0, ("s.search match ?", (wanted,)))
    else:
        source = f"paper p indexed by {index}"
        if wanted:
            conditions.append(("+p.id in (select rowid from search where search match ?)", (wanted,)))
    where, parameters = _where(conditions)
    found = f"select p.id as id from {source}{where} order by {order}"
    if limit is not None:
        found += " limit ?"
        parameters += (limit,)
    return f"select group_concat(id) from ({found})", parameters


def count_statement(query: Query) -> Statement:
    """Return the statement for the number of papers found: one row of one integer."""
    wanted, conditions = _divided(query)
    source = "paper p indexed by paper_by_feed"
    if wanted:
        source = "search s cross join paper p on p.id = s.rowid" if conditions else "search s"
        conditions.insert(0, ("s.search match ?", (wanted,)))
    where, parameters = _where(conditions)
    return f"select count(*) from {source}{where}", parameters


def _where(conditions: list[Statement]) -> Statement:
    """Return conditions as one WHERE clause, empty for none."""
    unique = dict.fromkeys(conditions)
    where = f" where {' and '.join(sql for sql, _ in unique)}" if unique else ""
    return where, tuple(parameter for _, parameters in unique for parameter in parameters)


def _divided(query: Query) -> tuple[str, list[Statement]]:
    """Return what a query asks of the full-text index, empty for nothing, and the rest as conditions that all hold."""
    wanted, unwanted, others = _sorted_out(query.terms)
    conditions = [_condition(term) for term in others]
    all_of = _both(wanted, unwanted)
    if unwanted and not wanted:
        # FTS5 can't look for what has no word in it.
        conditions.append((f"not {_MATCHES}", (" OR ".join(unwanted),)))
    return all_of, conditions


def _sorted_out(terms: Iterable[Term]) -> tuple[list[str], list[str], list[Term]]:
    """Return FTS5 expressions of terms that must hold and of terms that must not, and the terms that are neither."""
    wanted: dict[str, None] = {}
    unwanted: dict[str, None] = {}
    others: list[Term] = []
    for term in terms:
        bare = term.term if isinstance(term, Not) else term
        expression = _expression(bare)
        if expression:
            (wanted if bare is term else unwanted)[expression] = None
        else:
            others.append(term)
    return list(wanted), list(unwanted), others


def _both(wanted: Sequence[str], unwanted: Sequence[str]) -> str:
    all_of = " AND ".join(wanted)
    if all_of and unwanted:
        return f"({all_of}) NOT ({' OR '.join(unwanted)})"
    return all_of


def _expression(term: Term) -> str:
    """Return a term as an FTS5 expression that stands for itself anywhere; empty if it is none."""
    match term:
        case Words():
            return _phrase(term)
        case And(terms):
            wanted, unwanted, others = _sorted_out(terms)
            return f"({_both(wanted, unwanted)})" if wanted and not others else ""
        case Or(terms):
            expressions = [_expression(each) for each in terms]
            return f"({' OR '.join(dict.fromkeys(expressions))})" if all(expressions) else ""
    return ""


def _phrase(words: Words) -> str:
    """Return words in a row as an FTS5 phrase: letters and digits in quotes, nothing that could be an operator."""
    column = _COLUMN_OF[words.field] if words.field else _ANYWHERE
    return f'{column} : "{" ".join(words.tokens)}"{" *" if words.prefix else ""}'


def _condition(term: Term) -> Statement:
    """Return a term as a condition that is true or false, never unknown."""
    expression = _expression(term)
    if expression:
        return _MATCHES, (expression,)
    match term:
        case Not(inner):
            sql, parameters = _condition(inner)
            return f"not ({sql})", parameters
        case And(terms):
            wanted, unwanted, others = _sorted_out(terms)
            conditions = [_condition(each) for each in others]
            if wanted:
                conditions.append((_MATCHES, (_both(wanted, unwanted),)))
            elif unwanted:
                conditions.append((f"not {_MATCHES}", (" OR ".join(unwanted),)))
            return _joined(conditions, " and ")
        case Or(terms):
            found = [each for each in terms if _expression(each)]
            conditions = [_condition(each) for each in terms if each not in found]
            if found:
                conditions.append((_MATCHES, (" OR ".join(dict.fromkeys(map(_expression, found))),)))
            return _joined(conditions, " or ")
        case Flag(field, values):
            return _joined([(_FLAGS[field, value], ()) for value in values], " or ")
        case InFeed(names):
            return _joined([(_IN_FEED, (name, name, name)) for name in names], " or ")
        case Identified(identifiers):
            places = ", ".join("?" * len(identifiers))
            return f"+p.id in (select paper_id from alias where identifier in ({places}))", identifiers
        case Counted(field, ranges):
            return _joined([_between(f"p.{field}", low, high) for low, high in ranges], " or ")
        case Dated(field, days):
            return _joined([_DATED[field](first, last) for first, last in days], " or ")
        case Words():
            raise AssertionError("words are an expression")


def _joined(conditions: Sequence[Statement], operator: str) -> Statement:
    sql = operator.join(f"({sql})" for sql, _ in dict.fromkeys(conditions))
    return f"({sql})", tuple(value for _, values in dict.fromkeys(conditions) for value in values)


def _between(column: str, low: str | int | None, high: str | int | None) -> Statement:
    """Return the condition that a column lies within limits, both included; what is unknown doesn't."""
    sql = [f"{column} is not null"]
    sql += [f"{column} >= ?"] if low is not None else []
    sql += [f"{column} <= ?"] if high is not None else []
    return " and ".join(sql), tuple(limit for limit in (low, high) if limit is not None)


def _published(first: date | None, last: date | None) -> Statement:
    """Return the condition that a date lies within days, or may lie there if it is that of a month or year.

    Days within a month, or within a year, are more exact than the month or year itself: they don't find it.
    """
    column = "coalesce(p.published, p.day)"
    conditions = [_between(column, None, last.isoformat() if last else None)]
    if first:
        day, (year, month) = first.isoformat(), _around(first)
        # The year alone comes first: it is where a walk along an index begins.
        sql = f"{column} >= ? and ({column} >= ? or {column} in (?, ?))"
        conditions.append((sql, (year, day, year, month)))
    if first and last:
        conditions += [(f"{column} <> ?", (wider,)) for wider in _around(first) if _is_part(first, last, wider)]
    return _joined(conditions, " and ")


def _around(day: date) -> tuple[str, str]:
    """Return the year and the month a day is in, as they are stored."""
    return day.isoformat()[:4], day.isoformat()[:7]


def _is_part(first: date, last: date, wider: str) -> bool:
    """Tell whether days are a part of the year or month that their first one is in, and not all of it."""
    begin, end = (last.month, last.month) if "-" in wider else (1, 12)
    whole = date(last.year, begin, 1), date(last.year, end, monthrange(last.year, end)[1])
    return last.isoformat().startswith(wider) and (first, last) != whole


def _added(first: date | None, last: date | None) -> Statement:
    low = microseconds(_midnight(first)) if first else None
    return _between("p.added", low, microseconds(_midnight(last, after=True)) - 1 if last else None)


def _marked(column: str) -> Callable[[date | None, date | None], Statement]:
    def decided(first: date | None, last: date | None) -> Statement:
        # As `records` writes times: ISO 8601 in UTC, of which these are beginnings.
        low = _utc(_midnight(first)) if first else None
        sql = [f"{column} is not null", *([f"{column} >= ?"] if low else [])]
        high = _utc(_midnight(last, after=True)) if last else None
        sql += [f"{column} < ?"] if high else []
        inside = " and ".join(sql)
        return f"+p.id in (select paper_id from mark where {inside})", tuple(each for each in (low, high) if each)

    return decided


_DATED = {"date": _published, "seen": _added, "starred": _marked("starred"), "read": _marked("read")}


def _midnight(day: date, *, after: bool = False) -> datetime:
    """Return when a day begins, or ends, where the user is."""
    try:
        return datetime.combine(day + timedelta(days=after), time()).astimezone()
    except (OverflowError, ValueError, OSError):
        # Beyond the calendar: the first or the last moment it has.
        return datetime(1, 1, 2).astimezone() if day.year < 1000 else datetime(9999, 12, 30).astimezone()


def _utc(moment: datetime) -> str:
    from datetime import UTC

    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
