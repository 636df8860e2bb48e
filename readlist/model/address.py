"""A web address: its normal form and what kind of page it is (pure)."""

from __future__ import annotations

import re
from functools import lru_cache

from readlist.model.paper import Link, LinkKind, is_forge
from readlist.pattern import pattern

# Forges on other hosts are recognized by the host's first label.
_FORGE_HOST = pattern(r"(?:git|gitlab|gitea|forgejo)\.[a-z0-9-]+\.[a-z0-9.-]+")
# Pages of the forge itself, not of an owner.
_FORGE_PAGES = pattern(
    r"about|apps|blog|collections|contact|customer-stories|dashboard|enterprise|events|explore|features|groups|help|issues"
    r"|join|login|logout|marketplace|new|notifications|orgs|organizations|pricing|projects|pulls|readme|search|security"
    r"|sessions|settings|signup|site|sponsors|stars|team|topics|trending|users|-",
    re.IGNORECASE,
)
# Where GitLab's path of groups ends without the `/-/` of newer addresses.
_GITLAB = pattern(r"gitlab\..*|framagit\.org|salsa\.debian\.org|invent\.kde\.org|jihulab\.com")
_GITLAB_VIEWS = pattern(r"-|tree|blob|raw|commits?|issues|merge_requests|wikis|releases|tags|snippets")
_HUGGING_FACE_PAGES = pattern(
    r"login|join|logout|settings|new|pricing|enterprise|docs|learn|chat|tasks|models|datasets|spaces|papers|posts"
    r"|collections|organizations|cli|terms-of-service|privacy|inference-endpoints|search|support|api|jobs|brand"
)
_PLACEHOLDER = pattern(
    r"x{2,}|y{3,}|\.+|[_-]+|an+on(?:ym(?:ous|ized|ised|izedforreview)?)?(?:[-_](?:author|user|submission|repo)s?)?"
    r"|(?:your|my|the|user|author|org|owner|repo|project|account|insert|some|github)[-_ ]?(?:user)?"
    r"(?:name|org|repo|link|url|here|id|account|handle|repository|project)(?:[-_ ]?(?:name|link|url|here))*"
    r"|your[-_].*|.*[-_](?:link|url)[-_]here|tbd|todo|tba|placeholder|username|redacted|blinded",
    re.IGNORECASE,
)
_PLACEHOLDER_HOST = pattern(
    r"(?:.*\.)?example\.(?:com|org|net)|(?:.*\.)?(?:localhost|invalid|test|local|internal)|127\..*|0\.0\.0\.0|10\..*"
    r"|192\.168\..*|(?:your|my)-?(?:domain|site|website|page|project)\..*|(?:x{3,}|anonymous|your-?(?:user)?name)\.github\.io"
)
_HOST = pattern(r"(?=.{4,253}\Z)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+(?:[a-z]{2,24}|xn--[a-z0-9-]{2,59})")
_IPV4 = pattern(r"(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)")
_ADDRESS = pattern(
    r"(?P<scheme>https?)://(?:(?P<user>[^/?#@]*)@)?(?P<host>[^/?#:@]+)(?P<port>:\d{0,5})?(?P<rest>[/?#].*)?",
    re.IGNORECASE | re.DOTALL,
)
# Of these characters nothing has to be removed or added.
_PLAIN = pattern(r"https?://[A-Za-z0-9./~_-]{1,1000}")
_LINE_END = pattern(r"[\r\n]+")
_NO_ADDRESS = pattern(r"[\s{}<>|^\"`\\\[\]]")
_NAME = pattern(r"[A-Za-z0-9_.-]+")
_SEGMENT = pattern(r"~?[A-Za-z0-9_.-]+")
_ENCODED_BLANKS = frozenset(("%20", "%0A", "%0D", "%09"))

_PAPER_HOSTS = pattern(
    r"(?:.*\.)?(?:arxiv\.org|alphaxiv\.org|openreview\.net|aclanthology\.org|aclweb\.org|semanticscholar\.org|biorxiv\.org"
    r"|medrxiv\.org|ssrn\.com|dl\.acm\.org|link\.springer\.com|sciencedirect\.com|ieeexplore\.ieee\.org|mlr\.press"
    r"|neurips\.cc|nips\.cc|openaccess\.thecvf\.com|ncbi\.nlm\.nih\.gov|jmlr\.org|eprint\.iacr\.org|hal\.science"
    r"|papers\.cool|scholar\.google\.[a-z.]+|doi\.org|isca-archive\.org|ceur-ws\.org|drops\.dagstuhl\.de)"
)
_PAPER_PATH = pattern(r"\.(?:pdf|ps|ps\.gz|djvu)\Z", re.IGNORECASE)
_DATA_HOSTS = pattern(
    r"(?:.*\.)?(?:zenodo\.org|figshare\.com|datadryad\.org|dataverse\.[a-z.]+|ieee-dataport\.org|data\.mendeley\.com"
    r"|physionet\.org|openneuro\.org|opendatalab\.com|openxlab\.org\.cn|data\.[a-z-]+\.(?:gov|edu|org)"
    r"|archive\.ics\.uci\.edu|archive\.softwareheritage\.org|registry\.opendata\.aws)"
)
_DATA_PATHS = pattern(
    r"(?:huggingface\.co|kaggle\.com|modelscope\.cn|modelscope\.ai|openml\.org)/(?:datasets|c|competitions)/[^/]+"
    r"|doi\.org/10\.(?:5281/zenodo|6084/m9\.figshare|17605/osf|5061/dryad|7910/dvn|57967/hf)",
    re.IGNORECASE,
)
_OTHER_HOSTS = pattern(
    r"(?:.*\.)?(?:huggingface\.co|modelscope\.(?:cn|ai)|kaggle\.com|youtube\.com|youtu\.be|vimeo\.com|bilibili\.com|b23\.tv"
    r"|bit\.ly|tinyurl\.com|aka\.ms|goo\.gl|t\.co|git\.io|rb\.gy|is\.gd|shorturl\.at|dub\.sh|cutt\.ly|rebrand\.ly|t\.ly"
    r"|tiny\.cc|ow\.ly|lnkd\.in|w\.wiki|twitter\.com|x\.com|linkedin\.com|facebook\.com|reddit\.com|discord\.gg|discord\.com"
    r"|slack\.com|t\.me|weixin\.qq\.com|medium\.com|substack\.com|zhihu\.com|drive\.google\.com|docs\.google\.com"
    r"|colab\.research\.google\.com|forms\.gle|dropbox\.com|box\.com|onedrive\.live\.com|1drv\.ms|pan\.baidu\.com"
    r"|pypi\.org|npmjs\.com|crates\.io|anaconda\.org|hub\.docker\.com|ghcr\.io|cran\.r-project\.org|wandb\.ai|wandb\.me"
    r"|osf\.io|archive\.org|wikipedia\.org|gist\.github\.com|sourceforge\.net|replicate\.com|civitai\.com|soundcloud\.com"
    r"|arxiv\.gg|paperswithcode\.com)"
)
_LICENCE = pattern(
    r"creativecommons\.org/|gnu\.org/licenses|opensource\.org/licen|apache\.org/licenses|spdx\.org/|[^/]+/licen[sc]es?(?:/|\Z)"
)


def normalize(url: str) -> Link | None:
    """Return the link of an address as people type it into a form, None if it is not a web address (http or https).

    Blanks and line ends, a missing scheme, `git@host:owner/name.git`, `.git`, slashes and queries after a repository's
    name are normalized. An address with a password, a control character or a placeholder for an owner's or repository's
    name is refused.

    Args:
        url: one address, perhaps followed by words.
    """
    if _PLAIN.fullmatch(url):
        return link_of(url)
    text = "".join(map(str.strip, _LINE_END.split(url.strip()[:4_000])))
    text = text.split(maxsplit=1)[0].strip("<>\"'`") if text else ""
    if not text.isprintable():
        return None
    text = clone_address(text)
    if "://" not in text:
        host = re.match(r"(?://)?([\w.-]+)(?=[/?#:]|\Z)", text)
        if not host or "." not in host[1] or text.lower().startswith(("mailto:", "javascript:", "data:")):
            return None
        text = "https://" + text.removeprefix("//")
    return link_of(_NO_ADDRESS.split(text, maxsplit=1)[0])


def clone_address(text: str) -> str:
    """Return the web address of a git address (`git@host:o/n.git`, `git+https://…`, `ssh://git@…`)."""
    if not text.startswith(("git", "ssh")) and "git@" not in text:
        return text
    text = re.sub(
        r"\A(?:git\+)?(?:ssh|git|https?)(?=://git@)|\Agit\+(?=https?:)|\A(?:git\+)?(?:ssh|git)(?=://)",
        lambda found: "" if found[0] == "git+" else "https",
        text,
    )
    text = re.sub(r"\A(https?://)git@([\w.-]+)(?::\d+(?=/)|:(?=[\w~]))?/?", r"\1\2/", text)
    return re.sub(r"\Agit@([\w.-]+)[:/]/?(?=[\w~])", r"https://\1/", text)


# A repository is often named twice: in a field and in the abstract.
@lru_cache(maxsize=256)
def link_of(address: str) -> Link | None:
    """Return the link of a clean address with its scheme, None if a reader can't or needn't follow it."""
    found = _ADDRESS.fullmatch(address)
    if not found or found["user"] is not None or not address.isprintable():
        return None
    host = _host(found["host"])
    if not host:
        return None
    rest = _tidy(found["rest"] or "")
    path = rest.partition("?")[0].partition("#")[0]
    if host == "raw.githubusercontent.com" or (host == "api.github.com" and path.startswith("/repos/")):
        owner_and_name = path.removeprefix("/repos").split("/")[1:3]
        root = _repo("github.com", owner_and_name) if len(owner_and_name) == 2 else None
        return Link(root, "repo", f"https://{host}{rest}") if root else None
    bare = host.removeprefix("www.")
    if bare == "anonymous.4open.science":
        return _anonymous(path)
    if is_forge(bare) or (_FORGE_HOST.fullmatch(bare) and path.count("/") > 1):
        return _forge(bare, path)
    if bare == "huggingface.co":
        if any(_is_placeholder(segment) for segment in path.split("/")):
            return None
        host = bare
    scheme = "https" if bare == host == "huggingface.co" else found["scheme"].lower()
    port = found["port"] if found["port"] and found["port"] not in (":", ":80", ":443") else ""
    return Link(f"{scheme}://{host}{port}{rest}", _kind(bare, path))


def wanted(link: Link) -> bool:
    """Tell whether a reader wants a link found in a text: not another paper, site navigation or a licence."""
    host, _, path = link.url.partition("://")[2].partition("/")
    host = host.removeprefix("www.")
    path = path.rstrip("/")
    if link.kind == "repo":
        return True
    if link.kind == "paper" or _LICENCE.match(f"{host}/{path}"):
        return False
    first, _, more = path.partition("/")
    if host == "huggingface.co":
        # `datasets/NAME` is a page, `datasets` the site's own.
        navigation = _HUGGING_FACE_PAGES.fullmatch(first.split("?")[0])
        return bool(first) and (not navigation or (bool(more) and first in ("datasets", "spaces", "collections")))
    if is_forge(host):
        return bool(first)
    return True


@lru_cache(maxsize=1_024)
def _is_placeholder(name: str) -> bool:
    """Tell whether a name in an address stands for one to be filled in."""
    return _PLACEHOLDER.fullmatch(name) is not None


@lru_cache(maxsize=1_024)
def _host(host: str) -> str:
    """Return a host in normal form, empty if it is invalid or a placeholder."""
    host = host.rstrip(".").lower()
    if not host.isascii():
        try:
            host = host.encode("idna").decode("ascii")
        except UnicodeError:
            return ""
    if _PLACEHOLDER_HOST.fullmatch(host) or not (_HOST.fullmatch(host) or _IPV4.fullmatch(host)):
        return ""
    return {"hf.co": "huggingface.co", "www.hf.co": "huggingface.co", "www.github.com": "github.com"}.get(host, host)


def _tidy(rest: str) -> str:
    """Return path, query and fragment without TeX escapes, blanks at the end and empty parts."""
    if "%" in rest:
        rest = re.sub(r"%5C(?=[_#&~%])", "", rest, flags=re.IGNORECASE)
        end = len(rest)
        while (blank := rest[max(end - 3, 0) : end]) and (blank[-1] == "%" or blank.upper() in _ENCODED_BLANKS):
            end -= 1 if blank[-1] == "%" else 3
        rest = rest[:end]
    if rest.endswith("//"):
        rest = rest.rstrip("/") + "/"
    return rest.rstrip("?#")


def _repo(host: str, segments: list[str]) -> str:
    """Return the root of the repository that path segments name, empty if there is none."""
    names = []
    for segment in segments:
        found = _NAME.match(segment)
        if not found or _is_placeholder(segment):
            return ""
        names.append(found[0])
        if found[0] != segment:
            break
    if len(names) < len(segments):
        return ""
    while names[-1].lower().endswith((".git", ".")):
        names[-1] = names[-1].rstrip(".") if names[-1].endswith(".") else names[-1][: -len(".git")]
    if not names[-1] or _is_placeholder(names[-1]):
        return ""
    return f"https://{host}/" + "/".join(names)


def _forge(host: str, path: str) -> Link | None:
    """Return the repository or the owner page of a forge's address."""
    segments = [segment for segment in path.split("/") if segment]
    # Characters that no name has belong to text glued to it.
    for index, segment in enumerate(segments[:2]):
        shape = _SEGMENT.match(segment)
        if not shape or shape[0] != segment:
            segments[index:] = [shape[0]] if shape else []
            break
    if not segments:
        return Link(f"https://{host}", "other")
    if _FORGE_PAGES.fullmatch(segments[0]):
        owner = segments[0].lower() in ("orgs", "groups", "users") and segments[1:2]
        return Link(f"https://{host}/{segments[1]}", "other") if owner else None
    if any(_is_placeholder(segment.removesuffix(".git")) for segment in segments[:2]):
        return None
    owner_name = segments[0].rstrip(".")
    if len(segments) == 1:
        return Link(f"https://{host}/{owner_name}", "other") if not owner_name.endswith(".git") else None
    deep = 2
    if _GITLAB.fullmatch(host):
        views = (i for i, segment in enumerate(segments) if i > 1 and _GITLAB_VIEWS.fullmatch(segment))
        deep = next(views, len(segments))
    root = _root(host, segments[:deep])
    if not root:
        return None
    below = "/".join(segments[deep:])
    return Link(root, "repo", f"{root}/{below}" + ("/" if path.endswith("/") else "") if below else "")


def _root(host: str, segments: list[str]) -> str:
    owner = segments[0]
    if owner.startswith("~"):  # sourcehut
        rest = _repo(host, segments[1:])
        return rest.replace(f"{host}/", f"{host}/{owner}/", 1) if rest else ""
    return _repo(host, segments)


def _anonymous(path: str) -> Link | None:
    """Return the repository that Anonymous GitHub shows under `/r/NAME`, `/repository/NAME` or `/api/repo/NAME`."""
    host = "anonymous.4open.science"
    segments = [segment for segment in path.removeprefix("/api").split("/") if segment]
    if len(segments) < 2 or segments[0] not in ("r", "repo", "repository"):
        return Link(f"https://{host}{path}", "project") if len(segments) > 1 else None
    name = _repo(host, segments[1:2])
    if not name:
        return None
    root = f"https://{host}/{segments[0].removesuffix('epo')}/{name.rpartition('/')[2]}"
    if segments[0] == "repo":
        return Link(root, "repo", f"https://{host}{path}")
    below = "/".join(segments[2:])
    return Link(root, "repo", f"{root}/{below}" if below else "")


def _kind(host: str, path: str) -> LinkKind:
    if _DATA_HOSTS.fullmatch(host) or _DATA_PATHS.match(host + path):
        return "data"
    if _PAPER_HOSTS.fullmatch(host) or (host == "huggingface.co" and path.startswith("/papers/")):
        return "paper"
    if _OTHER_HOSTS.fullmatch(host):
        return "other"
    return "paper" if _PAPER_PATH.search(path) else "project"
