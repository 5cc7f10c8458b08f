import { z } from 'zod';

/**
 * What we read of the engine's answers. Every field may be missing, null or of another kind: zeros are left out by some
 * versions, lists are null on others (cgroup v1 block I/O), Podman has no `stats`, API 1.52 dropped the events' old fields. What
 * is not as expected is absent; nothing here can throw.
 */
function maybe<T extends z.ZodType>(type: T) {
  return type.optional().catch(undefined);
}

/** Above, no figure of memory, time or traffic is real: v1 says "no limit" with 2^63 − 4096. */
const TOO_MUCH = 2 ** 63 - 4096;
const figure = maybe(z.number().nonnegative().lt(TOO_MUCH));
const text = maybe(z.string());
const flag = maybe(z.boolean());
const figures = maybe(z.record(z.string(), figure));
const labels = maybe(z.record(z.string(), text));

const stats = z.object({
  read: text,
  memory_stats: maybe(z.object({ usage: figure, stats: figures })),
  cpu_stats: maybe(z.object({ cpu_usage: maybe(z.object({ total_usage: figure })) })),
  networks: maybe(z.record(z.string(), maybe(z.object({ rx_bytes: figure, tx_bytes: figure })))),
  blkio_stats: maybe(z.object({ io_service_bytes_recursive: maybe(z.array(maybe(z.object({ op: text, value: figure })))) })),
  pids_stats: maybe(z.object({ current: figure })),
});

const inspect = z.object({
  Id: text,
  Name: text,
  Image: text,
  Path: text,
  State: maybe(
    z.object({
      Running: flag,
      Restarting: flag,
      OOMKilled: flag,
      ExitCode: maybe(z.number().int()),
      StartedAt: text,
      FinishedAt: text,
    }),
  ),
  Config: maybe(
    z.object({
      Image: text,
      Labels: labels,
      ExposedPorts: maybe(z.record(z.string(), z.unknown())),
      Env: maybe(z.array(text)),
      WorkingDir: text,
    }),
  ),
  HostConfig: maybe(z.object({ Memory: figure, NetworkMode: text, Init: flag, Tmpfs: maybe(z.record(z.string(), z.unknown())) })),
  Mounts: maybe(z.array(maybe(z.object({ Type: text, Destination: text })))),
  NetworkSettings: maybe(
    z.object({
      Networks: maybe(
        z.record(z.string(), maybe(z.object({ IPAddress: text, GlobalIPv6Address: text, Gateway: text, IPv6Gateway: text }))),
      ),
      Ports: maybe(z.record(z.string(), maybe(z.array(maybe(z.object({ HostIp: text, HostPort: text })))))),
    }),
  ),
});

const list = z.array(maybe(z.object({ Id: text, State: text })));
const version = z.object({ Version: text });
const info = z.object({ ID: text, Name: text, CgroupVersion: text, MemTotal: figure });
const top = z.object({ Titles: z.array(z.string()), Processes: z.array(z.array(z.string())) });
const execState = z.object({ Running: flag, ExitCode: maybe(z.number().int()), Pid: maybe(z.number().int()) });
const event = z.object({
  Type: text,
  Action: text,
  Actor: maybe(z.object({ ID: text, Attributes: maybe(z.record(z.string(), text)) })),
});

export type DockerStats = z.infer<typeof stats>;
export type DockerInspect = z.infer<typeof inspect>;
export type DockerEvent = z.infer<typeof event>;

export const asStats = (answer: unknown): DockerStats => maybe(stats).parse(answer) ?? stats.parse({});
export const isStats = (answer: unknown): boolean => asStats(answer).read !== undefined;
export const asInspect = (answer: unknown): DockerInspect => maybe(inspect).parse(answer) ?? inspect.parse({});
export const asEvent = (answer: unknown): DockerEvent => maybe(event).parse(answer) ?? event.parse({});
export const asVersion = (answer: unknown) => maybe(version).parse(answer) ?? {};
export const asInfo = (answer: unknown) => maybe(info).parse(answer) ?? {};
export const asTop = (answer: unknown) => maybe(top).parse(answer) ?? { Titles: [], Processes: [] };
export const asExecState = (answer: unknown) => maybe(execState).parse(answer) ?? {};
/** Null for what is no list: that nobody is there must not come of an answer that nobody understood. */
export const asList = (answer: unknown) =>
  maybe(list)
    .parse(answer)
    ?.flatMap((row) => row ?? []) ?? null;

/** The engine's times are RFC 3339; "never" is the year 1. Unix ms, or null. */
export function timeOf(value: string | undefined): number | null {
  const ms = value === undefined ? Number.NaN : Date.parse(value);
  return Number.isFinite(ms) && ms > 0 ? ms : null;
}
