import { isAppError } from '@firedrill/core'
import { describe, expect, it } from 'vitest'
import { ceilingRoom } from './ceiling.ts'
import { dbRoom } from './db.ts'
import { evidenceRoom } from './evidence.ts'
import { hostsOf } from './hosts.ts'
import { httpRoom } from './http.ts'
import { logRoom } from './log.ts'
import { pageRoom } from './page.ts'
import { queueRoom } from './queue.ts'
import { loadConfig } from './room.ts'
import { workerRoom } from './worker.ts'

const rooms = { db: dbRoom, queue: queueRoom, http: httpRoom, log: logRoom, worker: workerRoom }
const DATABASE_URL = 'postgresql://firedrill:hunter2secret@127.0.0.1:5432/firedrill'

function refusal(env: NodeJS.ProcessEnv) {
  try {
    loadConfig(rooms, env)
  } catch (error) {
    if (isAppError(error)) return error
    throw error
  }
  throw new Error('the configuration was accepted')
}

describe('configuration', () => {
  it('is complete, typed and frozen from the database alone', () => {
    const config = loadConfig(rooms, { DATABASE_URL, REDIS_URL: '' })
    expect(config.queue).toEqual({ backend: 'postgres' })
    expect(config.http).toMatchObject({ host: '127.0.0.1', port: 4600, webDir: undefined })
    expect(config.worker).toMatchObject({ leaseMs: 5000, renewMs: 2000 })
    expect(Object.isFrozen(config)).toBe(true)
    expect(() => Object.assign(config.http, { host: '0.0.0.0' })).toThrow(TypeError)
  })

  it('reports every problem of every room at once, each with its variable and the remedy', () => {
    const { code, problems, message } = refusal({
      FIREDRILL_HTTP_HOST: '0.0.0.0',
      FIREDRILL_HTTP_PORT: '70000',
      FIREDRILL_QUEUE: 'redis',
      FIREDRILL_LOG_LEVEL: 'loud',
      FIREDRILL_LEASE_MS: 'soon',
    })
    expect(code).toBe('config-invalid')
    expect(problems.map((problem) => problem.path)).toEqual([
      'DATABASE_URL',
      'REDIS_URL',
      'FIREDRILL_HTTP_HOST',
      'FIREDRILL_HTTP_PORT',
      'FIREDRILL_LOG_LEVEL',
      'FIREDRILL_LEASE_MS',
    ])
    for (const problem of problems) expect(problem.suggestion).toMatch(/^Set /)
    expect(message).toContain('DATABASE_URL: DATABASE_URL is not set. Set it to the PostgreSQL database')
  })

  it('never repeats a value, which may be a secret', () => {
    const { message, problems } = refusal({ DATABASE_URL: 'mysql://root:hunter2secret@db/prod' })
    expect(message + JSON.stringify(problems)).not.toContain('hunter2secret')
  })

  it.each(['0.0.0.0', '::', 'localhost', '10.0.0.1', '127.evil.example'])(
    'refuses to listen on %s',
    (host) => {
      expect(refusal({ DATABASE_URL, FIREDRILL_HTTP_HOST: host }).problems[0]?.path).toBe(
        'FIREDRILL_HTTP_HOST',
      )
    },
  )

  it('has no ceiling unless told, and never takes one that cannot be read for none', () => {
    const read = (env: NodeJS.ProcessEnv) => loadConfig({ ceiling: ceilingRoom }, env).ceiling
    expect(read({})).toEqual({})
    expect(read({ FIREDRILL_CEILING_TARGETS: '', FIREDRILL_CEILING_PERCENT: '12.5' })).toEqual({
      percentMax: 12.5,
    })
    expect(read({ FIREDRILL_CEILING_TARGETS: '10', FIREDRILL_CEILING_PERCENT: '100' })).toEqual({
      targetsMax: 10,
      percentMax: 100,
    })
    for (const value of ['0', '-1', 'ten', '1e9', '101', 'NaN'])
      expect(() => read({ FIREDRILL_CEILING_PERCENT: value }), value).toThrow('FIREDRILL_CEILING_PERCENT')
    for (const value of ['0', '-1', 'ten', '2.5', '99999999999'])
      expect(() => read({ FIREDRILL_CEILING_TARGETS: value }), value).toThrow('FIREDRILL_CEILING_TARGETS')
  })

  it('calls people in one way, by https or on this machine, and never repeats the address', () => {
    const read = (env: NodeJS.ProcessEnv) => loadConfig({ page: pageRoom }, env).page
    const everyMs = 600_000
    expect(read({})).toEqual({ via: 'nobody', everyMs })
    expect(read({ FIREDRILL_PAGE_COMMAND: 'call ops' })).toEqual({
      via: 'command',
      command: 'call ops',
      everyMs,
    })
    for (const url of ['https://hooks.example.test/t', 'http://127.0.0.1:9/x', 'http://[::1]:9/x'])
      expect(read({ FIREDRILL_PAGE_WEBHOOK: url })).toEqual({ via: 'webhook', url, everyMs })
    for (const url of [
      'http://hooks.example.test/hunter2',
      'http://127.0.0.1.evil.test/hunter2',
      'hunter2',
    ]) {
      expect(() => read({ FIREDRILL_PAGE_WEBHOOK: url }), url).toThrow('FIREDRILL_PAGE_WEBHOOK')
      expect(() => read({ FIREDRILL_PAGE_WEBHOOK: url }), url).not.toThrow('hunter2')
    }
    expect(() => read({ FIREDRILL_PAGE_COMMAND: 'x', FIREDRILL_PAGE_WEBHOOK: 'https://h.test' })).toThrow(
      'one of the two',
    )
  })

  it('keeps evidence in PostgreSQL unless a bucket is named, with all that it takes', () => {
    const read = (env: NodeJS.ProcessEnv) => loadConfig({ evidence: evidenceRoom }, env).evidence
    expect(read({})).toEqual({ in: 'postgres' })
    const bucket = { FIREDRILL_EVIDENCE_BUCKET: 'drills', FIREDRILL_EVIDENCE_REGION: 'eu-west-1' }
    expect(read(bucket)).toMatchObject({ in: 's3', bucket: 'drills', prefix: 'firedrill/', keys: undefined })
    const refusals: readonly [string, NodeJS.ProcessEnv][] = [
      ['FIREDRILL_EVIDENCE_REGION', { FIREDRILL_EVIDENCE_BUCKET: 'drills' }],
      ['FIREDRILL_EVIDENCE_SECRET', { ...bucket, FIREDRILL_EVIDENCE_KEY_ID: 'hunter2' }],
      ['FIREDRILL_EVIDENCE_KEY_ID', { ...bucket, FIREDRILL_EVIDENCE_SECRET: 'hunter2' }],
      ['FIREDRILL_EVIDENCE_PREFIX', { ...bucket, FIREDRILL_EVIDENCE_PREFIX: '../' }],
      ['FIREDRILL_EVIDENCE_BUCKET', { ...bucket, FIREDRILL_EVIDENCE_BUCKET: 'Drills!' }],
    ]
    for (const [variable, env] of refusals) {
      expect(() => read(env), variable).toThrow(variable)
      expect(() => read(env), variable).not.toThrow('hunter2')
    }
  })

  it('knows the hosts it lives by, without what they are reached with', () => {
    const { db, queue } = loadConfig(rooms, {
      DATABASE_URL,
      REDIS_URL: 'redis://:secret@queue.example.test:6379',
    })
    expect(hostsOf({ db, queue })).toEqual(['127.0.0.1', 'queue.example.test'])
  })
})
