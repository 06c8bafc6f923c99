"""`manage.py up`: the whole site on one's own machine with one command; what `make run` calls."""

from __future__ import annotations

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.wsgi import get_wsgi_application

from reviewapp import processes
from reviewapp.accounts.models import User

PORT = 8000


class Command(BaseCommand):
    """Migrate, load the demo review into an empty database, serve web pages and work on jobs."""

    help = "Start the site and its worker on this machine. Data are kept under REVIEWAPP_DATA (default var/)."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument(
            "--port", type=int, default=PORT, help=f"the first port to try (default {PORT}); 0: any free one"
        )
        parser.add_argument("--no-demo", action="store_true", help="leave an empty database empty")

    def handle(self, *args: Any, port: int, no_demo: bool, **options: Any) -> None:
        """Run until Ctrl-C or SIGTERM."""
        try:
            listening = processes.listen_near(port)
        except (OSError, OverflowError) as problem:
            raise CommandError(
                f"Cannot listen on port {port} of this machine: {problem}. Choose another with --port."
            ) from problem
        taken = listening.getsockname()[1]
        if port and taken != port:
            self._say(f"Port {port} is taken; using {taken}.")
        call_command("migrate", verbosity=0, interactive=False)
        call_command("createcachetable", verbosity=0)
        if User.objects.filter(is_demo=True).exists() or not (no_demo or User.objects.exists()):
            call_command("demo", stdout=self.stdout, stderr=self.stderr)
        self._say(f"Open http://{processes.HOST}:{taken}/ in a browser. Ctrl-C ends it.")
        processes.run(get_wsgi_application(), listening, self._say)
        self._say("Stopped.")

    def _say(self, sentence: str) -> None:
        self.stdout.write(sentence)
        self.stdout.flush()
