import type { Attempt } from '../attempt.ts'
import { resolveName } from '../dns/resolve-name.ts'
import { openConnection } from '../net/open-connection.ts'
import type { AttemptContext, ProbeOf } from '../probe-context.ts'

/** Opens a connection to the first address of the name and closes it again. Good when it opens. */
export async function attemptTcp(probe: ProbeOf<'tcp'>, context: AttemptContext): Promise<Attempt> {
  const resolved = await resolveName(probe.host, context)
  if (!resolved.ok) return resolved.attempt
  const [host] = resolved.value
  const connection = await openConnection({ host, port: probe.port }, context)
  if (!connection.ok) return connection.attempt
  connection.value.destroy()
  return { end: 'good', answers: [...resolved.value].sort().join(',') }
}
