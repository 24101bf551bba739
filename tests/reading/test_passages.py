"""Passages are exact, in order, and nothing of the text is torn."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.reading.documents import Page, Unreadable
from domain.reading.extracts import Extent
from domain.reading.passages import Passage, extent_of, split
from domain.reading.sentences import LONGEST

REPORT = """II. Risk education

12. In 2024 the Authority held sessions in No. 4 district. They reached 40 women.

13.
Dr. Amari led the team:
(a) sessions for girls;
(b) sessions for boys.

- a film with sign language
- a leaflet
"""


def texts(text: str, passages: list[Passage]) -> list[str]:
    return [text[passage.start : passage.end] for passage in passages]


def test_a_report_is_cut_at_sentences_items_and_headings() -> None:
    passages = split(REPORT)
    assert texts(REPORT, passages) == [
        "II. Risk education",
        "12. In 2024 the Authority held sessions in No. 4 district.",
        "They reached 40 women.",
        "13.\nDr. Amari led the team:",
        "(a) sessions for girls;",
        "(b) sessions for boys.",
        "a film with sign language",
        "a leaflet",
    ]
    assert [p.paragraph for p in passages] == [None, "12", "12", "13", "13", "13", "13", "13"]
    assert [p.heading for p in passages] == [True] + [False] * 7
    assert [p.number for p in passages] == list(range(1, 9))


def test_lines_broken_because_they_were_full_are_one_sentence() -> None:
    line = "The national authority carried out its work in the northern provinces during the whole"
    text = "\n".join([f"{number}. {line}\nyear and reported on it." for number in range(1, 8)])
    assert [p.paragraph for p in split(text)] == [str(number) for number in range(1, 8)]
    assert all("\n" in passage for passage in texts(text, split(text)))


def test_a_number_that_ends_a_sentence_opens_no_paragraph() -> None:
    line = "The authority recorded the accidents of the year in the register, and their number was"
    text = "\n".join(
        [f"5. {line}", "204. It was higher before."] + [f"{n}. {line} low." for n in range(6, 12)]
    )
    assert [p.paragraph for p in split(text)] == ["5", "5", "6", "7", "8", "9", "10", "11"]


LINE = "The authority recorded all of the accidents of the year in its"
HEADING = "B. Interactive dialogue and responses by the State reviewed"


@pytest.mark.parametrize("before", [f"{LINE} register of", ""])
def test_a_paragraph_keeps_its_number_below_a_heading_nearly_as_long_as_a_line(before: str) -> None:
    last = f"20. {before}\nall the accidents that there have been in the north of the land." if before else ""
    text = "\n".join([*(f"{n}. {LINE} region." for n in range(11, 20)), last, HEADING, "21. Women spoke."])
    heading, spoken = split(text)[-2:]
    assert (text[heading.start : heading.end], heading.heading, heading.paragraph) == (HEADING, True, None)
    assert (text[spoken.start : spoken.end], spoken.paragraph) == ("21. Women spoke.", "21")


def test_a_passage_belongs_to_the_page_where_it_begins() -> None:
    text = "One sentence here.\nAnother that goes\non. A third."
    passages = split(text, [Page(1, 0, 36), Page(2, 37, len(text))])
    assert [p.page for p in passages] == [1, 1, 2]
    assert [p.page for p in split(text)] == [None, None, None]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("ar", "شاركت النساء في اتخاذ القرارات المتعلقة بإزالة الألغام. وتلقت الفتيات التوعية بالمخاطر."),
        ("ru", "Женщины участвовали в принятии решений. Девочки прошли обучение."),
        ("zh", "妇女参与了排雷决策。女孩接受了风险教育。"),
        ("pt", "As mulheres participaram nas decisões sobre a desminagem. As meninas receberam formação."),
    ],
)
def test_other_scripts_and_languages_survive(language: str, text: str) -> None:
    passages = split(text)
    assert "".join(texts(text, passages)).replace(" ", "") == text.replace(" ", "")
    assert {p.language for p in passages} == {language}
    assert len(passages) == 2


@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        ("ar", ["هل شاركت النساء؟ ", "نعم، شاركن في القرارات۔ ", "وتلقت الفتيات التوعية."]),
        ("he", ["נשים השתתפו בהחלטות. ", "האם בנות קיבלו הדרכה? ", "כן!"]),
        ("zh", ["妇女参与了排雷决策吗？", "女孩接受了风险教育！", "她们参加了会议。"]),
        ("ja", ["女性は決定に参加した。", "少女たちは教育を受けたか？", "はい！"]),
        ("zh", ["关于妇女的报告。", "2023年，培训了40名妇女！", "3名女孩。"]),
        ("ko", ["여성들이 결정에 참여했다. ", "소녀들은 교육을 받았다."]),
    ],
)
def test_each_script_ends_its_sentences_with_its_own_signs(language: str, sentences: list[str]) -> None:
    text = "".join(sentences)
    passages = split(text)
    assert texts(text, passages) == [sentence.strip() for sentence in sentences]
    assert {p.language for p in passages} == {language}


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Women were trained.¹ They work.", ["Women were trained.¹", "They work."]),
        ("Women were trained.12 They work.", ["Women were trained.12", "They work."]),
        ("They met (see below).[3] They work.", ["They met (see below).[3]", "They work."]),
        ("妇女参与了决策。²女孩接受了教育。", ["妇女参与了决策。²", "女孩接受了教育。"]),
        ("Paragraph 3.12 Of the plan ends.", ["Paragraph 3.12 Of the plan ends."]),
        ("See para. 12 of it. It ends.", ["See para. 12 of it.", "It ends."]),
        ("Mme. Diallo a parlé. Elle préside.", ["Mme. Diallo a parlé.", "Elle préside."]),
        ("As in paragraph 15 (a) (A/1);", ["As in paragraph 15 (a) (A/1);"]),
        ("(a) Women work. They lead. So do girls.", ["(a) Women work.", "They lead.", "So do girls."]),
        ("• Women work. They lead.", ["Women work.", "They lead."]),
    ],
)
def test_what_a_splitter_takes_for_an_end_or_overlooks(text: str, sentences: list[str]) -> None:
    assert texts(text, split(text)) == sentences


def test_a_footnote_belongs_to_no_paragraph() -> None:
    text = "12. Forty women¹ were trained.\n\n¹ Of them 12 girls.\n\nThey work."
    assert [p.paragraph for p in split(text)] == ["12", None, "12"]


def test_the_lines_of_an_item_may_be_shorter_than_those_of_the_text() -> None:
    full = "The delegation answered the questions that had been put to it by members of the working group"
    item = [
        "129.28. Continue its efforts in cases of killings and",
        "torture, also through the programme and the",
        "Coordinating Centres on Private Armies, and the",
        "National Committee (Holy See);",
    ]
    text = "\n".join([*(f"{number}. {full}." for number in range(120, 129)), *item])
    assert texts(text, split(text))[-1] == "\n".join(item)


@pytest.mark.parametrize(
    "text", ["«" * 60_000, "“." * 30_000, "a\n" * 100_000, "-\n" * 60_000, ("a" + " " * 999) * 1_000]
)
def test_texts_made_to_take_long_are_split_in_time(text: str) -> None:
    assert all(p.end - p.start <= LONGEST for p in split(text))


def test_more_sentences_than_anybody_writes_are_refused_with_the_limit() -> None:
    with pytest.raises(Unreadable, match="50,000 sentences") as refused:
        split("Yes.\n\n" * 50_001)
    assert (refused.value.code, refused.value.limit) == ("document-too-long", 50_000)


def test_the_extent_of_a_text_is_that_of_its_passages() -> None:
    assert extent_of(REPORT) == Extent(len(REPORT), len(split(REPORT)))
    with pytest.raises(Unreadable, match="50,000 sentences"):
        extent_of("Yes.\n\n" * 50_001)


@pytest.mark.parametrize("text", ["", " \n", "... ---", "12 | 15\n\n– 3 –"])
def test_a_text_without_words_is_empty(text: str) -> None:
    with pytest.raises(Unreadable) as refused:
        extent_of(text)
    assert refused.value.code == "document-empty"


def test_each_passage_has_its_own_language() -> None:
    text = (
        "The Authority trained forty women as deminers in the northern provinces of the country.\n\n"
        "Les femmes et les filles handicapées ont participé aux réunions de la commission.\n\n"
        "La Secretaría capacitó a cuarenta mujeres y publicó los resultados de la evaluación."
    )
    assert [p.language for p in split(text)] == ["en", "fr", "es"]


def test_a_paragraph_without_end_is_cut_into_pieces() -> None:
    text = "word " * 20_000
    passages = split(text)
    assert all(p.end - p.start <= LONGEST for p in passages)
    assert "".join(texts(text, passages)).replace(" ", "") == text.replace(" ", "")


FRAGMENTS = [
    "12. ", "Women took part.", " ", "\n", "\n\n", "(a) ", "- ", "# ", "Les filles, oui !",
    "ni\u0301nas 40 %", "😀 ", "نساء.", "妇女。", "a | b", "\t", "75.3. ", "II. Data", "e.g. ", "…", "\u00a0",
]  # fmt: skip


def words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]{3,}", text)


@settings(max_examples=120, deadline=None)
@given(st.lists(st.sampled_from(FRAGMENTS), max_size=30).map("".join))
def test_passages_are_trimmed_slices_in_order_and_lose_no_word(text: str) -> None:
    passages = split(text)
    assert all(passage == passage.strip() and passage for passage in texts(text, passages))
    assert all(before.end <= after.start for before, after in pairwise(passages))
    assert words(" ".join(texts(text, passages))) == words(text)
    assert passages == split(text)


def test_a_heading_longer_than_any_sentence_is_cut_as_sentences_are() -> None:
    text = "# " + "Article on clearance " * 2_000
    passages = split(text)
    assert all(passage.heading for passage in passages)
    assert max(passage.end - passage.start for passage in passages) <= LONGEST
    assert " ".join(text[passage.start : passage.end] for passage in passages).split() == text[2:].split()
