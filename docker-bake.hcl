# What is built, and what it is called: `docker buildx bake` here, in GitHub Actions and in Jenkins.
# Platforms are the caller's: docker buildx bake --set '*.platform=linux/amd64,linux/arm64' …

# The one place that says whose this is; `blogctl fork init` changes it. Registries want lower case.
variable "OWNER" {
  default = "blog-platform"
}

variable "REPOSITORY" {
  default = "blog-platform"
}

variable "REGISTRY" {
  default = "ghcr.io/${lower(OWNER)}"
}

variable "TAG" {
  default = "dev"
}

# `make images` takes it from git.
variable "GIT_SHA" {
  default = "unknown"
}

variable "BUILD_DATE" {
  default = timestamp()
}

# The tag under which layers are kept in the registry, one a service: for builders that begin with none of their own.
variable "CACHE" {
  default = ""
}

group "default" {
  targets = ["posts-service", "user-service", "admin-backup"]
}

target "service" {
  name = name
  matrix = {
    name = ["posts-service", "user-service", "admin-backup"]
  }
  dockerfile = "services/${name}/Dockerfile"
  tags       = ["${REGISTRY}/${name}:${TAG}"]
  cache-from = CACHE == "" ? [] : ["type=registry,ref=${REGISTRY}/${name}:${CACHE}"]
  cache-to   = CACHE == "" ? [] : ["type=registry,ref=${REGISTRY}/${name}:${CACHE},mode=max"]
  args = {
    GIT_SHA    = GIT_SHA
    BUILD_DATE = BUILD_DATE
  }
  labels = {
    "org.opencontainers.image.title"    = name
    "org.opencontainers.image.source"   = "https://github.com/${OWNER}/${REPOSITORY}"
    "org.opencontainers.image.revision" = GIT_SHA
    "org.opencontainers.image.created"  = BUILD_DATE
    "org.opencontainers.image.licenses" = "Apache-2.0"
  }
}
