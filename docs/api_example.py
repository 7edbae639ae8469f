"""A mailing by the API, from an empty list to its counts. MAILEXPERT_TOKEN holds a token of your account."""

import json
import os
import time
from urllib.request import Request, urlopen

API = os.environ.get("MAILEXPERT_BASE_URL", "http://localhost:8000") + "/api/v1"
PEOPLE = "email,name,town\nzoë@lindewoud.example,Zoë,Lindewoud\njan@lindewoud.example,,Zwolle\nnobody,Piet,\n"
FIELDS = {"email": "email", "name": "first_name", "town": "town"}
HTML = """<h1>Hello {{ contact.first_name | default: "reader" }}</h1>
<p>News for {{ contact.town | default: "you" }}: <a href="https://lindewoud.example/news">read it</a>.</p>"""


def ask(path, document=None, body=None, kind="application/json"):
    body = body if document is None else json.dumps(document).encode()
    headers = {"Authorization": f"Bearer {os.environ['MAILEXPERT_TOKEN']}", "Content-Type": kind}
    return json.load(urlopen(Request(API + path, body, headers)))


def upload(path, file, **fields):
    parts = [(f'name="{name}"', value) for name, value in fields.items()]
    parts.append(('name="file"; filename="people.csv"', file))
    rows = [f"--part\r\nContent-Disposition: form-data; {name}\r\n\r\n{value}\r\n" for name, value in parts]
    body = "".join(rows) + "--part--\r\n"
    return ask(path, body=body.encode(), kind="multipart/form-data; boundary=part")


def wait(path, *states):
    while (found := ask(path))["state"] not in states:
        time.sleep(0.5)
    return found


readers = ask("/lists", {"name": f"Readers of {time.ctime()}", "purpose": "newsletter"})["id"]
why = {"ground": "consent", "evidence": "Ticked on the form of the open day, May 2026."}
asked = upload("/imports", PEOPLE, list=readers, mapping=json.dumps(FIELDS), **why)
print("import:", wait(f"/imports/{asked['id']}", "done", "failed"))
words = {"name": "News", "subject": "News", "sender": "Lindewoud <news@lindewoud.example>", "html": HTML}
mailing = f"/mailings/{ask('/mailings', {**words, 'lists': [readers]})['id']}"
for check in ask(f"{mailing}/checks", {}):
    print(f"{check['level']:>5}: {check['text']}")
ask(f"{mailing}/send", {})
print("counts:", wait(mailing, "sent")["counts"])
