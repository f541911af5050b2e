"""Additional contracts for import-linter: the layers inside every app, and who may import an app's endpoints."""

from collections.abc import Iterator

import grimp
from importlinter import Contract, ContractCheck, fields, output

Import = tuple[str, str]


def _app_and_part(module: str, containers: list[str]) -> tuple[str, str]:
    """Return the app of a module and the part inside it, such as `commerce.plans`, `models`. Empty outside of apps."""
    names = module.split(".")
    if names[0] not in containers or len(names) < 3:
        return "", ""
    return ".".join(names[:2]), names[2]


def _imports(graph: grimp.ImportGraph) -> Iterator[Import]:
    for importer in sorted(graph.modules):
        for imported in sorted(graph.find_modules_directly_imported_by(importer)):
            yield importer, imported


class _Imports(Contract):
    """Reports the imports that it does not allow. ignore: lines `importer -> imported`."""

    containers = fields.ListField(subfield=fields.StringField())
    ignore = fields.ListField(subfield=fields.StringField(), required=False)

    def is_broken(self, importer: str, imported: str) -> bool:
        raise NotImplementedError

    def check(self, graph: grimp.ImportGraph, verbose: bool) -> ContractCheck:
        ignored = set(self.ignore or [])  # type: ignore[call-overload]
        broken = [pair for pair in _imports(graph) if self.is_broken(*pair)]
        lines = {f"{importer} -> {imported}" for importer, imported in broken}
        return ContractCheck(
            kept=lines == ignored,
            metadata={"broken": sorted(lines - ignored), "unused": sorted(ignored - lines)},
        )

    def render_broken_contract(self, check: ContractCheck) -> None:
        for line in check.metadata["broken"]:
            output.print_error(line)
        for line in check.metadata["unused"]:
            output.print_error(f"ignored, but not imported: {line}")


class AppLayers(_Imports):
    """Inside an app, a module may import those on its own line or below. Modules on no line aren't checked."""

    type_name = "app_layers"
    layers = fields.ListField(subfield=fields.StringField())

    def is_broken(self, importer: str, imported: str) -> bool:
        app, part = _app_and_part(importer, self.containers)  # type: ignore[arg-type]
        other_app, other_part = _app_and_part(imported, self.containers)  # type: ignore[arg-type]
        if not app or app != other_app:
            return False
        height = {name: -place for place, line in enumerate(self.layers) for name in str(line).split()}  # type: ignore[arg-type, var-annotated]
        if part not in height or other_part not in height:
            return False
        return height[part] < height[other_part]


class EntryPoints(_Imports):
    """An app's endpoints, admin, tasks and listeners are imported by itself and by the composition root only."""

    type_name = "entry_points"
    modules = fields.ListField(subfield=fields.StringField())
    importers = fields.ListField(subfield=fields.StringField())

    def is_broken(self, importer: str, imported: str) -> bool:
        app, part = _app_and_part(imported, self.containers)  # type: ignore[arg-type]
        if part not in set(self.modules):  # type: ignore[call-overload]
            return False
        return importer.split(".")[0] not in set(self.importers) and not importer.startswith(f"{app}.")  # type: ignore[call-overload]
