/**
 * What is run in the container, by the Node that is there (18 and later), as `node -e`: nothing is brought in, and nothing written. Process 1 is asked
 * to open its inspector (SIGUSR1), on its own loopback only; V8 samples what is allocated for some seconds; garbage is collected, so that what is
 * left is held; the inspector is closed again, if it was not open before. No heap snapshot, ever: one has ended a container at half of its
 * limit. Arguments: seconds, and one sample in so many bytes. It prints the profile, or ends with a word on its second output:
 *
 *     not-node    process 1 is something else: SIGUSR1 could end it          deaf    it has no handler for the signal
 *     closed      the inspector did not open                                 busy    somebody samples already, or it answered with an error
 *     left-open   (beside a profile) it could not be closed again
 */
export const INSPECT = `
'use strict';
const fs = require('fs'), http = require('http'), net = require('net'), crypto = require('crypto');
const [seconds, every] = process.argv.slice(1).map(Number);
const wait = (ms) => new Promise((done) => setTimeout(done, ms));
const fail = (word) => { process.stderr.write(word); process.exit(3); };
setTimeout(() => fail('closed'), (seconds + 20) * 1000).unref();

function targets() {
  return new Promise((done) => {
    const request = http.get({ host: '127.0.0.1', port: 9229, path: '/json/list', timeout: 1000, agent: false }, (response) => {
      let text = '';
      response.on('data', (chunk) => { text += chunk; });
      response.on('end', () => { try { done(JSON.parse(text)); } catch { done(null); } });
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => done(null));
  });
}

function connect(path) {
  return new Promise((done, failed) => {
    const socket = net.connect(9229, '127.0.0.1');
    const waiting = new Map();
    let [next, buffer, open] = [1, Buffer.alloc(0), false];
    const send = (method, params = {}) => new Promise((answer, refuse) => {
      const body = Buffer.from(JSON.stringify({ id: next, method, params }));
      waiting.set(next++, { answer, refuse });
      const head = body.length < 126 ? Buffer.from([0x81, 0x80 | body.length]) : Buffer.from([0x81, 0xfe, body.length >> 8, body.length & 255]);
      const mask = crypto.randomBytes(4);
      socket.write(Buffer.concat([head, mask, body.map((byte, i) => byte ^ mask[i & 3])]));
    });
    const take = () => {
      for (;;) {
        if (buffer.length < 2) return;
        let [length, from] = [buffer[1] & 127, 2];
        if (length === 126) { if (buffer.length < 4) return; [length, from] = [buffer.readUInt16BE(2), 4]; }
        else if (length === 127) { if (buffer.length < 10) return; [length, from] = [Number(buffer.readBigUInt64BE(2)), 10]; }
        if (buffer.length < from + length) return;
        const [opcode, body] = [buffer[0] & 15, buffer.subarray(from, from + length)];
        buffer = buffer.subarray(from + length);
        if (opcode !== 1) continue;
        const { id, result, error } = JSON.parse(body.toString());
        const one = waiting.get(id);
        waiting.delete(id);
        if (one) error ? one.refuse(new Error(error.message)) : one.answer(result);
      }
    };
    socket.on('error', failed);
    socket.on('close', () => { for (const { refuse } of waiting.values()) refuse(new Error('closed')); });
    socket.on('data', (chunk) => {
      buffer = Buffer.concat([buffer, chunk]);
      if (!open) {
        const end = buffer.indexOf('\\r\\n\\r\\n');
        if (end < 0) return;
        open = true;
        buffer = buffer.subarray(end + 4);
        done({ send, close: () => socket.destroy() });
      }
      take();
    });
    socket.write('GET ' + path + ' HTTP/1.1\\r\\nHost: 127.0.0.1:9229\\r\\nUpgrade: websocket\\r\\nConnection: Upgrade\\r\\nSec-WebSocket-Version: 13\\r\\nSec-WebSocket-Key: ' + crypto.randomBytes(16).toString('base64') + '\\r\\n\\r\\n');
  });
}

(async () => {
  if (!/\\/node(js)?$/.test(fs.readlinkSync('/proc/1/exe'))) fail('not-node');
  let list = await targets();
  const wasOpen = list !== null;
  if (!wasOpen) {
    const caught = BigInt('0x' + /^SigCgt:\\s*([0-9a-f]+)/m.exec(fs.readFileSync('/proc/1/status', 'utf8'))[1]);
    if (!(caught >> 9n & 1n)) fail('deaf');
    process.kill(1, 'SIGUSR1');
    for (let tries = 0; list === null && tries < 40; tries++) { await wait(100); list = await targets(); }
  }
  if (!list || !list[0]) fail('closed');
  const { send, close } = await connect(new URL(list[0].webSocketDebuggerUrl).pathname);
  let profile = null;
  try {
    await send('HeapProfiler.enable');
    await send('HeapProfiler.startSampling', { samplingInterval: every });
    await wait(seconds * 1000);
    await send('HeapProfiler.collectGarbage');
    ({ profile } = await send('HeapProfiler.stopSampling'));
    await send('HeapProfiler.disable');
  } finally {
    if (!wasOpen) {
      await Promise.race([send('Runtime.evaluate', { expression: 'process._debugEnd()', includeCommandLineAPI: true }).catch(() => {}), wait(1000)]);
      close();
      for (let tries = 0; tries < 20 && (await targets()) !== null; tries++) await wait(100);
      if ((await targets()) !== null) process.stderr.write('left-open');
    }
    close();
  }
  process.stdout.write(JSON.stringify(profile), () => process.exit(0));
})().catch(() => fail('busy'));
`;
