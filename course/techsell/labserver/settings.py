"""How JupyterLab is set up for a learner: plain data, decided here, applied by `techsell.learn`.

Everything that a person's other Jupyter could bring along (extensions, settings, saved layouts, kernels) is kept out
by giving Lab folders of its own inside the workspace.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from techsell.files import write_atomic

__all__ = ["LABEXTENSIONS", "SERVER_EXTENSIONS", "LabFolders", "environment", "server_config", "write_lab_files"]

LABEXTENSIONS = Path(__file__).resolve().parents[1] / "labextension"
"""The folder that holds our labextension; an editable install has no other copy."""

SERVER_EXTENSIONS = {"jupyterlab": True, "jupyter_server_terminals": True, "techsell.labserver": True}
"""All that is loaded. nbgrader's pages for instructors are not, which also saves their import at start-up."""

DISABLED = (
    "@jupyter/nbgrader",  # assignment list, course list, formgrader, validation: the instructor's
    "@jupyter-notebook/lab-extension",  # a button to another interface, whose server part is not loaded
    "@jupyterlab/apputils-extension:announcements",  # news prompt and update check: both call out
    "@jupyterlab/extensionmanager-extension",  # lists packages from the internet
    "@jupyterlab/pluginmanager-extension",
    "@jupyterlab/help-extension:jupyter-forum",
    "@jupyterlab/lsp-extension",  # asks for a server part that is not loaded
    "@jupyterlab/notebook-extension:language-server",
    "@jupyterlab/fileeditor-extension:language-server",
    "@jupyterlab/debugger-extension",
)

PAGE = {
    "disabledExtensions": list(DISABLED),
    "buildAvailable": False,  # nothing here is ever built
    "buildCheck": False,
}

AUTOSAVE_SECONDS = 10

SETTINGS: Mapping[str, Mapping[str, Any]] = {
    "@jupyterlab/apputils-extension:themes": {"adaptive-theme": True},
    "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
    "@jupyterlab/docmanager-extension:plugin": {"autosave": True, "autosaveInterval": AUTOSAVE_SECONDS},
    "@jupyterlab/filebrowser-extension:browser": {"showLastModifiedColumn": False},  # room for the names
    "@jupyterlab/notebook-extension:tracker": {
        "kernelShutdown": True,  # one live kernel: it goes when its notebook is closed
        "codeCellConfig": {"lineNumbers": False, "lineWrap": True},
    },
}


@dataclass(frozen=True)
class LabFolders:
    """Where Lab keeps what it writes: `<workspace>/.techsell/lab/…`."""

    base: Path

    @classmethod
    def of(cls, workspace: Path) -> LabFolders:
        return cls(workspace / ".techsell" / "lab")

    @property
    def app_settings(self) -> Path:
        return self.base / "app"

    @property
    def user_settings(self) -> Path:
        return self.base / "settings"

    @property
    def layouts(self) -> Path:
        return self.base / "layouts"

    @property
    def config(self) -> Path:
        return self.base / "config"

    @property
    def data(self) -> Path:
        return self.base / "data"


def write_lab_files(folders: LabFolders) -> None:
    """Write the defaults that Lab reads at start-up; a learner's own settings lie beside them and win.

    Raises:
        WorkspaceReadOnly, WorkspaceError: the workspace cannot be written.
    """
    _write_json(folders.app_settings / "page_config.json", PAGE)
    _write_json(folders.app_settings / "overrides.json", SETTINGS)


def _write_json(path: Path, data: object) -> None:
    text = (json.dumps(data, indent=2, sort_keys=True) + "\n").encode()
    if not path.is_file() or path.read_bytes() != text:
        write_atomic(path, text)


def environment(
    current: Mapping[str, str], *, workspace: Path, scripts: Path, content: Path | None = None, separator: str
) -> dict[str, str]:
    """The environment for the server and, through it, for every kernel.

    Args:
        current: the environment as it is.
        workspace: the learner's folder; kernels find it as `TECHSELL_WORKSPACE`.
        scripts: the folder of this Python's programs, put first on the path: the environment need not be activated.
        content: the content root the learner named, if any.
        separator: between entries of `PATH` (`os.pathsep`).
    """
    folders = LabFolders.of(workspace)
    entries = [entry for entry in current.get("PATH", "").split(separator) if entry and entry != str(scripts)]
    made = {name: value for name, value in current.items() if name not in ("JUPYTER_PATH", "JUPYTER_CONFIG_PATH")}
    made.update(
        PATH=separator.join([str(scripts), *entries]),
        TECHSELL_WORKSPACE=str(workspace),
        JUPYTER_CONFIG_DIR=str(folders.config),
        JUPYTER_DATA_DIR=str(folders.data),
        JUPYTER_RUNTIME_DIR=str(folders.data / "runtime"),
        JUPYTER_PREFER_ENV_PATH="1",
        IPYTHONDIR=str(folders.data / "ipython"),
    )
    if content is not None:
        made["TECHSELL_CONTENT"] = str(content)
    return made


def server_config(
    *, workspace: Path, ip: str, port: int, port_retries: int, token: str, open_browser: bool
) -> dict[str, dict[str, Any]]:
    """Jupyter's configuration, class by class. Token and XSRF check are on and cannot be switched off from here."""
    folders = LabFolders.of(workspace)
    return {
        "ServerApp": {
            "root_dir": str(workspace),
            "ip": ip,
            "port": port,
            "port_retries": port_retries,
            "open_browser": open_browser,
            "allow_root": True,  # a container often has nobody else
            "answer_yes": True,  # Ctrl-C ends at once; everything is saved as it happens
            "default_url": "/lab",
        },
        "Application": {"log_level": "ERROR"},
        "IdentityProvider": {"token": token},
        "LabApp": {
            "extra_labextensions_path": [str(LABEXTENSIONS)],
            "app_settings_dir": str(folders.app_settings),
            "user_settings_dir": str(folders.user_settings),
            "workspaces_dir": str(folders.layouts),
            "news_url": None,
            "check_for_updates_class": "jupyterlab.NeverCheckForUpdate",
            "extension_manager": "readonly",
        },
        "KernelSpecManager": {"allowed_kernelspecs": ["python3"]},
        "ContentsManager": {"allow_hidden": False},
        "CourseLab": {"workspace": str(workspace)},
    }
