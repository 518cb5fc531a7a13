import type { EvidenceStore } from '@firedrill/core'
import type { MemoryData } from './memory-data.ts'
import { sha256Bytes } from './sha256.ts'

/** In-memory `EvidenceStore`. */
export function memoryEvidenceStore(data: MemoryData): EvidenceStore {
  return {
    put: async (runId, kind, bytes) => {
      if (!data.runs.has(runId)) throw new Error(`there is no run ${runId}`)
      const hash = sha256Bytes(bytes)
      if (!data.bytes.has(hash)) data.bytes.set(hash, bytes.slice())
      const isKnown = data.evidence.some(
        (entry) => entry.runId === runId && entry.hash === hash && entry.kind === kind,
      )
      if (!isKnown) data.evidence.push({ runId, hash, kind, size: bytes.byteLength, at: data.now() })
      return hash
    },
    get: async (hash) => data.bytes.get(hash)?.slice(),
    ofRun: async (runId) =>
      data.evidence
        .filter((entry) => entry.runId === runId)
        .map(({ hash, kind, size, at }) => ({ hash, kind, size, at })),
  }
}
