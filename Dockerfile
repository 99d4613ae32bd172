FROM python:3.13-slim AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /venv
COPY requirements.txt .
RUN /venv/bin/pip install -r requirements.txt


FROM python:3.13-slim
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    ASSIGNHUB_ENV=production \
    GRANIAN_WORKERS=2 \
    GRANIAN_BLOCKING_THREADS=4
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin assignhub
WORKDIR /app
COPY --from=build /venv /venv
COPY . .

# Production settings want their variables here as well. These values are for this one command; nothing keeps them.
RUN SECRET_KEY="$(python -c 'import secrets; print(secrets.token_urlsafe(64))')" \
    ENCRYPTION_KEYS="$(python -c 'from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())')" \
    ALLOWED_HOSTS=build.invalid \
    DATABASE_URL=postgres://build.invalid/build \
    python manage.py collectstatic --noinput

# The code stays root's: what runs cannot change it. A number, so that an orchestrator can see it is not root.
USER 10001
EXPOSE 8000

# Asks by a name that ALLOWED_HOSTS lets in.
HEALTHCHECK --interval=15s --timeout=6s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import http.client, os, sys; \
c = http.client.HTTPConnection('127.0.0.1', 8000, timeout=5); \
c.request('GET', '/health/live', headers={'Host': os.environ['ALLOWED_HOSTS'].split(',')[0].strip().lstrip('.')}); \
sys.exit(c.getresponse().status != 200)"]

CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--no-ws", "--log-level", "warning", "assignhub.wsgi:application"]
