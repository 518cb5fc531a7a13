import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fakeFaultDriver, fakeWorld } from '@firedrill/testkit'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { call } from '../../test/test-cli.ts'
import type { Cli } from '../cli.ts'

let cwd: string
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'firedrill-new-'))
})
afterEach(() => rmSync(cwd, { recursive: true }))

/** A catalogue that knows these names. */
function faults(...names: readonly string[]): Pick<Cli, 'openFaults'> {
  const { driver } = fakeFaultDriver({ world: fakeWorld([]) })
  const list = names.map((name) => ({ ...driver, name }))
  return {
    openFaults: async () => ({
      catalogue: { get: (name) => list.find((one) => one.name === name), list: () => list },
      close: () => undefined,
    }),
  }
}

const CATALOGUE = faults('ec2-stop-instances', 'az-power-interruption', 'route53-remove-record')
const written = (name: string) => readFileSync(join(cwd, 'scenarios', name, 'scenario.yaml'), 'utf8')
const COMMON = ['--address', 'http://shop.example/health', '--max', '3']

describe('firedrill new', () => {
  it('writes a file that validate accepts, from options alone', async () => {
    const args = ['new', 'web-loss', '--fault', 'ec2-stop-instances', '--tag', 'service=shop', ...COMMON]
    const { exitCode, out, err } = await call(args, { cwd, ...CATALOGUE })
    expect([exitCode, out, err]).toEqual([
      0,
      'scenarios/web-loss/scenario.yaml\n',
      expect.stringMatching(/^Next: /),
    ])
    const checked = await call(['validate', 'scenarios'], { cwd })
    expect([checked.exitCode, checked.out]).toEqual([0, ''])
    // Longer than objective and hold together: 5 + 2 minutes, and some to spare.
    expect(written('web-loss')).toMatch(/fault-duration: \{ type: duration, default: 10m/)
    expect(written('web-loss')).toMatch(
      /^# Blast radius {2}What has service=shop in Region primary, at most 3/m,
    )
  })

  it('takes a record away for the response to be its restoration, and a zone by its id', async () => {
    const record = [
      'new',
      'no-name',
      '--fault',
      'route53-remove-record',
      '--record',
      'shop.example.',
      ...COMMON,
    ]
    expect((await call(record, { cwd, ...CATALOGUE })).exitCode).toBe(0)
    expect(written('no-name')).toMatch(/response: restore/)
    expect(written('no-name')).toMatch(/zone: public\n +record: "shop.example"/)
    const zone = ['new', 'zone-loss', '--fault', 'az-power-interruption', '--group', 'web', ...COMMON]
    expect((await call([...zone, '--zone', 'euw1-az1'], { cwd, ...CATALOGUE })).exitCode).toBe(0)
    expect(written('zone-loss')).toMatch(/zones: \["euw1-az1"\]\n +group: "web"/)
    expect((await call(['validate', 'scenarios'], { cwd })).exitCode).toBe(0)
  })

  it('asks for what is missing, and takes what is usual for an empty answer', async () => {
    const answers = [
      'web-loss',
      '',
      'ec2-stop-instances',
      'service=shop, tier=web',
      'http://shop.example/',
      '4',
      '',
      '',
    ]
    const asked: string[] = []
    const ask = async (question: string) => {
      asked.push(question)
      return answers.shift()
    }
    expect((await call(['new'], { cwd, ask, ...CATALOGUE })).exitCode).toBe(0)
    expect(asked[1]).toMatch(/az-power-interruption .*\n.*What breaks\?: $/s)
    expect(written('web-loss')).toMatch(/tags: \{ "service": "shop", "tier": "web" \}/)
    expect(written('web-loss')).toMatch(/objective: \{ type: duration, default: 5m/)
  })

  it.each([
    [['new', 'x', '--fault', 'ec2-stop-instances', ...COMMON], /give --tag or --group/],
    [['new', 'x', '--fault', 'nothing', ...COMMON], /There is no fault nothing; there are:\n {2}ec2-stop-/],
    [
      ['new', 'x', '--fault', 'ec2-stop-instances', '--tag', 'shop', ...COMMON],
      /shop is no tag: write KEY=VALUE/,
    ],
    [
      ['new', 'No Name', '--fault', 'ec2-stop-instances', '--tag', 'a=b', ...COMMON],
      /would not be valid:\n.*name/s,
    ],
    [
      ['new', 'x', '--fault', 'ec2-stop-instances', '--tag', 'a=b', '--objective', 'soon', ...COMMON],
      /"soon" is not a duration/,
    ],
  ])('writes nothing and says what to do: %j', async (args, words) => {
    const { exitCode, out, err } = await call(args, { cwd, ...CATALOGUE })
    expect([exitCode, out]).toEqual([2, ''])
    expect(err).toMatch(words)
    expect(existsSync(join(cwd, 'scenarios'))).toBe(false)
  })

  it('replaces nothing unless it is told to', async () => {
    const args = ['new', 'web-loss', '--fault', 'ec2-stop-instances', '--tag', 'service=shop', ...COMMON]
    await call(args, { cwd, ...CATALOGUE })
    const again = await call([...args, '--objective', '1m'], { cwd, ...CATALOGUE })
    expect([again.exitCode, again.err]).toEqual([2, expect.stringMatching(/is there already; --force/)])
    expect(written('web-loss')).toMatch(/default: 5m/)
    expect((await call([...args, '--objective', '1m', '--force'], { cwd, ...CATALOGUE })).exitCode).toBe(0)
    expect(written('web-loss')).toMatch(/default: 1m/)
  })
})
