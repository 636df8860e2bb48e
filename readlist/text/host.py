"""The host of an address, what in the address hides it, and secrets hidden in texts (pure)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from ipaddress import ip_address
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from msgspec import Struct

from readlist.pattern import pattern
from readlist.text.clean import clean_line, drawable

_PORTS = {"http": 80, "https": 443}
# Hosts worth imitating: those that papers link to.
_KNOWN = (
    *("arxiv.org", "alphaxiv.org", "openreview.net", "biorxiv.org", "medrxiv.org", "doi.org", "zenodo.org", "acm.org"),
    *("ieee.org", "nature.com", "science.org", "springer.com", "sciencedirect.com", "semanticscholar.org"),
    *("github.com", "github.io", "gitlab.com", "gitlab.io", "bitbucket.org", "codeberg.org", "huggingface.co"),
    *("google.com", "youtube.com", "microsoft.com", "apple.com", "openai.com", "anthropic.com", "nvidia.com"),
    *("wikipedia.org", "readthedocs.io", "paperswithcode.com", "kaggle.com"),
)
# Letters of other scripts that look like one of ASCII (the usual ones of https://www.unicode.org/reports/tr39/), and
# ASCII characters that look alike. Hosts have no capitals.
_LOOKS = {
    "a": "аαɑ", "b": "Ьƅ", "c": "сϲ", "d": "ԁɗ", "e": "еҽ", "g": "ɡց", "h": "һհ", "j": "јյ", "k": "кκ",
    "l": "іıɩɪιӏǀ|1i", "m": "м", "n": "пոռ", "o": "оοօσ0", "p": "рρ", "q": "ԛզ", "r": "гᴦ", "s": "ѕꜱ", "t": "тτ",
    "u": "υսʋ", "v": "ѵν", "w": "ѡԝωա", "x": "хχ", "y": "уүγ", "z": "ᴢ",
}  # fmt: skip
_ALIKE = {ord(twin): letter for letter, twins in _LOOKS.items() for twin in twins}
_NAMED = 5
_NUMBER = pattern(r"(?:0x[0-9a-f]*|[0-9]+)", re.IGNORECASE)
# Scripts that Chinese, Japanese and Korean names mix.
_TOGETHER = (frozenset({"CJK", "HIRAGANA", "KATAKANA", "LATIN"}), frozenset({"CJK", "HANGUL", "LATIN"}))


class Host(Struct, frozen=True):
    """Where an address leads.

    Attributes:
        name: the host in readable form, with an unusual port; safe to draw, may be empty.
        ascii: the host as it is looked up; empty if it can't be.
        warning: what in the address hides where it leads, a sentence without its full stop; empty if nothing does.
    """

    name: str
    ascii: str
    warning: str = ""

    @property
    def shown(self) -> str:
        """The host in readable form, and as it is looked up if that differs."""
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


def is_web(address: str) -> bool:
    """Tell whether an address is http or https, without invisible characters."""
    return address.lower().startswith(("http://", "https://")) and drawable(address) == address


def hosts_in_words(hosts: Sequence[Host]) -> str:
    """Return the hosts of some addresses, each once, the first five by name."""
    names = list(dict.fromkeys(host.shown or "an unknown host" for host in hosts))
    return ", ".join(names[:_NAMED]) + (f" and {len(names) - _NAMED} more" if names[_NAMED:] else "")


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
    # Browsers read `\` as `/`, Python doesn't; they also ignore line ends and tabs.
    plain = re.sub(r"[\t\r\n]", "", address.strip())
    scheme, _, rest = plain.partition(":")
    whole = scheme + ":" + rest.replace("\\", "/")
    try:
        parts = urlsplit(whole)
        user, given = parts.username, parts.hostname or ""
        port = parts.port
    except ValueError:
        return Host("", "", "it is not a valid web address")
    if scheme.lower() not in _PORTS or not given:
        return Host(drawable(given), "", "it is not a web address")
    decoded, ascii_form = _both(unquote(given, errors="replace"))
    odd_port = f":{port}" if port not in (None, _PORTS[scheme.lower()]) else ""
    backslashed = "\\" in re.split("[/?#]", rest.removeprefix("//"), maxsplit=1)[0]
    reasons = (
        f"it names a user before its host, `{drawable(unquote(user, errors='replace'))[:60]}`"
        if user is not None
        else "",
        "it has backslashes before its path, which browsers read as slashes" if backslashed else "",
        "it contains line ends or tabs" if plain != address.strip() else "",
        "its host is percent-encoded" if "%" in given else "",
        *_of_name(decoded, ascii_form),
        f"it uses the unusual port {port}" if odd_port else "",
    )
    warning = ", and ".join(reason for reason in reasons if reason)
    return Host(drawable(decoded) + odd_port, ascii_form, warning)


def _both(given: str) -> tuple[str, str]:
    """Return a host in readable form, and as it is looked up: empty if it can't be."""
    try:
        looked_up = given if given.isascii() else given.encode("idna").decode("ascii")
    except UnicodeError:
        looked_up = ""
    labels = (looked_up or given).lower().split(".")
    return ".".join(map(_decoded, labels)), drawable(looked_up.lower().rstrip("."))


def _decoded(label: str) -> str:
    """Return a label of a host with its Punycode decoded (RFC 3492); unchanged if that fails."""
    if not label.startswith("xn--"):
        return label
    try:
        return label[4:].encode("ascii").decode("punycode") or label
    except UnicodeError:
        return label


def _of_name(name: str, ascii_form: str) -> tuple[str, ...]:
    """Return what is wrong with a host's name; some texts may be empty."""
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
        spelled = f"its host looks like {twin} but is another"
    elif "." not in bare:
        spelled = "its host is on your own network"
    return spelled, "its host ends in a dot" if name.endswith(".") else ""


def _is_number(name: str) -> bool:
    """Tell whether browsers read a host as an IP address: up to four numbers of any base (WHATWG URL)."""
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
        # `arxiv.org.evil.example` imitates at its beginning, `www.аrxiv.org` at its end.
        for end in range(start + 2, len(labels) + 1):
            known = _SKELETONS.get(".".join(labels[start:end]))
            if known and (end == len(labels) or start == 0):
                return known
    return ""


_SHORTEST = 4


def hide_token(text: str, token: str) -> str:
    """Return a text without the token in any quoting; one of fewer than 4 characters is not a secret."""
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
