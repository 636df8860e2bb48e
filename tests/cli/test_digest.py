"""`readlist digest`: printed, written, and mailed once to each who wants it."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from email import message_from_string
from email.policy import default
from pathlib import Path

import pytest
import trustme

from readlist.mail import MailLog, Sent
from readlist.manual import read
from tests.support.cli import PAPERS, Run, page
from tests.support.mail import PASSWORD, USER, Mailing, Postmaster, trusted

ADA, BEN = "ada@example.org", "ben@example.org"
TITLES = [title for title, _ in PAPERS]
LATE = ("A Paper That Came Late", "We are late and describe in detail how it feels to be late.")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def server(filled: Run, home: Path) -> Iterator[Mailing]:
    """A mail server that the settings name; three papers are new."""
    with Mailing() as server:
        configure(home, server.port)
        yield server


def configure(home: Path, port: int, more: str = "", security: str = "none") -> None:
    (home / "config.toml").write_text(
        f'[mail]\nserver = "127.0.0.1"\nport = {port}\nsecurity = "{security}"\nfrom = "bot@example.org"\n'
        f'to = "{ADA}"\n{more}',
        encoding="utf-8",
    )


def bring(run: Run, tmp_path: Path, *papers: tuple[str, str]) -> None:
    file = tmp_path / "more.txt"
    file.write_text(page(*papers), encoding="utf-8")
    assert run("import", str(file)).exit_code == 0


def mailed(server: Mailing) -> list[tuple[tuple[str, ...], list[str]]]:
    """To whom messages went, and which titles they hold."""
    found = []
    for received in server.received:
        body = received.message.get_body(("plain",))
        assert body is not None
        text = body.get_content()
        found.append((received.recipients, [title for title in (*TITLES, LATE[0]) if title in text]))
    return found


def log_of(home: Path) -> list[Sent]:
    return MailLog(home / "mailed.jsonl").read()


def test_what_is_new_and_unread_is_printed(filled: Run, home: Path) -> None:
    filled("mark", "title:survey", "--read")
    result = filled("digest")
    assert result.exit_code == 0 and result.stderr == ""
    assert result.stdout.startswith("2 new papers\n1 with code · since ")
    assert TITLES[0] in result.stdout and "https://github.com/lab/tears" in result.stdout
    assert TITLES[2] not in result.stdout
    assert TITLES[2] in filled("digest", "title:survey").stdout
    assert not (home / "mailed.jsonl").exists()


def test_nothing_new_is_said_and_well(filled: Run) -> None:
    for arguments in (["title:nowhere"], ["-survey", "title:survey"], ["--since", "2999-01-01"]):
        result = filled("digest", *arguments)
        assert result.exit_code == 0 and result.stdout.startswith("Nothing new since ")
    html = filled("digest", "title:nowhere", "--format", "html")
    assert html.exit_code == 0 and html.stdout == "" and html.stderr.startswith("Nothing new since ")


@pytest.mark.parametrize("since", ["7d", "2w", "today", "2020-01-01", "2020", "last"])
def test_since_takes_a_day_or_an_age(filled: Run, since: str) -> None:
    assert filled("digest", "--since", since).stdout.startswith("3 new papers")


@pytest.mark.parametrize(
    "since", ["", "lst", "-3", "7", "2026-13-01", "..2026", "7d OR is:read", '"', "<2026", "\x1b[2J"]
)
def test_a_day_that_is_none_is_wrong_usage(filled: Run, since: str) -> None:
    result = filled("digest", "--since", since)
    assert result.exit_code == 2
    assert "use last, 7d, 2w, yesterday, or a day (2026-11-01)" in result.stderr
    assert "\x1b" not in result.stderr


def test_a_digest_is_written_to_a_file_whole_or_not_at_all(filled: Run, tmp_path: Path) -> None:
    file = tmp_path / "digest.html"
    result = filled("digest", "--format", "html", "-o", str(file))
    assert result.exit_code == 0 and result.stderr == f"{file}: 3 papers\n"
    assert file.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    refused = filled("digest", "-o", str(tmp_path / "nowhere" / "x.txt"))
    assert refused.exit_code == 1 and "No such file" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_message_can_be_had_without_a_mail_server(filled: Run, tmp_path: Path) -> None:
    printed = filled("digest", "--format", "eml").stdout
    message = message_from_string(printed, policy=default)
    assert message["To"] == "readlist@localhost" and not message.defects
    file = tmp_path / "digest.eml"
    filled("digest", "--format", "eml", "-o", str(file))
    raw = file.read_bytes()
    assert raw.count(b"\r\n") == raw.count(b"\n") > 50


def test_a_digest_is_mailed_and_each_paper_once(filled: Run, server: Mailing, home: Path, tmp_path: Path) -> None:
    first = filled("digest", "--send")
    assert (first.exit_code, first.stdout, first.stderr) == (0, f"Mailed 3 papers to {ADA}\n", "")
    again = filled("digest", "--send")
    assert again.exit_code == 0 and again.stdout.startswith("Nothing new since ")
    bring(filled, tmp_path, PAPERS[0], LATE)
    assert filled("digest", "--send", "--since", "7d").stdout == f"Mailed 1 paper to {ADA}\n"
    assert mailed(server) == [((ADA,), TITLES), ((ADA,), [LATE[0]])]
    assert [(sent.to, sent.query, len(sent.papers)) for sent in log_of(home)] == [
        (ADA, "is:unread", 3),
        (ADA, "is:unread", 1),
    ]
    message = server.received[0].message
    assert (server.received[0].sender, message["From"]) == ("bot@example.org", "readlist <bot@example.org>")
    assert message["Subject"].startswith("3 new papers, 1 with code (")
    # What would be mailed can be looked at before; what was, again.
    assert filled("digest").stdout.startswith("Nothing new since ")
    assert filled("digest", "--since", "7d").stdout.startswith("4 new papers")


def test_one_query_hides_nothing_from_another(filled: Run, server: Mailing, tmp_path: Path) -> None:
    assert filled("digest", "title:survey", "--send").stdout.startswith("Mailed 1 paper")
    assert filled("digest", "title:pruning", "--send").stdout.startswith("Mailed 1 paper")
    assert filled("digest", "--send").stdout.startswith("Mailed 1 paper")
    assert [titles for _, titles in mailed(server)] == [[TITLES[2]], [TITLES[1]], [TITLES[0]]]


def test_each_recipient_gets_a_message_of_their_own(filled: Run, server: Mailing, home: Path) -> None:
    assert filled("digest", "--send", BEN, "title:survey").stdout == f"Mailed 1 paper to {BEN}\n"
    configure(home, server.port)
    settings = (home / "config.toml").read_text(encoding="utf-8")
    (home / "config.toml").write_text(settings.replace(f'"{ADA}"', f'["{ADA}", "{BEN}"]'), encoding="utf-8")
    assert filled("digest", "--send").stdout == f"Mailed 3 papers to {ADA}\nMailed 2 papers to {BEN}\n"
    assert mailed(server) == [((BEN,), [TITLES[2]]), ((ADA,), TITLES), ((BEN,), TITLES[:2])]
    assert BEN not in server.received[1].raw.decode()


def test_who_is_refused_costs_the_others_nothing(filled: Run, home: Path) -> None:
    with Mailing(Postmaster({f"RCPT {BEN}": "550 nobody here"})) as server:
        configure(home, server.port)
        settings = (home / "config.toml").read_text(encoding="utf-8")
        (home / "config.toml").write_text(settings.replace(f'"{ADA}"', f'["{BEN}", "{ADA}"]'), encoding="utf-8")
        result = filled("digest", "--send")
        assert result.exit_code == 1 and result.stdout == f"Mailed 3 papers to {ADA}\n"
        assert f"readlist: can't mail {BEN}: 127.0.0.1:{server.port}: " in result.stderr
        assert "refused the recipient" in result.stderr and len(result.stderr.splitlines()) == 1
        server.postmaster.refusals.clear()
        second = filled("digest", "--send")
        assert second.exit_code == 0 and f"Mailed 3 papers to {BEN}" in second.stdout
        assert [recipients for recipients, _ in mailed(server)] == [(ADA,), (BEN,)]


@pytest.mark.parametrize(
    "postmaster", [Postmaster({"DATA": "451 later"}), Postmaster(drops=True)], ids=["451", "drops"]
)
def test_what_was_not_taken_is_mailed_the_next_time(filled: Run, home: Path, postmaster: Postmaster) -> None:
    with Mailing(postmaster) as server:
        configure(home, server.port)
        result = filled("digest", "--send")
        assert result.exit_code == 1 and result.stdout == "" and len(result.stderr.splitlines()) == 1
        assert log_of(home) == []
        postmaster.refusals.clear()
        postmaster.drops = False
        assert filled("digest", "--send").stdout == f"Mailed 3 papers to {ADA}\n"


def test_a_login_takes_the_password_from_the_environment(
    filled: Run, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = trustme.CA()
    monkeypatch.setenv("SSL_CERT_FILE", trusted(authority, tmp_path))
    with Mailing(security="tls", login=True, authority=authority) as server:
        configure(home, server.port, f'user = "{USER}"\n', "tls")
        monkeypatch.setenv("READLIST_SMTP_PASSWORD", "not this one")
        wrong = filled("digest", "--send")
        assert wrong.exit_code == 1 and "refused the login of ada" in wrong.stderr
        assert "not this one" not in wrong.output
        monkeypatch.setenv("READLIST_SMTP_PASSWORD", PASSWORD)
        assert filled("digest", "--send").exit_code == 0
        assert [(received.user, received.encrypted) for received in server.received] == [(USER, True)]
    kept = b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())
    assert PASSWORD.encode() not in kept


def test_a_paper_with_a_stronger_key_since_is_not_mailed_again(
    filled: Run, server: Mailing, home: Path, tmp_path: Path
) -> None:
    assert filled("digest", "--send").exit_code == 0
    (home / "library.db").unlink()
    known = {"id": "2608.00001", "title": TITLES[0], "summary": "The same.", "authors": [{"name": "Ada"}]}
    other = {"id": "2608.00002", "title": LATE[0], "summary": "Another.", "authors": [{"name": "Ada"}]}
    file = tmp_path / "2026-08-01.json"
    file.write_text(json.dumps([{"paper": each} for each in (known, other)]), encoding="utf-8")
    assert filled("import", str(file)).exit_code == 0
    assert "arxiv:2608.00001" in filled("list", "--format", "keys").stdout
    assert filled("digest", "--send").stdout == f"Mailed 1 paper to {ADA}\n"
    assert mailed(server)[1] == ((ADA,), [LATE[0]])


def test_papers_that_are_counted_alone_are_not_mailed_later(filled: Run, server: Mailing) -> None:
    assert filled("digest", "--send", "--limit", "1").stdout == (f"Mailed 3 papers (1 listed) to {ADA}\n")
    assert filled("digest", "--send").stdout.startswith("Nothing new")


def test_a_dry_run_mails_nothing(filled: Run, server: Mailing, home: Path) -> None:
    result = filled("digest", "--send", "--dry-run")
    assert result.stdout == f"Would mail 3 papers to {ADA} by 127.0.0.1:{server.port}\n"
    assert not server.received and log_of(home) == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--send", "--format", "html"], "works without --format and --output"),
        (["--send", "-o", "x.txt"], "works without --format and --output"),
        (["--dry-run"], "works with --send only"),
        (["--send=ada"], "`ada` is not a mail address"),
        (["--limit", "0"], "invalid value for '--limit'"),
        (["upvots:>3"], "did you mean upvotes"),
        (["--sned"], "no such option"),
    ],
)
def test_wrong_usage_is_said_and_nothing_mailed(filled: Run, server: Mailing, arguments: list[str], said: str) -> None:
    result = filled("digest", *arguments)
    assert result.exit_code == 2 and said in result.stderr
    assert not server.received


def test_without_settings_it_is_said_what_is_missing(filled: Run, home: Path) -> None:
    result = filled("digest", "--send")
    assert result.exit_code == 2 and "config.toml has no [mail] table (server, user, from, to)" in result.stderr
    (home / "config.toml").write_text('[mail]\nserver = "localhost"\nfrom = "a@example.org"\n', encoding="utf-8")
    result = filled("digest", "--send")
    assert result.exit_code == 2 and "no recipient; give an ADDRESS" in result.stderr
    (home / "config.toml").write_text('[mail]\nserver = "localhost"\npassword = "geheim"\n', encoding="utf-8")
    result = filled("digest", "--send")
    assert result.exit_code == 2 and "line 3" in result.stderr and "geheim" not in result.output


def test_nothing_is_mailed_that_could_not_be_kept_in_mind(filled: Run, server: Mailing, home: Path) -> None:
    (home / "mailed.jsonl").mkdir()
    for arguments in (["--send"], []):
        result = filled("digest", *arguments)
        assert result.exit_code == 1 and "mailed.jsonl: can't be read: Is a directory" in result.stderr
    assert not server.received


def process(home: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "readlist", "digest", "--send", *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
        env={**os.environ, "READLIST_HOME": str(home)},
    )


@pytest.mark.slow
def test_two_at_once_mail_one_digest(server: Mailing, home: Path) -> None:
    both = [process(home), process(home)]
    reported = sorted(one.communicate(timeout=60) for one in both)
    assert [one.returncode for one in both] == [0, 0]
    assert [stderr for _, stderr in reported] == ["", ""]
    assert reported[0][0] == f"Mailed 3 papers to {ADA}\n" and reported[1][0].startswith("Nothing new since ")
    assert len(server.received) == 1


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="kills as POSIX does")
def test_killed_before_it_is_kept_a_digest_comes_twice_and_is_not_lost(server: Mailing, home: Path) -> None:
    killed: list[subprocess.Popen[str]] = []

    def kill() -> None:
        killed[0].send_signal(signal.SIGKILL)
        killed[0].wait(60)

    server.postmaster.taken = kill
    killed.append(process(home))
    killed[0].communicate(timeout=60)
    assert len(server.received) == 1 and log_of(home) == []
    server.postmaster.taken = lambda: None
    second = process(home)
    assert second.communicate(timeout=60) == (f"Mailed 3 papers to {ADA}\n", "")
    assert mailed(server) == [((ADA,), TITLES)] * 2


MANUAL = read("digest")


@pytest.fixture
def person(tmp_path: Path, server: Mailing, monkeypatch: pytest.MonkeyPatch, home: Path) -> dict[str, str]:
    """The environment of somebody who did what the manual says, and follows no feed."""
    configure(home, server.port, "[keys]\n")
    settings = (home / "config.toml").read_text(encoding="utf-8")
    (home / "config.toml").write_text("feeds = []\n" + settings, encoding="utf-8")
    program = tmp_path / ".local" / "bin" / "readlist"
    program.parent.mkdir(parents=True)
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m readlist "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    secret = tmp_path / ".config" / "readlist" / "mail.env"
    secret.parent.mkdir(parents=True)
    secret.write_text('READLIST_SMTP_PASSWORD="with a blank"\n', encoding="utf-8")
    path = str(Path(__file__).parents[2])
    return {**os.environ, "HOME": str(tmp_path), "READLIST_HOME": str(home), "PYTHONPATH": path}


@pytest.mark.slow
@pytest.mark.skipif(not Path("/bin/sh").exists(), reason="wants a POSIX shell")
def test_the_recipe_for_cron_in_the_manual_works(person: dict[str, str], server: Mailing) -> None:
    (line,) = re.findall(r"```crontab\n(.*)\n```", MANUAL)
    command = re.sub(r"^0 7 \* \* 1-5 ", "", line)
    # A percent sign would be a line end for cron.
    assert command != line and "%" not in command
    done = subprocess.run(
        ["/bin/sh", "-c", f"{command}; printenv READLIST_SMTP_PASSWORD"],
        env=person, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout == "with a blank\n"
    assert done.stderr.splitlines() == [
        "readlist: you follow no feeds",
        "hint: `readlist feeds add hf:daily` follows one",
    ]
    assert mailed(server) == [((ADA,), TITLES)]


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="wants systemd")
def test_the_recipe_for_systemd_in_the_manual_is_sound_and_works(
    person: dict[str, str], server: Mailing, tmp_path: Path
) -> None:
    service, timer = re.findall(r"```ini\n(.*?)```", MANUAL, re.DOTALL)
    units = tmp_path / "units"
    units.mkdir()
    for kind, text in (("service", service), ("timer", timer)):
        (units / f"readlist-digest.{kind}").write_text(text, encoding="utf-8")
    verified = subprocess.run(
        ["systemd-analyze", "verify", "--user", "--man=no", *map(str, sorted(units.iterdir()))],
        env={**person, "XDG_RUNTIME_DIR": str(tmp_path)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "readlist-digest" not in verified.stderr, verified.stderr
    (days,) = re.findall(r"^OnCalendar=(.*)$", timer, re.MULTILINE)
    subprocess.run(["systemd-analyze", "calendar", days], check=True, capture_output=True)
    for forgiven, command in re.findall(r"^ExecStart=(-?)(.*)$", service, re.MULTILINE):
        words = shlex.split(command.replace("%h", person["HOME"]))
        done = subprocess.run(words, env=person, capture_output=True, check=False)
        assert done.returncode == (1 if forgiven else 0)
    assert mailed(server) == [((ADA,), TITLES)]


def test_the_settings_in_the_manual_are_taken(filled: Run, home: Path) -> None:
    (table,) = re.findall(r"```toml\n(\[mail\]\n.*?)```", MANUAL, re.DOTALL)
    (home / "config.toml").write_text(table, encoding="utf-8")
    result = filled("digest", "--send", "--dry-run")
    assert result.stdout == "Would mail 3 papers to ada@example.org by smtp.example.org:465\n"


def test_what_the_manual_has_one_type_is_understood(filled: Run, server: Mailing) -> None:
    typed = re.findall(r"^\| `readlist (digest[^`]*)`", MANUAL, re.MULTILINE)
    assert len(typed) > 3
    for line in typed:
        words = shlex.split(line)
        result = filled(*words, *(["--dry-run"] if "--send" in words else []))
        assert result.exit_code == 0, (line, result.output)
