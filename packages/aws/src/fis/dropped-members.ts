import type { FisClient } from '@aws-sdk/client-fis'

/** Whether an experiment acts, or only resolves targets and exercises roles and logging. */
export type ExperimentStartOptions = Readonly<{
  experimentOptions: Readonly<{ actionsMode: 'run-all' | 'skip-all' }>
}>

type JsonRequest = { method: string; path: string; body: string; headers: Record<string, string> }

/**
 * Puts back what the pinned FIS client (3.523.0, the last one there is) drops when it serialises a request: the
 * `experimentOptions` of StartExperiment. Runs before signing. Inert once a client sends the member itself.
 */
export function keepDroppedMembers(fis: FisClient): void {
  fis.middlewareStack.add(
    (next, context) => async (args) => {
      const { experimentOptions } = args.input as Partial<ExperimentStartOptions>
      if (context['commandName'] === 'StartExperimentCommand' && experimentOptions !== undefined) {
        const request = args.request as JsonRequest
        request.body = JSON.stringify({ ...(JSON.parse(request.body) as object), experimentOptions })
        request.headers['content-length'] = String(Buffer.byteLength(request.body))
      }
      return next(args)
    },
    { step: 'build', priority: 'low', name: 'firedrillKeepDroppedMembers' },
  )
}
