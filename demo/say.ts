/** The demo's voice: one line an event, with the time since it began, on standard output. */
const begun = Date.now();

export function say(line: string): void {
  const seconds = Math.round((Date.now() - begun) / 1000);
  console.log(`${String(Math.floor(seconds / 60)).padStart(2)}:${String(seconds % 60).padStart(2, '0')}  ${line}`);
}

/** Runs `work` and says that it still does, so that nobody waits ten seconds without a word. */
export async function saying<T>(what: string, work: () => Promise<T>): Promise<T> {
  say(`${what} …`);
  const from = Date.now();
  const timer = setInterval(() => say(`${what}: still at it, ${Math.round((Date.now() - from) / 1000)} s`), 8_000);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
