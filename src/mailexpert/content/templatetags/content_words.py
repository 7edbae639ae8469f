"""{{ problem|said }}: a problem in the language of the page."""

from django import template

from mailexpert.content.problems import Problem
from mailexpert.content.words import say

register = template.Library()


@register.filter
def said(problem: Problem) -> str:
    return say(problem.sentence, problem.values)
