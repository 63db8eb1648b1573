"""Five languages: the catalogs are complete, and a page speaks the right one."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from string import Formatter

import pytest
from babel import Locale
from flask.testing import FlaskClient

from mapping_service.fuse import variants
from mapping_service.records import Notice
from mapping_service.web.language import LANGUAGES, Words, catalog, choose, in_language, languages_of

WEB = Path(__file__).resolve().parents[2] / "mapping_service" / "web"
TEMPLATES = sorted((WEB / "templates").glob("*.html"))
BOOKS = ["pages", *sorted(path.name for path in (WEB / "locales").iterdir() if path.is_dir())]
CATALOGS = [(book, language) for book in BOOKS for language in languages_of(book)]
# Keys put together from a part and a value, as in t("day." ~ day).
OPEN_ENDED = re.compile(r"""\bt\("([a-z_.]+\.)" ~""")
USED = re.compile(r"""\bt\(\s*['"]([a-z_.]+)['"]\s*[,)]""")
COUNTED = re.compile(r"""\bt\.count\(\s*['"]([a-z_]+)['"]""")


def sources() -> str:
    modules = [WEB / f"{name}.py" for name in ("pages", "prints", "timetable")]
    return "\n".join(path.read_text("utf-8") for path in [*TEMPLATES, *modules])


def placeholders(words: str) -> set[str | None]:
    return {name for _, name, _, _ in Formatter().parse(words) if name is not None}


@pytest.mark.parametrize(("book", "language"), CATALOGS)
def test_every_catalog_has_the_same_keys_and_placeholders(book: str, language: str) -> None:
    english, other = catalog("en", book), catalog(language, book)
    counted = {key.removesuffix(".other") for key in english if key.endswith(".other")}
    plain = {key for key in english if not (key.endswith((".one", ".other")) and key.rpartition(".")[0] in counted)}
    forms = {Locale.parse(language).plural_form(number) for number in range(200)} | {"other"}
    assert set(other) == plain | {f"{key}.{form}" for key in counted for form in forms}
    for key, words in other.items():
        assert words.strip(), key
        if key in plain:
            assert placeholders(words) == placeholders(english[key]), key
        else:  # one or two of something may be said in a word
            assert placeholders(words) <= placeholders(english[f"{key.rpartition('.')[0]}.other"]), key


@pytest.mark.parametrize(("book", "language"), [one for one in CATALOGS if one[1] != "en"])
def test_no_catalog_is_a_copy_of_the_english_one(book: str, language: str) -> None:
    english = catalog("en", book)
    sentences = [key for key, words in english.items() if words.count(" ") >= 3]
    assert [key for key in sentences if catalog(language, book).get(key) == english[key]] == []


@pytest.mark.parametrize("book", BOOKS)
def test_every_book_speaks_the_languages_of_the_pages_at_least(book: str) -> None:
    assert set(LANGUAGES) <= set(languages_of(book)) <= {*LANGUAGES, "ar"}


def test_a_book_that_does_not_speak_a_citys_language_speaks_english() -> None:
    assert in_language("sw-KE") == Words("sw") and in_language("yo") == in_language(None) == Words("en")
    assert (Words("ar").direction, Words("fr").direction) == ("rtl", "ltr")


def test_every_key_that_a_page_uses_exists() -> None:
    keys = {key for book in BOOKS for key in catalog("en", book)}
    used = set(USED.findall(sources()))
    assert len(used) > 60
    assert used - keys == set()
    for prefix in OPEN_ENDED.findall(sources()):
        assert any(key.startswith(prefix) for key in keys), prefix
    for counted in COUNTED.findall(sources()):
        assert {f"{counted}.one", f"{counted}.other"} <= keys


def test_every_key_is_used_somewhere() -> None:
    text = sources() + "\n".join(path.read_text("utf-8") for path in (WEB / "static").glob("*.js"))
    text += (WEB / "language.py").read_text("utf-8")
    counted = {f"{name}.{form}" for name in [*COUNTED.findall(text), "people"] for form in ("one", "other")}
    prefixes = {*OPEN_ENDED.findall(text), "confidence.", "why.", "variant."}
    scripts = {f"map.{name}" for name in re.findall(r"page\.text\.([a-z_]+)", text)}
    called = set(USED.findall(text)) | set(re.findall(r"""self\("([a-z_.]+)\"""", text))
    unused = set(catalog("en")) - counted - scripts - called
    assert {key for key in unused if not key.startswith(tuple(prefixes))} == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_difference_of_a_variant_has_words_and_no_words_are_left_over(language: str) -> None:
    codes = set(re.findall(r'"variant_([a-z_]+)"', Path(variants.__file__).read_text("utf-8"))) - {"alike", "apart"}
    told = {key.removeprefix("variant.") for key in catalog(language) if key.startswith("variant.")}
    assert told == codes | {"share", "rides"}


def test_why_a_variant_is_kept_is_told_with_the_name_of_the_place_or_with_its_distance() -> None:
    branch = {"code": "variant_branch", "at": "Mill", "at_m": 3210.0}
    detour = {"code": "variant_detour", "at": None, "at_m": 800.0, "rejoins": "Quay", "rejoins_m": 1500.0}
    reason = {"share": 0.91, "runs": 3, "of": 5, "differences": [branch, detour]}
    said = "shares 91% with the main way, leaves it at Mill, leaves it at 0.8 km and rejoins it at Quay, 3 of 5 rides"
    assert Words("en").variant(reason) == said
    assert Words("en").because([Notice("new"), Notice("variant_branch", reason)]) == f"new; {said}"
    assert Words("fr").variant(reason).startswith("91\u00a0% en commun avec le parcours principal, le quitte à Mill")


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_that_count_have_the_forms_that_the_language_needs(language: str) -> None:
    forms = {Locale.parse(language).plural_form(number) for number in range(200)}
    assert forms <= {"one", "other"}
    assert Words(language).count("runs", 1) != Words(language).count("runs", 2)


@pytest.mark.parametrize(
    ("asked", "kept", "accepted", "city", "chosen"),
    [
        ("fr", "es", "pt", "sw", "fr"),
        (None, "es", "pt", "sw", "es"),
        (None, None, "pt-BR", "sw", "pt"),
        (None, None, None, "sw-KE", "sw"),
        ("xx", "", "de", "yo", "en"),
        ("../../etc", None, None, None, "en"),
    ],
)
def test_a_page_speaks_as_asked_else_as_kept_else_as_accepted_else_as_the_city(
    asked: str | None, kept: str | None, accepted: str | None, city: str | None, chosen: str
) -> None:
    assert choose(asked, kept, accepted, city) == chosen


def test_a_language_once_asked_for_is_kept(client: FlaskClient) -> None:
    assert '<html lang="pt">' in client.get("/drawn-town?lang=pt").get_data(as_text=True)
    response = client.get("/drawn-town/routes/R1")
    assert response.headers["Content-Language"] == "pt" and "Accept-Language" in response.headers["Vary"]
    assert "Tarifa habitual" in response.get_data(as_text=True)


def test_a_browser_without_a_known_language_gets_the_citys(client: FlaskClient) -> None:
    page = client.get("/empty-town", headers={"Accept-Language": "yo"}).get_data(as_text=True)
    assert "pas encore de version publiée" in page


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", ["/", "/drawn-town", "/drawn-town/routes/R1", "/drawn-town/stops/S1", "/empty-town"])
def test_every_page_can_be_written_in_every_language(client: FlaskClient, language: str, path: str) -> None:
    response = client.get(f"{path}?lang={language}")
    assert response.status_code == 200
    assert f'<html lang="{language}">' in response.get_data(as_text=True)


def test_values_are_written_as_the_language_writes_them() -> None:
    english, french = Words("en"), Words("fr")
    assert english.km(1234.5) == "1.2 km" and french.km(1234.5) == "1,2 km"
    assert english.date(date(2024, 3, 4)) == "Mar 4, 2024" and french.date(date(2024, 3, 4)) == "4 mars 2024"
    assert english.money(50, "KES") == "KES\u00a050" and english.money(2.5, "USD") == "$2.50"
    assert english.minutes(20) == "under 1 min" and english.minutes(None) == "unknown"
    assert english.people(None) == "not stated" and english.fare(None) == "unknown" and english.km(None) == "unknown"


def test_a_share_is_all_or_nothing_only_where_it_is() -> None:
    english = Words("en")
    assert [english.percent(share) for share in (0, 0.001, 0.506, 0.9961, 1)] == ["0%", "1%", "51%", "99%", "100%"]
