# Every command of the project; `make` alone lists them. Everything is written under MANDAT_VAR.

export MANDAT_VAR ?= $(CURDIR)/var
export PYTHONPYCACHEPREFIX ?= $(MANDAT_VAR)/pycache
unexport PYTHONDONTWRITEBYTECODE
BIN = $(MANDAT_VAR)/venv/bin
PYTHON = "$(BIN)/python"
WHERE = mandat config tests conftest.py manage.py
#: Commands that read the settings but serve nobody.
AS_NOBODY = MANDAT_SECRET_KEY=none

help:  ## list these commands
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' Makefile | expand -t 22

run: install-run  ## install what is needed, then serve on http://localhost:8000 (PORT=8010 make run); Ctrl-C stops all
	@exec setpriv --pdeathsig TERM $(PYTHON) manage.py up

test: install-test  ## every test, on a real PostgreSQL and in a real browser
	@env -u MANDAT_VAR $(PYTHON) -m pytest -n 2 --dist loadgroup

check: install-test  ## style, types, layers, templates, migrations, texts
	"$(BIN)/ruff" check $(WHERE)
	"$(BIN)/ruff" format --check $(WHERE)
	"$(BIN)/djlint" --quiet --lint mandat
	$(AS_NOBODY) "$(BIN)/mypy" mandat config
	"$(BIN)/lint-imports"
	$(AS_NOBODY) $(PYTHON) manage.py makemigrations --check --dry-run
	$(AS_NOBODY) $(PYTHON) manage.py check-texts
	@! git grep -nIE 'index[-]url|"resolved"[:] *"http|registry[ ]= "http|/simple[/]' -- . \
	  || { echo "A file names a package registry: it must not."; exit 1; }

format: install-test  ## put the style right
	"$(BIN)/ruff" check --fix $(WHERE)
	"$(BIN)/ruff" format $(WHERE)

bench: install-test  ## measure beside a bare Django, into var/bench.json
	@$(PYTHON) -m tests.bench.run

screens: install-test  ## the picture of every page, wide, narrow and dark, into var/screens
	@MANDAT_SCREENS="$(MANDAT_VAR)/screens" $(PYTHON) -m pytest -n 2 -q mandat/web/tests/test_in_a_browser.py

drill: install-test  ## faults and full sizes, into var/drills.json
	@$(PYTHON) -m tests.drills.run

demo-reset: install-run  ## erase the demonstration, after asking, and start a new one
	@exec setpriv --pdeathsig TERM $(PYTHON) manage.py up --reset

migrations: install-test  ## write the migrations that the models ask for
	$(AS_NOBODY) $(PYTHON) manage.py makemigrations

install-run install-test:
	@requirements/install.sh $(@:install-%=%)

.PHONY: help run test check format bench screens drill demo-reset migrations install-run install-test
