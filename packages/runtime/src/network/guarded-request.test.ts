import { createServer, type Server } from 'node:http'
import type { AddressInfo, LookupFunction } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AddressRefused, guardedRequest, refusedUrl } from './guarded-request.ts'

let server: Server
let port: number
let seen: { url: string; authorization: string | undefined }[] = []
/** Where `/away` leads. */
let away = ''

beforeAll(async () => {
  server = createServer((request, response) => {
    seen.push({ url: request.url ?? '', authorization: request.headers.authorization })
    if (request.url === '/away') response.writeHead(302, { location: away }).end()
    else if (request.url === '/long') response.end('x'.repeat(5000))
    else response.end('reached')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  port = (server.address() as AddressInfo).port
})
afterAll(() => new Promise((resolve) => server.close(resolve)))

const signal = () => AbortSignal.timeout(5000)
/** A resolver that gives a name these addresses, the next ones at each question. */
function resolver(...answers: readonly (readonly string[])[]): LookupFunction & { asked(): number } {
  let asked = 0
  const lookup: LookupFunction = (_name, _options, callback) => {
    const found = answers[Math.min(asked, answers.length - 1)] ?? []
    asked += 1
    callback(
      null,
      found.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    )
  }
  return Object.assign(lookup, { asked: () => asked })
}

/** Hosts that a public webhook must never reach, in every way in which they are known to be written. */
const HOSTS = [
  // Credentials of clouds.
  '169.254.169.254',
  '2852039166',
  '0xa9fea9fe',
  '0xa9.0xfe.0xa9.0xfe',
  '0251.0376.0251.0376',
  '169.254.43518',
  '169.16689662',
  '[::ffff:169.254.169.254]',
  '[::ffff:a9fe:a9fe]',
  '[0:0:0:0:0:ffff:a9fe:a9fe]',
  '[::169.254.169.254]',
  '[64:ff9b::a9fe:a9fe]',
  '[64:ff9b:1::a9fe:a9fe]',
  '[2002:a9fe:a9fe::]',
  '[2001:0:0:0:0:0:5601:5601]',
  '[fd00:ec2::254]',
  '[fd00:0ec2:0:0:0:0:0:254]',
  '169.254.170.2',
  '169.254.170.23',
  '100.100.100.200',
  '168.63.129.16',
  '192.0.0.192',
  '169。254。169。254',
  '①⑥⑨.②⑤④.①⑥⑨.②⑤④',
  'metadata.google.internal',
  'METADATA.google.internal.',
  'metadata.goog',
  'metadata',
  'instance-data',
  '%31%36%39.254.169.254',
  // This machine.
  '127.0.0.1',
  '127.1',
  '127.255.255.254',
  '2130706433',
  '0x7f000001',
  '017700000001',
  '0x7f.1',
  '0177.0.0.1',
  'localhost',
  'LOCALHOST',
  'localhost.',
  'a.localhost',
  '0.0.0.0',
  '0',
  '[::1]',
  '[::]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '[0:0:0:0:0:0:0:1]',
  '[::127.0.0.1]',
  '[64:ff9b::7f00:1]',
  '[2002:7f00:1::]',
  '１２７.０.０.１',
  // Networks of one's own, and what nobody serves from.
  '10.0.0.1',
  '10.255.255.255',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.1.1',
  '100.64.0.1',
  '100.127.255.255',
  '[fc00::1]',
  '[fdff::1]',
  '[fe80::1]',
  '[fec0::1]',
  '169.254.1.1',
  '192.0.2.1',
  '198.18.0.1',
  '198.51.100.7',
  '203.0.113.9',
  '224.0.0.1',
  '240.0.0.1',
  '255.255.255.255',
  '[ff02::1]',
  '[2001:db8::1]',
  '[::ffff:10.0.0.1]',
  '[64:ff9b::a00:1]',
]

describe('a guarded request', () => {
  it('reaches none of the addresses that are not for it, however they are written', async () => {
    expect(HOSTS.length).toBeGreaterThanOrEqual(60)
    const lookup = resolver(['127.0.0.1'])
    for (const scheme of ['http', 'https'])
      for (const host of HOSTS) {
        const sent = guardedRequest(`${scheme}://${host}:${port}/`, {
          reach: 'public',
          lookup,
          signal: signal(),
        })
        await expect(sent, host).rejects.toThrow(AddressRefused)
      }
    expect(seen).toEqual([])
    // The control: with a reach that allows this machine, the same request arrives.
    const answer = await guardedRequest(`http://127.1:${port}/`, { reach: 'loopback', signal: signal() })
    expect([answer.status, Buffer.from(answer.body).toString()]).toEqual([200, 'reached'])
    expect(seen).toHaveLength(1)
  })

  it('judges what a name resolves to, every address of it, in the lookup that the connection uses', async () => {
    seen = []
    const to = (lookup: LookupFunction) =>
      guardedRequest(`http://hooks.example:${port}/`, { reach: 'public', lookup, signal: signal() })
    await expect(to(resolver(['127.0.0.1']))).rejects.toThrow(
      'hooks.example (127.0.0.1) is an address of this machine',
    )
    await expect(to(resolver(['93.184.215.14', '169.254.169.254']))).rejects.toThrow(AddressRefused)
    await expect(to(resolver(['::ffff:10.0.0.1']))).rejects.toThrow('a private address')
    await expect(to(resolver([]))).rejects.toThrow('a name without an address')
    expect(seen).toEqual([])
    // A name that is rebound after the first answer: there is only one question.
    const rebound = resolver(['127.0.0.1'], ['169.254.169.254'])
    const reach = 'loopback'
    await guardedRequest(`http://hooks.example:${port}/`, { reach, lookup: rebound, signal: signal() })
    expect(rebound.asked()).toBe(1)
  })

  it('judges every redirect like the first address, and takes credentials to no other host', async () => {
    const follow = (to: string) => {
      away = to
      const headers = { authorization: 'Bearer of the hook' }
      return guardedRequest(`http://127.0.0.1:${port}/away`, {
        reach: 'loopback',
        redirectsMax: 3,
        headers,
        signal: signal(),
      })
    }
    for (const to of [
      'http://169.254.169.254/latest/meta-data/',
      '//169.254.170.2/',
      'file:///etc/passwd',
      'gopher://127.0.0.1/',
      `http://user:pass@127.0.0.1:${port}/`,
    ])
      await expect(follow(to), to).rejects.toThrow(AddressRefused)
    seen = []
    expect((await follow('/here')).status).toBe(200)
    expect(seen.map(({ authorization }) => authorization)).toEqual([
      'Bearer of the hook',
      'Bearer of the hook',
    ])
    seen = []
    await follow(`http://localhost:${port}/there`).catch(() => undefined)
    expect(seen.slice(1).map(({ authorization }) => authorization)).not.toContain('Bearer of the hook')
    // Without being asked to, none is followed.
    const answer = await guardedRequest(`http://127.0.0.1:${port}/away`, {
      reach: 'loopback',
      signal: signal(),
    })
    expect(answer.status).toBe(302)
  })

  it('refuses other schemes, addresses with passwords, and answers that do not end', async () => {
    for (const url of [
      'file:///etc/passwd',
      'ftp://example.com/',
      'data:text/plain,x',
      'http://',
      'javascript:alert(1)',
      'http://u:p@example.com/',
      'no url',
    ])
      expect(refusedUrl(url, 'loopback'), url).toBeDefined()
    expect(refusedUrl('https://example.com/hook', 'public')).toBeUndefined()
    expect(refusedUrl('http://8.8.8.8/', 'public')).toBeUndefined()
    expect([refusedUrl('http://10.0.0.8/', 'public'), refusedUrl('http://10.0.0.8/', 'private')]).toEqual([
      'a private address',
      undefined,
    ])
    const long = guardedRequest(`http://127.0.0.1:${port}/long`, {
      reach: 'loopback',
      bytesMax: 4096,
      signal: signal(),
    })
    await expect(long).rejects.toThrow('more than 4096 bytes')
  })
})
