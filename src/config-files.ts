import { readFileSync } from 'node:fs';
import { EXAMPLES, problem } from './config-examples.js';

/** `NAME_FILE` gives `NAME` what is in that file, without the newline at its end; both at once is a problem. */
export function withFiles(env: NodeJS.ProcessEnv, problems: string[]): Record<string, string> {
  const values: Record<string, string> = {};
  for (const name of Object.keys(EXAMPLES)) {
    const direct = env[name];
    const path = env[`${name}_FILE`];
    if (direct && path) problems.push(problem(name, `is set, and ${name}_FILE is too: keep one`));
    else if (direct) values[name] = direct;
    else if (path) {
      try {
        values[name] = readFileSync(path, 'utf8').trimEnd();
      } catch (error) {
        problems.push(problem(`${name}_FILE`, `cannot be read (${(error as NodeJS.ErrnoException).code ?? 'error'})`, name));
      }
    }
  }
  return values;
}
