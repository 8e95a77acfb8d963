"""The settings of the service: a YAML file, and `STREETWATCH_*` variables that win over it."""

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, SecretStr, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from streetwatch.models.registry import DEFAULT_MODEL
from streetwatch.models.session import Provider
from streetwatch.service.config.access_schema import AccessSettings, ApiAccess
from streetwatch.service.config.checking import unlike
from streetwatch.service.config.console_schema import ConsoleSettings
from streetwatch.service.config.desk_schema import NoticeSettings, TriageSettings
from streetwatch.service.config.evidence_schema import EvidenceSettings, LooksLogSettings
from streetwatch.service.config.foresight_schema import ForesightSettings
from streetwatch.service.config.groups import (
    ClosingSettings,
    DemoSettings,
    GridSettings,
    Number,
    ObservationSettings,
    Whole,
)
from streetwatch.service.config.hosts import is_loopback
from streetwatch.service.config.limit_schema import LimitSettings
from streetwatch.service.config.network_schema import NetworkSettings
from streetwatch.service.config.node_schema import NodeSettings
from streetwatch.service.config.open311_schema import Open311Settings
from streetwatch.service.config.retention_schema import RetentionSettings
from streetwatch.service.config.target_schema import Target
from streetwatch.service.config.target_values import WebAddress
from streetwatch.service.config.wording import refused

PREFIX = "STREETWATCH_"
NESTED = "__"

_EVERYWHERE = frozenset({"0.0.0.0", "::"})  # noqa: S104 -- compared with, not bound to


def _database_address(url: str) -> str:
    if not url.startswith(("postgresql://", "sqlite:////")):
        raise refused(
            "is no address of a database: write postgresql://USER:PASSWORD@HOST/NAME, or "
            "sqlite:////PATH from the root on"
        )
    return url


class Settings(BaseSettings):
    """Everything that `streetwatch run` can be told."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter=NESTED,
        extra="forbid",
        frozen=True,
        allow_inf_nan=False,
        hide_input_in_errors=True,
    )

    cameras: Path = Field(
        Path("cameras.yaml"),
        title="Cameras",
        description="The file that describes the cameras.",
        examples=["cameras.yaml"],
    )
    data_dir: Path = Field(
        Path("data"),
        title="Data folder",
        description="Where the database and the evidence are kept; made if it is not there.",
        examples=["data"],
    )
    database: Annotated[str, AfterValidator(_database_address)] | None = Field(
        None,
        min_length=1,
        title="Database",
        description="Address of the database. Left out: SQLite, streetwatch.db in data_dir.",
        examples=['"postgresql://streetwatch:${DB_PASSWORD}@db.example/streetwatch"'],
    )
    camera_key: SecretStr | None = Field(
        None,
        min_length=1,
        title="Key of the passwords",
        description="Closes the passwords of the console's cameras. Left out: camera.key in "
        "data_dir, made at the first start.",
        examples=['"${CAMERA_KEY}"'],
    )
    host: str = Field(
        "127.0.0.1",
        min_length=1,
        title="Host",
        description="Address to listen at. 0.0.0.0 opens the desk to the network: see SECURITY.md.",
        examples=["127.0.0.1"],
    )
    port: Whole = Field(
        8080,
        ge=1,
        le=65_535,
        title="Port",
        description="TCP port of the API and the desk.",
        examples=[8080],
    )
    desk_url: WebAddress | None = Field(
        None,
        title="Case desk",
        description="Where cases are delivered. Left out: the desk embedded in this process.",
        examples=["http://127.0.0.1:8080"],
    )
    desk_token: SecretStr | None = Field(
        None,
        min_length=1,
        title="Token of the case desk",
        description="Goes to desk_url: `streetwatch tokens add` makes it there.",
        examples=['"${DESK_TOKEN}"'],
    )
    targets: Annotated[list[Target], unlike("id"), Field(min_length=1)] | None = Field(
        None,
        title="Targets",
        description="The case platforms, and what each is told. Left out: the case desk alone.",
        examples=["[{id: city, kind: open311, url: ..., service_codes: {...}}]"],
    )
    model: str = Field(
        DEFAULT_MODEL,
        min_length=1,
        title="Model",
        description="Name of a shipped model, or path of a model card (.toml).",
        examples=[DEFAULT_MODEL],
    )
    look_interval_s: Number = Field(
        1.0,
        ge=0.1,
        le=10,
        title="Look interval",
        description="Seconds between two looks at one camera while something goes on.",
        examples=[1.0],
    )
    quiet_interval_s: Number = Field(
        4.0,
        ge=0.1,
        le=8,
        title="Quiet interval",
        description="Seconds between two pictures of a camera on which nothing goes on.",
        examples=[4],
    )
    idle_interval_s: Number = Field(
        30.0,
        ge=1,
        le=300,
        title="Idle interval",
        description="Seconds a camera on which nothing changes goes without a detection.",
        examples=[30],
    )
    detector_threads: Whole = Field(
        0,
        ge=0,
        le=256,
        title="Detector threads",
        description="Threads inside one detection; 0 lets ONNX Runtime choose.",
        examples=[2],
    )
    detector_provider: Provider = Field(
        Provider.CPU,
        title="Detector provider",
        description="What computes; each needs its own build of ONNX Runtime.",
        examples=["cuda"],
    )
    detector_batch: Whole = Field(
        1,
        ge=1,
        le=64,
        title="Detector batch",
        description="Waiting pictures that are detected in together; more than 1 is for GPUs.",
        examples=[8],
    )
    evidence: EvidenceSettings = Field(
        EvidenceSettings(),
        title="Evidence",
        description="How much video belongs to a case.",
        examples=["{pre_s: 5, post_s: 10}"],
    )
    looks_log: LooksLogSettings = Field(
        LooksLogSettings(),
        title="Looks",
        description="How long it is kept what was seen, look by look.",
        examples=["{hours: 24}"],
    )
    retention: RetentionSettings = Field(
        RetentionSettings(),
        title="Retention",
        description="How long things are kept.",
        examples=["{evidence_d: 180, hour: 3}"],
    )
    grid: GridSettings = Field(
        GridSettings(),
        title="Grids",
        description="What the grid layer does by itself.",
        examples=["{auto_dispatch: true}"],
    )
    closing: ClosingSettings = Field(
        ClosingSettings(),
        title="Closing check",
        description="How the camera looks whether what is said to be handled is gone.",
        examples=["{patience_s: 600, limit_s: 7200}"],
    )
    observations: ObservationSettings = Field(
        ObservationSettings(),
        title="Observations",
        description="Reports of citizens and sensors.",
        examples=["{picture_mb: 10}"],
    )
    foresight: ForesightSettings = Field(
        ForesightSettings(),
        title="Foresight",
        description="What the analyses go by.",
        examples=["{roads: roads.geojson}"],
    )
    networks: NetworkSettings = Field(
        NetworkSettings(),
        title="Networks",
        description="Which networks are connected to.",
        examples=["{cameras: [10.20.0.0/16]}"],
    )
    limits: LimitSettings = Field(
        LimitSettings(),
        title="Limits",
        description="How often one address may ask.",
        examples=["{public_per_minute: 300}"],
    )
    access: AccessSettings = Field(
        AccessSettings(),
        title="Access",
        description="Who is let in, and for how long.",
        examples=["{idle_h: 8, whole_h: 72}"],
    )
    console: ConsoleSettings = Field(
        ConsoleSettings(),
        title="Console",
        description="The pages in a browser.",
        examples=["{enabled: false}"],
    )
    demo: DemoSettings = Field(
        DemoSettings(),
        title="Demo camera",
        description="A clip served as a live camera.",
        examples=["{clip: demo.mp4, port: 8554}"],
    )
    open311: Open311Settings = Field(
        Open311Settings(),
        title="Open311",
        description="What other tools may file and read over Open311.",
        examples=["{jurisdiction_id: city.example}"],
    )
    node: NodeSettings = Field(
        NodeSettings(),
        title="Node",
        description="This process among those that share the cameras of one database.",
        examples=["{id: north-1}"],
    )
    code_profile: str = Field(
        "default",
        min_length=1,
        title="Profile of codes",
        description="The city's codes and deadlines: a shipped profile, or a path of one (.yaml).",
        examples=["default"],
    )
    work_calendar: Path | None = Field(
        None,
        title="Work calendar",
        description="The city's own hours, holidays and make-up days. Left out: China's.",
        examples=["calendar.yaml"],
    )
    notices: NoticeSettings = Field(
        NoticeSettings(),
        title="Notices",
        description="Who is told of cases that wait, and after how long.",
        examples=["{urgent_h: 2, ordinary_h: 24}"],
    )
    triage: TriageSettings = Field(
        TriageSettings(),
        title="Triage",
        description="Where service ends, and management and enforcement begin.",
        examples=["{window_d: 90}"],
    )
    log_format: Literal["console", "json"] = Field(
        "console", title="Log format", description="For people or for machines.", examples=["json"]
    )

    @model_validator(mode="after")
    def _open_to_itself_alone(self) -> Self:
        if self.access.api is ApiAccess.OPEN and not is_loopback(self.host):
            raise refused(
                f"would open the API to the network, for host is {self.host}: write required, or "
                "host: 127.0.0.1",
                at=("access", "api"),
            )
        return self

    @property
    def database_url(self) -> str:
        """Where the database is. Holds its password."""
        return self.database or f"sqlite:///{self.data_dir / 'streetwatch.db'}"

    @property
    def address(self) -> str:
        """Where this process answers, as seen from itself."""
        host = "127.0.0.1" if self.host in _EVERYWHERE else self.host
        return f"http://{host}:{self.port}"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 -- pydantic's signature
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take only what `load_settings` hands over: no hidden look at the environment."""
        return (init_settings,)
