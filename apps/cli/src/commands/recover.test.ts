import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { createAwsClients, createFaultCatalogue, type AwsClients } from '@firedrill/aws'
import {
  compiledStepSchema,
  platformInstant,
  worldInstant,
  type CallClock,
  type CompiledEnvironment,
  type Outcome,
  type UndoPlan,
} from '@firedrill/core'
import { systemClock } from '@firedrill/runtime'
import { SECOND, startSimulator, type Simulator } from '@firedrill/sim'
import { buildEnvironment } from '@firedrill/testkit'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { call } from '../../test/test-cli.ts'
import { SHAPES } from '../output/shapes.ts'

const FAULT = 'route53-remove-record'
const NAME = 'checkout.larkspur.example'
const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url))
const HOUR = 3600 * SECOND

let sim: Simulator
let clients: AwsClients
let dir: string
beforeEach(() => {
  clients = createAwsClients()
  dir = mkdtempSync(join(tmpdir(), 'firedrill-kit-'))
})
afterEach(async () => {
  clients.close()
  await sim.close()
  rmSync(dir, { recursive: true, force: true })
})

/** The world's own view, which no driver of ours has a part in. */
const records = () => [...sim.world.dns.recordSets.values()].filter(({ name }) => name === `${NAME}.`)

/** Takes checkout's records away as a drill does, and leaves its kit on disk. */
async function breakCheckout(rate: number | 'manual'): Promise<string> {
  sim = await startSimulator({ rate, seed: 7, throttling: false })
  const zone = [...sim.world.dns.zones.values()][0]
  const environment = buildEnvironment({
    account: '111122223333',
    hostedZones: { public: { id: zone?.id ?? '', domain: 'larkspur.example' } },
    aws: {
      endpoint: sim.endpoints.aws,
      credentials: {
        source: 'static',
        accessKeyId: 'FIREDRILLSIM',
        secretAccessKey: 'firedrill-simulator-secret',
      },
      fisRoleArn: 'arn:aws:iam::111122223333:role/fis',
    },
    touch: {
      requiredTags: {},
      exemptTag: 'x',
      protectedRecords: [],
      blastRadius: { targetsMax: 9, percentMax: 100 },
    },
  })
  const driver = createFaultCatalogue(clients).get(FAULT)
  if (driver === undefined) throw new Error(`there is no fault ${FAULT}`)
  const [inject] = compiledStepSchema.options
  const step = inject.parse({
    kind: 'inject',
    name: 'remove',
    after: [],
    fault: FAULT,
    targets: {
      region: 'primary',
      zone: 'public',
      record: NAME,
      tags: {},
      zones: [],
      choose: { mode: 'all' },
      max: 9,
    },
    durationMs: 60_000,
    parameters: {},
  })
  const context = { environment, signal: new AbortController().signal }
  const plan = valueOf(await driver.plan(step, 1, context))
  const undo = driver.undo(step, plan, 'run_x/remove/1', environment)
  const { handle } = valueOf(await driver.apply(step, plan, 'run_x/remove/1', context))
  return saveKit(environment, { ...undo, handle })
}

function saveKit(environment: CompiledEnvironment, undo: UndoPlan): string {
  const path = join(dir, 'kit.json')
  const clock = { anchorPlatform: platformInstant(0), anchorWorld: worldInstant(0), rate: 1 }
  const about = { runId: 'run_x', step: 'remove', hash: 'h', expiresAt: worldInstant(0) }
  const kit = { format: 'firedrill-recovery-kit/1', ...about, clock, environment, undo }
  writeFileSync(path, JSON.stringify(kit))
  return path
}

function valueOf<T>(outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value
  throw new Error(JSON.stringify(outcome.failure))
}

/** The pause between two rounds lets a minute of the world pass; deadlines of calls stay real. */
const worldPassing: CallClock = {
  ...systemClock,
  work: (run) => run(),
  sleep: async (ms, signal) => {
    if (ms > 5000) return systemClock.sleep(ms, signal)
    sim.advance(60 * SECOND)
  },
}

const recover = (kit: string, ...args: string[]) =>
  call(['recover', '--kit', kit, '-o', 'json', ...args], {
    clock: worldPassing,
    openFaults: async () => ({ catalogue: createFaultCatalogue(clients), close: () => undefined }),
  })

describe('firedrill recover --kit', () => {
  it('control: without the command the records stay away', async () => {
    await breakCheckout('manual')
    sim.advance(HOUR)
    expect(records()).toEqual([])
  })

  it('puts the records back as they were, says what it saw, and exits 0', async () => {
    sim = await startSimulator({ rate: 'manual', seed: 7 })
    const before = records()
    await sim.close()
    const kit = await breakCheckout('manual')
    sim.advance(HOUR)
    const { exitCode, out, err } = await recover(kit)
    const [answer] = SHAPES.recover.parse(JSON.parse(out))
    expect([exitCode, answer?.isOut]).toEqual([0, true])
    expect(answer?.targets.map(({ injection }) => injection)).toEqual(['restored', 'restored'])
    expect(before).toHaveLength(2)
    expect(records()).toEqual(before)
    expect(err).toMatch(/A\/primary is injected: .*\n[^]*A\/primary is restored: /)
  })

  it('changes nothing when called again', async () => {
    const kit = await breakCheckout('manual')
    await recover(kit)
    const changes = sim.world.calls.mutations().length
    expect((await recover(kit)).exitCode).toBe(0)
    expect(sim.world.calls.mutations()).toHaveLength(changes)
  })

  it('exits 5 and prints the commands when the cloud does not answer before the time is over', async () => {
    const kit = await breakCheckout('manual')
    await sim.close()
    const { exitCode, out, err } = await recover(kit, '--timeout', '0')
    const [answer] = SHAPES.recover.parse(JSON.parse(out))
    expect([exitCode, answer?.isOut, answer?.targets]).toEqual([5, false, []])
    expect(answer?.commands[0]).toMatch(/^aws route53 change-resource-record-sets /)
    expect(err).toContain('could not be described')
  })

  it('exits 5 for a fault that this installation does not have', async () => {
    const kit = await breakCheckout('manual')
    const { exitCode, err } = await call(['recover', '--kit', kit])
    expect([exitCode, err]).toEqual([5, expect.stringContaining("run the kit's commands by hand")])
  })

  it('exits 2 for a file that is no kit', async () => {
    sim = await startSimulator({ rate: 'manual' })
    writeFileSync(join(dir, 'x.json'), '{}')
    expect((await recover(join(dir, 'x.json'))).exitCode).toBe(2)
    expect((await recover(join(dir, 'none.json'))).exitCode).toBe(2)
  })

  it('as a process of its own, with nothing of the platform running', async () => {
    const kit = await breakCheckout(30)
    expect(records()).toEqual([])
    const child = spawn(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', MAIN, 'recover', '--kit', kit],
      {
        env: { PATH: process.env['PATH'], AWS_ACCESS_KEY_ID: 'AKIAREAL', AWS_SECRET_ACCESS_KEY: 'real' },
        stdio: ['ignore', 'pipe', 'ignore'],
      },
    )
    const exited = new Promise((resolve) => child.once('exit', resolve))
    expect(await text(child.stdout)).toContain('every target described as captured')
    expect(await exited).toBe(0)
    expect(records()).toHaveLength(2)
  })
})
