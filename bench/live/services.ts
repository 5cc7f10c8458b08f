import type Docker from 'dockerode';
import { buildGoImage, runContainer } from '../../test/support/parts/containers.js';

const MIB = 2 ** 20;
export const PROJECT = 'live';

/** Holds START_MIB, then adds KIB_PER_SECOND, a block each second, for SECONDS (0: until it is ended). */
const MAIN = `package main

import (
	"os"
	"runtime/debug"
	"strconv"
	"time"
)

var kept [][]byte

func number(name string) int {
	value, _ := strconv.Atoi(os.Getenv(name))
	return value
}

func hold(kib int) {
	block := make([]byte, kib<<10)
	for at := 0; at < len(block); at += 4096 {
		block[at] = byte(at) | 1
	}
	kept = append(kept, block)
}

func main() {
	debug.SetGCPercent(-1)
	hold(number("START_MIB") << 10)
	seconds := number("SECONDS")
	for i := 1; ; i++ {
		time.Sleep(time.Second)
		if kib := number("KIB_PER_SECOND"); kib > 0 && (seconds == 0 || i <= seconds) {
			hold(kib)
		}
	}
}
`;
const IMAGE = { tag: 'leakwatch-bench/live:1', files: { 'main.go': MAIN } } as const;

/** Two that leak at rates that are known, one that fills and stops, one that does nothing. */
const SERVICES = [
  { name: 'api-svc', limitMib: 192, env: { START_MIB: '20', KIB_PER_SECOND: '64', SECONDS: '0' } },
  { name: 'cart-svc', limitMib: 96, env: { START_MIB: '10', KIB_PER_SECOND: '28', SECONDS: '0' } },
  { name: 'cache-svc', limitMib: 256, env: { START_MIB: '10', KIB_PER_SECOND: '512', SECONDS: '90' } },
  { name: 'idle-svc', limitMib: 256, env: { START_MIB: '30', KIB_PER_SECOND: '0', SECONDS: '0' } },
] as const;

export const SERVICE_COUNT = SERVICES.length;

/** Starts them, one replica each, with the labels of Compose. */
export async function startServices(docker: Docker, runId: string): Promise<void> {
  await buildGoImage(docker, IMAGE);
  for (const { name, limitMib, env } of SERVICES)
    await runContainer(docker, {
      ...{ image: IMAGE.tag, name: `${runId}-${name}-1`, runId, memoryBytes: limitMib * MIB, env },
      labels: {
        'com.docker.compose.project': PROJECT,
        'com.docker.compose.service': name,
        'com.docker.compose.container-number': '1',
      },
    });
}
