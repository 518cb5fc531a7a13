import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import {
  createServer,
  request,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import S3rver from 's3rver'
import { evidenceStoreSuite, seededIds } from '@firedrill/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createS3EvidenceStore } from './s3-evidence-store.ts'

const BUCKET = 'evidence'
/** The one pair of keys that the server knows. It looks at the id alone: it does not verify signatures of version 4. */
const KEYS = { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' }

/** A server of somebody else's that speaks S3 over HTTP. It ignores conditions and checksums, so it never stands alone. */
async function startServer() {
  const directory = mkdtempSync(join(tmpdir(), 'firedrill-s3-'))
  const server = new S3rver({
    address: '127.0.0.1',
    port: 0,
    silent: true,
    directory,
    configureBuckets: [{ name: BUCKET }],
  })
  const { port } = await server.run()
  return {
    port,
    close: async () => {
      await server.close()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

type Put = Readonly<{ path: string; headers: IncomingHttpHeaders }>

/** How the way to the server is made bad: bytes that are bent on it, or a condition that is lost. */
type Bend = 'a byte' | 'the condition'

/**
 * Stands before the server and does what S3 documents and the server does not: 412 for a key that is there, 409, once, for
 * the first write of all, and 400 for bytes that have not the SHA-256 which came with them. A write without condition or
 * checksum is taken for a mistake of ours: 400 as well.
 */
async function startFront(to: number, bend?: Bend) {
  const puts: Put[] = []
  const there = new Set<string>()
  let isFirst = true
  const bent = (bytes: Buffer): Buffer =>
    bend === 'a byte' && bytes.length > 0 ? Buffer.concat([bytes.subarray(1), Buffer.from([0xff])]) : bytes
  const refuse = (response: ServerResponse, status: number, code: string) => {
    response.writeHead(status, { 'content-type': 'application/xml' })
    response.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`)
  }
  /** Answers a write that S3 would not take; false when it is to go on. */
  const refuses = ({ path, headers }: Put, body: Buffer, response: ServerResponse): boolean => {
    const conflicts = isFirst
    isFirst = false
    const condition = bend === 'the condition' ? undefined : headers['if-none-match']
    const checksum = headers['x-amz-checksum-sha256']
    const actual = createHash('sha256').update(body).digest('base64')
    if (checksum !== actual) refuse(response, 400, checksum === undefined ? 'InvalidRequest' : 'BadDigest')
    else if (condition !== '*') refuse(response, 400, 'InvalidRequest')
    else if (conflicts) refuse(response, 409, 'ConditionalRequestConflict')
    else if (there.has(path)) refuse(response, 412, 'PreconditionFailed')
    else return false
    return true
  }
  const onward = async ({ method, headers, url: path }: IncomingMessage, body: Buffer) => {
    const passing = request({ host: '127.0.0.1', port: to, method, path, headers, agent: false })
    passing.end(body)
    const [theirs] = (await once(passing, 'response')) as [IncomingMessage]
    return { status: theirs.statusCode ?? 500, headers: theirs.headers, body: await buffer(theirs) }
  }
  // Of several that write one key at once the others wait, as if they had come later.
  const writing = new Map<string, Promise<unknown>>()
  const answer = async (incoming: IncomingMessage, response: ServerResponse) => {
    const { method, headers, url: path = '/' } = incoming
    const body = bent(await buffer(incoming))
    if (method === 'PUT') {
      puts.push({ path, headers })
      while (writing.has(path)) await writing.get(path)
      if (refuses({ path, headers }, body, response)) return
      there.add(path)
    }
    const passed = onward(incoming, body)
    if (method === 'PUT') writing.set(path, passed)
    const theirs = await passed
    writing.delete(path)
    response.writeHead(theirs.status, theirs.headers)
    response.end(method === 'HEAD' ? undefined : theirs.body)
  }
  const server = createServer((incoming, response) => void answer(incoming, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    puts,
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}

const ids = seededIds(23)
const storeAt = (port: number, options: Readonly<{ prefix?: string; keys?: typeof KEYS }> = {}) =>
  createS3EvidenceStore({
    bucket: BUCKET,
    region: 'eu-west-1',
    endpoint: `http://127.0.0.1:${port}`,
    prefix: options.prefix ?? 'drills/',
    keys: options.keys ?? KEYS,
    knowsRun: async (id) => known.has(id),
  })
const known = new Set<string>()
const knownRun = () => {
  const id = ids.mint('run')
  known.add(id)
  return id
}

evidenceStoreSuite('on S3', async () => {
  const server = await startServer()
  const front = await startFront(server.port)
  const evidence = storeAt(front.port)
  return {
    evidence,
    run: async () => knownRun(),
    close: async () => {
      evidence.close()
      front.close()
      await server.close()
    },
  }
})

describe('on S3 with conditional writes as they are documented', () => {
  let server: Awaited<ReturnType<typeof startServer>>
  let front: Awaited<ReturnType<typeof startFront>>
  beforeAll(async () => {
    server = await startServer()
    front = await startFront(server.port)
  })
  afterAll(async () => {
    front.close()
    await server.close()
  })

  it('asks for every write to be the first of its key, with a checksum, and takes "already there" for done', async () => {
    const store = storeAt(front.port)
    const run = knownRun()
    const hash = await store.put(run, 'plan', new Uint8Array([1, 2, 3]))
    expect(await store.put(run, 'plan', new Uint8Array([1, 2, 3]))).toBe(hash)
    expect(await store.ofRun(run)).toMatchObject([{ hash, kind: 'plan', size: 3 }])
    expect([...((await store.get(hash)) ?? [])]).toEqual([1, 2, 3])
    // One more for the conflict that was met at first.
    expect(front.puts).toHaveLength(5)
    for (const { path, headers } of front.puts) {
      expect(headers['if-none-match']).toBe('*')
      expect(headers['x-amz-checksum-sha256']).toMatch(/^[\w+/]{43}=$/)
      expect(path).toMatch(/^\/evidence\/drills\/(?:sha256|runs)\//)
    }
    store.close()
  })

  it('never takes other bytes under a hash for its own: they are given as they are, and a put is refused', async () => {
    const bytes = new Uint8Array([4, 5, 6])
    const store = storeAt(front.port)
    const run = knownRun()
    const hash = await store.put(run, 'plan', bytes)
    // Past the front, where anything can be replaced.
    const anybody = new S3Client({
      region: 'eu-west-1',
      endpoint: `http://127.0.0.1:${server.port}`,
      forcePathStyle: true,
      credentials: KEYS,
    })
    const key = { Bucket: BUCKET, Key: `drills/sha256/${hash}` }
    await anybody.send(new PutObjectCommand({ ...key, Body: new Uint8Array([4, 5, 7]) }))
    anybody.destroy()
    expect([...((await store.get(hash)) ?? [])]).toEqual([4, 5, 7])
    await expect(store.put(run, 'plan', bytes)).rejects.toThrow(/holds other bytes/)
    store.close()
  })

  it.each<[Bend, RegExp]>([
    ['a byte', /BadDigest/],
    ['the condition', /InvalidRequest/],
  ])('control: a write that loses %s on its way is noticed, and is no evidence', async (bend, reason) => {
    const broken = await startFront(server.port, bend)
    const store = storeAt(broken.port, { prefix: `${bend === 'a byte' ? 'bytes' : 'conditions'}/` })
    const run = knownRun()
    await expect(store.put(run, 'plan', new Uint8Array([7, 8, 9]))).rejects.toThrow(reason)
    expect(await store.ofRun(run)).toEqual([])
    store.close()
    broken.close()
  })

  it('control: the server refuses keys that it does not know', async () => {
    const store = storeAt(server.port, { keys: { ...KEYS, accessKeyId: 'NOBODY' } })
    await expect(store.put(knownRun(), 'plan', new Uint8Array([1]))).rejects.toThrow(/Access Key/)
    store.close()
  })
})
