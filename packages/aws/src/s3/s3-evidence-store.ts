import { createHash } from 'node:crypto'
import {
  GetObjectCommand,
  NoSuchKey,
  paginateListObjectsV2,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3'
import { platformInstant, type EvidenceStore, type RunId } from '@firedrill/core'

/** Where evidence lies in S3. Without keys the SDK's own chain finds them, such as the role of the host. */
export type S3EvidenceOptions = Readonly<{
  bucket: string
  region: string
  /** Of a store that is not AWS's own; its buckets are addressed by path. */
  endpoint?: string | undefined
  /** Begins every key; empty, or ends with a slash. */
  prefix: string
  keys?: Readonly<{ accessKeyId: string; secretAccessKey: string }> | undefined
  /** Whether there is such a run: evidence of none is refused. */
  knowsRun: (id: RunId) => Promise<boolean>
}>

type Entry = Awaited<ReturnType<EvidenceStore['ofRun']>>[number]

/** A key may be written by somebody else at the same moment; S3 then asks to come again. */
const CONFLICTS_MAX = 5
const HASH = /^[0-9a-f]{64}$/

/**
 * `EvidenceStore` on S3. The bytes lie under `sha256/HASH`, and an empty object under `runs/RUN/KIND/HASH.SIZE` says that
 * a run has them. Every key is written with `If-None-Match: *`, so that nothing is ever replaced, and with the SHA-256
 * that S3 checks on arrival. A key that is there already is read and compared. Undo needs nothing of this.
 */
export function createS3EvidenceStore(
  options: S3EvidenceOptions,
): EvidenceStore & Readonly<{ close(): void }> {
  const { bucket, prefix, knowsRun } = options
  const client = clientOf(options)
  const keyOf = (hash: string) => `${prefix}sha256/${hash}`
  const get = async (key: string): Promise<Uint8Array | undefined> => {
    try {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }))
      return await Body?.transformToByteArray()
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined
      throw error
    }
  }
  const putOnce = async (key: string, bytes: Uint8Array): Promise<void> => {
    const digest = createHash('sha256').update(bytes).digest('base64')
    const put = { Bucket: bucket, Key: key, Body: bytes, IfNoneMatch: '*', ChecksumSHA256: digest }
    for (let attempt = 1; ; attempt++) {
      try {
        await client.send(new PutObjectCommand(put))
        return
      } catch (error) {
        const answer = statusOf(error)
        if (answer === 409 && attempt < CONFLICTS_MAX) continue
        if (answer !== 412) throw error
        const there = await get(key)
        if (there === undefined || createHash('sha256').update(there).digest('base64') !== digest)
          throw new Error(`${key} in bucket ${bucket} holds other bytes than its key says`, { cause: error })
        return
      }
    }
  }
  return {
    put: async (runId, kind, bytes) => {
      if (!(await knowsRun(runId))) throw new Error(`there is no run ${runId}`)
      const hash = createHash('sha256').update(bytes).digest('hex')
      await putOnce(keyOf(hash), bytes)
      await putOnce(
        `${prefix}runs/${runId}/${encodeURIComponent(kind)}/${hash}.${bytes.byteLength}`,
        new Uint8Array(),
      )
      return hash
    },
    get: async (hash) => (HASH.test(hash) ? get(keyOf(hash)) : undefined),
    ofRun: async (runId) => {
      const under = `${prefix}runs/${runId}/`
      const entries: Entry[] = []
      for await (const page of paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: under })) {
        for (const { Key, LastModified } of page.Contents ?? []) {
          const found = /^(.+)\/([0-9a-f]{64})\.(\d+)$/.exec((Key ?? '').slice(under.length))
          const [, kind, hash, size] = found ?? []
          if (kind === undefined || hash === undefined) continue
          const at = platformInstant((LastModified?.getTime() ?? 0) * 1000)
          entries.push({ hash, kind: decodeURIComponent(kind), size: Number(size), at })
        }
      }
      return entries.sort((a, b) => a.at - b.at || (a.hash < b.hash ? -1 : 1))
    },
    close: () => client.destroy(),
  }
}

function clientOf({ region, endpoint, keys }: S3EvidenceOptions): S3Client {
  return new S3Client({
    region,
    ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
    ...(keys === undefined ? {} : { credentials: keys }),
    // Whoever reads evidence checks it against its hash, and has to get what was changed in order to say so.
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestChecksumCalculation: 'WHEN_REQUIRED',
  })
}

function statusOf(error: unknown): number | undefined {
  return error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined
}
