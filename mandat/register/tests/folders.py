"""A small register as a folder of six files, and ways to change it and to import it."""

from mandat.register.importing.commands import Manner, import_folder

HEADERS = {
    "registrants": "client_number,kind,name,neq,language,principal_regulator",
    "individuals": "client_number,nrd_number,given_name,family_name",
    "registrations": "registrant,regime,code,jurisdiction,state,from,to,end_reason",
    "establishments": "registrant,reference,kind,name,street,city,province,postal_code,country,from,to,end_reason",
    "offices": "registrant,individual_client_number,individual_nrd_number,role,from,to,end_reason",
    "attachments": (
        "registrant,individual_client_number,individual_nrd_number,regime,code,is_employee,office,from,to,end_reason"
    ),
}
LINES = {
    "registrants": [
        "3009998217,securities_firm,Gestion Anse-Bleue inc.,1199999013,fr,QC",
        '3009998522,cabinet,"Assurances « Île », s.e.c.",3399999013,,',
    ],
    "individuals": [",1234567,Éloïse,Côté", "3009990001,,Marc,L’Écuyer"],
    "registrations": [
        "3009998217,securities,EMD,QC,active,2020-01-01,,",
        "3009998217,securities,EMD,ON,suspended,2020-01-01,,",
        "3009998522,distribution,AP,,,2020-01-01,2025-01-01,VOLUNTARY",
    ],
    "establishments": ['3009998217,E1,principal,,"1, rue du Quai",Rimouski,QC,G5L 1A1,,2020-01-01,,'],
    "offices": ["3009998217,,1234567,udp,2020-01-01,,", "3009998522,3009990001,,correspondent,2020-01-01,,"],
    "attachments": [
        "3009998217,,1234567,securities,DR,,Rimouski,2020-01-01,,",
        "3009998522,3009990001,,distribution,AP,no,,2020-01-01,,",
    ],
}


class Folder:
    """Six files. `lines` replaces those of a file, `more` adds some, `has` changes a word of one."""

    def __init__(self, path):
        self.path = path
        for name, lines in LINES.items():
            self.lines(name, *lines)

    def lines(self, name, *lines, header=None):
        text = "\n".join([HEADERS[name] if header is None else header, *lines]) + "\n"
        (self.path / f"{name}.csv").write_text(text, encoding="utf-8", newline="")

    def more(self, name, *lines):
        with (self.path / f"{name}.csv").open("a", encoding="utf-8", newline="") as opened:
            opened.writelines(f"{line}\n" for line in lines)

    def has(self, name, old, new):
        path = self.path / f"{name}.csv"
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8", newline="")

    def imported(self, **manner):
        """Import, and return the report and what was found."""
        found = []
        report = import_folder(self.path, manner=Manner(**manner), tell=found.append, progress=lambda *_: None)
        return report, found


def done(report):
    """Return what was done, without what was not."""
    kinds = ("added", "changed", "ended", "removed", "refused")
    every = {name.removesuffix(".csv"): counts for name, counts in report.files.items()}
    told = {name: {kind: getattr(each, kind) for kind in kinds if getattr(each, kind)} for name, each in every.items()}
    return {name: counts for name, counts in told.items() if counts}
