/**
 * How far a room may enter another one:
 * - `free`: from any file;
 * - `main`: only from the composition root, `src/main.ts` or a file below `src/main/`;
 * - `dev`: only from tests, and declared as a development dependency.
 */
export const ARROW_KINDS = ['free', 'main', 'dev'] as const

/** One of {@link ARROW_KINDS}. */
export type ArrowKind = (typeof ARROW_KINDS)[number]

/** Which rooms one room may import, and how far. What is not named is forbidden. */
export type Arrows = Readonly<Record<string, ArrowKind>>

const EVERYTHING: Arrows = {
  core: 'free',
  'scenario-file': 'free',
  engine: 'free',
  aws: 'free',
  probes: 'free',
  db: 'free',
  queue: 'free',
  report: 'free',
  notify: 'free',
  contracts: 'free',
  runtime: 'free',
  local: 'free',
  sim: 'free',
  testkit: 'free',
}

/** What a server process composes: use-cases freely, adapters in `main` alone. */
const SERVER: Arrows = {
  core: 'free',
  'scenario-file': 'free',
  engine: 'free',
  aws: 'main',
  probes: 'main',
  db: 'main',
  queue: 'free',
  report: 'free',
  runtime: 'free',
  local: 'dev',
  sim: 'dev',
  testkit: 'dev',
}

/**
 * Who may import whom: docs/architecture.md in the form that the architecture test reads. The arrows point at `core`;
 * `sim`, `local` and `tooling` import nothing of ours, so that they can witness instead of agreeing with our mistakes.
 */
export const IMPORT_MATRIX: Readonly<Record<string, Arrows>> = {
  core: {},
  'scenario-file': { core: 'free', testkit: 'dev' },
  engine: { core: 'free', testkit: 'dev' },
  aws: { core: 'free', sim: 'dev', testkit: 'dev' },
  probes: { core: 'free', local: 'dev', runtime: 'dev', sim: 'dev', testkit: 'dev' },
  db: { core: 'free', local: 'dev', testkit: 'dev' },
  queue: { core: 'free', local: 'dev', testkit: 'dev' },
  report: { core: 'free', testkit: 'dev' },
  notify: { core: 'free', testkit: 'dev' },
  contracts: { core: 'free' },
  runtime: { core: 'free' },
  local: {},
  sim: {},
  testkit: { core: 'free', local: 'free', sim: 'free' },
  tooling: {},
  api: { ...SERVER, contracts: 'free' },
  worker: { ...SERVER, notify: 'main' },
  web: { contracts: 'free' },
  cli: {
    core: 'free',
    'scenario-file': 'free',
    engine: 'free',
    aws: 'main',
    probes: 'main',
    report: 'free',
    contracts: 'free',
    runtime: 'free',
    sim: 'dev',
    testkit: 'dev',
  },
  sandbox: { contracts: 'free', runtime: 'free', local: 'free', sim: 'free', testkit: 'dev' },
  // Proofs kill real workers; those are composed from the same parts as in production.
  bench: { ...EVERYTHING, worker: 'free' },
  infra: {},
}

/** Libraries that belong to few rooms, by the beginning of their name. A test may use what its room may not. */
export const LIBRARY_HOMES: Readonly<Record<string, readonly string[]>> = {
  '@aws-sdk/': ['aws'],
  '@smithy/': ['aws'],
  '@prisma/': ['db'],
  prisma: ['db'],
  bullmq: ['queue'],
  ioredis: ['queue'],
  pg: ['db', 'queue', 'local', 'probes', 'testkit', 'sandbox', 'bench'],
  fastify: ['api'],
  '@fastify/': ['api'],
  react: ['web'],
  'react-dom': ['web'],
  '@tanstack/': ['web'],
  yaml: ['scenario-file', 'sim', 'bench'],
  'fast-xml-parser': ['sim'],
  'dns-packet': ['probes', 'sim'],
  pino: ['runtime'],
  commander: ['cli'],
  'aws-cdk-lib': ['infra'],
}

/** Rooms without input or output: no Node modules and none of the globals that make two runs differ. */
export const PURE_ROOMS: readonly string[] = ['core']

/**
 * Rooms that may read the machine's clock, draw random numbers and set timers. All others get them through ports. Tests
 * and the rooms that only serve tests and figures are free.
 */
export const CLOCK_ROOMS: readonly string[] = [
  'runtime',
  'probes',
  'sim',
  'web',
  'local',
  'testkit',
  'bench',
  'tooling',
]
