"""What runs at the moment, as those who wait are told."""

from __future__ import annotations

from harness.activity import NAMED, Activity


def test_what_runs_is_told_with_its_step_and_its_time_longest_first() -> None:
    now = 0.0
    activity = Activity(lambda: now)
    assert activity.told() == ""
    activity.begin("a#0@current")
    now = 200.0
    activity.begin("b#0@next")
    activity.step("a#0@current", "prefect 2.0.0: installing 90 packages")
    now = 245.0
    assert activity.told() == "a#0@current for 4:05 (prefect 2.0.0: installing 90 packages), b#0@next for 0:45"
    activity.end("a#0@current")
    assert activity.told() == "b#0@next for 0:45"


def test_of_many_some_are_named() -> None:
    activity = Activity(lambda: 0.0)
    for number in range(NAMED + 2):
        activity.step(f"{number}", "running")
    assert activity.told() == "0 for 0:00 (running), 1 for 0:00 (running), 2 for 0:00 (running), 2 more"
