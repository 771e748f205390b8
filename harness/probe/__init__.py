"""Shipped into the sandbox: runs one sample and writes down what happened.

Standard library only, every Python from 3.9 on, and nothing of the rest of the
harness. Two programs: ``supervisor.py`` starts, bounds and outlives
``child.py``, which runs the sample in the environment's own Python. Whatever
the child says is untrusted, since the sample runs in the same process.
"""
