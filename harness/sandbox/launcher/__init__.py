"""What runs between the harness and a task: makes the namespaces, the new root and the bounds.

Stdlib only, and started as ``python -I -S``: a launcher is a fresh process,
since a program with threads (the harness) must not fork and go on. It reads
one `Spec`, and becomes three processes::

    watcher   outside; ends when the sandbox ends, and takes it along when it is told to stop
    init      process 1 of the sandbox: reaps, watches the memory, reports the end
    task      the program itself, without any privilege
"""
