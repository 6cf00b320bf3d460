"""What the gate of texts finds in templates and modules: messages, and words that nobody translates."""

import pytest
from django.template import Context, Engine

from mandat.platform.texts.literals import literals_of_module, literals_of_template
from mandat.platform.texts.messages import NotLiteral, messages_of_module, messages_of_template


def texts(messages):
    return [(each.context, each.text, each.plural) for each in messages]


# Finding messages


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('{% translate "Un" %}', (None, "Un", "")),
        ("{% trans 'Un' %}", (None, "Un", "")),
        ('<a title="{% translate "Un" %}">', (None, "Un", "")),
        ('<c-panel title="{% translate "Un" %}" />', (None, "Un", "")),
        ('{% translate "Un" as x %}{{ x }}', (None, "Un", "")),
        ('{% translate "Un" context "nombre" %}', ("nombre", "Un", "")),
        ('{% translate "Un"|capfirst %}', (None, "Un", "")),
        ('{% translate "100 %" %}', (None, "100 %%", "")),
        ('{% if x == _("Un") %}{% endif %}', (None, "Un", "")),
        ('{{ _("Un") }}', (None, "Un", "")),
        ("{% blocktranslate %}Un{% endblocktranslate %}", (None, "Un", "")),
        ("{% blocktranslate trimmed %}\n  Un\n  deux\n{% endblocktranslate %}", (None, "Un deux", "")),
        ("{% blocktranslate with n=x|date:'c' %}Le {{ n }}, 5 %{% endblocktranslate %}", (None, "Le %(n)s, 5 %%", "")),
        (
            "{% blocktranslate count n=x context 'c' %}{{ n }} an{% plural %}{{ n }} ans{% endblocktranslate %}",
            ("c", "%(n)s an", "%(n)s ans"),
        ),
    ],
)
def test_finds_what_a_template_translates(source, found):
    assert texts(messages_of_template(source, "page.html")) == [found]


@pytest.mark.parametrize(
    "source", ['{% comment %}{% translate "Un" %}{% endcomment %}', '{# {% translate "Un" %} #}', "{% translate x %}"]
)
def test_finds_nothing_in_comments_and_variables(source):
    assert texts(messages_of_template(source, "page.html")) == []


def test_finds_the_very_message_that_the_tag_looks_up():
    source = "{% blocktranslate trimmed %}\n Le {{ jour }}\n 5 % de plus\n{% endblocktranslate %}"
    (message,) = messages_of_template(source, "page.html")
    engine = Engine(builtins=["django.templatetags.i18n"])
    assert engine.from_string(source).render(Context({"jour": "lundi"})) == message.text % {"jour": "lundi"}


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("from django.utils.translation import gettext as _\n_('Un')", (None, "Un", "")),
        ("from django.utils.translation import gettext_lazy\ngettext_lazy('Un' ' deux')", (None, "Un deux", "")),
        ("from django.utils.translation import ngettext as n_\nn_('Un', 'Des', 2)", (None, "Un", "Des")),
        ("from django.utils.translation import pgettext_lazy as p\np('c', 'Un')", ("c", "Un", "")),
        ("from django.utils.translation import npgettext\nnpgettext('c', 'Un', 'Des', 2)", ("c", "Un", "Des")),
        ("from django.utils import translation\ntranslation.gettext('Un')", (None, "Un", "")),
    ],
)
def test_finds_what_a_module_translates_whatever_it_calls_the_function(source, found):
    assert texts(messages_of_module(source, "views.py")) == [found]


def test_ignores_functions_of_other_names():
    assert texts(messages_of_module("_('Un')\nother.gettext('Deux')", "views.py")) == []


@pytest.mark.parametrize("argument", ["f'Un {x}'", "'Un ' + x", "'Un %s' % x"])
def test_refuses_a_sentence_put_together_before_it_is_translated(argument):
    source = f"from django.utils.translation import gettext as _\nx = ''\n_({argument})"
    with pytest.raises(NotLiteral, match="one literal"):
        list(messages_of_module(source, "views.py"))


# Words that nobody translates


@pytest.mark.parametrize(
    "source",
    [
        "<p>Bonjour</p>",
        "{% block title %}Accueil{% endblock %}",
        '<img alt="Un plan">',
        '<a title="Ouvrir">{{ x }}</a>',
        '<nav aria-label="Menu"></nav>',
        '<input placeholder="Nom">',
        '<td data-l="Nom">{{ x }}</td>',
        '<c-panel title="Vos droits" />',
        "{% if x %}Oui{% endif %}",
        '<p>{% translate "Un" %} de trop</p>',
    ],
)
def test_finds_words_outside_translation_in_a_template(source):
    assert len(list(literals_of_template(source, "page.html"))) == 1


@pytest.mark.parametrize(
    "source",
    [
        '<p class="quiet">{{ x }} · 5 $</p>',
        "{% comment %}Une note{% endcomment %}{# une autre #}",
        "{% blocktranslate %}Un {{ x }}{% endblocktranslate %}",
        '<a title="{% translate "Ouvrir" %}" href="/x">{{ x }}</a>',
        '<span lang="en">English text</span>',
        '<b translate="no">Un nom</b>',
        "<code>mandat up</code>",
        "<title>{{ x }} – Mandat</title>",
        '<c-node name="done" /><c-panel style="flush" :form="form" class="Wide" />',
        "{% block main_class %}narrow{% endblock %}",
        "<svg><title>Un</title></svg>",
        "<p>&nbsp;{% if x %}{{ y }}{% endif %}</p>",
    ],
)
def test_lets_pass_what_is_no_word_of_a_page(source):
    assert list(literals_of_template(source, "page.html")) == []


def test_tells_the_line_of_a_word():
    (found,) = literals_of_template('\n{% translate "a" %}\n<p>\nBonjour</p>', "page.html")
    assert found.startswith(("page.html:3:", "page.html:4:"))


@pytest.mark.parametrize(
    "source",
    [
        "messages.success(request, 'Fait')",
        "messages.add_message(request, 20, 'Fait')",
        "messages.info(request, f'Fait par {x}')",
        "raise ValidationError('Trop long')",
        "raise forms.ValidationError('Trop long')",
        "CharField(label='Nom')",
        "CharField(help_text='Votre nom')",
    ],
)
def test_finds_literals_that_a_page_would_show(source):
    assert len(list(literals_of_module(source, "views.py"))) == 1


@pytest.mark.parametrize(
    "source", ["messages.success(request, _('Fait'))", "CharField(label=_('Nom'))", "log.info('Fait')"]
)
def test_lets_pass_translated_literals(source):
    assert list(literals_of_module(source, "views.py")) == []
