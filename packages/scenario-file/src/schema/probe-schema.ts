import { z } from 'zod'
import { described, durationField, nameField, textField } from './fields.ts'

const probeBase = {
  name: nameField('Name of the probe; objectives and the steady state refer to it.', 'checkout'),
  period: durationField(
    'Time between the starts of two probes, in world time. Default: 1s.',
    '1s',
    '500ms',
  ).optional(),
  timeout: durationField('A probe without answer after this long is bad. Default: 2s.', '2s').optional(),
  latencyMax: durationField(
    'A slower answer is bad, even if it is right. Default: the timeout.',
    '800ms',
  ).optional(),
}

const timing = { period: probeBase.period, timeout: probeBase.timeout, latencyMax: probeBase.latencyMax }

const httpProbe = z.strictObject({
  name: probeBase.name,
  kind: described(z.literal('http'), 'Asks an http or https URL.', 'http'),
  url: textField('Where to ask.', 'http://checkout.larkspur.example/health'),
  method: described(z.enum(['GET', 'HEAD']), 'HTTP method. Default: GET.', 'GET').optional(),
  status: described(
    z.array(z.int().min(100).max(599)).min(1),
    'Status codes that count as good. Default: [200].',
    [200, 204],
  ).optional(),
  bodyIncludes: textField('Text that a good answer contains.', 'ok').optional(),
  connection: described(
    z.enum(['fresh', 'kept']),
    'fresh: its own name resolution and connection each time, as new clients. kept: one connection for as long as it works, as clients with a pool. Default: fresh.',
    'kept',
  ).optional(),
  ...timing,
})

const tlsProbe = z.strictObject({
  name: probeBase.name,
  kind: described(
    z.literal('tls'),
    'Shakes hands: the chain must be trusted, the name must match, and the certificates must be valid.',
    'tls',
  ),
  host: textField('Name or address to connect to.', 'checkout.larkspur.example'),
  port: described(z.int().min(1).max(65_535), 'Port to connect to. Default: 443.', 443).optional(),
  serverName: textField(
    'Name to ask for (SNI), which the certificate must carry. Default: the host.',
    'checkout.larkspur.example',
  ).optional(),
  validFor: durationField(
    'Every certificate of the chain must be valid for at least this much longer. Default: valid now.',
    '14d',
  ).optional(),
  ...timing,
})

const dnsProbe = z.strictObject({
  name: probeBase.name,
  kind: described(z.literal('dns'), 'Asks the resolver of each vantage for a name.', 'dns'),
  host: textField('Full name to ask for, without trailing dot.', 'checkout.larkspur.example'),
  recordType: described(
    z.enum(['A', 'AAAA', 'CNAME', 'TXT']),
    'Type of record to ask for. Default: A.',
    'A',
  ).optional(),
  answers: described(
    z.array(z.string().min(1)).min(1),
    'When given, at least one answer must be among these. Default: any answer is good.',
    ['198.51.100.10'],
  ).optional(),
  match: described(
    z.enum(['any', 'exact']),
    'any: one of the answers is enough. exact: they must be the answers and no others. Default: any.',
    'exact',
  ).optional(),
  servers: described(
    z.array(z.string().min(1)).min(1),
    'Resolvers or name servers to ask, host:port; each must answer as it should. Default: the resolver of the vantage.',
    ['9.9.9.9', '149.112.112.112:53'],
  ).optional(),
  authoritative: described(
    z.boolean(),
    'Asks the servers of the zone itself, without recursion, and takes no cached answer. They are found by the resolver of the vantage unless `servers` names them. Default: false.',
    true,
  ).optional(),
  ttlMax: durationField(
    'An answer that may be cached for longer than this is bad. Default: any is good.',
    '60s',
  ).optional(),
  ...timing,
})

const tcpProbe = z.strictObject({
  name: probeBase.name,
  kind: described(z.literal('tcp'), 'Opens a TCP connection and closes it again.', 'tcp'),
  host: textField('Name or address to connect to.', 'checkout.larkspur.example'),
  port: described(z.int().min(1).max(65_535), 'Port to connect to.', 443),
  ...timing,
})

const pingProbe = z.strictObject({
  name: probeBase.name,
  kind: described(
    z.literal('ping'),
    'Sends one ICMP echo by the ping program of the prober. Not observed where there is none, or through a proxy.',
    'ping',
  ),
  host: textField('Name or address to ping.', 'checkout.larkspur.example'),
  ...timing,
})

/** What watches the system as its users see it. */
export const probeField = z
  .discriminatedUnion('kind', [httpProbe, tlsProbe, tcpProbe, dnsProbe, pingProbe])
  .meta({ description: 'One probe: what is asked, how often, and what counts as good.' })
export type ProbeFile = z.infer<typeof probeField>
