"""Gives a text for an undefined name that says it is a setting: clients of services take nothing else.

`PROJECT_ID`, `bucket_name`: readers put a text of their own there. A stand-in
would be refused before the first call is made, and nothing behind it seen.
"""

import ast
import re
from typing import Optional

_KINDS = {
    "account", "alias", "arn", "bucket", "cluster", "deployment", "endpoint", "group", "host",
    "id", "key", "location", "name", "namespace", "organization", "password", "project", "prompt",
    "region", "registry", "role", "secret", "subscription", "subnet", "tenant", "token", "uri",
    "url", "user", "username", "vault", "workspace", "zone",
}  # fmt: skip
"""Last words of names whose contents are texts."""
_VAGUE = {"id", "key", "name", "user", "group", "prompt", "token"}
"""Alone and in small letters these may be objects as well."""
_FILES = {"file", "filename", "folder", "dir", "directory", "path"}
_GOOGLE = re.compile(r"\bgoogle\b|\bkfp\b|\bvertexai\b")


def setting(name: str, tree: ast.Module) -> Optional[str]:
    """Return what a reader might put under a name, fresh each time; None where it may be anything else.

    Args:
        name: A name that nobody binds.
        tree: The sample, which tells how the name is used.
    """
    words = name.lower().strip("_").split("_")
    vague = name in _VAGUE or _FILES & {*words}
    if words[-1] not in _KINDS or vague or not _only_passed(name, tree):
        return None
    google = bool(_GOOGLE.search(" ".join(_imported(tree))))
    last = words[-1]
    if last in ("region", "location", "zone"):
        return "".join(["us-central1" if google else "us-east-1", ("-a" if google else "a") if last == "zone" else ""])
    text = "-".join(["supplied", *words])
    if last in ("uri", "url") and "bucket" in words:
        return f"{'gs' if google else 's3'}://{text}"
    if last == "arn":
        return f"arn:aws:iam::123456789012:role/{text}"
    return f"https://{text}.example" if last in ("uri", "url", "endpoint") else text


def _only_passed(name: str, tree: ast.Module) -> bool:
    """Return whether a name is used as a text is: handed on, joined, formatted, compared."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.Attribute, ast.Subscript)):
            used = node.value
        elif isinstance(node, ast.Call):
            used = node.func
        elif isinstance(node, (ast.For, ast.comprehension)):
            used = node.iter
        elif isinstance(node, ast.withitem):
            used = node.context_expr
        else:
            continue
        if isinstance(used, ast.Name) and used.id == name:
            return False
    return True


def _imported(tree: ast.Module) -> "list[str]":
    """Return the modules that a sample imports."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            found.append(node.module or "")
    return found
