"""What the releases of small distributions with known histories answer."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from packaging.version import Version

from harness.environments import api_web
from harness.environments.api_listing import File, Release
from harness.environments.api_presence import Sighting
from harness.environments.api_search import search
from harness.environments.locks import Freshness
from harness.environments.timeline import Timeline
from harness.model.history import Answer, Question, Sense
from harness.model.verdict import History
from tests.unit.environments.local_index import LocalIndex, served

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOMY = "tool/__init__.py"


@pytest.fixture
def index() -> Iterator[LocalIndex]:
    with served(LocalIndex()) as running:
        yield running


def publish(index: LocalIndex, releases: Mapping[str, str], name: str = "tool", **more: Any) -> None:
    """Publish one module per release."""
    for version, text in releases.items():
        index.publish(name, version, {ROOMY: text}, **more)


def ask(index: LocalIndex, tmp_path: Path, sense: Sense, path: str, member: str = "", *, tested: str = "3.0") -> Answer:
    return Timeline(tmp_path, index.settings).ask(Question("tool", tested, sense, path, member))


def test_removed(index: LocalIndex, tmp_path: Path) -> None:
    publish(index, {"1.0": "def run(): ...", "1.1": "def run(): ...", "2.0": "", "3.0": ""})
    answer = ask(index, tmp_path, Sense.ATTRIBUTE, "tool.run")
    assert answer.history == History("tool", "1.1", "2.0", "2002-01-01", 4, ("1.0", "1.1", "2.0", "3.0"))
    assert not answer.never_existed
    assert answer.lived_in == ROOMY


def test_removed_in_a_patch_release(index: LocalIndex, tmp_path: Path) -> None:
    publish(index, {"1.0.0": "run = 1", "2.0.0": "run = 1", "2.0.1": "run = 1", "2.0.2": "", "2.0.3": "", "3.0": ""})
    history = ask(index, tmp_path, Sense.ATTRIBUTE, "tool.run").history
    assert history
    assert (history.last_good, history.first_bad) == ("2.0.1", "2.0.2")


def test_what_came_and_went_before_the_first_minor_line_was_there(index: LocalIndex, tmp_path: Path) -> None:
    early = {f"0.0.{patch}": "run = 1" if patch in (2, 3) else "" for patch in range(1, 6)}
    publish(index, {**early, "1.0": "", "3.0": ""})
    answer = ask(index, tmp_path, Sense.ATTRIBUTE, "tool.run")
    assert not answer.never_existed
    assert answer.history
    assert (answer.history.last_good, answer.history.first_bad) == ("0.0.3", "0.0.4")


def test_module_removed_and_moved(index: LocalIndex, tmp_path: Path) -> None:
    index.publish("tool", "1.0", {ROOMY: "", "tool/report/__init__.py": "class Report: ..."})
    index.publish("tool", "3.0", {ROOMY: "", "tool/legacy/report.py": "class Report: ..."})
    answer = ask(index, tmp_path, Sense.MODULE, "tool.report")
    assert answer.history
    assert (answer.history.last_good, answer.history.first_bad) == ("1.0", "3.0")
    assert answer.moved_to == ("tool.legacy.report",)


def test_a_module_that_moved_keeps_its_shape(index: LocalIndex, tmp_path: Path) -> None:
    index.publish("tool", "1.0", {ROOMY: "", "tool/report/__init__.py": "class Report: ..."})
    now = {"tool/cli/report.py": "", "tool/core/report.py": "class Report: ...", "tool/legacy/report/__init__.py": ""}
    index.publish("tool", "3.0", {ROOMY: "", **now})
    answer = ask(index, tmp_path, Sense.MODULE, "tool.report")
    assert answer.moved_to == ("tool.legacy.report", "tool.core.report", "tool.cli.report")


def test_a_name_is_told_by_its_shortest_public_path(index: LocalIndex, tmp_path: Path) -> None:
    index.publish("tool", "1.0", {ROOMY: "def window(): ..."})
    now = {"tool/win/__init__.py": "from ._win import window", "tool/win/_win.py": "def window(): ..."}
    index.publish("tool", "3.0", {ROOMY: "", **now, "tool/_secret.py": "def window(): ..."})
    assert ask(index, tmp_path, Sense.ATTRIBUTE, "tool.window").moved_to == ("tool.win.window",)


def test_name_moved(index: LocalIndex, tmp_path: Path) -> None:
    index.publish("tool", "1.0", {ROOMY: "from .session import Session", "tool/session.py": "class Session: ..."})
    index.publish("tool", "3.0", {ROOMY: "", "tool/core/helper.py": "class Session: ..."})
    answer = ask(index, tmp_path, Sense.ATTRIBUTE, "tool.Session")
    assert answer.lived_in == "tool/session.py"
    assert answer.moved_to == ("tool.core.helper.Session",)


def test_parameter_renamed_with_a_hint(index: LocalIndex, tmp_path: Path) -> None:
    old = """
        import warnings
        class DAG:
            def __init__(self, name, schedule=None, interval=None):
                if interval is not None:
                    warnings.warn("`interval` is deprecated. Please use `schedule` instead.", DeprecationWarning)
    """
    publish(index, {"1.0": old, "3.0": "class DAG:\n    def __init__(self, name, schedule=None): ..."})
    answer = ask(index, tmp_path, Sense.PARAMETER, "tool.DAG", "interval")
    assert answer.history
    assert answer.history.last_good == "1.0"
    assert answer.hint == "`interval` is deprecated. Please use `schedule` instead."
    assert answer.parameters_then == ("name", "schedule", "interval")
    assert answer.parameters_now == ("name", "schedule")


def test_new_required_argument(index: LocalIndex, tmp_path: Path) -> None:
    publish(
        index,
        {"1.0": "def judge(name=''): ...", "2.0": "def judge(column, name=''): ...", "3.0": "def judge(column): ..."},
    )
    history = ask(index, tmp_path, Sense.REQUIRED, "tool.judge", "column").history
    assert history
    assert (history.last_good, history.first_bad) == ("1.0", "2.0")


def test_never_existed_looks_at_every_minor_line(index: LocalIndex, tmp_path: Path) -> None:
    publish(index, {f"1.{minor}.{patch}": "x = 1" for minor in range(9) for patch in range(3)} | {"3.0": ""})
    answer = ask(index, tmp_path, Sense.MODULE, "tool.ml")
    assert answer.never_existed
    looked = (*(f"1.{minor}.2" for minor in range(9)), "3.0")
    assert answer.history == History("tool", None, None, None, 10, looked)


@pytest.mark.parametrize(("minors", "clear"), [(20, True), (300, False)])
def test_of_more_lines_than_are_looked_at_nothing_never_existed(minors: int, *, clear: bool) -> None:
    versions = [f"0.{minor}" for minor in range(10)] + [f"1.{minor}" for minor in range(minors)]
    releases = [Release(version, "", False, (File("a.whl", "u", 1),)) for version in [*versions, "2.0"]]
    looked: list[str] = []

    def look(release: Release) -> Sighting:
        looked.append(release.version)
        return Sighting(release.version in good)

    good: set[str] = set()
    assert search(releases, "2.0", look).clear is clear
    good, looked = {"0.9", "0.8"}, []
    found = search(releases, "2.0", look)
    assert found.last_good
    assert found.first_bad
    assert (found.last_good.version, found.first_bad.version) == ("0.9", "1.0")
    assert len(looked) <= 20


def test_before_many_releases_that_do_not_tell_the_last_that_has_it_is_found() -> None:
    releases = [
        Release(f"1.{minor}.{patch}", "", False, (File("a.whl", "u", 1),)) for minor in (0, 1) for patch in range(30)
    ]

    def look(release: Release) -> Sighting:
        return Sighting(True if release.parsed <= Version("1.1.13") else None)

    found = search(releases, "1.1.29", look)
    assert found.last_good
    assert (found.last_good.version, found.first_bad) == ("1.1.13", None)


@pytest.mark.parametrize(("patches", "most"), [(0, 0), (7, 7), (60, 60), (354, 60)])
def test_few_of_many_unsettled_releases_are_looked_at(patches: int, most: int) -> None:
    versions = [*(f"0.0.{patch}" for patch in range(patches)), "1.0", "3.0"]
    releases = [Release(version, "", False, (File("a.whl", "u", 1),)) for version in versions]
    outcome = search(releases, "3.0", lambda _release: Sighting(good=False))
    early = [one for one in outcome.seen if one.startswith("0.0.")]
    assert outcome.last_good is None
    assert len(early) <= most
    assert len(early) * 2 >= most  # spread evenly: never less than half of what may be


def test_who_has_no_time_says_of_nothing_that_it_never_existed(index: LocalIndex, tmp_path: Path) -> None:
    publish(index, {f"1.{minor}": "x = 1" for minor in range(9)} | {"3.0": ""})
    question = Question("tool", "3.0", Sense.ATTRIBUTE, "tool.run")
    seconds = iter([0.0, *[0.5] * 8])
    timeline = Timeline(tmp_path, index.settings, seconds=1.0)
    with pytest.MonkeyPatch.context() as patch:
        clock = SimpleNamespace(monotonic=lambda: next(seconds, 9.0))
        patch.setattr("harness.environments.timeline.time", clock)
        answer = timeline.ask(question)
    assert (answer.never_existed, answer.history) == (False, None)
    assert timeline.ask(question).never_existed


def test_parameter_that_never_was(index: LocalIndex, tmp_path: Path) -> None:
    publish(index, {"1.0": "class Flavor:\n    name = 1", "3.0": "class Flavor:\n    name = 1"})
    answer = ask(index, tmp_path, Sense.PARAMETER, "tool.Flavor", "role")
    assert answer.never_existed


def test_yanked_release_is_neither_good_nor_bad(index: LocalIndex, tmp_path: Path) -> None:
    publish(index, {"1.0": "run = 1", "3.0": ""})
    publish(index, {"1.1": "run = 1", "2.0": ""}, yanked=True)
    history = ask(index, tmp_path, Sense.ATTRIBUTE, "tool.run").history
    assert history
    assert (history.last_good, history.first_bad) == ("1.0", "3.0")


def test_in_a_prerelease_only(index: LocalIndex, tmp_path: Path) -> None:
    publish(index, {"1.0": "", "2.0rc1": "run = 1", "2.0": "", "3.0": ""})
    answer = ask(index, tmp_path, Sense.ATTRIBUTE, "tool.run")
    assert answer.never_existed
    assert answer.prerelease == "2.0rc1"


def test_prereleases_count_before_the_line_of_the_first_final_release(index: LocalIndex, tmp_path: Path) -> None:
    publish(
        index,
        {"0.3.dev0": "run = 1", "0.4.dev0": "run = 1", "0.5.dev0": "", "1.0rc1": "late = 1", "1.0": "", "3.0": ""},
    )
    history = ask(index, tmp_path, Sense.ATTRIBUTE, "tool.run").history
    assert history
    assert (history.last_good, history.first_bad) == ("0.4.dev0", "0.5.dev0")
    assert ask(index, tmp_path, Sense.ATTRIBUTE, "tool.late").never_existed


def test_distribution_with_prereleases_only(index: LocalIndex, tmp_path: Path) -> None:
    publish(index, {"1.0a1": "run = 1", "2.0a1": ""})
    history = ask(index, tmp_path, Sense.ATTRIBUTE, "tool.run", tested="2.0a1").history
    assert history
    assert history.last_good == "1.0a1"


def test_readded_and_gone_again(index: LocalIndex, tmp_path: Path) -> None:
    publish(index, {"1.0": "run = 1", "1.1": "", "1.2": "", "1.3": "run = 1", "2.0": "", "3.0": ""})
    history = ask(index, tmp_path, Sense.ATTRIBUTE, "tool.run").history
    assert history
    assert (history.last_good, history.first_bad) == ("1.3", "2.0")


def test_maintenance_release_after_a_major_counts_by_its_version(index: LocalIndex, tmp_path: Path) -> None:
    publish(index, {"2.0": "run = 1"}, date="2020-01-01T00:00:00Z")
    publish(index, {"3.0": ""}, date="2021-01-01T00:00:00Z")
    publish(index, {"2.1": "run = 1"}, date="2022-01-01T00:00:00Z")
    history = ask(index, tmp_path, Sense.ATTRIBUTE, "tool.run").history
    assert history == History("tool", "2.1", "3.0", "2021-01-01", 3, ("2.0", "2.1", "3.0"))


LAZY = {
    "name to module": '_TABLE = {"Flow": ".flows"}\ndef __getattr__(name):\n    return load(_TABLE[name], name)',
    "module to names": '_TABLE = {"flows": ["Flow"]}\ndef __getattr__(name): return 1',
    "pairs": '_TABLE = {"Flow": (__spec__.parent, ".flows")}\ndef __getattr__(name): return 1',
    "compared": 'def __getattr__(name):\n    if name == "Flow":\n        return 1\n    raise AttributeError(name)',
    "put in place": 'import lazy\n__getattr__, __dir__, __all__ = lazy.attach(__name__, submod_attrs={"flows": ["Flow"]})',
    "made from a list": 'L = [("Flow", "gone soon")]\nT = {n: 1 for n, _ in L}\ndef __getattr__(name): return T[name]',
    "replaced": 'import sys\nsys.modules[__name__] = Lazy(__name__, {"flows": ["Flow"]})',
}


@pytest.mark.parametrize("text", LAZY.values(), ids=LAZY)
def test_lazily_exported(index: LocalIndex, tmp_path: Path, text: str) -> None:
    index.publish("tool", "1.0", {ROOMY: text, "tool/flows.py": "class Flow:\n    def run(self): ..."})
    index.publish("tool", "3.0", {ROOMY: "def __getattr__(name):\n    raise AttributeError(name)"})
    history = ask(index, tmp_path, Sense.ATTRIBUTE, "tool.Flow").history
    assert history
    assert history.last_good == "1.0"


@pytest.mark.parametrize("table", ["REMOVED", "ATTRS"])
def test_table_of_what_was_removed_exports_nothing(index: LocalIndex, tmp_path: Path, table: str) -> None:
    gone = f"""
        if True:
            {table} = {{"Flow": "tool.flows"}}
        def __getattr__(name):
            if name in {table}:
                raise AttributeError(name)
    """
    publish(index, {"1.0": "class Flow: ...", "2.0": gone, "3.0": gone})
    history = ask(index, tmp_path, Sense.ATTRIBUTE, "tool.Flow").history
    assert history
    assert (history.last_good, history.first_bad) == ("1.0", "2.0")


def test_a_module_that_looks_into_itself_gives_out_no_more_than_it_holds(index: LocalIndex, tmp_path: Path) -> None:
    now = """
        def __getattr__(name):
            if name == "load_homes":
                raise ImportError("load_homes was removed")
            try:
                return globals()[name]
            except KeyError:
                raise AttributeError
    """
    publish(index, {"1.0": "def load_homes(): ...", "2.0": now, "3.0": now})
    history = ask(index, tmp_path, Sense.ATTRIBUTE, "tool.load_homes").history
    assert history
    assert (history.last_good, history.first_bad) == ("1.0", "2.0")


def test_context_manager_inherited(index: LocalIndex, tmp_path: Path) -> None:
    old = {
        ROOMY: "from .base import *\nclass Flow(Base): ...",
        "tool/base.py": "class Base:\n    def __enter__(self): ...",
    }
    index.publish("tool", "1.0", old)
    publish(index, {"3.0": "class Flow: ..."})
    answer = ask(index, tmp_path, Sense.PROTOCOL, "tool.Flow", "__enter__")
    assert answer.history
    assert answer.history.last_good == "1.0"
    assert answer.lived_in == "tool/base.py"


def test_keywords_passed_on_to_the_base(index: LocalIndex, tmp_path: Path) -> None:
    old = """
        class Base:
            def __init__(self, name, **options):
                self.owner = options.pop("owner", None)
        class Flow(Base):
            def __init__(self, **kwargs):
                super().__init__(**kwargs)
    """
    publish(index, {"1.0": old, "3.0": "class Flow:\n    def __init__(self, name): ..."})
    history = ask(index, tmp_path, Sense.PARAMETER, "tool.Flow", "owner").history
    assert history
    assert history.last_good == "1.0"


def test_keywords_that_cannot_be_told_are_not_guessed(index: LocalIndex, tmp_path: Path) -> None:
    publish(index, {"1.0": "def run(**kwargs):\n    other(**kwargs)", "3.0": "def run(): ..."})
    answer = ask(index, tmp_path, Sense.PARAMETER, "tool.run", "owner")
    assert answer.history is None
    assert "keywords that it does not name" in answer.reason


OPEN = "def run(**kwargs):\n    other(**kwargs)"
BARE = "def run(): ..."
OWNED = "def run(owner): ..."


@pytest.mark.parametrize(
    ("releases", "expected"),
    [
        pytest.param({"1.0": OWNED, "1.1": OPEN, "2.0": OPEN, "3.0": BARE}, ("1.0", None), id="only the last tells"),
        pytest.param({"1.0": OWNED, "1.1": OPEN, "2.0": BARE, "3.0": BARE}, ("1.0", None), id="just behind it"),
        pytest.param({"1.0": OWNED, "1.1": OWNED, "2.0": BARE, "3.0": OPEN}, ("1.1", "2.0"), id="not the tested one"),
        pytest.param({"1.0": OWNED, "2.0": OPEN, "2.1": OWNED, "3.0": BARE}, ("2.1", "3.0"), id="before it"),
        pytest.param(
            {"1.0": OWNED, "1.1": OWNED, "1.2": OPEN, "1.3": OWNED, "1.4": BARE, "1.5": BARE, "2.0": BARE, "3.0": BARE},
            ("1.3", "1.4"),
            id="in the middle of those that are left",
        ),
        pytest.param(
            {"1.0.0": OWNED, "1.1.0": OWNED, "1.1.1": OPEN, "1.1.2": OWNED, "1.1.3": BARE, "3.0": BARE},
            ("1.1.2", "1.1.3"),
            id="within a line",
        ),
    ],
)
def test_a_release_that_does_not_tell_is_blamed_for_nothing(
    index: LocalIndex, tmp_path: Path, releases: dict[str, str], expected: tuple[str, str | None]
) -> None:
    publish(index, releases)
    history = ask(index, tmp_path, Sense.PARAMETER, "tool.run", "owner").history
    assert history
    assert (history.last_good, history.first_bad) == expected
    assert bool(history.first_bad_date) == bool(history.first_bad)


def test_fields_of_a_data_class_are_parameters(index: LocalIndex, tmp_path: Path) -> None:
    old = "from dataclasses import dataclass\n@dataclass\nclass Job:\n    name: str\n    owner: str = ''"
    publish(index, {"1.0": old, "3.0": "from dataclasses import dataclass\n@dataclass\nclass Job:\n    name: str"})
    history = ask(index, tmp_path, Sense.PARAMETER, "tool.Job", "owner").history
    assert history
    assert history.last_good == "1.0"


def test_callable_that_was_moved_is_followed(index: LocalIndex, tmp_path: Path) -> None:
    index.publish("tool", "1.0", {ROOMY: "", "tool/old.py": "class Report:\n    def run(self, mapping): ..."})
    index.publish("tool", "3.0", {ROOMY: "", "tool/new.py": "class Report:\n    def run(self): ..."})
    history = ask(index, tmp_path, Sense.PARAMETER, "tool.new.Report.run", "mapping").history
    assert history
    assert history.last_good == "1.0"


def test_a_star_does_not_hand_on_what_is_pythons_own(index: LocalIndex, tmp_path: Path) -> None:
    core = "from builtins import float\nfrom math import pi\n__all__ = ['own', 'pi']\ndef own(): ..."
    index.publish("tool", "1.0", {ROOMY: "import builtins\nfloat = builtins.float"})
    index.publish("tool", "2.0", {ROOMY: "from .core import *", "tool/core.py": core})
    index.publish("tool", "3.0", {ROOMY: ""})
    for name, last_good in (("float", "1.0"), ("pi", "2.0")):
        history = ask(index, tmp_path, Sense.ATTRIBUTE, f"tool.{name}").history
        assert history
        assert history.last_good == last_good


def test_what_a_module_only_refuses_is_gone_whatever_its_stars_hold(index: LocalIndex, tmp_path: Path) -> None:
    former = """
        from .fast import *
        _all = [("run", ""), ("walk", "")]
        _former = {n: f"{n} is gone" for n, _ in _all}
        _all = [("stop", "")]
        def __getattr__(name):
            if name in _former:
                raise AttributeError(_former[name])
            raise AttributeError(name)
    """
    index.publish("tool", "1.0", {ROOMY: "run = 1"})
    index.publish("tool", "2.0", {ROOMY: former, "tool/fast.cpython-313-x86_64-linux-gnu.so": ""})
    index.publish("tool", "3.0", {ROOMY: ""})
    history = ask(index, tmp_path, Sense.ATTRIBUTE, "tool.run").history
    assert history
    assert (history.last_good, history.first_bad) == ("1.0", "2.0")


def test_what_a_function_gives_is_asked_for_by_its_class(index: LocalIndex, tmp_path: Path) -> None:
    kind = "class Engine:\n    def go(self): ...\n    def __len__(self): ..."
    old, now = f"{kind}\ndef make(): ...", "class Engine: ...\ndef make() -> Engine: ..."
    publish(index, {"1.0": old, "1.1": old, "2.0": now, "3.0": now})
    for sense, path, method in ((Sense.ATTRIBUTE, "tool.make.go", ""), (Sense.PROTOCOL, "tool.make", "__len__")):
        history = ask(index, tmp_path, sense, path, method).history
        assert history
        assert (history.last_good, history.first_bad) == ("1.1", "2.0")
    assert ask(index, tmp_path, Sense.ATTRIBUTE, "tool.make.stop").history is None


def test_deprecation_is_dated_by_the_first_release_that_says_so(index: LocalIndex, tmp_path: Path) -> None:
    new = 'from warnings import deprecated\n@deprecated("use go instead")\ndef run(): ...'
    publish(index, {"1.0": "def run(): ...", "2.0": new, "3.0": new})
    history = ask(index, tmp_path, Sense.PLAIN, "tool.run").history
    assert history
    assert (history.last_good, history.first_bad) == ("1.0", "2.0")


def test_split_distribution(index: LocalIndex, tmp_path: Path) -> None:
    publish(index, {"1.0": "class DAG:\n    def __init__(self, interval): ..."})
    index.publish("tool", "3.0", {"unrelated.py": ""}, requires=("tool-core==3.0", "other>=1"))
    index.publish(
        "tool-core", "3.0", {ROOMY: '_T = {"DAG": ".sdk"}\ndef __getattr__(n): return 1'}, requires=("tool-sdk<2",)
    )
    index.publish(
        "tool-sdk",
        "1.0",
        {"tool/sdk.py": "class DAG:\n    def __init__(self, schedule): ..."},
        date="2003-01-01T00:00:00Z",
    )
    index.publish("tool-sdk", "1.1", {"tool/sdk.py": ""}, date="2023-01-01T00:00:00Z")
    answer = ask(index, tmp_path, Sense.PARAMETER, "tool.DAG", "interval")
    assert answer.history
    assert (answer.history.last_good, answer.history.first_bad) == ("1.0", "3.0")
    assert answer.parameters_now == ("schedule",)
    assert not any("other" in path for path in index.asked)


def test_what_is_inherited_is_dated_by_the_distribution_it_comes_from(index: LocalIndex, tmp_path: Path) -> None:
    for version, body in {"1.0": "def __call__(self): ...", "2.0": "..."}.items():
        index.publish("tool-core", version, {"tool_core/__init__.py": f"class Base:\n    {body}"})
        text = "from tool_core import Base\nclass LLM(Base): ..."
        index.publish("tool", version, {ROOMY: text}, requires=(f"tool-core=={version}",))
    answer = ask(index, tmp_path, Sense.PROTOCOL, "tool.LLM", "__call__", tested="2.0")
    assert answer.history
    assert (answer.history.distribution, answer.history.last_good) == ("tool-core", "1.0")


def test_source_distributions(index: LocalIndex, tmp_path: Path) -> None:
    index.publish("tool", "1.0", {"src/tool/__init__.py": "run = 1"}, sdist=True)
    index.publish("tool", "3.0", {ROOMY: ""}, sdist=True)
    history = ask(index, tmp_path, Sense.ATTRIBUTE, "tool.run").history
    assert history
    assert history.last_good == "1.0"


def test_another_distribution_that_shares_the_package(index: LocalIndex, tmp_path: Path) -> None:
    index.publish("tool-extra", "3.0", {"tool/extra.py": ""})
    publish(index, {"1.0": "run = 1", "3.0": ""})
    question = Question("tool-extra", "3.0", Sense.ATTRIBUTE, "tool.run", also=(("tool", "3.0"),))
    history = Timeline(tmp_path, index.settings).ask(question).history
    assert history
    assert (history.distribution, history.last_good) == ("tool", "1.0")


@pytest.mark.parametrize(
    ("releases", "last_good", "first_bad"),
    [({"1.0": "run = 1", "1.1": "run = 1"}, "1.1", None), ({"1.0": "run = 1", "2.0": ""}, "1.0", "2.0")],
)
def test_another_distribution_of_the_package_that_is_not_installed(
    index: LocalIndex, tmp_path: Path, releases: dict[str, str], last_good: str, first_bad: str | None
) -> None:
    publish(index, {"2.0": "", "3.0": ""})
    publish(index, {**releases, "9.0a1": ""}, name="old-tool")
    question = Question("tool", "3.0", Sense.ATTRIBUTE, "tool.run", alternatives=("nobody-knows", "old-tool"))
    answer = Timeline(tmp_path, index.settings).ask(question)
    assert answer.history
    assert (answer.never_existed, answer.present, answer.question) == (False, False, question)
    told = answer.history
    assert (told.distribution, told.last_good, told.first_bad) == ("old-tool", last_good, first_bad)


def test_what_no_distribution_of_the_package_had_never_existed(index: LocalIndex, tmp_path: Path) -> None:
    publish(index, {"2.0": "", "3.0": ""})
    publish(index, {"1.0": ""}, name="old-tool")
    question = Question("tool", "3.0", Sense.ATTRIBUTE, "tool.run", alternatives=("old-tool",))
    answer = Timeline(tmp_path, index.settings).ask(question)
    assert answer.never_existed
    assert answer.history
    assert answer.history.distribution == "tool"


def test_present_in_the_tested_version(index: LocalIndex, tmp_path: Path) -> None:
    publish(index, {"1.0": "run = 1", "3.0": "run = 1"})
    answer = ask(index, tmp_path, Sense.ATTRIBUTE, "tool.run")
    assert answer.present
    assert answer.history is None


@pytest.mark.parametrize(("ranges", "json"), [(False, True), (True, False), (False, False)])
def test_servers_that_know_less(tmp_path: Path, *, ranges: bool, json: bool) -> None:
    with served(LocalIndex(ranges=ranges, json=json)) as index:
        publish(index, {"1.0": "run = 1", "2.0": "", "3.0": ""})
        history = ask(index, tmp_path, Sense.ATTRIBUTE, "tool.run").history
    assert history
    assert (history.last_good, history.first_bad) == ("1.0", "2.0")
    assert history.first_bad_date == ("2002-01-01" if json else None)


def test_ranges_spare_the_rest_of_a_wheel(index: LocalIndex, tmp_path: Path) -> None:
    publish(index, {"1.0": "run = 1", "3.0": ""})
    ask(index, tmp_path, Sense.ATTRIBUTE, "tool.run")
    # where the name lives now is looked for in all of the tested version, and in no other
    assert index.sent < 1.7 * len(index.files["tool-1.0-py3-none-any.whl"]["data"])


def test_second_question_asks_nothing(index: LocalIndex, tmp_path: Path) -> None:
    publish(index, {"1.0": "run = 1", "2.0": "", "3.0": ""})
    first = ask(index, tmp_path, Sense.ATTRIBUTE, "tool.run")
    asked = len(index.asked)
    assert ask(index, tmp_path, Sense.ATTRIBUTE, "tool.run") == first
    assert len(index.asked) == asked


def test_offline_answers_from_the_store_or_says_so(index: LocalIndex, tmp_path: Path) -> None:
    publish(index, {"1.0": "run = 1", "3.0": ""})
    question = Question("tool", "3.0", Sense.ATTRIBUTE, "tool.run")
    offline = Freshness(offline=True)
    assert "offline" in Timeline(tmp_path, index.settings, freshness=offline).ask(question).reason
    known = Timeline(tmp_path, index.settings).ask(question)
    asked = len(index.asked)
    assert Timeline(tmp_path, index.settings, freshness=offline).ask(question) == known
    assert len(index.asked) == asked


def test_damaged_store_is_got_anew(index: LocalIndex, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    publish(index, {"1.0": "run = 1", "3.0": ""})
    known = ask(index, tmp_path, Sense.ATTRIBUTE, "tool.run")
    for path in tmp_path.glob("timeline/tool/*"):
        path.write_bytes(b"\x1f\x8b nonsense")
    assert ask(index, tmp_path, Sense.ATTRIBUTE, "tool.run") == known
    assert "cannot be read" in caplog.text


UNANSWERABLE = {
    "unknown distribution": Question("unknown", "1.0", Sense.MODULE, "unknown"),
    "no name": Question("../../etc", "1.0", Sense.MODULE, "x"),
    "no version": Question("tool", "latest", Sense.MODULE, "tool"),
}


@pytest.mark.parametrize("question", UNANSWERABLE.values(), ids=UNANSWERABLE)
def test_unanswerable(index: LocalIndex, tmp_path: Path, question: Question) -> None:
    publish(index, {"1.0": ""})
    answer = Timeline(tmp_path, index.settings).ask(question)
    assert answer.history is None
    assert answer.reason


def test_index_that_is_not_there(tmp_path: Path) -> None:
    with served(LocalIndex()) as index:
        settings = index.settings
    answer = Timeline(tmp_path, settings).ask(Question("tool", "1.0", Sense.MODULE, "tool"))
    assert answer.reason
    assert not list(tmp_path.rglob("*.api"))


@pytest.mark.parametrize("ails", [["503", "500"], ["breaks", "breaks"], ["429", "breaks", "502"]], ids=str)
def test_an_index_that_ails_for_a_moment_is_asked_again(
    index: LocalIndex, tmp_path: Path, ails: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api_web, "BREAKS", (0.0, 0.0))
    publish(index, {"1.0": "run = 1", "3.0": ""})
    index.ails = list(ails)
    history = ask(index, tmp_path, Sense.ATTRIBUTE, "tool.run").history
    assert history
    assert (history.last_good, history.first_bad) == ("1.0", "3.0")
    assert index.asked.count("/simple/tool/") == 1 + len(ails)


@pytest.mark.parametrize("ail", ["503", "breaks"])
def test_an_index_that_ails_for_long_is_not_asked_for_ever(
    index: LocalIndex, tmp_path: Path, ail: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api_web, "BREAKS", (0.0, 0.0))
    publish(index, {"1.0": "run = 1", "3.0": ""})
    index.ails = [ail] * 99
    answer = ask(index, tmp_path, Sense.ATTRIBUTE, "tool.run")
    assert (answer.history, answer.never_existed) == (None, False)
    assert answer.reason
    assert len(index.asked) < 9


def test_release_that_does_not_parse_is_not_counted(index: LocalIndex, tmp_path: Path) -> None:
    publish(index, {"1.0": "run = 1", "2.0": "print 'old'", "3.0": ""})
    history = ask(index, tmp_path, Sense.ATTRIBUTE, "tool.run").history
    assert history
    assert (history.last_good, history.releases_checked) == ("1.0", 2)


def test_credentials_reach_the_server_and_not_the_store(tmp_path: Path) -> None:
    with served(LocalIndex(password="Basic dXNlcjpzZWNyZXQ=")) as index:
        publish(index, {"1.0": "run = 1", "3.0": ""})
        index.url = index.url.replace("://", "://user:secret@")
        history = ask(index, tmp_path, Sense.ATTRIBUTE, "tool.run").history
    assert history
    assert history.last_good == "1.0"
    import gzip

    assert not any(b"secret" in gzip.decompress(path.read_bytes()) for path in tmp_path.rglob("*.api"))


def test_threads_share_what_is_read(index: LocalIndex, tmp_path: Path) -> None:
    publish(index, {"1.0": "run = 1\ngo = 1", "2.0": "go = 1", "3.0": ""})
    timeline = Timeline(tmp_path, index.settings)
    asked = [Question("tool", "3.0", Sense.ATTRIBUTE, f"tool.{name}") for name in ("run", "go") * 4]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(timeline.ask, asked))
    assert [one.history.last_good for one in answers if one.history] == ["1.0", "2.0"] * 4
    assert index.asked.count("/simple/tool/") == 1


@pytest.mark.parametrize(
    ("now", "gone"),
    [
        ("def run(*given):\n    '''Gone.'''\n    raise RuntimeError('run is tool.go now')", True),
        ("def run(*given):\n    text = 'run is tool.go now'\n    raise RuntimeError(text)", True),
        ("def run(*given):\n    raise NotImplementedError", False),
        (
            "def run(*given):\n    if not given:\n        raise RuntimeError('run what?')\n    raise KeyError(given)",
            False,
        ),
        (
            "import abc\n@abc.abstractmethod\ndef run(*given):\n    raise RuntimeError('run is for others to write')",
            False,
        ),
    ],
)
def test_a_shell_that_only_raises_is_gone(index: LocalIndex, tmp_path: Path, now: str, *, gone: bool) -> None:
    publish(index, {"1.0": "def run(): return 1", "2.0": now, "3.0": now})
    answer = ask(index, tmp_path, Sense.ATTRIBUTE, "tool.run")
    assert answer.present is not gone
    assert (answer.history.last_good if answer.history else None) == ("1.0" if gone else None)


@pytest.mark.parametrize(
    "fills", ["for name in 'ab':\n    locals()['run_' + name] = 1", "globals().update({'run_' + n: 1 for n in 'ab'})"]
)
def test_a_namespace_that_is_filled_by_computed_names_proves_no_absence(
    index: LocalIndex, tmp_path: Path, fills: str
) -> None:
    publish(index, {"1.0": fills, "2.0": fills, "3.0": ""})
    answer = ask(index, tmp_path, Sense.ATTRIBUTE, "tool.run_a")
    assert not answer.never_existed
    assert answer.history is None


def test_a_star_import_that_cannot_be_read_hides_nothing_of_the_others(index: LocalIndex, tmp_path: Path) -> None:
    stars = "from tool.native import *\nfrom tool.plain import *"
    index.publish("tool", "1.0", {ROOMY: stars, "tool/native.so": "", "tool/plain.py": "run = 1"})
    index.publish("tool", "3.0", {ROOMY: ""})
    history = ask(index, tmp_path, Sense.ATTRIBUTE, "tool.run").history
    assert history
    assert (history.last_good, history.first_bad) == ("1.0", "3.0")


WARNS = """
    import warnings
    def run(speed=None):
        if speed is not None:
            warnings.warn("{}", DeprecationWarning)
"""


@pytest.mark.parametrize(
    ("note", "last_good"),
    [
        ("run is deprecated and will be removed", "1.0"),
        ("the argument 'speed' of run is deprecated and will be removed", None),
    ],
)
def test_a_note_about_a_parameter_is_none_about_the_whole(
    index: LocalIndex, tmp_path: Path, note: str, last_good: str | None
) -> None:
    publish(index, {"1.0": "def run(speed=None): ...", "3.0": WARNS.format(note)})
    answer = ask(index, tmp_path, Sense.PLAIN, "tool.run")
    assert (answer.history.last_good if answer.history else None) == last_good


def test_what_a_module_says_when_it_is_asked_for_a_name_is_a_note_of_that_name(
    index: LocalIndex, tmp_path: Path
) -> None:
    asked = """
        import warnings
        def __getattr__(name):
            if name == "run":
                warnings.warn("run is deprecated, use go instead", DeprecationWarning)
                return 1
            raise AttributeError(name)
    """
    publish(index, {"1.0": asked, "3.0": ""})
    answer = ask(index, tmp_path, Sense.ATTRIBUTE, "tool.run")
    assert answer.history
    assert (answer.history.last_good, answer.hint) == ("1.0", "run is deprecated, use go instead")


GIVES = {
    "a loop through another module's list": {
        ROOMY: """
            from tool import names
            class Frame:
                @classmethod
                def _add(cls, name, made):
                    setattr(cls, name, made)
            for _name, _made in names.listed():
                Frame._add(_name, _made)
        """,
        "tool/names.py": "def listed():\n    return [('ix', int), ('at', int)]",
    },
    "a loop through a literal": {ROOMY: "class Frame: ...\nfor one in ('ix', 'at'):\n    setattr(Frame, one, None)"},
    "a call": {ROOMY: "class Frame: ...\nsetattr(Frame, 'ix', None)"},
    "a decorator": {ROOMY: "@delegates(names=['ix'])\nclass Frame: ..."},
    "a base class": {ROOMY: "class Base: ...\nBase._add('ix', int)\nclass Frame(Base): ..."},
}


@pytest.mark.parametrize("files", GIVES.values(), ids=GIVES)
def test_a_name_that_is_set_on_a_class(index: LocalIndex, tmp_path: Path, files: dict[str, str]) -> None:
    index.publish("tool", "1.0", {ROOMY: "class Frame:\n    ix = None"})
    index.publish("tool", "1.1", files)
    index.publish("tool", "3.0", {ROOMY: "class Frame: ..."})
    history = ask(index, tmp_path, Sense.ATTRIBUTE, "tool.Frame.ix").history
    assert history
    assert (history.last_good, history.first_bad) == ("1.1", "3.0")


def test_what_calls_say_of_other_classes_is_not_set_on_one(index: LocalIndex, tmp_path: Path) -> None:
    other = "class Frame: ...\nclass Other: ...\nsetattr(Other, 'ix', None)\nfor one in ('ix',):\n    print(one)"
    publish(index, {"1.0": "class Frame:\n    ix = None", "1.1": other, "3.0": "class Frame: ..."})
    history = ask(index, tmp_path, Sense.ATTRIBUTE, "tool.Frame.ix").history
    assert history
    assert (history.last_good, history.first_bad) == ("1.0", "1.1")


WRAPPER = """
    def keeps(function):
        def wrapper(*args, **kwargs):
            if "old" in kwargs:
                kwargs["new"] = kwargs.pop("old")
            return function(*args, **kwargs)
        return wrapper
    @keeps
    def save(new=1): ...
"""


@pytest.mark.parametrize(
    ("text", "last_good"),
    [
        ("@deprecate_kwarg(old_arg_name='old', new_arg_name='new')\ndef save(new=1): ...", "1.1"),
        (WRAPPER, "1.1"),
        ("@removed_kwarg('old')\ndef save(new=1): ...", "1.0"),
        ("@shown('old')\ndef save(new=1): ...", "1.0"),
    ],
)
def test_a_keyword_that_a_decorator_keeps(index: LocalIndex, tmp_path: Path, text: str, last_good: str) -> None:
    publish(index, {"1.0": "def save(old=1): ...", "1.1": text, "3.0": "def save(new=1): ..."})
    history = ask(index, tmp_path, Sense.PARAMETER, "tool.save", "old").history
    assert history
    assert history.last_good == last_good


def test_lists_that_lead_through_the_class_itself_come_to_an_end(index: LocalIndex, tmp_path: Path) -> None:
    loops = "\n".join(f"for one in Frame.list{n}():\n    setattr(Frame, one, None)" for n in range(4))
    publish(
        index, {"1.0": "class Frame:\n    ix = None", "1.1": f"class Frame: ...\n{loops}", "3.0": "class Frame: ..."}
    )
    history = ask(index, tmp_path, Sense.ATTRIBUTE, "tool.Frame.ix").history
    assert history
    assert history.last_good == "1.0"
