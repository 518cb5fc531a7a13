import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DescribeInstancesCommand, EC2Client } from '@aws-sdk/client-ec2'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { call, type Called } from '../../test/test-cli.ts'
import { startSimulatorProcess } from '../main/simulator-process.ts'

const PROGRAM = fileURLToPath(new URL('../../../../packages/sim/start.mjs', import.meta.url))

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'firedrill-sim-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

/** Calls `firedrill sim` with a real simulator; `whenUp` gets what it printed, and then it is interrupted. */
const simulate = async (args: readonly string[], whenUp: (out: string) => Promise<void>): Promise<Called> => {
  let interrupt = () => undefined as void
  let said = ''
  const up = Promise.withResolvers<string>()
  const terminal = {
    out: (text: string) => up.resolve(text),
    err: (text: string) => void (said += text),
    isLive: false,
    width: 100,
    paint: (_: string, text: string) => text,
  }
  const called = call(['sim', ...args], {
    cwd: dir,
    terminal,
    startSimulator: (its) => startSimulatorProcess(PROGRAM, its, { cwd: dir, say: terminal.err }),
    onInterrupt: (interrupted) => {
      interrupt = () => interrupted('SIGINT')
      return () => undefined
    },
  })
  const out = await Promise.race([up.promise, called.then(() => '')])
  try {
    if (out !== '') await whenUp(out)
  } finally {
    interrupt()
  }
  return { ...(await called), out, err: said }
}

const never = () => Promise.reject(new Error('it should not have started'))

describe('firedrill sim', () => {
  it('serves the SDK with what it prints for its environment, and ends in good order when interrupted', async () => {
    const keys = ['--access-key', 'TRYOUT', '--secret-key', 'not much of a secret']
    const { exitCode, err } = await simulate(['-o', 'json', '--no-throttle', ...keys], async (out) => {
      const { environment, regions } = JSON.parse(out) as {
        environment: Record<string, string>
        regions: string[]
      }
      expect(regions).toEqual(['eu-west-1', 'eu-central-1'])
      const ec2 = new EC2Client({
        region: environment['AWS_REGION'] ?? '',
        endpoint: environment['AWS_ENDPOINT_URL'] ?? '',
        credentials: {
          accessKeyId: environment['AWS_ACCESS_KEY_ID'] ?? '',
          secretAccessKey: environment['AWS_SECRET_ACCESS_KEY'] ?? '',
        },
      })
      const { Reservations } = await ec2.send(new DescribeInstancesCommand({}))
      expect(Reservations).toHaveLength(6)
      ec2.destroy()
    })
    expect([exitCode, err]).toEqual([0, ''])
  })

  it('prints lines that a shell and people can take as they are', async () => {
    const { out } = await simulate(['--world', 'no-failover', '--lockstep'], async () => undefined)
    expect(out).toMatch(/^export AWS_ENDPOINT_URL=http:\/\/127\.0\.0\.1:\d+$/m)
    expect(out).toMatch(
      /^aws --endpoint-url http:\/\/127\.0\.0\.1:\d+ --region eu-west-1 ec2 describe-instances$/m,
    )
    expect(out).toMatch(/^dig @127\.0\.0\.1 -p \d+ checkout\.larkspur\.example$/m)
    expect(out).toMatch(/^curl .*--cacert ca\.pem .* https:\/\/checkout\.larkspur\.example\/$/m)
    expect(out).toContain('lockstep')
  })

  it('names the port that is in use, and what to do', async () => {
    const holder = createServer().listen(0, '127.0.0.1')
    await once(holder, 'listening')
    const { port } = holder.address() as AddressInfo
    const { exitCode, err } = await simulate(['--port-base', String(port - 1)], never)
    holder.close()
    expect(exitCode).toBe(1)
    expect(err).toMatch(new RegExp(`port ${port} is in use.*--port-base`, 's'))
  })

  it.each([
    [
      'a world that there is none of',
      ['--world', 'warm-standbye'],
      /warm-standbye: .*Name a file, or one of: active/,
    ],
    [
      'a world file with mistakes',
      ['--world', 'mine.yaml'],
      /mine\.yaml:5:3 spec\.acount: Unknown field.*spelling/,
    ],
    ['a speed that would spoil its figures', ['--speed', '90'], /1 to 30.*--lockstep/],
    ['two ways of time', ['--speed', '2', '--lockstep'], /exclude each other/],
    ['half a pair of keys', ['--access-key', 'ABCD'], /belong together/],
    ['a port that is none', ['--port-base', '80'], /1024 to 65500/],
  ])('exits 2 for %s', async (_, args, words) => {
    const text = 'apiVersion: firedrill.dev/v1\nkind: World\nmetadata: { name: mine }\nspec:\n  acount: 1\n'
    writeFileSync(join(dir, 'mine.yaml'), text)
    const { exitCode, out, err } = await simulate(args, never)
    expect([exitCode, out]).toEqual([2, ''])
    expect(err).toMatch(words)
  })
})
