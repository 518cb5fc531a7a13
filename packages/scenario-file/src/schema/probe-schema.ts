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
}

const httpProbe = z.strictObject({
  name: probeBase.name,
  kind: described(z.literal('http'), 'Asks a URL over a fresh connection each time.', 'http'),
  url: textField('Where to ask.', 'http://checkout.larkspur.example/health'),
  method: described(z.enum(['GET', 'HEAD']), 'HTTP method. Default: GET.', 'GET').optional(),
  status: described(
    z.array(z.int().min(100).max(599)).min(1),
    'Status codes that count as good. Default: [200].',
    [200, 204],
  ).optional(),
  bodyIncludes: textField('Text that a good answer contains.', 'ok').optional(),
  latencyMax: durationField('A slower answer is bad, even if it is right.', '800ms').optional(),
  period: probeBase.period,
  timeout: probeBase.timeout,
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
  period: probeBase.period,
  timeout: probeBase.timeout,
})

const tcpProbe = z.strictObject({
  name: probeBase.name,
  kind: described(z.literal('tcp'), 'Opens a TCP connection and closes it again.', 'tcp'),
  host: textField('Name or address to connect to.', 'checkout.larkspur.example'),
  port: described(z.int().min(1).max(65_535), 'Port to connect to.', 443),
  period: probeBase.period,
  timeout: probeBase.timeout,
})

/** What watches the system as its users see it. */
export const probeField = z
  .discriminatedUnion('kind', [httpProbe, dnsProbe, tcpProbe])
  .meta({ description: 'One probe: what is asked, how often, and what counts as good.' })
export type ProbeFile = z.infer<typeof probeField>
