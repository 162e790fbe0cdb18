"""The checkout that this command is installed from: it's installed editable, and works on files of the tree."""

from pathlib import Path

ROOT = Path(__file__).parents[4]
FRONTEND = ROOT / "services" / "frontend"
