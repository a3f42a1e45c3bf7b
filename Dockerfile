# One image for web, worker, beat and the one-time set-up of the database; docker-compose.yml names
# what each of them runs.

FROM node:22-slim AS assets
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --no-audit --no-fund
COPY static/src static/src
RUN npm run --silent build

FROM python:3.11-slim
# What WeasyPrint draws bulletins with, and letters to draw.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends \
        fonts-dejavu-core libharfbuzz-subset0 libpango-1.0-0 libpangoft2-1.0-0 \
    && rm -rf /var/lib/apt/lists/*
ENV PATH=/srv/portal/.venv/bin:$PATH PYTHONUNBUFFERED=1
WORKDIR /srv/portal
COPY pyproject.toml uv.lock requirements-bootstrap.txt ./
RUN python -m venv .venv \
    && pip install --no-cache-dir --require-hashes -r requirements-bootstrap.txt \
    && uv sync --locked --no-cache --no-default-groups
COPY . .
COPY --from=assets /build/static/build static/build
# Building needs no setting; the throwaway keys that settings make for it stay out of the image.
RUN export DATABASE_URL=sqlite://:memory: \
    && python manage.py translations --compile \
    && python manage.py collectstatic --noinput --verbosity 0 \
    && rm -f var/secret_key var/secrets_key \
    && useradd --system --no-create-home portal \
    && mkdir -p /var/lib/portal/round_keys /var/lib/portal/ledger /var/lib/portal/media \
    && chown -R portal var /var/lib/portal
USER portal
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s CMD ["python", "-c", \
    "import os; from urllib.request import Request, urlopen; urlopen(Request('http://127.0.0.1:8000/health/live', headers={'Host': os.environ['ALLOWED_HOSTS'].split(',')[0]}), timeout=4)"]
CMD ["gunicorn", "config.wsgi", "--workers", "2", "--threads", "4", "--no-control-socket"]
