"""What each component changes."""

import pytest

from manifests.conftest import FITS, rendered_or_skipped
from manifests.rendered import Place, Rendering
from user_service.bootstrap.contents import ADDRESSES, KEYFILE, TOKEN_KEYS, USERS


def with_component(name: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("place", [place for place in FITS if name in place.components], ids=str)


def spreads(found: Rendering, name: str) -> list[tuple[str, str, str]]:
    constraints = found.workload(name).pod["topologySpreadConstraints"]
    return [(each["topologyKey"], each["whenUnsatisfiable"], each["nodeTaintsPolicy"]) for each in constraints]


def test_prod_scales_by_itself_and_survives_a_zone() -> None:
    prod = rendered_or_skipped(Place("prod"))

    assert prod.names("HorizontalPodAutoscaler") == prod.names("Deployment")
    zone = ("topology.kubernetes.io/zone", "DoNotSchedule", "Honor")
    host = ("kubernetes.io/hostname", "DoNotSchedule", "Honor")
    assert [name for name in prod.names("Deployment") if spreads(prod, name) != [zone, host]] == []
    assert spreads(prod, "mongo") == [zone]
    assert "requiredDuringSchedulingIgnoredDuringExecution" in prod.workload("mongo").pod["affinity"]["podAntiAffinity"]


@with_component("ingress")
def test_an_ingress_names_no_class_and_knows_the_paths(place: Place) -> None:
    spec = rendered_or_skipped(place).get("Ingress", "blog")["spec"]
    (rule,) = spec["rules"]

    assert "ingressClassName" not in spec
    assert rule["host"] == "blog.local"
    assert {path["path"]: path["backend"]["service"]["name"] for path in rule["http"]["paths"]} == {
        "/": "frontend",
        "/api/posts": "posts-service",
        "/api/users": "user-service",
        "/api/token": "user-service",
    }


def test_a_certificate_is_a_component_of_its_own() -> None:
    plain, secure = (
        rendered_or_skipped(Place("prod", (name,))).get("Ingress", "blog") for name in ("ingress", "ingress-tls")
    )

    assert "tls" not in plain["spec"]
    assert secure["spec"].pop("tls") == [{"hosts": ["blog.local"], "secretName": "blog-tls"}]
    assert secure == plain


@with_component("gateway")
def test_a_route_knows_the_same_paths(place: Place) -> None:
    spec = rendered_or_skipped(place).get("HTTPRoute", "blog")["spec"]

    assert spec["hostnames"] == ["blog.local"]
    assert {m["path"]["value"]: r["backendRefs"][0]["name"] for r in spec["rules"] for m in r["matches"]} == {
        "/": "frontend",
        "/api/posts": "posts-service",
        "/api/users": "user-service",
        "/api/token": "user-service",
    }


@with_component("external-database")
def test_nothing_of_mongo_is_left(place: Place) -> None:
    found = rendered_or_skipped(place)

    names = {each["metadata"]["name"] for each in found.objects if each["kind"] != "ExternalSecret"}
    assert [name for name in names if "mongo" in name] == []
    runs_mongod = [each for each in found.workloads if any(c["image"] == "mongo:8.0" for c in each.containers)]
    assert [each.name for each in runs_mongod] == ["backup-verification"]  # where backups are tried


@pytest.mark.parametrize("overlay", ["staging", "prod"])
def test_the_address_of_an_external_database_is_not_made_up(overlay: str) -> None:
    found = rendered_or_skipped(Place(overlay, ("external-database",)))

    assert found.workload("bootstrap").pod["containers"][0]["env"] == [{"name": "MEMBERS", "value": "0"}]


@with_component("external-secrets")
def test_secrets_come_from_the_store_alone(place: Place) -> None:
    found = rendered_or_skipped(place)

    assert found.names("ExternalSecret") == {ADDRESSES, KEYFILE, USERS, TOKEN_KEYS}
    assert found.of("Role") == []
    assert not {"bootstrap", "rotate-passwords", "rotate-token-key"} & {each.name for each in found.workloads}
