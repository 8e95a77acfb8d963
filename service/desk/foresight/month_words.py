"""The words of the month's page, Chinese and English."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from streetwatch.service.foresight.campaign import Lack
from streetwatch.service.foresight.efficiency import Finding


class Tongue(StrEnum):
    """The language of the page."""

    ZH = "zh"
    EN = "en"


#: Chinese, English.
WORDS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "title": ("城市管理月报", "Monthly report"),
        "period": ("统计期", "Period"),
        "made": ("生成时间", "Made at"),
        "open_as_of": ("未结案件按此刻计", "what is open is judged as of then"),
        "whole_city": ("全域", "the whole city"),
        "grid": ("网格", "grid"),
        "figures": ("指标", "Figures"),
        "figure": ("指标", "figure"),
        "value": ("值", "value"),
        "interval": ("95% 区间", "95 % interval"),
        "cases": ("上报", "cases"),
        "by_type": ("分类型", "By type"),
        "precision_by_type": ("分类型准确率（虚线：92%）", "Precision by type (dashed: 92 %)"),
        "by_day": ("逐日", "By day"),
        "by_hour": ("按时段", "By hour of the day"),
        "by_grid": ("案件最多的网格", "The grids with the most cases"),
        "send": ("人往哪里派", "Where to send people"),
        "window": ("最佳时段", "best window"),
        "rate": ("每 100 小时起数（按看的时长计）", "Violations in 100 hours looked at"),
        "times_city": ("为应有的倍数", "times what is expected"),
        "looked": ("起数 / 看的小时", "n / hours looked at"),
        "nowhere": (
            "没有一处多于偶然：按常规巡查。",
            "Nowhere is more than chance explains: go where the round goes.",
        ),
        "believe": (
            (
                "共比较 {tests} 次，判定中误判不超过 5%；按每看一小时的违规数计算，"
                "摄像机多不会成为热点。"
            ),
            (
                "{tests} comparisons, of all claims at most 5 % are false; rates count violations "
                "for each hour looked at, so more cameras make no hot spot."
            ),
        ),
        "changed": (
            "与上一时段相比有变化，且超出偶然",
            "Changed against the days before",
        ),
        "as_often": ("倍数", "times as often"),
        "now_before": ("本期 / 上期", "now / before"),
        "blind": ("盲区：有人反映，没有人看", "Blind spots: told of, and seen by nobody"),
        "told_of": ("反映数", "told of"),
        "near": ("在摄像机附近", "near a camera"),
        "sites": ("下一台摄像机放哪里看得最多", "Where the next camera would see most"),
        "gain_month": ("每月件数 [95%]", "cases a month [95 %]"),
        "crowds": ("已预警的人群", "Crowds that were warned of"),
        "warned_at": ("预警时间", "warned at"),
        "most_people": ("最多", "most"),
        "usual": ("平时", "usual"),
        "permitted": ("许可摆摊点的使用", "Permitted places: how far stalls use them"),
        "with_stall": ("有摊的比例 [95%]", "looks with a stall [95 %]"),
        "stalls": ("平均摊数", "stalls, on the average"),
        "before": ("整治前", "before"),
        "during": ("整治中", "during"),
        "after": ("整治后", "after"),
        "n_days": ("n（天）", "n, days"),
        "no_permitted": ("没有画出许可摆摊点：未测量", "no permitted place is drawn: not measured"),
        "relapse": ("反弹：结案后再次发生", "Relapse: back after closing"),
        "within": ("{days} 日内", "within {days} days"),
        "chains": ("反复出现的地点", "Places that come back"),
        "place": ("地点", "place"),
        "type": ("类型", "type"),
        "times": ("次数", "times"),
        "gap": ("间隔中位数", "median gap"),
        "campaigns": ("专项整治成效", "What campaigns changed"),
        "campaign": ("整治", "campaign"),
        "ratio": ("整治后 / 预期", "after / expected"),
        "claim_less": ("减少，超出偶然", "fewer, beyond chance"),
        "claim_more": ("增多，超出偶然", "more, beyond chance"),
        "no_claim": ("与偶然无异", "no more than chance"),
        "frontage": ("门前三包评分（最低十家）", "Shop fronts (the ten lowest)"),
        "front": ("门前", "front"),
        "score": ("分", "score"),
        "efficiency": ("与人工巡查相比（巡查为模型推算）", "Against rounds on foot (a model)"),
        "sooner": ("发现提前倍数", "times as soon"),
        "per_hour": ("每工时发现倍数（含复核）", "times the finds per staff hour (with review)"),
        "claimed": ("“提升 5 倍”", 'the claim "x5"'),
        "round": (
            "巡查模型：每 4 小时到每处一次，每轮 4 工时",
            "The round: every place every 4 hours, 4 hours of work each",
        ),
        "patrol": ("巡查路线", "Patrol routes"),
        "workday": ("工作日", "working day"),
        "weekend": ("周末", "weekend"),
        "learnt": ("依据", "learnt from"),
        "team": ("队伍", "Team"),
        "arrive": ("到达", "arrive"),
        "leave": ("离开", "leave"),
        "expected": ("预计在场", "expected there"),
        "map": ("地图", "map"),
        "nobody": ("没有值得巡查的地点。", "There is nothing that is worth going for."),
        "gain": (
            (
                "模拟回放 {days} 天：本路线遇到 {planned} 起，固定巡查 {fixed} 起；"
                "每队每小时相差 {more} [{low}, {high}]。"
            ),
            (
                "Simulated on {days} days: these routes met {planned}, the fixed round {fixed}; "
                "{more} [{low}, {high}] for an hour of a team."
            ),
        ),
        "loss": ("此处固定巡查更好，不要改。", " The fixed round does better here: keep it."),
        "no_gain": ("效果：未测量。", "What they are worth: not measured."),
        "no_routes": (
            "未测量：没有安装路线求解器（streetwatch[patrol]）",
            "not measured: no solver for routes is installed (streetwatch[patrol])",
        ),
        "shift": (
            "工作日，{teams} 队，步行，{start}:00 起 {hours} 小时。",
            "Working day, {teams} teams on foot, {hours} h from {start}:00.",
        ),
        "learnt_of": ("依据此前 8 周的 {n} 起。", "Learnt from the 8 weeks before (n = {n})."),
        "stops": ("停留", "stops"),
        "out": ("时间", "from, to"),
        "first_stops": ("最先去", "first stops"),
        "met_per_hour": (
            "每队每小时遇到（历史回放，模拟）",
            "met for an hour of a team (history replayed: a simulation)",
        ),
        "met": ("起数", "met"),
        "these_routes": ("本路线", "these routes"),
        "fixed_round": ("固定巡查", "the fixed round"),
        "more_met": ("相差", "more"),
        "not_measured": ("未测量", "not measured"),
        "too_many": ("案件过多，请分网格出表", "too many cases: ask for one grid"),
        "none": ("无", "none"),
        "unknown": ("未知", "unknown"),
        "days": ("天", "days"),
        "how": (
            (
                "比例用 Wilson 95% 区间；反弹用 Kaplan-Meier；整治成效用间断时间序列。"
                "n 为样本量，“未测量”即无数据，从不记为 0。"
            ),
            (
                "Shares have Wilson's 95 % interval; relapse is Kaplan and Meier's; campaigns are "
                'an interrupted time series. n is how many there were; "not measured" is never 0.'
            ),
        ),
    }
)

FINDINGS: Final[Mapping[Finding, tuple[str, str]]] = MappingProxyType(
    {
        Finding.HELD: ("成立", "holds"),
        Finding.REFUTED: ("不成立", "refuted"),
        Finding.UNDECIDED: ("尚不能判定", "undecided"),
        Finding.NOT_MEASURED: ("未测量", "not measured"),
    }
)

LACKS: Final[Mapping[Lack, tuple[str, str]]] = MappingProxyType(
    {
        Lack.SHORT_BEFORE: ("未测量：整治前不足 28 天", "not measured: under 28 days before it"),
        Lack.SHORT_AFTER: ("未测量：整治后不足 14 天", "not measured: under 14 days after it"),
        Lack.FEW: ("未测量：整治前不足 20 起", "not measured: under 20 violations before it"),
    }
)


def said(pair: tuple[str, str], tongue: Tongue) -> str:
    """Return one of the languages."""
    return pair[0] if tongue is Tongue.ZH else pair[1]
