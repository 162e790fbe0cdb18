"""Strict schemas: of Kubernetes out of kubernetes-validate, of others out of crds/."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.protocols import Validator
from kubernetes_validate import utils
from referencing import Registry, Resource

from manifests.rendered import Object

CRDS = Path(__file__).with_name("crds")
VERSIONS = ("1.35", "1.36", "1.37")  # of Kubernetes: those that are supported and those that come next
_contents = cache(utils.schema_contents)


class UnknownKind(Exception):
    """There is no schema for it."""


def complaints(found: Object, version: str) -> list[str]:
    """What a version of Kubernetes would not understand of an object, unknown fields included."""
    errors = _validator(found["apiVersion"], found["kind"], version).iter_errors(found)
    return [f"{found['kind']}/{found['metadata']['name']} {error.json_path}: {error.message}" for error in errors]


@cache
def _validator(api_version: str, kind: str, version: str) -> Validator:
    for path in CRDS.glob("*.json"):
        crd = json.loads(path.read_text("utf-8"))
        if (crd["apiVersion"], crd["kind"]) == (api_version, kind):
            return Draft202012Validator(_strict(crd["schema"]))
    return _of_kubernetes(api_version, kind, version)


def _of_kubernetes(api_version: str, kind: str, version: str) -> Validator:
    group, _, number = api_version.rpartition("/")
    name = f"{kind.lower()}-{group.split('.')[0]}-{number}" if group else f"{kind.lower()}-{number}"
    folder = f"kubernetes-json-schema/v{version}.0-local-strict"
    try:
        schema, definitions = (
            _contents(f"{folder}/{name}.json", version),
            _contents(f"{folder}/_definitions.json", version),
        )
    except FileNotFoundError as error:
        raise UnknownKind(f"{api_version} {kind}") from error
    registry: Registry[Any] = Registry().with_resources(
        (r.id() or "", r) for r in map(Resource.from_contents, (schema, definitions))
    )
    return Draft202012Validator(schema, registry=registry)


def _strict(schema: Any) -> Any:
    """A CRD's schema lets unknown fields pass where the API server would drop them; here they are mistakes."""
    if isinstance(schema, list):
        return [_strict(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {key: _strict(value) for key, value in schema.items()}
    return {"additionalProperties": False, **inner} if isinstance(schema.get("properties"), dict) else inner
