import { expect, test } from '@jest/globals';
import { decodeChoice, encodeChoice } from '../../src/slack/choice.js';
import { resolveService } from '../../src/slack/resolve.js';
import { replica } from '../support/fleet.js';

const fleet = [
  replica('shop/api-svc', 1),
  replica('shop/api-svc', 2),
  replica('shop/cart'),
  replica('staging/cart'),
  replica('worker'),
  replica('a'.repeat(200)),
];

test.each([
  ['api-svc', 'shop/api-svc'],
  ['shop/api-svc', 'shop/api-svc'],
  ['staging/cart', 'staging/cart'],
  ['shop-api-svc-2', 'shop/api-svc'],
  ['API-SVC', 'shop/api-svc'],
  ['shop_api-svc', 'shop/api-svc'],
  ['staging-cart', 'staging/cart'],
  ['worker', 'worker'],
])('%s names %s', (word, id) => {
  expect(resolveService(word, fleet)).toMatchObject({ kind: 'found', service: { id } });
});

test('all replicas of the service are looked at, however it was named', () => {
  expect(resolveService('shop-api-svc-2', fleet)).toMatchObject({ replicas: [{ number: 1 }, { number: 2 }] });
});

test('a container id, also a short one', () => {
  const id = replica('worker').run.containerId;
  expect(resolveService(id.slice(0, 12), [replica('worker')])).toMatchObject({ kind: 'found' });
  expect(resolveService(id.slice(0, 8), [replica('worker')])).toEqual({ kind: 'unknown' });
});

test('one name in two projects is asked back', () => {
  expect(resolveService('cart', fleet)).toEqual({
    kind: 'ambiguous',
    services: [expect.objectContaining({ id: 'shop/cart' }), expect.objectContaining({ id: 'staging/cart' })],
  });
});

test('a choice comes back as it was, within the 75 characters of an option', () => {
  for (const { service } of fleet) {
    const choice = { serviceId: service.id, windowMs: 7_200_000, private: true, threadTs: '1700000000.000100' };
    const value = encodeChoice(choice);
    expect(value.length).toBeLessThanOrEqual(75);
    expect(decodeChoice(value, fleet)).toEqual({ choice, service });
  }
});

test('a choice whose service is gone says so', () => {
  expect(() => decodeChoice(encodeChoice({ serviceId: 'gone' }), fleet)).toThrow(/not there any more/);
});
