"""What matching reads in single fields: text, titles, names, journals, places."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.dedupe import headings, journals, locators, names, normalise, titles, wording
from screening.dedupe.keys import keys
from screening.dedupe.locators import Pages, Sign
from screening.dedupe.matching import MatchRecord
from screening.dedupe.wording import Difference


def _title(text: str) -> titles.Title:
    return titles.wordings(text)[0]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Hôpital général", "hopital general"),
        ("ΑΒΓ and TNF-α", "αβγ and tnf-α"),
        ("TNF-α", "tnf- alpha "),
        ("ＣＯＶＩＤ－１９", "covid-19"),
        ("護理人員", "护理人员"),
        ("ﾊﾟｽ", "パス"),
        ("Ca<sup>2+</sup> &amp; Mg", "ca2+ & mg"),
        ("Øresund, Łódź, Straße", "oresund, lodz, strasse"),
        ("медсестёр", "медсестер"),
    ],
)
def test_text_folds_to_one_key(text: str, key: str) -> None:
    assert normalise.fold(text) == key


def test_dd6_marks_on_kana_stay() -> None:
    assert normalise.fold("バス") != normalise.fold("パス")


@given(st.text(min_size=1).filter(lambda text: bool(text.split())))
def test_dd1_a_key_is_never_empty_where_the_text_is_not(text: str) -> None:
    assert normalise.compact(text)


@pytest.mark.parametrize("text", ["", "UNKNOWN", "[No title available]", "  ", "..."])
def test_no_title_matches_nothing(text: str) -> None:
    assert titles.wordings(text) == () or text == "..."


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("A study. [Review] [33 refs]", "a study"),
        ("A study [Chinese]", "a study"),
        ("A study [English, French]", "a study"),
        ("A study (abstract)", "a study"),
        ("A study [abstract no: 134]", "a study"),
        ("A study.[Erratum appears in J Th. 2011 Mar;26(2):244]", "a study"),
        ("A study.[Erratum appears in J Th. 2011 Note: Ek, S [added]].[Erratum", "a study"),
        ("A study (Retracted article. See vol 11, pg 5, 2020)", "a study"),
        ("A study of 10 000 women and 1,200 men", "a study of 10000 women and 1200 men"),
        ("A phase 2 300 mg trial of types 16, 118", "a phase 2 300 mg trial of types 16, 118"),
        ("RETRACTED: A study", "a study"),
        ("Erratum: a study", "erratum: a study"),
        ("[A study of care]", "[a study of care]"),
        ("民國107年調查", "2018年调查"),
    ],
)
def test_notes_about_an_article_are_no_part_of_its_title(text: str, key: str) -> None:
    assert titles.cleaned(text) == key


@pytest.mark.parametrize(
    "text",
    [
        "基层医生的科研障碍 = Barriers to research of rural doctors",
        "基层医生的科研障碍 Barriers to research of rural doctors",
        "Barriers to research of rural doctors [基层医生的科研障碍与对策的一项全国性的调查研究报告]",
        "Obstáculos a la investigación de médicos rurales; Barriers to research of rural doctors",
        "Obstacles a la recherche de medecins <ORIGINAL> Barriers to research of rural doctors",
    ],
)
def test_each_language_of_a_title_is_a_wording(text: str) -> None:
    assert "barrierstoresearchofruraldoctors" in {title.compact for title in titles.wordings(text)}


@pytest.mark.parametrize(
    "text",
    [
        "Stroke and aphasia on the wards; overcoming the challenges of capacity",
        "Managing electronic services; a public sector perspective",
        "Sleep of nurses in rural hospitals [a survey of the northern districts]",
        "Sleep of nurses in rural hospitals / a survey of the northern districts",
    ],
)
def test_a_subtitle_is_no_wording_of_its_own(text: str) -> None:
    assert len(titles.wordings(text)) == 1


def test_a_title_in_two_scripts_has_two_wordings() -> None:
    assert len(titles.wordings("Занятость медсестёр в больницах; Employment of nurses in hospitals")) == 3


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Type II diabetes in 12 wards", {"2", "12"}),
        ("Part one of the survey", {"1"}),
        ("Vitamin C and x rays", set()),
        ("Ⅲ期临床试验", {"3"}),
        ("讲座（下）", {"2"}),
        ("COVID-019", {"19"}),
    ],
)
def test_numbers_of_a_title_in_any_spelling(text: str, numbers: set[str]) -> None:
    assert _title(text).numbers == numbers


@pytest.mark.parametrize(
    ("text", "flags"),
    [
        ("Erratum to: A study", {"erratum"}),
        ("Correction of anaemia in renal disease", set()),
        ("A study: reply", {"reply"}),
        ("Re: A study", {"reply"}),
        ("Respiratory care", set()),
        ("Comments on a study", {"reply"}),
        ("Guest editorial: care", {"editorial"}),
        ("From the editor's desk: care", set()),
        ("Care: study protocol for a trial", {"protocol"}),
        ("A sepsis protocol bundle on wards", set()),
        ("更正：研究", {"erratum"}),
        ("A study (vol 360, pg 542, 2009)", {"erratum"}),
        ("A study (Retraction of vol 12, e34, 2010)", {"erratum"}),
        ("A study (Journal of Care (2009) 36 (542-544))", {"erratum"}),
        ("A study of wards (1990-2000)", set()),
        ("Fe de erratas: un estudio", {"erratum"}),
        ("Réponse des auteurs", {"reply"}),
        ("Antwort auf den Leserbrief", {"reply"}),
        ("Respuesta inmune en niños", set()),
        ("A study AUTHORS REPLY", {"reply"}),
        ("某研究更正声明", {"erratum"}),
        ("对《某研究》一文的商榷", {"reply"}),
        ("某研究：作者回复", {"reply"}),
        ("评价中药的疗效", set()),
        ("某病研究方案", {"protocol"}),
    ],
)
def test_flags_tell_what_a_record_is_besides_an_article(text: str, flags: set[str]) -> None:
    assert headings.flags(titles.cleaned(text)) == flags


@pytest.mark.parametrize(
    ("text", "generic", "heading"),
    [
        ("Editorial", True, True),
        ("Introduction to the minitrack on crowds and work", True, True),
        ("Empyema thoracis", True, False),
        ("Proceedings and abstracts of the second symposium on chylomicrons", False, False),
        ("护理研究入门", False, False),
        ("编者按", True, True),
        ("Barriers to research of rural doctors", False, False),
    ],
)
def test_headings_and_short_titles_name_no_single_work(text: str, generic: bool, heading: bool) -> None:
    assert (headings.is_generic(_title(text)), headings.is_heading(_title(text))) == (generic, heading)


@pytest.mark.parametrize(
    ("a", "b", "difference"),
    [
        ("Effects of tea on sleep", "The effects of tea on sleep", Difference.NONE),
        ("Tumours in paediatric care", "Tumors in pediatric care", Difference.NONE),
        ("In-vivo e-commerce of care", "In vivo ecommerce of care", Difference.NONE),
        ("Tea and sleep of students", "Tea and sleep of Norwegian students", Difference.EXTRA_WORD),
        ("Dapagliflozin in heart failure", "Canagliflozin in heart failure", Difference.OTHER_WORD),
        ("Tea reduces stress", "Tea ameliorates stress", Difference.OTHER_WORD),
        ("Tea in vivo", "Tea in vitro", Difference.OPPOSITE),
        ("Sleep of patients", "Sleep of adolescent patients", Difference.OPPOSITE),
        ("Hypoglycaemia at night", "Hyperglycaemia at night", Difference.OTHER_WORD),
        ("男性护士调查", "女性护士调查", Difference.OPPOSITE),
        ("护士调查的结果", "护士调查结果", Difference.NONE),
        ("护士调查", "护士调查报告", Difference.EXTRA_WORD),
    ],
)
def test_words_part_two_titles_as_far_as_they_mean_other_things(a: str, b: str, difference: Difference) -> None:
    assert wording.difference(_title(a), _title(b)) is difference
    assert wording.difference(_title(b), _title(a)) is difference


@pytest.mark.parametrize(
    ("cut", "whole", "beyond"),
    [
        ("Statistics for the staff of wards", "Statistics for the staff of wards. Part 2", True),
        ("Statistics for the staff of wards", "Statistics for the staff of wards II", True),
        ("Statistics for the staff of wards", "Statistics for the staff of wards in 12 towns", False),
        ("医学研究方法系列讲座", "医学研究方法系列讲座（二）", True),
    ],
)
def test_a_further_part_is_told_from_a_subtitle(cut: str, whole: str, beyond: bool) -> None:
    assert wording.numbers_beyond(_title(cut), _title(whole)) is beyond


@pytest.mark.parametrize(
    ("one", "other", "part"),
    [
        ("Statistics for the staff of wards", "Statistics for the staff of wards. Part 2", True),
        ("Statistics for the staff of wards", "Statistics for the staff of wards, part II: regression", True),
        ("Statistics for the saff of wards", "Statistics for the staff of wards. Part 2", True),
        ("Statistics for the staff of wards. Part 2", "Statistics for the staff of wards. Prat 2", False),
        ("Statistics for the staff of wards", "Statistics for the staff of wards1", False),
        ("Statistics for the staff of wards", "Statistics for the staff of wards", False),
        ("医学研究方法系列讲座", "医学研究方法系列讲座第二部分", True),
    ],
)
def test_a_part_more_is_told_from_the_mark_of_a_footnote(one: str, other: str, part: bool) -> None:
    assert wording.has_a_part_more(_title(one), _title(other)) is part
    assert wording.has_a_part_more(_title(other), _title(one)) is part


@pytest.mark.parametrize(
    ("written", "families"),
    [
        (("Okoro, Ada", "Bell, Tim"), ("okoro", "bell")),
        (("Okoro A.Bell T. J.O'Brien C.",), ("okoro", "bell", "obrien")),
        (("Okoro, A. and Bell, T.",), ("okoro", "bell")),
        (("Okoro, A.; Bell, T.",), ("okoro", "bell")),
        (("Okoro A, Bell TJ, Ek S",), ("okoro", "bell", "ek")),
        (("A. Okoro", "Tim J. Bell"), ("okoro", "bell")),
        (("de Boer RA", "van der Berg, J."), ("boer", "berg")),
        (("王, 小明", "欧阳倩"), ("王小明", "欧阳倩")),
        (("王伟1,李娜2,欧阳小明1,2",), ("王伟", "李娜", "欧阳小明")),
        (("山田, 太郎",), ("山田太郎",)),
        (("Okoro, Ada", "et al."), ("okoro",)),
        (("Anonymous",), ()),
        (("[No authors listed]",), ()),
    ],
)
def test_family_names_in_every_source_s_writing(written: tuple[str, ...], families: tuple[str, ...]) -> None:
    assert names.authors(written).families == families


@pytest.mark.parametrize(
    ("a", "b", "low", "high"),
    [
        (("Okoro, Ada", "Bell, Tim"), ("Okoro A", "Bell T"), 1.0, 1.0),
        (("Okoro, Ada", "Bell, Tim", "Ek, S", "Ito, K"), ("Okoro, A", "Bell, T", "Ek, S"), 1.0, 1.0),
        (("Okoro, Ada", "Bell, Tim", "Ek, S", "Ito, K"), ("Okoro, A",), 0.6, 0.8),
        (("Okoro, Ada",), ("Bell, Tim",), 0.0, 0.0),
        (("O’Brochta, W.", "Parikh, S."), ("William, O’Brochta", "Sunita, Parikh"), 1.0, 1.0),
        (("Cicek F. A.Tokcaer Z.Ozcinar E.",), ("Amber F. C.Zeynep T.Evren O.",), 0.6, 0.8),
        (("Group, ASCUS Triage Study",), ("ASCUS, Triage Study Group (ATSG)",), 1.0, 1.0),
        (("Study Group on Pain",), ("Sleep Study Group",), 0.0, 0.0),
        (("Okoro, Ada", "Pain Study Group"), ("Okoro, Ada",), 0.6, 0.8),
    ],
)
def test_author_lists_compare(a: tuple[str, ...], b: tuple[str, ...], low: float, high: float) -> None:
    one, other = names.authors(a), names.authors(b)
    found = names.similarity(one, other)
    assert found is not None
    assert low <= found <= high
    judged = not (one.collective or other.collective)
    assert names.are_strangers(names.written(one), names.written(other)) == (judged and found < names.FEW)


def test_dd6_romanised_and_chinese_names_say_nothing_of_each_other() -> None:
    assert names.similarity(names.authors(("王小明",)), names.authors(("Wang, Xiaoming",))) is None
    assert names.similarity(names.authors(()), names.authors(("Wang, Xiaoming",))) is None


@pytest.mark.parametrize("group", ["Pain and Sleep Study Group", "中华医学会呼吸病学分会"])
def test_a_group_and_its_members_say_nothing_of_each_other(group: str) -> None:
    members = names.authors(("Okoro, Ada", "Bell, Tim") if group.isascii() else ("王小明", "李娜"))
    assert names.authors((group,)).collective
    assert names.similarity(names.authors((group,)), members) is None


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("Current Opinion in Lipidology", "Curr Opin Lipidol", True),
        ("The Annals of Thoracic Surgery", "Ann Thorac Surg", True),
        ("BMJ", "British Medical Journal", True),
        ("PLoS ONE [Electronic Resource]", "PLOS ONE", True),
        ("Heart. Conference: British Society Meeting. London.", "Heart", True),
        ("Heart.Conference: 39th Meeting of a society", "Heart", True),
        ("Revista de Salud/Pan American Journal of Health", "Pan Am J Health", True),
        ("Heart. Conference: 39th Meeting. Leeds.", "Blood. Conference: 50th Sessions. Oslo.", False),
        ("Ai zheng = Aizheng = Chinese journal of cancer", "Chinese Journal of Cancer", True),
        ("Journal of clinical oncology : official journal of a society", "J Clin Oncol", True),
        ("12th International Conference on Information Systems", "ICIS: Societies", True),
        ("Lancet", "Lancet Oncology", False),
        ("Journal of Theatre Studies", "Workshop of Theatre Studies", False),
        ("Diabetologia", "Glucose", False),
        ("护理学杂志", "护理研究", False),
        ("護理雜誌", "护理杂志", True),
        ("西南大学学报(自然科学版)", "西南大学学报", True),
    ],
)
def test_journal_names_compare(a: str, b: str, same: bool) -> None:
    found = journals.similarity(journals.journal(a), journals.journal(b))
    assert found is not None
    assert (found >= 0.65) is same or (a == "Lancet" and found < 0.8)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("中华护理杂志", "Chinese Journal of Nursing"),
        ("", "Heart"),
        ("UNKNOWN", "Heart"),
        ("Zhonghua jie he za zhi", "Tuberculosis"),
    ],
)
def test_journal_names_that_cannot_be_compared_say_nothing(a: str, b: str) -> None:
    assert journals.similarity(journals.journal(a), journals.journal(b)) is None


@pytest.mark.parametrize(
    ("text", "pages"),
    [
        ("221-8", Pages(221, 228)),
        ("221--228", Pages(221, 228)),
        ("221\u2010228", Pages(221, 228)),
        ("1217-24; discussion 1224-5", Pages(1217, 1224)),
        ("S528-S529", Pages(528, 529, "s")),
        ("e43268", Pages(43268, 43268, "e")),
        ("CD002273", Pages(2273, 2273, "cd")),
        ("35+", Pages(35, 35)),
        ("iii-xi", Pages(3, 0, "roman")),
        ("01-Aug", Pages(1, 8, "?")),
        ("Jan-14", Pages(1, 14, "?")),
        ("233-238+230-235+246-251", Pages(230, 235)),
        ('"246-51, 230-5, 233-8"', Pages(230, 235)),
        ("1104-10, 23-4", Pages(1104, 1110)),
        ("12 p", Pages()),
        ("no pagination", Pages()),
        ("", Pages()),
    ],
)
def test_pages_are_read_in_every_form(text: str, pages: Pages) -> None:
    assert locators.pages(text) == pages


@pytest.mark.parametrize(
    ("a", "b", "sign"),
    [
        ("221-8", "221-228", Sign.AGREES),
        ("e43268", "1-6", Sign.SILENT),
        ("1-17", "566-582", Sign.SILENT),
        ("106482", "11-20", Sign.SILENT),
        ("S334", "A254", Sign.DIFFERS),
        ("c1804", "1014", Sign.SILENT),
        ("a1754", "969-972", Sign.SILENT),
        ("A254", "969-972", Sign.DIFFERS),
        ("c1804", "c1790", Sign.DIFFERS),
        ("H1100-10", "1014", Sign.DIFFERS),
        ("", "5-9", Sign.SILENT),
        ("01-Aug", "5-9", Sign.SILENT),
    ],
)
def test_first_pages_compare(a: str, b: str, sign: Sign) -> None:
    assert locators.compare_start(locators.pages(a), locators.pages(b)) is sign


@pytest.mark.parametrize(
    ("a", "b", "sign"),
    [
        ("742-8; discussion 748-9", "742-749", Sign.SILENT),
        ("742-748", "742-748", Sign.AGREES),
        ("742-748", "742-790", Sign.DIFFERS),
        ("742", "742-748", Sign.SILENT),
    ],
)
def test_last_pages_leave_room_for_a_discussion(a: str, b: str, sign: Sign) -> None:
    assert locators.compare_end(locators.pages(a), locators.pages(b)) is sign


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("38 (Supplement 1)", "38"),
        ("Vol. 7", "7"),
        ("第10卷", "10"),
        ("XIV", "14"),
        ("1)", ""),
        ("(Jul)", ""),
        ("Jan-Feb", ""),
        ("UNKNOWN", ""),
        ("007", "7"),
    ],
)
def test_volumes_are_read_in_every_form(text: str, number: str) -> None:
    assert locators.volume(text) == number


@pytest.mark.parametrize(
    ("a", "b", "sign"),
    [
        (("21 SUPPL. 1", ""), ("21", ""), Sign.AGREES),
        (("", "38 (Supplement 1)"), ("Suppl 1", ""), Sign.AGREES),
        (("15_suppl", ""), ("22", ""), Sign.DIFFERS),
        (("S3", ""), ("3", ""), Sign.SILENT),
        (("Meeting Abstracts", ""), ("Suppl 2", ""), Sign.SILENT),
        (("1", ""), ("2", ""), Sign.DIFFERS),
        (("01-Feb", ""), ("2", ""), Sign.SILENT),
        (("", ""), ("2", ""), Sign.SILENT),
        (("8 Suppl 1", ""), ("8 Suppl 2", ""), Sign.DIFFERS),
        (("8 Suppl 1", ""), ("8 Suppl", ""), Sign.AGREES),
    ],
)
def test_issues_and_supplements_compare(a: tuple[str, str], b: tuple[str, str], sign: Sign) -> None:
    assert locators.compare_issue(locators.issue(*a), locators.issue(*b)) is sign


@pytest.mark.parametrize(
    ("a", "b", "shared"),
    [
        ("678-684", "676-682", True),
        ("678-684", "878-684", True),
        ("678-684", "678-984", True),
        ("678-684", "684", True),
        ("678-684", "680", True),
        ("678-684", "684-690", False),
        ("678-684", "685-690", False),
        ("1-9", "1-8", False),
        ("S78-S84", "S76-S82", False),
        ("678-684", "S684", False),
        ("678-684", "", False),
    ],
)
def test_two_articles_of_a_volume_share_no_page_but_the_one_where_they_meet(a: str, b: str, shared: bool) -> None:
    assert locators.overlap(locators.pages(a), locators.pages(b)) is shared
    assert locators.overlap(locators.pages(b), locators.pages(a)) is shared


def test_letters_and_their_reply_are_paged_as_one() -> None:
    assert locators.pages("2243-5; author reply 2243-5").shared
    assert not locators.pages("1217-24; discussion 1224-5").shared
    assert locators.pages("2243-5; author reply 2243-5") == locators.pages("2243-5")


@pytest.mark.parametrize(
    ("doi", "work"),
    [
        ("10.1002/14651858.cd002273.pub2", "10.1002/14651858.cd002273"),
        ("10.12688/f1000research.12345.2", "10.12688/f1000research.12345"),
        ("10.20944/preprints202001.0001.v1", "10.20944/preprints202001.0001"),
        ("10.21203/rs.3.rs-12345/v2", "10.21203/rs.3.rs-12345"),
        ("10.26434/chemrxiv-2021-abcde-v2", "10.26434/chemrxiv-2021-abcde"),
        ("10.9999/journal.12345.2", "10.9999/journal.12345.2"),
        ("10.1101/2020.01.01.123456v1", "10.1101/2020.01.01.123456"),
        ("10.1093/eurheartj/ehv399", "10.1093/eurheartj/ehv399"),
    ],
)
def test_versions_of_a_report_have_one_doi_but_for_the_version(doi: str, work: str) -> None:
    assert keys(MatchRecord("a", doi=doi)).doi_work == work


@pytest.mark.parametrize(
    ("journal", "meeting"),
    [
        ("Proceedings of the National Academy of Sciences of the United States of America", False),
        ("Mayo Clinic Proceedings", False),
        ("Proceedings of the 54th Annual Hawaii Sessions on Systems", True),
        ("AMIA Annual Symposium Proceedings", True),
        ("2007 International Conference on Service Systems", True),
        ("第十届全国护理学术年会论文集", True),
        ("中华护理杂志", False),
    ],
)
def test_the_proceedings_of_a_meeting_are_told_from_those_of_an_academy(journal: str, meeting: bool) -> None:
    found = keys(MatchRecord("a", title="On care", journal=journal, pages="10-19"))
    assert (found.congress, found.proceedings) == (meeting, meeting)


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ({"journal": "Dissertation Abstracts International: Section B"}, True),
        ({"volume": "Ph.D."}, True),
        ({"volume": "M.Sc. thesis"}, True),
        ({"journal": "中国医科大学 博士论文"}, True),
        ({"volume": "12"}, False),
    ],
)
def test_a_thesis_is_known_by_its_type_collection_or_degree(field: dict[str, str], expected: bool) -> None:
    found = keys(MatchRecord("a", title="On care", **field))  # type: ignore[arg-type]
    assert found.thesis is expected
    assert not (expected and found.volume)
