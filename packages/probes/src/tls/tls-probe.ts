import { proven, type Attempt } from '../attempt.ts'
import { certificateChain, subjectOf } from '../check/handshake.ts'
import { resolveName } from '../dns/resolve-name.ts'
import { openConnection } from '../net/open-connection.ts'
import { secure } from '../net/secure.ts'
import type { AttemptContext, ProbeOf } from '../probe-context.ts'

/**
 * Opens a connection and shakes hands. Good when the chain is trusted, the certificate carries the name, and every certificate
 * of the chain is valid by this host's date for as long as it should be.
 */
export async function attemptTls(probe: ProbeOf<'tls'>, context: AttemptContext): Promise<Attempt> {
  const resolved = await resolveName(probe.host, context)
  if (!resolved.ok) return resolved.attempt
  const [host] = resolved.value
  const connection = await openConnection({ host, port: probe.port }, context)
  if (!connection.ok) return connection.attempt
  try {
    const secured = await secure(connection.value, probe.serverName ?? probe.host, context)
    if (!secured.ok) return secured.attempt
    const chain = certificateChain(secured.value.getPeerCertificate(true))
    secured.value.destroy()
    const until = Date.now() + (probe.validForMs ?? 0)
    const ending = chain.find((one) => Date.parse(one.valid_to) < until)
    if (ending !== undefined) {
      const day = new Date(ending.valid_to).toISOString().slice(0, 10)
      return proven(`certificate ${subjectOf(ending)} ends ${day}`.slice(0, 200))
    }
    return { end: 'good', answers: [...resolved.value].sort().join(',') }
  } finally {
    connection.value.destroy()
  }
}
