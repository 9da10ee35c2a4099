"""AMI messages are read from their text."""

import pytest

from routing.connectors.asterisk.ami import MalformedMessageError, parse


def test_an_event_is_read_with_its_keys() -> None:
    message = parse("Event: Hangup\r\nUniqueid: 1.2\r\nCause: 17\r\n\r\n")
    assert message.event == "Hangup"
    assert message.get("Uniqueid") == "1.2"
    assert message.number("Cause") == 17


def test_an_answer_is_read() -> None:
    message = parse(
        "Response: Success\r\nActionID: a1\r\nMessage: Queue status will follow\r\n\r\n"
    )
    assert (message.response, message.event) == ("Success", "")


def test_the_banner_is_read() -> None:
    assert parse("Asterisk Call Manager/13.0.0\r\n").banner == "13.0.0"


def test_values_may_hold_colons_and_may_be_empty() -> None:
    message = parse("Event: ContactStatus\r\nURI: sip:7@10.0.0.1:5060\r\nPausedReason: \r\n\r\n")
    assert message.get("URI") == "sip:7@10.0.0.1:5060"
    assert message.has("PausedReason")
    assert message.get("PausedReason") == ""


def test_keys_are_found_in_any_capitals() -> None:
    message = parse("Event: X\r\nUniqueID: 1.2\r\n\r\n")
    assert message.get("Uniqueid") == message.get("UNIQUEID") == "1.2"


def test_a_missing_key_is_empty_and_no_number() -> None:
    message = parse("Event: X\r\nCause: none\r\n\r\n")
    assert message.get("Linkedid") == ""
    assert not message.has("Linkedid")
    assert message.number("Linkedid") is None
    assert message.number("Cause") is None


def test_of_a_repeated_key_the_last_counts() -> None:
    message = parse("Event: X\r\nChanVariable: a=1\r\nChanVariable: b=2\r\n\r\n")
    assert message.get("ChanVariable") == "b=2"


def test_bare_line_feeds_end_lines_too() -> None:
    assert parse("Event: X\nQueue: sales\n\n").get("Queue") == "sales"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "cut off"),
        ("Event: Hangup", "cut off"),
        ("Event: Hangup\r\nUniqueid: 1.", "cut off"),
        ("Event: Hangup\r\nUniqueid: 1.2\r\n", "cut off"),
        ("hello\r\n\r\n", "not of the form"),
        (": value\r\n\r\n", "not of the form"),
        ("Uniqueid: 1.2\r\n\r\n", "neither an event nor an answer"),
        ("\r\n\r\n", "neither|more than one"),
        ("Event: A\r\n\r\nEvent: B\r\n\r\n", "more than one message"),
        ("Event: A\0\r\n\r\n", "NUL"),
    ],
)
def test_malformed_text_is_refused_with_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(MalformedMessageError, match=sentence) as refused:
        parse(text)
    assert str(refused.value).endswith(".")
