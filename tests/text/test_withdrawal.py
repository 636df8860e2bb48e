"""What says that a paper is withdrawn, and what only speaks of withdrawals."""

from __future__ import annotations

import pytest

from readlist.model.revision import NO_REASON
from readlist.text.withdrawal import withdrawal_in


@pytest.mark.parametrize(
    ("comment", "reason"),
    [
        ("This paper has been withdrawn by the author due to a crucial sign error in equation 1",
         "a crucial sign error in equation 1"),
        ("This paper has been withdrawn", NO_REASON),
        ("This paper has been withdrawn by the authors.", NO_REASON),
        ("Withdrawn", NO_REASON),
        ("WITHDRAWN", NO_REASON),
        ("12 pages, 3 figures, withdrawn", NO_REASON),
        ("LaTeX 12 pages, withdrawn", NO_REASON),
        ("This article has been withdrawn. 12 pages, 3 figures", NO_REASON),
        ("Withdrawn; error in Lemma 3", "error in Lemma 3"),
        ("7 pages. The paper is withdrawn because Theorem 2 is wrong", "Theorem 2 is wrong"),
        ("Paper withdrawn: data were mislabelled", "data were mislabelled"),
        ("This submission has been withdrawn by arXiv administrators because it contains fictitious content",
         "by arXiv administrators because it contains fictitious content"),
        ("arXiv admin note: This version has been removed by arXiv administrators as the submitter lacked rights",
         "by arXiv administrators as the submitter lacked rights"),
        ("The authors have withdrawn this paper due to an error in the experiments", "an error in the experiments"),
        ("We withdraw this paper. See arXiv:2401.00001", "See arXiv:2401.00001"),
        ("This manuscript has been temporarily withdrawn pending a corrected analysis", "pending a corrected analysis"),
        ("Our paper was retracted by its authors, since the data set leaked", "the data set leaked"),
        ("withdrawn from arXiv for licensing reasons", "from arXiv for licensing reasons"),
        ("(This paper has been withdrawn.)", NO_REASON),
        ("Accepted at ICLR 2025; withdrawn due to an error in Lemma 3", "an error in Lemma 3"),
        ("Submitted to ACL. This paper has been withdrawn", NO_REASON),
    ],
)  # fmt: skip
def test_a_comment_that_says_so(comment: str, reason: str) -> None:
    assert withdrawal_in(comment) == reason


@pytest.mark.parametrize(
    "comment",
    [
        "",
        "12 pages, 3 figures",
        "Accepted at ICML 2026",
        "This paper was withdrawn from ICLR 2025 by the authors",
        "Submitted to NeurIPS 2025, withdrawn from ICML 2025",
        "This paper supersedes arXiv:2401.00001, which has been withdrawn",
        "Replaces the withdrawn arXiv:2401.00001",
        "Corrects an earlier version, withdrawn in May",
        "v2 was withdrawn by mistake",
        "ICLR 2025 (withdrawn)",
        "ICLR'25, withdrawn",
        "Submitted to NeurIPS (withdrawn)",
        "Accepted at ACL, withdrawn because of travel costs",
        "A study of papers withdrawn from arXiv",
        "This paper is about withdrawn papers",
        "This paper has not been withdrawn",
        "Withdrawal of consent in federated learning, 9 pages",
        "Retractable landing gears; 9 pages",
    ],
)
def test_a_comment_that_does_not(comment: str) -> None:
    assert withdrawal_in(comment, "We study withdrawn papers.") == ""


@pytest.mark.parametrize(
    ("abstract", "reason"),
    [
        ("This paper has been withdrawn by the author due to a gap in the proof.", "a gap in the proof"),
        ("[This paper has been withdrawn]", NO_REASON),
        ("Withdrawn.", NO_REASON),
        ("We prove the conjecture. This paper has been withdrawn because of an error in Section 3.",
         "an error in Section 3"),
    ],
)  # fmt: skip
def test_an_abstract_that_says_so(abstract: str, reason: str) -> None:
    assert withdrawal_in("12 pages", abstract) == reason


@pytest.mark.parametrize(
    "abstract",
    [
        "Withdrawn consent is a problem for data sets. We show how to unlearn.",
        'Comments such as "This paper has been withdrawn" are the only sign. We classify them.',
        "We study retracted articles and papers that were withdrawn by their authors.",
        "Water is withdrawn from the river by the plant.",
        "The paper is withdrawn from the market when regulators object.",
    ],
)
def test_an_abstract_about_withdrawals(abstract: str) -> None:
    assert withdrawal_in("", abstract) == ""


def test_a_long_reason_is_cut_between_words() -> None:
    reason = withdrawal_in("This paper has been withdrawn due to " + "many errors " * 800)
    assert len(reason) <= 300
    assert reason.endswith("errors…") or reason.endswith("many…")
