"""A Flask page that embeds the live pictures of an Atalaya gateway, and a route that works on one picture."""

import os
from urllib.parse import quote
from urllib.request import urlopen

from flask import Flask, Response, render_template_string

# Where the *browser* reaches the gateway.
ATALAYA_URL = os.environ.get("ATALAYA_URL", "http://127.0.0.1:5000")

app = Flask(__name__)

PAGE = """<!doctype html>
<title>Cameras</title>
{% for id in cameras %}<img src="{{ gateway }}/camera/{{ id | urlencode }}?width=640" alt="Camera {{ id }}">{% endfor %}
"""


@app.get("/")
def index():
    return render_template_string(PAGE, gateway=ATALAYA_URL, cameras=["1"])


@app.get("/small/<camera_id>")
def small(camera_id):
    """The newest picture, for a program: one request for each, no stream to keep."""
    with urlopen(f"{ATALAYA_URL}/camera/{quote(camera_id, safe='')}/snapshot?width=160") as answer:
        taken_at = answer.headers["X-Timestamp"]
        return Response(answer.read(), mimetype="image/jpeg", headers={"X-Timestamp": taken_at})


if __name__ == "__main__":
    app.run(host="127.0.0.1", port=int(os.environ.get("PORT", 8000)))
