"""The words of a text as they are matched."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from readlist.query import lexer

# What may matter beside its neighbours: capitals with several small forms, joiners, marks, scripts without blanks.
_TEXTS = st.text(st.sampled_from("aB .+#*_^1{é É—Σσİßﬁ日本กำ\u200dक्षि😀ꭰᎠǅ\ue100"), max_size=40) | st.text(max_size=40)


@given(_TEXTS)
def test_folding_run_by_run_is_folding_what_is_outside_ascii(text: str) -> None:
    folded = re.sub(r"[^\x00-\x7f]+", lambda found: lexer._folded(found[0]), text)
    assert lexer.matchable(text) == lexer._MEANT.sub(lexer._meant, folded.lower())
