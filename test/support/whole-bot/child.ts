import { json } from 'node:stream/consumers';
import { type Asked, compare } from './compare.js';

/** A process of its own for `compare`: what is to be compared on standard input, what was said on standard output, JSON both. */
const { redisUrl, lines, everyMs } = (await json(process.stdin)) as Asked;
process.stdout.write(JSON.stringify(await compare(redisUrl, lines, everyMs)));
