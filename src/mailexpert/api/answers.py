"""The problem documents that every operation may answer, for the description of the API."""

from mailexpert.api.shapes import ProblemDocument

READ = {401: ProblemDocument, 404: ProblemDocument, 422: ProblemDocument}
WRITE = {400: ProblemDocument, 401: ProblemDocument, 409: ProblemDocument, 422: ProblemDocument}
WRITE_ONE = {**WRITE, 404: ProblemDocument}
