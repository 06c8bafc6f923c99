# The image of the web server and of the worker (see docker-compose.yml). It runs as a user without rights.
FROM python:3.11-slim AS build
COPY requirements.lock /
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --no-deps --only-binary :all: --require-hashes -r /requirements.lock

FROM python:3.11-slim
# Chinese titles in the flow diagram need a font that has them.
RUN apt-get update \
    && apt-get install -y --no-install-recommends fonts-noto-core fonts-noto-cjk \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --create-home reviewapp \
    && install -d -o reviewapp -g reviewapp -m 0700 /data
COPY --from=build /venv /venv
WORKDIR /site
COPY . .
ENV PATH=/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    REVIEWAPP_DATA=/data \
    STATIC_ROOT=/static
RUN REVIEWAPP_DATA=/tmp/build python manage.py collectstatic --no-input --verbosity 0 && rm -rf /tmp/build
USER reviewapp
VOLUME /data
EXPOSE 8000
CMD ["gunicorn", "--config", "python:reviewapp.serving", "--bind", "0.0.0.0:8000", "reviewapp.wsgi:application"]
