"""The host of an address, where it really leads to, and what in the address hides that (pure)."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from msgspec import Struct

from readlist.text.clean import clean_line, drawable

_PORTS = {"http": 80, "https": 443}
# Whose look-alikes are worth an attacker's while: where the links of papers lead.
_KNOWN = (
    *("arxiv.org", "alphaxiv.org", "openreview.net", "biorxiv.org", "medrxiv.org", "doi.org", "zenodo.org", "acm.org"),
    *("ieee.org", "nature.com", "science.org", "springer.com", "sciencedirect.com", "semanticscholar.org"),
    *("github.com", "github.io", "gitlab.com", "gitlab.io", "bitbucket.org", "codeberg.org", "huggingface.co"),
    *("google.com", "youtube.com", "microsoft.com", "apple.com", "openai.com", "anthropic.com", "nvidia.com"),
    *("wikipedia.org", "readthedocs.io", "paperswithcode.com", "kaggle.com"),
)
# Letters of other scripts that look like one of ASCII (the usual ones of https://www.unicode.org/reports/tr39/), and
# what of ASCII looks alike among itself. Capitals never stand in a host.
_LOOKS = {
    "a": "аαɑ", "b": "Ьƅ", "c": "сϲ", "d": "ԁɗ", "e": "еҽ", "g": "ɡց", "h": "һհ", "j": "јյ", "k": "кκ",
    "l": "іıɩɪιӏǀ|1i", "m": "м", "n": "пոռ", "o": "оοօσ0", "p": "рρ", "q": "ԛզ", "r": "гᴦ", "s": "ѕꜱ", "t": "тτ",
    "u": "υսʋ", "v": "ѵν", "w": "ѡԝωա", "x": "хχ", "y": "уүγ", "z": "ᴢ",
}  # fmt: skip
_ALIKE = {ord(twin): letter for letter, twins in _LOOKS.items() for twin in twins}
_NUMBER = re.compile(r"(?:0x[0-9a-f]*|[0-9]+)", re.IGNORECASE)
# Of Chinese, Japanese and Korean names several scripts are one.
_TOGETHER = (frozenset({"CJK", "HIRAGANA", "KATAKANA", "LATIN"}), frozenset({"CJK", "HANGUL", "LATIN"}))


class Host(Struct, frozen=True):
    """Where an address leads.

    Attributes:
        name: the host as one reads it, its port behind it where it is an odd one; safe to draw, may be empty.
        ascii: the host as it is looked up; empty where it can't be.
        warning: what in the address hides where it leads, as a sentence without its full stop; empty if nothing does.
    """

    name: str
    ascii: str
    warning: str = ""

    @property
    def shown(self) -> str:
        """The host as one reads it, and as it is looked up where that is another form."""
        bare = self.name.removesuffix(".")
        return self.name if not self.ascii or bare.startswith(self.ascii) else f"{self.name} ({self.ascii})"


def site_of(address: str) -> str:
    """Return the host of an http or https address, with its port if it names one; empty for any other address."""
    try:
        parts = urlsplit(address)
        is_web = parts.scheme in _PORTS and parts.hostname and (parts.port or True)
    except ValueError:
        return ""
    return clean_line(parts.netloc.rpartition("@")[2].lower(), 200) if is_web else ""


def origin_of(address: str) -> tuple[str, str, int | None]:
    """Return scheme, host and port of an address (RFC 6454)."""
    try:
        parts = urlsplit(address)
        port = parts.port or _PORTS.get(parts.scheme)
    except ValueError:
        return ("", "", None)
    return (parts.scheme, parts.hostname or "", port)


def host_of(address: str) -> Host:
    """Return where an http or https address leads, as a browser understands it; never raises."""
    # Browsers take `\` for `/`, Python doesn't; they also pass over line ends and tabs.
    plain = re.sub(r"[\t\r\n]", "", address.strip())
    scheme, _, behind = plain.partition(":")
    whole = scheme + ":" + behind.replace("\\", "/")
    try:
        parts = urlsplit(whole)
        user, given = parts.username, parts.hostname or ""
        port = parts.port
    except ValueError:
        return Host("", "", "it is no address of the web that can be understood")
    if scheme.lower() not in _PORTS or not given:
        return Host(drawable(given), "", "it is no address of the web")
    decoded, ascii_form = _both(unquote(given, errors="replace"))
    odd_port = f":{port}" if port not in (None, _PORTS[scheme.lower()]) else ""
    backslashed = "\\" in re.split("[/?#]", behind.removeprefix("//"), maxsplit=1)[0]
    reasons = (
        f"it names a user before its host, `{drawable(unquote(user, errors='replace'))[:60]}`"
        if user is not None
        else "",
        "backslashes stand before its path, which a browser reads as slashes" if backslashed else "",
        "line ends or tabs stand in it" if plain != address.strip() else "",
        "its host is written with percent signs" if "%" in given else "",
        *_of_name(decoded, ascii_form),
        f"it asks at the odd port {port}" if odd_port else "",
    )
    warning = ", and ".join(reason for reason in reasons if reason)
    return Host(drawable(decoded) + odd_port, ascii_form, warning)


def _both(given: str) -> tuple[str, str]:
    """Return a host as one reads it, and as it is looked up: empty where it can't be."""
    try:
        looked_up = given if given.isascii() else given.encode("idna").decode("ascii")
    except UnicodeError:
        looked_up = ""
    labels = (looked_up or given).lower().split(".")
    return ".".join(map(_decoded, labels)), drawable(looked_up.lower().rstrip("."))


def _decoded(label: str) -> str:
    """Return a label of a host with its Punycode decoded (RFC 3492); as it is where that can't be done."""
    if not label.startswith("xn--"):
        return label
    try:
        return label[4:].encode("ascii").decode("punycode") or label
    except UnicodeError:
        return label


def _of_name(name: str, ascii_form: str) -> tuple[str, ...]:
    """Return what is wrong with a host's name; empty texts among it."""
    bare = name.rstrip(".")
    if _is_number(bare):
        return "its host is a number instead of a name", ""
    twin = _twin(bare)
    foreign = not name.isascii() or "xn--" in ascii_form
    mixed = foreign and any(_is_mixed(label) for label in bare.split("."))
    spelled = ""
    if twin and foreign:
        spelled = f"its host only looks like {twin}"
    elif mixed:
        spelled = "its host mixes letters of several scripts"
    elif foreign:
        spelled = "its host has letters beyond a to z"
    elif twin:
        spelled = f"its host looks like {twin} and is another"
    elif "." not in bare:
        spelled = "its host is one of your own network"
    return spelled, "its host ends in a dot" if name.endswith(".") else ""


def _is_number(name: str) -> bool:
    """Tell whether a browser takes a host for an IP address: in four parts, or fewer, of any base (WHATWG URL)."""
    from ipaddress import ip_address

    try:
        ip_address(name.partition("%")[0])
    except ValueError:
        return bool(_NUMBER.fullmatch(name.rpartition(".")[2]))
    return True


def _is_mixed(label: str) -> bool:
    scripts = {
        unicodedata.name(character, "UNKNOWN").split(" ")[0].split("-")[0] for character in label if character.isalpha()
    }
    return len(scripts) > 1 and not any(scripts <= group for group in _TOGETHER)


def _skeleton(name: str) -> str:
    """Return what is equal for two names that look alike."""
    decomposed = unicodedata.normalize("NFKD", name)
    bare = "".join(character for character in decomposed if not unicodedata.combining(character))
    return bare.casefold().translate(_ALIKE).replace("rn", "m").replace("vv", "w").replace("cl", "d")


_SKELETONS = {_skeleton(name): name for name in _KNOWN}


def _twin(name: str) -> str:
    """Return the well-known host that a name passes itself off as, or empty."""
    if any(name == known or name.endswith(f".{known}") for known in _KNOWN):
        return ""
    skeleton = _skeleton(name)
    labels = skeleton.split(".")
    for start in range(len(labels)):
        # `arxiv.org.evil.example` begins like the one it isn't, and `www.аrxiv.org` ends like it.
        for end in range(start + 2, len(labels) + 1):
            known = _SKELETONS.get(".".join(labels[start:end]))
            if known and (end == len(labels) or start == 0):
                return known
    return ""


_SHORTEST = 4


def discreet(text: str, token: str) -> str:
    """Return a text with the token in it hidden, also where it is quoted; one of a few letters is no secret."""
    if len(token) < _SHORTEST:
        return text
    for form in dict.fromkeys((token, quote(token, safe="", errors="replace"), repr(token)[1:-1], ascii(token)[1:-1])):
        text = text.replace(form, "…")
    return text


def without_user(address: str) -> str:
    """Return an address without the user and password it may name."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
