import { expect, test } from '@jest/globals';
import { isSlackUrl } from '../../src/slack/response-urls.js';

test.each([
  ['https://hooks.slack.com/commands/T1/2/abc', true],
  ['https://hooks.slack-gov.com/actions/T1/2/abc', true],
  ['http://hooks.slack.com/commands/T1/2/abc', false],
  ['https://hooks.slack.com.evil.example/commands', false],
  ['https://hooks.slack.com@evil.example/commands', false],
  ['https://a:b@hooks.slack.com/commands', false],
  ['https://169.254.169.254/latest', false],
  ['file:///etc/passwd', false],
  ['', false],
])('%s', (url, good) => expect(isSlackUrl(url, undefined)).toBe(good));

test('a local workspace gives out its own', () => {
  expect(isSlackUrl('http://127.0.0.1:4100/commands/1', 'http://127.0.0.1:4100/api/')).toBe(true);
  expect(isSlackUrl('http://localhost:4100/commands/1', 'http://127.0.0.1:4100/api/')).toBe(true);
  expect(isSlackUrl('http://10.0.0.1/commands/1', 'http://127.0.0.1:4100/api/')).toBe(false);
});
