import os

from django.core.wsgi import get_wsgi_application

from mailexpert.base import env, logs, outgoing

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mailexpert.config.settings")
logs.configure("web")
outgoing.watch(env.load())
application = get_wsgi_application()
