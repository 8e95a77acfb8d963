"""Paths in a settings file: they count from its folder."""

from pathlib import Path

from streetwatch.service.config.document import Tree


def anchored(tree: Tree, folder: Path) -> Tree:
    """Let the file's own paths count from its folder."""
    if not isinstance(tree, dict):
        return tree
    paths: dict[str, Tree] = {"cameras": "cameras.yaml", "data_dir": "data"}
    paths |= tree
    return {key: _placed(key, value, folder) for key, value in paths.items()}


def _placed(key: str, value: Tree, folder: Path) -> Tree:
    match key, value:
        case (
            (
                "cameras"
                | "data_dir"
                | "clip"
                | "template"
                | "ca_file"
                | "client_secret_file"
                | "work_calendar"
                | "roads"
            ),
            str(),
        ):
            return str(folder / value)
        case "code_profile", str() if value.endswith((".yaml", ".yml")):
            return str(folder / value)
        case "model", str() if value.endswith(".toml"):
            return str(folder / value)
        case "demo" | "foresight" | "target" | "access" | "oidc", dict():
            return {name: _placed(name, inner, folder) for name, inner in value.items()}
        case "targets", list():
            return [_placed("target", inner, folder) for inner in value]
        case _:
            return value
