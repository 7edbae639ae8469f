"""{{ problem|said }}: a problem in the language of the page. {% code_words %}, {% drawing_words %}: what the editors
say."""

import json

from django import template
from django.utils.html import json_script
from django.utils.safestring import SafeString

from mailexpert.content import words_code
from mailexpert.content.problems import Problem
from mailexpert.content.words import say

register = template.Library()


@register.filter
def said(problem: Problem) -> str:
    return say(problem.sentence, problem.values)


@register.simple_tag
def code_words() -> SafeString:
    return json_script(words_code.code_words(), "code-words")


@register.simple_tag
def drawing_words() -> str:
    return json.dumps(words_code.drawing_words())
