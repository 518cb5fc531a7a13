import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, test } from 'vitest'
import { foreignSockets } from './socket-watch.ts'

/** A process that opens a socket, says so, and stays until it is killed. */
async function socketsOf(script: string): Promise<readonly string[]> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    await once(child.stdout, 'data')
    return foreignSockets([child.pid ?? 0]).map(({ protocol, local }) => `${protocol} ${local}`)
  } finally {
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
}

const listening = (host: string) =>
  `import { createServer } from 'node:net'
   createServer().listen({ port: 0, host: '${host}' }, () => process.stdout.write('up'))`
const talking = (host: string) =>
  `import { connect, createServer } from 'node:net'
   const server = createServer().listen({ port: 0, host: '${host}' }, () =>
     connect({ port: server.address().port, host: '${host}' }, () => process.stdout.write('up')))`

describe.runIf(process.platform === 'linux')('foreignSockets', () => {
  test('passes what listens and talks on loopback alone', async () => {
    expect(await socketsOf(talking('127.0.0.1'))).toEqual([])
    expect(
      await socketsOf(`import { createSocket } from 'node:dgram'
      const socket = createSocket('udp4').bind(0, '127.0.0.1', () => process.stdout.write('up'))`),
    ).toEqual([])
  })

  test('finds one that waits for the whole network', async () => {
    expect(await socketsOf(listening('0.0.0.0'))).toEqual([expect.stringMatching(/^tcp 00000000:/)])
  })

  test('finds one that is bound to another address of this machine', async () => {
    const script = `import { createSocket } from 'node:dgram'
      import { networkInterfaces } from 'node:os'
      const other = Object.values(networkInterfaces()).flat().find((a) => !a.internal && a.family === 'IPv4')
      if (other === undefined) process.stdout.write('none')
      else createSocket('udp4').bind(0, other.address, () => process.stdout.write('up'))`
    const hasOther = Object.values((await import('node:os')).networkInterfaces())
      .flat()
      .some((address) => address !== undefined && !address.internal && address.family === 'IPv4')
    expect(await socketsOf(script)).toHaveLength(hasOther ? 1 : 0)
  })
})
