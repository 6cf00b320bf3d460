"""Every form is drawn alike: label, hint, control, error, each tied to the other; a summary on top when it is wrong."""

import html5lib
import pytest
from django import forms
from django.template.loader import render_to_string

from mandat.web.frame import Frame


class Example(forms.Form):
    neq = forms.CharField(label="NEQ", help_text="10 chiffres")
    note = forms.CharField(label="Note", required=False, widget=forms.Textarea)
    basis = forms.ChoiceField(
        label="À quel titre", choices=[("a", "Fonction"), ("b", "Mandat")], widget=forms.RadioSelect
    )
    agrees = forms.BooleanField(label="J’atteste", help_text="Votre nom figurera au reçu")
    token = forms.CharField(widget=forms.HiddenInput, required=False)

    def clean(self):
        if not self.errors:
            raise forms.ValidationError("Ces deux réponses se contredisent.")


@pytest.fixture
def wrong():
    return drawn(Example({"note": "x"}))


def drawn(form):
    text = render_to_string("mandat/web/base.html", {"form": form, "frame": Frame("fr", "/en/")})
    body = "".join(["<!doctype html><title>x</title>", str(form)])
    html5lib.HTMLParser(strict=True).parse(body)
    return text, str(form), html5lib.parse(str(form), namespaceHTMLElements=False)


def test_a_hint_and_an_error_are_tied_to_their_control(wrong):
    _, _, tree = wrong
    control = tree.find(".//input[@name='neq']")
    assert control.get("aria-describedby") == "id_neq_helptext id_neq_error"
    assert control.get("aria-invalid") == "true"
    assert tree.find(".//*[@id='id_neq_error']/span").text
    assert tree.find(".//*[@id='id_neq_helptext']").text == "10 chiffres"


def test_the_hint_comes_before_the_control_and_the_error_after(wrong):
    _, text, _ = wrong
    assert text.index("id_neq_helptext") < text.index('name="neq"') < text.index('id="id_neq_error"')


def test_every_control_has_its_label(wrong):
    _, _, tree = wrong
    labelled = {label.get("for") for label in tree.iter("label")}
    controls = {
        each.get("id") for kind in ("input", "textarea") for each in tree.iter(kind) if each.get("type") != "hidden"
    }
    assert controls <= labelled


def test_a_group_of_choices_is_a_fieldset_with_its_legend(wrong):
    _, _, tree = wrong
    group = tree.find(".//fieldset")
    assert group.find("legend").text == "À quel titre"
    assert group.get("aria-describedby") == "id_basis_error"


def test_what_may_be_left_blank_says_so(wrong):
    _, text, _ = wrong
    assert text.count("(facultatif)") == 1


def test_the_summary_comes_first_and_takes_the_focus(wrong):
    page, _, _ = wrong
    summary = page[page.index('class="errors"') : page.index("</section>")]
    assert "autofocus" in summary
    for name in ("neq", "basis", "agrees"):
        assert f'href="#id_{name}' in summary
    assert page.index('class="errors"') < page.index("<footer")
    assert "<title>Erreur\u00a0: " in page


def test_an_error_of_the_whole_form_is_in_the_summary():
    page, _, _ = drawn(Example({"neq": "1", "basis": "a", "agrees": "on"}))
    assert "Ces deux réponses se contredisent." in page


def test_a_form_that_is_not_wrong_has_no_summary():
    page, _, _ = drawn(Example())
    assert 'class="errors"' not in page
    assert "Erreur" not in page
