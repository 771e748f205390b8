"""Run by the environment's Python: ``child.py ORDERS EVIDENCE_FD``.

The package goes by a name that no sample imports, and the sample is started
from this module itself: one foreign frame below its own, not more.
"""

import importlib
import os
import sys

_package = type(sys)("_harness_probe")
_package.__path__ = [os.path.dirname(os.path.abspath(__file__))]
sys.modules["_harness_probe"] = _package
_run = importlib.import_module("_harness_probe.run")

_failure = None
_code, _namespace, _recorder = _run.prepare()
if _code is None:
    sys.exit(1)
try:
    exec(_code, _namespace)
except BaseException as _exc:
    _failure = _exc
if _failure is not None:
    _run.ended(_failure, _recorder)
