"""What holds for every object, wherever it is and whatever is added."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from blogctl import checkout
from manifests.conftest import rendered_or_skipped
from manifests.rendered import ENVIRONMENTS, Object, Place, Rendering, Workload
from posts_service.settings import PostsSettings
from user_service.bootstrap.contents import ADDRESSES, KEYFILE, TOKEN_KEYS, USERS

MADE_BY_BOOTSTRAP = {ADDRESSES, KEYFILE, USERS, TOKEN_KEYS}
GIVEN_BY_HAND = {"blog-tls", "restore"}  # "when a certificate is there", and for as long as somebody restores
FIGURES = ("cpu", "memory", "ephemeral-storage")
ASK_THE_API = {"bootstrap", "rotate-passwords", "rotate-token-key"}
FOR_EVERY_POD = {"default-deny", "dns"}
UNIT = {"Mi": 2**20, "Gi": 2**30}


def containers(everything: Rendering) -> Iterator[tuple[str, Workload, Object]]:
    for workload in everything.workloads:
        for container in workload.containers:
            yield f"{workload} {container['name']}", workload, container


def selects(selector: Object, labels: dict[str, str]) -> bool:
    said = [{"key": key, "values": [value]} for key, value in selector.get("matchLabels", {}).items()]
    return all(labels.get(each["key"]) in each["values"] for each in [*said, *selector.get("matchExpressions", [])])


def volumes(workload: Workload, kind: str) -> set[str]:
    named = {"secret": "secretName", "configMap": "name"}[kind]
    return {volume[kind][named] for volume in workload.pod.get("volumes", []) if kind in volume}


def test_whoever_serves_has_probes_that_ask_different_things(everything: Rendering) -> None:
    for workload in (each for each in everything.workloads if each.serves):
        (container,) = workload.pod["containers"]
        asked = [
            {k: container[p].get(k) for k in ("httpGet", "tcpSocket", "exec")}
            for p in ("readinessProbe", "livenessProbe")
        ]

        assert asked[0] != asked[1], workload
        ports = {port["name"] for port in container["ports"]}
        named = {value["port"] for probe in asked for value in probe.values() if value and "port" in value}
        assert named <= ports, workload


def test_every_container_says_what_it_needs_and_what_it_may_take(everything: Rendering) -> None:
    lacking = [
        f"{name} {side} {figure}"
        for name, _, container in containers(everything)
        for side in ("requests", "limits")
        for figure in FIGURES
        if figure not in container["resources"].get(side, {})
    ]

    assert lacking == []


def test_nobody_is_root_or_may_become_it(everything: Rendering) -> None:
    for name, workload, container in containers(everything):
        pod, own = workload.pod["securityContext"], container["securityContext"]
        assert pod["runAsNonRoot"], name
        assert min(pod["runAsUser"], pod["runAsGroup"], pod["fsGroup"]) >= 10000, name
        assert pod["seccompProfile"] == {"type": "RuntimeDefault"}, name
        rights = {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}}
        assert own == rights, name


def test_nobody_has_a_token_but_who_asks_the_api(everything: Rendering) -> None:
    for workload in everything.workloads:
        assert workload.pod["automountServiceAccountToken"] == (workload.name in ASK_THE_API), workload
        assert workload.pod["enableServiceLinks"] is False, workload
    assert all(account["automountServiceAccountToken"] is False for account in everything.of("ServiceAccount"))


def test_each_workload_has_a_policy_of_its_own_for_both_directions(everything: Rendering) -> None:
    policies = [p for p in everything.of("NetworkPolicy") if p["metadata"]["name"] not in FOR_EVERY_POD]
    for workload in everything.workloads:
        own = [p["spec"] for p in policies if selects(p["spec"]["podSelector"], workload.labels)]
        assert [p for p in own if set(p["policyTypes"]) == {"Ingress", "Egress"}], workload

    deny = everything.get("NetworkPolicy", "default-deny")["spec"]
    assert deny == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}


def test_whoever_serves_has_a_budget_that_lets_a_drain_pass(everything: Rendering) -> None:
    for workload in (each for each in everything.workloads if each.serves):
        (budget,) = (
            b["spec"] for b in everything.of("PodDisruptionBudget") if selects(b["spec"]["selector"], workload.labels)
        )
        assert budget["maxUnavailable"] == 1, workload
        assert budget["unhealthyPodEvictionPolicy"], workload


def test_an_autoscaler_has_the_number_to_itself(everything: Rendering) -> None:
    for scaler in everything.of("HorizontalPodAutoscaler"):
        target = everything.workload(scaler["spec"]["scaleTargetRef"]["name"])
        assert "replicas" not in target.spec, target
        assert 1 < scaler["spec"]["minReplicas"] < scaler["spec"]["maxReplicas"], target


def test_every_image_says_which(everything: Rendering) -> None:
    for name, _, container in containers(everything):
        image = container["image"]
        assert re.search(r"(:[\w.-]+|@sha256:[0-9a-f]{64})$", image), f"{name}: {image}"
        assert ":latest" not in image, name
        assert container["imagePullPolicy"] == "IfNotPresent", name


def test_no_secret_is_in_git(everything: Rendering) -> None:
    assert everything.of("Secret") == []
    literal = [
        name
        for name, _, c in containers(everything)
        for e in c.get("env", [])
        if re.search(r"://[^/]*@", e.get("value", ""))
    ]
    assert literal == []
    assert [name for name, _, c in containers(everything) if "envFrom" in c] == []


def test_everything_that_is_named_is_there(everything: Rendering) -> None:
    made = {found["spec"]["target"]["name"] for found in everything.of("ExternalSecret")}
    secrets = (made or MADE_BY_BOOTSTRAP) | GIVEN_BY_HAND
    for workload in everything.workloads:
        assert volumes(workload, "secret") <= secrets, workload
        assert volumes(workload, "configMap") <= everything.names("ConfigMap"), workload
        assert workload.pod["serviceAccountName"] in everything.names("ServiceAccount"), workload
        mounts = {mount["name"] for container in workload.containers for mount in container.get("volumeMounts", [])}
        claims = {claim["metadata"]["name"] for claim in workload.spec.get("volumeClaimTemplates", [])}
        there = {volume["name"] for volume in workload.pod.get("volumes", [])} | claims
        assert mounts == there, workload
        if workload.kind == "StatefulSet":
            assert workload.spec["serviceName"] in everything.names("Service")
    for binding in everything.of("RoleBinding"):
        assert binding["roleRef"]["name"] in everything.names("Role")
        assert {subject["name"] for subject in binding["subjects"]} <= everything.names("ServiceAccount")
    for target in _backends(everything):
        assert target in everything.names("Service")


def test_every_selector_finds_pods(everything: Rendering) -> None:
    def found(selector: Object) -> bool:
        return any(selects(selector, workload.labels) for workload in everything.workloads)

    for service in everything.of("Service"):
        assert found({"matchLabels": service["spec"]["selector"]}), service["metadata"]["name"]
    for budget in everything.of("PodDisruptionBudget"):
        assert found(budget["spec"]["selector"]), budget["metadata"]["name"]
    for policy in everything.of("NetworkPolicy"):
        assert found(policy["spec"]["podSelector"]), policy["metadata"]["name"]


def test_whoever_may_be_called_says_so_on_both_sides(platform: Rendering) -> None:
    """An egress rule without the ingress rule that answers it, or the other way round, is a path that doesn't work."""
    out, into, open_doors = set(), set(), set()
    for policy in platform.of("NetworkPolicy"):
        spec = policy["spec"]
        for workload in (w for w in platform.workloads if selects(spec["podSelector"], w.labels)):
            own = workload.labels["app"]
            out |= {(own, app) for app in _peers(platform, spec.get("egress", []), "to")}
            into |= {(app, own) for app in _peers(platform, spec.get("ingress", []), "from")}
            open_doors |= {own for rule in spec.get("ingress", []) if "from" not in rule}

    assert {(caller, app) for caller, app in out if app not in open_doors} == into


def test_jobs_stand_in_nobodys_way(everything: Rendering) -> None:
    for job in everything.of("Job"):
        annotations, spec = job["metadata"]["annotations"], job["spec"]
        assert spec["activeDeadlineSeconds"]
        if "argocd.argoproj.io/hook" in annotations:
            assert annotations["argocd.argoproj.io/hook"] in {"Sync", "PostSync"}
            assert annotations["argocd.argoproj.io/hook-delete-policy"] == "BeforeHookCreation"
            assert spec["ttlSecondsAfterFinished"] >= 120
        else:  # Argo CD would make one that goes away again and again
            assert "ttlSecondsAfterFinished" not in spec


@pytest.mark.parametrize("name", ["local", *ENVIRONMENTS])
def test_parts_come_in_the_order_in_which_they_need_each_other(name: str) -> None:
    platform = rendered_or_skipped(Place(name))
    waves = [
        platform.workload(part).wave for part in ("bootstrap", "mongo", "mongo-init", "migrations", "posts-service")
    ]

    assert waves == sorted(set(waves))
    assert waves[0] > 0  # policies, accounts and configuration are there before all of them


def test_a_pod_has_time_to_finish(everything: Rendering) -> None:
    nginx = (checkout.ROOT / "services/frontend/nginx.conf").read_text("utf-8")
    (workers,) = re.findall(r"worker_shutdown_timeout (\d+)s", nginx)
    drain = {"frontend": int(workers), "mongo": 15}  # mongod's shutdownTimeoutMillisForSignaledShutdown
    service = PostsSettings.model_fields["drain_seconds"].default
    for workload in (each for each in everything.workloads if each.serves):
        (container,) = workload.pod["containers"]
        sleep = container.get("lifecycle", {}).get("preStop", {}).get("sleep", {}).get("seconds", 0)
        assert sleep + drain.get(workload.name, service) < workload.pod["terminationGracePeriodSeconds"], workload


def test_rollouts_take_nobody_away_before_another_one_serves(everything: Rendering) -> None:
    for found in everything.of("Deployment"):
        assert found["spec"]["strategy"]["rollingUpdate"] == {"maxUnavailable": 0, "maxSurge": 1}
        assert found["spec"]["progressDeadlineSeconds"] > found["spec"]["minReadySeconds"]


def test_mongods_cache_leaves_room_for_the_rest(platform: Rendering) -> None:
    mongod = platform.workload("mongo").pod["containers"][0]
    cache = float(mongod["args"][mongod["args"].index("--wiredTigerCacheSizeGB") + 1]) * UNIT["Gi"]
    limit = mongod["resources"]["limits"]["memory"]

    assert cache <= int(limit[:-2]) * UNIT[limit[-2:]] / 2


def _backends(everything: Rendering) -> Iterator[str]:
    for ingress in everything.of("Ingress"):
        for rule in ingress["spec"]["rules"]:
            yield from (path["backend"]["service"]["name"] for path in rule["http"]["paths"])
    for route in everything.of("HTTPRoute"):
        for rule in route["spec"]["rules"]:
            yield from (backend["name"] for backend in rule["backendRefs"])


def _peers(everything: Rendering, rules: list[Any], side: str) -> set[str]:
    """The apps of this namespace that rules name."""
    selectors = [
        peer["podSelector"]
        for rule in rules
        for peer in rule.get(side, [])
        if "namespaceSelector" not in peer and "podSelector" in peer
    ]
    return {w.labels["app"] for selector in selectors for w in everything.workloads if selects(selector, w.labels)}
