"""Amazon Web Services: moto's backends, and what it lacks of what samples do."""

from stubs.protocol import Stub

_KEY = "AKIAIOSFODNN7EXAMPLE"
"""The key id of the AWS documentation: nobody's, and every scanner of secrets knows it."""
_SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"  # noqa: S105 the documentation's as well
_REGION = "us-east-1"

STUB = Stub(
    name="aws",
    hosts=("*.amazonaws.com", "*.amazonaws.com.cn", "*.api.aws"),
    app="stubs.aws.app:app",
    environment={
        "AWS_ACCESS_KEY_ID": _KEY,
        "AWS_SECRET_ACCESS_KEY": _SECRET,
        "AWS_DEFAULT_REGION": _REGION,
        "AWS_REGION": _REGION,
        # The metadata service of a machine in the cloud is not there: the chain must not look for it.
        "AWS_EC2_METADATA_DISABLED": "true",
    },
    files={
        ".aws/credentials": f"[default]\naws_access_key_id = {_KEY}\naws_secret_access_key = {_SECRET}\n",
        ".aws/config": f"[default]\nregion = {_REGION}\noutput = json\n",
    },
)
