import type { RemoteTrouble } from '@firedrill/probes'

/** What a remote prober says of itself, one line each. */
export function inWords(trouble: RemoteTrouble): string {
  switch (trouble.kind) {
    case 'begun':
      return `probing for ${trouble.runId}`
    case 'ended':
      return `done with ${trouble.runId}`
    case 'poll':
      return `the platform cannot be asked, what is probed goes on: ${messageOf(trouble.error)}`
    case 'waiting':
      return `${trouble.pending} samples of ${trouble.runId} wait: ${messageOf(trouble.error)}`
    case 'lost':
      return `${trouble.count} samples of ${trouble.runId} were given up`
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
