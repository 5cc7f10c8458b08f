import { accessSync, constants } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { type BrowserContext, chromium, type Page } from 'playwright-core';

export type BrowserPart = {
  readonly context: BrowserContext;
  /** A new tab of that size, in CSS pixels. */
  open(address: string, size: { readonly width: number; readonly height: number }): Promise<Page>;
  stop(): Promise<void>;
};

/** From a container, as root, with a small /dev/shm; and without a word to anybody outside. */
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run', '--disable-dev-shm-usage'];

/**
 * The installed Chromium (Debian's `chromium`), headless, with a profile of its own that `stop` removes. `locale` and
 * `timezone` are the reader's. Throws when no Chromium is in PATH.
 */
export async function startBrowser({ locale = 'en-GB', timezone = 'Europe/Paris' } = {}): Promise<BrowserPart> {
  const profile = await mkdtemp(join(tmpdir(), 'leakwatch-browser-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: findChromium(),
    args: FLAGS,
    headless: true,
    locale,
    timezoneId: timezone,
  });
  return {
    context,
    async open(address, size) {
      const page = await context.newPage();
      await page.setViewportSize(size);
      await page.goto(address);
      return page;
    },
    async stop() {
      await context.close();
      await rm(profile, { recursive: true, force: true });
    },
  };
}

function findChromium(): string {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const found = folders.map((folder) => join(folder, 'chromium')).find(isExecutable);
  if (!found) throw new Error('no chromium in PATH: install the package chromium');
  return found;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
