import { Redis } from 'ioredis';
import { pino } from 'pino';
import type { HistoryLine } from '../fake-engine/play.js';
import { startWorkspace } from '../slack/workspace.js';
import { startAgent } from './agent.js';
import { type Said, whatWasSaid } from './said.js';
import { makeWorker } from './worker.js';

/**
 * The whole bot on these histories (all as `onGrid` makes them, from the same time): engine API, agent, Redis, watch, outbox and Slack
 * API are real or speak as the real one, and only the clock is not: it jumps from what happens to what happens next. Services are
 * looked at when they are due, where the live rounds come every five seconds and find it up to that much later.
 *
 *     clock   | sweep | look | start | keep | sweep …
 */
export async function playWholeBot(redisUrl: string, lines: readonly HistoryLine[], everyMs: number): Promise<Said> {
  const times = lines.flatMap(({ samples }) => [samples[0]?.t ?? Number.NaN, samples.at(-1)?.t ?? Number.NaN]);
  const [fromMs, toMs] = [Math.min(...times), Math.max(...times)];
  let clockMs = fromMs;
  const nowMs = () => clockMs;
  const log = pino({ level: 'warn' }, pino.destination(2));
  const redis = new Redis(redisUrl);
  // Its own limits are by its clock, which stands still while a tick's messages go out; delivery's tests have them.
  const slack = await startWorkspace({ delivery: 'socket', nowMs, rateLimits: false, timing: { fileReadyMs: 0 } });
  const agent = await startAgent(redis, lines, everyMs, log, nowMs);
  const worker = makeWorker(redis, slack, log, nowMs);
  try {
    let sweepMs = fromMs;
    let lookMs = fromMs;
    while (clockMs <= toMs) {
      // A service that nobody has looked at yet is due.
      if (await agent.catchUp()) lookMs = clockMs;
      if (clockMs >= sweepMs) {
        await agent.sweep();
        sweepMs += everyMs;
      }
      if (clockMs >= lookMs) {
        await worker.round();
        lookMs = await worker.nextMs();
      }
      clockMs = Math.min(sweepMs, lookMs, agent.nextMs());
    }
    return await whatWasSaid(slack, worker);
  } finally {
    await agent.stop();
    await slack.stop();
    redis.disconnect();
  }
}
