# Tocsin as an image: production files on a base without a shell. See docs/image.md.
#
# Bases are arguments. Pin them by digest where you build for others:
#   --build-arg RUNTIME=gcr.io/distroless/nodejs24-debian12@sha256:…
ARG BUILDER=docker.io/library/node:24.21.0-bookworm-slim
ARG RUNTIME=gcr.io/distroless/nodejs24-debian12:nonroot

# Runs on the machine that builds, whatever the image is for: nothing here is made for one architecture.
FROM --platform=$BUILDPLATFORM ${BUILDER} AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
# A mirror, with its credentials: --secret id=npmrc,src=$HOME/.npmrc
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY src src
COPY web web
COPY docs/runbooks docs/runbooks
RUN node node_modules/typescript/bin/tsc -p tsconfig.build.json && node web/build.mjs
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc npm ci --ignore-scripts --omit=dev
COPY LICENSE README.md CHANGELOG.md ./
COPY bin bin
COPY rules rules
COPY scenarios scenarios
COPY schema schema
# What no program reads stays out; prebuilds are machine code for another runtime than Node. Times and modes are the same
# everywhere, so that the same input gives the same layers.
ARG SOURCE_DATE_EPOCH=0
RUN mkdir -p /out/app /out/var/lib/tocsin /out/etc/tocsin /out/usr/local/bin \
  && printf '#!/nodejs/bin/node\nimport("/app/dist/main.js").then(({ main }) => main(process.argv.slice(2)));\n' \
  > /out/usr/local/bin/tocsin && chmod +x /out/usr/local/bin/tocsin \
  && mv package.json LICENSE README.md CHANGELOG.md dist bin rules scenarios schema node_modules /out/app/ \
  && find /out/app -type f \( -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' -o -name '*.map' \) -delete \
  && find /out/app/node_modules -type f \( -name '*.md' -o -name '*.markdown' \) -delete \
  && find /out/app/node_modules -type d -name prebuilds -prune -exec rm -r {} + \
  && chmod -R u=rwX,go=rX /out \
  && find /out -exec touch --no-dereference --date="@${SOURCE_DATE_EPOCH}" {} +

FROM --platform=$TARGETPLATFORM ${RUNTIME}
COPY --from=build /out/app /app
COPY --from=build /out/etc/tocsin /etc/tocsin
# For `kubectl exec … -- tocsin check`; there is no shell that could name the program otherwise.
COPY --from=build /out/usr/local/bin/tocsin /usr/local/bin/tocsin
# The one place that is written to; a volume belongs here.
COPY --from=build --chown=65532:65532 /out/var/lib/tocsin /var/lib/tocsin
ENV NODE_ENV=production \
  TOCSIN_CONFIG=/etc/tocsin/tocsin.yaml \
  TOCSIN_LISTEN=0.0.0.0:8080
USER 65532:65532
WORKDIR /etc/tocsin
EXPOSE 8080
STOPSIGNAL SIGTERM
# Other commands: docker run … tocsin check
ENTRYPOINT ["/nodejs/bin/node", "/app/dist/main.js"]
CMD ["run"]

# Last, since they change with every commit.
ARG VERSION=0.1.0
ARG REVISION=unknown
ARG CREATED=1970-01-01T00:00:00Z
LABEL org.opencontainers.image.title="tocsin" \
  org.opencontainers.image.description="Turns Kubernetes Events into alerts: lossless, quiet, explainable." \
  org.opencontainers.image.licenses="Apache-2.0" \
  org.opencontainers.image.version="${VERSION}" \
  org.opencontainers.image.revision="${REVISION}" \
  org.opencontainers.image.created="${CREATED}"
