from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "mailexpert.web"
    label = "web"

    def ready(self) -> None:
        from mailexpert.web import panels, rooms

        rooms.register_all()
        panels.register()
