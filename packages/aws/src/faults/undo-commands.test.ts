import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FaultDriver, InjectStep } from '@firedrill/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createFaultCatalogue } from '../catalogue.ts'
import {
  injectStep,
  simulatedAccount,
  stored,
  storedPlan,
  valueOf,
  wordsOf,
  type SimulatedAccount,
} from '../testing/simulated-account.ts'
import { shellLine } from './shell.ts'

const STEPS: readonly InjectStep[] = [
  injectStep('ec2-stop-instances', { tags: { service: 'checkout' }, choose: { mode: 'count', count: 2 } }),
  injectStep('arc-zonal-shift', { tags: { service: 'checkout' }, zones: ['eu-west-1a'] }),
  injectStep('route53-remove-record', { zone: 'public', record: 'checkout.larkspur.example' }),
]
const hasCli = spawnSync('aws', ['--version']).status === 0

let account: SimulatedAccount
let scratch: string
beforeEach(async () => {
  account = await simulatedAccount()
  scratch = mkdtempSync(join(tmpdir(), 'firedrill-undo-'))
})
afterEach(async () => {
  await account.close()
  rmSync(scratch, { recursive: true })
})

function driverOf(step: InjectStep): FaultDriver {
  const driver = createFaultCatalogue(account.clients).get(step.fault)
  if (driver === undefined) throw new Error(`no fault ${step.fault}`)
  return driver
}

async function undoOf(step: InjectStep) {
  const driver = driverOf(step)
  const plan = storedPlan(valueOf(await driver.plan(step, 1, account.context)))
  return { driver, plan, undo: stored(driver.undo(step, plan, "it's a key", account.environment)) }
}

/** The arguments of every `aws` call that a POSIX shell makes of the commands. */
function callsOfShell(commands: readonly string[]): readonly (readonly string[])[] {
  const log = join(scratch, 'calls')
  const shim = join(scratch, 'aws')
  writeFileSync(log, '')
  writeFileSync(
    shim,
    `#!${process.execPath}\nrequire('fs').appendFileSync(${JSON.stringify(log)}, JSON.stringify(process.argv.slice(2)) + '\\n')\nif (process.argv[3] === 'list-experiments') console.log('EXP1 EXP2')\n`,
  )
  chmodSync(shim, 0o755)
  execFileSync('sh', ['-eu', '-c', commands.join('\n')], { env: { PATH: `${scratch}:/usr/bin:/bin` } })
  return readFileSync(log, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as string[])
}

/** Runs the commands with the real AWS CLI, which gets nothing but the account's own keys. */
async function runWithCli(commands: readonly string[]): Promise<number | null> {
  const child = spawn('sh', ['-c', commands.join('\n')], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      PATH: process.env['PATH'],
      HOME: scratch,
      AWS_ACCESS_KEY_ID: 'FIREDRILLSIM',
      AWS_SECRET_ACCESS_KEY: 'firedrill-simulator-secret',
      AWS_EC2_METADATA_DISABLED: 'true',
    },
  })
  return new Promise((resolve) => child.on('close', resolve))
}

describe('shell quoting', () => {
  it('gives back exactly the words that went in', () => {
    const words = ['plain', "it's", 'a "b" $c `d` \\e', '', '*?[x]', 'ü ✓', 'line\nbreak', '-x=y;z&']
    const print = `process.stdout.write(JSON.stringify(process.argv.slice(1)))`
    const line = shellLine([process.execPath, '-e', print, '--', ...words])
    expect(JSON.parse(execFileSync('sh', ['-c', line], { encoding: 'utf8' }))).toEqual(words)
  })
})

describe.each(STEPS.map((step) => [step.fault, step] as const))('the undo of %s by hand', (_, step) => {
  it('names Region and endpoint in every call', async () => {
    const calls = callsOfShell((await undoOf(step)).undo.commands)
    expect(calls.length).toBeGreaterThan(0)
    for (const call of calls) {
      expect(call[call.indexOf('--region') + 1]).toMatch(/^[a-z]{2}-[a-z]+-\d$/)
      expect(call[call.indexOf('--endpoint-url') + 1]).toBe(account.sim.endpoints.aws)
    }
  })

  it('names no endpoint when the public ones are meant', async () => {
    const { driver, plan } = await undoOf(step)
    const environment = {
      ...account.environment,
      aws: { ...account.environment.aws, endpoint: 'aws' as const },
    }
    for (const call of callsOfShell(driver.undo(step, plan, 'k', environment).commands))
      expect(call).not.toContain('--endpoint-url')
  })

  it.skipIf(!hasCli)(
    'restores with the AWS CLI alone, with no id written down',
    async () => {
      const { driver, plan, undo } = await undoOf(step)
      valueOf(await driver.apply(step, plan, undo.key, account.context))
      account.advance(80)
      expect(wordsOf(await driver.confirm(undo, account.context))).toEqual(['injected'])
      expect(await runWithCli(undo.commands)).toBe(0)
      account.advance(180)
      // Of a record put back by hand nobody knows the change, so it is as captured, and time has to tell the rest.
      const { observations } = valueOf(await driver.confirmRecovered(undo, account.context))
      expect(observations.filter(({ injection, settles }) => injection !== 'restored' && !settles)).toEqual(
        [],
      )
    },
    60_000,
  )
})
