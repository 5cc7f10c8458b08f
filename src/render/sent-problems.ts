import type { SlackMessage } from '../model/message.js';
import { fitLines } from './limits.js';
import { plainMessage } from './plain-message.js';
import { escapeCode, escapeText } from './text.js';

const MAX_PROBLEM = 300;
const MAX_NAME = 80;
const READABLE =
  'files of Massif’s (`massif.out.*`), profiles of pprof’s (`heap.pb.gz`), heap dumps of tcmalloc and jemalloc, class histograms of a JVM (`jcmd 1 GC.class_histogram`), sampling profiles of V8 (`.heapprofile`); packed with gzip or not';

/** Of files that somebody sent: what is wrong with each. `problem` null: it is nothing that is read here. Untrusted texts. */
export function sentProblemsMessage(files: readonly { readonly name: string; readonly problem: string | null }[]): SlackMessage {
  const wrong = files.flatMap(({ name, problem }) =>
    problem === null ? [] : [`\`${escapeCode(name, MAX_NAME)}\`: ${sentence(escapeText(problem, MAX_PROBLEM))}`],
  );
  const others = files.filter(({ problem }) => problem === null).map(({ name }) => `\`${escapeCode(name, MAX_NAME)}\``);
  const unknown = others.length > 0 ? [`${others.join(', ')}: not what I can read. I read ${READABLE}.`] : [];
  const lines = [...wrong, ...unknown];
  return { ...plainMessage(fitLines(lines)), text: lines[0] ?? '' };
}

function sentence(words: string): string {
  return words.replace(/\.?$/, '.');
}
