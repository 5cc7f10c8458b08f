import type { AckFn, App, ReceiverEvent } from '@slack/bolt';

/** Counts what is being answered, so that a shutdown can wait for it: Bolt's own `stop` does not (slack-facts §0.7). */
export type Flight = { readonly count: number; settled(deadlineMs: number): Promise<void> };

/** Told how long Slack waited for an acknowledgement. */
export type OnAck = (seconds: number) => void;

/**
 * The App as receivers see it, with four things that Bolt leaves out:
 * an event is acknowledged when it has been handled (Bolt does it before, and a crash then loses a mention);
 * a command or click that no listener took gets an answer (over Socket Mode it would get none at all);
 * what is in flight is counted; and how long each acknowledgement took is told.
 */
export function gate(app: App, onAck: OnAck): { gated: App; flight: Flight } {
  let count = 0;
  const gated: App = Object.create(app, {
    processEvent: {
      value: async (received: ReceiverEvent) => {
        const begunMs = performance.now();
        const ack: AckFn<unknown> = async (response) => {
          await received.ack(response as never);
          onAck((performance.now() - begunMs) / 1000);
        };
        const event = { ...received, ack: ack as ReceiverEvent['ack'] };
        count += 1;
        try {
          await (event.body.event ? afterwards(app, event) : always(app, event));
        } finally {
          count -= 1;
        }
      },
    },
  });
  return {
    gated,
    flight: {
      get count() {
        return count;
      },
      async settled(deadlineMs) {
        const end = Date.now() + deadlineMs;
        while (count > 0 && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 20));
      },
    },
  };
}

/** The acknowledgement is held until the listeners are done; when they throw there is none, and Slack delivers again. */
async function afterwards(app: App, event: ReceiverEvent): Promise<void> {
  await app.processEvent({ ...event, ack: async () => {} });
  await event.ack();
}

async function always(app: App, event: ReceiverEvent): Promise<void> {
  let taken = false;
  const ack: AckFn<unknown> = async (response) => {
    taken = true;
    await event.ack(response as never);
  };
  await app.processEvent({ ...event, ack: ack as ReceiverEvent['ack'] });
  if (taken) return;
  const command: unknown = event.body.command;
  await event.ack(
    typeof command === 'string' ? { text: `Nothing here answers \`${command}\`. Try \`/leak help\`.` } : (undefined as never),
  );
}
