import { expect, test } from '@jest/globals';
import type { ContainerAddresses } from '../../../src/model/profiler.js';
import { pprofPlace } from '../../../src/model/profiler.js';
import { decodeAddresses } from '../../../src/sources/docker/decode-addresses.js';
import { dialsOf } from '../../../src/sources/pprof/addresses.js';

const with_ = (more: Partial<ContainerAddresses>): ContainerAddresses => ({
  ...{ ips: [], published: [], exposed: [], hostNetwork: false },
  ...more,
});

test('its own address first, then where it is published; each once', () => {
  const published = [
    { port: 8081, ip: '172.17.0.1', hostPort: 32_768 },
    { port: 8081, ip: '172.17.0.1', hostPort: 32_768 },
    { port: 9090, ip: '172.17.0.1', hostPort: 32_769 },
  ];
  expect(dialsOf(with_({ ips: ['172.17.0.2', 'fd12::2'], published }), 8081)).toEqual([
    { ip: '172.17.0.2', port: 8081 },
    { ip: 'fd12::2', port: 8081 },
    { ip: '172.17.0.1', port: 32_768 },
  ]);
});

test.each([
  ...[
    '169.254.169.254',
    '169.254.170.2',
    '100.100.100.200',
    '168.63.129.16',
    '192.0.0.192',
    '0.0.0.0',
    '0.1.2.3',
    '255.255.255.255',
  ],
  ...[
    '224.0.0.1',
    '::ffff:169.254.169.254',
    '::ffff:a9fe:a9fe',
    '0:0:0:0:0:ffff:a9fe:a9fe',
    '::169.254.169.254',
    '64:ff9b::a9fe:a9fe',
  ],
  ...['2002:a9fe:a9fe::', 'fd00:ec2::254', 'fe80::1', 'fe80::1%eth0', 'ff02::1', '::', '::1', 'fd20:ce::254'],
  // Not digits that mean one thing: nobody gets to say what they mean.
  ...[
    '2852039166',
    '0xa9fea9fe',
    '0251.0376.0251.0376',
    '169.254.43518',
    '169.254.169.254.',
    '１６９.254.169.254',
    'localhost',
    'metadata',
  ],
  ...['user@10.0.0.1', '10.0.0.1/', '[::ffff:a9fe:a9fe]', '', ' 10.0.0.1', '10.0.0.1#', 'redis'],
])('%s is not dialled', (ip) => {
  expect(dialsOf(with_({ ips: [ip], published: [{ port: 1, ip, hostPort: 1 }] }), 1)).toEqual([]);
});

test.each(['127.0.0.1', '127.9.9.9', '::ffff:127.0.0.1'])(
  '%s is a published address, and never a container’s own: that is ours',
  (ip) => {
    expect(dialsOf(with_({ ips: [ip] }), 8081)).toEqual([]);
    expect(dialsOf(with_({ published: [{ port: 8081, ip, hostPort: 9 }] }), 8081)).toEqual([{ ip, port: 9 }]);
  },
);

test.each([
  ['8081', { port: 8081, path: '/debug/pprof' }],
  [':6060', { port: 6060, path: '/debug/pprof' }],
  [':8081/internal/pprof/', { port: 8081, path: '/internal/pprof' }],
  ['0', null],
  ['65536', null],
  [':8081/../admin', null],
  [':8081/a?b=c', null],
  [':8081/a#', null],
  ['10.0.0.1:80', null],
  ['http://169.254.169.254/', null],
  [':80/%2e%2e', null],
])('the rule %s', (rule, place) => expect(pprofPlace(rule)).toEqual(place));

test('what the engine says of a container; a port that is published everywhere is where its host is in its network', () => {
  const answer = {
    State: { Running: true },
    HostConfig: { NetworkMode: 'shop_default' },
    Config: { ExposedPorts: { '8081/tcp': {}, '53/udp': {} } },
    NetworkSettings: {
      Networks: { shop_default: { IPAddress: '172.18.0.5', GlobalIPv6Address: '', Gateway: '172.18.0.1' }, none: null },
      Ports: {
        '8081/tcp': [{ HostIp: '0.0.0.0', HostPort: '49153' }],
        '80/tcp': [{ HostIp: '10.0.0.9', HostPort: '80' }],
        '53/udp': null,
      },
    },
  };
  expect(decodeAddresses(answer)).toEqual({
    ips: ['172.18.0.5'],
    published: [
      { port: 8081, ip: '172.18.0.1', hostPort: 49_153 },
      { port: 80, ip: '10.0.0.9', hostPort: 80 },
    ],
    exposed: [8081, 80],
    hostNetwork: false,
  });
});
test.each([[{ State: { Running: false } }], [{ State: { Running: true, Restarting: true } }], [{}], [null], ['']])(
  'one that does not run has none: %j',
  (answer) => expect(decodeAddresses(answer)).toBeNull(),
);
test('nothing that is not as expected comes through', () => {
  const odd = {
    State: { Running: true },
    NetworkSettings: { Networks: [1], Ports: { x: 'y', '99999/tcp': [{ HostPort: 'z' }] } },
    Config: 7,
  };
  expect(decodeAddresses(odd)).toEqual(with_({}));
});
