"""Runs a sample without stopping: a statement that fails is noted, what it would have bound is stood in for.

``rewrite`` guards every statement, ``helper`` is what the guards call,
``standin`` stands for what could not be had, ``taint`` tells the sample's
faults from those of what we supplied, ``fixtures`` makes missing files and
``drive`` calls what the sample only defines.
"""
