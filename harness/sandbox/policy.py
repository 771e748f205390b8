"""Where things are inside every sandbox, and what a task finds in its environment.

Pure: nothing here touches an engine or the kernel.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.model.execution import Task

HARNESS = "/opt/harness"
"""The probe (``/opt/harness/probe``) and the stubs (``/opt/harness/stubs``), read-only."""
PROBE = f"{HARNESS}/probe"
"""The folder of the probe: ``<interpreter> -I /opt/harness/probe/supervisor.py``."""
UV = f"{HARNESS}/bin/uv"
"""The resolver and installer, for builders."""
STORE = "/store"
"""The store, as `StoreAccess` says."""
WORK = "/work"
"""An empty writable folder, the current directory."""
HOME = "/home/sample"
"""An empty writable home."""
CA_BUNDLE = "/etc/harness/ca.pem"
"""The host's CA bundle."""
UID = 65532
"""User and group of a job: not root, and no user of the host's."""


def environment(task: Task) -> dict[str, str]:
    """Return the whole environment of a task: nothing of the host's reaches it."""
    base = {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "HOME": HOME,
        "TMPDIR": "/tmp",  # noqa: S108 - a path inside the sandbox
        "LANG": "C.UTF-8",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUNBUFFERED": "1",
        "TZ": "UTC",
    }
    if task.network:
        base |= {"SSL_CERT_FILE": CA_BUNDLE, "REQUESTS_CA_BUNDLE": CA_BUNDLE}
    return base | dict(task.env)
