import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, request, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import S3rver from 's3rver'
import { evidenceStoreSuite, seededIds } from '@firedrill/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createS3EvidenceStore } from './s3-evidence-store.ts'

const BUCKET = 'evidence'
/** The one pair of keys that the server knows. It looks at the id alone: it does not verify signatures of version 4. */
const KEYS = { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' }

/** A server of somebody else's that speaks S3 over HTTP. It ignores conditions and checksums. */
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

/**
 * Stands before the server and answers conditional writes as S3 documents it, which the server does not: 412 for a key
 * that is there, and 409, once, for the first write of all.
 */
async function startFront(to: number) {
  const puts: Put[] = []
  const there = new Set<string>()
  let isFirst = true
  const refuse = (response: ServerResponse, status: number, code: string) => {
    response.writeHead(status, { 'content-type': 'application/xml' })
    response.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>-</Message></Error>`)
  }
  const server = createServer((incoming, response) => {
    const { method, headers, url: path = '/' } = incoming
    if (method === 'PUT') {
      puts.push({ path, headers })
      const isConditional = headers['if-none-match'] === '*'
      const conflicts = isFirst
      isFirst = false
      if (isConditional && (conflicts || there.has(path))) {
        incoming.resume()
        incoming.on('end', () =>
          conflicts
            ? refuse(response, 409, 'ConditionalRequestConflict')
            : refuse(response, 412, 'PreconditionFailed'),
        )
        return
      }
      there.add(path)
    }
    const onward = request({ host: '127.0.0.1', port: to, method, path, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers)
      answer.pipe(response)
    })
    incoming.pipe(onward)
  })
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
  const evidence = storeAt(server.port)
  return {
    evidence,
    run: async () => knownRun(),
    close: async () => {
      evidence.close()
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

  it('control: the server refuses keys that it does not know', async () => {
    const store = storeAt(server.port, { keys: { ...KEYS, accessKeyId: 'NOBODY' } })
    await expect(store.put(knownRun(), 'plan', new Uint8Array([1]))).rejects.toThrow(/Access Key/)
    store.close()
  })
})
