import type { CompiledEnvironment, CompiledProbe, ProbeKind } from '@firedrill/core'

/** A probe of one kind. */
export type ProbeOf<K extends ProbeKind> = Extract<CompiledProbe, { kind: K }>

/** Where a probe is sent from. */
export type Vantage = CompiledEnvironment['probes']['vantages'][number]

/** What one attempt gets to know. */
export type AttemptContext = Readonly<{
  /** `host:port`; absent: the host's own resolver. */
  resolver?: string | undefined
  /** URL of an HTTP CONNECT proxy. */
  proxy?: string | undefined
  /** Real time; the signal ends the attempt after it. */
  timeoutMs: number
  signal: AbortSignal
}>
