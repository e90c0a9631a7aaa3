# One image for both services; the command says which: node coordinator.js, node backend.js.
#
#   docker build -t colony .
#   docker build -t colony --build-arg BASE=my-node --build-arg BUILD_BASE=my-node-with-npm .
#
# BASE needs a Node ≥ 20.19 at /nodejs/bin, /usr/local/bin or /usr/bin. A shell it need not have (the
# default has one, which nothing starts); BUILD_BASE needs one, and npm. The digests are of images for
# arm64 and amd64.
ARG BUILD_BASE=node:24-bookworm-slim@sha256:6f7b03f7c2c8e2e784dcf9295400527b9b1270fd37b7e9a7285cf83b6951452d
ARG BASE=node:24-bookworm-slim@sha256:6f7b03f7c2c8e2e784dcf9295400527b9b1270fd37b7e9a7285cf83b6951452d

# The bundles are the same for every processor, and the image below runs nothing: no emulation is needed.
FROM --platform=$BUILDPLATFORM $BUILD_BASE AS build
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts
COPY . .
# Neither the launcher of local colonies nor its embedded store, nor source maps.
RUN node scripts/build.mjs \
  && rm -f dist/colony.js dist/*.child.js dist/.built \
  && find dist -name '*.map' -exec rm {} +

FROM $BASE
ENV NODE_ENV=production PATH=/nodejs/bin:/usr/local/bin:/usr/bin:/bin
WORKDIR /app
COPY --from=build /src/dist ./
USER 65532:65532
ENTRYPOINT []
CMD ["node", "coordinator.js"]
