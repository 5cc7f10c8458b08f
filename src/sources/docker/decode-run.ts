import type { HostName } from '../../model/host.js';
import type { Replica, Run } from '../../model/replica.js';
import { decodeService } from './decode-service.js';
import { asInspect, type DockerInspect, timeOf } from './types.js';

/** The only labels that are kept: an inspect holds secrets, and labels do too. */
const KEPT_LABELS = /^(leakwatch\.|org\.opencontainers\.image\.)/;
const MAX_LABEL = 500;

/**
 * An answer of `/containers/<id>/json` as a replica; null when the container was never started or holds no place of a service.
 * Nothing else of the answer leaves this function.
 */
export function decodeReplica(answer: unknown, host: HostName): Replica | null {
  const inspect = asInspect(answer);
  const run = decodeRun(inspect);
  if (!run) return null;
  const containerName = inspect.Name?.replace(/^\//, '') ?? '';
  const labels = inspect.Config?.Labels ?? {};
  const place = decodeService(labels, containerName, run.containerId);
  if (!place) return null;
  return {
    key: `${host}/${place.service.id}/${place.number}`,
    host,
    ...place,
    containerName,
    limitBytes: inspect.HostConfig?.Memory || null,
    running: isRunning(inspect),
    run,
    labels: Object.fromEntries(
      Object.entries(labels).flatMap(([name, value]) =>
        KEPT_LABELS.test(name) && value !== undefined ? [[name.slice(0, MAX_LABEL), value.slice(0, MAX_LABEL)]] : [],
      ),
    ),
  };
}

/**
 * The container's present life, or its last one. `FinishedAt` and the exit code of a running container are those of the life
 * before; exit code 137 alone is no proof of an OOM kill (`docker kill` gives it too).
 */
function decodeRun(inspect: DockerInspect): Run | null {
  const startedAtMs = timeOf(inspect.State?.StartedAt);
  if (!inspect.Id || startedAtMs === null) return null;
  const run: Run = {
    containerId: inspect.Id,
    image: inspect.Config?.Image ?? inspect.Image ?? '',
    ...(inspect.Image ? { imageId: inspect.Image } : {}),
    startedAtMs,
  };
  const endedAtMs = timeOf(inspect.State?.FinishedAt);
  if (isRunning(inspect) || endedAtMs === null || endedAtMs < startedAtMs) return run;
  const { ExitCode: exitCode, OOMKilled: oomKilled } = inspect.State ?? {};
  return {
    ...run,
    endedAtMs,
    ...(exitCode === undefined ? {} : { exitCode }),
    ...(oomKilled === undefined ? {} : { oomKilled }),
  };
}

/** One that waits for its next start says that it runs and restarts. */
function isRunning({ State }: DockerInspect): boolean {
  return State?.Running === true && State.Restarting !== true;
}
