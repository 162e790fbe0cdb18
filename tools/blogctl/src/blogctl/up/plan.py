"""What `blogctl up` will run, and where: decided before anything is started, so that it can be printed instead."""

import os
import sys
from dataclasses import dataclass, field
from pathlib import Path

from blogctl import checkout, mongod, mongod_program, ports
from blogctl.command import Command, shown
from blogctl.mongod import MongodData
from blogctl.mongod_program import Program
from blogctl.up import nginx
from blogctl.up.data_directory import DataDirectory
from blogctl.up.packages import packages

POSTS, USERS, MONGOD, FRONTEND = "posts-service", "user-service", "mongod", "frontend"
VERSION = Command(("git", "-C", shown(checkout.ROOT), "describe", "--always", "--dirty", "--abbrev=12", "--exclude=*"))


@dataclass(frozen=True)
class EmbeddedMongod:
    """A mongod of our own."""

    program: Program
    port: int
    data: MongodData
    command: Command
    preparations: list[Command]


@dataclass(frozen=True)
class Service:
    """A service of ours."""

    port: int
    upstream: str  # its name in nginx.conf
    command: Command
    preparations: list[Command] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Its address on this machine."""
        return f"http://{ports.LOOPBACK}:{self.port}"


@dataclass(frozen=True)
class Plan:
    """Every line, in the order of the start. A job is a program that ends by itself."""

    port: int
    mongod: EmbeddedMongod | None  # None: `MONGO_URL` names one
    migrations: dict[str, Command]
    services: dict[str, Service]
    sample_posts: list[Command]
    front_door: Command
    jobs: dict[str, Command]  # once it serves; in a cluster they are CronJobs

    @property
    def names(self) -> list[str]:
        """Everything that prints lines."""
        return [MONGOD, *self.services, FRONTEND, *self.jobs]

    @property
    def url(self) -> str:
        """What a person opens."""
        return f"http://localhost:{self.port}"

    def lines(self) -> list[str]:
        """Give the lines that do the same when they're typed by hand, the long-running ones in shells of their own."""
        database = [*self.mongod.preparations, self.mongod.command] if self.mongod else []
        services = [line for service in self.services.values() for line in (*service.preparations, service.command)]
        jobs = [*self.migrations.values(), *self.sample_posts]
        every = [VERSION, *database, *services, *jobs, self.front_door, *self.jobs.values()]
        return [str(command) for command in every]


def decide(*, port: int, data: DataDirectory, version: str) -> Plan:
    """Find the programs and choose the ports.

    Args:
        port: Of the front door.
        data: Where everything is kept.
        version: What runs, for /version; may be empty.

    Returns:
        The plan; nothing was started or written.

    Raises:
        Failure: A program is missing.
    """
    embedded = None if os.environ.get("MONGO_URL") else _embedded(MongodData(data.path))
    others = packages(besides=(POSTS, USERS))
    further = [package for package in others if package.serves]
    taken = frozenset({port, embedded.port if embedded else port})
    posts_port, users_port, *further_ports = ports.free(2 + len(further), besides=taken)
    # An address of the person's own is in the environment already, and may hold a password: it isn't printed.
    mongo = {"MONGO_URL": mongod.url(embedded.port)} if embedded else {}
    common = mongo | ({"GIT_SHA": version} if version else {})
    keys = {"JWKS_URL": f"http://{ports.LOOPBACK}:{users_port}/.well-known/jwks.json"}
    users_settings = {"KEYS_DIR": shown(data.keys)}
    new_key = [] if any(data.keys.glob("*.pem")) else [_python("user_service", "new-key", shown(data.keys))]
    return Plan(
        port=port,
        mongod=embedded,
        migrations={
            POSTS: _python("posts_service", "migrate", **mongo),
            USERS: _python("user_service", "migrate", **mongo),
            **{package.name: _python(package.module, "migrate", **mongo) for package in further},
        },
        services={
            POSTS: Service(posts_port, "posts", _serve("posts_service", posts_port, common | keys)),
            USERS: Service(users_port, "users", _serve("user_service", users_port, common | users_settings), new_key),
            **{
                package.name: Service(its_port, package.upstream, _serve(package.module, its_port, common | keys))
                for package, its_port in zip(further, further_ports, strict=True)
            },
        },
        sample_posts=[]
        if embedded and embedded.data.has_samples.exists()
        else [_python("posts_service", "sample-posts", **mongo)],
        front_door=nginx.command(nginx.find(), data.nginx),
        jobs={package.name: _python(package.module, package.job, **mongo) for package in others if package.job},
    )


def _embedded(data: MongodData) -> EmbeddedMongod:
    program, port = mongod_program.find(), data.choose_port()
    return EmbeddedMongod(program, port, data, program.command(data.directory, port), program.preparations(port))


def _serve(package: str, port: int, settings: dict[str, str]) -> Command:
    return _python(package, "serve", HOST=ports.LOOPBACK, PORT=str(port), **settings)


def _python(package: str, *arguments: str, **settings: str) -> Command:
    return Command((shown(Path(sys.executable)), "-m", package, *arguments), settings)
