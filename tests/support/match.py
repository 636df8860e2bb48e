"""Papers on topics, and random ones, to learn from."""

from __future__ import annotations

from hypothesis import strategies as st

from readlist.match.features import Features, features_of
from readlist.match.model import Frequencies, count

TOPICS = ("diffusion image editing", "protein folding energy", "speech recognition noise", "graph routing traffic")
NOTHING = Frequencies({}, 0)
words = st.sampled_from([word for topic in TOPICS for word in topic.split()])
papers = st.builds(
    lambda title, abstract, authors: features_of(" ".join(title), " ".join(abstract), authors),
    st.lists(words, max_size=4),
    st.lists(words, max_size=12),
    st.lists(st.sampled_from(["Ann One", "Bob Two", "Cy Three"]), max_size=2),
)
libraries = st.lists(papers, min_size=1, max_size=12)


def about(topic: str, number: int = 0) -> Features:
    """Return a paper on a topic, with words of its own."""
    return features_of(f"{topic} {'abcdefgh'[number % 8] * 3}", f"{topic} tested widely", (f"Author{number} X",))


OTHERS = [about(topic, number) for topic in TOPICS for number in range(8)]
TERMS = [other.terms for other in OTHERS]
COUNTS = count(TERMS)
