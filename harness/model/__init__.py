"""Floor 0: the frozen values that flow from stage to stage.

Nothing here reads a file, starts a process or knows a library; every other
package may import this one, and this one imports none of them.
"""
