"""What templates of votes, priorities and reports draw."""

from django import template

from priorities.charts import percent_bar

register = template.Library()
register.simple_tag(percent_bar)
