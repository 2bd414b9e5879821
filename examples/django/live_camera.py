"""A Django site in one file whose pages embed the live pictures of an Atalaya gateway.

In a site that exists already take three things: the setting ATALAYA_URL, the tag {% camera %} and the template.
"""

import os
import sys
from urllib.parse import quote, urlencode

from django.conf import settings
from django.core.management import execute_from_command_line
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.template import Context, Engine, Library
from django.urls import path
from django.utils.html import format_html

# Where the *browser* reaches the gateway: Django itself never talks to it.
ATALAYA_URL = os.environ.get("ATALAYA_URL", "http://127.0.0.1:5000")

register = Library()


@register.simple_tag
def camera(camera_id, **parameters):
    """{% camera "1" width=640 %}: an <img> that stays live."""
    query = f"?{urlencode(parameters)}" if parameters else ""
    url = f"{settings.ATALAYA_URL}/camera/{quote(str(camera_id), safe='')}{query}"
    return format_html('<img src="{}" alt="Camera {}">', url, camera_id)


PAGE = """<!doctype html>
<title>{{ title }}</title>
<h1>{{ title }}</h1>
{% for id in cameras %}{% camera id width=640 %}{% endfor %}
"""


def arena(request):
    # A template in a file says {% load atalaya %} instead, for the tag in some app's templatetags/atalaya.py.
    template = Engine(builtins=[__name__]).from_string(PAGE)
    return HttpResponse(template.render(Context({"title": "Arena", "cameras": ["1"]})))


urlpatterns = [path("", arena)]

settings.configure(
    ALLOWED_HOSTS=["127.0.0.1", "localhost"],
    ATALAYA_URL=ATALAYA_URL,
    ROOT_URLCONF=__name__,
    SECRET_KEY="only for this example",
)
application = get_wsgi_application()

if __name__ == "__main__":
    execute_from_command_line(sys.argv)
