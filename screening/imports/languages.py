"""Languages as databases write them, as ISO 639-1 codes; a guess by script where the file says nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable

# code: every other spelling, case-folded (ISO 639-2 codes of both kinds, English names, own names, regional tags).
_SPELLINGS = {
    "en": "eng english anglais englisch inglés ingles inglês american british ukenglish usenglish 英文 英语 英語 en-us en-gb en-au en-ca",
    "zh": "chi zho cmn yue wuu chinese chino chinês chinois mandarin cantonese zh-cn zh-tw zh-hk zh-sg zh-hans zh-hant chs cht "
    "中文 汉语 漢語 华语 華語 国语 國語 繁體中文 繁体中文 简体中文 簡體中文 正體中文 中文繁體 中文简体 中国语 中國語",
    "de": "ger deu german deutsch ngerman alemán aleman alemão allemand 德文 德语",
    "fr": "fre fra french français francais francés francês französisch 法文 法语",
    "es": "spa spanish español espanol espanhol espagnol spanisch castilian castellano 西班牙文 西班牙语",
    "pt": "por portuguese português portugues portugués portugais pt-br pt-pt brazilian",
    "nl": "dut nld dutch nederlands flemish",
    "ru": "rus russian русский 俄文 俄语",
    "cs": "cze ces czech čeština",
    "no": "nor norwegian norsk nob nno nb nn",
    "pl": "pol polish polski",
    "hu": "hun hungarian magyar",
    "it": "ita italian italiano italien",
    "lt": "lit lithuanian",
    "et": "est estonian eesti",
    "ja": "jpn japanese 日本語 日文 日语 日語",
    "ko": "kor korean 한국어 韩文 韓文 韩语 朝鲜语",
    "sv": "swe swedish svenska",
    "da": "dan danish dansk",
    "fi": "fin finnish suomi",
    "is": "ice isl icelandic",
    "el": "gre ell greek",
    "tr": "tur turkish türkçe",
    "ar": "ara arabic",
    "fa": "per fas persian farsi",
    "he": "heb hebrew",
    "hi": "hin hindi",
    "ur": "urd urdu",
    "th": "tha thai",
    "vi": "vie vietnamese",
    "id": "ind indonesian",
    "ms": "may msa malay",
    "ro": "rum ron romanian moldavian",
    "bg": "bul bulgarian",
    "sr": "srp scc serbian",
    "hr": "hrv scr croatian",
    "bs": "bos bosnian",
    "sk": "slo slk slovak",
    "sl": "slv slovenian slovene",
    "uk": "ukr ukrainian",
    "lv": "lav latvian",
    "mk": "mac mkd macedonian",
    "sq": "alb sqi albanian",
    "ca": "cat catalan",
    "gl": "glg galician",
    "eu": "baq eus basque",
    "af": "afr afrikaans",
    "ka": "geo kat georgian",
    "hy": "arm hye armenian",
    "az": "aze azerbaijani",
    "cy": "wel cym welsh",
    "ga": "gle irish",
    "la": "lat latin",
    "eo": "epo esperanto",
    "mn": "mon mongolian",
}
_CODES = {name: code for code, names in _SPELLINGS.items() for name in (code, *names.split())}
_TWO_WORDS = {"traditional chinese": "zh", "simplified chinese": "zh", "serbo-croatian": "sr", "greek, modern": "el"}
_SEPARATORS = re.compile(r"[;,/|+&\n\r\t、；，]| and ")
_NOTE = re.compile(r"\([^()]{0,100}\)|（[^（）]{0,100}）|[\[\]\"']")
_NOT_LANGUAGES = frozenset({"und", "mul", "undetermined", "unknown", "other", "multiple languages", "zxx"})

_KANA_OR_HANGUL = re.compile(r"[\u3040-\u30ff\u31f0-\u31ff\uff66-\uff9f\u1100-\u11ff\u3130-\u318f\uac00-\ud7af]")
_CJK = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f]")
_CJK_SHARE = 0.3


def language_codes(raws: Iterable[str]) -> tuple[str, ...]:
    """The ISO 639-1 codes of the raw values, in their order, each once; words nobody knows give nothing."""
    found: dict[str, None] = {}
    for raw in raws:
        for code in _codes_of(raw):
            found.setdefault(code)
    return tuple(found)


def _codes_of(raw: str) -> list[str]:
    whole = raw.strip().casefold().replace("_", "-")
    if whole in _TWO_WORDS:
        return [_TWO_WORDS[whole]]
    codes: list[str] = []
    for part in _SEPARATORS.split(_NOTE.sub(" ", whole)):
        codes += _codes_of_part(part.strip(" .:"))
    return codes


def _codes_of_part(part: str) -> list[str]:
    if not part or part in _NOT_LANGUAGES:
        return []
    known = _CODES.get(part) or _TWO_WORDS.get(part) or _CODES.get(part.split("-")[0])
    if known:
        return [known]
    return [_CODES[word] for word in part.split() if word in _CODES]


def guess_language(*texts: str) -> str:
    """``"zh"`` where 30 % of the letters or more are Chinese and none is Japanese or Korean, else ``""``: a guess."""
    text = "".join(texts)
    if text.isascii() or _KANA_OR_HANGUL.search(text):
        return ""
    chinese = len(_CJK.findall(text))
    if not chinese:
        return ""
    return "zh" if chinese >= _CJK_SHARE * sum(character.isalpha() for character in text) else ""
