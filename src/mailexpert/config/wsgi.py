import os

from django.core.wsgi import get_wsgi_application

from mailexpert.base import logs

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mailexpert.config.settings")
logs.configure("web")
application = get_wsgi_application()
