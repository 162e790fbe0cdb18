"""The names that a reader types."""

import re

import pytest

from blogctl import checkout
from manifests.conftest import rendered_or_skipped
from manifests.rendered import ENVIRONMENTS, NAMESPACES, Place, Rendering
from user_service.bootstrap.contents import ADDRESSES, KEYFILE, LOGINS, TOKEN_KEYS, USERS

PARTS = [  # kind, name, label, container, port
    ("Deployment", "posts-service", "posts", "posts-app", 3000),
    ("Deployment", "user-service", "user", "user-app", 3000),
    ("Deployment", "frontend", "frontend", "nginx", 8080),
    ("StatefulSet", "mongo", "mongo", "mongod", 27017),
]
MAY_REACH_MONGO = {"mongo", "mongo-init", "rotation", "migrations", "posts", "user", "admin-backup", "restore"}


def test_each_environment_has_its_namespace(place: Place, everything: Rendering) -> None:
    namespace = NAMESPACES[place.overlay]

    assert everything.names("Namespace") == {namespace}
    placed = {found["metadata"].get("namespace") for found in everything.objects if found["kind"] != "Namespace"}
    assert placed == {namespace}


def test_pods_are_held_to_the_strictest_rules(platform: Rendering) -> None:
    labels = platform.of("Namespace")[0]["metadata"]["labels"]

    for mode in ("enforce", "audit", "warn"):
        assert labels[f"pod-security.kubernetes.io/{mode}"] == "restricted"
        assert labels[f"pod-security.kubernetes.io/{mode}-version"].startswith("v1.")


@pytest.mark.parametrize(("kind", "name", "app", "container", "port"), PARTS)
def test_parts_have_their_names(platform: Rendering, kind: str, name: str, app: str, container: str, port: int) -> None:
    workload = platform.workload(name)
    (found,) = workload.pod["containers"]

    assert (workload.kind, workload.labels["app"], found["name"]) == (kind, app, container)
    assert [each["containerPort"] for each in found["ports"]] == [port]
    assert platform.get("Service", name)["spec"]["selector"] == {"app": app}


def test_as_many_run_as_the_contract_says(platform: Rendering, overlay: str) -> None:
    if overlay in {"local", "staging"}:
        counts = {found["metadata"]["name"]: found["spec"]["replicas"] for found in platform.of("Deployment")}
        assert counts.items() >= {"posts-service": 3, "user-service": 2, "frontend": 2}.items()
    assert platform.workload("mongo").spec["replicas"] == (1 if overlay in {"dev", "preview"} else 3)


def test_services_have_their_ports(platform: Rendering) -> None:
    ports = {s["metadata"]["name"]: s["spec"]["ports"][0]["port"] for s in platform.of("Service")}
    mongo = platform.get("Service", "mongo")["spec"]

    assert ports.items() >= {"posts-service": 3000, "user-service": 3000, "frontend": 80, "mongo": 27017}.items()
    assert (mongo["clusterIP"], mongo["ports"][0]["name"]) == ("None", "db")


def test_the_local_page_has_a_port_of_the_node(platform: Rendering, overlay: str) -> None:
    kind = platform.get("Service", "frontend")["spec"].get("type", "ClusterIP")

    assert kind == ("NodePort" if overlay == "local" else "ClusterIP")


def test_mongo_is_a_replica_set_with_a_volume_each(platform: Rendering, overlay: str) -> None:
    mongo = platform.workload("mongo")
    (claim,) = mongo.spec["volumeClaimTemplates"]

    assert mongo.pod["containers"][0]["command"][:4] == ["mongod", "--replSet", "rs0", "--bind_ip_all"]
    assert claim["metadata"]["name"] == "mongo-data"
    assert claim["spec"]["accessModes"] == ["ReadWriteOnce"]
    assert claim["spec"]["resources"]["requests"]["storage"] == ("1Gi" if overlay == "preview" else "5Gi")


def test_the_number_of_members_is_said_once(platform: Rendering) -> None:
    members = str(platform.workload("mongo").spec["replicas"])
    bootstrap = platform.workload("bootstrap").pod["containers"][0]
    init = platform.workload("mongo-init").pod["containers"][0]

    assert {"name": "MEMBERS", "value": members} in bootstrap["env"]
    assert {"name": "MEMBER_COUNT", "value": members} in init["env"]


def test_the_page_is_an_immutable_config_map_named_after_its_content(platform: Rendering) -> None:
    page = next(found for found in platform.of("ConfigMap") if found["metadata"]["name"].startswith("frontend-html-"))
    frontend = platform.workload("frontend").pod
    volumes = {volume["name"]: volume for volume in frontend["volumes"]}
    (mount,) = (m for m in frontend["containers"][0]["volumeMounts"] if m["mountPath"] == "/usr/share/nginx/html")

    assert page["immutable"]
    assert {"index.html", "app.js"} <= page["data"].keys()
    assert volumes[mount["name"]]["configMap"]["name"] == page["metadata"]["name"]


def test_statistics_are_taken_at_one_in_seoul(platform: Rendering) -> None:
    spec = platform.get("CronJob", "admin-backup")["spec"]

    assert (spec["schedule"], spec["timeZone"], spec["concurrencyPolicy"]) == ("0 1 * * *", "Asia/Seoul", "Forbid")


def test_statistics_come_after_a_backup_on_a_volume(platform: Rendering) -> None:
    job = platform.workload("admin-backup").pod
    steps = [container["command"][-1] for container in [*job["initContainers"], *job["containers"]]]

    assert steps == ["backup", "prune", "stats"]
    assert {"name": "backups", "persistentVolumeClaim": {"claimName": "backups"}} in job["volumes"]
    assert platform.names("PersistentVolumeClaim") == {"backups"}


def test_a_backup_is_tried_where_it_can_do_no_harm(platform: Rendering) -> None:
    verification = platform.workload("backup-verification")
    (scratch,) = verification.pod["initContainers"]
    policy = platform.get("NetworkPolicy", "backup-verification")["spec"]

    assert (scratch["restartPolicy"], scratch["command"][:3]) == ("Always", ["mongod", "--bind_ip", "127.0.0.1"])
    assert not [volume for volume in verification.pod["volumes"] if "secret" in volume]
    assert policy.keys() == {"podSelector", "policyTypes"}


def test_another_database_user_makes_another_job(platform: Rendering) -> None:
    users = (checkout.ROOT / "services/mongo/users.js").read_text("utf-8")
    env = platform.workload("mongo-init").pod["containers"][0]["env"]

    (named,) = (each["value"].split() for each in env if each["name"] == "USERS")
    assert named == re.findall(r"^  (\w+): \{.*\},$", users, re.MULTILINE)


def test_only_who_needs_mongo_reaches_it(platform: Rendering) -> None:
    (rule,) = platform.get("NetworkPolicy", "mongo")["spec"]["ingress"]
    (peer,) = rule["from"]
    (expression,) = peer["podSelector"]["matchExpressions"]

    assert (expression["key"], expression["operator"]) == ("app", "In")
    assert set(expression["values"]) == MAY_REACH_MONGO


@pytest.mark.parametrize("app", ["posts", "user", "migrations", "admin-backup"])
def test_addresses_come_as_files_of_one_key_each(platform: Rendering, app: str) -> None:
    for workload in (each for each in platform.workloads if each.labels["app"] == app):
        (volume,) = (v for v in workload.pod["volumes"] if v.get("secret", {}).get("secretName") == ADDRESSES)
        (item,) = volume["secret"]["items"]

        assert item["key"] in LOGINS
        for container in workload.containers:
            assert {"name": "MONGO_URL_FILE", "value": f"/run/secrets/blog/{item['path']}"} in container["env"]


def test_bootstrap_may_touch_its_secrets_and_nothing_else(platform: Rendering) -> None:
    create, keep = platform.get("Role", "bootstrap")["rules"]

    assert create == {"apiGroups": [""], "resources": ["secrets"], "verbs": ["create"]}
    assert set(keep["resourceNames"]) == {ADDRESSES, KEYFILE, USERS, TOKEN_KEYS}
    assert keep["verbs"] == ["get", "patch"]


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_our_images_are_named_by_digest_once_there_is_one(name: str) -> None:
    ours = {
        container["image"].removeprefix("ghcr.io/").split("/", 1)[1]
        for workload in rendered_or_skipped(Place(name)).workloads
        for container in workload.containers
        if container["image"].startswith("ghcr.io/")
    }

    assert [image for image in ours if "@sha256:" not in image and not image.endswith(":undeployed")] == []
    assert {image.split("@")[0].split(":")[0] for image in ours} == {"posts-service", "user-service", "admin-backup"}
