"""What the text of a sample tells before it runs: names nobody binds, words used as columns, files it mentions."""

import ast
import builtins
import os
import symtable
from typing import Dict, Iterator, List, Optional, Set, Tuple

_KNOWN = set(vars(builtins)) | {
    "__file__", "__name__", "__doc__", "__spec__", "__loader__", "__package__", "__builtins__", "__cached__",
    "__annotations__", "__class__", "__module__", "__qualname__", "__path__", "WindowsError", "display", "get_ipython",
}  # fmt: skip
_SCOPES = (
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.ClassDef,
    ast.Lambda,
    ast.ListComp,
    ast.SetComp,
    ast.DictComp,
    ast.GeneratorExp,
)
_COLUMN_METHODS = {"drop", "groupby", "sort_values", "set_index", "pop", "select", "dropna", "drop_duplicates"}
_COLUMN_KEYWORDS = {"columns", "subset", "by", "on", "target", "label", "usecols", "parse_dates", "x", "y"}
_SPACES = {"globals", "locals", "vars"}
"""What gives a scope as a dictionary."""
_LONGEST = 60
"""Characters of the name of a column."""


def unbound(source: str, path: str) -> Set[str]:
    """Return the names that the file uses as globals and never binds, builtins apart."""
    found: Set[str] = set()
    top = symtable.symtable(source, path, "exec")
    bound = {
        one.get_name()
        for one in top.get_symbols()
        # what ``:=`` binds in a comprehension is declared here, and assigned nowhere
        if one.is_assigned() or one.is_imported() or one.is_namespace() or one.is_declared_global()
    }
    todo = [top]
    while todo:
        table = todo.pop()
        todo += table.get_children()
        for one in table.get_symbols():
            if one.is_declared_global() and one.is_assigned():
                bound.add(one.get_name())
            # to `symtable` a function that is called "top" is the module, and all that is local there global too
            free = table is top or (one.is_global() and not one.is_local())
            if free and one.is_referenced() and not one.is_parameter():
                found.add(one.get_name())
    return found - bound - _KNOWN


def hidden(tree: ast.Module) -> bool:
    """Return whether the file binds names out of sight: ``exec(…)``, ``globals()[…] = …``, ``globals().update(…)``."""
    return any(
        (isinstance(node, ast.Call) and _function(node) == "exec")
        or (isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store) and _function(node.value) in _SPACES)
        or (isinstance(node, ast.Attribute) and node.attr == "update" and _function(node.value) in _SPACES)
        for node in ast.walk(tree)
    )


def _function(node: ast.AST) -> str:
    """Return the name of the function that a call calls, if it has one."""
    function = node.func if isinstance(node, ast.Call) else None
    return function.id if isinstance(function, ast.Name) else ""


def first_uses(tree: ast.Module, names: Set[str]) -> Dict[str, ast.Name]:
    """Return where each name is used first."""
    uses: Dict[str, ast.Name] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in names:
            old = uses.get(node.id)
            if old is None or (node.lineno, node.col_offset) < (old.lineno, old.col_offset):
                uses[node.id] = node
    return uses


def stars(tree: ast.Module) -> int:
    """Return how many imports bring in names that the text does not tell."""
    return sum(isinstance(node, ast.ImportFrom) and node.names[0].name == "*" for node in ast.walk(tree))


def offered(module: str, folders: List[str], depth: int = 4) -> Optional[Set[str]]:
    """Return the names that a module binds by its text, without importing it; None where that is not known."""
    relative = module.replace(".", "/")
    paths = [f"{folder}/{relative}{end}" for folder in folders for end in ("/__init__.py", ".py")]
    path = next((one for one in paths if os.path.isfile(one)), None)
    if path is None or depth == 0:
        return None
    with open(path, "rb") as file:
        tree = ast.parse(file.read())
    package = module if path.endswith("/__init__.py") else module.rpartition(".")[0]
    found: Set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.names[0].name == "*":
            base = ".".join(package.split(".")[: len(package.split(".")) - node.level + 1]) if node.level else ""
            more = offered(".".join(filter(None, (base, node.module))), folders, depth - 1)
            if more is None:
                return None
            found |= more
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            found |= {alias.asname or alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            found.add(node.name)
        else:
            found |= {one.id for one in ast.walk(node) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)}
    return found


def strings(tree: ast.AST) -> List[Tuple[str, int]]:
    """Return every string that is written in the text, with its line; parts of f-strings too."""
    return [
        (node.value, node.lineno)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]


def columns(tree: ast.Module) -> List[str]:
    """Return the words that the text uses as columns of a table."""
    found: List[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Subscript):
            found += _words(node.slice)
        elif isinstance(node, ast.Call):
            name = getattr(node.func, "attr", "")
            if name in _COLUMN_METHODS:
                found += [word for one in node.args[:1] for word in _words(one)]
            for keyword in node.keywords:
                if keyword.arg in _COLUMN_KEYWORDS:
                    found += _words(keyword.value)
    return list(dict.fromkeys(found))


def _words(node: ast.AST) -> Iterator[str]:
    """Yield the strings that an index or argument consists of."""
    inner = getattr(node, "value", node) if type(node).__name__ == "Index" else node
    for one in inner.elts if isinstance(inner, (ast.List, ast.Tuple)) else [inner]:
        if isinstance(one, ast.Constant) and isinstance(one.value, str) and len(one.value) <= _LONGEST:
            yield one.value


def bindings(tree: ast.AST) -> Dict[str, List[ast.AST]]:
    """Return for each name, and each attribute of one, the expressions that it is bound from, in any scope."""
    found: Dict[str, List[ast.AST]] = {}
    for node in ast.walk(tree):
        pairs: List[Tuple[ast.AST, ast.AST]] = []
        if isinstance(node, ast.Assign):
            pairs = [(target, node.value) for target in node.targets]
        elif isinstance(node, (ast.AnnAssign, ast.AugAssign, ast.NamedExpr)) and node.value is not None:
            pairs = [(node.target, node.value)]
        elif isinstance(node, (ast.For, ast.AsyncFor, ast.comprehension)):
            pairs = [(node.target, node.iter)]
        elif isinstance(node, ast.withitem) and node.optional_vars is not None:
            pairs = [(node.optional_vars, node.context_expr)]
        for target, value in pairs:
            for name in (*names(target), *attributes(target)):
                found.setdefault(name, []).append(value)
    return found


def attributes(node: ast.AST) -> Dict[str, str]:
    """Return the attributes of names in a piece of the text, ``self.x``, each with the name."""
    return {
        f"{one.value.id}.{one.attr}": one.value.id
        for one in ast.walk(node)
        if isinstance(one, ast.Attribute) and isinstance(one.value, ast.Name)
    }


def owners(node: ast.AST) -> Set[str]:
    """Return the names that a piece of the text takes attributes of, and never uses whole."""
    partly = [id(one.value) for one in ast.walk(node) if isinstance(one, ast.Attribute)]
    return names(node) - {one.id for one in ast.walk(node) if isinstance(one, ast.Name) and id(one) not in partly}


def names(node: ast.AST) -> Set[str]:
    """Return every name in a piece of the text."""
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}


def stored(node: ast.AST) -> List[str]:
    """Return the names that a statement binds in its own scope, each once."""
    found: List[str] = []
    todo = [node]
    while todo:
        one = todo.pop()
        if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store):
            found.append(one.id)
        todo += [child for child in ast.iter_child_nodes(one) if not isinstance(child, _SCOPES)]
    return list(dict.fromkeys(found))
