"""Stand-ins for clouds and services; shipped into every sandbox and run there by a Python of their own.

`README.md` says how to add one. `protocol` and `registry` are standard library only and run on every Python from 3.9
on, because the probe reads the declarations under the sample's interpreter; the rest runs in the stubs' environment.
"""
