"""A checked query → one SQL statement."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from readlist.library.count_sql import counted_among, gain_table, gained_within, rising_tables
from readlist.library.day_sql import DATED, Statement, between, join
from readlist.model.view import Sort, is_reverse, unreversed
from readlist.pattern import pattern
from readlist.query import Query
from readlist.query.terms import (
    And,
    Counted,
    Dated,
    Flag,
    Gained,
    Identified,
    InFeed,
    Not,
    Or,
    Similar,
    Tagged,
    Term,
    Words,
)

_COLUMN_OF = {
    "": "{title abstract authors note}", "title": "title", "abstract": "abstract", "author": "authors", "note": "note",
    "org": "organization", "kw": "keywords", "comment": "comment",
}  # fmt: skip
# As `readlist.model.revision.is_news` has it. Times of marks and of revisions are written alike.
_DECIDED = "max(coalesce(m.read, ''), coalesce(m.starred, ''), coalesce(m.noted, ''))"
_REVISED = (
    "select r.paper_id from revision r cross join mark m on m.paper_id = r.paper_id where r.seen is not null "
    f"and (m.starred is not null or m.note <> '') and r.seen > {_DECIDED} "
    f"and ({_DECIDED} = '' or r.since >= date(substr({_DECIDED}, 1, 10), '-7 days'))"
)
_FLAGS = {
    ("is", "unread"): "not p.read",
    ("is", "read"): "p.read",
    ("is", "starred"): "p.starred",
    ("is", "noted"): "p.noted",
    ("is", "removed"): "p.hidden = 1",
    ("is", "new"): (
        "+p.id in (select id from paper where added > coalesce("
        "(select cast(value as integer) from meta where name = 'last_visit'), -1))"
    ),
    ("is", "revised"): f"+p.id in ({_REVISED})",
    ("is", "withdrawn"): "+p.id in (select paper_id from detail indexed by detail_withdrawn where withdrawn <> '')",
    # What is watched and muted is in the settings: see `readlist.query.rules`. Without rules no paper is.
    # Not `0`: SQLite would leave the condition of a named index out with the rest, and then refuse the index.
    ("is", "watched"): "+p.id < 0",
    ("is", "muted"): "+p.id < 0",
    ("has", "code"): "p.has_code",
    ("has", "project"): "p.has_project",
    ("has", "note"): "p.noted",
    ("has", "abstract"): "p.has_abstract",
    ("has", "tag"): "+p.id in (select paper_id from tag where true)",
}
# A name that is exactly a feed's means that feed, even if other names contain it.
_IN_FEED = (
    "+p.id in (select paper_id from announcement where feed in (select name from feed where folded(name) = ? "
    "or (instr(folded(name), ?) and not exists (select 1 from feed where folded(name) = ?))))"
)
_SHOWN: Statement = ("not p.hidden", ())
_HIDDEN = "select {} from paper indexed by paper_hidden where hidden > 0"
_LOOKED_UP = pattern(r"\+p\.id in \(select (\w+) from (\w+) where ")
_GENERATION = "coalesce((select cast(value as integer) from meta where name = 'match_generation'), 0)"
_LAST_SCORED = "coalesce((select cast(value as integer) from meta where name = 'match_last'), 0)"
# Instead of `paper_by_feed`, for what each of these flags holds for.
_OF_FLAG = {
    ("is", "starred"): "paper_starred", ("is", "noted"): "paper_noted", ("has", "note"): "paper_noted",
}  # fmt: skip
_SIMILAR = "p.id in (select value from json_each(neighbours(?)))"
_NAMED = "p.id in (select paper_id from alias where identifier in ({}))"
_NEIGHBOURS = 5_000
_PIECE = 32_768
"""Characters of a list of ids that are parsed at a time."""

_MATCHES = "+p.id in (select rowid from search where search match ?)"

# Each sort order has an index with all its columns and the flags. The statement names it, since without statistics
# SQLite sometimes prefers another one; ties are broken by id, so every order is stable.
_ORDERS: dict[Sort, tuple[str, tuple[str, ...]]] = {
    "feed": ("paper_by_feed", ("p.day desc", "p.feed", "p.position", "p.id")),
    "date": ("paper_by_date", ("coalesce(p.published, p.day) desc", "p.id")),
    "title": ("paper_by_title", ("p.title_folded", "p.id")),
    "upvotes": ("paper_by_upvotes", ("p.upvotes desc", "p.id")),
    "stars": ("paper_by_stars", ("p.stars desc", "p.id")),
    "comments": ("paper_by_comments", ("p.comments desc", "p.id")),
    "added": ("paper_by_added", ("p.added desc", "p.id")),
}
_BY_MATCH: tuple[str, ...] = ("c.match desc", "c.score desc", "c.paper_id")
# How much a word counts in each column of the search index, in the order of `search_index.SEARCH_COLUMNS`.
_RELEVANCE = ("bm25(search, 10.0, 2.0, 5.0, 5.0, 3.0, 3.0, 3.0)", "p.id")


def ids_statement(query: Query, sort: Sort, limit: int | None = None) -> Statement:
    """Return the statement for the ids of the papers found, in order: one row of one text, ids between commas.

    One row, because fetching 100,000 rows takes longer than finding them, and takes the interpreter's lock as often.
    The text is null when nothing is found. (SQLite feeds an aggregate in the order of its subquery.)

    Args:
        query: what to find; without terms every paper.
        sort: the sort order.
        limit: the most ids, None for all. With a limit the sort order's index is read until there are enough; without
            one the words are looked up first, and the result is sorted.
    """
    by = unreversed(sort)
    if by == "match":
        return _by_match(query, limit, is_reverse=is_reverse(sort))
    if by in ("gained", "rising"):
        return _by_gain(by, query, limit, is_reverse=is_reverse(sort))
    wanted, conditions = _split(query)
    index, order = _ORDERS["feed" if by == "relevance" else by]
    leading: tuple[str, ...] = ()
    if by == "relevance" and wanted and not query.like:
        # All matches must be ranked before the first is known.
        source, order = "search join paper p on p.id = search.rowid", _RELEVANCE
        conditions.insert(0, ("search match ?", (wanted,)))
    elif by == "relevance" and query.like:
        source, order = "json_each(neighbours(?)) j cross join paper p on p.id = j.value", ("j.key",)
        leading = (json.dumps(query.like),)
        if wanted:
            conditions.append((_MATCHES, (wanted,)))
    elif wanted and limit is None:
        source = "search s cross join paper p on p.id = s.rowid"
        conditions.insert(0, ("s.search match ?", (wanted,)))
    else:
        source, conditions = _papers_by(index, query, conditions)
        if wanted:
            conditions.append((_MATCHES, (wanted,)))
    where, parameters = _where(conditions)
    parameters = (*leading, *parameters)
    if is_reverse(sort):
        # Of every column: SQLite then reads the same index from its end.
        order = _reversed(order)
    found = f"select p.id as id from {source}{where} order by {', '.join(order)}"
    if limit is not None:
        found += " limit ?"
        parameters += (limit,)
    return f"select group_concat(id) from ({found})", parameters


def ids_in(found: str | None) -> Iterator[int]:
    """Return the ids that such a statement finds."""
    return chain.from_iterable(_pieces(found or ""))


def _pieces(found: str) -> Iterator[list[int]]:
    """Yield the ids in pieces: as objects the numbers take ten times their memory."""
    start = 0
    while start < len(found):
        end = found.find(",", start + _PIECE)
        yield json.loads(f"[{found[start : end if end > 0 else len(found)]}]")
        start = end + 1 if end > 0 else len(found)


def _reversed(order: Iterable[str]) -> tuple[str, ...]:
    """Return the columns of an order, every one the other way."""
    return tuple(column.removesuffix(" desc") if column.endswith(" desc") else f"{column} desc" for column in order)


def _by_match(query: Query, limit: int | None, *, is_reverse: bool) -> Statement:
    """Return the statement of `ids_statement` for papers by how well they fit the user; see `library.scores`.

    Papers without a score come last, in feed order: all of them where nothing was learned, else those added since.
    """
    wanted, conditions = _split(query)
    if wanted:
        conditions.append((_MATCHES, (wanted,)))
    scored, parameters = _where([(f"c.generation = {_GENERATION}", ()), *conditions])
    rest, _ = _where([(f"p.id > {_LAST_SCORED}", ()), *conditions])
    first, (_, last) = _BY_MATCH, _ORDERS["feed"]
    if is_reverse:
        first, last = _reversed(first), _reversed(last)
    # A limit of its own keeps the order of each part.
    return (
        "select group_concat(id) from (select id from ("
        f"select id from (select p.id as id from score c indexed by score_by_match cross join paper p "
        f"on p.id = c.paper_id{scored} order by {', '.join(first)} limit ?) union all "
        f"select id from (select p.id as id from paper p indexed by paper_by_feed{rest} "
        f"order by {', '.join(last)} limit ?)) limit ?)",
        (*parameters, _limit(limit), *parameters, _limit(limit), _limit(limit)),
    )


def _by_gain(by: Sort, query: Query, limit: int | None, *, is_reverse: bool) -> Statement:
    """Return the statement of `ids_statement` for papers by what they gained, or by how much more than is usual.

    What they gained is that of the query's `gained:`, as `gained:7d>20`; else upvotes since the last visit. Papers of
    which it is not known come last: by what they gained in feed order, by what is rising by their place
    among the papers of their list's day.
    """
    conditions = _all_conditions(query)
    (counted, parameters), (_, last) = _where(conditions), _ORDERS["feed"]
    if by == "gained":
        tables, leading = gain_table(*query.gain)
        known, first, rest = "gain", ("c.gained desc", *last), "paper p indexed by paper_by_feed"
    else:
        tables, leading = rising_tables((counted, parameters) if query.terms else None)
        known, first, last = "risen", ("c.rise desc", "p.upvotes desc", *last), ("q.place desc", "q.day desc", *last)
        rest = "placed q cross join paper p on p.id = q.id"
    if is_reverse:
        first, last = _reversed(first), _reversed(last)
    others, _ = _where([*conditions, (f"p.id not in (select paper_id from {known})", ())])
    return (
        f"with {tables} select group_concat(id) from (select id from ("
        f"select id from (select p.id as id from {known} c cross join paper p on p.id = c.paper_id{counted} "
        f"order by {', '.join(first)} limit ?) union all "
        f"select id from (select p.id as id from {rest}{others} order by {', '.join(last)} limit ?)) limit ?)",
        (*leading, *parameters, _limit(limit), *parameters, _limit(limit), _limit(limit)),
    )


def _all_conditions(query: Query) -> list[Statement]:
    """Return the conditions of a query, its words among them."""
    wanted, conditions = _split(query)
    return [*conditions, (_MATCHES, (wanted,))] if wanted else conditions


def past_statement(query: Query, sort: Sort, papers: Statement) -> Statement:
    """Return the statement of `ids_statement` for what takes the place of the table `paper`, as of a day.

    In place of an order that is not known of that day it is feed order.
    """
    source, parameters = found_in(papers, query)
    _, order = _ORDERS.get(unreversed(sort), _ORDERS["feed"])
    order = _reversed(order) if is_reverse(sort) else order
    return f"select group_concat(id) from (select p.id as id from {source} order by {', '.join(order)})", parameters


def found_in(papers: Statement, query: Query) -> Statement:
    """Return the papers found as what follows FROM, where other papers take the place of the table `paper`."""
    where, parameters = _where(_all_conditions(query))
    return f"({papers[0]}) p{where}", (*papers[1], *parameters)


def scored_statement(ids: Sequence[int] | None = None, *, is_reverse: bool) -> Statement:
    """Return the statement for the ids of the papers that have a score, best first, as `ids_statement` does.

    Args:
        ids: of these papers, which are few; None for all papers.
        is_reverse: whether the best come last.
    """
    order = ", ".join(_reversed(_BY_MATCH) if is_reverse else _BY_MATCH)
    if ids is None:
        source = f"score c indexed by score_by_match where c.generation = {_GENERATION}"
    else:
        source = f"json_each(?) j cross join score c on c.generation = {_GENERATION} and c.paper_id = j.value"
    parameters = () if ids is None else (json.dumps(list(ids)),)
    return f"select group_concat(id) from (select c.paper_id as id from {source} order by {order})", parameters


def _limit(limit: int | None) -> int:
    """Return a limit as SQLite takes it."""
    return -1 if limit is None else limit


def among_statement(query: Query, ids: Sequence[int]) -> Statement:
    """Return the statement for which of some ids, few of them, are those of papers found."""
    wanted, conditions = _split(query)
    if wanted:
        conditions.append((_MATCHES, (wanted,)))
    where, parameters = _where(conditions)
    if ids and (span := max(ids) - min(ids)) < _NEIGHBOURS:
        # Papers of one list have neighbouring ids: their words are looked up at once.
        between = f"rowid between {min(ids)} and {min(ids) + span}"
        where = where.replace(_MATCHES, f"p.id in (select rowid from search where {between} and search match ?)")
    # Asked for each paper, instead of finding all papers of a condition first.
    where = counted_among(_LOOKED_UP.sub(r"exists (select 1 from \2 where \1 = p.id and ", where), ids)
    statement = f"select p.id from json_each(?) j cross join paper p on p.id = j.value{where}"
    return statement, (json.dumps(list(ids)), *parameters)


def page_statement(query: Query, ids: Sequence[int], index: str, limit: int) -> Statement | None:
    """Return the statement for which of some ids are those of papers found, in their order: rows of one id.

    None if a paper that is not among these ids may come before them: removed papers are in no list that isn't asked
    for them.

    Args:
        query: what to find among the first papers of a list: that list's query and more.
        ids: the first papers of the list.
        index: a search index of these papers alone.
        limit: the most ids.
    """
    if any(map(_is_of_removed, query.terms)):
        return None
    wanted, conditions = _split(query)
    if wanted:
        conditions.append((_MATCHES, (wanted,)))
    where, parameters = _where(conditions)
    where = where.replace(_MATCHES, f"p.id in (select rowid from {index} where {index} match ?)")
    where = counted_among(_LOOKED_UP.sub(r"exists (select 1 from \2 where \1 = p.id and ", where), ids)
    return (
        f"select p.id from json_each(?) j cross join paper p on p.id = j.value{where} order by j.key limit ?",
        (json.dumps(list(ids)), *parameters, limit),
    )


def words_statement(query: Query, index: str) -> Statement | None:
    """Return the statement for how many papers of a search index have the words of a query; None without words."""
    wanted, _ = _split(query)
    return (f"select count(*) from {index} where {index} match ?", (wanted,)) if wanted else None


def count_statement(query: Query) -> Statement:
    """Return the statement for the number of papers found: one row of one integer."""
    wanted, conditions = _split(query)
    if conditions == [_SHOWN]:
        # Few papers are hidden: to count these is much faster than to look at all.
        if not wanted:
            return f"select (select count(*) from paper) - ({_HIDDEN.format('count(*)')})", ()
        return f"select count(*) from search where search match ? and rowid not in ({_HIDDEN.format('id')})", (wanted,)
    source, conditions = _papers_by("paper_by_feed", query, conditions)
    if wanted:
        source = "search s cross join paper p on p.id = s.rowid"
        conditions.insert(0, ("s.search match ?", (wanted,)))
    where, parameters = _where(conditions)
    return f"select count(*) from {source}{where}", parameters


def papers_from(papers: Query | str | Statement, index: str) -> Statement:
    """Return the papers found, or those with the ids of a JSON list, as what follows FROM; read from an index."""
    if isinstance(papers, tuple):
        return papers
    if isinstance(papers, str):
        return "json_each(?) j cross join paper p on p.id = j.value", (papers,)
    wanted, conditions = _split(papers)
    source, conditions = _papers_by(index, papers, conditions)
    if wanted:
        source = "search s cross join paper p on p.id = s.rowid"
        conditions.insert(0, ("s.search match ?", (wanted,)))
    where, parameters = _where(conditions)
    return f"{source}{where}", parameters


def _papers_by(index: str, query: Query, conditions: list[Statement]) -> tuple[str, list[Statement]]:
    """Return what follows FROM to read papers from an index, and the conditions for that.

    Papers that a term names are few: they are looked up instead, however many papers there are.
    """
    if not any(isinstance(term, Identified | Similar) for term in query.terms):
        if index == "paper_by_feed":
            flags = [
                (term.field, term.values[0]) for term in query.terms if isinstance(term, Flag) and len(term.values) == 1
            ]
            index = next((_OF_FLAG[flag] for flag in flags if flag in _OF_FLAG), index)
        return f"paper p indexed by {index}", conditions
    begins = (f"+{_NAMED.partition('{')[0]}", f"+{_SIMILAR}")
    return "paper p not indexed", [
        (sql[1:] if sql.startswith(begins) else sql, parameters) for sql, parameters in conditions
    ]


def _where(conditions: list[Statement]) -> Statement:
    """Return conditions as one WHERE clause, empty for none."""
    unique = dict.fromkeys(conditions)
    where = f" where {' and '.join(sql for sql, _ in unique)}" if unique else ""
    return where, tuple(parameter for _, parameters in unique for parameter in parameters)


def _split(query: Query) -> tuple[str, list[Statement]]:
    """Return the part of a query for the search index (FTS5, may be empty), and conditions for the rest.

    Removed papers are found only by a query that speaks of them.
    """
    wanted, unwanted, others = _sort_terms(query.terms)
    conditions = [_condition(term) for term in others]
    conditions.append(("p.hidden <> 2", ()) if any(map(_is_of_removed, others)) else _SHOWN)
    if unwanted and not wanted:
        conditions.append(_match_none(unwanted))
    return _match_all(wanted, unwanted), conditions


def _is_of_removed(term: Term) -> bool:
    match term:
        case Flag("is", values):
            return "removed" in values
        case Not(inner):
            return _is_of_removed(inner)
        case And(terms) | Or(terms):
            return any(map(_is_of_removed, terms))
    return False


def _sort_terms(terms: Iterable[Term]) -> tuple[list[str], list[str], list[Term]]:
    """Return the FTS5 expressions of terms that must match and of those that must not, and all other terms."""
    wanted: dict[str, None] = {}
    unwanted: dict[str, None] = {}
    others: list[Term] = []
    for term in terms:
        bare = term.term if isinstance(term, Not) else term
        if expression := _expression(bare):
            (wanted if bare is term else unwanted)[expression] = None
        else:
            others.append(term)
    return list(wanted), list(unwanted), others


def _match_all(wanted: Sequence[str], unwanted: Sequence[str]) -> str:
    all_of = " AND ".join(wanted)
    return f"({all_of}) NOT ({' OR '.join(unwanted)})" if all_of and unwanted else all_of


def _match_none(unwanted: Sequence[str]) -> Statement:
    """Return the condition that nothing matches: FTS5 has no expression that only excludes."""
    return f"not {_MATCHES}", (" OR ".join(unwanted),)


def _expression(term: Term) -> str:
    """Return a term as an FTS5 expression; empty if it needs more than the search index."""
    match term:
        case Words(tokens, prefix, field):
            # In quotes no letter or digit can be an operator.
            return f'{_COLUMN_OF[field]} : "{" ".join(tokens)}"{" *" if prefix else ""}'
        case And(terms):
            wanted, unwanted, others = _sort_terms(terms)
            return f"({_match_all(wanted, unwanted)})" if wanted and not others else ""
        case Or(terms):
            expressions = [_expression(each) for each in terms]
            return f"({' OR '.join(dict.fromkeys(expressions))})" if all(expressions) else ""
    return ""


def _condition(term: Term) -> Statement:
    """Return a term as a condition that is true or false, never null."""
    if expression := _expression(term):
        return _MATCHES, (expression,)
    match term:
        case Not(inner):
            sql, parameters = _condition(inner)
            return f"not ({sql})", parameters
        case And(terms):
            wanted, unwanted, others = _sort_terms(terms)
            conditions = [_condition(each) for each in others]
            if wanted:
                conditions.append((_MATCHES, (_match_all(wanted, unwanted),)))
            elif unwanted:
                conditions.append(_match_none(unwanted))
            return join(conditions, " and ")
        case Or(terms):
            expressions = {each: expression for each in terms if (expression := _expression(each))}
            conditions = [_condition(each) for each in terms if each not in expressions]
            if expressions:
                conditions.append((_MATCHES, (" OR ".join(dict.fromkeys(expressions.values())),)))
            return _any_of(conditions)
        case Flag(field, values):
            return _any_of([(_FLAGS[field, value], ()) for value in values])
        case Tagged(tags):
            return _any_of([_tagged(tag, prefix=prefix) for tag, prefix in tags])
        case InFeed(names):
            return _any_of([(_IN_FEED, (name, name, name)) for name in names])
        case Identified(identifiers):
            places = ", ".join("?" * len(identifiers))
            return f"+{_NAMED.format(places)}", identifiers
        case Similar(identifiers):
            return f"+{_SIMILAR}", (json.dumps(identifiers),)
        case Counted("match", ranges):
            within, limits = _any_of([between("match", low, high) for low, high in ranges])
            return f"+p.id in (select paper_id from score where generation = {_GENERATION} and {within})", limits
        case Gained(ranges):
            return _any_of([gained_within(*each) for each in ranges])
        case Counted(field, ranges):
            return _any_of([between(f"p.{field}", low, high) for low, high in ranges])
        case Dated(field, days):
            return _any_of([DATED[field](first, last) for first, last in days])
        case Words():
            raise AssertionError("words are an expression")


def _tagged(tag: str, *, prefix: bool) -> Statement:
    """Return the condition that a paper has a tag, or one below it, `tag/…`; or one with this prefix."""
    below, end = (tag, f"{tag}\U0010ffff") if prefix else (f"{tag}/", f"{tag}0")
    sql = "+p.id in (select paper_id from tag where (folded = ? or (folded >= ? and folded < ?)))"
    return sql, (tag, below, end)


def _any_of(conditions: Sequence[Statement]) -> Statement:
    return join(conditions, " or ")
