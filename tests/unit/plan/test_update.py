"""Regenerating the data files, from lists and wheels made here."""

from __future__ import annotations

import json
import zipfile
from typing import TYPE_CHECKING

import pytest

from harness.errors import ConfigError
from harness.plan import update

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "imports.toml").write_text('# What this is.\ncv2 = ["opencv-b", "opencv-a"]\nyaml = "pyyaml"\n')
    (folder / "namespaces.toml").write_text('[exact]\n"shared.deep" = "deep-thing"\n')
    (folder / "distributions.txt").write_text("deep-thing\nold-name\nopencv-a\nopencv-b\npyyaml\n")
    return folder


TSV = "name\tversion\tdownload_rank\nThree\t1\t3\nOne_A\t1\t1\npyyaml\t1\t2\nopencv-a\t1\t\nopencv.b\t1\t\ndeep-thing\t1\t\n"


def test_names_from_a_table(data: Path, tmp_path: Path) -> None:
    (tmp_path / "list.tsv").write_text(TSV)
    said = update.update_names(str(tmp_path / "list.tsv"), 2, data, fewest=2)
    assert (data / "distributions.txt").read_text() == "deep-thing\none-a\nopencv-a\nopencv-b\npyyaml\n"
    assert said == "5 names: 1 new, 1 gone"


@pytest.mark.parametrize("wrap", [False, True])
def test_names_from_json(data: Path, tmp_path: Path, wrap: bool) -> None:
    rows = [{"project": name, "download_count": count} for name, count in (("low", 1), ("High", 9), ("mid", 5))]
    (tmp_path / "list.json").write_text(json.dumps({"rows": rows} if wrap else rows))
    update.update_names(str(tmp_path / "list.json"), 2, data, fewest=2)
    assert {"high", "mid"} < set((data / "distributions.txt").read_text().split())
    assert "low" not in (data / "distributions.txt").read_text()


def test_rule_that_leads_to_a_name_nobody_knows_is_refused(data: Path, tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text(TSV.replace("\t", ","))
    before = (data / "distributions.txt").read_text()
    with (data / "imports.toml").open("a") as file:
        file.write('zlip = "slip-of-the-pen"\n')
    with pytest.raises(ConfigError, match="slip-of-the-pen"):
        update.update_names(str(tmp_path / "list.csv"), 2, data, fewest=2)
    assert (data / "distributions.txt").read_text() == before


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("a\tb\n1\t2\n", "no column named"),
        ("name\tb\n1\t2\n", "rank or downloads"),
        (TSV, "fewer than"),
        ("", "no column"),
    ],
)
def test_list_that_will_not_do_is_refused(data: Path, tmp_path: Path, text: str, word: str) -> None:
    (tmp_path / "list").write_text(text)
    with pytest.raises(ConfigError, match=word):
        update.update_names(str(tmp_path / "list"), 15_000, data)


def test_absent_list_is_refused(data: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        update.update_names(str(tmp_path / "absent"), 2, data)


def _wheel(folder: Path, name: str, files: list[str], top_level: str = "") -> Path:
    path = folder / f"{name}-1.0-py3-none-any.whl"
    info = f"{name}-1.0.dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        for file in files:
            archive.writestr(file, "")
        if top_level:
            archive.writestr(f"{info}/top_level.txt", top_level)
        archive.writestr(f"{info}/RECORD", "".join(f"{file},,\n" for file in [*files, f"{info}/RECORD"]))
    return path


def test_imports_from_wheels(data: Path, tmp_path: Path) -> None:
    wheels = [
        _wheel(
            tmp_path,
            "old_name",
            ["newmod/__init__.py", "newmod/deep/x.py", "fast.cpython-311.so", "_own.py", "old_name.py"],
        ),
        _wheel(tmp_path, "pyyaml", [], top_level="yaml\n_yaml\nextra_yaml\ntests\n"),
        _wheel(tmp_path, "unlisted", ["othermod/__init__.py"]),
        _wheel(tmp_path, "deep_thing", ["google/deep.py"]),
    ]
    said = update.update_imports(wheels, data)
    assert said.splitlines() == ["fast = old-name", "newmod = old-name", "extra_yaml = pyyaml", "3 import names added"]
    assert (data / "imports.toml").read_text() == (
        "# What this is.\n"
        'cv2 = ["opencv-b", "opencv-a"]\nextra_yaml = "pyyaml"\nfast = "old-name"\nnewmod = "old-name"\nyaml = "pyyaml"\n'
    )


def test_command_line(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    update.main(["imports", str(_wheel(tmp_path, "old_name", ["newmod.py"]))], data=data)
    assert "newmod = old-name" in capsys.readouterr().out
    rows = "".join(f"name-{number}\t{number}\n" for number in range(10_000))
    (tmp_path / "list").write_text("name\trank\n" + rows + "opencv-a\t\n")
    update.main(["names", str(tmp_path / "list"), "--count", "10000"], data=data)
    assert "10005 names: 10000 new, 0 gone" in capsys.readouterr().out
