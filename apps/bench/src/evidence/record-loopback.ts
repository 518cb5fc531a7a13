import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { REAL_CLOCK, type CompiledProbe, type Sample } from '@firedrill/core'
import { createProber, readAnchor } from '@firedrill/probes'
import { hostNow, systemClock } from '@firedrill/runtime'

const PERIOD_MS = 1000
const TIMEOUT_MS = 800
/** The server is away for this share of the recording, in its middle. */
const AWAY_SHARE = 0.05

/** Probes a real HTTP server on this machine from `streams` probes at one second each, and keeps what they saw. */
export async function recordLoopback(streams: number, forMs: number): Promise<readonly Sample[]> {
  let n = 0
  // Answers take a while that is not always the same, as those of a service do.
  const server = createServer((_request, response) => void answer(response, (n = (n + 7) % 32)))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const samples: Sample[] = []
  const prober = createProber({
    probes: Array.from({ length: streams }, (_, i) => probeOf(`front-${i}`, port)),
    vantages: [{ name: 'here' }],
    anchor: await readAnchor(() => Promise.resolve(hostNow()), systemClock.monotonicMs),
    environmentClock: REAL_CLOCK,
    clock: systemClock,
    onSample: (sample) => void samples.push(sample),
  })
  try {
    await systemClock.sleep((forMs * (1 - AWAY_SHARE)) / 2)
    server.close()
    server.closeAllConnections()
    await systemClock.sleep(forMs * AWAY_SHARE)
    server.listen(port, '127.0.0.1')
    await systemClock.sleep((forMs * (1 - AWAY_SHARE)) / 2)
  } finally {
    await prober.stop()
    server.close()
    server.closeAllConnections()
  }
  return samples
}

async function answer(response: ServerResponse, weight: number): Promise<void> {
  await systemClock.sleep(weight === 0 ? 5 : weight % 3)
  response.end('ok')
}

function probeOf(name: string, port: number): CompiledProbe {
  return {
    kind: 'http',
    name,
    periodMs: PERIOD_MS,
    timeoutMs: TIMEOUT_MS,
    url: `http://127.0.0.1:${port}/`,
    method: 'GET',
    status: [200],
  }
}
