import type { MassifPlan } from '../model/massif.js';
import type { SlackMessage } from '../model/message.js';
import { section } from './blocks.js';
import { codeBlock } from './columns.js';
import { fitLines } from './limits.js';
import { escapeCode, escapeText, shellWord } from './text.js';

const FOLDER = '/var/massif';
const MOUNTS = ['/usr/bin/valgrind.bin', '/usr/libexec/valgrind', '/usr/bin/vgdb'];
const FLAGS = ['--tool=massif', '--time-unit=ms', `--massif-out-file=${FOLDER}/massif.out.%p`];
const COST =
  'It has to be started anew: the leak that is there now is gone, and it runs some 20 times slower, with memory of its own on top. Valgrind has to be on the host (`apt-get install valgrind`).';
const MAX_NAME = 120;

/** There is no file of Massif's: the commands that would bring one, for the image that runs, or why none would. Nothing was changed. */
export function massifPlanMessage(plan: MassifPlan): SlackMessage {
  const { container, why, rule, binary } = plan;
  const name = escapeText(container, MAX_NAME);
  const looked = {
    'no-file':
      rule === null ? 'nothing says where it would write (`leakwatch.massif`)' : `none at \`${escapeCode(rule, MAX_NAME)}\``,
    exec: 'files of containers are not read (LEAKWATCH_EXEC of its agent is off)',
    operator: 'files of containers are read for operators alone (LEAKWATCH_OPERATORS)',
  }[why];
  const head = `*No Massif file of ${name}*: ${looked}.`;
  const cannot = whyNot(plan);
  const text = cannot
    ? fitLines([head, `Massif would not help here: ${cannot}`])
    : fitLines([
        head,
        ...(binary ? [] : ['What it runs could not be looked at; it has to use a C library that is linked dynamically.']),
        COST,
        codeBlock(commands(plan)),
        THEN,
      ]);
  return { text: `No Massif file of ${name}`, blocks: [section(text)] };
}

const THEN =
  'Ask again when it has grown: while it runs, Massif is asked live; after `docker stop`, the file is read (a kill or out of memory leaves none).';

/** Null: nothing speaks against it. */
function whyNot({ binary, program }: MassifPlan): string | null {
  const name = `\`${escapeCode(program, MAX_NAME)}\``;
  if (!binary || binary.kind === 'other') return null;
  if (binary.kind === 'script')
    return `${name} is a script of \`${escapeCode(binary.interpreter, MAX_NAME)}\`; Massif sees that interpreter, and not what it starts. Name the program itself as entrypoint.`;
  if (binary.isGo)
    return `${name} is a Go program, which takes its memory from the system by itself: \`/leak heap\` is for those.`;
  if (binary.loader === null)
    return `${name} is linked statically, so that Massif cannot put itself between it and malloc. Link it dynamically.`;
  if (binary.loader.includes('musl'))
    return `${name} uses musl (Alpine), and the host’s Valgrind uses glibc. Build an image with \`apk add valgrind\` in it, and start \`valgrind ${FLAGS.join(' ')}\` there.`;
  return null;
}

/**
 * A container of Compose gets a file that is put over its own; any other one a `docker run`. Arguments are taken from where they are (`docker
 * inspect`), because they may hold secrets: they are not told here.
 */
function commands({ compose, image, container, program }: MassifPlan): string[] {
  const known = program === '' ? 'PROGRAM' : program;
  if (compose !== null) {
    const entrypoint = [MOUNTS[0], ...FLAGS, known].map((word) => JSON.stringify(word)).join(', ');
    const lines = [
      '# massif.yml: docker compose -f docker-compose.yml -f massif.yml up -d',
      'services:',
      `  ${JSON.stringify(compose)}:`,
      '    init: true',
      `    entrypoint: [${entrypoint}]`,
      '    # command: as it is now; of an image, it has to be repeated here',
      '    volumes:',
      ...MOUNTS.map((path) => `      - ${path}:${path}:ro`),
      `      - ${FOLDER}`,
      `    labels: { leakwatch.massif: "${FOLDER}/massif.out.*" }`,
    ];
    return lines.map((line) => escapeCode(line, 400));
  }
  const quoted = [container, image, known].map(shellWord);
  const [of = '', from = '', runs = ''] = quoted;
  return [
    `docker stop ${of}`,
    `docker run -d --init --name ${shellWord(`${container}-massif`)} \\`,
    ...MOUNTS.map((path) => `  -v ${path}:${path}:ro \\`),
    `  -v ${FOLDER} -l leakwatch.massif='${FOLDER}/massif.out.*' \\`,
    `  --entrypoint ${MOUNTS[0]} ${from} \\`,
    `  ${FLAGS.join(' ')} ${runs} \\`,
    `  $(docker inspect -f '{{join .Args " "}}' ${of})`,
    '# and its -e, -v, -p and --network, as they are now',
  ].map((line) => escapeCode(line, 400));
}
