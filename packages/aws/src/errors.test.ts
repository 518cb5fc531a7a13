import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { DescribeInstancesCommand, StopInstancesCommand } from '@aws-sdk/client-ec2'
import type { CompiledEnvironment } from '@firedrill/core'
import { buildEnvironment } from '@firedrill/testkit'
import { afterEach, describe, expect, it } from 'vitest'
import { mutate, read } from './call.ts'
import { createAws, type Aws } from './client.ts'
import { toFailure } from './errors.ts'

const opened: Server[] = []
afterEach(async () => {
  for (const server of opened.splice(0)) {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
})

/** A server that answers every request the same way, and clients that can reach nothing else. */
async function answering(status: number | 'reset', code = '', xml = ec2Error): Promise<Aws> {
  const server = createServer((request, response) => {
    request.resume()
    request.on('end', () => {
      if (status === 'reset') return void request.socket.destroy()
      response.writeHead(status, { 'content-type': 'text/xml', 'x-amzn-requestid': 'req-1' }).end(xml(code))
    })
  })
  opened.push(server)
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  return clientsOf(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
}

function clientsOf(endpoint: string): Aws {
  const base = buildEnvironment()
  const environment: CompiledEnvironment = { ...base, aws: { ...base.aws, endpoint } }
  return createAws({ environment, region: 'primary', purpose: 'inject' })
}

const ec2Error = (code: string) =>
  `<Response><Errors><Error><Code>${code}</Code><Message>because</Message></Error></Errors><RequestID>req-1</RequestID></Response>`

const never = new AbortController().signal
const describeCall = async (aws: Aws, signal = never) =>
  read('ec2.DescribeInstances', signal, (options) => aws.ec2.send(new DescribeInstancesCommand({}), options))
const stopCall = async (aws: Aws, signal = never) =>
  mutate('ec2.StopInstances', signal, (options) =>
    aws.ec2.send(new StopInstancesCommand({ InstanceIds: ['i-1'] }), options),
  )

describe('what a service says', () => {
  it.each([
    [503, 'RequestLimitExceeded', 'throttled'],
    [400, 'Throttling', 'throttled'],
    [400, 'PriorRequestNotComplete', 'throttled'],
    [403, 'UnauthorizedOperation', 'denied'],
    [401, 'AuthFailure', 'denied'],
    [400, 'ExpiredToken', 'denied'],
    [400, 'InvalidInstanceID.NotFound', 'not-found'],
    [404, 'NoSuchHostedZone', 'not-found'],
    [409, 'ConflictException', 'conflict'],
    [400, 'IncorrectInstanceState', 'conflict'],
    [400, 'InvalidParameterValue', 'invalid'],
    [402, 'ServiceQuotaExceededException', 'invalid'],
  ] as const)('%i %s is %s, with code, operation and request id kept', async (status, code, kind) => {
    const answer = await stopCall(await answering(status, code))
    expect(answer).toEqual({
      ok: false,
      failure: {
        kind,
        operation: 'ec2.StopInstances',
        code,
        message: expect.any(String),
        requestId: 'req-1',
      },
    })
  })
})

describe('what a mutation cannot know', () => {
  it.each([[500], [503], ['reset']] as const)(
    'is ambiguous after %s, while a read is transient',
    async (status) => {
      const aws = await answering(status, 'InternalError')
      expect(await stopCall(aws)).toMatchObject({ ok: false, failure: { kind: 'ambiguous' } })
      expect(await describeCall(aws)).toMatchObject({ ok: false, failure: { kind: 'transient' } })
    },
  )

  it('is ambiguous when it is given up while the answer is awaited', async () => {
    const server = createServer(() => undefined)
    opened.push(server)
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
    const ends = new AbortController()
    const answer = stopCall(
      clientsOf(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
      ends.signal,
    )
    await new Promise((resolve) => server.once('request', resolve))
    ends.abort()
    expect(await answer).toMatchObject({ ok: false, failure: { kind: 'ambiguous' } })
  })
})

describe('what provably never left', () => {
  it('is transient when the connection is refused', async () => {
    const server = createServer()
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    await new Promise((resolve) => server.close(resolve))
    expect(await stopCall(clientsOf(`http://127.0.0.1:${port}`))).toMatchObject({
      ok: false,
      failure: { kind: 'transient', code: 'ECONNREFUSED' },
    })
  })

  it('is transient, and no request is made, when the signal has already ended', async () => {
    let requests = 0
    const aws = await answering(200)
    opened[0]?.on('request', () => requests++)
    expect(await stopCall(aws, AbortSignal.abort())).toMatchObject({
      ok: false,
      failure: { kind: 'transient', code: 'NotSent' },
    })
    expect(requests).toBe(0)
  })

  it('control: the same trouble without that proof is ambiguous', () => {
    const lost = Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' })
    expect(toFailure(lost, { operation: 'x.Y', mutates: true }).kind).toBe('ambiguous')
    expect(toFailure(lost, { operation: 'x.Y', mutates: false }).kind).toBe('transient')
  })
})
