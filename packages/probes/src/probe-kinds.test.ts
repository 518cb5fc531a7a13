import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer as createHttpsServer } from 'node:https'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CompiledProbe } from '@firedrill/core'
import type { Answer } from 'dns-packet'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createKeptConnection, type KeptConnection } from './http/kept-connection.ts'
import type { ProbeOf } from './probe-context.ts'
import { runProbe, type ProbeDeps } from './run-probe.ts'
import { selfSigned } from './testing/certificates.ts'
import { addressRecord, createResources, hostClock, realWorld, type Resources } from './testing/loopback.ts'

const HOST = 'shop.example'
const base = { name: 'p', periodMs: 1000, timeoutMs: 900 }

let resources: Resources
beforeEach(() => {
  resources = createResources()
})
afterEach(() => resources.close())

/** `outcome detail` of one probe from a vantage whose resolver knows every name as this host. */
async function said(probe: CompiledProbe, deps: Partial<ProbeDeps> = {}): Promise<string> {
  const resolver = await resources.dns(({ name }) => [addressRecord(name, '127.0.0.1')])
  const vantage = { name: 'here', resolver }
  const { outcome, detail } = await runProbe(probe, vantage, { clock: hostClock, world: realWorld, ...deps })
  return `${outcome} ${detail}`
}

describe('TLS', () => {
  const certificate = selfSigned(HOST, 30)
  const secureServer = async () => {
    const names: (string | undefined)[] = []
    const server = createHttpsServer(certificate, (request, response) => {
      names.push((request.socket as Socket & { servername?: string }).servername)
      response.end('fine')
    })
    return { port: await resources.listen(server), names }
  }
  const tls = (port: number, more: Partial<ProbeOf<'tls'>> = {}): CompiledProbe => ({
    ...base,
    kind: 'tls',
    host: HOST,
    port,
    ...more,
  })

  it('is good when the chain is trusted, the name is in it, and it is valid for long enough', async () => {
    const { port } = await secureServer()
    const trusting = { ca: certificate.cert }
    expect(await said(tls(port, { validForMs: 29 * 86_400_000 }), trusting)).toBe('good 127.0.0.1')
    expect(await said(tls(port))).toBe('bad tls DEPTH_ZERO_SELF_SIGNED_CERT')
    expect(await said(tls(port, { serverName: 'other.example' }), trusting)).toBe(
      'bad tls ERR_TLS_CERT_ALTNAME_INVALID',
    )
    expect(await said(tls(port, { validForMs: 31 * 86_400_000 }), trusting)).toMatch(
      /^bad certificate shop\.example ends \d{4}-\d\d-\d\d$/,
    )
  })

  it('tells a refusal, a silent port and one that speaks no TLS apart', async () => {
    const silent = await resources.tcp(() => undefined)
    const plain = await resources.tcp((socket) => socket.end('hello\n'))
    expect(await said(tls(await resources.freePort()))).toBe('bad refused')
    expect(await said(tls(silent, { timeoutMs: 80 }))).toBe('bad timeout tls')
    expect(await said(tls(plain))).toMatch(/^bad tls ERR_SSL/)
  })

  it('goes through a proxy to the address of the name, for the probe and for https, and asks for the name', async () => {
    const { port, names } = await secureServer()
    const asked: string[] = []
    const proxy = await resources.proxy((authority) => {
      asked.push(authority)
      return port
    })
    const through = { proxy, ca: certificate.cert }
    const https: CompiledProbe = {
      ...base,
      kind: 'http',
      url: `https://${HOST}/health`,
      method: 'GET',
      status: [200],
      bodyIncludes: 'fine',
    }
    expect(await said(tls(443), through)).toBe('good 127.0.0.1')
    expect(await said(https, through)).toBe('good 127.0.0.1')
    expect(await said(https, { proxy })).toBe('bad tls DEPTH_ZERO_SELF_SIGNED_CERT')
    expect(asked).toEqual(Array(3).fill('127.0.0.1:443'))
    expect(names).toEqual([HOST])
  })
})

describe('a kept connection', () => {
  const kept = (port: number, more: Partial<ProbeOf<'http'>> = {}): CompiledProbe => ({
    ...base,
    kind: 'http',
    url: `http://${HOST}:${port}/`,
    method: 'GET',
    status: [200],
    connection: 'kept',
    ...more,
  })
  let stream: KeptConnection
  beforeEach(() => {
    stream = createKeptConnection()
  })
  afterEach(() => stream.close())

  it('is used again from probe to probe; a fresh stream opens its own each time', async () => {
    const peers: (number | undefined)[] = []
    const port = await resources.http((request, response) => {
      peers.push(request.socket.remotePort)
      response.end()
    })
    for (let n = 0; n < 3; n++) expect(await said(kept(port), { kept: stream })).toBe('good 127.0.0.1')
    expect(new Set(peers).size).toBe(1)
    for (let n = 0; n < 2; n++) await said(kept(port))
    expect(new Set(peers).size).toBe(3)
  })

  it('is opened anew when the server has closed it, before a request or just when one came', async () => {
    const sockets: Socket[] = []
    let isClosing = false
    const port = await resources.http((request, response) => {
      sockets.push(request.socket)
      if (isClosing && sockets.length === 2) request.socket.resetAndDestroy()
      else response.end()
    })
    await said(kept(port), { kept: stream })
    isClosing = true
    expect(await said(kept(port), { kept: stream })).toBe('good 127.0.0.1')
    expect(sockets.map(({ remotePort }) => remotePort === sockets[0]?.remotePort)).toHaveLength(3)
    sockets[2]?.end()
    expect(await said(kept(port), { kept: stream })).toBe('good 127.0.0.1')
  })

  it('hangs on to where it was until its timeout, when fresh clients are already elsewhere', async () => {
    let isGone = false
    const old = await resources.http((_request, response) => void (isGone ? undefined : response.end()))
    const other = await resources.http((_request, response) => void response.end())
    let leadsTo = old
    const proxy = await resources.proxy(() => leadsTo)
    const probe = kept(80, { timeoutMs: 120 })
    expect(await said(probe, { kept: stream, proxy })).toBe('good 127.0.0.1')
    ;[isGone, leadsTo] = [true, other]
    expect(await said(probe, { proxy })).toBe('good 127.0.0.1')
    expect(await said(probe, { kept: stream, proxy })).toBe('bad timeout http')
    expect(await said(probe, { kept: stream, proxy })).toBe('good 127.0.0.1')
  })
})

describe('DNS', () => {
  const dns = (more: Partial<ProbeOf<'dns'>>): CompiledProbe => ({
    ...base,
    kind: 'dns',
    host: HOST,
    recordType: 'A',
    ...more,
  })
  const server = (ttl: number, ...addresses: string[]) =>
    resources.dns(({ name }) => addresses.map((address): Answer => ({ type: 'A', name, ttl, data: address })))

  it('asks every named server, and says which one answered otherwise', async () => {
    const [one, two] = [await server(30, '198.51.100.1'), await server(30, '198.51.100.2')]
    const away = `127.0.0.1:${await resources.freePort()}`
    const answers = ['198.51.100.1']
    expect(await said(dns({ servers: [one], answers }))).toBe('good 198.51.100.1')
    expect(await said(dns({ servers: [one, two], answers }))).toBe(`bad answer 198.51.100.2 at ${two}`)
    expect(await said(dns({ servers: [one, away], answers }))).toBe(`bad refused at ${away}`)
  })

  it('tells an exact set of answers from one that holds them, and an answer that lives too long', async () => {
    const servers = [await server(60, '198.51.100.1', '198.51.100.2')]
    const answers = ['198.51.100.1']
    expect(await said(dns({ servers, answers }))).toBe('good 198.51.100.1,198.51.100.2')
    expect(await said(dns({ servers, answers, match: 'exact' }))).toMatch(/^bad answer 198/)
    const both = ['198.51.100.2', '198.51.100.1']
    expect(await said(dns({ servers, answers: both, match: 'exact', ttlMaxSeconds: 60 }))).toMatch(/^good/)
    expect(await said(dns({ servers, ttlMaxSeconds: 59 }))).toBe(`bad ttl 60 at ${servers[0]}`)
  })

  it('takes no cached answer for one of the zone itself, and asks its servers without recursion', async () => {
    const questions: boolean[] = []
    const zone = (isAuthority: boolean) =>
      resources.dns(({ name }) => [addressRecord(name, '198.51.100.1')], {
        isAuthority,
        onQuery: (isRecursionDesired) => questions.push(isRecursionDesired),
      })
    const probe = async (isAuthority: boolean) =>
      said(dns({ authoritative: true, servers: [await zone(isAuthority)] }))
    expect(await probe(true)).toBe('good 198.51.100.1')
    expect(await probe(false)).toMatch(/^bad not authoritative at 127/)
    expect(questions).toEqual([false, false])
  })

  it('finds the servers of the zone by the resolver of the vantage', async () => {
    const resolver = await resources.dns(({ name, type }) =>
      type === 'NS' ? 'nxdomain' : type === 'SOA' ? [soa(name)] : [addressRecord(name, '127.0.0.1')],
    )
    const probe = dns({ authoritative: true })
    const sample = await runProbe(probe, { name: 'here', resolver }, { clock: hostClock, world: realWorld })
    expect(sample).toMatchObject({ outcome: 'bad', detail: `no server of zone ${HOST}` })
  })
})

const soa = (name: string): Answer => ({
  type: 'SOA',
  name,
  ttl: 900,
  data: { mname: 'ns.example', rname: 'x.example', serial: 1, refresh: 1, retry: 1, expire: 1, minimum: 5 },
})

describe('ping', () => {
  const directory = mkdtempSync(join(tmpdir(), 'firedrill-ping-'))
  const path = process.env['PATH']
  afterEach(() => {
    process.env['PATH'] = path
  })
  /** A program of that name first on the path, as each system's own answers. */
  const pingThat = (script: string) => {
    writeFileSync(join(directory, 'ping'), `#!/bin/sh\n${script}\n`)
    chmodSync(join(directory, 'ping'), 0o755)
    process.env['PATH'] = `${directory}:/usr/bin:/bin`
  }
  const probe: CompiledProbe = { ...base, kind: 'ping', host: HOST }

  it('is good on an echo, bad without one, and says nothing where it cannot ping', async () => {
    pingThat('echo "64 bytes from $4: icmp_seq=1 ttl=64 time=0.4 ms"')
    expect(await said(probe)).toBe('good 127.0.0.1')
    pingThat('exit 1')
    expect(await said(probe)).toBe('bad timeout ping')
    pingThat('echo "From 127.0.0.1 icmp_seq=1 Destination Host Unreachable"; exit 1')
    expect(await said(probe)).toBe('bad unreachable')
    pingThat('exec sleep 5')
    expect(await said({ ...probe, timeoutMs: 60 })).toBe('bad timeout ping')
    pingThat('echo "ping: socktype: SOCK_RAW" >&2; exit 2')
    expect(await said(probe)).toBe('unusable ping not observed: ping: socktype: SOCK_RAW')
    process.env['PATH'] = '/nowhere'
    expect(await said(probe)).toBe('unusable ping not observed: this host has no ping program')
    expect(await said(probe, { proxy: 'http://127.0.0.1:1' })).toBe(
      'unusable ping not observed through a proxy',
    )
    rmSync(directory, { recursive: true })
  })
})
