"""What a title says its record is: an erratum, a reply, an editorial, a protocol, or a heading that many works share."""

from __future__ import annotations

import re

from .titles import LONG_ENOUGH, LONG_ENOUGH_CJK, OF_ANOTHER, Title

_FLAGS: dict[str, re.Pattern[str]] = {
    "erratum": re.compile(
        r"^\W*(errat(um|a)\b|corrigend(um|a)\b|(author |publisher |editorial )?corrections?\W*(:|to\b|$)|addend(um|a)\b"
        r"|retraction\b|notice of|withdrawn?\b|withdrawal\b|expression of concern|fe de errat\w+|berichtigung\b|rectificat\w+\b)"
        r"|\b(erratum|corrigendum|addendum)\W*$"
    ),
    "reply": re.compile(
        r"^\W*(re\b\W|(in )?(reply|response)( (to|from|by)\b|\W*:|\W*$)|(the )?authors?'?s?'? (reply|replies|response|comment)"
        r"|comments?( on\b|\W*:|\W*$)|commentary( on\b|\W*:|\W*$)|invited commentary|discussion( of\b|\W*:|\W*$)|rejoinder"
        r"|letters?( to the editor|\W*:|\W*$)|correspondence\b|(antwort|erwiderung|replik|kommentar)( (auf|zu|der)\b|\W*:|\W*$)"
        r"|(reponse|respuesta|resposta|risposta|replica|commentaire|comentario|commento)"
        r"( (a|au|aux|de|dos|degli|des|del|sur|sobre)\b|\W*:|\W*$))"
        r"|[:.\-/(\[\u2013\u2014]\s*(the )?(author'?s?'? )?(reply|response|comment|commentary|rejoinder|discussion|author'?s'? reply)\W*$"
        r"|\bauthors?'?s?'? reply\W*$"
        r"|[:.\-/(\[\u2013\u2014]\s*(antwort|erwiderung|reponse|respuesta|resposta|risposta)( d[a-z]+ aut[a-z]+)?\W*$"
    ),
    "editorial": re.compile(r"^\W*((guest )?(editors?'?s?|editorials?)\b|preface\b|foreword\b)"),
    "protocol": re.compile(
        r"\b(study|trial|review|research|meta-analysis) protocols?\b|\bprotocols? (for|of) (an?|the) |[:.-] (an? )?protocols?\W*$"
        r"|\brationale,? (and|&) (study )?design\b|\bdesign,? (and|&) rationale\b"
    ),
}
_CJK_FLAGS: dict[str, re.Pattern[str]] = {
    "erratum": re.compile(r"^\W*(勘误|更正|撤稿|訂正|正誤表|정정|정오표)|(勘误|更正|撤稿)(声明|启事|通知)?\W*$"),
    "reply": re.compile(
        r"^\W*((作者)?(答复|回复)|评论|点评|对.{4,60}的(答复|回复|评论|商榷)|与.{2,60}商榷)"
        r"|[:.\-/(\[\u2013\u2014]\s*(作者)?(答复|回复|评论|点评)\W*$"
    ),
    "editorial": re.compile(r"^\W*(社论|卷首语|编者按|巻頭言)"),
    "protocol": re.compile(r"(研究|试验|試験)(方案|プロトコル)|프로토콜"),
}
_HEADING = re.compile(
    r"^(the |an? )?(annual |special issue |guest )?("
    r"editorials?|editorial (introduction|notes?|comments?|board)|editors?( s)? (comments?|notes?|choice|introduction|corner|page)"
    r"|guest editors?.*|from the editors?.*|letters?( to the editors?)?|correspondence|book reviews?|reviews?"
    r"|((meeting|poster|oral|selected|conference|congress) )*abstracts?"
    r"|commentary|comments?|news.*|in brief|introduction( to (the|this) .*)?|preface.*|foreword.*|in this issue.*"
    r"|about (the|our) .*|acknowledge?ments?.*|index.*|contents?|table of contents|errat(um|a)|corrigend(um|a)|corrections?"
    r"|repl(y|ies)|response|authors? (s )?(reply|response)|obituary.*|re|case reports?|conference report|announcements?"
    r"|reviewers?.*|discussion|summary|conclusions?|poster( session)?s?|oral presentations?|proceedings.*|message from.*"
    r"|welcome.*|panel.*|keynote.*|thanks? .*|call for papers.*"
    r"|编者按|社论|前言|卷首语|编辑部.*|目录|勘误|更正|はじめに|巻頭言|序文|編集後記|编集后记|卷头言|序言|머리말|编后记|征稿.*|书评|简讯"
    r")( \d+)?$"
)
_SERIES = re.compile(
    r"\b(mini ?tracks?|special issue|special section|call for papers|guest editors?|editors? s? ?(comments|notes))\b"
)
LONGEST_HEADING = 45


def flags(folded: str) -> frozenset[str]:
    """What the title says the record is besides an article: erratum, reply, editorial, protocol."""
    found = {name for name, pattern in _FLAGS.items() if pattern.search(folded)}
    if not folded.isascii():
        found |= {name for name, pattern in _CJK_FLAGS.items() if pattern.search(folded)}
    if folded.endswith(")") and OF_ANOTHER.search(folded):
        found.add("erratum")
    return frozenset(found)


def is_generic(title: Title) -> bool:
    """True for a title too short to tell works apart; headings that many works share count too."""
    return len(title.compact) < (LONG_ENOUGH_CJK if title.cjk else LONG_ENOUGH) or is_heading(title)


def is_heading(title: Title) -> bool:
    """True for what stands above a regular column or opens a section each year: Editorial, Introduction to the minitrack."""
    text = " ".join(title.words)
    return bool(_SERIES.search(text)) or (len(text) <= LONGEST_HEADING and bool(_HEADING.match(text)))
