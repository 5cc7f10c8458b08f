import { describe, expect, test } from '@jest/globals';
import { compareUrl, factsOf, linksOf } from '../../src/incidents/compare.js';
import type { ImageFacts } from '../../src/model/audit.js';
import { replica } from '../support/fleet.js';

const [OLD, NEW] = ['8c1f0aa', '9D2E7bb0c4d15f00112233445566778899aabbcc'];
const image = (source?: string, revision?: string): ImageFacts => ({
  ...{ id: 'sha256:1', image: 'api:1' },
  ...(source === undefined ? {} : { source }),
  ...(revision === undefined ? {} : { revision }),
});
const compared = (before?: string, after = before) => compareUrl(image(before, OLD), image(after, NEW));

describe('what changed between two images', () => {
  test('on GitHub and on GitLab, theirs and one’s own', () => {
    const [from, to] = [OLD, NEW.toLowerCase()];
    expect(compared('https://github.com/shop/api-svc')).toBe(`https://github.com/shop/api-svc/compare/${from}...${to}`);
    expect(compared('https://github.com/shop/api-svc.git')).toBe(`https://github.com/shop/api-svc/compare/${from}...${to}`);
    expect(compared('https://github.com/shop/api/', 'https://github.com/Shop/api')).toBe(
      `https://github.com/Shop/api/compare/${from}...${to}`,
    );
    expect(compared('https://github.example.com/shop/api')).toBe(`https://github.example.com/shop/api/compare/${from}...${to}`);
    expect(compared('https://gitlab.com/group/sub/api')).toBe(`https://gitlab.com/group/sub/api/-/compare/${from}...${to}`);
    expect(compared('https://gitlab.example.org/g/api')).toBe(`https://gitlab.example.org/g/api/-/compare/${from}...${to}`);
  });
  test.each([
    'http://github.com/shop/api',
    'git@github.com:shop/api.git',
    'https://github.com',
    'https://github.com/shop',
    'https://github.com:8443/shop/api',
    'https://user:secret@github.com/shop/api',
    'https://github.com/shop/api?x=1',
    'https://github.com/shop/api#x',
    'https://github.com/shop/api|<!channel>',
    'https://github.com/shop/api>%20x',
    'https://github.com/shop/..%2f..%2fx',
    'https://github.com/shop/../..',
    'https://github.com/shop//api',
    'https://bitbucket.org/shop/api',
    'https://notgithub.com/shop/api',
    'https://github/shop/api',
    'https://127.0.0.1/shop/api',
    'https://gіthub.com/shop/api',
    'javascript:alert(1)',
    `https://github.com/shop/${'a'.repeat(101)}`,
    `https://gitlab.com${'/a'.repeat(9)}`,
    'not an address',
    '',
  ])('not by %s', (source) => expect(compared(source)).toBeUndefined());
  test('not between two repositories, of one commit, or of what is no commit', () => {
    const source = 'https://github.com/shop/api';
    expect(compared(source, 'https://github.com/shop/web')).toBeUndefined();
    expect(compareUrl(image(undefined, OLD), image(source, NEW))).toBeUndefined();
    for (const revision of [
      undefined,
      '',
      OLD,
      OLD.toUpperCase(),
      'v1.2.3',
      'abc12',
      'main',
      `${OLD}...x`,
      'a'.repeat(65),
      '-9d2e7bb',
    ])
      expect([revision, compareUrl(image(source, OLD), image(source, revision))]).toEqual([revision, undefined]);
  });
});

test('by the labels of the replicas that ran them', () => {
  const run = (name: string) => ({ containerId: 'c', image: `api:${name}`, imageId: `sha256:${name}`, startedAtMs: 0 });
  const facts = ([name, revision]: readonly [string, string]) => {
    const labels = {
      'org.opencontainers.image.source': 'https://github.com/shop/api',
      'org.opencontainers.image.revision': revision,
    };
    return factsOf(replica('shop/api', 1, { run: run(name), labels }));
  };
  const [first, second] = (
    [
      ['1', OLD],
      ['2', NEW],
    ] as const
  ).map(facts);
  if (!first || !second) throw new Error('two images');
  const links = linksOf({ running: [first], past: [] }, { running: [second], past: [] }, undefined);
  expect(links(run('1'), run('2'))).toBe(`https://github.com/shop/api/compare/${OLD}...${NEW.toLowerCase()}`);
  expect(links(run('1'), run('3'))).toBeUndefined();
  expect(links(run('0'), run('2'))).toBeUndefined();
});
