"""A fresh database is made by the squashed migrations: they say what the steps say that they stand for."""

from __future__ import annotations

from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState


def _told_by_files(*, squashed: bool) -> ProjectState:
    loader = MigrationLoader(None, replace_migrations=squashed)
    for name, migration in loader.replacements.items() if not squashed else ():
        loader.graph.remove_replacement_node(name, migration.replaces)
    state: ProjectState = loader.project_state()
    return state


def test_a_fresh_database_is_the_one_that_every_step_leads_to() -> None:
    step_by_step, at_once = _told_by_files(squashed=False), _told_by_files(squashed=True)
    assert at_once.models.keys() == step_by_step.models.keys()
    for before, after in ((step_by_step, at_once), (at_once, step_by_step)):
        changes = MigrationAutodetector(before, after).changes(graph=MigrationLoader(None).graph)
        assert changes == {}


def test_every_squashed_step_stands_in_its_place() -> None:
    """An installation that stopped in between goes on by the steps; none may be missing among those that are replaced."""
    loader = MigrationLoader(None, replace_migrations=False)
    replaced = {step for one in loader.disk_migrations.values() for step in one.replaces}
    assert replaced
    assert replaced <= loader.disk_migrations.keys()
    for app, name in sorted(replaced):
        earlier = {parent.key for parent in loader.graph.node_map[app, name].parents if parent.key[0] == app}
        assert earlier <= replaced, f"{app} {name} follows a step that the squashed migration leaves out"
