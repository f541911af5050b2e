from django.apps import AppConfig


class OperationsConfig(AppConfig):
    name = "lyceum.operations"
    label = "operations"

    def ready(self) -> None:
        from academies.kernel import breaker
        from lyceum.operations import error_reports, metrics, watch

        breaker.watchers.append(metrics.note_breaker)
        watch.connect()
        error_reports.start()
