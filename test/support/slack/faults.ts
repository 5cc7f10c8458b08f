import { setTimeout as sleep } from 'node:timers/promises';
import { type Answer, json, limited } from './web-api/answer.js';
import type { Call } from './web-api/handler.js';
import { SlackRefusal } from './words.js';

/**
 * What goes wrong with the next calls of `method` (`response_url` and `upload` too): before Slack has done as asked, or, with
 * `after`, once it has. `word`: Slack's own no. `limited`: 429 with this Retry-After, null for none. `slow` answers late.
 */
export type CallFault = {
  readonly method: string;
  readonly kind: 'http500' | 'timeout' | 'reset' | 'html' | 'empty' | 'cut' | 'word' | 'limited' | 'slow';
  readonly after?: boolean;
  readonly times?: number;
  readonly word?: string;
  readonly retryAfter?: string | null;
  readonly slowMs?: number;
  readonly when?: (args: Call['args']) => boolean;
};

/** What goes wrong with the next deliveries to the app. Times are of the request's time stamp. `forged`: signed by another. */
export type DeliveryFault = {
  readonly delivery: 'command' | 'interactivity' | 'event';
  readonly kind: 'duplicate' | 'forged' | 'old' | 'future' | 'strange-team';
  readonly times?: number;
};

export type Fault = CallFault | DeliveryFault;
export type Faults = ReturnType<typeof makeFaults>;

/** Faults on demand. One that never came to be is a mistake of the test that asked for it: `unused` names them. */
export function makeFaults(signal: AbortSignal) {
  const waiting: { readonly fault: Fault; left: number }[] = [];

  function take<F extends Fault>(wanted: (fault: Fault) => fault is F): F | undefined {
    for (const one of waiting) {
      if (one.left > 0 && wanted(one.fault)) {
        one.left -= 1;
        return one.fault;
      }
    }
    return undefined;
  }

  return {
    add: (fault: Fault): void => void waiting.push({ fault, left: fault.times ?? 1 }),

    unused: (): string[] =>
      waiting
        .filter(({ fault, left }) => left === (fault.times ?? 1))
        .map(({ fault }) => `${'method' in fault ? fault.method : fault.delivery}: ${fault.kind}`),

    async around(call: Call, run: () => Promise<Answer>): Promise<Answer> {
      const hits = (fault: Fault): fault is CallFault =>
        'method' in fault && fault.method === call.method && (fault.when?.(call.args) ?? true);
      const fault = take(hits);
      if (!fault) return run();
      call.outcome = `fault: ${fault.kind}${fault.after ? ' after' : ''}`;
      if (fault.kind === 'slow') await sleep(fault.slowMs ?? 1_000, undefined, { signal, ref: false }).catch(() => {});
      if (fault.kind === 'slow') return run();
      if (!fault.after) return broken(fault, undefined);
      return broken(fault, await run());
    },

    delivery(kind: DeliveryFault['delivery']): DeliveryFault['kind'] | undefined {
      return take((fault): fault is DeliveryFault => 'delivery' in fault && fault.delivery === kind)?.kind;
    },
  };
}

function broken(fault: CallFault, real: Answer | undefined): Answer {
  const page = (body: string, status = 200): Answer => ({ status, headers: { 'content-type': 'text/html' }, body });
  switch (fault.kind) {
    case 'timeout':
      return 'hang';
    case 'reset':
      return 'reset';
    case 'http500':
      return page('<html>Server Error</html>', 500);
    case 'html':
      return page('<html>A proxy says hello</html>');
    case 'empty':
      return page('');
    case 'cut':
      return { ...(json({}) as Exclude<Answer, string>), body: bodyOf(real).slice(0, 9) };
    case 'limited':
      return limited(fault.retryAfter === undefined ? '1' : fault.retryAfter);
    case 'word':
      throw new SlackRefusal(fault.word ?? 'internal_error');
    case 'slow':
      throw new Error('slow is not an answer');
  }
}

function bodyOf(answer: Answer | undefined): string {
  return typeof answer === 'object' ? String(answer.body) : '{"ok":true}';
}
