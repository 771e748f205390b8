"""What a call to a service says about a failure, and what it does not."""

from __future__ import annotations

import dataclasses

import pytest

from harness.judge import services
from harness.judge.base import Case
from harness.judge.execution import ExecutionWitness, Rules
from harness.judge.exploration import ExplorationWitness
from harness.judge.names import sources
from harness.model.execution import Access, Call, Evidence, Frame, Outcome, Raised
from harness.model.verdict import Code
from tests.unit.judge import cases

TEXT = 'import client\nreply = client.get("https://api.x.dev/v1")\nname = reply["name"]\n'
REFUSED = Call("api.x.dev", 443, "GET", "/v1", 501, "", line=2, file="sample.py")
ANSWERED = dataclasses.replace(REFUSED, status=200, stub="x")
HERE = Frame("sample.py", 3, "<module>", "__main__", "sample")


def judged(raised: Raised, *calls: Call, text: str = TEXT) -> tuple[Code, str] | None:
    job = cases.job(text)
    evidence = Evidence(Outcome.FAILED, raised=(raised,), calls=calls)
    found = Rules(job, evidence, sources(job.sample)).fatal(raised)
    return (found.code, found.message) if found else None


def failure(line: int, kind: str = "KeyError", message: str = "'name'") -> Raised:
    return Raised(kind, message, line, file="sample.py", frames=(dataclasses.replace(HERE, line=line),))


def test_a_failure_of_a_refused_call_is_the_missing_service() -> None:
    assert judged(failure(2), REFUSED) == (
        Code.SERVICE,
        "needs GET api.x.dev:443/v1, which nothing stands in for",
    )


def test_a_failure_over_what_a_refused_call_gave_is_the_missing_service() -> None:
    message = "501 Server Error for url: https://api.x.dev/v1"
    found = judged(failure(3, "client.HTTPError", message), REFUSED)
    assert found == (Code.SERVICE, "needs GET api.x.dev:443/v1, which nothing stands in for")


def test_a_failure_elsewhere_has_nothing_to_do_with_a_refused_call() -> None:
    found = judged(failure(4), REFUSED, text=f"{TEXT}[][0]\n")
    assert found is not None
    assert found[0] is Code.BUG


def test_what_a_stub_answered_proves_no_bug_of_the_sample() -> None:
    found = judged(failure(3), ANSWERED)
    assert found == (Code.SERVICE, "depends on what api.x.dev:443 answers, which is made up here")


def test_a_failure_before_the_answer_does_not_follow_from_it() -> None:
    found = judged(failure(1), ANSWERED)
    assert found is not None
    assert found[0] is Code.BUG


IN_METHOD = "class A:\n    def __init__(self):\n        self.reply = client.get()\n    def use(self):\n        self.reply.name\n"
IN_FUNCTION = "import client\nreply = client.get()\ndef use(what):\n    return what['name']\nuse(reply)\n"


@pytest.mark.parametrize(
    ("text", "called", "line", "depends"),
    [
        ("import client\nclient.get()\nname = client.last().name\n", 2, 3, False),
        ("import client\nreply = client.get()\nsize = [0]\nsize[3]\n", 2, 4, False),
        ("import client\nreply = client.get()\nfor one in reply:\n    one['name']\n", 2, 4, True),
        ("import client\nwith client.get() as reply:\n    reply['name']\n", 2, 3, True),
        ("import client\nfound = []\nfound.append(client.get())\nfound[0]['name']\n", 3, 4, True),
        (IN_METHOD, 3, 5, True),
        (IN_FUNCTION, 2, 4, True),
        ("import client\ndef ask():\n    return client.get()\nask()['name']\n", 3, 4, True),
    ],
)
def test_only_what_the_answer_may_have_reached_depends_on_it(
    text: str, called: int, line: int, *, depends: bool
) -> None:
    found = judged(failure(line), dataclasses.replace(ANSWERED, line=called), text=text)
    assert found is not None
    assert found[0] is (Code.SERVICE if depends else Code.BUG)


def test_a_library_may_have_kept_an_answer_for_later() -> None:
    text = "import client\nclient.get()\nclient.name()\nimport other\nother.name()\n"
    below = Frame("client.py", 1, "name", "client", "client")
    for line, code in ((3, Code.SERVICE), (5, Code.BUG)):
        raised = failure(line)
        raised = dataclasses.replace(raised, frames=(*raised.frames, below))
        found = judged(raised, ANSWERED, text=text)
        assert found is not None
        assert found[0] is code


@pytest.mark.parametrize(
    "call",
    [
        dataclasses.replace(REFUSED, host="app.posthog.com"),
        dataclasses.replace(REFUSED, host="o1.ingest.sentry.io"),
        dataclasses.replace(REFUSED, aside=True),
        dataclasses.replace(REFUSED, host="index.example", path="/pypi/acme/json"),
    ],
    ids=["by its name", "below its name", "in a thread of its own", "is there a newer one"],
)
def test_telemetry_explains_no_failure_and_is_no_service_of_the_sample(call: Call) -> None:
    found = judged(failure(2), call)
    assert found is not None
    assert found[0] is Code.BUG
    tried = Access(f"{call.host}:{call.port}", 2, "sample.py")
    assert services.asked_for(Evidence(Outcome.PASSED, hosts=(tried,), calls=(call,))) == ()


def test_a_refusal_that_nothing_fails_over_is_told_once_and_at_its_line() -> None:
    again = dataclasses.replace(REFUSED, path="/v2", line=3)
    telemetry = dataclasses.replace(REFUSED, host="app.posthog.com")
    seen = Evidence(Outcome.PASSED, calls=(ANSWERED, telemetry, REFUSED, again))
    case = Case(cases.job(TEXT), evidence=seen)
    assert [(one.code, one.line, one.symbol, one.message) for one in ExecutionWitness().findings(case)] == [
        (Code.SERVICE, 2, "api.x.dev:443", "needs GET api.x.dev:443/v1, which nothing stands in for")
    ]
    explored = ExplorationWitness().findings(dataclasses.replace(case, explored=seen))
    assert explored == ExecutionWitness().findings(case)


def test_a_refusal_that_a_failure_tells_of_is_not_told_again() -> None:
    fatal = dataclasses.replace(failure(3), fatal=True)
    seen = Evidence(Outcome.FAILED, raised=(fatal,), calls=(REFUSED,))
    found = ExecutionWitness().findings(Case(cases.job(TEXT), evidence=seen))
    assert [(one.code, one.line) for one in found] == [(Code.SERVICE, 3)]


def test_services_are_those_called_and_those_that_could_not_be() -> None:
    hosts = (
        Access("api.x.dev:443", 2, "sample.py"),
        Access("db.x.dev:5432", 3, "sample.py"),
        Access("127.0.0.1:5000", 4, "sample.py"),
        Access("pypi.example:443", 0, ""),
    )
    local = Call("localhost", 5000, "GET", "/", 200, "mlflow", line=4)
    seen = Evidence(Outcome.FAILED, hosts=hosts, calls=(REFUSED, local))
    assert services.asked_for(seen) == ("api.x.dev:443", "localhost:5000", "db.x.dev:5432")


LIBRARY = Frame("/store/lib.py", 9, "connect", "lib", "lib")


@pytest.mark.parametrize(
    ("kind", "message", "needed"),
    [
        (
            "psycopg2.OperationalError",
            'connection to server at "10.0.0.1", port 5432 failed: Network is unreachable',
            "10.0.0.1:5432",
        ),
        (
            "psycopg2.OperationalError",
            'connection to server at "db.internal" (127.77.0.1), port 5432 failed: Connection refused',
            "db.internal:5432",
        ),
        ("kafka.errors.KafkaTimeoutError", "Unable to bootstrap from localhost:9092", "a network service"),
        ("grpc.FutureTimeoutError", "", "a network service"),
    ],
)
def test_clients_that_connect_without_telling_python_need_a_service(kind: str, message: str, needed: str) -> None:
    seen = failure(2, kind, message)
    seen = dataclasses.replace(seen, frames=(*seen.frames, LIBRARY))
    assert services.needs_service(seen, ()) == needed


def test_a_wait_of_the_sample_itself_is_no_service() -> None:
    assert services.needs_service(failure(2, "__main__.StepTimeout", "too slow"), ()) == ""
