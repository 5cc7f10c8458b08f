const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/**
 * When a verdict becomes a message. All of it are choices; they were made on weeks of generated services, where what costs is a
 * message about nothing (`docs/detection.md` has the figures).
 */
export const POLICY = {
  /** Out of memory within this: somebody is woken. */
  pageMs: 4 * HOUR,
  /** Further away than this it is said only when it was leaking for most of a day: who works in days can be told in days. */
  farMs: 72 * HOUR,
  /** Further away than this it is a line in the digest. */
  horizonMs: 14 * 24 * HOUR,
  /**
   * How long it must have grown, as a share of the time that is left: half of it when that is short (a batch and a warm-up are
   * short too), three tenths of it from a day on.
   */
  lasted: { near: 0.5, nearMs: 4 * HOUR, far: 0.3, farMs: 24 * HOUR, mostMs: 24 * HOUR },
  /**
   * It cannot be known for a daily tide before a day was seen: then it must have lasted this long, or be nearly over. What has days
   * left must have lasted for half of them: a new service fills for a day or two.
   */
  young: {
    historyMs: 20 * HOUR,
    lastedMs: 48 * HOUR,
    ofLeft: 0.5,
    mostMs: 96 * HOUR,
    leftMs: 2 * HOUR,
    share: 1,
    leastMs: 2 * HOUR,
  },
  /** So near the end, minutes count: the while in which it must have been leaking is short, too. */
  imminent: { leftMs: 30 * MINUTE, share: 0.15, ofLeft: 0.05 },
  /** Leaking at so much of the looks of the last while, where a while is a quarter of the time left. */
  quick: { share: 0.85, ofLeft: 0.25, leastMs: MINUTE / 2, mostMs: 45 * MINUTE },
  /** A look speaks for at most so much of the time before it: who did not look for a day has seen no day. Longer than looks are apart. */
  mostPassedMs: 30 * MINUTE,
  slow: { share: 0.35, whileMs: 12 * HOUR, lastedMs: 24 * HOUR },
  /** The rate that is said is surely above this share of it: shapes that explain the floor nearly as well grow, too. */
  surely: 0.25,
  /**
   * The end that is forecast may be put off by so much of the time that passes, over a share of how long it has lasted (or of what
   * is left, where that is less). So many times nearer or farther than it was: that is another growth, and begins anew.
   */
  forecast: { share: 0.25, leastMs: HOUR, putOff: 0.5, apart: 3 },
  /** ln of how many times better growth that goes on must explain what is known than a rise that has ended; where a page is due, no worse. */
  goesOn: { later: 3, soon: 0 },
  /** A look that finds growth likely, not sure. */
  suspicious: 0.4,
  /** Said again when the rate or the time left changed by more than this, at most so often. */
  update: { change: 0.25, everyMs: 15 * MINUTE },
  /** Without a limit it is said when it has this share of its host. */
  hostShare: 0.25,
  /** Calm has to last as long as growth had when it was said, within these; and its range must exclude half of what was said. */
  calm: { leastMs: HOUR, replacedMs: 2 * MINUTE, replacedShare: 0.5, mostMs: 24 * HOUR, rateShare: 0.5 },
  digestEveryMs: 24 * HOUR,
  /** *Not a leak* ends with the third new image. */
  newImages: 3,
};

export type Policy = Readonly<typeof POLICY>;
