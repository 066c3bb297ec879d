# docker build -t despin . && docker run --rm -i despin restore - < article.txt
# Files: docker run --rm -v "$PWD:/texts" --user "$(id -u):$(id -g)" --network none despin restore --in-place article.txt
FROM python:3.12-slim AS built
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev && rm -rf /var/lib/apt/lists/*
COPY . /source
RUN python -m venv /despin && /despin/bin/pip install --no-cache-dir '/source[html,parquet,zstd]'

FROM python:3.12-slim
COPY --from=built /despin /despin
ENV PATH=/despin/bin:$PATH DESPIN_CACHE=
RUN useradd --create-home reader
USER reader
WORKDIR /texts
ENTRYPOINT ["despin"]
CMD ["--help"]
