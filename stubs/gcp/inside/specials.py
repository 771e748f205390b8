"""The few methods whose names do not say what they do. Everything else is answered by `answers`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stubs.gcp.inside import documents
from stubs.gcp.inside.shape import Proto, empty, fields

if TYPE_CHECKING:
    from stubs.gcp.inside.answers import Case, Special

TEXT = "This answer is made up: no model was asked."
PROJECT_NUMBER = "1234"
"""What the storage emulator says of every bucket."""
EMBEDDING = "gs://google-cloud-aiplatform/schema/predict/instance/text_embedding_1.0.0.yaml"
TOKENS = 9
"""How many tokens `TEXT` is said to have."""
DIMENSIONS = 8
"""Length of a made-up embedding; no caller relies on more than that all are alike."""


def _project(case: Case) -> Proto:
    """A project goes by its number in its name, as in its buckets."""
    answer = type(case.result)()
    answer.CopyFrom(case.result)
    answer.name, answer.project_id = "projects/" + PROJECT_NUMBER, case.request.name.rpartition("/")[2]
    return answer


def _published(case: Case) -> Proto:
    """A published model goes by the schema of what it is asked."""
    case.result.publisher_model_template = "projects/{project}/locations/{location}/" + case.request.name
    if "embedding" in case.request.name:
        case.result.predict_schemata.instance_schema_uri = EMBEDDING
    return case.result


def _deploy(case: Case) -> Proto:
    """Put a model on an endpoint, with the traffic that was asked for."""
    endpoint = case.resources.get(case.request.endpoint)
    deployed = case.result.deployed_model
    deployed.id = deployed.id or case.resources.number()
    if endpoint is not None:
        endpoint.deployed_models.add().CopyFrom(deployed)
        for key, share in case.request.traffic_split.items():
            endpoint.traffic_split[deployed.id if key == "0" else key] = share
    return case.result


def _undeploy(case: Case) -> Proto:
    endpoint = case.resources.get(case.request.endpoint)
    if endpoint is not None:
        for index, deployed in enumerate(list(endpoint.deployed_models)):
            if deployed.id == case.request.deployed_model_id:
                del endpoint.deployed_models[index]
        endpoint.traffic_split.pop(case.request.deployed_model_id, None)
    return case.result


def _predict(case: Case) -> Proto:
    """Give one made-up prediction for each instance; an embedding where a published model is asked."""
    for _ in case.request.instances:
        value = case.result.predictions.add()
        if "/publishers/" in case.request.endpoint:
            embedding = value.struct_value.fields["embeddings"].struct_value
            embedding.fields["values"].list_value.extend([0.0] * DIMENSIONS)
            embedding.fields["statistics"].struct_value.update({"token_count": TOKENS, "truncated": False})
            value.struct_value.fields["content"].string_value = TEXT
        else:
            value.number_value = 0.5
    endpoint = case.resources.get(case.request.endpoint)
    if endpoint is not None and endpoint.deployed_models:
        deployed = endpoint.deployed_models[0]
        case.result.deployed_model_id, case.result.model = deployed.id, deployed.model
    return case.result


def _generate(case: Case) -> Proto:
    candidate = case.result.candidates.add(finish_reason="STOP")
    candidate.content.role = "model"
    candidate.content.parts.add(text=TEXT)
    case.result.usage_metadata.prompt_token_count = TOKENS
    case.result.usage_metadata.candidates_token_count = TOKENS
    case.result.usage_metadata.total_token_count = 2 * TOKENS
    return case.result


def _count(case: Case) -> Proto:
    case.result.total_tokens = TOKENS
    return case.result


def _train(case: Case) -> Proto:
    """Upload the model that a training pipeline was to make."""
    if not empty(case.result, "model_to_upload"):
        model = case.result.model_to_upload
        model.name = case.request.parent + "/models/" + case.resources.number()
        case.resources.keep(model.name, model)
    return case.result


def _access(case: Case) -> Proto:
    if not case.result.payload.data:
        case.result.payload.data = b"made-up-secret"
    return case.result


def _publish(case: Case) -> Proto:
    """Hand the messages to every subscription of the topic."""
    for message in case.request.messages:
        message.message_id = case.resources.number()
        case.result.message_ids.append(message.message_id)
        for subscription in case.resources.below("", "google.pubsub.v1.Subscription"):
            if subscription.topic == case.request.topic:
                case.queues.setdefault(subscription.name, []).append(message)
    return case.result


def _pull(case: Case) -> Proto:
    waiting = case.queues.pop(case.request.subscription, []) if case.request.subscription else []
    if not waiting and case.method.kind != "unary_unary":
        return []
    for message in waiting:
        case.result.received_messages.add(ack_id=message.message_id).message.CopyFrom(message)
    return case.result


def _children(case: Case) -> Proto:
    for name in case.request.child_contexts:
        child = case.resources.get(name)
        if child is not None:
            child.parent_contexts.append(case.request.context)
    return case.result


def _members(case: Case) -> Proto:
    """Remember what belongs to a context, for the graph that is asked later."""
    members = case.queues.setdefault(case.request.context, [])
    members.extend(filter(None, map(case.resources.get, (*case.request.artifacts, *case.request.executions))))
    return case.result


def _graph(case: Case) -> Proto:
    for member in case.queues.get(getattr(case.request, "context", ""), []):
        field = member.DESCRIPTOR.name.lower() + "s"
        if field in fields(case.result):
            getattr(case.result, field).append(member)
    return case.result


SPECIALS: dict[str, Special] = {
    "GetProject": _project,
    "GetPublisherModel": _published,
    "DeployModel": _deploy,
    "UndeployModel": _undeploy,
    "Predict": _predict,
    "GenerateContent": _generate,
    "StreamGenerateContent": _generate,
    "CountTokens": _count,
    "CreateTrainingPipeline": _train,
    "AccessSecretVersion": _access,
    "Publish": _publish,
    "Pull": _pull,
    "StreamingPull": _pull,
    "AddContextChildren": _children,
    "AddContextArtifactsAndExecutions": _members,
    "QueryContextLineageSubgraph": _graph,
    **documents.SPECIALS,
}
