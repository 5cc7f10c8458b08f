import { describe, expect, test } from '@jest/globals';
import { sourceLinks } from '../../src/incidents/source-link.js';
import type { Place } from '../../src/model/heap-evidence.js';

const REVISION = '8c1f0de8c1f0de8c1f0de8c1f0de8c1f0de8c1f0';
const GITHUB = { id: 'sha256:1', image: 'shop/api:v1', source: 'https://github.com/shop/api.git', revision: REVISION };
const AT = `https://github.com/shop/api/blob/${REVISION}`;
const place = (name: string, file: string | null, line: number | null = 88): Place => ({ function: name, file, line });
const PUT = place('github.com/shop/api/internal/cache.(*Cache).Put', '/src/internal/cache/cache.go');
const linkOf = (one: Place, facts: Partial<typeof GITHUB> = {}, among: readonly Place[] = [one]) =>
  sourceLinks({ ...GITHUB, ...facts }, among)(one);

describe('a file in the repository', () => {
  test.each([
    ['by the path of its package', PUT, 'internal/cache/cache.go#L88'],
    ['of the package at the top', place('github.com/shop/api.Serve', '/src/serve.go'), 'serve.go#L88'],
    ['of a major version', place('github.com/shop/api/v2/orders.Put', '/src/orders/put.go'), 'orders/put.go#L88'],
    ['built with -trimpath', place('main.main', 'github.com/shop/api/cmd/api/main.go'), 'cmd/api/main.go#L88'],
    ['no line is known', { ...PUT, line: null }, 'internal/cache/cache.go'],
    ['generics', place('github.com/shop/api/lru.(*LRU[go.shape.string,a/b.c]).Put', '/src/lru/lru.go'), 'lru/lru.go#L88'],
  ])('%s', (_, one, path) => expect(linkOf(one)).toBe(`${AT}/${path}`));
  test('package main lies under the root that others tell', () => {
    const main = place('main.handle', '/src/cmd/api/main.go');
    expect(linkOf(main)).toBeNull();
    expect(linkOf(main, {}, [main, PUT])).toBe(`${AT}/cmd/api/main.go#L88`);
  });
  test('on GitLab, in a group of a group', () => {
    const one = place('gitlab.example.org/shop/backend/api/orders.Put', '/b/orders/put.go');
    expect(linkOf(one, { source: 'https://gitlab.example.org/shop/backend/api' })).toBe(
      `https://gitlab.example.org/shop/backend/api/-/blob/${REVISION}/orders/put.go#L88`,
    );
  });
});

describe('no link', () => {
  test.each([
    ['the standard library', place('encoding/json.(*Decoder).Decode', '/usr/local/go/src/encoding/json/stream.go'), {}],
    ['a dependency', place('github.com/else/lru.Put', '/go/pkg/mod/github.com/else/lru@v1.2.3/lru.go'), {}],
    ['a dependency under the root', place('main.Put', '/src/pkg/mod/github.com/else/lru@v1/lru.go'), {}],
    ['a repository whose name begins alike', place('github.com/shop/api-two/a.B', '/src/a/b.go'), {}],
    ['a folder that is not the package', place('github.com/shop/api/cache.Put', '/src/other/cache.go'), {}],
    ['no file', place('github.com/shop/api/cache.Put', null), {}],
    ['a path that goes up', place('main.f', 'github.com/shop/api/../../evil/x.go'), {}],
    ['a path with an end of a link', place('main.f', 'github.com/shop/api/a>|b.go'), {}],
    ['a path with a query', place('main.f', 'github.com/shop/api/a.go?x=y#z'), {}],
    ['a revision that is none', PUT, { revision: 'main' }],
    ['javascript', PUT, { source: 'javascript:alert(1)' }],
    ['http', PUT, { source: 'http://github.com/shop/api' }],
    ['a password', PUT, { source: 'https://a:b@github.com/shop/api' }],
    ['a host that calls itself so', PUT, { source: 'https://evil.example/github.com/shop/api' }],
  ])('%s', (_, one, facts) => expect(linkOf(one, facts, [one, PUT])).toBeNull());
  test('an image without labels', () => expect(sourceLinks({ id: '1', image: 'a:1' }, [PUT])(PUT)).toBeNull());
});
