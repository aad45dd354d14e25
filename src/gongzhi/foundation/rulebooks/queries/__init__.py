"""Consulting, reading, replaying and comparing rules."""

from __future__ import annotations

from gongzhi.foundation.rulebooks.models import Alignment, Law, Rule, RuleSet, Version
from gongzhi.foundation.rulebooks.queries.comparing import Differs, Pair, compare
from gongzhi.foundation.rulebooks.queries.deciding import (
    Considered,
    Decision,
    InForce,
    decide,
    decide_jointly,
    in_force,
    ruled,
    table_of,
)
from gongzhi.foundation.rulebooks.queries.reading import (
    Judged,
    Overtaken,
    adoptions,
    alignment_versions,
    areas_reached,
    arrangements,
    due_for_review,
    joint_in_force,
    judged,
    laws,
    may_do,
    open_faults,
    overtaken,
    overtaken_reached,
    regions_to_write,
    story,
    version,
    version_reached,
    versions_called,
    versions_in_force,
    versions_of,
    versions_reached,
)
from gongzhi.foundation.rulebooks.queries.replaying import (
    Changed,
    Past,
    Replay,
    check,
    decisions,
    replay,
)
from gongzhi.foundation.rulebooks.queries.several import JointRules, Said, decide_each, joint_rules

__all__ = [
    "Alignment", "Changed", "Considered", "Decision", "Differs", "InForce", "JointRules", "Judged", "Law",
    "Overtaken", "Pair", "Past", "Replay", "Rule", "RuleSet", "Said", "Version", "adoptions",
    "alignment_versions", "areas_reached", "arrangements", "check", "compare", "decide", "decide_each",
    "decide_jointly", "decisions", "due_for_review", "in_force", "joint_in_force", "joint_rules", "judged",
    "laws", "may_do", "open_faults", "overtaken", "overtaken_reached", "regions_to_write", "replay", "ruled",
    "story", "table_of", "version", "version_reached", "versions_called", "versions_in_force", "versions_of",
    "versions_reached",
]  # fmt: skip
