"""List pages as text browsers and converters dump them: the tool's marks are no papers."""

from __future__ import annotations

from datetime import date

import pytest

from readlist.sources.page import parse

_TITLES = ["Paper Boats: Navigation by Folding", "Quiet Kettles Boil Later Than Watched Ones Do"]

_LYNX = """
   [1]Hugging Face's logo Hugging Face
   (BUTTON)
     * [2]Models

   new
   [3]Subscribe

[4]Daily Papers

by [5]AK and the research community
   Aug 1
   Submitted by ada
   [6]
   [ ]
   12

[7]Paper Boats: Navigation by Folding

     *
     * ·
       3 authors

   [8]2
   Submitted by bo
   [9]
   [ ]
   7

[10]Quiet Kettles Boil Later Than Watched Ones Do

     * ·
       4 authors

   [11]1

References

   Visible links:
   1. https://huggingface.co/
   7. https://huggingface.co/papers/2407.09991
   8. https://huggingface.co/papers/2407.09991#community
  10. https://huggingface.co/papers/2407.09992
"""
_W3M = """
  • Models
  • ━━━━━━━━━━━━━━━━━━━━━━━━

by [papers-by]AK and the research community

 Aug 1
[2407]
Submitted by [1674929746] ada
 [ ]
12

Paper Boats: Navigation by Folding

  • [be9c948ecf]
  • ·
    3 authors

2
[2407]
Submitted by [9dd7776d3b] bo
 [ ]
7

Quiet Kettles Boil Later Than Watched Ones Do

  • ·
    4 authors

1
"""
_ONE_LINE = (
    "Models Datasets Daily Papers by AK and the research community Submit a paper Aug 1 Submitted by ada 12"
    " Paper Boats: Navigation by Folding · 3 authors 2 Submitted by bo 7"
    " Quiet Kettles Boil Later Than Watched Ones Do · 4 authors 1 Previous Next Company © Hugging Face"
)
_LINKED = """
# [Daily Papers](/papers)

## by[ AK](/ak)and the research
community

Aug
1

[![](https://cdn-thumbnails.huggingface.co/social-
thumbnails/papers/2407.09991.png) ](/papers/2407.09991)

Submitted by ![](https://cdn-
avatars.huggingface.co/a.jpeg)
ada

[ 12](/login?next=%2Fpapers%2F2407.09991)

### [Paper Boats: Navigation by Folding](/papers/2407.09991)

[

  * ![](/avatars/be9c948ecf.svg)
  * · 3 authors

](/papers/2407.09991) [ 2 ](/papers/2407.09991#community)

Submitted by ![](/avatars/a.svg) bo

[ 7](/login?next=%2Fpapers%2F2407.09992)

### [Quiet Kettles Boil Later Than Watched Ones Do](/papers/2407.09992)

[

  * · 4 authors

](/papers/2407.09992) [ 1 ](/papers/2407.09992#community)
"""


@pytest.mark.parametrize(("text", "identified"), [(_LYNX, True), (_W3M, False), (_ONE_LINE, False), (_LINKED, True)])
def test_dump_holds_its_papers_and_nothing_else(text: str, identified: bool) -> None:
    batch = parse(text, origin="day.txt", made=date(2024, 8, 2))
    assert [paper.title for paper, _ in batch.items] == _TITLES
    assert [announcement.upvotes for _, announcement in batch.items] == [12, 7]
    assert batch.day == date(2024, 8, 1)
    assert [paper.arxiv for paper, _ in batch.items] == (["2407.09991", "2407.09992"] if identified else ["", ""])
