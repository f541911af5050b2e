# The production image, for web, worker, clock and migration: compose.yaml has the four commands.
FROM python:3.12-slim-bookworm AS packages
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /build
COPY requirements.txt .
# All packages are pinned, hashed and installed from wheels, so no compiler is needed.
RUN python -m venv /opt/lyceum && /opt/lyceum/bin/pip install --require-hashes --only-binary=:all: -r requirements.txt

FROM python:3.12-slim-bookworm
ENV PATH=/opt/lyceum/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    NO_BOOTSTRAP=1 PYTHONPATH=/srv/lyceum/site:/srv/lyceum DJANGO_SETTINGS_MODULE=lyceum.settings \
    STATIC_ROOT=/srv/static MEDIA_ROOT=/srv/media BIND=0.0.0.0:8000
RUN useradd --system --uid 10001 --home-dir /srv/lyceum lyceum && mkdir -p /srv/media && chown lyceum /srv/media
COPY --from=packages /opt/lyceum /opt/lyceum
WORKDIR /srv/lyceum
COPY . .
RUN python manage.py collectstatic --no-input --verbosity 0
USER lyceum
VOLUME /srv/media
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s CMD \
    ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/health/live', timeout=4)"]
CMD ["gunicorn", "-c", "site/lyceum/gunicorn_conf.py", "lyceum.wsgi"]
