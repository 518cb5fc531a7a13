import { ApiError, EXIT, type Client } from '@firedrill/contracts'
import {
  parseId,
  platformInstant,
  worldInstant,
  type BoundedSample,
  type RemoteProbing,
  type RunId,
} from '@firedrill/core'
import type { Cli, CommonOptions } from '../cli.ts'
import { connect } from '../connect.ts'

/** Options of `firedrill probe`. */
export type ProbeOptions = CommonOptions & Readonly<{ vantage: string; resolver?: string; proxy?: string }>

/** Probes from here until it is ended. A platform that is away is waited for; a first answer that says no is not. */
export async function probe(cli: Cli, options: ProbeOptions): Promise<number> {
  const { vantage, resolver, proxy } = options
  const client = connect(cli, options)
  await client.probing.work(vantage)
  const { promise: isEnding, resolve: end } = Promise.withResolvers<void>()
  const stopListening = cli.onInterrupt(() => end())
  const say = (line: string) => cli.terminal.err(`${line}\n`)
  try {
    const prober = await cli.startProber({ vantage, resolver, proxy, platform: platformOf(client), say })
    say(`ready to probe from ${vantage}; Ctrl-C ends it`)
    await isEnding
    await prober.stop()
    return EXIT.held
  } finally {
    stopListening()
  }
}

function platformOf(client: Client): RemoteProbing {
  return {
    work: async (vantage) => {
      const { platformAt, runs } = await client.probing.work(vantage)
      return {
        platformAt: platformInstant(platformAt),
        runs: runs.flatMap(({ id, clock, ...run }) => {
          const runId = parseId('run', id)
          return runId === undefined ? [] : [{ ...run, id: runId, clock: clockOf(clock) }]
        }),
      }
    },
    report: async (runId: RunId, vantage, samples) => {
      try {
        await client.probing.report(runId, {
          vantage,
          samples: samples.map((sample) => reported(sample)),
        })
        return 'taken'
      } catch (error) {
        if (error instanceof ApiError && isFinal(error)) return 'refused'
        throw error
      }
    },
  }
}

function reported({ probe, start, end, outcome, detail, clockErrorMicros }: BoundedSample) {
  return { probe, start, end, outcome, clockErrorMicros, ...(detail === undefined ? {} : { detail }) }
}

/** Answers that a repeat would get again. */
function isFinal({ problem }: ApiError): boolean {
  return (
    problem?.code === 'state-conflict' || problem?.code === 'request-invalid' || problem?.code === 'not-found'
  )
}

function clockOf({
  anchorPlatform,
  anchorWorld,
  rate,
}: Readonly<{ anchorPlatform: number; anchorWorld: number; rate: number }>) {
  return {
    anchorPlatform: platformInstant(anchorPlatform),
    anchorWorld: worldInstant(anchorWorld),
    rate,
  }
}
