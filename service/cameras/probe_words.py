"""What a probe says to people, in Chinese and English: what was found, and what mends it."""

from dataclasses import dataclass
from typing import Final

from streetwatch.vision.capture.errors import Fault
from streetwatch.vision.capture.probing import Finding, StepName, StepState


@dataclass(frozen=True, slots=True)
class Words:
    """One text in both languages."""

    zh: str
    en: str

    def filled(self, **facts: object) -> "Words":
        """Return it with its fields filled in."""
        return Words(self.zh.format(**facts), self.en.format(**facts))


_RUNNING: Final = {
    StepName.ADDRESS: Words("正在检查地址", "Checking the address"),
    StepName.REACHABLE: Words("正在连接主机", "Connecting to the host"),
    StepName.OPENS: Words("正在打开视频流", "Opening the stream"),
    StepName.CODEC: Words("正在识别编码", "Finding out the codec"),
    StepName.PICTURE: Words("正在等待第一幅画面", "Waiting for the first picture"),
    StepName.KEY_FRAMES: Words("正在测量关键帧间隔", "Measuring the key frame interval"),
    StepName.CLOCK: Words("正在比对时钟", "Comparing the clocks"),
    StepName.SUB_STREAMS: Words("正在查找子码流", "Looking for a sub-stream"),
}

_OK: Final = {
    StepName.ADDRESS: Words("地址可用", "The address is usable"),
    StepName.REACHABLE: Words("主机可达，{ms} 毫秒", "The host answers in {ms} ms"),
    StepName.OPENS: Words("视频流已打开", "The stream opens"),
    StepName.CODEC: Words("{codec}，{width} x {height}", "{codec}, {width} x {height}"),
    StepName.PICTURE: Words("已收到画面", "A picture has come"),
    StepName.KEY_FRAMES: Words("关键帧间隔 {gop_s} 秒", "A key frame every {gop_s} s"),
    StepName.CLOCK: Words("摄像机时钟偏差 {skew_s} 秒", "The camera's clock is off by {skew_s} s"),
    StepName.SUB_STREAMS: Words(
        "子码流：{address}，{width} x {height}", "A sub-stream: {address}, {width} x {height}"
    ),
}

_UNKNOWN: Final = {
    StepName.KEY_FRAMES: Words("10 秒内关键帧不足两个", "Fewer than two key frames in 10 s"),
    StepName.CLOCK: Words(
        "未知：视频流不含摄像机时钟", "Not known: the stream does not carry the camera's clock"
    ),
    StepName.SUB_STREAMS: Words("未找到子码流", "No sub-stream was found"),
}

_FAULTS: Final = {
    Fault.UNKNOWN_HOST: (
        Words("找不到主机", "The host is not known"),
        Words("检查主机名和网络", "Check the host's name and the network"),
    ),
    Fault.REFUSED: (
        Words("连接被拒绝", "The connection is refused"),
        Words("检查摄像机是否开机、端口是否正确", "Is the camera on? Is the port right?"),
    ),
    Fault.NO_ANSWER: (
        Words("超时无应答", "No answer in time"),
        Words("检查网络、IP 地址和防火墙", "Check the network, the address and the firewall"),
    ),
    Fault.PASSWORD: (
        Words("用户名或密码错误（401）", "User name or password refused (401)"),
        Words("重新填写用户名和密码", "Write user name and password again"),
    ),
    Fault.FORBIDDEN: (
        Words("该账号无权查看（403）", "This account may not watch (403)"),
        Words("在摄像机上为该账号授予预览权限", "Give the account the right to watch"),
    ),
    Fault.OUT_OF_REACH: (
        Words("该地址不是摄像机可用的地址", "No camera can stand at this address"),
        Words(
            "填写摄像机在本网络中的地址，或请管理员在 networks 中放行该网段",
            "Write the camera's address in this network, or have its network added to `networks`",
        ),
    ),
    Fault.NO_STREAM: (
        Words("该地址没有视频流（404）", "There is no stream at this path (404)"),
        Words("检查地址中主机之后的路径", "Check the path after the host"),
    ),
    Fault.CAMERA: (
        Words("摄像机自身报错（5xx）", "The camera reports an error of its own (5xx)"),
        Words(
            "重启摄像机，或检查其连接数上限",
            "Restart the camera, or see whether it has too many viewers",
        ),
    ),
    Fault.ADDRESS: (
        Words("地址不可用", "The address is not usable"),
        Words("写成 rtsp://主机/路径", "Write rtsp://HOST/PATH"),
    ),
    Fault.CUT: (
        Words("连接被切断", "The connection was cut"),
        Words("检查网络是否稳定", "Is the network steady?"),
    ),
    Fault.NO_VIDEO: (
        Words("其中没有可读的视频", "There is no video in it that can be read"),
        Words("检查路径，换用视频通道", "Check the path; use a video channel"),
    ),
    Fault.CODEC: (
        Words("编码不受支持", "The codec is not supported"),
        Words("在摄像机上改用 H.264 或 H.265", "Set the camera to H.264 or H.265"),
    ),
    Fault.NO_KEY_FRAME: (
        Words("10 秒内没有关键帧", "No key frame came in 10 s"),
        Words("将关键帧间隔设为 1 至 2 秒", "Set the key frame interval to 1 or 2 s"),
    ),
    Fault.OTHER: (
        Words("打不开", "It can't be opened"),
        Words("检查地址，稍后再试", "Check the address, or try again later"),
    ),
}

#: Longer apart, key frames are fewer than the looks that a zone is promised.
_GOP_ADVICE_S: Final = 2.5
#: A stamp on a still that is further off would be argued about.
_SKEW_ADVICE_S: Final = 5.0
_SET_THE_CLOCK: Final = Words(
    "可用；在摄像机上启用 NTP 校时更好", "It works; let the camera set its clock by NTP"
)
_SHORTER_GOP: Final = Words(
    "可用；将关键帧间隔设为 1 至 2 秒更好", "It works; a key frame every 1 or 2 s is better"
)


def words_of(finding: Finding) -> tuple[Words, Words | None]:
    """Return what a finding says, and what mends it where something does."""
    match finding.state:
        case StepState.RUNNING:
            return _RUNNING[finding.step], None
        case StepState.OK:
            return _OK[finding.step].filled(**finding.facts), _advice(finding)
        case StepState.UNKNOWN:
            mends = None if finding.fault is None else _FAULTS[finding.fault][1]
            return _UNKNOWN[finding.step], mends
        case StepState.FAILED:
            return _FAULTS[finding.fault or Fault.OTHER]


def _advice(finding: Finding) -> Words | None:
    gop_s, skew_s = (finding.facts.get(name) for name in ("gop_s", "skew_s"))
    if isinstance(gop_s, float) and gop_s > _GOP_ADVICE_S:
        return _SHORTER_GOP
    is_off = isinstance(skew_s, float) and abs(skew_s) > _SKEW_ADVICE_S
    return _SET_THE_CLOCK if is_off else None
