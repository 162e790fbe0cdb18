# The index of what can be done here. `make` prints it.
.DEFAULT_GOAL := help
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
PYTHON ?= python3
unexport PYTHONDONTWRITEBYTECODE # each start would compile everything that it imports
export UV_COMPILE_BYTECODE ?= 1
BIN := .venv/bin
PACKAGES := $(patsubst %/pyproject.toml,%,$(sort $(wildcard services/*/pyproject.toml tools/*/pyproject.toml)))
SERVICES := $(patsubst services/%/Dockerfile,%,$(sort $(wildcard services/*/Dockerfile)))
# Our own packages are installed from the tree, never from an index, so no lock names them.
COMPILE := $(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-header \
  --no-emit-package blog-chassis --no-emit-package posts-service $(UPGRADE)
ACTIONLINT = $(or $(shell command -v actionlint),$(wildcard $(HOME)/go/bin/actionlint))
# Tests that take what a machine has once, Docker's images and port 8080, and so don't run beside each other.
ALONE := compose docs images
POSTS ?= 100000
# Those that one node is enough for; `blogctl drill --list` names all.
DRILLS ?= posts-pods mongo-primary restart scale out-of-memory full-disk

##@ Run
run: setup ## The whole blog on http://localhost:8080, until Ctrl-C; UP="--port 9000"
	@$(BIN)/blogctl up $(UP)

seed: setup ## A large blog, beside `make run`: make seed POSTS=100000
	@$(BIN)/blogctl seed --posts $(POSTS)

##@ Change
setup: .venv/.ready ## One virtual environment with every package in it

test: setup ## Every test that this machine can run
	$(BIN)/pytest --numprocesses auto --dist worksteal $(addprefix --ignore=tests/,cluster $(ALONE)) --cov --cov-report=term --cov-fail-under=90
	$(BIN)/pytest -m 'not cluster' $(addprefix tests/,$(ALONE))

test-docs: setup ## The commands of docs/, those for a cluster in KUBECONFIG too, and whether they print what the pages show
	$(BIN)/pytest tests/docs

test-cluster: setup ## The platform on the cluster in KUBECONFIG, as its readers use it: minutes
	$(BIN)/pytest tests/cluster

drills: setup ## What fails on that cluster, and what it costs: DRILLS="drain node-loss"
	@$(BIN)/blogctl drill $(DRILLS)

drill-restore: setup ## That cluster's database is dropped and restored from a backup: what is lost, and for how long
	@$(BIN)/blogctl drill restore

bench: setup ## What a request costs, against the textbook's version of it
	@$(BIN)/python tests/load/bench.py $(BENCH)

bench-backup: setup ## What a backup and a restore cost, against mongodump and mongorestore
	@$(BIN)/python tests/load/bench_backup.py $(BENCH)

lint: setup ## Formatting, smells, types, and what graders say of images and manifests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy $(addsuffix /src,$(PACKAGES)) conftest.py
	@for tests in $(addsuffix /tests,$(PACKAGES)) tests; do $(BIN)/mypy $$tests; done
	$(BIN)/yamllint --strict .
	$(BIN)/hadolint $(wildcard services/*/Dockerfile)
	$(BIN)/shellcheck $$(git ls-files '*.sh' .ci/run tools/gitops tools/kind/up)
	$(BIN)/zizmor --offline --persona=auditor --quiet .github
	$(if $(ACTIONLINT),$(ACTIONLINT) -shellcheck $(BIN)/shellcheck,@echo workflows: actionlint is not on PATH and is left out)
	PYTHONPATH=tests $(BIN)/python -m manifests.grade

lock: ## Write down versions and hashes; UPGRADE=--upgrade takes the newest
	$(COMPILE) --group dev $(addsuffix /pyproject.toml,$(PACKAGES)) --output-file requirements-dev.txt
	@for service in $(SERVICES); do set -x; $(COMPILE) services/$$service/pyproject.toml --constraint requirements-dev.txt --output-file services/$$service/requirements.txt; done
	$(COMPILE) --group build tools/blogctl/pyproject.toml --constraint requirements-dev.txt --output-file tools/blogctl/requirements.txt

images: ## The services' images, by docker buildx bake
	GIT_SHA=$$(git describe --always --dirty --abbrev=40 --exclude='*') docker buildx bake

cluster: ## A cluster on this machine: kind, and a registry beside it
	@tools/kind/up

cluster-down: ## Both of them away again, with all that they hold
	kind delete cluster
	docker rm --force kind-registry

gitops: ## Argo CD on the cluster in KUBECONFIG, which then runs main: ENVIRONMENTS="dev staging prod"
	@ENVIRONMENTS="$(ENVIRONMENTS)" tools/gitops

help: ## This list
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} /^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# uv comes by pip, out of the same lock and checked by its hash; the packages themselves are installed editable.
.venv/.ready: requirements-dev.txt $(addsuffix /pyproject.toml,$(PACKAGES))
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@test -x $(BIN)/uv || $(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --requirement <(sed -n '/^uv==/,/[^\\]$$/p' requirements-dev.txt)
	@$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements-dev.txt
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation $(addprefix --editable ,$(PACKAGES))
	@touch $@

.PHONY: run seed setup test test-docs test-cluster drills drill-restore bench bench-backup lint lock images cluster cluster-down gitops help
