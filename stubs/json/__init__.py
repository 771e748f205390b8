"""A service that is an author's own: any host under a reserved name, any port of this machine that a sample names."""

from stubs.protocol import Stub

STUB = Stub(
    name="json",
    hosts=(
        # RFC 2606 and RFC 6761: names that can belong to nobody.
        "example.com",
        "*.example.com",
        "example.org",
        "*.example.org",
        "example.net",
        "*.example.net",
        "*.example",
        "*.test",
        "*.local",
        "httpbin.org",
        "jsonplaceholder.typicode.com",
        # What no other stub claims by its path.
        "localhost",
        "*.localhost",
        "127.*",
        "host.docker.internal",
    ),
    app="stubs.json.app:app",
)
