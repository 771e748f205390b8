"""A Kubernetes cluster: it accepts objects, and what it accepts is done at once."""

from stubs.protocol import Stub

HOST = "cluster.kubernetes.test"
"""The API server that the kubeconfig names."""

_CONFIG = f"""\
apiVersion: v1
kind: Config
current-context: sample
clusters:
- name: sample
  cluster:
    server: https://{HOST}:443
    certificate-authority: {{ca}}
contexts:
- name: sample
  context:
    cluster: sample
    user: sample
    namespace: default
users:
- name: sample
  user:
    token: fake-token-of-the-sample-harness
"""

STUB = Stub(
    name="kubernetes",
    hosts=(HOST, "kubernetes.default.svc", "kubernetes.docker.internal", "*.eks.amazonaws.com", "*.azmk8s.io"),
    # `kubectl proxy` and clusters on the reader's own machine.
    paths=("/api/v1/namespaces", "/api/v1/nodes", "/apis/apps/v1", "/apis/batch/v1"),
    app="stubs.kubernetes.app:app",
    files={".kube/config": _CONFIG},
)
