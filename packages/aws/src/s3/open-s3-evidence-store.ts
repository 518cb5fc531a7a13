import type { EvidenceStore } from '@firedrill/core'
import type { S3EvidenceOptions } from './s3-evidence-store.ts'

/** The evidence store on S3. Its client is loaded here and now: whoever keeps evidence elsewhere spares the memory. */
export async function openS3EvidenceStore(
  options: S3EvidenceOptions,
): Promise<EvidenceStore & Readonly<{ close(): void }>> {
  const { createS3EvidenceStore } = await import('./s3-evidence-store.ts')
  return createS3EvidenceStore(options)
}
