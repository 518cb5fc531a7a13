import type { Socket } from 'node:net'
import type { CompiledProbe } from '@firedrill/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ProbeOf } from './probe-context.ts'
import { runProbe, type ProbeDeps } from './run-probe.ts'
import { addressRecord, createResources, hostClock, realWorld, type Resources } from './testing/loopback.ts'

let resources: Resources
beforeEach(() => {
  resources = createResources()
})
afterEach(() => resources.close())

const deps = (more: Partial<ProbeDeps> = {}): ProbeDeps => ({ clock: hostClock, world: realWorld, ...more })

function httpProbe(port: number, more: Partial<ProbeOf<'http'>> = {}): ProbeOf<'http'> {
  return {
    kind: 'http',
    name: 'front',
    periodMs: 1000,
    timeoutMs: 700,
    url: `http://127.0.0.1:${port}/health?deep=1`,
    method: 'GET',
    status: [200],
    ...more,
  }
}

const dnsProbe = (more: Partial<ProbeOf<'dns'>> = {}): ProbeOf<'dns'> => ({
  kind: 'dns',
  name: 'name',
  periodMs: 1000,
  timeoutMs: 700,
  host: 'app.example.test',
  recordType: 'A',
  ...more,
})

const run = (probe: CompiledProbe, resolver?: string, more: Partial<ProbeDeps> = {}) =>
  runProbe(probe, { name: 'here', resolver }, deps(more))

const reset = (socket: Socket) => void socket.resetAndDestroy()

describe('an HTTP probe', () => {
  it('is good on an accepted status, asks for path and query, and opens a new connection each time', async () => {
    const asked: string[] = []
    const peers = new Set<number | undefined>()
    const port = await resources.http((request, response) => {
      asked.push(`${request.method} ${request.url} ${request.headers.host}`)
      peers.add(request.socket.remotePort)
      response.end('fine')
    })
    const first = await run(httpProbe(port))
    expect(first).toMatchObject({ probe: 'front', vantage: 'here', outcome: 'good', detail: '127.0.0.1' })
    expect(first.end).toBeGreaterThan(first.start)
    await run(httpProbe(port))
    expect(asked).toEqual(Array(2).fill(`GET /health?deep=1 127.0.0.1:${port}`))
    expect(peers.size).toBe(2)
  })

  it.each([
    ['status 503', 503, {}],
    ['body mismatch', 200, { bodyIncludes: 'healthy' }],
  ])('says %s', async (detail, status, more) => {
    const port = await resources.http((_request, response) => {
      response.statusCode = status
      response.end('unwell')
    })
    expect(await run(httpProbe(port, more))).toMatchObject({ outcome: 'bad', detail })
  })

  it("names the balancer that answered in a server's stead, and no other server", async () => {
    const from = async (server: string) => {
      const port = await resources.http((_request, response) => response.writeHead(503, { server }).end())
      return (await run(httpProbe(port))).detail
    }
    expect(await from('awselb/2.0')).toBe('status 503 by awselb')
    expect(await from('nginx')).toBe('status 503')
  })

  it('takes an accepted status and a body that holds the text as good', async () => {
    const port = await resources.http((_request, response) => {
      response.statusCode = 302
      response.end('all is healthy here')
    })
    const probe = httpProbe(port, { status: [200, 302], bodyIncludes: 'healthy' })
    expect(await run(probe)).toMatchObject({ outcome: 'good' })
  })

  it('tells refused, reset before and within the answer, and a black hole apart', async () => {
    const refusing = await resources.freePort()
    const resetting = await resources.tcp((socket) => socket.once('data', () => reset(socket)))
    const tearing = await resources.tcp((socket) =>
      socket.once('data', () =>
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf', () => reset(socket)),
      ),
    )
    const silent = await resources.tcp(() => undefined)
    const details = await Promise.all(
      [refusing, resetting, tearing, silent].map(async (port) => {
        const { outcome, detail } = await run(httpProbe(port))
        return `${outcome} ${detail}`
      }),
    )
    expect(details).toEqual(['bad refused', 'bad reset', 'bad reset', 'bad timeout http'])
  })

  it('ends at its timeout, on the world clock, and calls an answer over its latency limit slow', async () => {
    const slow = await resources.http((_request, response) => void setTimeout(() => response.end(), 150))
    expect(await run(httpProbe(slow, { latencyMaxMs: 100 }))).toMatchObject({
      outcome: 'bad',
      detail: 'slow',
    })
    const sample = await run(httpProbe(slow, { timeoutMs: 80 }))
    expect(sample).toMatchObject({ outcome: 'bad', detail: 'timeout http' })
    expect(sample.end - sample.start).toBeGreaterThan(75_000)
    expect(sample.end - sample.start).toBeLessThan(145_000)
  })

  it('resolves the name anew each time with the resolver of its vantage', async () => {
    const port = await resources.http((_request, response) => void response.end())
    let answers = ['127.0.0.1']
    const resolver = await resources.dns(({ name }) =>
      answers.length === 0 ? 'nxdomain' : answers.map((data) => addressRecord(name, data)),
    )
    const probe = httpProbe(port, { url: `http://app.example.test:${port}/` })
    expect(await run(probe, resolver)).toMatchObject({ outcome: 'good', detail: '127.0.0.1' })
    answers = ['127.0.0.1', '127.0.0.9']
    expect(await run(probe, resolver)).toMatchObject({ outcome: 'good', detail: '127.0.0.1,127.0.0.9' })
    answers = []
    expect(await run(probe, resolver)).toMatchObject({ outcome: 'bad', detail: 'nxdomain' })
  })
})

describe('a probe through a proxy', () => {
  const throughProxy = async (route: Parameters<Resources['proxy']>[0]) => {
    const proxy = await resources.proxy(route)
    return run(httpProbe(80, { url: 'http://198.51.100.10/' }), undefined, { proxy })
  }

  it('reaches the address it asked for', async () => {
    const port = await resources.http((request, response) => void response.end(request.headers.host))
    const asked: string[] = []
    const sample = await throughProxy((authority) => {
      asked.push(authority)
      return port
    })
    expect(sample).toMatchObject({ outcome: 'good', detail: '198.51.100.10' })
    expect(asked).toEqual(['198.51.100.10:80'])
  })

  it('tells refused, reset, unreachable and a black hole apart', async () => {
    const resetting = await resources.tcp((socket) => socket.once('data', () => reset(socket)))
    const routes = [
      'HTTP/1.1 502 Bad Gateway\r\nx-connect-result: refused\r\n\r\n',
      resetting,
      'HTTP/1.1 502 Bad Gateway\r\n\r\n',
      '',
    ]
    const details = await Promise.all(routes.map(async (route) => (await throughProxy(() => route)).detail))
    expect(details).toEqual(['refused', 'reset', 'unreachable', 'timeout connect'])
  })

  it('says nothing about the service when the proxy is away or will not serve us', async () => {
    const proxy = `http://127.0.0.1:${await resources.freePort()}`
    const away = await run(httpProbe(80, { url: 'http://198.51.100.10/' }), undefined, { proxy })
    expect(away).toMatchObject({ outcome: 'unusable', detail: 'proxy ECONNREFUSED' })
    const refusal = await throughProxy(() => 'HTTP/1.1 407 Proxy Authentication Required\r\n\r\n')
    expect(refusal).toMatchObject({ outcome: 'unusable', detail: 'proxy 407' })
  })
})

describe('a DNS probe', () => {
  it('is good on an answer, and tells the failures apart', async () => {
    const resolver = await resources.dns(({ name }) => {
      if (name.startsWith('gone')) return 'nxdomain'
      if (name.startsWith('empty')) return []
      if (name.startsWith('broken')) return 'servfail'
      if (name.startsWith('closed')) return 'refused'
      if (name.startsWith('silent')) return 'silent'
      return [addressRecord(name, '203.0.113.7'), addressRecord(name, '198.51.100.10')]
    })
    const details = await Promise.all(
      ['app', 'gone', 'empty', 'broken', 'closed', 'silent'].map(async (host) => {
        const { outcome, detail } = await run(dnsProbe({ host: `${host}.example.test` }), resolver)
        return `${outcome} ${detail}`
      }),
    )
    expect(details).toEqual([
      'good 198.51.100.10,203.0.113.7',
      'bad nxdomain',
      'bad nodata',
      'bad servfail',
      'bad dns refused',
      'bad timeout dns',
    ])
  })

  it('asks again over TCP when the answer was cut', async () => {
    const resolver = await resources.dns(({ name }, transport) =>
      transport === 'udp' ? 'truncated' : [addressRecord(name, '198.51.100.10')],
    )
    expect(await run(dnsProbe(), resolver)).toMatchObject({ outcome: 'good', detail: '198.51.100.10' })
  })

  it('survives a lost datagram', async () => {
    let asked = 0
    const resolver = await resources.dns(({ name }) =>
      ++asked === 1 ? 'silent' : [addressRecord(name, '198.51.100.10')],
    )
    expect(await run(dnsProbe(), resolver)).toMatchObject({ outcome: 'good' })
  })

  it('is bad when none of the wanted answers is there', async () => {
    const resolver = await resources.dns(({ name }) => [addressRecord(name, '198.51.100.10')])
    const wanted = (answers: string[]) => run(dnsProbe({ answers }), resolver)
    expect(await wanted(['198.51.100.10', '203.0.113.7'])).toMatchObject({ outcome: 'good' })
    expect(await wanted(['203.0.113.7'])).toMatchObject({ outcome: 'bad', detail: 'answer 198.51.100.10' })
  })

  it('says nothing about the service when nobody listens at the resolver', async () => {
    const resolver = `127.0.0.1:${await resources.freePort()}`
    expect(await run(dnsProbe(), resolver)).toMatchObject({
      outcome: 'unusable',
      detail: 'resolver ECONNREFUSED',
    })
  })
})

describe('a TCP probe', () => {
  it('is good when the connection opens, and says refused when it does not', async () => {
    const open = await resources.tcp(() => undefined)
    const probe = (port: number): CompiledProbe => ({
      kind: 'tcp',
      name: 'port',
      periodMs: 1000,
      timeoutMs: 700,
      host: '127.0.0.1',
      port,
    })
    expect(await run(probe(open))).toMatchObject({ outcome: 'good', detail: '127.0.0.1' })
    expect(await run(probe(await resources.freePort()))).toMatchObject({ outcome: 'bad', detail: 'refused' })
  })
})

describe('a prober that was not scheduled', () => {
  const stalled = { longestSince: () => 250 }

  it('calls its timeouts unusable, since the answer may have been waiting', async () => {
    const silent = await resources.tcp(() => undefined)
    const sample = await run(httpProbe(silent), undefined, { stalls: stalled })
    expect(sample).toMatchObject({ outcome: 'unusable', detail: 'late 250 ms: timeout http' })
  })

  it('stands by what it cannot have invented: an answer, a refusal, a status', async () => {
    const fine = await resources.http((_request, response) => void response.end())
    const broken = await resources.http((_request, response) => {
      response.statusCode = 503
      response.end()
    })
    const outcomes = await Promise.all(
      [fine, broken, await resources.freePort()].map(
        async (port) => (await run(httpProbe(port), undefined, { stalls: stalled })).outcome,
      ),
    )
    expect(outcomes).toEqual(['good', 'bad', 'bad'])
  })

  it('is late from a tenth of its period on, and not before', async () => {
    const silent = await resources.tcp(() => undefined)
    const late = async (ms: number) =>
      (await run(httpProbe(silent, { timeoutMs: 50 }), undefined, { dueMs: hostClock.monotonicMs() - ms }))
        .outcome
    expect(await late(50)).toBe('bad')
    expect(await late(150)).toBe('unusable')
  })
})
