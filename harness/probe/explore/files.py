"""Notices which files a sample reads that a reader does not have, and makes them."""

import ast
import os
import re
import sys
import tempfile
from types import FrameType
from typing import Any, Dict, Iterator, List, Optional, Set, Tuple

from ..bounds import clean
from ..calling import HERE
from ..describe import message
from ..frames import importing
from ..record import Recorder
from ..spoken import absences, absent_file, quoted_files
from . import documents, fixtures, scope
from .standin import is_standin
from .taint import Taint

_READS = re.compile(r"(?:^|\.)(?:(?:read|load|open|from|scan|upload)(?:_\w+)?|add_file|log_artifact)$|Loader$|Reader$")
_WRITES = re.compile(
    r"(?:^|\.)(?:to_\w+|write\w*|save\w*|dump\w*|export\w*|compile|mkdir|makedirs|savefig|touch|download\w*"
    r"|urlretrieve|extractall|rmtree|remove|unlink|rmdir)$"
)
"""Names of what makes a file, or takes it away."""
_FILE = re.compile(r"^(?!\w+://)[\w./~ *?-]*[\w*]\.[A-Za-z][A-Za-z0-9]{0,7}$")
_PATH = re.compile(r"^(?:\.{1,2}/)+[\w./ -]*\w/?$|^[\w-]+(?:/[\w.-]+)+/?$")
"""A path that can be nothing else."""
_MAKE_PATHS = {"Path", "PurePath", "join", "str", "abspath"}
_FLAGS = 2


class FileMaker:
    """Makes what is missing, once, and reports it as the sample writes it."""

    def __init__(self, recorder: Recorder, tree: ast.Module, columns: List[str], taint: Taint) -> None:
        self._recorder = recorder
        self._columns = columns
        self._taint = taint
        self._written = dict(scope.strings(tree))
        self._tree = tree
        self._lost: Set[str] = set()
        self._made: Dict[str, str] = {}
        self._given: Dict[str, str] = {}
        self._outputs = _outputs(tree)
        self._busy = False
        self._told: Set[str] = set()
        self._hosts: Set[str] = set()

    def watch(self) -> None:
        """Make files at the moment at which they are looked for in vain."""

        def hook(event: str, args: Tuple[Any, ...]) -> None:
            if event in ("open", "os.listdir", "os.scandir") and not self._busy:
                self._busy = True  # what we open on the way is none of the sample's
                try:
                    self._looked_for(event, args)
                finally:
                    self._busy = False
            elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
                self._hosts.add(str(args[0]))

        sys.addaudithook(hook)

    def failed(self, node: ast.AST) -> None:
        """Note the paths that a failed statement may have been about to write."""
        self._lost |= {text for text, _ in scope.strings(node)}

    def _looked_for(self, event: str, args: Tuple[Any, ...]) -> None:
        path = os.fsdecode(args[0]) if isinstance(args[0], (str, bytes)) else ""
        if not path or path.startswith(sys.prefix) or fixtures.filled(path, self._columns):
            return
        written = self.as_written(path)
        frame = self._recorder.files.innermost(sys._getframe(2))
        if written is None or frame is None or importing(sys._getframe(2), frame):
            return
        if len(args) > _FLAGS and isinstance(args[_FLAGS], int) and args[_FLAGS] & os.O_CREAT:
            _make_parent(path)
            return
        self._report(written, frame)
        if event == "open":
            self._given[written] = path
            fixtures.make(path, self._columns)
        else:
            fixtures.folder(path, self._columns)

    def asked(self, path: object, frame: FrameType) -> bool:
        """Make a file that the sample is about to read if it is there; return whether it was made."""
        text = os.fspath(path) if isinstance(path, (str, os.PathLike)) and not is_standin(path) else ""
        written = self.as_written(text) if isinstance(text, str) and text else None
        if written is None or written in self._outputs or written in self._lost:
            return False
        self._report(written, frame)
        if os.path.splitext(text)[1]:
            return fixtures.make(text, self._columns)
        return fixtures.folder(text, self._columns)

    def as_written(self, path: str) -> Optional[str]:
        """Return the text of the sample that a path comes from."""
        for text in self._written:
            if text and (text == path or os.path.normpath(text) == os.path.normpath(path)):
                return text
        name = os.path.basename(path)
        return next((text for text in self._written if name and text.endswith(name) and "." in name), None)

    def _report(self, written: str, frame: FrameType, *, certain: bool = False) -> None:
        """Tell of a missing file; one that a failed statement was to write is none, unless the failure is about it."""
        self._taint.invent_at(frame.f_lineno or 0)
        if certain or (written not in self._lost and written not in self._outputs):
            self._told.add(written)
            self._recorder.thing("file", frame, written, target=clean(written, 500))

    def named_in_call(self, path: str, values: Tuple[Any, ...], frame: FrameType) -> None:
        """Hear of a call of a stand-in: one that reads is told by its name, a file by its ending."""
        if not _READS.search(path):
            return
        for value in values:
            if type(value) is str and _FILE.match(value) and not os.path.exists(value):
                self._report(value, frame)

    def never_read(self, lines: Set[int]) -> Iterator[Tuple[str, int]]:
        """Yield (path, line) of the files that the sample names to what reads, and that nobody came to read."""
        for node in ast.walk(self._tree):
            if not isinstance(node, ast.Call) or node.lineno not in lines or not _READS.search(_called(node)):
                continue
            keys = {pair for table in ast.walk(node) if isinstance(table, ast.Dict) for pair in _keys(table)}
            for text, line in (pair for one in node.args[:1] for pair in scope.strings(one) if pair not in keys):
                missing = _FILE.match(text) is not None and not os.path.exists(text)
                if missing and text not in {*self._told, *self._outputs, *self._hosts}:
                    self._told.add(text)
                    yield clean(text, 500), line

    def redo(self, exc: BaseException, expression: ast.expr, frame: FrameType) -> Optional[Any]:
        """Return the value of an expression with its missing file in another place, None where that is not it."""
        if any(isinstance(one, (ast.Await, ast.Yield, ast.YieldFrom)) for one in ast.walk(expression)):
            return None
        texts = (text for text, _ in scope.strings(expression) if text not in self._hosts)
        path = next((text for text in texts if _missing(text, exc)), None)
        if path is None or isinstance(exc, (ImportError, AttributeError, NameError, TypeError)):
            value = self._spoken_of(exc, expression, frame)
            return self._rewritten(expression, expression, frame) if value is None else value
        writes = path in self._outputs
        if not writes:
            self._report(path, frame, certain=True)
        moved = _Moved(path, self._elsewhere(path, empty=writes)).visit(ast.parse(ast.unparse(expression), mode="eval"))
        value = _again(moved.body, frame)
        return self._rewritten(expression, moved.body, frame) if value is None else value

    def _spoken_of(self, exc: BaseException, expression: ast.expr, frame: FrameType) -> Optional[Any]:
        """Return the value of an expression once there is what a library says that it lacks.

        That is a file which it looks for by itself, one of which the sample told it earlier, or one that a query names.
        """
        said = message(exc)
        missed = absences(said)
        quoted = [name for text in self._written for name in quoted_files(text) if name in missed]
        earlier = (text for text in self._written if _PATH.match(text) and text in missed)
        name = next(iter(quoted), "") or absent_file(said) or next(earlier, "")
        if not name or os.path.exists(name):
            return None
        self._report(name, frame, certain=name not in quoted)
        if not (name not in self._written and fixtures.settings(name)):
            make = fixtures.make if os.path.splitext(name)[1] else fixtures.folder
            make(name, self._columns)
        return _again(expression, frame)

    def _rewritten(self, expression: ast.expr, moved: ast.expr, frame: FrameType) -> Optional[Any]:
        """Return the value of an expression that refuses a document we made up, once it takes another one."""
        for text, _ in scope.strings(expression):
            if text not in self._given or not text.endswith(documents.SUFFIXES):
                continue
            for content in documents.documents(documents.interface(self._tree, text)):
                fixtures.write(self._given[text], content.encode())
                value = _again(moved, frame)
                if value is not None:
                    return value
            fixtures.make(self._given[text], self._columns)
        return None

    def _elsewhere(self, path: str, *, empty: bool) -> str:
        if path not in self._made:
            folder = tempfile.mkdtemp()
            self._made[path] = os.path.join(folder, os.path.basename(path.rstrip("/")) or "folder")
            if not empty:
                self._given[path] = self._made[path]
                fixtures.make(self._made[path], self._columns)
        return self._made[path]


def _again(expression: ast.expr, frame: FrameType) -> Optional[Any]:
    """Return what an expression gives now, None where it fails still."""
    code = compile(ast.fix_missing_locations(ast.Expression(expression)), "<again>", "eval")
    try:
        value = eval(code, frame.f_globals, dict(frame.f_locals))  # noqa: S307 - the sample's own text
    except Exception:
        return None
    return None if is_standin(value) else value


class _Moved(ast.NodeTransformer):
    def __init__(self, old: str, new: str) -> None:
        self._old, self._new = old, new

    def visit_Constant(self, node: ast.Constant) -> ast.Constant:
        """Put the other path in place of the one that is missing."""
        return ast.Constant(self._new) if node.value == self._old else node


def _missing(text: str, exc: BaseException) -> bool:
    """Return whether an exception is about a path, written so, that is not there."""
    pathlike = bool(text) and ("/" in text or _FILE.match(text) is not None) and "://" not in text
    pathlike = pathlike and not quoted_files(text)  # a query that names files divides by /, too
    about = text in str(exc) or os.path.normpath(text) in str(exc) or os.path.dirname(text) in str(exc)
    # an error that tells where a name leads is about a host
    return pathlike and bool(about) and HERE not in str(exc) and not os.path.exists(text)


def _make_parent(path: str) -> None:
    try:
        os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
    except OSError:
        return  # read-only: the sample's own attempt will tell


def _outputs(tree: ast.Module) -> Set[str]:
    """Return the paths that the text hands to what writes."""
    found: Set[str] = set()
    bound = scope.bindings(tree)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        given = [*node.args, *(one.value for one in node.keywords)]
        texts = [text for one in given for text, _ in scope.strings(one)]
        name = _called(node)
        opened = name == "open" and any(text[:1] in ("w", "a", "x") and len(text) <= 3 for text in texts)  # noqa: PLR2004
        if opened or _WRITES.search(name):
            # what a method is called on may be the path itself: Path("out").mkdir()
            owner = [node.func.value] if isinstance(node.func, ast.Attribute) else []
            found |= {*texts, *(text for one in (*given, *owner) for text in _paths(one, bound))}
    return found


def _keys(table: ast.Dict) -> Iterator[Tuple[str, int]]:
    """Yield the strings by which a table is asked: they name what it holds, and no file."""
    for key in table.keys:
        if isinstance(key, ast.Constant) and isinstance(key.value, str):
            yield key.value, key.lineno


def _called(node: ast.Call) -> str:
    return str(getattr(node.func, "attr", getattr(node.func, "id", "")))


def _paths(node: ast.AST, bound: Dict[str, List[ast.AST]], depth: int = 4) -> Set[str]:
    """Return the texts that an expression makes a path of, through names and `Path(…) / …`."""
    if isinstance(node, ast.Constant):
        return {node.value} if isinstance(node.value, str) else set()
    inner: List[ast.AST] = []
    if depth and isinstance(node, ast.Name):
        inner = bound.get(node.id, [])
    elif depth and isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        inner = [node.left, node.right]
    elif (
        depth and isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in _MAKE_PATHS
    ):
        inner = list(node.args)
    return {text for one in inner for text in _paths(one, bound, depth - 1)}
