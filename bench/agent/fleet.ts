import type { FakeEngine } from '../../test/support/fake-engine/engine.js';
import { growing } from '../../test/support/fake-engine/memory.js';

const [MIB, GIB] = [2 ** 20, 2 ** 30];
const A_SERVICE = 10;

/** Containers of Compose services with ten replicas each, some growing. Gives the keys of their replicas. */
export function fillEngine(engine: FakeEngine, host: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => {
    const [service, number] = [`service-${Math.floor(index / A_SERVICE)}`, 1 + (index % A_SERVICE)];
    engine.run({
      name: `shop-${service}-${number}`,
      image: `registry.example.com/shop/${service}:1.42.${index % 7}`,
      labels: {
        'com.docker.compose.project': 'shop',
        'com.docker.compose.service': service,
        'com.docker.compose.container-number': String(number),
        'org.opencontainers.image.source': 'https://example.com/shop',
      },
      env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', `SERVICE=${service}`],
      memory: growing(80 + (index % 300), index % 5 === 0 ? 40 : 0.2),
      limitBytes: index % 3 === 0 ? GIB : 512 * MIB,
    });
    return `${host}/shop/${service}/${number}`;
  });
}
