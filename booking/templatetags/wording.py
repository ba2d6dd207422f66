"""The wording of times, as template filters."""

from django import template

from booking import wording

register = template.Library()
register.filter("clock", wording.clock, expects_localtime=True)
register.filter("day", wording.day, expects_localtime=True)
