from django.apps import AppConfig


class ServicesConfig(AppConfig):
    name = "services"
    verbose_name = "What we offer"

    def ready(self):
        from services import pictures

        pictures.connect()
