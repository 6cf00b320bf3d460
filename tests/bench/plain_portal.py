"""
The peer of goals 6 and 8: what anybody would write in an afternoon of plain Django.

One page lists twenty filings behind a session, a user and one statement that decides; one form, when sent, is checked,
decided on, and makes two rows in one transaction. `python -m tests.bench.plain_portal` makes its tables and a session.
"""

import json
import os
import sys

import django
from django.conf import settings

PAGE = """<!doctype html><html lang="fr"><title>{{ title }}</title><body><header>{{ request.user.username }}</header>
<form method="post">{% csrf_token %}{{ form.as_p }}<button>Déposer</button></form>
<table>{% for each in rows %}<tr><td><a href="/{{ each.pk }}">{{ each.kind }}</a></td><td>{{ each.state|capfirst }}</td>
<td><time datetime="{{ each.at|date:'c' }}">{{ each.at|date:'Y-m-d H:i' }}</time></td></tr>{% endfor %}</table></body>
</html>"""

settings.configure(
    ROOT_URLCONF=__name__,
    SECRET_KEY="bench",
    ALLOWED_HOSTS=["*"],
    USE_TZ=True,
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.locale.LocaleMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
    INSTALLED_APPS=[f"django.contrib.{name}" for name in ("auth", "contenttypes", "sessions", "messages")],
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "OPTIONS": {
                "context_processors": ["django.template.context_processors.request"],
                "loaders": [
                    ("django.template.loaders.cached.Loader", [
                        ("django.template.loaders.locmem.Loader", {"page.html": PAGE}),
                    ]),
                ],
            },
        }
    ],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": "plain",
            "USER": "mandat_owner",
            "HOST": os.environ.get("BENCH_SOCKET", ""),
            "CONN_MAX_AGE": None,
        }
    },
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
)  # fmt: skip
django.setup()

from django import forms  # noqa: E402
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.auth.models import User  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import connection, models, transaction  # noqa: E402
from django.http import HttpResponseForbidden, HttpResponseRedirect  # noqa: E402
from django.shortcuts import render  # noqa: E402
from django.urls import path  # noqa: E402

TABLES = """
CREATE TABLE leave (user_id bigint, firm_id bigint, block int, mask int, until timestamptz, PRIMARY KEY (user_id, firm_id, block));
CREATE TABLE filed (id bigserial PRIMARY KEY, firm_id bigint, kind text, state text, body jsonb, at timestamptz DEFAULT now());
CREATE TABLE event (id bigserial PRIMARY KEY, firm_id bigint, kind text, body jsonb, at timestamptz DEFAULT now());
CREATE INDEX ON filed (firm_id, id DESC);
INSERT INTO leave SELECT u, f, 3, 7, now() + interval '1 year' FROM generate_series(1, 200) u, generate_series(1, 50) f;
INSERT INTO filed (firm_id, kind, state, body) SELECT 1 + n % 50, 'retrait', 'submitted', '{}' FROM generate_series(1, 5000) n;
"""
DECIDES = (
    "SELECT EXISTS (SELECT FROM leave WHERE user_id=%s AND firm_id=%s AND block=%s AND mask & %s<>0 AND until>now())"
)


class Filed(models.Model):  # noqa: DJ008 - nobody reads it
    firm_id = models.BigIntegerField()
    kind = models.TextField()
    state = models.TextField()
    body = models.JSONField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label, db_table, managed = "auth", "filed", False


class Event(models.Model):  # noqa: DJ008
    firm_id = models.BigIntegerField()
    kind = models.TextField()
    body = models.JSONField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label, db_table, managed = "auth", "event", False


class Form(forms.Form):
    name = forms.CharField(max_length=100)
    day = forms.DateField()
    email = forms.EmailField()
    note = forms.CharField(required=False, widget=forms.Textarea)


def page(request):
    if not request.user.is_authenticated:
        return HttpResponseForbidden()
    with connection.cursor() as cursor:
        cursor.execute(DECIDES, (request.user.pk, 7, 3, 1))
        if not cursor.fetchone()[0]:
            return HttpResponseForbidden()
    form = Form(request.POST or None)
    if request.method == "POST" and form.is_valid():
        body = {name: str(value) for name, value in form.cleaned_data.items()}
        with transaction.atomic():
            filed = Filed.objects.create(firm_id=7, kind="retrait", state="submitted", body=body)
            Event.objects.create(firm_id=7, kind="submitted", body={"filed": filed.pk, "by": request.user.pk})
        return HttpResponseRedirect("/")
    rows = Filed.objects.filter(firm_id=7).order_by("-id")[:20]
    return render(request, "page.html", {"title": "Demandes", "form": form, "rows": rows})


urlpatterns = [path("", page)]
application = get_wsgi_application()

if __name__ == "__main__":
    call_command("migrate", verbosity=0)
    with connection.cursor() as making:
        making.execute(TABLES)
    user = User.objects.create(pk=7, username="bench")
    session = SessionStore()
    session[SESSION_KEY], session[BACKEND_SESSION_KEY] = str(user.pk), "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    sys.stdout.write(json.dumps({"cookies": {"sessionid": session.session_key}}))
