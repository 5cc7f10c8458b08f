import type { Heap, Measure } from '../model/heap.js';

/** Puts a heap together, stack by stack, from what is no table itself: trees, rows of text. Every name and every place is kept once. */
export class HeapBuilder {
  private readonly measures: readonly Measure[];
  private readonly mostFrames: number;
  private readonly functions = new Names();
  private readonly files = new Names();
  private readonly sites = new Names();
  private readonly columns = { functions: [] as number[], files: [] as number[], lines: [] as number[] };
  private readonly values: number[][];
  private readonly firstFrame: number[] = [0];
  private frames = new Uint32Array(1_024);
  private frameCount = 0;

  constructor(measures: readonly Measure[], mostFrames: number) {
    [this.measures, this.mostFrames] = [measures, mostFrames];
    this.values = measures.map(() => []);
  }

  /** The number of a place in the source; line 0: nobody knows. */
  site(name: string, file: string | null, line: number): number {
    const [called, lies] = [this.functions.numberOf(name), file === null ? -1 : this.files.numberOf(file)];
    const site = this.sites.numberOf(`${called} ${lies} ${line}`);
    if (site === this.columns.lines.length) {
      this.columns.functions.push(called);
      this.columns.files.push(lies);
      this.columns.lines.push(line);
    }
    return site;
  }

  /** Adds a stack, innermost place first, with a value per measure (whole numbers). False where it would be too much. */
  stack(sites: readonly number[], values: readonly number[]): boolean {
    if (this.frameCount + sites.length > this.mostFrames) return false;
    if (this.frameCount + sites.length > this.frames.length) {
      const longer = new Uint32Array(Math.max(2 * this.frames.length, this.frameCount + sites.length));
      longer.set(this.frames.subarray(0, this.frameCount));
      this.frames = longer;
    }
    this.frames.set(sites, this.frameCount);
    this.frameCount += sites.length;
    this.firstFrame.push(this.frameCount);
    for (let i = 0; i < this.values.length; i += 1) this.values[i]?.push(values[i] ?? 0);
    return true;
  }

  /** The usual measure is the last one. `sampledEvery`: one in so many bytes was seen; 1: all of them, or nobody knows. */
  build(sampledEvery = 1): Heap {
    const { functions, files, lines } = this.columns;
    return {
      measures: this.measures,
      usualMeasure: this.measures.length - 1,
      stackCount: this.firstFrame.length - 1,
      firstFrame: Uint32Array.from(this.firstFrame),
      frames: this.frames.subarray(0, this.frameCount),
      values: this.values.map((column) => Float64Array.from(column)),
      sites: { functions: Uint32Array.from(functions), files: Int32Array.from(files), lines: Uint32Array.from(lines) },
      functions: this.functions.all,
      files: this.files.all,
      takenAtMs: null,
      period: sampledEvery > 1 ? { name: 'space', unit: 'bytes', every: sampledEvery } : null,
    };
  }
}

/** Texts, each with a number of its own. */
class Names {
  readonly all: string[] = [];
  private readonly numbers = new Map<string, number>();

  numberOf(name: string): number {
    const known = this.numbers.get(name);
    if (known !== undefined) return known;
    this.numbers.set(name, this.all.length);
    return this.all.push(name) - 1;
  }
}
