from django.apps import AppConfig


class OperationsConfig(AppConfig):
    name = "lyceum.operations"
    label = "operations"
    beat_schedule = {
        "measure for the operator": ("operations.measure", 60),
        "check what must hold": ("operations.check_integrity", 86_400),
    }

    def ready(self) -> None:
        from academies.kernel import breaker
        from lyceum.operations import error_reports, metrics, watch

        breaker.watchers.append(metrics.note_breaker)
        watch.connect()
        error_reports.start()
