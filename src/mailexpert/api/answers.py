"""The problem documents that every operation may answer, for the description of the API."""

from mailexpert.api.shapes import ProblemDocument

READ = dict.fromkeys((401, 403, 404, 422, 503), ProblemDocument)
WRITE = dict.fromkeys((400, 401, 403, 409, 413, 422, 503), ProblemDocument)
WRITE_ONE = {**WRITE, 404: ProblemDocument}
