import { watch } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { NO_RULES, type Rules, type RulesPort } from '../../model/rules.js';
import { decodeRules, RulesError } from './decode-rules.js';

/** Told that something happened in the file's folder; gives what ends it. */
export type Watcher = (path: string, happened: () => void) => () => void;

export type RulesFileOptions = {
  /** That it was read, is not there, or what is wrong with it: at the start, and once for each change of the file. */
  readonly say: (level: 'info' | 'warn', words: string) => void;
  readonly watcher?: Watcher;
};

export type RulesFile = RulesPort & {
  /** Reads the file if it changed. Never rejects: a bad or unreadable file is said, and the last good rules stay. */
  look(): Promise<void>;
  stop(): void;
};

/** Where events do not come (network file systems, mounts of single files), its time of change is looked at. */
const POLL_MS = 5_000;

/** The rules file, read once before this resolves and then whenever it changes. No file: no rules, and no error. */
export async function watchRules(path: string, { say, watcher = watchFolder }: RulesFileOptions): Promise<RulesFile> {
  let rules: Rules = NO_RULES;
  let warnings: readonly string[] = [];
  let seen: string | undefined;

  /** A file that was taken away is no rules any more, as if it had never been there. */
  async function read(): Promise<void> {
    const mark = await markOf(path);
    if (mark === seen) return;
    const first = seen === undefined;
    try {
      rules = mark === 'none' ? NO_RULES : decodeRules(await readFile(path, 'utf8'), basename(path));
      warnings = [];
      // Else a file that lies where nobody looks for it goes unnoticed.
      const none = first ? `rules: there is no ${resolve(path)}, labels alone are heard` : 'rules: the file is gone';
      say('info', mark === 'none' ? none : 'rules: read');
    } catch (error) {
      warnings = [problemOf(error, rules)];
      say('warn', warnings.join());
    }
    seen = mark;
  }

  // One at a time: two reads of a file in change could end in the wrong order.
  let last: Promise<void> = Promise.resolve();
  const look = () => {
    last = last.then(read).catch((error) => {
      warnings = [problemOf(error, rules)];
    });
    return last;
  };
  await look();
  const stop = watcher(path, () => void look());
  return { now: () => rules, warnings: () => warnings, look, stop };
}

/** What changes when the file does: its place on the disk (editors put a new file in place of the old one), time and size. */
async function markOf(path: string): Promise<string> {
  try {
    const { ino, mtimeMs, size } = await stat(path);
    return `${ino} ${mtimeMs} ${size}`;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'none';
    throw error;
  }
}

function problemOf(error: unknown, before: Rules): string {
  const stays = before === NO_RULES ? 'no rules apply until it is mended' : 'the rules before this edit stay';
  if (!(error instanceof RulesError)) {
    return `The rules file cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)}); ${stays}.`;
  }
  const [one, ...more] = error.problems;
  return `${one}${more.length > 0 ? ` (and ${more.length} more)` : ''}; ${stays}.`;
}

/** The folder is watched, not the file: a watch on a file that is replaced goes on with the one that is gone. */
export function watchFolder(path: string, happened: () => void): () => void {
  const full = resolve(path);
  const poll = setInterval(happened, POLL_MS);
  poll.unref();
  try {
    const watching = watch(dirname(full), { persistent: false }, happened);
    watching.on('error', () => watching.close());
    return () => {
      clearInterval(poll);
      watching.close();
    };
  } catch {
    return () => clearInterval(poll);
  }
}
