"""Recordings are read line by line; what is bad is told, what is good is kept."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from routing.connectors.asterisk import recording
from routing.connectors.asterisk.recording import Entry, Problem, find_origin, read
from tests.routing.asterisk.pbx import RECORDINGS

HANGUP = "Event: Hangup\r\nUniqueid: 1.2\r\n\r\n"


def line(t: object, raw: object = HANGUP) -> str:
    return json.dumps({"t": t, "raw": raw}) + "\n"


def make(folder: Path, *lines: str | bytes) -> Path:
    path = folder / "recording.jsonl"
    path.write_bytes(b"".join(x if isinstance(x, bytes) else x.encode() for x in lines))
    return path


def problems(path: Path) -> list[tuple[int, str]]:
    return [(item.line, item.sentence) for item in read(path) if isinstance(item, Problem)]


def entries(path: Path) -> list[Entry]:
    return [item for item in read(path) if isinstance(item, Entry)]


@pytest.mark.parametrize("path", sorted(RECORDINGS.glob("*.jsonl")), ids=lambda path: path.stem)
def test_every_recorded_session_is_read_without_a_problem(path: Path) -> None:
    assert problems(path) == []
    assert len(entries(path)) == len(path.read_text().splitlines())
    assert entries(path)[0].message.banner == "13.0.0"


def test_entries_carry_their_line_and_time(tmp_path: Path) -> None:
    path = make(tmp_path, line(0), "\n", line(1.5))
    assert [(entry.line, entry.t) for entry in entries(path)] == [(1, 0.0), (3, 1.5)]


BAD_LINES = {
    '{"t": 1.0, "raw": "Event: Ha': "not JSON, or was cut off",
    "hello": "not JSON",
    "[1, 2]": "not an object",
    '{"t": 1.0}': "not an object with",
    '{"raw": "Event: X\\r\\n\\r\\n"}': "not an object with",
    line("1"): '"t" is not a number',
    line(True): '"t" is not a number',
    line(None): '"t" is not a number',
    line(-1): '"t" is not a time',
    line(float("nan")): '"t" is not a time',
    line(float("inf")): '"t" is not a time',
    line(10**400): '"t" is not a time',
    line(1e15): '"t" is not a time',
    line(1, 7): '"raw" is not text',
    line(1, ["Event: X"]): '"raw" is not text',
    line(1, "hello"): "cut off",
    line(1, "Event: Hangup\r\nUniqueid"): "cut off",
    line(1, "Event: \ud800\r\n\r\n"): "half a character",
    "[" * 100_000: "not JSON",
}


@pytest.mark.parametrize(("bad", "sentence"), BAD_LINES.items(), ids=range(len(BAD_LINES)))
def test_a_bad_line_is_told_and_the_others_are_kept(
    tmp_path: Path, bad: str, sentence: str
) -> None:
    path = make(tmp_path, line(0), bad.rstrip("\n") + "\n", line(2))
    [(number, told)] = problems(path)
    assert number == 2
    assert sentence in told
    assert [entry.line for entry in entries(path)] == [1, 3]


def test_bytes_that_are_no_utf8_are_a_bad_line(tmp_path: Path) -> None:
    path = make(tmp_path, line(0), b"\xff\xfe\x00\n", line(2))
    assert problems(path) == [(2, "The line is not UTF-8 text.")]
    assert len(entries(path)) == 2


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    assert len(entries(make(tmp_path, b"\xef\xbb\xbf", line(0)))) == 1


def test_a_last_line_that_was_cut_off_is_told(tmp_path: Path) -> None:
    path = make(tmp_path, line(0), line(1)[:-20])
    assert [number for number, _ in problems(path)] == [2]
    assert len(entries(path)) == 1


def test_a_line_without_end_is_told_and_skipped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recording, "LONGEST_LINE", 200)
    path = make(tmp_path, line(0), "x" * 1000 + "\n", line(2))
    assert problems(path) == [(2, "The line is too long to be a message.")]
    assert [entry.line for entry in entries(path)] == [1, 3]


def test_time_that_runs_backwards_is_told_and_stands_still(tmp_path: Path) -> None:
    path = make(tmp_path, line(5), line(4), line(6))
    assert problems(path) == [(2, "Time runs backwards, from 5.0 to 4.0 seconds.")]
    assert [entry.t for entry in entries(path)] == [5.0, 5.0, 6.0]


def test_a_file_that_is_no_recording_is_given_up_on(tmp_path: Path) -> None:
    path = make(tmp_path, "some prose\n" * 1000)
    told = problems(path)
    assert len(told) == recording.GIVE_UP + 1
    assert told[-1] == (0, "The file is not a recording: none of its first lines is.")


def test_an_empty_file_is_told(tmp_path: Path) -> None:
    assert problems(make(tmp_path)) == [(0, "The file is empty.")]


def test_a_missing_file_and_a_folder_are_told(tmp_path: Path) -> None:
    [(number, sentence)] = problems(tmp_path / "none.jsonl")
    assert number == 0
    assert sentence.startswith("The file cannot be read: ")
    [(number, sentence)] = problems(tmp_path)
    assert sentence.startswith("The file cannot be read: ")


# --- the recording's clock ---------------------------------------------------------------------


def login(time: str) -> str:
    return f"Event: SuccessfulAuth\r\nEventTV: {time}\r\n\r\n"


def new_channel(uniqueid: str) -> str:
    return f"Event: Newchannel\r\nUniqueid: {uniqueid}\r\n\r\n"


def test_the_log_in_tells_when_a_recording_began(tmp_path: Path) -> None:
    path = make(
        tmp_path,
        line(0.5, new_channel("1795250427.18")),
        line(1.5, login("2026-11-21T09:40:26.555+0100")),
    )
    assert find_origin(read(path)) == datetime(2026, 11, 21, 8, 40, 25, 55_000, UTC)


@pytest.mark.parametrize("time", ["", "yesterday", "2026-11-21T09:40:26.555"])
def test_else_the_first_channel_tells(tmp_path: Path, time: str) -> None:
    path = make(
        tmp_path,
        line(0, login(time)),
        line(2, new_channel("pbx1-1795250427.18")),
        line(9, new_channel("1795250434.19")),
    )
    assert find_origin(read(path)) == datetime.fromtimestamp(1795250425, UTC)


def test_else_nothing_tells(tmp_path: Path) -> None:
    path = make(tmp_path, line(0), line(1, new_channel("nonsense")), line(2, login("x")))
    assert find_origin(read(path)) is None
    assert find_origin(read(tmp_path / "none.jsonl")) is None


def test_a_log_in_at_the_beginning_of_time_tells_nothing(tmp_path: Path) -> None:
    path = make(tmp_path, line(9, login("0001-01-01T00:00:00.000+0000")))
    assert find_origin(read(path)) is None
