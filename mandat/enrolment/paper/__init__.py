"""The paper route: the designation form that the questions of an enrolment make, and what comes back of it."""
