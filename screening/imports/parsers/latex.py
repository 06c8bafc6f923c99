"""LaTeX as reference managers write it into BibTeX, as plain text: accents, escaped signs, Greek letters, grouping braces."""

from __future__ import annotations

import re
import unicodedata

_ACCENTS = {
    "'": "\u0301", "`": "\u0300", "^": "\u0302", '"': "\u0308", "~": "\u0303", "=": "\u0304", ".": "\u0307",
    "u": "\u0306", "v": "\u030c", "H": "\u030b", "c": "\u0327", "k": "\u0328", "r": "\u030a", "d": "\u0323", "b": "\u0331",
}  # fmt: skip
_LETTERS = {
    "ss": "ß", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "aa": "å", "AA": "Å", "o": "ø", "O": "Ø", "l": "ł", "L": "Ł",
    "i": "ı", "j": "ȷ", "dh": "ð", "DH": "Ð", "th": "þ", "TH": "Þ", "ldots": "…", "dots": "…", "textendash": "–",
    "textemdash": "—", "textquoteright": "’", "textquoteleft": "‘", "textquotedblleft": "“", "textquotedblright": "”",
    "textregistered": "®", "texttrademark": "™", "textdegree": "°", "degree": "°", "times": "×", "pm": "±", "leq": "≤",
    "le": "≤", "geq": "≥", "ge": "≥", "sim": "~", "approx": "≈", "infty": "∞", "cdot": "·", "rightarrow": "→", "mu": "μ",
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "zeta": "ζ", "eta": "η", "theta": "θ",
    "kappa": "κ", "lambda": "λ", "nu": "ν", "xi": "ξ", "pi": "π", "rho": "ρ", "sigma": "σ", "tau": "τ", "phi": "φ",
    "chi": "χ", "psi": "ψ", "omega": "ω", "Delta": "Δ", "Omega": "Ω", "Sigma": "Σ", "textbackslash": "\ue002",
    "textdollar": "\ue003", "textbraceleft": "\ue000", "textbraceright": "\ue001", "textasciicircum": "^",
    "textasciitilde": "~", "textunderscore": "_", "textless": "<", "textgreater": ">", "textbar": "|", "newline": " ",
    "dag": "†", "ddag": "‡", "S": "§", "P": "¶", "copyright": "©", "textcopyright": "©", "pounds": "£", "euro": "€",
    "texteuro": "€", "textsection": "§", "textmu": "µ", "textellipsis": "…", "textquotesingle": "'", "neq": "≠", "ne": "≠",
    "div": "÷", "iota": "ι", "upsilon": "υ", "omicron": "ο", "varepsilon": "ε", "Gamma": "Γ", "Theta": "Θ", "Lambda": "Λ",
    "Pi": "Π", "Phi": "Φ", "Psi": "Ψ", "leftarrow": "←", "guillemotleft": "«", "guillemotright": "»", "SS": "ẞ",
    "DJ": "Đ", "dj": "đ", "NG": "Ŋ", "ng": "ŋ", "texttildelow": "~",
    "quotedblbase": "„", "quotesinglbase": "‚", "guilsinglleft": "‹", "guilsinglright": "›", "textdblprime": "″", "textprime": "′",
    "textonehalf": "½", "textpm": "±", "texttimes": "×", "textminus": "−", "textalpha": "α", "textbeta": "β", "textgamma": "γ",
}  # fmt: skip
_ACCENT = re.compile(
    r"\\(?:(?P<sign>['`^\"~=.])\s*|(?P<letter>[uvHckrdb])(?=[\s{\\])\s*)(?:\{\s*)?\\?(?P<base>[A-Za-z])(?![A-Za-z]*\{)(?:(?<=\\[ij]) )?"
)
_COMMAND = re.compile(r"\\(?P<name>[A-Za-z]+)(?:\s+|(?=[^A-Za-z])|$)")
_ESCAPED = re.compile(r"\\([&%$#_{}/-])")
_SPACING = re.compile(r"\\[ ,;:!]")
# Signs that LaTeX would still act upon wait as private characters until everything else is done.
_HELD = {"{": "\ue000", "}": "\ue001", "\\": "\ue002", "$": "\ue003"}
_TIE = re.compile(
    r"(?<=[^\W\d_][.}])~(?=[^\W_{])|(?<=[^\W\d_])~(?=[^\W\d_{\\])"
)  # a blank that no line breaks at: J.~Smith
_MATHS = re.compile(r"\$([^$\n]{0,200})\$")


def plain(text: str) -> str:
    """``text`` without LaTeX: ``{\\"u}`` is ü, ``\\&`` is &, unknown commands leave their argument."""
    text = _TIE.sub(" ", text) if "~" in text else text
    if "\\" not in text and "{" not in text and "$" not in text:
        return text.replace("}", "")
    if "\\" in text:
        text = _ACCENT.sub(_accented, text)
        text = _COMMAND.sub(_command, text)
        text = _SPACING.sub(" ", text)
        text = _ESCAPED.sub(lambda found: _HELD.get(found[1], found[1]), text)
    text = _MATHS.sub(lambda found: re.sub(r"[\^_](?=\w|\{)", "", found[1]), text)
    text = text.replace("{", "").replace("}", "")
    for sign, held in _HELD.items():
        text = text.replace(held, sign)
    return unicodedata.normalize("NFC", text)


def _accented(found: re.Match[str]) -> str:
    accent = _ACCENTS[found["sign"] or found["letter"]]
    return unicodedata.normalize("NFC", found["base"] + accent)


def _command(found: re.Match[str]) -> str:
    """The sign that a command stands for, nothing for one that only changes the look of what follows."""
    name = found["name"]
    if name in _LETTERS:
        return _LETTERS[name]
    return "" if found[0] == f"\\{name}" else " "
