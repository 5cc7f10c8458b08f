import type { ContainerAbout } from '../../model/inside.js';
import { asInspect, asTop } from './types.js';

/** Where a bare name is looked for when nothing says otherwise (as runc does). */
const USUAL_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const MAX_PROGRAMS = 50;
/** Always in memory, whatever the container's mounts are. */
const IN_MEMORY = '/dev/shm';

/**
 * An inspect and a list of processes as what is needed of them. Both hold secrets (environment, arguments): values of variables stay here but
 * for `PATH`, and of a command line only the program's name, and whether it is Massif, goes on.
 */
export function decodeAbout(inspected: unknown, listed: unknown): ContainerAbout {
  const { State, Path = '', Config, HostConfig, Mounts } = asInspect(inspected);
  const variables = new Map((Config?.Env ?? []).flatMap((one): [string, string][] => (one ? [split(one)] : [])));
  const commands = commandsOf(listed);
  const mounted = (Mounts ?? []).flatMap((one) => (one?.Type === 'tmpfs' && one.Destination ? [one.Destination] : []));
  return {
    running: State?.Running === true && State.Restarting !== true,
    program: Path,
    folder: Config?.WorkingDir || '/',
    path: (variables.get('PATH') || USUAL_PATH).split(':').filter((folder) => folder.startsWith('/')),
    variables: [...variables.keys()],
    hasInit: HostConfig?.Init === true,
    tmpfs: [...new Set([...Object.keys(HostConfig?.Tmpfs ?? {}), ...mounted, IN_MEMORY])],
    programs: commands.map((command) => baseName(command.split(/\s+/)[0] ?? '')),
    isUnderMassif: commands.some((command) => MASSIF.test(command)),
  };
}

/** Valgrind keeps its own arguments in the list, in front of the program's: `/usr/bin/valgrind.bin --tool=massif …`. */
const MASSIF = /^\S*(?:massif-\w+-linux\b|valgrind\S*\s(?:\S+\s)*?--tool=massif\b)/;

function commandsOf(listed: unknown): string[] {
  const { Titles, Processes } = asTop(listed);
  const at = Titles.findIndex((title) => title === 'CMD' || title === 'COMMAND' || title === 'ARGS');
  return at < 0 ? [] : Processes.slice(0, MAX_PROGRAMS).map((row) => row[at] ?? '');
}

function split(variable: string): [string, string] {
  const at = variable.indexOf('=');
  return at < 0 ? [variable, ''] : [variable.slice(0, at), variable.slice(at + 1)];
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
