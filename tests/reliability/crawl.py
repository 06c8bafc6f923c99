"""Everything that one member can reach: every address, every link and list that the pages offer, every refused act."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urldefrag, urlencode, urljoin, urlsplit

from django.db import transaction
from django.test import Client
from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve, reverse

from reviewapp.accounts.models import User
from tests.reliability.masks import COOKIES, HEADERS, masked


@dataclass(frozen=True)
class Answer:
    """What came back, ready to be compared."""

    status: int
    headers: tuple[tuple[str, str], ...]
    cookies: tuple[str, ...]
    content: bytes


def answer_of(response: Any) -> Answer:
    """Status, headers, cookies and body of a response, without what is random by design."""
    headers = tuple(sorted((name, value) for name, value in response.items() if name not in HEADERS))
    content = b"".join(response.streaming_content) if response.streaming else response.content
    cookies = []
    for name, morsel in sorted(response.cookies.items()):
        attributes = sorted((key, str(value)) for key, value in morsel.items())
        cookies.append(f"{name}={'*' if name in COOKIES else morsel.value} {attributes}")
    return Answer(response.status_code, headers, tuple(cookies), masked(content))


class _Offers(HTMLParser):
    """Addresses in a page: links, partials, and forms that are sent by GET with each of their choices."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._form: dict[str, list[str]] | None = None
        self._action = self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "a":
            self.found.append(given.get("href", ""))
        self.found.append(given.get("hx-get", ""))
        if tag == "form" and given.get("method", "get").lower() == "get":
            self._form, self._action = {}, given.get("action", "")
        elif self._form is not None:
            self._field(tag, given, self._form)

    def _field(self, tag: str, given: dict[str, str], form: dict[str, list[str]]) -> None:
        name = given.get("name", "")
        if tag == "select":
            self._select = name
        elif tag == "option":
            form.setdefault(self._select, []).append(given.get("value", ""))
        elif tag in ("input", "button") and name:
            typed = given.get("type") in ("search", "text")
            form.setdefault(name, []).append("research" if typed else given.get("value", "on"))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form" and self._form is not None:
            self.found.extend(f"{self._action}?{urlencode(chosen)}" for chosen in _choices(self._form))
            self._form = None


def _choices(form: dict[str, list[str]]) -> Iterator[dict[str, str]]:
    """The form as it stands, and once for each other choice of each field."""
    standing = {name: values[0] for name, values in form.items()}
    yield standing
    for name, values in form.items():
        for value in values[1:]:
            yield {**standing, name: value}


def offers(page: bytes, at: str) -> list[str]:
    """The addresses of this site that a page at ``at`` offers, whole and without fragments."""
    parser = _Offers()
    parser.feed(page.decode(errors="replace"))
    whole = (urldefrag(urljoin(at, found)).url for found in parser.found if found)
    return [url for url in whole if url.startswith("/") and not urlsplit(url).netloc]


@dataclass
class Visitor:
    """One member with a browser. ``skip``: names of routes that are not visited."""

    user: User
    slug: str
    skip: frozenset[str] = frozenset()
    client: Client = field(default_factory=Client)

    def __post_init__(self) -> None:
        self.client.raise_request_exception = True
        self.client.force_login(self.user)

    def get(self, url: str, **headers: str) -> Answer:
        """One page, as the browser or as htmx asks for it."""
        return answer_of(self.client.get(url, headers=headers))

    def reach(self, objects: dict[str, list[Any]], *, follow: int, partials: bool) -> dict[str, Answer]:
        """Address -> answer, of every GET route with every known object, and of what their pages offer in turn.

        ``follow``: of addresses that are offered with the same path and the same names in the query, so many are visited, in the
        order of the alphabet. ``partials``: every page is asked for by htmx too.
        """
        found: dict[str, Answer] = {}
        kinds: Counter[str] = Counter()
        waiting = deque(sorted(set(addresses(self.slug, objects))))
        by_post_only: set[str] = set()
        while waiting:
            url = waiting.popleft()
            name = _route_name(url)
            if url in found or name in by_post_only or not self._is_ours(url):
                continue
            answer = found[url] = self.get(url)
            if answer.status == 405:
                by_post_only.add(name)
            if answer.status == 200 and b"<html" in answer.content:
                if partials:
                    found[f"{url} by htmx"] = self.get(url, HX_Request="true")
                offered = (one for one in sorted(set(offers(answer.content, url))) if one not in found)
                waiting.extend(one for one in offered if _counted(one, kinds) <= follow)
        return found

    def _is_ours(self, url: str) -> bool:
        path = urlsplit(url).path
        return path == "/" or (path.startswith(f"/r/{self.slug}/") and _route_name(url) not in self.skip)

    def send(self, url: str, sent: dict[str, str], headers: dict[str, str]) -> dict[str, Answer]:
        """An act for good; what it says, and the page that follows it."""
        response = self.client.post(url, sent, headers=headers)
        told = {url: answer_of(response)}
        if response.status_code == 302:
            told[f"after {url}"] = self.get(response.headers["Location"])
        return told

    def post(self, url: str, sent: dict[str, str]) -> list[Answer]:
        """An act, and the page that follows it with what it says; the act is taken back."""
        with transaction.atomic():
            told = self.send(url, sent, {})
            transaction.set_rollback(True)
        return list(told.values())


def _counted(url: str, kinds: Counter[str]) -> int:
    parts = urlsplit(url)
    kind = f"{_route_name(url)} {sorted(pair.partition('=')[0] for pair in parts.query.split('&'))}"
    kinds[kind] += 1
    return kinds[kind]


def _route_name(url: str) -> str:
    """The route's name; empty for an address that leads nowhere, which is an answer too."""
    return _name_at(urlsplit(url).path)


@cache
def _name_at(path: str) -> str:
    try:
        return resolve(path).url_name or ""
    except Resolver404:
        return ""


def routes(resolver: URLResolver | None = None) -> Iterator[URLPattern]:
    """Every route of the site."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            yield from routes(entry)
        else:
            yield entry


def addresses(slug: str, objects: dict[str, list[Any]], only: str = "") -> Iterator[str]:
    """Every route below `/r/<slug>/`, or ``only`` the one, with every known object in it, the first one where none is named."""
    for name, arguments in review_routes():
        if only not in ("", name):
            continue
        for chosen in _combinations(arguments, objects):
            yield reverse(name, kwargs={"slug": slug, **chosen})


def review_routes() -> list[tuple[str, tuple[str, ...]]]:
    """(name, names of the arguments beside the slug) of each route of a review."""
    known = get_resolver().reverse_dict
    found = []
    for route in routes():
        for forms, *_ in known.getlist(route.name) if route.name else ():
            for _, parameters in forms:
                if "slug" in parameters and hasattr(route.callback, "permission"):
                    found.append((str(route.name), tuple(one for one in parameters if one != "slug")))
    return sorted(set(found))


def _combinations(arguments: Iterable[str], objects: dict[str, list[Any]]) -> list[dict[str, Any]]:
    chosen: list[dict[str, Any]] = [{}]
    for argument in arguments:
        chosen = [{**one, argument: value} for one in chosen for value in objects.get(argument, [1])]
    return chosen
