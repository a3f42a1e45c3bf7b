"""Openings for the commonest updates, in both languages: an officer fills the gap and posts.

A gap is marked by three dots. The kinds are those of ``PatrolUpdate``.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Phrase:
    """One opening. ``key`` stands in addresses; ``words`` are fields of an update."""

    key: str
    kind: str
    words: dict[str, str]

    @property
    def title(self) -> str:
        return self.words["title"]

    @property
    def title_cy(self) -> str:
        return self.words["title_cy"]


PHRASES = (
    Phrase(
        "on-patrol",
        "PATROL",
        {
            "title": "On patrol today",
            "text": "We were on patrol today. People told us about … We will look at it again.",
            "title_cy": "Ar batrôl heddiw",
            "text_cy": "Buom ar batrôl heddiw. Soniodd pobl wrthym am … Byddwn yn edrych eto.",
        },
    ),
    Phrase(
        "planned",
        "PLANNED",
        {
            "title": "Where you can meet us next",
            "text": "We will be out on foot. Stop us and talk: what you say counts.",
            "title_cy": "Ble i gwrdd â ni nesaf",
            "text_cy": "Byddwn allan ar droed. Stopiwch ni i siarad: mae eich geiriau’n cyfrif.",
        },
    ),
    Phrase(
        "result",
        "RESULT",
        {
            "title": "You told us, we acted",
            "told": "You told us about …",
            "text": "We …",
            "outcome": "Since then …",
            "advice": "Please go on telling us when and where it happens.",
            "title_cy": "Dywedoch chi, gweithredom ni",
            "told_cy": "Dywedoch wrthym am …",
            "text_cy": "Gwnaethom …",
            "outcome_cy": "Ers hynny …",
            "advice_cy": "Daliwch ati i ddweud wrthym pryd a ble mae’n digwydd.",
        },
    ),
    Phrase(
        "sheds",
        "ADVICE",
        {
            "title": "Two locks on your shed",
            "text": "Fit a second lock, bolt the hasp through the door, and write down the frame "
            "number of every bike.",
            "title_cy": "Dau glo ar eich sied",
            "text_cy": "Gosodwch ail glo, bolltiwch yr hasb drwy’r drws, a nodwch rif ffrâm pob "
            "beic.",
        },
    ),
    Phrase(
        "event",
        "EVENT",
        {
            "title": "Come and talk to us",
            "text": "We would like to hear what matters to you. Time and place are on the page "
            "of events.",
            "title_cy": "Dewch i siarad â ni",
            "text_cy": "Hoffem glywed beth sy’n bwysig i chi. Mae’r amser a’r lle ar dudalen y "
            "digwyddiadau.",
        },
    ),
)


def phrase_of(key: str) -> Phrase | None:
    return next((phrase for phrase in PHRASES if phrase.key == key), None)
