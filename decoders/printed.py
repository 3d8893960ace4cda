"""What a label says beside the model: the region that the device was made for, and a brand that it was sold under.

The payload of a model is the same in every region, and no model that is known is told from another by these words alone
(a test sees to it). They are looked at only where a name as a whole answers to nothing.
"""

from __future__ import annotations

import re

_GAP = r"[-_ \u2010-\u2015\u2212]"
"""What stands between the words of a name; also the hyphens and dashes of typeset documents."""

_REGION = re.compile(
    rf"{_GAP}(?:(?:(?:EU|US|AS|AU|IN|KR|CN|RU){_GAP}?)?(?:433|470|863|865|868|915|920|923)M?(?:Hz)?"
    r"|EU|US|AS|AU|IN|KR|CN)$",
    re.IGNORECASE,
)
"""`-868M`, ` EU868`, `-AS923`, `-EU`: frequency plans and countries, as makers print them behind the model."""

_BRANDS = (
    (re.compile(r"(?:ursalink|milesight[-_ ]iot)[-_ /]+", re.IGNORECASE), "Milesight "),
    (re.compile(r"elsys\.se[-_ /]+", re.IGNORECASE), "Elsys "),
    (re.compile(r"seeed(?:[-_ ](?:studio|technology))?[-_ /]+(?:sensecap[-_ /]+)?", re.IGNORECASE), "SenseCAP "),
    (re.compile(r"teneo[-_ ]iot[-_ /]+", re.IGNORECASE), "Teneo "),
    (re.compile(r"nke[-_ ]watteco[-_ /]+", re.IGNORECASE), "Watteco "),
)


def without_label(model: str) -> str | None:
    """The name with today's brand and without a region; None where it has neither an older brand nor a region."""
    text = _REGION.sub("", model.strip())
    for brand, today in _BRANDS:
        if matched := brand.match(text):
            text = today + text[matched.end() :]
            break
    return None if text == model.strip() else text
