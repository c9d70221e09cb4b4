# One image for web and worker: `docker compose up` starts both beside Postgres and Valkey.

FROM node:24-slim AS pages
WORKDIR /parley
COPY package.json package-lock.json .npmrc tsconfig.json ./
RUN npm ci --ignore-scripts --omit=dev
COPY static static
RUN node static/build.mjs

FROM python:3.12-slim
ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /parley
RUN useradd --system --uid 10001 --no-create-home --home-dir /nonexistent parley
COPY requirements.txt ./
RUN pip install --require-hashes -r requirements.txt
COPY manage.py ./
COPY chatapp chatapp
COPY accounts accounts
COPY conversations conversations
COPY templates templates
COPY locale locale
COPY --from=pages /parley/static/dist static/dist
COPY static/public static/public

# DATA_DIR holds nothing but collected static files here: the secrets come from the environment, and those that
# this step makes for itself do not stay.
ENV DATA_DIR=/parley/.data HOST=0.0.0.0 PORT=8000
RUN python manage.py collectstatic --noinput -v0 && rm .data/secret_key .data/encryption_key

USER parley
EXPOSE 8000
CMD ["python", "manage.py", "serve"]
