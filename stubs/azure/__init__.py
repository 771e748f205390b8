"""Azure: sign-in, the resource manager, Azure Machine Learning, blobs and secrets.

The declaration only: what answers is in `stubs.azure.app`, which is imported
at the first request.
"""

from stubs.protocol import Stub

TENANT = "11111111-1111-1111-1111-111111111111"
"""The directory that every sign-in happens in."""
CLIENT = "22222222-2222-2222-2222-222222222222"
"""The application that samples sign in as."""
SUBSCRIPTION = "33333333-3333-3333-3333-333333333333"
"""The subscription that is there when nobody names one."""
MANAGED_IDENTITY = "managed-identity.azurewebsites.net"
"""Where a machine of Azure's gets its tokens, so that nobody asks the address that every cloud uses for that."""
ACCOUNT = "harnessfake"
"""The storage account that is there when nobody names one."""

STUB = Stub(
    name="azure",
    hosts=(
        "login.microsoftonline.com",
        "login.microsoft.com",
        "login.windows.net",
        "sts.windows.net",
        "management.azure.com",
        "*.api.azureml.ms",
        "*.inference.ml.azure.com",
        "*.blob.core.windows.net",
        "*.dfs.core.windows.net",
        "*.vault.azure.net",
        MANAGED_IDENTITY,
    ),
    app="stubs.azure.app:app",
    files={
        # what a workspace's page offers for download, which clients look for beside the program
        ".azureml/config.json": (
            f'{{"subscription_id": "{SUBSCRIPTION}", "resource_group": "supplied", "workspace_name": "supplied"}}'
        ),
    },
    environment={
        "AZURE_TENANT_ID": TENANT,
        "AZURE_CLIENT_ID": CLIENT,
        "AZURE_CLIENT_SECRET": "fake-secret-of-the-sample-harness",
        "AZURE_SUBSCRIPTION_ID": SUBSCRIPTION,
        "IDENTITY_ENDPOINT": f"http://{MANAGED_IDENTITY}/msi/token",
        "IDENTITY_HEADER": "fake-{random}",
        "AZURE_STORAGE_ACCOUNT": ACCOUNT,
        "AZURE_STORAGE_CONNECTION_STRING": (
            f"DefaultEndpointsProtocol=https;AccountName={ACCOUNT};AccountKey=ZmFrZQ==;EndpointSuffix=core.windows.net"
        ),
    },
)
