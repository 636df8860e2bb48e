"""Finds the links a reader wants in text: addresses in prose, LaTeX, Markdown, HTML, whole or damaged (pure)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from readlist.model.address import clone_address, link_of, normalize, wanted
from readlist.model.paper import distinct_links, merge_links
from readlist.text.scan import places_of, unusual

if TYPE_CHECKING:
    from collections.abc import Iterator

    from readlist.model.paper import Link

__all__ = ["find_links", "merge_links", "normalize"]

# Ends an address where markup ended it, so that following text doesn't continue it.
_END = "\x00"

_UNESCAPE = re.compile(r"\\([_#%&~$:/?=.-])(?:\{\})?")
_TILDE = re.compile(r"\\textasciitilde(?:\{\}|\s)?|\$\\sim\$|\{\\sim\}")
# arXiv's listings show this instead of an address, sometimes only instead of its end.
_NO_TARGET = re.compile(r"\bthis\s+https?\s+URL\b", re.IGNORECASE)
_BREAK_HINT = re.compile(r"\\(?:allowbreak|linebreak|nobreak|discretionary|penalty0|slash|-)(?![A-Za-z])(?:\{\})*\s?")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_ENTITY = re.compile(r"&(amp|lt|gt|quot|nbsp|#0?39|#x27|#x2F);", re.IGNORECASE)
_ENTITIES = {"amp": "&", "#x2f": "/"}
_MACRO = re.compile(r"\\?\b(?P<macro>url|href|path|nolinkurl)\s?\{(?P<inside>[^{}]{3,600})\}")
_MACRO_NAMES = ("url", "href", "path")
# `https: //`, `http ://`, `https:/ /`, `https//`, `https:/host`, a full-width colon, blanks after it.
_SCHEME = re.compile(
    r"(?P<scheme>https?)(?:\(s\))?(?:\s?[:：]\s{0,2}[/／]\s?[/／]|(?://|:/?)(?=(?:[\w-]+\.)+[a-z]{2,}))\s{0,3}(?=[\w\[])",
    re.IGNORECASE,
)
_WHOLE_SCHEME = re.compile(r"https?://(?=[\w\[])")
_FORGE_SPACED = re.compile(r"\b(git) ?(hub|lab|ee)\s?\.\s?(com/)|\b(hugging) ?(face)\s?\.\s?(co/)", re.IGNORECASE)
_PAGES_SPACED = re.compile(
    r"(?<=[\w-])(?:\.\s{1,2}|\s{1,2}\.|\s{1,2}\.\s)(git(?:hub|lab))\s?\.\s?(io)\b", re.IGNORECASE
)
# What a text in lower case has where one of these is in it: each begins with a word, and is found ten times as fast.
_MAYBE_FORGE = (
    re.compile(r"git(?: (?:hub|lab|ee)\s?\.\s?|(?:hub|lab|ee)(?:\s\.\s?|\.\s))com/"),
    re.compile(r"hugging(?: face\s?\.\s?|face(?:\s\.\s?|\.\s))co/"),
)
_MAYBE_PAGES = re.compile(r"git(?<=\s.git|.\sgit)(?:hub|lab)\s?\.\s?io")

_MATH_DOT = re.compile(r"\$(\\?[._~-])\$")
_ANCHORS = ("://", ".", "git@")
# Without one of these, and without a full stop that neither a blank, a digit nor the end follows, no address is in a
# text, however it is repaired: `foo. github. io` has the only blank that is removed behind the full stop of a host.
_NEEDED = ("/", "／", "@", "{")
_DOTTED = re.compile(r"\.(?:[^\s\d]|\s?io\b)", re.IGNORECASE)
_DOMAIN = re.compile(r"\.[A-Za-z]{2}")
_HOST_PART = re.compile(r"[A-Za-z0-9.-]*")
_SCHEMES = {5: ("https",), 4: ("http",), 3: ("ssh", "git")}
_CHARACTERS = r"A-GI-Za-gi-z0-9._~:/?#@!$&()*+,;=%À-ÖØ-öø-ɏ-"
# The run of characters that begins with an address: of another address in it, only what comes before belongs to it.
# The letters at the end are the other case of one within; so it can be taken whole, without a look at each of them.
_RUN = rf"(?-i:[{_CHARACTERS}hHɓɔɖɗəɛɠɣɨɩɯɲɵʀʃʈʉʊʋʌʒẞ\u212a\u212bⱥⱦⱾⱿ])"
_INNER = re.compile("https?://", re.IGNORECASE)
_SCHEME_LENGTH = len("https://")
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_CANDIDATE = re.compile(
    rf"https?://(?:web\.archive\.org/web/[\w*]{{1,20}}/(?:https?://)?)?(?!https?://)(?P<after_scheme>{_RUN}{{1,2000}})"
    rf"|(?<![\w.])(?:git@[\w.-]{{3,100}}[:/](?=[\w~/])|(?:ssh|git)://)(?!https?://)(?P<after_user>{_RUN}{{1,500}})"
    rf"|(?<![\w@./$-])(?P<bare>(?:{_LABEL}\.){{1,8}}[A-Za-z]{{2,24}}(?![\w@-]|://)(?P<path>(?::\d{{2,5}})?[/?#](?:(?!https?://)(?P<after_host>{_RUN}{{1,2000}}))?)?)",
    re.IGNORECASE,
)
# Hosts that are addresses even without a scheme.
_KNOWN = re.compile(
    r"www\.[\w.-]+\.[a-z]{2,}.*"
    r"|(?:[\w-]+\.)+(?:github|gitlab|gitee|codeberg)\.(?:io|page).*|(?:[\w-]+\.)+(?:pages\.dev|vercel\.app|netlify\.app|hf\.space).*"
    r"|(?:(?:www\.|gist\.)?github\.com|gitlab\.com|gitlab\.[\w-]+\.[\w.]+|bitbucket\.org|codeberg\.org|gitee\.com|gitcode\.com|git\.sr\.ht"
    r"|huggingface\.co|hf\.co|anonymous\.4open\.science|raw\.githubusercontent\.com|modelscope\.cn|sites\.google\.com"
    r"|zenodo\.org|figshare\.com|osf\.io|kaggle\.com|youtu\.be|youtube\.com|bit\.ly|tinyurl\.com|aka\.ms|goo\.gl"
    r"|drive\.google\.com|colab\.research\.google\.com|pypi\.org|wandb\.ai)/[\w~@].*",
    re.IGNORECASE | re.DOTALL,
)
_TOP = re.compile(
    r"com|org|net|edu|gov|io|ai|dev|app|co|cn|cc|info|site|website|xyz|tech|cloud|online|page|space|world|science|research|studio"
    r"|tools|live|wiki|blog|art|bio|chat|games|video|fyi|one|eu|uk|de|fr|jp|kr|ch|nl|se|fi|dk|ca|au|nz|sg|hk|tw|br|ru|cz|il|tv|gg|ms|ly"
)
# Brand names with a dot, which texts mention far more often than they link to them.
_PRODUCTS = re.compile(
    r"(?:amazon|booking|x|twitter|reddit|monster|chess|salesforce|cars|hotels|trip|ctrip|expedia|tripadvisor|yelp|imdb|alibaba|taobao"
    r"|tmall|jd|indeed|weather|goodreads|overstock|priceline|ancestry|match|realtor|zillow|stackoverflow|you|otto|mercari|last|ebay"
    r"|about|meta|google|facebook|openai|anthropic|walmart|zalando|chegg|quora|medium|wordpress|adobe|canva|figma|spotify|netflix"
    r"|kuaishou|meituan|tencent|baidu|bing|yahoo|duolingo)\.com|(?:perplexity|character|claude|mistral|x|z|c|fast|h2o|otter|stability|scale|beta"
    r"|together|fireworks|copy|poly|cohere|spot|inflection|replika|moonshot|liquid|shield|wit|zhipu|minimax)\.ai|(?:draw|deno|socket|keras)\.io"
    r"|(?:wikipedia|archive|lichess|pytorch|tensorflow|stanford|schema|change|code|booking)\.org|(?:asp|ml|deepl|paint|vb)\.net|.*\.js",
    re.IGNORECASE,
)
# Words that lead to an address, and the preposition or colon right before it.
_LEAD = re.compile(
    r"(?:\b(?:availab\w+|accessib\w+|access|accessed|hosted?|hosting|released?|releasing|found|published?|deployed"
    r"|provided?|online|live|viewed|explored?|download\w*|shared?|served|open[- ]?sourced?|visit\w*|see|check|try|tried"
    r"|website|web|webpage|homepage|page|demos?|site|portal|leaderboard|interface|api|platform|server|project|code|data"
    r"|link|url|here|more)\b[^.!?]{0,60}?"
    r"(?:\b(?:at|on|via|in|from|through|under|is|visit|see|website|site|page|url)|:)"
    r"|\b(?:visit|see|url|website|page|demo):?|\]\()[\s(\[\"'“<]{1,3}\Z|\]\(\Z|:\Z",
    re.IGNORECASE,
)
_ORDINARY = re.compile(
    r"(?:the|and|an?|of|for|to|in|on|with|we|our|is|are|as|or|by|from|that|this|it|its|at|which|where|while|code|codes|data|models?|page|project"
    r"|website|homepage|repo|repository|here|github|will|can|has|have|be|also|available|datasets?|demo|videos?|results|under|using|through|via|including"
    r"|all|more|see|and/or|\W*)\Z",
    re.IGNORECASE,
)
_STARTERS = re.compile(
    r"(?:We|The|Our|This|In|It|Its|To|A|An|As|By|With|For|From|All|Also|And|At|If|On|These|Those|They|There|Their|That|Here|How|However|Code|Codes|Data"
    r"|Dataset|Datasets|Demo|Demos|Additionally|Furthermore|Moreover|Finally|Project|Page|Model|Models|See|Please|Results|Experiments|Extensive|More"
    r"|Both|Each|Such|When|Where|While|Using|Based|Through|Thus|Our|Video|Videos|Website|You|Your|Some|Many|Most|No|Not|New|One|Two)\Z"
)
_DOTTED_WORD = re.compile(
    r"(?:Net|Js|Jl|Py|Pytorch|Torch|Jax|Keras|Tf|Io|Ai|Com|Org|Dev|App|Cpp|Rs|Md|Html?|Php|Aspx?|Github|Ipynb|Pdf|Txt|Zip)\Z"
)


def find_links(text: str) -> tuple[Link, ...]:
    r"""Return every link a reader of the text wants, in order of appearance, once each.

    Repositories, project pages, models, data, videos, shorteners, owners' pages; not the paper itself or other papers
    (arXiv, DOI, proceedings), site navigation, licences, placeholders, products named like a domain, file names or
    e-mail addresses. Addresses are found without scheme, in `\url{}`, `\href{}{}`, `URL{label}`, Markdown and HTML,
    broken over lines, with blanks inside, with words glued to them. Linear in the text's length.
    """
    if not _may_have_links(text):
        return ()
    text = _repaired(text)
    anchored = "://" in text or _DOMAIN.search(text) or "git@" in text
    return distinct_links(_links(text)) if anchored else ()


def _may_have_links(text: str) -> bool:
    """Tell at a glance whether there may be an address in a text; most abstracts have none."""
    if "." not in text:
        return False
    return any(sign in text for sign in _NEEDED) or _DOTTED.search(text) is not None


def _repaired(text: str) -> str:
    """Return the text with addresses repaired: TeX, HTML, blanks in scheme or host."""
    if not text.isascii():
        if _INVISIBLE.search(unusual(text)):
            text = _INVISIBLE.sub("", text)
        text = text.replace("\u2010", "-").replace("\u2011", "-")
    text = text.replace(_END, " ")
    if "$" in text:
        text = _MATH_DOT.sub(r"\1", text)
    if "\\" in text:
        text = _BREAK_HINT.sub("", _TILDE.sub("~", text))
        text = _UNESCAPE.sub(r"\1", text)
    if "&" in text:
        text = _ENTITY.sub(lambda found: _ENTITIES.get(found[1].lower(), f" {_END}"), text)
    # As bytes: a text beyond ASCII takes ten times as long.
    encoded = text.encode("utf-8", "surrogatepass").lower()
    if b"http" in encoded:
        if b"url" in encoded:
            text = _NO_TARGET.sub(_END, text)
        if len(_WHOLE_SCHEME.findall(text)) < encoded.count(b"http"):
            text = _SCHEME.sub(lambda found: found["scheme"].lower() + "://", text)
    forge = b"git" in encoded or b"huggingface" in encoded
    if (
        forge
        and (b"com/" in encoded or b"co/" in encoded)
        and any(maybe.search(text.lower()) for maybe in _MAYBE_FORGE)
    ):
        text = _FORGE_SPACED.sub(r"\1\2\4\5.\3\6", text)
    if (b"github" in encoded or b"gitlab" in encoded) and _MAYBE_PAGES.search(text.lower()):
        text = _PAGES_SPACED.sub(r".\1.\2", text)
    return _MACRO.sub(_inside, text) if "{" in text and any(name in text for name in _MACRO_NAMES) else text


def _inside(found: re.Match[str]) -> str:
    """Return the address inside a LaTeX macro, its end marked; the macro itself if there is none."""
    inside = found["inside"]
    if inside.count("://") < 2:
        inside = re.sub(r"\s+", "", inside)
    if "://" not in inside and re.match(r"(?:[\w-]+\.)+[A-Za-z]{2,}(?:/|\Z)", inside):
        inside = f"https://{inside}"
    return f" {inside}{_END}" if "://" in inside else found[0]


class _Candidate(NamedTuple):
    """What may be an address.

    Attributes:
        start: where it begins in the text.
        body: the address as it is written.
        bare: the same where it has no scheme, else empty.
        path: what comes after the host of a bare one.
    """

    start: int
    body: str
    bare: str
    path: str

    @property
    def end(self) -> int:
        """Where it ends in the text."""
        return self.start + len(self.body)


def _links(text: str) -> Iterator[Link]:
    place, last = 0, -10
    anchors = places_of(_ANCHORS, text)
    while found := _next_candidate(text, anchors, place):
        body, place = _whole(text, found)
        if found.bare:
            # A word glued to a well-known host.
            body = _GLUED_HOST.sub("", body)
            if not (_KNOWN.fullmatch(body) or _led_to(text, found, last)):
                place = max(found.end, place)
                continue
        if body.endswith("=") and text.startswith("http", place):
            # A redirect to the address that follows: `https://…/url?q=https://…`.
            continue
        address = clone_address(body)
        link = link_of(address if "://" in address else f"https://{address}")
        # The label of `URL{label}`, if it has an end.
        label = _LABELLED.match(text, place)
        place = label.end() if label else place
        if link and wanted(link) and not _byline(text, found.start, link):
            last = place
            yield link


def _next_candidate(text: str, anchors: Iterator[int], place: int) -> _Candidate | None:
    """Return the next candidate for an address, found by its `://` or by a dot in its host.

    Args:
        text: the whole text.
        anchors: where such a sign is, from the last candidate on.
        place: where the search begins.
    """
    for anchor in anchors:
        if anchor < place:
            continue
        start, skipped = anchor, anchor + 1
        if text[anchor] == ":":
            start = next((anchor - n for n in _SCHEMES if text[max(0, anchor - n) : anchor].lower() in _SCHEMES[n]), -1)
            skipped += len("//")
        elif text[anchor] == ".":
            if not _DOMAIN.match(text, anchor):
                continue
            backwards = _HOST_PART.match(text[max(place, anchor - 200) : anchor][::-1])
            start -= backwards.end() if backwards else 0
            rest = _HOST_PART.match(text, anchor + 1)
            # The end of `GitHub.https://…` is a scheme.
            skipped = rest.end() - (5 if text.startswith("://", rest.end()) else 0) if rest else skipped
        found = _CANDIDATE.match(text, start) if start >= place else None
        if found:
            return _candidate(text, found)
        place = max(skipped, anchor + 1)
    return None


def _candidate(text: str, found: re.Match[str]) -> _Candidate:
    """Return a candidate up to the next address in it."""
    end = found.end()
    run = max(found.start("after_scheme"), found.start("after_user"), found.start("after_host"))
    # The run may end in the middle of a scheme.
    beyond = end + _SCHEME_LENGTH
    if run >= 0 and text.find("://", run, beyond) > 0 and (inner := _INNER.search(text, run + 1, beyond)):
        end = min(end, inner.start())
    start = found.start()
    bare, path = found.start("bare"), found.start("path")
    return _Candidate(start, text[start:end], text[bare:end] if bare >= 0 else "", text[path:end] if path >= 0 else "")


def _whole(text: str, found: _Candidate) -> tuple[str, int]:
    """Return a candidate's address, continued over breaks and cut where prose begins, and where it ends in the text."""
    body, end = found.body, found.end
    for _ in range(4):
        more = _continuation(text, body, end)
        if not more:
            break
        body, end = body + more[0], more[1]
    emphasis = text[found.start - 1 : found.start]
    cut = _cut(body, text[end : end + 40]).removesuffix("_" if emphasis == "_" else "")
    # What was cut off may begin the next address.
    return cut, found.start + len(cut) if end == found.end else end


_LABEL_TEXT = r"(?:[^{}]|\{(?:[^{}]|\{[^{}]{0,100}\}){0,200}+\}){0,300}+"
_LABELLED = re.compile(rf"{_END}?\}}?(?:\{{|\s\{{(?=.{{0,12}}://)){_LABEL_TEXT}\}}")
_GLUED_HOST = re.compile(r"\A[a-z]+(?=(?:github\.com|huggingface\.co)/)", re.IGNORECASE)
_BLANK = re.compile(r"[ \t]*(?:\n[ \t]*|(?<=[ \t]))(?=\S)")
_TOKEN = re.compile(rf"(?:[{_CHARACTERS}]|[hH](?!ttps?:)){{1,300}}")
_NEXT_HOST = re.compile(r"(?:github|gitlab)\.io(?:/|\b)|(?:com|org|net|io|ai|edu|cn|co)/", re.IGNORECASE)


def _continuation(text: str, body: str, end: int) -> tuple[str, int] | None:
    """Return the part of an address that a line end or blank cut off, and where it ends; None if it is whole."""
    blank = _BLANK.match(text, end)
    token = _TOKEN.match(text, blank.end()) if blank else None
    if not blank or not token:
        return None
    part = token[0]
    core = part.rstrip(".,;:!?)")
    wrapped = "\n" in blank[0]
    last = body[-1]
    path = body.partition("://")[2] or body
    forge = re.match(r"(?:www\.)?(?:github|gitlab|gitee|bitbucket|codeberg)\.(?:com|org)/?", path, re.IGNORECASE)
    lacking = forge and len(path[forge.end() :].strip("/").split("/")) < 2
    ends = (
        len(core) < len(part)
        or not text[token.end() : token.end() + 1].strip(" \t")
        or text[token.end()] in "\n{}<>\"'”]"
    )
    special = bool(re.search(r"[\w)][-_./\d~#][\w]|[a-z][A-Z]|\d", core))
    if not core or _ORDINARY.match(core) or "@" in core:
        return None
    joins = False
    if last in "-_":
        joins = core[0].isalnum() and (wrapped or special or ends)
    elif last == "/":
        if forge and lacking:
            complete = path[forge.end() :] != "" or "/" in part
            joins = complete and core[0].isalnum() and (special or wrapped or ends)
        else:
            joins = core[0].isalnum() and special and ends and not re.match(r"\d+\Z", core)
    elif last == "." and re.fullmatch(r"[\w-]+\.(?:github\.)?", path):
        joins = bool(_NEXT_HOST.match(part))
    elif part[0] == "/" and len(core) > 1 and (wrapped or (forge and lacking)):
        joins = bool(re.match(r"/[\w~]", part))
    return (part, token.end()) if joins else None


_GLUED_SIGN = re.compile(r"[,;$](?!\d)|(?<!#)!|&|\*\*|---|(?<!/)~")
_GLUED_COLON = re.compile(r":(?!\d)")
_GLUED_WORD = re.compile(r"\.(?<=[\w/)].)([A-Z][a-z]*)(?:-[a-z]+)*\Z")


def _cut(body: str, after: str) -> str:
    """Return an address without punctuation, brackets or a sentence glued to it."""
    head, slashes, tail = body.partition("://")
    if not slashes:
        head, tail = "", body
    path, mark, query = tail.partition("?")
    if not re.search(r"/web/\d|/@", path):
        # A colon within the path may belong to it.
        ends = (_GLUED_SIGN.search(path), _GLUED_COLON.search(path, path.rfind("/") + 1))
        path = path[: min((found.start() for found in ends if found), default=len(path))]
    tail = path + (mark + query if len(path) == len(tail.partition("?")[0]) else "")
    tail = _before_bracket(tail)
    glued = _GLUED_WORD.search(tail)
    if glued and not _DOTTED_WORD.match(glued[1]):
        prose = re.match(r"['’]|\s+[a-z(\d]", after)
        if _STARTERS.match(glued[1]) or (len(glued[1]) > 2 and prose):
            tail = tail[: glued.start()]
    bare = tail.rstrip(".,;:!?'*)(")
    return head + slashes + bare + (")" if tail.startswith(")", len(bare)) and "(" in tail else "")


def _before_bracket(tail: str) -> str:
    """Return an address up to a bracket that doesn't belong to it: `page(demo)`, `page)`, but `Foo_(bar)` whole."""
    depth, last = 0, tail.rfind(")")
    for found in re.finditer(r"[()]", tail):
        place = found.start()
        depth += 1 if found[0] == "(" else -1
        if depth < 0 or (found[0] == "(" and (place > last or tail[place - 1 : place].isalnum())):
            return tail[:place]
    return tail


def _led_to(text: str, found: _Candidate, last: int) -> bool:
    """Tell whether a name with a dot and without a scheme is an address, by its form and the words before it.

    Args:
        text: the whole text.
        found: the name in it.
        last: the end of the address before it.
    """
    name = found.bare.partition("/")[0].partition(":")[0]
    start = found.start
    if not _TOP.fullmatch(name.rpartition(".")[2]):
        return False
    path = found.path
    if len(path) > 1 and name.islower() and not re.match(r"/[\w-]+\.(?:com|org|net|ai|io)\b", path):
        if name.count(".") > 1 or re.match(r"(?::\d+)?/[\w~@-]+(?:[/.?#-][\w~@?#]|\d|/)", path):
            return True
    elif _PRODUCTS.fullmatch(name):
        return False
    before = text[max(0, start - 100) : start]
    if re.search(r"[(\[]\s?\Z", before) and re.match(r"\s?[)\]]", text[found.end : found.end + 2]):
        return name[0].islower() or "-" in name
    listed = 0 <= start - last <= 6 and re.fullmatch(r"[\s,.;]*+(?:(?:and|or|&)\s*+)?", text[last:start])
    # No sentence ends between the words and the address.
    sentence = max(map(before.rfind, ".!?")) + 1
    return bool(listed or _LEAD.search(before, sentence))


def _byline(text: str, start: int, link: Link) -> bool:
    """Tell whether a link is a person's name in a page's markup: `[name](https://huggingface.co/name)`."""
    name = re.fullmatch(r"https://huggingface\.co/([\w.-]+)/?", link.url)
    return bool(name) and text[max(0, start - 100) : start].endswith(f"[{name[1]}](" if name else "")
