# One image, three roles: `leakwatch bot | worker | agent` (or `start` for all three). Built in stages, so that neither the
# compiler nor development packages are in what runs.
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY src src
COPY jobs jobs
RUN npm run build && npm prune --omit=dev

FROM node:24-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY package.json LICENSE ./
# Charts are drawn with the DejaVu font out of node_modules: no system font is needed. Nothing is written but the data folder.
RUN mkdir /data && chown node:node /data
ENV LEAKWATCH_DATA_DIR=/data
VOLUME /data
USER node
EXPOSE 3000
# Run it with an init (`docker run --init`, `init: true` in Compose): it forks children.
ENTRYPOINT ["node", "dist/src/cli.js"]
CMD ["start"]
