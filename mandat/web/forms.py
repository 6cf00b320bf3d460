"""How every form is drawn, ours and allauth's."""

from django.forms.renderers import TemplatesSetting


class Renderer(TemplatesSetting):
    """Draws forms and fields with our markup, and widgets with Django's."""

    form_template_name = "mandat/web/forms/form.html"
    field_template_name = "mandat/web/forms/field.html"
