"""Searching our own public pages: policy, agreements and news."""

from collections.abc import Iterator
from html import unescape
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.html import strip_tags
from django.views.decorators.http import require_safe

from mailexpert.privacy.models import Document
from mailexpert.privacy.queries_policy import in_force
from mailexpert.site.models import NewsItem

LONGEST = 100
MOST = 30
SHORTEST = 2


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    asked = request.GET.get("q", "").strip()[:LONGEST]
    language = translation.get_language() or "nl"
    found = [*_texts(asked, language), *_news(asked, language)][:MOST] if len(asked) >= SHORTEST else []
    return render(request, "site/search.html", {"asked": asked, "found": found})


def _texts(asked: str, language: str) -> Iterator[dict[str, Any]]:
    places = {
        Document.POLICY: reverse(f"site:policy-{language}"),
        Document.TERMS: reverse("terms"),
        Document.PROCESSING: reverse("processing-agreement"),
    }
    for document, url in places.items():
        text = in_force(document, language).text
        for section in text.sections:
            for paragraph in section.paragraphs:
                words = unescape(strip_tags(paragraph.html))
                if asked.lower() in words.lower():
                    yield {"title": section.title or text.title, "words": words, "url": url}


def _news(asked: str, language: str) -> Iterator[dict[str, Any]]:
    public = NewsItem.objects.exclude(published_at=None).filter(withdrawn_at=None)
    fits = Q(**{f"title_{language}__icontains": asked}) | Q(**{f"body_{language}__icontains": asked})
    for item in public.filter(fits).order_by("-published_at")[:MOST]:
        url = reverse("site:news-item", args=[item.id])
        yield {"title": item.title(language), "words": item.body(language)[:300], "url": url}
