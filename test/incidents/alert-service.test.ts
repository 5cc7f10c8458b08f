import { describe, expect, test } from '@jest/globals';
import { serviceOfAlert } from '../../src/incidents/alert-service.js';
import type { Label } from '../../src/model/alert.js';
import { replica } from '../support/fleet.js';

const ID = `c0ffee${'1'.repeat(58)}`;
const fleet = [
  replica('shop/api-svc', 1, { run: { containerId: ID, image: 'api:1', startedAtMs: 0 } }),
  replica('shop/api-svc', 2, { host: 'hv-02' }),
  replica('staging/api-svc', 1, { host: 'hv-02', containerName: 'staging-api' }),
  replica('shop/cart', 1),
  replica('prod/billing', 1, { containerName: 'k8s_billing_billing-7d9f8b6c5d-x2x1z_prod_0' }),
  replica('redis', 1, { containerName: 'redis' }),
  replica('cadvisor', 1, { containerName: 'cadvisor' }),
];
const named = (labels: Record<string, string>) => {
  const found = serviceOfAlert(
    Object.entries(labels).map(([name, value]): Label => [name, value]),
    fleet,
  );
  if (found.kind === 'found') return found.service.id;
  return found.kind === 'ambiguous' ? found.services.map(({ id }) => id) : null;
};
const COMPOSE = 'container_label_com_docker_compose';

describe('the service that an alert is about', () => {
  test.each<[string, Record<string, string>, string | string[] | null]>([
    ['cAdvisor’s id, cgroup v1', { id: `/docker/${ID}`, name: 'anything' }, 'shop/api-svc'],
    ['cAdvisor’s id, systemd', { id: `/system.slice/docker-${ID}.scope` }, 'shop/api-svc'],
    ['Kubernetes’ id', { container_id: `docker://${ID}` }, 'shop/api-svc'],
    ['a short id', { container_id: ID.slice(0, 12) }, 'shop/api-svc'],
    ['Compose’s labels', { [`${COMPOSE}_project`]: 'staging', [`${COMPOSE}_service`]: 'api-svc' }, 'staging/api-svc'],
    ['Compose’s service alone', { [`${COMPOSE}_service`]: 'cart', job: 'cadvisor' }, 'shop/cart'],
    [
      'Swarm’s labels',
      { container_label_com_docker_stack_namespace: 'shop', container_label_com_docker_swarm_service_name: 'shop_cart' },
      'shop/cart',
    ],
    ['a namespace and a container', { namespace: 'prod', pod: 'billing-7d9f8b6c5d-x2x1z', container: 'billing' }, 'prod/billing'],
    ['a pod alone', { pod: 'billing-7d9f8b6c5d-x2x1z' }, 'prod/billing'],
    ['a StatefulSet’s pod', { pod: 'cart-0' }, 'shop/cart'],
    ['a container’s name', { name: 'staging-api' }, 'staging/api-svc'],
    ['our own agent’s labels', { host: 'hv-02', project: 'shop', service: 'api-svc', replica: '2' }, 'shop/api-svc'],
    ['a service’s id', { service: 'shop/cart' }, 'shop/cart'],
    ['a name that two have: not guessed', { service: 'api-svc' }, ['shop/api-svc', 'staging/api-svc']],
    ['and with the host that one of them is on', { service: 'api-svc', host: 'hv-01' }, 'shop/api-svc'],
    ['what was scraped is not what it is about', { job: 'cadvisor', instance: 'redis:6379' }, null],
    ['an id of nobody here, and a name of somebody', { id: `/docker/${'9'.repeat(64)}`, name: 'redis' }, 'redis'],
    ['the machine itself', { id: '/', name: '' }, null],
    ['nothing', {}, null],
    ['names that are none', { service: '__proto__', name: 'constructor', pod: '-'.repeat(5_000) }, null],
  ])('by %s', (_, labels, expected) => expect(named(labels)).toEqual(expected));
});
