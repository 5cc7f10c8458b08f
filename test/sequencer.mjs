import Sequencer from '@jest/test-sequencer';

/** A minute and more each: begun last, one of them would run alone on one of two processors. Longest first. */
const LONG = ['end-to-end/parity', 'storm/', 'end-to-end/alerts', 'delivery/kills', 'end-to-end/'];

/** The long ones first, all others as Jest has it: a fresh clone knows of no durations. */
export default class LongFirst extends Sequencer {
  async sort(tests) {
    const rankOf = ({ path }) => [...LONG, ''].findIndex((part) => path.includes(`/test/${part}`));
    return (await super.sort(tests)).sort((a, b) => rankOf(a) - rankOf(b));
  }
}
