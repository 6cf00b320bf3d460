"""The pages of enrolments, and who opens them."""

#: Who opens what, and the status that answers.
Page = tuple[str, str, int]


def pages_of_enrolments(enrolments) -> list[Page]:
    """Return the pages of enrolments: the applicant's, the verification desk's, the activation's."""
    of = {state: f"/inscription/{each.public_id}" for state, each in enrolments.items()}
    desk = {state: f"/agence/inscriptions/{each.public_id}/" for state, each in enrolments.items()}
    invitation = enrolments["approved"].enterprise.invitations.order_by("id").first()
    return [
        ("nobody", "/inscription", 200),
        ("nobody", "/inscription/reprendre", 200),
        ("nobody", "/inscription/responsables", 200),
        ("applicant", f"{of['evidence']}/piece", 200),
        ("applicant", f"{of['submitted']}/aide", 200),
        ("applicant", f"{of['draft']}/etape/autres-responsables", 200),
        ("nobody", "/activer/rien", 404),
        ("applicant", "/inscription", 200),
        *(("applicant", each, 200) for each in of.values()),
        ("applicant", f"{of['draft']}/code", 200),
        ("applicant", f"{of['draft']}/etape/entreprise", 200),
        ("applicant", f"{of['draft']}/verifier", 200),
        ("applicant", f"{of['draft']}/retirer", 200),
        ("applicant", f"{of['returned']}/etape/entreprise", 200),
        ("applicant", f"{of['returned']}/etape/responsable", 200),
        ("applicant", f"{of['returned']}/pieces", 200),
        ("applicant", f"{of['returned']}/verifier", 200),
        *(("verifier1", desk[state], 200) for state in ("submitted", "under_review", "returned", "approved")),
        *(("verifier1", desk[state], 200) for state in ("evidence", "proposed")),
        *(
            ("verifier1", f"{desk['under_review']}{page}", 200)
            for page in ("approuver", "renvoyer", "refuser", "demander-piece", "proposer", "recuser")
        ),
        ("verifier1", f"{desk['evidence']}sans-reponse", 200),
        ("verifier1", f"{desk['proposed']}reprendre", 200),
        ("verifier1", f"{desk['approved']}second-regard", 200),
        ("verifier1", f"/agence/appels/{enrolments['draft'].call_requests.get().public_id}/", 200),
        ("verifier1", f"/agence/invitations/{invitation.public_id}/renouveler", 200),
    ]
