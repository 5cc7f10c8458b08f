import { expect, test } from '@jest/globals';
import { assertComplete, DONE_BY } from '../../jobs/processors.js';

const done = async () => {};
const worker = Object.fromEntries(DONE_BY.worker.map((name) => [name, done]));

test('each role with what the table says', () => {
  expect(() => assertComplete('worker', worker)).not.toThrow();
  expect(() => assertComplete('agent', { sample: done, 'take-heap': done })).not.toThrow();
});

test('a processor is missing, or one too many is there', () => {
  const { chart: _, ...without } = worker;
  expect(() => assertComplete('worker', without)).toThrow('chart is not as the table says for the worker');
  expect(() => assertComplete('worker', { ...worker, sample: done })).toThrow('sample is not as the table says for the worker');
});

test('a job that no role does, or two do', () => {
  expect(() => assertComplete('agent', {}, { ...DONE_BY, agent: [] })).toThrow('no role does sample');
  const both = { ...DONE_BY, agent: ['sample', 'deliver'] as const };
  expect(() => assertComplete('worker', worker, both)).toThrow('deliver is done twice');
});
