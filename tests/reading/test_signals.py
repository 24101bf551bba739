"""What passages tell, in three languages, and what they do not tell."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.reading.folding import tokens_of
from domain.reading.lexicon import Lexicon
from domain.reading.signals import Signal, detect, mark, themes_of
from tests.reading.shipped import lexicon, thesaurus


def signals(text: str, language: str = "en") -> tuple[Signal, ...]:
    return detect(text, language, lexicon())


def keys(text: str, language: str = "en") -> set[str]:
    return {signal.key for signal in signals(text, language)}


def found(text: str, key: str, language: str = "en") -> list[str]:
    return [text[s.start : s.end] for s in signals(text, language) if s.key == key]


def test_a_signal_is_an_exact_slice() -> None:
    text = "The Centre trained 40 women with disabilities."
    assert found(text, "women-with-disabilities") == ["women with disabilities"]
    assert found(text, "figure.women-with-disabilities") == ["40 women with disabilities"]
    assert found(text, "act.done") == ["trained"]


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_accents_and_their_encoding_do_not_matter(form: str) -> None:
    text = unicodedata.normalize(form, "La Secretaría capacitó a NIÑAS.")
    assert found(text, "girls", "es") == [unicodedata.normalize(form, "NIÑAS")]
    assert found("La Secretaria capacito a ninas.", "girls", "es") == ["ninas"]


def test_apostrophes_ligatures_and_hyphens_do_not_matter() -> None:
    assert keys("Le plan d’égalité des sexes est mis en œuvre.", "fr") >= {"gender", "act.done"}
    assert keys("Le plan d'égalité des sexes est mis en oeuvre.", "fr") >= {"gender", "act.done"}
    for written in ("gender-based violence", "gender based violence", "gender\u2011based\nviolence"):
        assert found(f"It reported {written} cases.", "gbv") == [written]


def test_words_broken_at_a_line_end_are_mended() -> None:
    assert found("Data are disag-\ngregated.", "data.disaggregated") == ["disag-\ngregated"]
    assert found("A gender-\nbased violence unit.", "gbv") == ["gender-\nbased violence"]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Mines threaten men, women and children.", "en"),
        ("Les mines menacent des hommes, des femmes et des enfants.", "fr"),
        ("Las minas amenazan a hombres, mujeres y niños.", "es"),
        ("The law speaks of sexual orientation and gender identity.", "en"),
        ("La loi parle de l'identité de genre.", "fr"),
        ("La ley habla de la identidad de género.", "es"),
    ],
)
def test_set_phrases_and_gender_identity_are_not_about_women(text: str, language: str) -> None:
    assert not keys(text, language) & {"women", "gender", "men", "children", "boys"}


@pytest.mark.parametrize(
    ("text", "language", "key"),
    [
        ("No data on women are available.", "en", "negation"),
        ("Aucune donnée sur les femmes n'est disponible.", "fr", "negation"),
        ("No se dispone de datos sobre las mujeres.", "es", "negation"),
        ("The Centre plans to train women.", "en", "act.planned"),
        ("Le Centre prévoit de former des femmes.", "fr", "act.planned"),
        ("El Centro prevé capacitar a mujeres.", "es", "act.planned"),
        ("Women should be consulted.", "en", "hedging"),
        ("Les femmes devraient être consultées.", "fr", "hedging"),
        ("Debería consultarse a las mujeres.", "es", "hedging"),
        ("A delegation recommended that women be trained.", "en", "attribution"),
        ("Une délégation a recommandé de former des femmes.", "fr", "attribution"),
        ("Una delegación recomendó capacitar a mujeres.", "es", "attribution"),
    ],
)
def test_denial_plans_possibility_and_hearsay_are_told(text: str, language: str, key: str) -> None:
    assert key in keys(text, language)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Not only women but also girls were trained.", "en"),
        ("The non-governmental partner trained women without charge.", "en"),
        ("In May 2024 women were trained under Law No. 14.", "en"),
        ("Non seulement les femmes ont été formées, sans discrimination.", "fr"),
        ("No solo se capacitó a mujeres; el estudio no técnico también.", "es"),
    ],
)
def test_words_that_look_like_denial_or_doubt_are_not(text: str, language: str) -> None:
    assert not keys(text, language) & {"negation", "hedging", "act.planned"}


def test_a_statement_ends_where_one_of_another_kind_begins() -> None:
    text = "No accident was recorded, and 40 women were trained, but the Centre will train more women."
    clause = {s.key: s.clause for s in signals(text) if s.key in {"negation", "figure.women", "act.planned"}}
    assert clause == {"negation": 0, "figure.women": 1, "act.planned": 2}


def test_a_list_and_what_hangs_on_a_plan_stay_whole() -> None:
    assert {s.clause for s in signals("Women, girls, and boys were consulted and trained.")} == {0}
    assert {s.clause for s in signals("It plans a course for women who were registered.")} == {0}


def test_what_others_say_lasts_until_the_state_takes_the_word() -> None:
    text = "Civil society asked that women be hired; in response, the Ministry recruited ten women."
    heard = {s.clause for s in signals(text) if s.key == "attribution"}
    assert heard == {0}
    assert 1 in {s.clause for s in signals(text) if s.key == "act.done"}


def test_an_item_of_a_list_of_recommendations_is_heard() -> None:
    text = "97.19. Take measures to increase the participation of women (Ghana);"
    assert "attribution" in keys(text)


@pytest.mark.parametrize(
    ("text", "language", "counted"),
    [
        ("It trained 1,240 women and 900 men.", "en", {"women", "men"}),
        ("Of 268 deminers 54 were women.", "en", {"people", "women"}),
        ("Women make up 27 per cent of staff.", "en", {"people", "women"}),
        ("Women (12) and girls: 7.", "en", {"women", "girls"}),
        ("Women | Killed: 3 | Injured: 4", "en", {"women"}),
        ("Twelve girls were consulted.", "en", {"girls"}),
        ("Le Centre a formé 1 240 femmes.", "fr", {"women"}),
        ("La part des femmes est de 27 %.", "fr", {"women"}),
        ("Se capacitó a 1.240 mujeres, el 27 % del personal.", "es", {"women"}),
    ],
)
def test_a_figure_knows_what_it_counts(text: str, language: str, counted: set[str]) -> None:
    told = {key.removeprefix("figure.") for key in keys(text, language) if key.startswith("figure.")}
    assert told - {"percent"} == counted


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("12. Women took part.", "en"),
        ("In 2024 women took part.", "en"),
        ("On 8 March women met.", "en"),
        ("Resolutions 1325, 1820 and 2467 women know.", "en"),
        ("Under article 6 women are protected.", "en"),
        ("Le 8 mars les femmes se réunissent.", "fr"),
        ("En virtud de la Ley núm. 8 las mujeres participan.", "es"),
    ],
)
def test_dates_articles_and_paragraph_numbers_count_nothing(text: str, language: str) -> None:
    assert not {key for key in keys(text, language) if key.startswith("figure")}


def test_money_is_a_figure_of_its_own() -> None:
    assert found("Women's groups received 1.6 million United States dollars.", "figure.money") == ["1.6"]
    assert found("US$ 40,000 went to women.", "figure.money") == ["40,000"]
    assert found("Se asignaron 532.000 dólares a las mujeres.", "figure.money", "es") == ["532.000"]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The manager of the mango market made a humane gesture on material matters.", "en"),
        ("Romance novels, maternal instinct aside, were boycotted by the childish menagerie.", "en"),
        ("The weather was mild; rain fell on the hills, and the river rose in the evening.", "en"),
        ("Ce problème est d'un autre ordre : le pont est sur le fleuve, à côté du marché.", "fr"),
        ("Ce genre de difficulté survient au cours de l'hiver, sous une forme ou une autre.", "fr"),
        ("Le maternage, la fillasse, l'hommage et le garçonnet n'ont rien à voir ici.", "fr"),
        ("El tiempo fue templado; llovió en las colinas y el río creció al anochecer.", "es"),
        ("Todo género de frutas, materiales y hombreras se vende en el mercado.", "es"),
    ],
)
def test_nothing_fires_on_texts_of_other_subjects(text: str, language: str) -> None:
    assert signals(text, language) == ()


def test_languages_without_terms_have_no_signals() -> None:
    assert signals("As mulheres participaram.", "pt") == ()
    assert signals("شاركت النساء.", "ar") == ()


def test_a_text_is_marked_passage_by_passage() -> None:
    text = (
        "The Centre trained forty women as deminers in the course of the year.\n\n"
        "La pluie est tombée pendant toute la journée sur les collines."
    )
    first, second = mark(text, (), lexicon())
    assert {s.key for s in first.signals} >= {"women", "act.done"}
    assert second.signals == ()


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet=st.sampled_from("aé\u0301œﬁ’-\n\u00ad ñß12,.Ω漢ن\u200b"), max_size=60))
def test_words_keep_their_places(text: str) -> None:
    tokens = tokens_of(text)
    assert all(0 <= token.start < token.end <= len(text) for token in tokens)
    assert all(tokens_of(text[token.start : token.end])[0].word == token.word for token in tokens)


def test_an_item_of_a_list_of_recommendations_is_heard_even_where_its_author_stands_apart() -> None:
    text = (
        "97.19. Adopt a law against violence against women and give shelters to survivors of domestic "
        "violence.\n(Ghana);\n\n98. The State has adopted a law against violence against women."
    )
    marked = mark(text, (), lexicon())

    heard = {item.passage.paragraph: "attribution" in {s.key for s in item.signals} for item in marked}
    assert heard["98"] is False
    assert all(
        "attribution" in {signal.key for signal in item.signals}
        for item in marked
        if item.passage.paragraph == "97.19" and item.signals
    )


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "It hoped that the measures against gender-based violence would yield results."),
        ("fr", "Elle s'est félicitée des mesures contre les violences faites aux femmes."),
        ("es", "Encomió las medidas contra la violencia contra la mujer."),
    ],
)
def test_a_remark_on_the_state_is_not_the_state_speaking(language: str, text: str) -> None:
    assert "attribution" in keys(text, language)


WOMEN, CHILDREN, DISABILITY = "women-and-girls", "children", "persons-with-disabilities"


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "Withdraw the reservations to CEDAW.", {WOMEN}),
        ("fr", "L'élimination de toutes les formes de discrimination à l'égard des femmes", {WOMEN}),
        ("es", "Reducir la mortalidad materna y la brecha salarial.", {WOMEN}),
        ("en", "Close the pay gap and ban polygamy.", {WOMEN}),
        ("fr", "Supprimer le code de la famille discriminatoire.", {WOMEN}),
        ("en", "Raise the age of criminal responsibility; issue birth certificates.", {CHILDREN}),
        ("fr", "Relever l'âge de la responsabilité pénale.", {CHILDREN}),
        ("es", "Prohibir los castigos corporales en las escuelas.", {CHILDREN}),
        ("en", "Ban female genital mutilation.", {WOMEN, CHILDREN}),
        ("en", "Ratify the Convention on the Rights of Persons with Disabilities (CRPD).", {DISABILITY}),
        ("fr", "Traduire la loi en braille et prévoir des aménagements raisonnables.", {DISABILITY}),
        ("es", "Crear servicios para personas con necesidades especiales.", {DISABILITY}),
    ],
)
def test_words_that_name_nobody_tell_the_theme(language: str, text: str, expected: set[str]) -> None:
    themes = set(themes_of(text, language, lexicon()))
    assert themes & {WOMEN, CHILDREN, DISABILITY} == expected


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "All girls and boys go to school."),
        ("fr", "Tous les garçons et les filles vont à l'école."),
        ("es", "Todas las niñas y niños van a la escuela."),
        ("en", "The family rests on a man and a woman."),
        ("en", "Sexual orientation and gender identity are protected grounds."),
        ("en", "To Prevent, Suppress and Punish Trafficking in Persons, Especially Women and Children"),
        ("en", "Child sexual abuse is punished."),
        ("fr", "La langue maternelle est enseignée à l'école maternelle."),
        ("es", "La lengua materna se enseña."),
    ],
)
def test_set_phrases_titles_and_identity_are_not_about_women(language: str, text: str) -> None:
    assert WOMEN not in themes_of(text, language, lexicon())


def test_a_list_of_many_treaties_is_about_none_of_them() -> None:
    few = "Ratify ICCPR, CAT, CEDAW and CRPD."
    many = "Ratify ICCPR, ICESCR, CAT, the Convention on the Rights of the Child (CRC), CEDAW and CRPD."
    named = "Ratify ICCPR, ICESCR, CAT, CRC, CEDAW and CRPD, and let women with disabilities take part."

    assert {WOMEN, DISABILITY} <= set(themes_of(few, "en", lexicon()))
    assert not {WOMEN, DISABILITY, CHILDREN} & set(themes_of(many, "en", lexicon()))
    assert {WOMEN, DISABILITY} <= set(themes_of(named, "en", lexicon()))


def test_a_passage_that_is_marked_carries_its_themes() -> None:
    passage, *_ = mark("The Centre trained forty women as deminers in the course of the year.", (), lexicon())
    assert WOMEN in passage.themes


@pytest.mark.parametrize(
    ("language", "text", "verb"),
    [
        ("en", "The Centre has coached women in four districts.", "coached"),
        ("en", "Women were enlisted by the operators.", "enlisted"),
        ("en", "The Authority vets all women who apply.", "vets"),
        ("en", "The unit, revived in March, mentored the women.", "mentored"),
        ("fr", "Le Centre a chaperonné des femmes.", "chaperonné"),
        ("fr", "Les brigades sillonnent les villages avec des femmes.", "sillonnent"),
        ("fr", "La charte oblige les femmes à signer.", "oblige"),
        ("es", "La Dirección eximió a las mujeres.", "eximió"),
        ("es", "Las mujeres han sido homenajeadas.", "homenajeadas"),
        ("es", "Se reparten folletos entre las mujeres.", "reparten"),
    ],
)
def test_a_finite_verb_that_no_list_has_tells_of_an_act(language: str, text: str, verb: str) -> None:
    told = [text[s.start : s.end] for s in signals(text, language) if s.key.startswith("act.done")]
    assert told == [verb]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Women considered the land dangerous."),
        ("en", "Women remain unheard, and displaced families need help."),
        ("en", "Women based in towns were affected."),
        ("fr", "Les femmes ont souffert des mines."),
        ("fr", "Les femmes sont exposées aux mines."),
        ("es", "Las mujeres padecieron las consecuencias."),
        ("es", "Las mujeres fueron afectadas."),
    ],
)
def test_what_is_thought_suffered_or_merely_so_is_no_act(language: str, text: str) -> None:
    assert not {key for key in keys(text, language) if key.startswith("act")}


@pytest.mark.parametrize(
    ("language", "text"), [("fr", "Les femmes parraineront les filles."), ("es", "Eximirá a las mujeres.")]
)
def test_a_future_that_no_list_has_is_a_plan(language: str, text: str) -> None:
    assert "act.planned" in keys(text, language)


STATES = {
    "NOR": {"en": "Norway", "fr": "Norvège", "es": "Noruega"},
    "USA": {
        "en": "United States of America",
        "fr": "États-Unis d'Amérique",
        "es": "Estados Unidos de América",
    },
    "IRN": {
        "en": "Iran (Islamic Republic of)",
        "fr": "Iran (République islamique d')",
        "es": "Irán (República)",
    },
}


@pytest.mark.parametrize(
    ("language", "text", "speaker"),
    [
        ("en", "Norway stated that it had trained women.", "NOR"),
        ("en", "The United States said that women had been trained.", "USA"),
        ("en", "The delegation of Norway noted that women had been trained.", "NOR"),
        ("fr", "La Norvège a indiqué que des femmes avaient été formées.", "NOR"),
        ("es", "Irán señaló que se había capacitado a mujeres.", "IRN"),
    ],
)
def test_other_states_are_heard_and_the_one_that_files_speaks_itself(
    language: str, text: str, speaker: str
) -> None:
    named = Lexicon(thesaurus(), STATES)
    heard = {
        state: "attribution" in {s.key for s in detect(text, language, named.filed_by(state))}
        for state in STATES
    }
    assert heard == {state: state != speaker for state in STATES}


def test_a_state_that_only_helps_is_not_heard() -> None:
    named = Lexicon(thesaurus(), STATES).filed_by("NOR")
    text = "The Government stated that, with support from Iran, it had trained women."
    assert "attribution" not in {s.key for s in detect(text, "en", named)}


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "In reply to questions on the rights of women, it spoke of prisons."),
        ("fr", "En réponse aux questions sur les femmes, elle a parlé des prisons."),
        ("es", "En respuesta a las preguntas sobre las mujeres, habló de las cárceles."),
        ("en", "It is party to the Hague Convention on the Protection of Children."),
    ],
)
def test_what_others_asked_about_and_what_a_treaty_is_called_is_not_spoken_of(
    language: str, text: str
) -> None:
    assert not keys(text, language) & {"women", "children", "child-protection"}


def test_a_number_counts_the_noun_that_it_belongs_to() -> None:
    assert "figure.women" not in keys("It opened two wards for women.")
    assert "figure.survivors" not in keys("Deux réseaux de survivants ont été créés.", "fr")
    assert "figure.women" in keys("Of 212 prostheses, 58 were for women.")
    assert "figure.women" in keys("Une vingtaine de femmes ont été formées.", "fr")
