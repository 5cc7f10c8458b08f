import type { ContainerAbout } from '../model/inside.js';
import type { Runtime } from '../model/profiler.js';

/** Programs that say what they are. */
const PROGRAMS: readonly (readonly [Runtime, RegExp])[] = [
  ['jvm', /^(?:java|jsvc|jspawnhelper)$/],
  ['node', /^(?:node|nodejs)$/],
  ['python', /^(?:python|uwsgi|gunicorn)[\d.]*$/],
  ['native', /^(?:valgrind(?:\.bin)?|massif-\w+-linux)$/],
];
/** Variables that official images set: an image of one runtime may well run another, so that they are asked last. */
const VARIABLES: readonly (readonly [Runtime, readonly string[]])[] = [
  ['jvm', ['JAVA_HOME', 'JAVA_VERSION', 'JAVA_TOOL_OPTIONS', 'JDK_JAVA_OPTIONS']],
  ['node', ['NODE_VERSION', 'NODE_OPTIONS']],
  ['python', ['PYTHON_VERSION']],
  ['go', ['GOLANG_VERSION']],
];

/**
 * What a container's program runs on, by what can be seen from outside: what runs, else what it was started with, else what its image says.
 * Null: nothing tells; a program of Go's, of C's or of Rust's own looks like any other.
 */
export function runtimeOf({ programs, program, variables }: ContainerAbout): Runtime | null {
  const started = program.slice(program.lastIndexOf('/') + 1);
  for (const name of [...programs, started]) {
    const found = PROGRAMS.find(([, is]) => is.test(name));
    if (found) return found[0];
  }
  return VARIABLES.find(([, names]) => names.some((name) => variables.includes(name)))?.[0] ?? null;
}
