import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { call } from '../../test/test-cli.ts'

const FIXTURES = join(import.meta.dirname, '../../../../fixtures')
const ADDRESS = ['--address', 'http://shop.example/health']

let cwd: string
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'firedrill-import-'))
})
afterEach(() => rmSync(cwd, { recursive: true }))

describe('firedrill import', () => {
  it('writes a scenario that validate accepts, and says line by line what is not in it', async () => {
    const template = join(FIXTURES, 'fis/zone-power-library.json')
    const without = ['--without', 'Failover-RDS', '--without', 'Pause-EBS-IO']
    const done = await call(['import', template, ...ADDRESS, ...without, '--name', 'zone'], { cwd })
    expect([done.exitCode, done.out]).toEqual([0, 'scenarios/zone/scenario.yaml\n'])
    expect(done.err).toMatch(/zone-power-library\.json:\d+: not carried over: Failover-RDS/)
    expect((await call(['validate', 'scenarios'], { cwd })).exitCode).toBe(0)
    const again = await call(['import', template, ...ADDRESS, ...without, '--name', 'zone'], { cwd })
    expect([again.exitCode, again.err]).toEqual([2, expect.stringContaining('--force replaces it')])
  })

  it('writes nothing and names the line that stands in the way', async () => {
    const template = join(FIXTURES, 'fis/by-arn.json')
    const line =
      1 +
      readFileSync(template, 'utf8')
        .split('\n')
        .findIndex((text) => text.includes('"resourceArns"'))
    const { exitCode, err } = await call(['import', template, ...ADDRESS], { cwd })
    expect(exitCode).toBe(2)
    expect(err).toMatch(new RegExp(`by-arn\\.json:${line}:\\d+: targets are named by ARN`))
    expect(existsSync(join(cwd, 'scenarios'))).toBe(false)
  })
})
