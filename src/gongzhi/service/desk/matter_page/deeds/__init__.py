"""Everything that can be done on the page of a matter, in one table."""

from gongzhi.service.desk.matter_page.deeds.deed import Deed, Group
from gongzhi.service.desk.matter_page.deeds.ending import ENDING, FOR_THE_PERSON, submission_of
from gongzhi.service.desk.matter_page.deeds.handling import HANDLING
from gongzhi.service.desk.matter_page.deeds.handover import WHO_LEADS
from gongzhi.service.desk.matter_page.deeds.joint import TIME, TOGETHER
from gongzhi.service.desk.matter_page.deeds.money import MONEY

__all__ = ["DEEDS", "Deed", "Group", "submission_of"]

#: What is asked of somebody comes first in this order; the rest stands under its group.
DEEDS: dict[str, Deed] = {
    deed.name: deed for deed in (*HANDLING, *MONEY, *ENDING, *WHO_LEADS, *TOGETHER, *TIME, *FOR_THE_PERSON)
}
