"""`{% staff_nav %}`: the way to the day's pages in the head of every staff page, with how much waits."""

from __future__ import annotations

from django import template

register = template.Library()


@register.inclusion_tag("admin/staff/nav.html", takes_context=True)
def staff_nav(context) -> dict[str, object]:
    """The pages this person may open. At most one query."""
    user = context["request"].user
    return {"links": [link for link in LINKS if any(user.has_perm(one) for one in link[2])]}


LINKS = [
    ("Diary", "admin:diary", ["booking.view_diary"]),
]
