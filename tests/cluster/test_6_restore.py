"""The database is lost, and comes back from a backup that was made while people wrote."""

from blogctl import terminal
from blogctl.drill import restore
from cluster.applied import Platform


def test_lost_is_what_came_after_the_backup_and_nothing_else(platform: Platform) -> None:
    restored = restore.run(platform.cluster, platform.url)

    terminal.answer(str(restored))
    assert restored.broken() == []
    assert platform.cluster.ask("get", "secret", restore.SECRET, "--ignore-not-found", "-o", "name") == ""
