import type { CompiledEnvironment, CompiledProbe, ProbeKind, Reach } from '@firedrill/core'
import type { KeptConnection } from './http/kept-connection.ts'

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
  /** Certificate authorities to trust besides the well-known ones, PEM. */
  ca?: string | undefined
  /** How far it may reach; absent: anywhere but where a cloud hands out credentials. */
  reach?: Reach | undefined
  /** The connection that this stream keeps, if it keeps one. */
  kept?: KeptConnection | undefined
  /** Real time; the signal ends the attempt after it. */
  timeoutMs: number
  signal: AbortSignal
}>
