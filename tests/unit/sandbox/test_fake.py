from __future__ import annotations

import threading

import pytest

from harness.errors import SandboxError
from harness.model.execution import Ending, Task
from harness.sandbox.fake import FakeSandbox, completed

TASK = Task(("true",), "3.13", label="page#0")


def test_answers_come_in_turn_and_tasks_are_remembered() -> None:
    failure = completed(code=None, ending=Ending.TIMEOUT)
    sandbox = FakeSandbox([completed(b"one"), failure, lambda task: completed(task.label.encode())])
    assert [sandbox.run(TASK).stdout for _ in range(3)] == [b"one", b"", b"page#0"]
    assert sandbox.tasks == [TASK] * 3


def test_an_error_is_raised() -> None:
    error = SandboxError("the engine is gone")
    with pytest.raises(SandboxError) as caught:
        FakeSandbox([error]).run(TASK)
    assert caught.value is error


def test_more_tasks_than_answers_fail_the_test_that_scripted_them() -> None:
    with pytest.raises(AssertionError, match=r"task 1: \('true',\)"):
        FakeSandbox().run(TASK)


def test_a_cancelled_task_is_not_run() -> None:
    cancel = threading.Event()
    cancel.set()
    sandbox = FakeSandbox([completed()])
    with pytest.raises(SandboxError):
        sandbox.run(TASK, cancel)
    assert sandbox.tasks == []


def test_interpreters_are_those_of_the_script() -> None:
    sandbox = FakeSandbox(pythons=("3.13", "3.11"))
    assert [i.version for i in sandbox.prepare()] == ["3.13", "3.11"]
    assert [i.version for i in sandbox.prepare(["3.11"])] == ["3.11"]
    with pytest.raises(SandboxError):
        sandbox.prepare(["3.9"])


def test_closing_is_counted() -> None:
    sandbox = FakeSandbox()
    sandbox.close()
    sandbox.close()
    assert sandbox.closed == 2
