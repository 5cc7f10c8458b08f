import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { type BrowserPart, startBrowser } from '../support/browser.js';
import { until } from '../support/parts/process.js';
import { buildPage } from '../support/slack/page/build.js';
import { type FakeWorkspace, startFakeWorkspace } from './fake-workspace.js';
import { ANA, BO, BOT, BUTTONS, chartPng, MODAL_BLOCKS, message, NIGHT, OPS, ROOT_TS, sampleState } from './sample.js';

/** The page in a real browser, against the contract with nothing behind it. Pictures for a person to look at: `.test/shots/`. */
const DESKTOP = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 844 };
const SHOTS = '.test/shots';

let folder: string;
let browser: BrowserPart;
let chart: Buffer;
let workspace: FakeWorkspace;
let page: Page;
const broken: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'leakwatch-page-'));
  await mkdir(SHOTS, { recursive: true });
  [browser, chart] = await Promise.all([startBrowser(), chartPng(), buildPage(folder)]);
  browser.context.setDefaultTimeout(5_000);
  workspace = await startFakeWorkspace(folder, sampleState(), chart);
});
afterAll(async () => {
  await browser.stop();
  await workspace.stop();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  broken.length = 0;
  workspace.reset(sampleState());
  page = await show('', DESKTOP);
});
afterEach(async () => {
  await Promise.all(browser.context.pages().map((open) => open.close()));
  expect(broken).toEqual([]);
});

async function show(hash: string, size: typeof DESKTOP): Promise<Page> {
  const shown = await browser.open('about:blank', size);
  shown.on('pageerror', (error) => broken.push(String(error)));
  await shown.goto(workspace.address + hash);
  await shown.locator('.workspace').waitFor();
  return shown;
}

/** The next thing that the page says to the workspace. */
function heard(count = 1) {
  return until('the page to say something', 3_000, async () => workspace.heard.length >= count && workspace.heard);
}

const card = () => page.locator(`main [data-ts="${ROOT_TS}"]`);
const element = (id: string) => BUTTONS.find(({ action_id }) => action_id === id);
const inMessage = { user: ANA, channel: OPS, messageTs: ROOT_TS, blockId: 'buttons' };

describe('what is shown', () => {
  test('the card: bold, mention by name, link, chart from the workspace, buttons, edited mark', async () => {
    expect(await card().locator('.text b').first().textContent()).toBe('api-svc leaking: +41 MiB/h per replica');
    expect(await card().locator('.mention').first().textContent()).toBe('@ana');
    expect(await card().getByRole('link', { name: 'thread' }).getAttribute('href')).toBe('https://example.com/thread');
    expect(
      await card()
        .getByRole('img', { name: /^Memory of api-svc/ })
        .count(),
    ).toBe(1);
    expect(
      await page.evaluate(
        `document.querySelector('.picture').decode().then(() => document.querySelector('.picture').naturalWidth)`,
      ),
    ).toBe(1000);
    expect(await card().locator('.actions .button').allInnerTexts()).toEqual(['Take heap', 'Not a leak', expect.anything(), '']);
    expect(await card().textContent()).toContain('(edited)');
    expect(await card().getByRole('img', { name: '🔴' }).count()).toBe(1);
    await page.screenshot({ path: `${SHOTS}/desktop.png` });
  });

  test('channels with what keeps a bot out, and the stranger among those who act', async () => {
    const channels = await page.locator('.sidebar > button').allInnerTexts();
    const lines = channels.map((text) => text.replace(/\s+/g, ' '));
    expect(lines).toEqual(['# ops', '# random bot is not a member', 'incident-42', '# old-alerts archived', 'leakwatch home']);
    expect(await page.getByRole('button', { name: 'private incident-42' }).count()).toBe(1);
    expect(await page.getByLabel('Act as').locator('option').allInnerTexts()).toEqual(['ana', 'bo', 'sam (another workspace)']);
    await page.getByRole('button', { name: 'old-alerts' }).click();
    expect(await page.locator('.composer-closed').textContent()).toContain('archived');
  });

  test('an ephemeral message for its person alone, its date in local time', async () => {
    const word = page.locator('main .private');
    expect(await word.textContent()).toMatch(/Only visible to you[\s\S]*Answer by 24 Nov 2026 03:50; I will edit this message/);
    await page.getByLabel('Act as').selectOption('bo');
    await page.getByText('as bo').waitFor({ state: 'attached' });
    expect(await word.count()).toBe(0);
    expect(await card().count()).toBe(1);
  });

  test('what changes, as it changes: a new message, and another text of one that is there', async () => {
    await card().waitFor();
    const later = message({ ts: `${NIGHT + 300}.000600`, blocks: [{ type: 'divider' }], text: '' });
    const edited = message({ ts: ROOT_TS, text: '🟢 api-svc stable' });
    workspace.change(({ messages }) => ({ messages: [...messages.map((old) => (old.ts === ROOT_TS ? edited : old)), later] }));
    await page.locator(`[data-ts="${later.ts}"] hr`).waitFor();
    expect(await card().textContent()).toContain('api-svc stable');
    expect(await card().locator('.actions').count()).toBe(0);
  });

  test('blocks of the library, and in the place of an unknown one what it was', async () => {
    const cells = ['Replica', '#7'].map((text) => [{ type: 'raw_text', text }]);
    const blocks = [{ type: 'table', rows: cells }, { type: 'hologram' }, { type: 'section', text: 'not a text object' }];
    workspace.change(({ messages }) => ({ messages: [...messages, message({ ts: `${NIGHT + 300}.000600`, blocks })] }));
    const shown = page.locator(`[data-ts="${NIGHT + 300}.000600"]`);
    await shown.waitFor();
    expect(await shown.locator('td, th').allInnerTexts()).toEqual(['Replica', '#7']);
    expect(await shown.locator('.unknown').first().textContent()).toBe('This page cannot show the block “hologram”.');
  });
});

describe('what is typed', () => {
  test('a line goes to the channel, as who acts; the field is empty again', async () => {
    const field = page.getByLabel('Message #ops');
    await field.fill('/leak check api-svc');
    await field.press('Enter');
    expect(await heard()).toEqual([{ name: 'say', user: ANA, channel: OPS, text: '/leak check api-svc' }]);
    expect(await field.inputValue()).toBe('');
  });

  test('a refusal is shown by Slackbot to that person alone', async () => {
    workspace.answer = () => ({ ok: false, error: '/leak failed with the error "operation_timeout"' });
    await page.getByLabel('Message #ops').fill('/leak check api-svc');
    await page.getByRole('button', { name: 'Send' }).click();
    await page.getByText('/leak failed with the error "operation_timeout"').waitFor();
    expect(await page.locator('main .private').last().textContent()).toMatch(/Only visible to you[\s\S]*Slackbot/);
    await page.getByLabel('Act as').selectOption('bo');
    await page.getByText('operation_timeout').waitFor({ state: 'detached' });
  });

  test('a reply goes to the thread that was opened', async () => {
    await card().getByRole('button', { name: '2 replies' }).click();
    const thread = page.getByRole('complementary', { name: 'Thread' });
    expect(await thread.locator('.message').count()).toBe(3);
    expect(await thread.locator('pre').textContent()).toContain('orders.(*Cache).Put cache.go:88\n +7 MiB');
    await thread.getByLabel('Reply…').fill('@leakwatch check api-svc');
    await thread.getByLabel('Reply…').press('Enter');
    const text = '@leakwatch check api-svc';
    expect(await heard()).toEqual([{ name: 'say', user: ANA, channel: OPS, threadTs: ROOT_TS, text }]);
    await page.screenshot({ path: `${SHOTS}/thread.png` });
  });

  test('a thread begins at a message without replies', async () => {
    const question = page.locator('main .message').first();
    await question.hover();
    await question.getByLabel('Message menu').click();
    await page.getByRole('menuitem', { name: 'Reply in thread' }).click();
    await page.getByLabel('Reply…').fill('why?');
    await page.getByLabel('Reply…').press('Enter');
    expect(await heard()).toEqual([{ name: 'say', user: ANA, channel: OPS, threadTs: `${NIGHT}.000100`, text: 'why?' }]);
  });
});

describe('what is pressed', () => {
  test('a button, with its whole element', async () => {
    await card().getByRole('button', { name: 'Take heap' }).click();
    expect(await heard()).toEqual([{ name: 'act', ...inMessage, element: element('heap') }]);
  });

  test('a button that asks first: no is no, yes is yes', async () => {
    await card().getByRole('button', { name: 'Not a leak' }).click();
    const dialog = page.getByRole('dialog');
    expect(await dialog.textContent()).toContain('api-svc stays quiet until it passes 512 MiB.');
    await dialog.getByRole('button', { name: 'Back' }).click();
    await dialog.waitFor({ state: 'detached' });
    await card().getByRole('button', { name: 'Not a leak' }).click();
    await dialog.getByRole('button', { name: 'Not a leak' }).click();
    await heard();
    expect(workspace.heard).toEqual([{ name: 'act', ...inMessage, element: element('not-a-leak') }]);
  });

  test('a menu and the dots, with what was chosen', async () => {
    await card().getByLabel('Snooze').selectOption('4 hours');
    await card().getByLabel('More actions').click();
    await card().getByRole('menuitem', { name: 'History' }).click();
    expect(await heard(2)).toEqual([
      { name: 'act', ...inMessage, element: element('snooze'), selected: '4h' },
      { name: 'act', ...inMessage, element: element('more'), selected: 'history' },
    ]);
  });

  test('what comes to nothing is said under the message, until the next try', async () => {
    workspace.answer = () => ({ ok: false, error: 'operation_timeout' });
    await card().getByRole('button', { name: 'Take heap' }).click();
    await card().getByRole('alert').waitFor();
    expect(await card().getByRole('alert').textContent()).toBe('operation_timeout');
    workspace.answer = () => ({ ok: true });
    await card().getByRole('button', { name: 'Take heap' }).click();
    await card().getByRole('alert').waitFor({ state: 'detached' });
  });

  test('a message shortcut', async () => {
    await card().hover();
    await card().getByLabel('Message menu').click();
    await card().getByRole('menuitem', { name: 'Check this service' }).click();
    const callbackId = 'check_message';
    expect(await heard()).toEqual([{ name: 'shortcut', user: ANA, channel: OPS, messageTs: ROOT_TS, callbackId }]);
  });
});

describe('modals and home', () => {
  const modal = { id: 'V0MODAL01', type: 'modal', title: 'Not a leak', blocks: MODAL_BLOCKS, submit: 'Save' } as const;

  test('a modal is its person’s; it wants what is required and sends what was filled in, and what was not', async () => {
    workspace.change(() => ({
      views: [
        { ...modal, id: 'V0OTHER01', forUser: BO },
        { ...modal, forUser: ANA },
      ],
    }));
    const dialog = page.getByRole('dialog');
    await dialog.waitFor();
    await page.screenshot({ path: `${SHOTS}/modal.png` });
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.getByLabel('Reason').fill('cache, full on Friday');
    await dialog.getByRole('button', { name: 'Save' }).click();
    const option = { text: { type: 'plain_text', text: 'the channel', emoji: true }, value: 'channel' };
    const values = {
      reason: { text: { type: 'plain_text_input', value: 'cache, full on Friday' } },
      ceiling: { limit: { type: 'static_select', selected_option: null } },
      whom: { who: { type: 'radio_buttons', selected_option: option } },
    };
    await heard();
    expect(workspace.heard).toEqual([{ name: 'submit', user: ANA, viewId: modal.id, values }]);
    workspace.change(() => ({ views: [] }));
    await dialog.waitFor({ state: 'detached' });
  });

  test('what the app refuses stays in the open modal; Escape closes it', async () => {
    workspace.change(() => ({ views: [{ ...modal, forUser: ANA }] }));
    workspace.answer = () => ({ ok: false, error: 'Say more' });
    await page.getByLabel('Reason').fill('x');
    await page.getByLabel('Quiet until').selectOption('512 MiB');
    await page.getByRole('button', { name: 'Save' }).click();
    expect(await page.getByRole('dialog').getByRole('alert').textContent()).toBe('Say more');
    expect(await page.getByLabel('Reason').inputValue()).toBe('x');
    await page.keyboard.press('Escape');
    const [submit, close] = await heard(2);
    expect(submit).toMatchObject({ values: { ceiling: { limit: { selected_option: { value: '512' } } } } });
    expect(close).toEqual({ name: 'close', user: ANA, viewId: modal.id });
  });

  test('home is opened, shown when the app publishes it, and acts on its view', async () => {
    await page.getByRole('button', { name: 'leakwatch home' }).click();
    expect(await heard()).toEqual([{ name: 'home', user: ANA }]);
    const button = { type: 'button', action_id: 'top', text: { type: 'plain_text', text: 'Top' } };
    const blocks = [{ type: 'actions', block_id: 'b', elements: [button] }];
    workspace.change(() => ({ views: [{ id: 'V0HOME001', type: 'home', forUser: ANA, title: '', blocks }] }));
    await page.getByRole('button', { name: 'Top' }).click();
    expect((await heard(2))[1]).toEqual({ name: 'act', user: ANA, viewId: 'V0HOME001', blockId: 'b', element: button });
  });
});

describe('on a phone', () => {
  const overflow = (phone: Page) => phone.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
  const LONG = `registry.example.com/${'very-long-image-name-'.repeat(8)}`;

  test('the messages fill the width, and nothing needs to be scrolled to the side', async () => {
    const phone = await show('', PHONE);
    const box = await phone.locator('.messages').boundingBox();
    expect(box).toMatchObject({ x: 0, width: 390 });
    expect(await overflow(phone)).toBe(0);
    const picture = await phone.locator('.picture').boundingBox();
    expect(picture?.width).toBeGreaterThan(300);
    await phone.screenshot({ path: `${SHOTS}/phone.png` });
    const text = `${LONG} \`${LONG}\`\n\`\`\`${LONG}\`\`\``;
    workspace.change(({ messages }) => ({ messages: [...messages, message({ ts: `${NIGHT + 400}.000700`, text })] }));
    await phone.locator(`[data-ts="${NIGHT + 400}.000700"]`).waitFor();
    const widest = await phone.evaluate(
      `Math.max(...[...document.querySelectorAll('.message *')].map((element) => element.getBoundingClientRect().right))`,
    );
    expect(widest).toBeLessThanOrEqual(390);
  });

  test('the channel list is behind a button, and a thread covers everything', async () => {
    const phone = await show('', PHONE);
    const list = phone.getByRole('navigation', { name: 'Workspace' });
    expect(await list.isVisible()).toBe(false);
    await phone.getByRole('button', { name: 'Channels' }).click();
    expect(await list.isVisible()).toBe(true);
    await phone.getByRole('button', { name: 'random' }).click();
    await phone.getByLabel('Message #random').waitFor();
    await list.waitFor({ state: 'hidden' });
    const thread = await show(`#channel=ops&as=bo&thread=${ROOT_TS}`, PHONE);
    expect(await thread.getByRole('complementary', { name: 'Thread' }).boundingBox()).toEqual({ x: 0, y: 0, ...PHONE });
    expect(await overflow(thread)).toBe(0);
    await thread.screenshot({ path: `${SHOTS}/phone-thread.png` });
  });
});

test('the bot is no one to act as', async () => {
  const phone = await show(`#as=${BOT}`, PHONE);
  expect(await phone.getByText('as ana').count()).toBe(1);
});

test('a workspace that is gone is said, above what was there; so is a line that nobody heard', async () => {
  const other = await startFakeWorkspace(folder, sampleState(), chart);
  await page.goto(other.address);
  await card().waitFor();
  await other.stop();
  await page.getByText('What you see may be old').waitFor();
  expect(await card().count()).toBe(1);
  await page.getByLabel('Message #ops').fill('hello?');
  await page.getByLabel('Message #ops').press('Enter');
  await page.locator('main .private').getByText('The workspace does not answer.').waitFor();
});
