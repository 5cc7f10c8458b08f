import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { type BrowserPart, startBrowser } from '../support/browser.js';
import { buildPage } from '../support/slack/page/build.js';
import { makeWorld, type World } from './world.js';

/** As a person would: Chromium, the workspace's page, and Leakwatch behind it. Pictures to look at: `.test/shots/`. */
const SHOTS = '.test/shots';
let folder: string;
let world: World;
let browser: BrowserPart;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'leakwatch-page-'));
  await mkdir(SHOTS, { recursive: true });
  await buildPage(folder);
  world = await makeWorld({ delivery: 'socket', rateLimits: false, pageDir: folder });
  await world.fill({ services: 6, replicas: 2, historyMs: 2 * 3_600_000 });
  [browser] = await Promise.all([startBrowser(), world.start('bot'), world.start('worker')]);
  browser.context.setDefaultTimeout(10_000);
}, 60_000);
afterAll(async () => {
  await browser.stop();
  await world.stop();
  await rm(folder, { recursive: true, force: true });
});

async function type(page: Page, line: string): Promise<void> {
  const box = page.locator('main').getByRole('textbox');
  await box.fill(line);
  await box.press('Enter');
}

test('type a command, see the card and the chart, press a button', async () => {
  const page = await browser.open(`${world.workspace.pageUrl}#channel=ops`, { width: 390, height: 844 });
  await type(page, '/leak check service-0');
  await page.getByText('Checking service-0: 2 replicas').waitFor();
  await page.getByText(/service-0 leaking/).waitFor();
  const chart = page.locator('main img');
  await chart.waitFor();
  expect(await chart.getAttribute('alt')).toMatch(/service-0.*leaking/);
  expect(await chart.evaluate((image) => (image as unknown as { naturalWidth: number }).naturalWidth)).toBeGreaterThan(300);
  await page.screenshot({ path: `${SHOTS}/check-phone.png` });

  await type(page, '/leak check servce-1');
  await page.getByRole('button', { name: 'Check service-1' }).click();
  await page.getByText(/service-1 stable/).waitFor();
  await page.screenshot({ path: `${SHOTS}/did-you-mean-phone.png` });
}, 30_000);

test('in a thread: by mention, answered there', async () => {
  const root = await world.workspace.say({
    user: world.workspace.users.bo,
    channel: world.workspace.channels.ops,
    text: 'checkout is slow again',
  });
  const page = await browser.open(`${world.workspace.pageUrl}#channel=ops&thread=${root.ts}`, { width: 1280, height: 800 });
  const thread = page.getByRole('complementary');
  const box = thread.getByRole('textbox');
  await box.fill('@leakwatch check service-3');
  await box.press('Enter');
  await thread.getByText(/service-3 leaking/).waitFor();
  await page.screenshot({ path: `${SHOTS}/thread-desktop.png` });
}, 30_000);

test('the fleet as a table on a phone, and the home tab', async () => {
  const page = await browser.open(`${world.workspace.pageUrl}#channel=ops`, { width: 390, height: 844 });
  await type(page, '/leak top');
  const table = page.getByText('out in').last();
  await table.waitFor();
  await page.screenshot({ path: `${SHOTS}/top-phone.png` });
  // A line that is wider than the phone would be two: all are as high as the lines that were sent.
  const lines = ((await table.textContent()) ?? '').trim().split('\n').length;
  expect(((await table.boundingBox())?.height ?? 0) / lines).toBeLessThan(20);
  await page.getByRole('button', { name: 'Channels' }).first().click();
  await page.getByRole('button', { name: /leakwatch/ }).click();
  await page.getByText('12 replicas on 1 host').waitFor();
  await page.screenshot({ path: `${SHOTS}/home-phone.png` });
});
