"""Several proxies by a file: read through, tried without anything being kept, then done line by line."""

from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from mandat.access import bulk as files
from mandat.access.bulk import Line, NotATable, Said, TooManyLines, Verdict, lines_of
from mandat.platform.clock import legal_day
from mandat.platform.inspection.findings import Kind
from mandat.reference.queries import entries, policy
from mandat.web.asking import Request
from mandat.web.documents import DocumentField
from mandat.web.keys import key_of

PAGE, DONE = "mandat/web/firm/bulk.html", "mandat/web/firm/bulk_verdicts.html"
UNPROCESSABLE = 422
#: Megabytes: two hundred lines are far below.
LARGEST = 1

WORDS: dict[Said, Any] = {
    Said.DONE: gettext_lazy("Fait"),
    Said.NOTHING: gettext_lazy("Rien à faire : c’est déjà ainsi"),
    Said.ACT: gettext_lazy("Le geste n’est pas un de ceux-ci : accorder, prolonger, transférer"),
    Said.PERSON: gettext_lazy("Cette personne n’est pas, ou pas elle seule, parmi les utilisateurs de la firme"),
    Said.SUCCESSOR: gettext_lazy(
        "La personne qui prend la suite n’est pas, ou pas elle seule, parmi les utilisateurs de la firme"
    ),
    Said.BLOCK: gettext_lazy("La firme n’utilise pas ce bloc"),
    Said.RIGHTS: gettext_lazy("Les droits ne sont pas de ceux-ci : consulter, préparer, signer, payer"),
    Said.DAY: gettext_lazy("Le jour n’est pas un jour à venir, écrit comme 2027-03-31"),
    Said.HELD: gettext_lazy("Une autre procuration y est déjà dans ce bloc : changez-la ou révoquez-la"),
    Said.NOT_HELD: gettext_lazy("Aucune procuration ne s’y trouve dans ce bloc"),
    Said.OWN: gettext_lazy("Personne ne donne ni ne prolonge pour soi-même"),
    Said.TOO_LONG: gettext_lazy("C’est plus loin qu’une procuration ne va"),
    Said.NOT_LONGER: gettext_lazy("Ce jour ne vient pas après celui qu’elle a"),
    Said.ASSURANCE: gettext_lazy("Entrez avec un second facteur pour donner ces droits"),
    Said.REFUSED: gettext_lazy("Vous ne pouvez pas donner ces droits dans ce bloc"),
}


class FileForm(forms.Form):
    """The file."""

    table = DocumentField(
        kinds=[Kind.TEXT], label=gettext_lazy("Fichier"),
        help_text=gettext_lazy("Un tableau enregistré en CSV, en UTF-8."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["table"]
        assert isinstance(field, DocumentField)  # noqa: S101 - for the reader of types
        field.largest = LARGEST


@require_http_methods(["GET", "HEAD", "POST"])
def bulk(request: Request, firm: UUID) -> HttpResponse:
    """Ask for a file, then say of each line what would become of it: nothing is kept of the trial."""
    form = FileForm(request.POST, request.FILES) if request.method == "POST" else FileForm()
    if form.is_bound and form.is_valid():
        text = form.cleaned_data["table"].read().decode("utf-8", "replace")
        lines = _read(request, form, text)
        if lines is not None:
            key = uuid4()
            verdicts = files.dry_run(lines, enterprise=request.firm, key=key, by=request.actor)
            return render(request, DONE, _told_of(verdicts) | {"text": text, "key": key, "is_trial": True})
    return _asked(request, form)


def _asked(request: Request, form: FileForm) -> HttpResponse:
    blocks = entries("block", legal_day(request.at)).filter(code__in=request.place.blocks_used)
    context = {"form": form, "blocks": list(blocks), "most": _most(request)}
    return render(request, PAGE, context, status=UNPROCESSABLE if form.errors else 200)


def _read(request: Request, form: FileForm, text: str) -> list[Line] | None:
    try:
        lines = lines_of(text, most=_most(request))
    except NotATable:
        form.add_error(
            "table", _("La première ligne doit nommer les colonnes : geste, personne, bloc, droits, jusqu’au, à.")
        )
    except TooManyLines:
        said = _("Le fichier compte plus de %(most)s lignes. Divisez-le.")
        form.add_error("table", said % {"most": _most(request)})
    else:
        if lines:
            return lines
        form.add_error("table", _("Le fichier ne contient aucune ligne sous celle des colonnes."))
    return None


def _most(request: Request) -> int:
    return int(policy("bulk-file-lines", legal_day(request.at)))


def _told_of(verdicts: list[Verdict]) -> dict[str, Any]:
    done, nothing = (sum(each.said == said for each in verdicts) for said in (Said.DONE, Said.NOTHING))
    return {
        "told": [(each, WORDS[each.said]) for each in verdicts],
        "done": done, "nothing": nothing, "hindered": len(verdicts) - done - nothing,
    }  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def carry_out(request: Request, firm: UUID) -> HttpResponse:
    """Do what a file says, line by line, and say of each what became of it."""
    if request.method != "POST":
        return _asked(request, FileForm())
    try:
        lines = lines_of(request.POST.get("text", ""), most=_most(request))
    except (NotATable, TooManyLines):  # no page of ours sent it
        return redirect("firm:bulk", firm)
    verdicts = list(files.carry_out(lines, enterprise=request.firm, key=key_of(request), by=request.actor))
    return render(request, DONE, _told_of(verdicts) | {"is_trial": False})
