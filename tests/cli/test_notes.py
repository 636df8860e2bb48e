"""Notes in a folder of Markdown: written, edited there and here, and taken back."""

from __future__ import annotations

import json
import os
import re
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from click.testing import Result

from tests.support.cli import PAPERS, Run, page, titles

Export = Callable[..., Result]

SMALL, TREES, SURVEY = (title for title, _ in PAPERS)


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    """A folder for notes."""
    return tmp_path / "vault"


@pytest.fixture
def export(filled: Run, vault: Path) -> Export:
    """Exports notes into it; two papers are marked."""
    filled("mark", "tears", "--star", "--note", "First.\n\nSecond.")
    filled("mark", "slowly", "--star")

    def export(*query: str) -> Result:
        return filled("export", "--format", "markdown", "-o", str(vault), *query)

    return export


def edit(path: Path, *changes: tuple[str, str], seconds: int = 5) -> None:
    """Edit a file, some seconds from now."""
    text = path.read_text(encoding="utf-8")
    for before, after in changes:
        assert before in text, text
        text = text.replace(before, after, 1)
    path.write_text(text, encoding="utf-8")
    later = path.stat().st_mtime + seconds
    os.utime(path, (later, later))


def shown(run: Run, words: str) -> dict[str, object]:
    (paper,) = json.loads(run("list", words, "--json").stdout)
    assert isinstance(paper, dict)
    return paper


def state_of(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {
        str(path.relative_to(folder)): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def taken(run: Run, *paths: Path) -> dict[str, list[str]]:
    """Import notes; what changed by title."""
    result = run("import", *map(str, paths), "--json")
    assert result.exit_code == 0, result.output
    return {one["title"]: one["changed"] for line in result.stdout.splitlines() for one in json.loads(line)["changed"]}


def test_without_a_query_the_starred_and_noted_are_written(export: Export, vault: Path) -> None:
    result = export()
    assert result.exit_code == 0
    assert "2 notes (2 new, 0 changed, 0 unchanged)" in result.stderr
    assert sorted(path.name for path in vault.iterdir()) == [f"{TREES}.md", f"{SMALL}.md"]
    assert export("survey").exit_code == 0
    assert (vault / f"{SURVEY}.md").exists()


def test_a_second_export_touches_nothing(export: Export, vault: Path, filled: Run) -> None:
    export()
    before = state_of(vault)
    assert "0 changed, 2 unchanged" in export().stderr
    assert taken(filled, vault) == {}
    assert state_of(vault) == before


def test_what_was_edited_comes_back_and_is_one_step_of_undo(export: Export, vault: Path, filled: Run) -> None:
    export()
    trees, small = vault / f"{TREES}.md", vault / f"{SMALL}.md"
    edit(trees, ("First.", "Erste."), ("read: false", "read: 2026-11-20T10:00:00Z"), ("starred: 2", "starred: no # 2"))
    edit(small, ("---\n\n<!--", "---\nNew **note**\n<!--"))
    result = filled("import", str(vault))
    assert result.exit_code == 0, result.output
    assert f"{vault}: 2 notes, 2 papers changed" in result.stdout
    assert f"  {TREES}: read, unstarred, note\n" in result.stdout and f"  {SMALL}: note\n" in result.stdout
    paper = shown(filled, "tears")
    assert (paper["read"], paper["starred"], paper["note"]) == ("2026-11-20T10:00:00Z", None, "Erste.\n\nSecond.")
    assert shown(filled, "slowly")["note"] == "New **note**"

    before = state_of(vault)
    assert taken(filled, vault) == {}
    assert "0 changed, 2 unchanged" in export().stderr
    assert state_of(vault) == before
    assert "Undone: import of notes from vault, 2 papers" in filled("undo").stdout
    assert shown(filled, "tears")["note"] == "First.\n\nSecond." and shown(filled, "slowly")["note"] == ""


def test_what_changed_here_stays_and_reaches_the_file(export: Export, vault: Path, filled: Run) -> None:
    export()
    filled("mark", "tears", "--unstar", "--read", "--note", "Here.")
    assert taken(filled, vault) == {}
    assert "1 changed" in export().stderr
    text = (vault / f"{TREES}.md").read_text(encoding="utf-8")
    assert "\nHere.\n" in text and "First." not in text and "starred: false" in text
    filled("mark", "tears", "--note", "")
    export()
    assert "Here." not in (vault / f"{TREES}.md").read_text(encoding="utf-8")


def test_a_note_written_on_both_sides_is_kept_twice(export: Export, vault: Path, filled: Run) -> None:
    export()
    filled("mark", "tears", "--note", "Here.")
    edit(vault / f"{TREES}.md", ("First.", "There."))
    refused = export()
    assert refused.exit_code == 1
    assert f"{TREES}.md: has edits that were not imported (note); import it" in refused.stderr
    result = filled("import", str(vault))
    assert "note (edited on both sides, both kept)" in result.stdout
    note = str(shown(filled, "tears")["note"])
    assert re.fullmatch(r"Here\.\n\n— also written, .* UTC —\n\nThere\.\n\nSecond\.", note)
    assert taken(filled, vault) == {}
    filled("mark", "tears", "--note", "Only this.")
    assert taken(filled, vault) == {}
    assert export().exit_code == 0
    assert "\nOnly this.\n" in (vault / f"{TREES}.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(("seconds", "starred"), [(3_600, False), (-3_600, True)])
def test_of_two_stars_the_later_counts(export: Export, vault: Path, filled: Run, seconds: int, starred: bool) -> None:
    filled("mark", "tears", "--unstar")
    export("tears")
    filled("mark", "tears", "--star")
    edit(vault / f"{TREES}.md", ("starred: false", "starred: 2020-01-01"), seconds=seconds)
    taken(filled, vault)
    # A time of the future counts as now, which is later than the star.
    assert (shown(filled, "tears")["starred"] == "2020-01-01T00:00:00Z") is not starred
    assert export().exit_code == 0
    assert taken(filled, vault) == {}


def test_renamed_and_moved_files_are_found_again(export: Export, vault: Path, filled: Run) -> None:
    export()
    (vault / "deep" / "er").mkdir(parents=True)
    moved = (vault / f"{TREES}.md").rename(vault / "deep" / "er" / "my name.md")
    filled("mark", "tears", "--note", "Changed.")
    assert "0 new, 1 changed" in export().stderr
    assert "\nChanged.\n" in moved.read_text(encoding="utf-8")
    assert not (vault / f"{TREES}.md").exists()
    edit(moved, ("Changed.", "Edited."))
    assert taken(filled, moved) == {TREES: ["note"]}


def test_a_note_given_twice_is_taken_once_and_two_of_a_paper_are_named(
    export: Export, vault: Path, filled: Run, tmp_path: Path
) -> None:
    export()
    path = vault / f"{TREES}.md"
    edit(path, ("First.", "Edited."))
    assert taken(filled, path, vault, path) == {TREES: ["note"]}
    copy = tmp_path / "copy.md"
    copy.write_text(path.read_text(encoding="utf-8").replace("Edited.", "Other."), encoding="utf-8")
    result = filled("import", str(vault), str(copy))
    assert result.exit_code == 1 and f"{copy}: of the same paper as {path}; not used" in result.stderr
    assert shown(filled, "tears")["note"] == "Edited.\n\nSecond."


def test_two_notes_of_a_paper_that_is_gone_are_named(run: Run, vault: Path) -> None:
    vault.mkdir()
    for name, key in (("a", "arxiv:2401.00001"), ("b", "title:oneandthesame")):
        text = f"---\nkey: {key}\ntitle: One and the Same\narxiv: '2401.00001'\n---\n{name}\n"
        (vault / f"{name}.md").write_text(text)
    (vault / "c.md").write_text("---\nkey: title:c\n---\nnothing names this paper\n")
    before = state_of(vault)
    result = run("import", str(vault))
    assert result.exit_code == 1 and "Traceback" not in result.output
    assert "b.md: of the same paper as" in result.stderr
    assert "c.md: title:c is not in the library, and the file has no title or id" in result.stderr
    assert titles(run, "is:noted") == [] and state_of(vault) == before


def test_a_note_written_by_hand_is_taken_and_kept_up(filled: Run, vault: Path) -> None:
    vault.mkdir()
    path = vault / "by hand.md"
    path.write_text("---\nkey: title:asurveyofsurveys\nstarred: yes\n---\n# My view\n\nGood.\n")
    assert taken(filled, vault) == {SURVEY: ["starred", "note"]}
    assert shown(filled, "survey")["note"] == "# My view\n\nGood."
    assert taken(filled, vault) == {}
    filled("mark", "survey", "--note", "Changed.")
    assert filled("export", "--format", "markdown", "-o", str(vault)).exit_code == 0
    text = path.read_text(encoding="utf-8")
    assert text.startswith("---\nkey: title:asurveyofsurveys\nstarred: yes\n") and "\nChanged.\n" in text


def test_own_sections_and_front_matter_stay(export: Export, vault: Path, filled: Run) -> None:
    export()
    path = vault / f"{TREES}.md"
    edit(path, ("starred:", "tags: [a,  b]   # mine\nstarred:"), ("> We prune", "> We prune"))
    path.write_text(path.read_text(encoding="utf-8") + "\n## My experiments\n\n42  \n", encoding="utf-8")
    assert taken(filled, vault) == {}
    filled("mark", "tears", "--note", "Changed.", "--read")
    export()
    text = path.read_text(encoding="utf-8")
    assert "\ntags: [a,  b]   # mine\nstarred:" in text and text.endswith("\n## My experiments\n\n42  \n")
    assert "\nChanged.\n" in text


def test_front_matter_that_another_program_wrote_anew_says_the_same(export: Export, vault: Path, filled: Run) -> None:
    export()
    path = vault / f"{TREES}.md"
    _, head, body = path.read_text(encoding="utf-8").split("---\n", 2)
    values = yaml.safe_load(head) | {"tags": ["x"]}
    path.write_text(f"---\n{yaml.safe_dump(values)}---\n{body}", encoding="utf-8")
    before = state_of(vault)
    assert taken(filled, vault) == {}
    assert "2 unchanged" in export().stderr
    assert state_of(vault) == before
    filled("mark", "tears", "--unstar")
    export()
    assert yaml.safe_load(path.read_text(encoding="utf-8").split("---\n")[1])["starred"] is False


def test_windows_line_ends_stay(export: Export, vault: Path, filled: Run) -> None:
    export()
    path = vault / f"{TREES}.md"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n").replace(b"First.", b"Erste."))
    assert taken(filled, vault) == {TREES: ["note"]}
    assert shown(filled, "tears")["note"] == "Erste.\n\nSecond."
    filled("mark", "tears", "--note", "One\nTwo")
    export()
    data = path.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf---\r\n") and b"\r\nOne\r\nTwo\r\n" in data
    assert data.count(b"\n") == data.count(b"\r\n")


def test_a_title_that_changed_keeps_its_file(export: Export, vault: Path, filled: Run, tmp_path: Path) -> None:
    day = tmp_path / "day.json"
    day.write_text(json.dumps([{"paper": {"id": "2608.00001", "title": "Old: title", "summary": "x " * 50}}]))
    filled("import", str(day))
    filled("mark", "2608.00001", "--star")
    export()
    path = vault / "Old - title.md"
    text = path.read_text(encoding="utf-8").replace("Old: title", "Older: title").replace("paper=", "paper=0")
    path.write_text(text, encoding="utf-8")
    assert "1 changed" in export().stderr
    assert 'title: "Old: title"' in path.read_text(encoding="utf-8")
    assert len(list(vault.iterdir())) == 3


def test_titles_that_some_system_takes_for_one_get_files_of_their_own(filled: Run, vault: Path, tmp_path: Path) -> None:
    day = tmp_path / "day.json"
    names = ["Same Thing", "SAME thing", "Same: Thing?", "Same Thing?"]
    papers = [{"paper": {"id": f"2608.0000{i}", "title": name, "summary": "x " * 50}} for i, name in enumerate(names)]
    day.write_text(json.dumps(papers))
    filled("import", str(day))
    (vault).mkdir()
    (vault / "same thing.md").write_text("mine")
    filled("export", "same", "--format", "markdown", "-o", str(vault))
    assert sorted(path.name for path in vault.iterdir()) == [
        "SAME thing (2608.00001).md", "Same - Thing.md", "Same Thing (2608.00000).md", "Same Thing (2608.00003).md",
        "same thing.md",
    ]  # fmt: skip
    assert (vault / "same thing.md").read_text() == "mine"


def test_papers_that_are_gone_come_back_with_their_notes(
    export: Export, vault: Path, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    export("tears OR survey OR slowly")
    monkeypatch.setenv("READLIST_HOME", str(tmp_path / "other"))
    result = run("import", str(vault))
    assert result.exit_code == 1
    assert "2 papers changed, 2 restored by title" in result.stdout
    assert f"{SURVEY}.md: title:asurveyofsurveys is not in the library" in result.stderr
    assert sorted(titles(run, "is:starred")) == sorted([SMALL, TREES])
    paper = shown(run, "tears")
    assert paper["note"] == "First.\n\nSecond." and paper["links"] == [
        {"url": "https://github.com/lab/tears", "kind": "repo"}
    ]


def test_papers_come_back_with_their_date_as_exact_as_the_note_has_it(
    export: Export, vault: Path, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    export("tears OR slowly")
    for title, said in ((SMALL, "2019-05"), (TREES, "soon")):
        path = vault / f"{title}.md"
        path.write_text(
            f"---\npublished: {said}\n{path.read_text(encoding='utf-8').removeprefix('---')}", encoding="utf-8"
        )
    monkeypatch.setenv("READLIST_HOME", str(tmp_path / "other"))
    result = run("import", str(vault))
    assert f"{TREES}.md: unknown date “soon”; imported without a date" in result.stderr
    assert {paper["title"]: paper["published"] for paper in json.loads(run("list", "--json").stdout)} == {
        SMALL: "2019-05", TREES: None
    }  # fmt: skip


def test_another_machine_takes_what_it_never_heard_of(
    export: Export, vault: Path, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    export()
    monkeypatch.setenv("READLIST_HOME", str(tmp_path / "other"))
    (tmp_path / "page.txt").write_text(page(*PAPERS), encoding="utf-8")
    run("import", str(tmp_path / "page.txt"))
    refused = run("export", "--format", "markdown", "-o", str(vault))
    assert refused.exit_code == 1 and "not imported (starred, note)" in refused.stderr
    assert taken(run, vault) == {TREES: ["starred", "note"], SMALL: ["starred"]}
    assert run("export", "--format", "markdown", "-o", str(vault)).exit_code == 0


def test_bad_files_are_named_and_the_good_ones_taken(export: Export, vault: Path, filled: Run) -> None:
    export("tears OR survey OR slowly")
    small, trees, survey = (vault / f"{title}.md" for title in (SMALL, TREES, SURVEY))
    edit(small, ("starred: ", "starred: [maybe"))
    edit(trees, ("First.", "Edited."))
    (vault / "sub").mkdir()
    (vault / "sub" / "copy.md").write_bytes(survey.read_bytes())
    survey.write_bytes(survey.read_bytes())
    (vault / "Diary.md").write_text("# Today\n\nGot up. Read things.\n")
    (vault / "bad.md").write_bytes(b"---\nkey: arxiv:2401.00001\n---\n\xff\n")
    (vault / ".obsidian").mkdir()
    (vault / ".obsidian" / "hidden.md").write_text("hidden")
    (vault / "page.txt").write_text(page(("Not Read From Here", "A sentence that would make a paper of it.")))
    before = state_of(vault)
    result = filled("import", str(vault))
    assert result.exit_code == 1
    reported = result.stderr
    assert f"{SMALL}.md: line 6: invalid YAML front matter" in reported
    assert "copy.md" in reported and "of the same paper as" in reported
    assert "Diary.md: skipped: not a readlist note (no front matter)" in reported
    assert "bad.md: skipped: not a readlist note (line 4: not UTF-8)" in reported
    assert "hidden" not in reported and "Traceback" not in result.output
    assert "skipped 1 other file" in result.stdout
    assert reported.count("\n") == 4
    assert shown(filled, "tears")["note"] == "Edited.\n\nSecond."
    assert len(titles(filled)) == 3
    after = state_of(vault)
    assert {name for name in before if before[name] != after[name]} == {f"{TREES}.md"}
    # Nor does an export write over them, or beside them.
    refused = export("tears OR survey OR slowly")
    assert refused.exit_code == 1 and "invalid YAML" in refused.stderr and "of the same paper as" in refused.stderr
    assert state_of(vault) == after


def test_a_folder_without_notes_is_one_of_pages(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "pages"
    folder.mkdir()
    (folder / "page.md").write_text(page(*PAPERS), encoding="utf-8")
    result = run("import", str(folder))
    assert result.exit_code == 0 and "3 papers (3 new" in result.stdout


def test_a_file_cut_off_takes_nothing_away(export: Export, vault: Path, filled: Run) -> None:
    export()
    path = vault / f"{TREES}.md"
    text = path.read_text(encoding="utf-8")
    path.write_text(text[: text.index("Second")], encoding="utf-8")
    result = filled("import", str(vault))
    assert result.exit_code == 1 and "is the file cut off" in result.stderr
    assert shown(filled, "tears")["note"] == "First.\n\nSecond."


def test_the_mode_of_a_file_stays_and_a_protected_one_is_left(export: Export, vault: Path, filled: Run) -> None:
    export()
    trees, small = vault / f"{TREES}.md", vault / f"{SMALL}.md"
    trees.chmod(0o640)
    small.chmod(0o444)
    filled("mark", "tears", "--read")
    filled("mark", "slowly", "--read")
    result = export()
    assert result.exit_code == 1
    assert f"{SMALL}.md: can't be written: it is write-protected" in result.stderr
    assert stat.S_IMODE(trees.stat().st_mode) == 0o640 and "read: 2" in trees.read_text(encoding="utf-8")


def test_a_folder_that_can_not_be_one_is_named(export: Export, vault: Path, filled: Run) -> None:
    vault.write_text("a file")
    result = export()
    assert result.exit_code == 1 and result.stderr.count("\n") == 1
    assert str(vault) in result.stderr and "can't be written" in result.stderr
    assert filled("export", "--format", "markdown").exit_code == 2


def test_links_are_not_followed(export: Export, vault: Path, filled: Run, tmp_path: Path) -> None:
    export()
    outside = tmp_path / "outside"
    outside.mkdir()
    inside = (vault / f"{TREES}.md").rename(outside / "note.md")
    before = state_of(outside)
    (vault / "linked").symlink_to(outside)
    (vault / f"{TREES}.md").symlink_to(inside)
    filled("mark", "tears", "--note", "Changed.")
    assert export().exit_code == 0
    assert state_of(outside) == before
    assert (vault / f"{TREES}.md").is_symlink()
    assert "\nChanged.\n" in (vault / f"{TREES} (2).md").read_text(encoding="utf-8")


def test_hostile_titles_stay_in_the_folder_and_off_the_terminal(run: Run, vault: Path, tmp_path: Path) -> None:
    day = tmp_path / "day.json"
    names = ["../../up", "/etc/passwd", "a\x1b]0;x\x07\u202eb", "-rf", "~root", "C:\\x", "..", "CON", ".hidden"]
    papers = [{"paper": {"id": f"2608.0000{i}", "title": name, "summary": "x " * 50}} for i, name in enumerate(names)]
    day.write_text(json.dumps(papers))
    run("import", str(day))
    result = run("mark", "has:abstract", "--star")
    assert result.exit_code == 0
    result = run("export", "--format", "markdown", "-o", str(vault))
    files = list(vault.iterdir())
    assert len(files) == len(names) and all(path.is_file() and path.name[0] not in ".-~" for path in files)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["day.json", "home", "vault"]
    for path in files:
        edit(path, ("---\n\n<!--", "---\n\nnote\n\n<!--"))
    reported = run("import", str(vault)).output
    assert reported.count(": note\n") == len(names)
    assert not any(character in reported for character in "\x1b\x07\u202e")
