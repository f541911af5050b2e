"""Identifiers and codes: uuid7 order, readable random codes."""

import time
from datetime import UTC, datetime, timedelta

import time_machine

from academies.kernel import codes


def test_ids_come_in_the_order_in_which_they_were_made():
    ids = [codes.uuid7() for _ in range(5_000)]

    assert ids == sorted(set(ids))
    assert {(each.version, each.variant) for each in ids} == {(7, "specified in RFC 4122")}


def test_an_id_tells_the_millisecond_in_which_it_was_made():
    before = time.time_ns() // 1_000_000

    identifier = codes.uuid7()

    assert before <= identifier.int >> 80 <= time.time_ns() // 1_000_000 + 1


def test_a_clock_that_was_set_back_does_not_hold_ids_in_the_future():
    today = datetime(2026, 11, 21, 9, tzinfo=UTC)
    with time_machine.travel(today + timedelta(days=3)):
        codes.uuid7()

    with time_machine.travel(today):
        identifier = codes.uuid7()

    assert identifier.int >> 80 < (today + timedelta(minutes=1)).timestamp() * 1000


def test_a_code_has_no_sign_that_is_misread():
    assert not set(codes.random_code(groups=100)) & set("01OILU")
