"""Google Cloud: credentials, storage, BigQuery, and any service whose client library the sample has."""

from __future__ import annotations

import json

from stubs.protocol import Stub

PROJECT = "sample-project"
CREDENTIALS = ".config/gcloud/application_default_credentials.json"
ACCOUNT = {
    "type": "service_account",
    "project_id": PROJECT,
    "private_key_id": "made-up-{random}",
    "private_key": "{private_key}",
    "client_email": f"sample@{PROJECT}.iam.gserviceaccount.com",
    "client_id": "100000000000000000000",
    "token_uri": "https://oauth2.googleapis.com/token",
    "universe_domain": "googleapis.com",
}

STUB = Stub(
    name="gcp",
    hosts=("*.googleapis.com", "accounts.google.com", "metadata.google.internal", "metadata"),
    app="stubs.gcp.app:app",
    environment={
        "GOOGLE_APPLICATION_CREDENTIALS": "{home}/" + CREDENTIALS,
        "GOOGLE_CLOUD_PROJECT": PROJECT,
        "GCLOUD_PROJECT": PROJECT,
        "CLOUDSDK_CORE_PROJECT": PROJECT,
        "CLOUDSDK_CONFIG": "{home}/.config/gcloud",
        "GOOGLE_CLOUD_LOCATION": "us-central1",
        "GOOGLE_API_KEY": "made-up-{random}",
        # asked first, a metadata server would be waited for
        "NO_GCE_CHECK": "true",
    },
    files={CREDENTIALS: json.dumps(ACCOUNT, indent=2)},
)
