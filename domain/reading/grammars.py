"""As much grammar of three languages as it takes to know a finite verb: function words, endings, orders.

Each word is a letter, its part of speech as far as it shows:

    D determiner, G a plural one      A `have`, B `be`, M modal       V participle, U and v only after A or B
    N number, # year                  R adverb, r `now`, `always`     T finite past, J and K imperfect
    P preposition, O `of`, Y `by`     S pronoun, Z reflexive          E third person plural, L and X singular
    C what begins a clause, & `and`   H infinitive                    F future, Q gerund or `we` form

W is anything else, I a verb that tells of no act and t a listed act, by the thesaurus. X may as well be an
English plural, L a French or Spanish noun: the order decides.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Grammar:
    """`words` have their letter whatever their ending; else the first of the `endings` that fits counts.

    Both are looked for in the word as it is written, in lower case: without its accent `formé` is `forme`.
    `told`: orders of letters in which something is told as done or being done; the last is the verb.
    """

    words: Mapping[str, str]
    endings: tuple[tuple[str, re.Pattern[str]], ...]
    told: re.Pattern[str]


def lettered(**words: str) -> dict[str, str]:
    """A letter for each word, from the words for each letter."""
    return {word: letter for letter, listed in words.items() for word in listed.split()}


def endings(**patterns: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((letter, re.compile(rf"(?:{pattern})\Z")) for letter, pattern in patterns.items())


def orders(*patterns: str) -> re.Pattern[str]:
    """Any of the orders; the verb is the last letter of what is matched."""
    return re.compile("|".join(patterns))


ENGLISH = Grammar(
    words=lettered(
        D="the a an its their his her our my your this every each another any such no",
        G="these those all both some several many most more two three four five six seven eight nine "
        "ten twelve",
        P="in on at for with from to into through during under between among against within without "
        "since after before per via as about over across towards toward upon along including",
        p="out up off down",
        r="now also already always regularly currently routinely systematically usually",
        O="of",
        Y="by",
        A="has have had having",
        B="is are was were been being",
        M="will shall may might can could should would must be need needs",
        C="that which who whom whose where when while if because although though",
        **{"&": "and or but"},
        S="we they it he she",
        R="then newly often never not still again so far fully jointly",
        W="women girls united hundred need indeed speed seed feed sacred kindred naked its this thus "
        "gas bus lens series species news means s es staff his ms mrs during evening morning "
        "something nothing everything anything thing spring ring king string",
    ),
    endings=endings(
        V=r"..[^e]ed",
        R=r"...ly",
        Q=r"...ing",
        X=r"..[^sui'’]s",
    ),
    told=orders(
        # `has been coached`, `was coached`, `is coaching`, `taught`
        r"A[Rr]*B?[Rr]*[VUTv]",
        r"B[Rr]*B?[Rr]*[VUv]",
        r"B[Rr]*Q(?=[DGNPpW])",
        r"T",
        # `the Centre coached …`: no finite verb before it, and none after it, or it hangs on a noun
        r"(?:^|(?<=[.,C&]))[^.,ABMICVQTtF]*[WSX][Rr]*V(?=[DGNSRrp.,&#]|$|[PO](?![^.,C&]*[ABMTt]))",
        r"(?:^|(?<=[.,C&]))[^.,ABMICVQTtFP]*[WSX][Rr]*V(?=[WX])",
        r"[WX],[^,.ABMICTtF]{1,12},[Rr]*V(?=[DGNW])",
        # in the present: `the Centre vets all …`, `all teams include a …`, `we train …`, `teams hand out …`
        r"(?<![POY])D[WXVvQOP]{0,8}[Wv][Rr]*X(?=[DGNSW])",
        r"(?<![POYABC])G[WX]{1,4}W(?=[DGN])",
        r"S[Rr]*[WX](?=[DGNWXPp])",
        r"(?:^|(?<=[.]))[WX]{1,3}W(?=[DG])",
        r"(?:^|(?<=[.,&]))[WXvG]{1,5}W(?=p)",
        r"[WX]rW(?=[DGNPWX])",
    ),
)

FRENCH = Grammar(
    words=lettered(
        D="le la l un une leur son sa notre votre ce cet cette chaque tout toute",
        G="les leurs ses nos ces plusieurs certains certaines quelques deux trois quatre cinq six sept "
        "huit neuf dix douze quinze vingt trente",
        P="à au aux en dans pour avec sur sous entre depuis chez vers sans contre pendant dès lors "
        "grâce selon après avant parmi",
        O="de du des d",
        Y="par",
        A="a ont avons ai avait avaient avions eut eurent",
        B="est sont était étaient fut furent été",
        M="peut peuvent doit doivent",
        C="qui que qu dont où lorsque quand si comme car",
        **{"&": "et ou mais"},
        S="nous ils elles il elle on",
        Z="se s",
        R="également aussi ainsi déjà désormais notamment toujours ensuite enfin encore plus bien tous "
        "toutes trop aujourd hui ensemble pu dû y",
        W="accent agent client patient talent cent argent content récent urgent présent permanent "
        "fréquent président résident parent souvent accident incident équivalent excellent continent "
        "femme femmes fait lait trait retrait souhait extrait portrait attrait caméra opéra contra "
        "front n ne pas",
    ),
    endings=endings(
        V="é|ée|és|ées",
        F="(?:[eiu]|[dtr]|au)r(?:a|ont)",
        K="aient",
        R="ment",
        E="ent",
        J="ait",
        Q="[^i]ons",
        H="er|ir|oir|[dt]re|aire|ire|ure",
        U="i|ie|is|ies|it|ite|its|ites|u|ue|us|ues|erte?s?|[eao]inte?s?",
        L="...e|..et|..end",
    ),
    told=orders(
        # `a été formé`, `est formé`, `fit`, `formaient`, `s'est doté`
        "AR*(?:BR*)?[VUTv]",
        "BR*(?:BR*)?[VUv]",
        "T",
        "[^DGOPIM]K",
        "[WLHSEV]R*J(?=[DGNPO.,&]|$)",
        "(?<!C)Z[BR]*[VULEJWv]",
        # in the present: `les équipes sillonnent les …`, `nous formons`, `la loi oblige les …`
        "(?<![PYABC])[GN][WLUVvHEXRJODG]{0,8}?[WLUVvHRJ]E(?=[DGNPYORZC.,&#]|$)",
        "(?:^|(?<=[.,&]))O[WLUVvHR]{1,4}E(?=[DGNPYORZ])",
        "S[RZ]*[EJKL](?=[DGNPORC.,&]|$)",
        "SR*Q",
        "(?:^|(?<=[.,&]))D(?:I|[WLHUVvREJ]{1,3})(?:[OP][DG]?[WLHUVvRN]{1,3}){0,2}R*[LU](?=[DG])",
        "(?:^|(?<=[.]))[WLHUV]{1,3}E(?=[DGN])",
    ),
)

SPANISH = Grammar(
    words=lettered(
        D="el la un una lo su este esta ese esa cada todo toda nuestro nuestra",
        G="los las sus estos estas esos esas todos todas varios varias algunos algunas dos tres cuatro "
        "cinco seis siete ocho nueve diez doce quince veinte treinta nuestros nuestras",
        P="al en con para desde hasta entre sobre bajo durante mediante según tras ante contra sin",
        a="a",
        O="de del",
        Y="por",
        A="ha han hemos he había habían habíamos",
        B="fue fueron sido es son era eran está están estaba estaban siendo",
        K="viene vienen venía venían sigue siguen siguió continúa continúan continuó",
        M="puede pueden debe deben",
        C="que quien quienes cuyo cuya donde cuando si como aunque porque",
        **{"&": "y e o u pero"},
        S="nosotros nosotras ellos ellas ella él",
        Z="se",
        R="también ya además asimismo actualmente solo bien más así no aún",
        c="le les",
        W="plan orden examen origen imagen joven virgen volumen régimen crimen margen mujer mujeres "
        "gran tan quizá allá irán",
    ),
    endings=endings(
        F="rán?|remos",
        T="..ó|..[aijy]eron|..aron|..aban?|..ían",
        V="[ai]d[oa]s?",
        Q="[ai]endo|..ando",
        R="mente",
        q="..[ai]mos",
        H="[aei]r",
        E="..[ae]n",
        L="..[ae]",
    ),
    told=orders(
        # `ha sido formado`, `fue formado`, `está formando`, `formó`, `capacitamos`
        "AR*(?:BR*)?[VUv]",
        "BR*(?:BR*)?[VUvQ]",
        "KR*Q",
        "T",
        "(?:^|(?<=[.,&CRP]))q(?=[DGNPaOR])",
        # in the present: `se imparte`, `las brigadas recorren las …`, `la Autoridad instruye a las …`
        "(?<!C)Zc?R*[LEW]",
        "(?<![POYABCa])[GN][WLVvHRqODG]{0,8}?[WLVvHRq]E(?=[DGNPYaORZC.,&#]|$)",
        "(?:^|(?<=[.,&]))D[WLHRVv]{1,3}(?:[Oa][DG]?[WLHRIv]{1,3}){0,2}R*L(?=[DGN]|a[DGN])",
        "(?:^|(?<=[.]))[WLHV]{1,4}E(?=[DGN]|a[DGN])",
    ),
)

GRAMMARS = {"en": ENGLISH, "fr": FRENCH, "es": SPANISH}
