import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { RULES } from './architecture.ts'
import type { Finding } from './finding.ts'
import { readRepository } from './repository.ts'

const root = resolve(import.meta.dirname, '../../..')
const fixtures = resolve(import.meta.dirname, '../fixtures')
const names = Object.keys(RULES) as (keyof typeof RULES)[]

const text = ({ at, message }: Finding) => `${at}: ${message}`

describe('the repository keeps its architecture', () => {
  const repository = readRepository(root)

  it('is read: rooms and their files were found', () => {
    expect(repository.rooms.map(({ name }) => name)).toContain('core')
    expect(repository.rooms.flatMap(({ files }) => files).length).toBeGreaterThan(50)
  })

  it.each(names)('%s', (name) => {
    expect(RULES[name](repository).map(text)).toEqual([])
  })
})

describe('control: every rule reports what breaks it', () => {
  const sound = readRepository(resolve(fixtures, 'sound'))
  const broken = readRepository(resolve(fixtures, 'broken'))
  const expected: Record<keyof typeof RULES, readonly string[]> = {
    'manifest-arrows': [
      'packages/core/package.json: core may not depend on engine',
      'packages/engine/package.json: engine may not depend on db',
      'packages/engine/package.json: testkit is for the tests of engine: a devDependency',
      'packages/engine/package.json: @aws-sdk/client-ec2 belongs to aws, not to engine',
      'packages/engine/package.json: bullmq belongs to queue, not to engine',
      'packages/newcomer/package.json: the room newcomer is not in the import matrix: say what it may import',
      'apps/web/package.json: web may not depend on core',
    ],
    'import-arrows': [
      'packages/engine/src/index.ts:1: @firedrill/core/time reaches into core: import @firedrill/core, which exports what others may use',
      'packages/engine/src/index.ts:2: engine may import testkit in tests only',
      'packages/engine/src/index.ts:3: ../../core/src/index.ts leaves the room: import the other one by its name',
      'packages/engine/src/index.ts:6: engine may not import db',
      'packages/engine/src/index.ts:12: @firedrill/engine is this room: import the file',
      'apps/web/src/main.tsx:1: web may not import core',
      'apps/worker/src/advance.ts:1: worker may import aws in its main.ts only',
    ],
    'package-cycles': [
      'packages/core/package.json: a cycle: core → engine → core',
      'packages/engine/package.json: a cycle: engine → core → engine',
    ],
    'one-door': [
      "packages/core/package.json: exports is { '.': … } and nothing else",
      'apps/worker/package.json: nobody imports an app: no exports',
    ],
    purity: [
      'packages/core/src/index.ts:1: core may not use node:fs',
      'packages/core/src/index.ts:3: core may not use Date.now: take it as input',
      'packages/core/src/index.ts:4: core may not use new Date(): take it as input',
      'packages/core/src/index.ts:5: core may not use Math.random: take it as input',
      'packages/core/src/index.ts:6: core may not use setTimeout: take it as input',
      'packages/core/src/index.ts:7: core may not use process.env: take it as input',
    ],
    'clocks-through-ports': [
      'packages/engine/src/index.ts:4: node:timers/promises: take the Clock port instead',
      'packages/engine/src/index.ts:14: Date.now: take the Clock, Ids or Random port instead',
      'packages/engine/src/index.ts:14: new Date(): take the Clock, Ids or Random port instead',
      'packages/engine/src/index.ts:14: Math.random: take the Clock, Ids or Random port instead',
    ],
    'file-names': [
      'packages/engine/src/startRun.ts: file names are kebab-case',
      'packages/engine/src/utils.ts: utils says nothing: name the file for what is in it',
    ],
  }

  it.each(names)('%s', (name) => {
    expect(RULES[name](broken).map(text).toSorted()).toEqual(expected[name].toSorted())
  })

  it.each(names)('%s accepts what is allowed', (name) => {
    expect(RULES[name](sound).map(text)).toEqual([])
  })
})
