# One image for all processes: the command says which one a container is.
FROM python:3.12-slim-bookworm AS build
WORKDIR /source
ENV VIRTUAL_ENV=/opt/handrail PATH=/opt/handrail/bin:$PATH
RUN python -m venv /opt/handrail
COPY requirements/uv.txt requirements/base.txt requirements/
RUN pip install --no-cache-dir --require-hashes -r requirements/uv.txt \
    && uv pip sync --no-cache --require-hashes --compile-bytecode requirements/base.txt
COPY pyproject.toml README.md LICENSE ./
COPY handrail handrail
COPY web web
COPY workers workers
COPY domain domain
COPY matching matching
RUN uv pip install --no-cache --no-deps --no-build-isolation --compile-bytecode . \
    && uv pip uninstall setuptools uv

FROM python:3.12-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /var/lib/handrail --create-home handrail \
    && chmod 700 /var/lib/handrail
COPY --from=build /opt/handrail /opt/handrail
# The root file system may be read-only: what is written goes to the home folder or to /tmp. The matcher's compiled
# code is kept in the home, so that a worker that is started again need not compile it first.
ENV PATH=/opt/handrail/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    NUMBA_CACHE_DIR=/var/lib/handrail/compiled \
    OMP_NUM_THREADS=1 \
    HANDRAIL_HOME=/var/lib/handrail \
    HANDRAIL_LISTEN=0.0.0.0:8000 \
    HANDRAIL_LOG=json
USER 10001
VOLUME /var/lib/handrail
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
ENTRYPOINT ["handrail"]
CMD ["web"]
