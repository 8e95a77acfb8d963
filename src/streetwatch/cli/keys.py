"""`streetwatch keys`: what evidence is signed with, and another key in its place."""

# ruff: noqa: PLC0415 -- imports inside the commands: `streetwatch --help` must not wait for them

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from streetwatch.cli.output import AsJson, print_json

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

Config = Annotated[Path, typer.Option(help="Settings of the service.")]
_CONFIG = Path("streetwatch.yaml")


@app.callback()
def _keys() -> None:
    """What evidence is signed with."""


@app.command()
def show(*, config: Config = _CONFIG, as_json: AsJson = True) -> None:
    """Print every public key that evidence was signed with, and which signs now."""
    from streetwatch.service.keyring import signer_of, signing_of
    from streetwatch.service.openings import stored
    from streetwatch.service.settings_file import load_settings

    del as_json
    settings = load_settings(config, environ=os.environ)
    store = stored(settings)
    signing = signing_of(signer_of(settings), store)
    for one in signing.keys:
        signs = one == signing.signer.public
        print_json({"key": one.id, "signs_now": signs, "public_key": one.pem.decode()})
    store.close()


@app.command()
def rotate(*, config: Config = _CONFIG, as_json: AsJson = True) -> None:
    """Make another key to sign with; restart the service then. What was signed stays proven."""
    from streetwatch.service.evidence.keys import KEY_FILE, Signer
    from streetwatch.service.incidents.errors import InputError
    from streetwatch.service.settings_file import load_settings

    del as_json
    settings = load_settings(config, environ=os.environ)
    if settings.evidence.signing_key is not None:
        raise InputError(f"{config}: evidence.signing_key is set there: write another key there")
    path = settings.data_dir / KEY_FILE
    if not path.is_file():
        raise InputError(f"{path}: no such file: give --config of a service that has run")
    made = Signer.made()
    try:
        made.write(path)
    except OSError as error:
        raise InputError(f"{path}: can't be written: {error.strerror or error}") from error
    print_json({"key": made.public.id, "public_key": made.public.pem.decode()})
    sys.stderr.write("restart the service: until then it signs with the key of before\n")
