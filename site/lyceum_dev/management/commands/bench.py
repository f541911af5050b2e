"""`bench`: measures the production server, and in the same run the floor and the baseline to compare it with."""

import json
import os
import platform
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from academies.kernel import clock
from lyceum_dev.bench import data, measuring, report, servers, targets
from lyceum_dev.bench.cases import FLOOR, FRESH, KEPT, TENANT, Case, all_cases


def _went_wrong(run: dict[str, Any]) -> bool:
    return sum(run["wrong"].values()) > run["answers"] / 100


class Command(BaseCommand):
    help = "Measures the production server on an academy of 200 courses. Servers and data are its own."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", metavar="FILE", help="write everything that was measured there, too")
        parser.add_argument("--seconds", type=float, default=3.0, help="for each case and number of workers (3)")

    def handle(self, *args: Any, **options: Any) -> None:
        began = time.monotonic()
        self.say(f"Measuring on {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}.")
        measured = data.prepare(now=clock.now(), say=self.say)
        cases = {case.key: case for case in all_cases(measured)}
        results = {key: self._probe(case) for key, case in cases.items()}
        rest = self._here(options["seconds"])
        for kind in (FLOOR, TENANT, KEPT, FRESH):
            for workers in (1, 2):
                self._serve(
                    [case for case in cases.values() if case.kind is kind], workers, options["seconds"], results
                )
        self._report(results, rest, options["json"])
        self.say(f"({time.monotonic() - began:.0f} s)")
        astray = [result["label"] for result in results.values() if any(_went_wrong(run) for run in result["runs"])]
        if astray:
            raise CommandError(f"More than one answer in a hundred was another than expected: {', '.join(astray)}.")

    def _probe(self, case: Case) -> dict[str, Any]:
        probed = measuring.probed(case)
        if probed.status != case.expect:
            raise CommandError(
                f"{case.label}: answered {probed.status} instead of {case.expect}, so it can't be measured."
            )
        return {
            "key": case.key, "label": case.label, "queries": probed.queries, "database_ms": probed.database_ms, "runs": [],
        }  # fmt: skip

    def _here(self, seconds: float) -> dict[str, Any]:
        """Measure what needs no server."""
        rest = {
            "middleware_ms": measuring.middleware_ms(),
            "certificates_one_process": measuring.certificates(processes=1, seconds=seconds),
            "certificates_two_processes": measuring.certificates(processes=2, seconds=seconds),
            "provision_seconds": measuring.median(measuring.provisioning()),
        }
        self.say("  middleware, certificates and provisioning measured")
        return rest

    def _serve(self, cases: list[Case], workers: int, seconds: float, results: dict[str, dict[str, Any]]) -> None:
        kind = cases[0].kind
        extra = {"DJANGO_SETTINGS_MODULE": kind.settings, **dict(kind.extra)}
        try:
            with servers.serving(kind.application, workers=workers, extra=extra) as server:
                for case in cases:
                    run = measuring.run_load(server, case, workers=workers, seconds=seconds)
                    results[case.key]["runs"].append(run)
                    wrong = f", wrong answers: {run['wrong']}" if run["wrong"] else ""
                    self.say(f"  {case.label}, {workers} at work: {run['per_second']:.0f} a second{wrong}")
        except servers.DidNotStart as error:
            raise CommandError(str(error)) from error

    def _report(self, results: dict[str, dict[str, Any]], rest: dict[str, Any], file: str | None) -> None:
        measured = targets.Results(
            per_second={
                (key, run["workers"]): run["per_second"] for key, result in results.items() for run in result["runs"]
            },
            cpu_ms={key: result["runs"][0]["cpu_ms"] for key, result in results.items()},
            queries={key: result["queries"] for key, result in results.items()},
            database_ms={key: result["database_ms"] for key, result in results.items()},
            middleware_ms=rest["middleware_ms"],
            certificates=rest["certificates_one_process"],
            provision_seconds=rest["provision_seconds"],
        )
        floor, baseline = measured.per_second[("floor", 1)], measured.per_second[("baseline", 1)]
        self.say(f"\n{report.HEAD}\n{report.UNITS}")
        for result in results.values():
            self.say(report.line(result, floor, baseline))
        self.say(
            f"{'certificates, a second':44} {rest['certificates_one_process']:9.0f}"
            f" {rest['certificates_two_processes']:9.0f}\n"
            f"{'provisioning an academy, seconds':44} {rest['provision_seconds']:9.2f}\n"
            f"{'the tenant middleware, ms a request':44} {rest['middleware_ms']:9.3f}\n"
        )
        self.say("Two requests were in flight for each worker; CPU, queries and p95 are for one worker.\n")
        judged = targets.bars(measured)
        for text in report.bar_lines(judged, results):
            self.say(text)
        if file:
            Path(file).write_text(
                json.dumps(report.as_json(results.values(), judged, rest), indent=2), encoding="utf-8"
            )

    def say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
