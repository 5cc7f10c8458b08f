/** Jest with native ESM: TypeScript is stripped by swc, `.js` in imports is mapped away, `dist` is never tested. */
export default {
  testEnvironment: '<rootDir>/test/environment.mjs',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleFileExtensions: ['ts', 'js', 'mjs', 'cjs', 'json', 'node'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
  transform: {
    '^.+\\.ts$': ['@swc/jest', { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'es6' } }],
  },
  testTimeout: 20_000 * Number(process.env.LEAKWATCH_TEST_PATIENCE ?? 1),
  testSequencer: '<rootDir>/test/sequencer.mjs',
  maxWorkers: 2,
};
