import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { ProgramImage } from './program-image.js';

const run = promisify(execFile);

/**
 * A Java service whose heap is known: every 10 ms `Cart` keeps 20 more sessions of its own, which are 64 KB of `Cart$Session` and 800 KB of `byte[]` a
 * second: what leaks by class is not what holds the bytes.
 */
const CART = `import java.util.ArrayList;

public class Cart {
  static class Session { final byte[] body = new byte[400]; long at; Session next; }
  static final ArrayList<Session> kept = new ArrayList<>();
  public static void main(String[] args) throws Exception {
    for (;;) {
      for (int i = 0; i < 20; i++) kept.add(new Session());
      if (kept.size() > 150000) Thread.sleep(100000);
      Thread.sleep(10);
    }
  }
}
`;
/** What a JVM needs of a JDK to run, and to be asked. */
const LIBRARIES = ['java', 'jli', 'jimage', 'zip', 'net', 'nio', 'attach', 'verify', 'jsig', 'management', 'instrument'];
const FILES = ['lib/modules', 'lib/jvm.cfg', 'lib/tzdb.dat', 'lib/server/libjvm.so', 'lib/security', 'conf'];

/** Where the JDK is: the distribution's newest. Throws when there is none (package default-jdk-headless). */
export async function javaHome(): Promise<string> {
  const folders = existsSync('/usr/lib/jvm')
    ? (await readdir('/usr/lib/jvm'))
        .filter((name) => /^java-\d+-openjdk/.test(name))
        .sort()
        .reverse()
    : [];
  const found = folders
    .map((name) => `/usr/lib/jvm/${name}`)
    .find((home) => existsSync(`${home}/bin/jcmd`) && existsSync(`${home}/bin/javac`));
  if (!found) throw new Error('no JDK is installed (package default-jdk-headless)');
  return realpath(found);
}

export async function javaImage(tag: string, { jcmd }: { readonly jcmd: boolean }): Promise<ProgramImage> {
  const home = await javaHome();
  const programs = [`${home}/bin/java`, ...(jcmd ? [`${home}/bin/jcmd`, '/bin/dash'] : [])];
  return {
    tag,
    programs: [...programs, `${home}/lib/server/libjvm.so`, ...LIBRARIES.map((name) => `${home}/lib/lib${name}.so`)],
    copied: FILES.map((path) => `${home}/${path}`),
    files: Object.fromEntries((await compiled(home)).map(([name, bytes]) => [`/app/${name}`, bytes])),
    links: jcmd ? { '/bin/sh': 'dash' } : {},
    dockerfile: [
      `ENV PATH=${home}/bin:/bin JAVA_HOME=${home}`,
      `ENTRYPOINT ["${home}/bin/java", "-Xmx200m", "-XX:+UseSerialGC", "-cp", "/app", "Cart"]`,
    ],
  };
}

async function compiled(home: string): Promise<[string, Buffer][]> {
  const folder = await mkdtemp(join(tmpdir(), 'leakwatch-java-'));
  try {
    await writeFile(join(folder, 'Cart.java'), CART);
    await run(join(dirname(`${home}/bin/javac`), 'javac'), ['Cart.java'], { cwd: folder });
    const names = (await readdir(folder)).filter((name) => name.endsWith('.class'));
    return Promise.all(names.map(async (name): Promise<[string, Buffer]> => [name, await readFile(join(folder, name))]));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
