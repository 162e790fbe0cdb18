"""The platform while it runs. Blocks nest: what is inside stops before what is around it."""

import asyncio
import os
import shlex
import signal
from collections.abc import Iterable

from rich.table import Table

from blogctl import ports, replica_set, terminal
from blogctl.command import Command
from blogctl.failure import Failure
from blogctl.process_group import ProcessGroup
from blogctl.up import nginx, readiness
from blogctl.up.data_directory import DataDirectory
from blogctl.up.plan import FRONTEND, MONGOD, POSTS, EmbeddedMongod, Plan
from blogctl.up.process import OnLine, Process, running


class Platform:
    """All of its programs."""

    def __init__(self, plan: Plan, data: DataDirectory, group: ProcessGroup, on_line: OnLine) -> None:
        """Prepare to run a plan.

        Args:
            plan: What runs, and where.
            data: Where everything is kept.
            group: Ends all of it when blogctl is killed.
            on_line: Gets each program's name and its lines.
        """
        self._plan = plan
        self._data = data
        self._group = group
        self._on_line = on_line
        self._processes: dict[str, Process] = {}

    async def run(self) -> None:
        """Start everything and keep it running until this is cancelled.

        Raises:
            ExceptionGroup: Holds the Failure that ended it.
        """
        async with asyncio.TaskGroup() as database:
            if self._plan.mongod:
                await self._prepare_mongod(self._plan.mongod)
                database.create_task(self._keep_mongod(self._plan.mongod))
            else:
                await asyncio.to_thread(replica_set.demand, os.environ["MONGO_URL"])
            # Nothing here waits for mongod: imports take longer than it does, and the services wait by themselves.
            async with asyncio.TaskGroup() as services:
                for name, service in self._plan.services.items():
                    services.create_task(self._serve(name, service.command, after=service.preparations))
                await self._prepare_database()
                for name, service in self._plan.services.items():
                    await readiness.wait_ready(name, f"{service.url}/readyz")
                async with asyncio.TaskGroup() as front_door:
                    await self._open(front_door)
                    await self._show_status()
                    terminal.note(f"ready: {self._plan.url}", style="bold")
                    front_door.create_task(self._do_jobs())

    async def _prepare_mongod(self, mongod: EmbeddedMongod) -> None:
        """Make room for its data, and have its image; that there was nothing to remove is no failure."""
        mongod.data.prepare()
        for preparation in mongod.preparations:
            async with running(MONGOD, preparation, group=self._group, on_line=self._on_line) as process:
                await process.ended()

    async def _keep_mongod(self, mongod: EmbeddedMongod) -> None:
        """Run mongod, and again when something ends it: its data outlives it."""
        while True:
            how = await self._run_mongod(mongod)
            terminal.note(f"{MONGOD} ended ({how}): it starts again with the same data", style="yellow")

    async def _run_mongod(self, mongod: EmbeddedMongod) -> str:
        with mongod.data.log.open("w", encoding="utf-8") as log:

            def record(name: str, line: str) -> None:
                log.write(f"{line}\n")
                log.flush()
                self._on_line(name, line)

            async with running(MONGOD, mongod.command, group=self._group, on_line=record) as process:
                again, self._processes[MONGOD] = MONGOD in self._processes, process
                try:
                    await asyncio.to_thread(replica_set.make_primary, mongod.port, alive=process.runs)
                except replica_set.NoPrimary as error:
                    await process.stop(signal.SIGTERM)  # its last lines say why
                    raise Failure(
                        f"{mongod.data.refusal(mongod.program)}; --fresh starts over without its data, "
                        "--data names another directory"
                    ) from error
                mongod.data.remember(mongod.program, mongod.port)
                if again:
                    terminal.note(f"{MONGOD} is back (pid {process.pid})")
                return await process.ended()

    async def _prepare_database(self) -> None:
        """Migrate, and write the sample posts the first time."""
        async with asyncio.TaskGroup() as both:
            for name, migration in self._plan.migrations.items():
                both.create_task(self._job(name, migration))
        for command in self._plan.sample_posts:
            await self._job(POSTS, command)
            if self._plan.mongod:
                self._plan.mongod.data.has_samples.touch()

    async def _open(self, front_door: asyncio.TaskGroup) -> None:
        upstreams = {service.upstream: service.port for service in self._plan.services.values()}
        nginx.configure(self._data.nginx, port=self._plan.port, **upstreams)
        front_door.create_task(self._serve(FRONTEND, self._plan.front_door, stop_by=signal.SIGQUIT))
        await readiness.wait_ready(FRONTEND, f"http://{ports.LOOPBACK}:{self._plan.port}/healthz")

    async def _do_jobs(self) -> None:
        """Do what CronJobs do in a cluster, for the first time: without statistics the blog goes on."""
        for name, job in self._plan.jobs.items():
            try:
                await self._job(name, job)
            except Failure as failure:
                terminal.note(f"{name} has done nothing yet: {failure}", style="yellow")

    async def _serve(
        self,
        name: str,
        command: Command,
        *,
        after: Iterable[Command] = (),
        stop_by: signal.Signals = signal.SIGTERM,
    ) -> None:
        """Run a program that must not end."""
        for preparation in after:
            await self._job(name, preparation)
        async with running(name, command, group=self._group, on_line=self._on_line, stop_by=stop_by) as process:
            self._processes[name] = process
            how = await process.ended()
        raise Failure(f"{name} ended ({how}) and everything is stopped; its last line: {process.last_line or 'none'}")

    async def _job(self, name: str, command: Command) -> None:
        """Run a program to its end."""
        async with running(name, command, group=self._group, on_line=self._on_line) as process:
            how = await process.ended()
        if how != "status 0":
            line = shlex.join(command.arguments)
            raise Failure(f"`{line}` ended ({how}): {process.last_line or 'it wrote nothing'}")

    async def _show_status(self) -> None:
        table = Table("service", "address", "pid", "version", box=None)
        if self._plan.mongod:
            port, program = self._plan.mongod.port, self._plan.mongod.program
            version = f"{program.version} ({program.origin})"
            table.add_row(MONGOD, f"{ports.LOOPBACK}:{port}", self._pid(MONGOD), version)
        for name, service in self._plan.services.items():
            table.add_row(name, service.url, self._pid(name), await readiness.version(service.url))
        table.add_row(
            FRONTEND, self._plan.url, self._pid(FRONTEND), await asyncio.to_thread(nginx.version, self._plan.front_door)
        )
        terminal.stderr.print(table)

    def _pid(self, name: str) -> str:
        return str(self._processes[name].pid)
