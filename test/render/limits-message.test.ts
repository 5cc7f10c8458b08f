import { describe, expect, test } from '@jest/globals';
import type { LimitAdvice } from '../../src/model/limits.js';
import type { Replica } from '../../src/model/replica.js';
import { limitsMessage } from '../../src/render/limits-message.js';
import { replica } from '../support/fleet.js';
import { expectAccepted, textsOf } from './accepted.js';
import { DAY, MIB, MINUTE, NOW } from './scenes.js';

type Over = Partial<LimitAdvice> & { readonly of?: Partial<Replica> };

function advice(service: string, number: number, mostMib: number, limitMib: number | null, over: Over = {}): LimitAdvice {
  const limitBytes = limitMib === null ? null : limitMib * MIB;
  const { of = {}, ...rest } = over;
  return {
    replica: replica(service, number, { limitBytes, ...of }),
    ...{ mostBytes: mostMib * MIB, nowBytes: mostMib * MIB, limitBytes, coveredMs: 14 * DAY },
    standing: limitMib === null ? 'no-limit' : mostMib >= 0.85 * limitMib ? 'near' : 'fine',
    suggested: { kind: 'size', bytes: 640 * MIB, atLeast: false },
    ...rest,
  };
}
const leaking = { suggested: { kind: 'leaking' } } as const;
const young = { suggested: { kind: 'too-short' } } as const;
const message = (all: readonly LimitAdvice[], silent: { host: string; sinceMs: number }[] = []) => {
  const made = limitsMessage(all, silent, { nowMs: NOW, windowMs: 14 * DAY });
  expectAccepted(made);
  return { text: made.text, said: textsOf(made).slice(1).join('\n') };
};

describe('/leak limits', () => {
  const mixed = [
    advice('shop/cart', 1, 300, null),
    advice('shop/orders', 1, 500, null, leaking),
    advice('shop/orders', 2, 400, null),
    advice('shop/web', 1, 250, 256, { suggested: { kind: 'size', bytes: 320 * MIB, atLeast: true } }),
    advice('shop/new', 1, 20, null, young),
    ...[1, 2, 3].map((n) => advice('shop/fine', n, 10, 256)),
    advice('shop/mute', 1, 1, 256, { standing: 'untold', suggested: { kind: 'no-data' } }),
  ];

  test('without a limit first, the largest on top; then near it; fine is counted', () => {
    const { text, said } = message(mixed, [{ host: 'hv-37', sinceMs: NOW - 9 * MINUTE }]);
    expect(text).toBe('Memory limits: 4 containers have none, 1 is near its own');
    expect(said.replace(/<!date[^|]*\|([^>]*)>/g, '$1')).toMatchInlineSnapshot(`
"*Memory limits: 4 containers have none, 1 is near its own*
\`\`\`
service              most  limit  set to
orders ×2         500 MiB   none   leaks
cart              300 MiB   none    640m
new                20 MiB   none   young
web               250 MiB   256m   ≥320m
\`\`\`
Set to: the most used in 14 d (page cache not counted; means of 5 min, full rate for 2 h), plus 25 %, rounded up
≥ it was at its limit or lost a process to it: what it wants was never seen
leaks: any limit is reached, so none is suggested: \`/leak check &lt;service&gt;\`
young: under a day of history, too little to suggest a limit from
Fine: 3 containers, never above 85 % of their limit
Can't tell: 1 container with a limit gave no numbers: mute
⚠️ Silent: hv-37 since 13:51 UTC: its last list was used
Now, without a restart (until the container is re-created):
\`\`\`
docker update --memory 640m --memory-swap 640m shop-cart-1
docker update --memory 320m --memory-swap 320m shop-web-1
\`\`\`
To last: \`mem_limit: …\` with the same size in Compose, \`deploy.resources.limits.memory\` in Swarm; this re-creates the container"
`);
  });

  test('each row fits a phone, whatever the name is', () => {
    const { said } = message([advice(`shop/${'long-'.repeat(9)}`, 1, 999_999, null), advice('🐘'.repeat(20), 1, 1, null)]);
    for (const row of String(said.split('```')[1]).trim().split('\n')) expect(row.length).toBeLessThanOrEqual(40);
  });

  test('one replica that leaks keeps the whole row from a limit', () => {
    const { said } = message(mixed);
    expect(said).toMatch(/orders ×2 +500 MiB +none +leaks/);
    expect(said).not.toMatch(/docker update.*orders/);
  });

  test('a command is for one host, which is named where there are several', () => {
    const on = (host: string, n: number) => advice('shop/api', n, 300, null, { of: { host } });
    const { said } = message([on('hv-01', 1), on('hv-01', 2), on('hv-02', 3)]);
    expect(said).toContain('docker update --memory 640m --memory-swap 640m shop-api-1 shop-api-2  # on hv-01\n');
    expect(said).toContain('shop-api-3  # on hv-02');
    expect(message([on('hv-01', 1)]).said).not.toContain('# on');
  });

  test('nothing that a shell would run gets into a command', () => {
    const id = 'c0ffee'.repeat(11).slice(0, 64);
    const of = (containerName: string, containerId: string) => ({
      of: { containerName, run: { containerId, image: 'a', startedAtMs: 0 } },
    });
    const { said } = message([advice('a', 1, 9, null, of('x;reboot', id)), advice('b', 1, 8, null, of('$(reboot)', '`reboot`'))]);
    expect(said).toContain('640m c0ffeec0ffee');
    expect(said).not.toContain('reboot');
  });

  test('nobody, everybody fine, nobody measured', () => {
    expect(message([]).text).toBe('Memory limits: no running container is known');
    const fine = message([advice('a', 1, 1, 256)]);
    expect(fine.text).toBe('Memory limits: 1 container with one, none near it');
    expect(fine.said).toBe(`*${fine.text}*\nFine: 1 container, never above 85 % of its limit`);
    expect(message([advice('a', 1, 1, 256, { standing: 'untold' })]).text).toBe("Memory limits: can't tell yet");
  });

  test('of a large fleet the first are shown, and the rest is counted', () => {
    const { said } = message(Array.from({ length: 200 }, (_, i) => advice(`s/svc-${i}`, 1, 1000 - i, null)));
    expect(said).toContain('+188 more services');
    const [first, ...others] = Array.from({ length: 13 }, (_, n) => advice(`shop/s${n}`, 1, 100 + n, null));
    if (!first) throw new Error('nobody');
    expect(message([first, ...others]).said).toContain('+1 more service\n');
    expect(said).toContain('+7 more commands of the same form');
  });
});
