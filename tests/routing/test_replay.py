"""`manage.py replay_asterisk`: recordings of a real Asterisk, played through the one door."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from presence.models import Agent, Interval, Transition
from routing.models import Interaction, Leg, Membership, Queue
from tests.factories import make_reason, row_of

pytestmark = pytest.mark.django_db

RECORDINGS = Path(__file__).parent / "asterisk" / "recordings"

TIMELINES = {
    "answered": """
        0.51 Alice ringing
        1.51 Bob ringing
        2.51 Alice on_call handling
        2.51 Bob on_call handling
        7.02 Bob available
        9.02 Alice available""",
    "no_answer_then_next": """
        0.51 Alice ringing
        6.52 Alice no_answer
        7.52 Bob ringing
        13.53 Bob no_answer
        14.53 Alice ringing
        20.53 Alice no_answer
        21.54 Bob ringing
        27.54 Bob no_answer
        28.55 Alice ringing""",
    "rejected": """
        0.51 Alice ringing
        0.54 Bob on_call handling
        1.51 Alice busy
        1.51 Carol ringing
        3.51 Carol on_call handling
        6.04 Bob available
        9.02 Carol available""",
    "pause_with_reason": """
        0.51 Alice on_break Lunch
        1.51 Bob on_break Training
        2.52 Carol ringing
        4.52 Carol on_call handling
        10.03 Carol available
        11.51 Alice available
        12.52 Bob available""",
    "ring_all_one_answers": """
        0.52 Carol ringing
        0.52 Dave ringing
        3.52 Carol on_call handling
        3.52 Dave available
        9.03 Carol available""",
    "caller_abandons": """
        0.52 Bob ringing
        4.52 Bob available""",
    "members_join_and_leave": """
        3.52 Bob ringing
        5.52 Bob on_call handling
        11.03 Bob available""",
    "outbound_by_agent": """
        0.51 Bob ringing
        1.51 Bob on_call handling
        8.02 Bob available""",
}
"""What each recording's agents did, after all four were first seen."""


class Replayed:
    """What a run of the command printed."""

    def __init__(self, *files: Path, **options: Any) -> None:
        out, err = io.StringIO(), io.StringIO()
        options = {"create": True, "instant": True, "timeline": True} | options
        call_command("replay_asterisk", *files, stdout=out, stderr=err, **options)
        self.lines = [json.loads(line) for line in out.getvalue().splitlines()]
        self.said = err.getvalue()

    @property
    def changes(self) -> list[str]:
        """The timeline in short, after the first look at the four agents."""
        return [
            " ".join(str(line[key]) for key in ("t", "agent", "status", "reason", "activity"))
            .replace(" None", "")
            .strip()
            for line in self.lines[4:]
        ]


def recording(name: str) -> Path:
    return RECORDINGS / f"{name}.jsonl"


def doubled(name: str, folder: Path) -> Path:
    path = folder / f"{name}.jsonl"
    lines = recording(name).read_text().splitlines()
    path.write_text("".join(f"{line}\n{line}\n" for line in lines))
    return path


def history() -> list[tuple[Any, ...]]:
    intervals = Interval.objects.values_list("agent__name", "status_id", "started_at", "ended_at")
    legs = Leg.objects.values_list("agent__name", "state", "outcome", "started_at", "ended_at")
    return [*intervals, *legs.order_by("pk"), (Transition.objects.count(),)]


@pytest.mark.parametrize("name", TIMELINES)
def test_a_recording_gives_the_timeline_of_what_happened(name: str) -> None:
    replayed = Replayed(recording(name))
    assert replayed.changes == [line.strip() for line in TIMELINES[name].strip().splitlines()]


def test_the_first_lines_are_the_agents_at_the_first_snapshot() -> None:
    replayed = Replayed(recording("rejected"))
    seen = [(line["t"], line["agent"], line["status"]) for line in replayed.lines[:4]]
    assert seen == [
        (0.0, "Alice", "available"),
        (0.0, "Bob", "ringing"),  # a caller left over from before: only the snapshot shows it
        (0.0, "Carol", "available"),
        (0.0, "Dave", "available"),
    ]
    assert replayed.lines[0].keys() == {"t", "agent", "status", "reason", "activity", "pending"}


@pytest.mark.parametrize("name", TIMELINES)
def test_g1_played_twice_it_changes_nothing(name: str) -> None:
    Replayed(recording(name))
    before = history()
    again = Replayed(recording(name))
    assert history() == before
    assert again.changes == []


@pytest.mark.parametrize("name", ["answered", "pause_with_reason", "rejected"])
def test_g1_played_twice_live_it_changes_nothing(name: str) -> None:
    Replayed(recording(name), instant=False, speed=10_000.0)
    before = history()
    Replayed(recording(name), instant=False, speed=10_000.0)
    assert history() == before


def test_g1_a_recording_that_tells_no_time_counts_once_too(tmp_path: Path) -> None:
    path = tmp_path / "timeless.jsonl"
    lines = recording("pause_with_reason").read_text().splitlines(keepends=True)
    telling = ("SuccessfulAuth", "Newchannel")
    path.write_text("".join(line for line in lines if not any(t in line for t in telling)))
    Replayed(path)
    before = history()
    Replayed(path)
    assert history() == before


@pytest.mark.parametrize("name", TIMELINES)
def test_g1_with_every_line_doubled_it_is_the_same(name: str, tmp_path: Path) -> None:
    replayed = Replayed(doubled(name, tmp_path))
    assert replayed.changes == [line.strip() for line in TIMELINES[name].strip().splitlines()]


def test_what_the_snapshot_names_is_made_on_an_empty_floor() -> None:
    Replayed(recording("answered"))
    assert {queue.name for queue in Queue.objects.all()} == {"support", "sales"}
    members = Membership.objects.values_list("ring_group__queue__name", "agent__name")
    assert set(members) == {
        ("support", "Alice"),
        ("support", "Bob"),
        ("support", "Carol"),
        ("sales", "Carol"),
        ("sales", "Dave"),
    }
    assert set(Agent.objects.values_list("presence_policy", flat=True)) == {"telephony"}


def test_wrap_up_fires_when_it_is_due_on_the_recordings_own_clock() -> None:
    replayed = Replayed(recording("answered"), wrap_up=3)
    assert replayed.changes[4:] == [
        "7.02 Bob wrap_up",
        "9.02 Alice wrap_up",
        "10.02 Bob available",
        "12.02 Alice available",
    ]


def test_d16_a_call_outside_queues_has_no_wrap_up() -> None:
    replayed = Replayed(recording("outbound_by_agent"), wrap_up=3)
    assert replayed.changes[-1] == "8.02 Bob available"


def test_a_pause_is_the_reason_of_that_name_where_there_is_one() -> None:
    training = make_reason("back_office", "training")
    replayed = Replayed(recording("pause_with_reason"))
    assert "1.51 Bob back_office training" in replayed.changes
    assert Interval.objects.filter(reason=training).count() == 1


def test_it_happened_when_it_was_recorded() -> None:
    Replayed(recording("answered"))
    assert {leg.started_at.date().isoformat() for leg in Leg.objects.all()} == {"2026-11-21"}


def test_the_record_of_calls_tells_misses_rejections_and_lost_races_apart() -> None:
    for name in ("no_answer_then_next", "rejected", "ring_all_one_answers", "caller_abandons"):
        Replayed(recording(name))
    outcomes = Leg.objects.exclude(outcome="").values_list("agent__name", "outcome")
    assert set(outcomes) == {
        ("Alice", "ring_timed_out"),
        ("Bob", "ring_timed_out"),
        ("Alice", "withdrawn"),  # rings when a recording ends; the next has Bob take that call
        ("Alice", "rejected"),
        ("Bob", "hung_up"),
        ("Carol", "hung_up"),
        ("Dave", "withdrawn"),
        ("Bob", "withdrawn"),
    }
    assert Interaction.objects.filter(outcome="abandoned").count() == 1


def test_several_files_are_played_in_the_order_in_which_they_were_recorded() -> None:
    replayed = Replayed(recording("rejected"), recording("answered"))
    said = [line.split("/")[-1] for line in replayed.said.splitlines()]
    assert [line.partition(".jsonl")[0] for line in said] == ["answered", "rejected"]


def test_live_it_is_played_as_of_now_at_the_speed_asked_for() -> None:
    began = timezone.now()
    replayed = Replayed(recording("answered"), instant=False, speed=400.0)
    assert [line.split(" ", 1)[1] for line in replayed.changes[-2:]] == [
        "Bob available",
        "Alice available",
    ]
    assert all(began <= leg.started_at <= timezone.now() for leg in Leg.objects.all())


def test_without_create_members_are_matched_by_their_devices_address() -> None:
    Replayed(recording("answered"))
    Agent.objects.get(name="Alice").devices.update(address="Local/elsewhere")
    replayed = Replayed(recording("rejected"), create=False)
    assert "Nobody here has: Local/1001@agents." in replayed.said
    assert row_of(Agent.objects.get(name="Carol")).shown_status_id == "available"


def test_on_a_floor_where_nobody_is_known_it_says_so() -> None:
    replayed = Replayed(recording("answered"), create=False)
    assert replayed.lines == []
    assert "--create makes them" in replayed.said


# --- bad input: a clear message with file and line, never a traceback; what was good is kept ---


def test_a_truncated_line_is_named_and_the_rest_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "cut.jsonl"
    lines = recording("answered").read_text().splitlines()
    lines[100] = lines[100][:40]
    path.write_text("\n".join(lines))
    replayed = Replayed(path)
    assert f"{path}:101: " in replayed.said
    assert "1 lines not understood" in replayed.said
    assert replayed.changes[-1] == "9.02 Alice available"


def test_an_unknown_event_is_named_and_counted(tmp_path: Path) -> None:
    path = tmp_path / "odd.jsonl"
    odd = json.dumps({"t": 20.0, "raw": "Event: FluxCapacitor\r\nPower: 1.21\r\n\r\n"})
    path.write_text(recording("answered").read_text() + odd + "\n" + odd + "\n")
    replayed = Replayed(path)
    assert "Unknown event FluxCapacitor, 2 times; ignored." in replayed.said
    assert "2 unknown events" in replayed.said


@pytest.mark.parametrize("content", [b"", b"hello\nworld\n", b"\x00\xff\xfe", b"[1, 2]", b"{}"])
def test_a_file_that_is_no_recording_fails_with_one_line(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "not.jsonl"
    path.write_bytes(content)
    with pytest.raises(CommandError, match=r"^No recording: .*not\.jsonl$"):
        Replayed(path)


@pytest.mark.parametrize("name", ["missing.jsonl", "."])
def test_a_file_that_cannot_be_read_fails_with_one_line(tmp_path: Path, name: str) -> None:
    with pytest.raises(CommandError, match=r"^No recording"):
        Replayed(tmp_path / name)


def test_a_bad_file_does_not_keep_the_good_one_from_being_played(tmp_path: Path) -> None:
    bad = tmp_path / "bad.jsonl"
    bad.write_text("nonsense\n")
    with pytest.raises(CommandError):
        Replayed(bad, recording("answered"))
    assert Leg.objects.count() == 2


@pytest.mark.parametrize(
    "options", [["--speed", "0"], ["--speed", "fast"], ["--wrap-up", "-1"], ["--wrap-up", "1"]]
)
def test_options_that_make_no_sense_are_refused(options: list[str]) -> None:
    with pytest.raises(CommandError):
        call_command("replay_asterisk", str(recording("answered")), *options)
