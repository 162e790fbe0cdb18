"""Options that several commands have."""

from typing import Annotated

import typer

DryRun = Annotated[bool, typer.Option("--dry-run", help="Print the lines that would be run, and do nothing.")]
